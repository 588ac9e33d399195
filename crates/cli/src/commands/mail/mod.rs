//! The commands about mails, a file each.

mod fetch;
mod into;
mod look;
mod parse;
mod systemd_unit;

use std::path::Path;
use std::sync::Arc;

use lotse_engine::connections::Connections;
use lotse_engine::mailbox::{MailStore, MailboxSettings, RuleBook};
use lotse_engine::places::Places;

use super::connection::places;
use crate::Outcome;
use crate::arguments::MailCommand;
use crate::outcome::Failure;

pub(crate) fn run(command: MailCommand) -> Outcome {
    match command {
        MailCommand::Sync(arguments) => fetch::sync(&arguments),
        MailCommand::Watch(arguments) => fetch::watch(&arguments),
        MailCommand::List(arguments) => look::list(&arguments),
        MailCommand::Show(arguments) => look::show(&arguments),
        MailCommand::Parse(arguments) => parse::run(&arguments),
        MailCommand::Service(arguments) => systemd_unit::run(&arguments),
    }
}

/// A mailbox of the user with its local store.
struct Mailbox {
    name: String,
    settings: MailboxSettings,
    places: Places,
    store: Arc<MailStore>,
}

impl Mailbox {
    /// The one of this name, or the only one there is.
    fn open(name: Option<&str>) -> Result<Self, Failure> {
        let places = places()?;
        let (name, settings) = Connections::of(&places).mailbox(name)?;
        let store = Arc::new(MailStore::of_mailbox(&places, &settings)?);
        Ok(Mailbox {
            name,
            settings,
            places,
            store,
        })
    }

    /// The rules of a folder, else the user's.
    fn rules(&self, folder: Option<&Path>) -> Result<RuleBook, Failure> {
        Ok(match folder {
            Some(folder) => RuleBook::load(folder)?,
            None => RuleBook::of_user(&self.places)?,
        })
    }
}
