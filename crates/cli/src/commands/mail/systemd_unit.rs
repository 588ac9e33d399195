//! A systemd unit of the user that watches a mailbox.

use std::ffi::OsStr;

use lotse_engine::connections::Connections;

use crate::Outcome;
use crate::arguments::ServiceArguments;
use crate::commands::connection::places;
use crate::outcome::{Failure, GOOD, print};

pub(super) fn run(arguments: &ServiceArguments) -> Outcome {
    let (name, _) = Connections::of(&places()?).mailbox(arguments.connection())?;
    let program = std::env::current_exe().map_err(|error| Failure::input(error.to_string()))?;
    let mut command = vec![
        quoted(program.as_os_str())?,
        "mail watch --connection".into(),
        quoted(OsStr::new(&name))?,
    ];
    if let Some(project) = &arguments.into {
        let project = std::path::absolute(project).map_err(|error| Failure::file(project, &error))?;
        command.push("--into".into());
        command.push(quoted(project.as_os_str())?);
    }
    let home = std::env::var_os("LOTSE_HOME").filter(|home| !home.is_empty());
    let home = home.map(|home| Ok::<_, Failure>(format!("Environment={}\n", quoted_assignment(&home)?)));
    print(&unit(
        &name,
        &command.join(" "),
        &home.transpose()?.unwrap_or_default(),
    ))?;
    Ok(GOOD)
}

impl ServiceArguments {
    fn connection(&self) -> Option<&str> {
        self.mailbox.connection.as_deref()
    }
}

fn unit(name: &str, command: &str, environment: &str) -> String {
    let name = name.replace('%', "%%");
    format!(
        "# Save as ~/.config/systemd/user/lotse-mail.service, then:
#   systemctl --user daemon-reload
#   systemctl --user enable --now lotse-mail.service
#   loginctl enable-linger          (so that it also runs while nobody is logged in)
# The password is read from the keyring, which has to be unlocked.
[Unit]
Description=Lotse watches the mailbox {name}

[Service]
{environment}ExecStart={command}
Restart=on-failure
RestartSec=5min

[Install]
WantedBy=default.target
"
    )
}

/// A word of a command line as systemd reads it.
fn quoted(word: &OsStr) -> Result<String, Failure> {
    let word = word
        .to_str()
        .filter(|word| !word.chars().any(char::is_control))
        .ok_or_else(|| {
            Failure::usage(format!(
                "{}: no name that a unit of systemd could hold",
                word.to_string_lossy().escape_debug()
            ))
        })?;
    let escaped = word
        .replace('\\', "\\\\")
        .replace('"', "\\\"")
        .replace('%', "%%")
        .replace('$', "$$");
    Ok(format!("\"{escaped}\""))
}

/// In assignments, unlike in commands, a dollar sign stands for itself.
fn quoted_assignment(home: &OsStr) -> Result<String, Failure> {
    let mut assignment = std::ffi::OsString::from("LOTSE_HOME=");
    assignment.push(home);
    Ok(quoted(&assignment)?.replace("$$", "$"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_reach_the_command_as_they_are() {
        assert_eq!(
            quoted(OsStr::new("/data/eva/100 % \"Leads\" $x\\")).unwrap(),
            r#""/data/eva/100 %% \"Leads\" $$x\\""#
        );
        assert!(quoted(OsStr::new("two\nlines")).is_err());
        assert_eq!(
            quoted_assignment(OsStr::new("/a $b")).unwrap(),
            r#""LOTSE_HOME=/a $b""#
        );
    }
}
