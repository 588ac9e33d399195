use std::io::{self, BufRead as _, IsTerminal as _};

use lotse_core::target::Target;
use lotse_engine::connections::{
    Connection, ConnectionError, ConnectionTo, Connections, ServerAuth, ServerSettings,
};
use lotse_engine::credentials::{self, Kept, Secret};
use lotse_engine::places::Places;
use lotse_engine::server::ServerClient;
use serde_json::json;

use crate::Outcome;
use crate::arguments::{AddConnectionArguments, AuthArgument, ConnectionCommand};
use crate::outcome::{Failure, GOOD, print, print_json};

pub(crate) fn run(command: ConnectionCommand) -> Outcome {
    let places = Places::of_user().map_err(|error| Failure::input(error.to_string()))?;
    let connections = Connections::of(&places);
    match command {
        ConnectionCommand::Add(arguments) => add(&connections, arguments),
        ConnectionCommand::List { json } => list(&connections, json),
        ConnectionCommand::Test { name, json } => test(&connections, &name, json),
        ConnectionCommand::Remove { name } => {
            connections.remove(&name)?;
            Ok(GOOD)
        }
    }
}

fn add(connections: &Connections, arguments: AddConnectionArguments) -> Outcome {
    super::input::target(&arguments.target)?;
    let auth = match arguments.auth {
        AuthArgument::ApiKey => ServerAuth::ApiKey {
            header: arguments.header,
        },
        AuthArgument::Bearer => ServerAuth::Bearer,
    };
    let connection = Connection {
        name: arguments.name.clone(),
        to: ConnectionTo::Server(ServerSettings {
            base_url: arguments.url,
            target: arguments.target,
            auth,
            ca_file: arguments.ca_file,
            batch_size: arguments.batch_size,
        }),
    };
    let replacing = arguments.replace.then_some(arguments.name.as_str());
    connections.put(&connection, replacing)?;
    let secret = ask_secret(&arguments.name)?;
    let kept = credentials::keep_secret(&arguments.name, &secret).map_err(ConnectionError::from);
    if kept.is_err() && replacing.is_none() {
        // A connection without its secret would only fail later.
        connections.remove(&arguments.name)?;
    }
    if kept? == Kept::Memory {
        print(
            "There is no keyring on this system: the secret is not stored and will be asked for each time.\n",
        )?;
    }
    Ok(GOOD)
}

fn list(connections: &Connections, json: bool) -> Outcome {
    let list = connections.list()?;
    if json {
        print_json(&list)?;
        return Ok(GOOD);
    }
    for connection in list {
        let ConnectionTo::Server(server) = &connection.to;
        print(&format!(
            "{}\tserver\t{}\t{}\n",
            connection.name, server.target, server.base_url
        ))?;
    }
    Ok(GOOD)
}

fn test(connections: &Connections, name: &str, json: bool) -> Outcome {
    let connection = connections.find(name)?;
    let ConnectionTo::Server(settings) = &connection.to;
    let target = super::input::target(&settings.target)?;
    let who = who_am_i(settings, &target, &secret_for(name)?)?;
    if json {
        print_json(&json!({ "connection": name, "reachable": true, "user": who.user, "roles": who.roles }))?;
    } else {
        print(&format!(
            "{name}: reachable, logged in as {} ({})\n",
            who.user,
            who.roles.join(", ")
        ))?;
    }
    Ok(GOOD)
}

fn who_am_i(
    settings: &ServerSettings,
    target: &Target,
    secret: &Secret,
) -> Result<lotse_engine::server::WhoAmI, Failure> {
    let client = ServerClient::new(settings, target, secret)?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::input(error.to_string()))?;
    Ok(runtime.block_on(client.who_am_i())?)
}

/// The secret of a connection: from the keyring, else from the person at the terminal or from standard input.
pub(crate) fn secret_for(name: &str) -> Result<Secret, Failure> {
    match credentials::find_secret(name) {
        Ok(Some(secret)) => Ok(secret),
        Ok(None) => ask_secret(name),
        Err(error) => Err(ConnectionError::from(error).into()),
    }
}

fn ask_secret(name: &str) -> Result<Secret, Failure> {
    let text = if io::stdin().is_terminal() {
        rpassword::prompt_password(format!("Secret for {name}: "))
            .map_err(|error| Failure::input(error.to_string()))?
    } else {
        let mut line = String::new();
        io::stdin()
            .lock()
            .read_line(&mut line)
            .map_err(|error| Failure::input(error.to_string()))?;
        line.trim_end_matches(['\r', '\n']).to_string()
    };
    if text.is_empty() {
        return Err(ConnectionError::NoSecret {
            name: name.to_string(),
        }
        .into());
    }
    Ok(Secret::new(text))
}
