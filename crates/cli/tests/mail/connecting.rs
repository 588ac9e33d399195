//! Connections to mailboxes: what is kept, and what is said when one cannot be used.

use std::path::Path;
use std::process::Command;

use super::Home;
use super::server::{ImapServer, PASSWORD, USER, mail};

#[test]
fn a_mailbox_is_added_listed_tried_and_removed() {
    let (home, server) = (Home::new(), ImapServer::start());
    server.deliver("", &[mail(1), mail(2)]);
    server.deliver("Entw&APw-rfe", &[mail(3)]);
    home.connect(
        "Anfragen",
        &server,
        &["--folder", "INBOX", "--since", "2025-01-31", "--every", "7"],
    );

    let list = home.lotse(&["connection", "list", "--json"]).json();
    assert_eq!(list[0]["kind"], "mailbox");
    assert_eq!(list[0]["user"], USER);
    assert_eq!(list[0]["since"], "2025-01-31");
    assert_eq!(list[0]["pollMinutes"], 7);
    let file = std::fs::read_to_string(home.path("config/connections.json")).unwrap();
    assert!(!file.contains(PASSWORD), "{file}");

    let test = home.lotse(&["connection", "test", "Anfragen", "--json"]).json();
    assert_eq!(test["mailbox"]["mails"][0]["mails"], 2);
    let told = home.lotse(&["connection", "test", "Anfragen"]);
    assert!(told.good().contains("other folders: Entwürfe"), "{told:?}");

    home.lotse(&["mail", "sync"]).good();
    let removed = home.lotse(&["connection", "remove", "Anfragen"]);
    let path = removed.good().trim().rsplit(' ').next().unwrap().to_string();
    assert!(Path::new(&path).exists(), "{removed:?}");
    home.connect("Wieder", &server, &[]);
    let list = home.lotse(&["mail", "list", "--json"]).json();
    assert_eq!(
        list["total"], 2,
        "the mails belong to the mailbox, not to the connection"
    );
    home.lotse(&["connection", "remove", "Wieder", "--mails"]).good();
    assert!(!Path::new(&path).exists());
}

#[test]
fn the_password_is_kept_in_the_keyring_and_asked_for_only_once() {
    let (home, server) = (Home::new(), ImapServer::start());
    server.deliver("", &[mail(1)]);
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/servers/with-secret-service.sh");
    let steps = format!(
        "set -e; lotse() {{ '{}' \"$@\"; }}
         echo '{PASSWORD}' | lotse connection add Anfragen --imap localhost --user {USER} --port {} --ca '{}'
         lotse mail sync </dev/null",
        env!("CARGO_BIN_EXE_lotse"),
        server.port,
        server.ca_file.display()
    );
    let output = Command::new(script)
        .args(["bash", "-c", &steps])
        .env("LOTSE_HOME", home.folder.path())
        .output()
        .unwrap();
    let ran = super::Ran::of(&output);
    assert!(ran.good().contains("INBOX: 1 new mail\n"), "{ran:?}");
}

#[test]
fn what_is_wrong_is_said_in_one_sentence_with_its_exit_code() {
    let (home, server) = (Home::new(), ImapServer::start());
    let sync = ["mail", "sync"];
    home.lotse(&sync)
        .refused(2, &["No mailbox is connected yet", "lotse connection add"]);
    home.connect("Anfragen", &server, &[]);
    home.lotse_with("falsch", &sync).refused(4, &[USER, "password"]);
    home.lotse_with("", &sync).refused(4, &["Anfragen", "password"]);
    home.lotse(&["mail", "sync", "--connection", "Nix"])
        .refused(2, &["\"Nix\""]);

    let port = server.port.to_string();
    let add = |name: &str, further: &[&str]| {
        let mut arguments = vec!["connection", "add", name];
        arguments.extend(further);
        home.lotse_with("geheim", &arguments)
    };
    add("Fremd", &["--imap", "localhost", "--port", &port, "--user", USER]).good();
    home.lotse(&["mail", "sync", "--connection", "Fremd"])
        .refused(4, &["certificate", "Nothing was sent"]);
    add("Fern", &["--imap", "mail.invalid", "--user", USER]).good();
    home.lotse(&["connection", "test", "Fern"])
        .refused(4, &["mail.invalid", "993"]);
    home.lotse(&sync)
        .refused(2, &["Anfragen, Fern, Fremd", "--connection"]);
    add("URL", &["--imap", "https://mail.example", "--user", USER]).refused(2, &["not a server name"]);
    add("Leer", &["--imap", "mail.example"]).usage(&["--user"]);
    add(
        "Beides",
        &[
            "--imap",
            "mail.example",
            "--user",
            "u",
            "--url",
            "https://x.example",
        ],
    )
    .usage(&["--url"]);
    add("Falsch", &["--url", "https://x.example", "--folder", "INBOX"]).usage(&["--imap"]);

    add("Server", &["--url", "https://crm.example.de"]).good();
    home.lotse(&["mail", "sync", "--connection", "Server"])
        .refused(2, &["is a server and not a mailbox"]);
    home.lotse(&["push", "x.lotse", "--connection", "Anfragen"])
        .refused(2, &["is a mailbox"]);
    home.lotse(&["connection", "remove", "Server", "--mails"])
        .refused(2, &["no mails"]);
}

#[test]
fn a_connection_whose_secret_was_not_given_is_not_kept() {
    let home = Home::new();
    let add = [
        "connection",
        "add",
        "Anfragen",
        "--imap",
        "mail.example",
        "--user",
        "u",
    ];
    home.lotse_with("", &add).refused(4, &["Anfragen"]);
    assert_eq!(home.lotse(&["connection", "list"]).good(), "");
}

impl super::Ran {
    /// It was typed wrongly, and the help says how.
    fn usage(&self, says: &[&str]) {
        assert_eq!(self.code, 2, "{self:?}");
        for part in says {
            assert!(self.err.contains(part), "{self:?}");
        }
    }
}
