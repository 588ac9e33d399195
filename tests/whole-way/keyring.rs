//! Secrets stand in the system's keyring and nowhere else (`tests/servers/with-secret-service.sh`).

use std::path::Path;

use lotse_tests::import_server::ImportServer;
use lotse_tests::secret_service::SecretService;

use crate::desk::{Desk, Said};
use crate::push::{PROJECT, arguments};
use crate::relay::{Relay, Step};

fn add(desk: &Desk, url: &str, secret: &str) -> Said {
    desk.lotse_with(&["connection", "add", "ziel", "--url", url], secret)
}

fn holds(bytes: &[u8], secret: &str) -> bool {
    bytes
        .windows(secret.len())
        .any(|window| window == secret.as_bytes())
}

#[test]
fn a_secret_is_in_the_keyring_and_nowhere_else() {
    let service = SecretService::start(&[]);
    let desk = Desk::with_bus(&service.address);
    let server = ImportServer::start();
    let relay = Relay::before(server.port);
    let mut said = vec![add(&desk, &relay.url(), &server.key).with_code(0)];
    assert_eq!(service.entries("ziel"), 1);

    // Another process, which nobody tells the secret, has it from there.
    let run = |arguments: &[&str]| desk.lotse(arguments).with_code(0);
    said.push(run(&["connection", "test", "ziel"]));
    said.push(run(&["connection", "list", "--json"]));
    crate::leads::write_csv(&desk.path("bestand.csv"), 20);
    said.push(run(&["check", "bestand.csv", "--save", PROJECT]));
    said.push(run(&arguments(&["--approve-valid", "--dry-run"])));

    // While it holds the secret and waits for an answer, its arguments and surroundings do not show it.
    relay.plan(&[Step::Swallow]);
    let running = desk.start(&arguments(&[]), "");
    relay.wait_until_kept();
    for file in ["cmdline", "environ"] {
        let shown = std::fs::read(format!("/proc/{}/{file}", running.id())).unwrap();
        assert!(!shown.is_empty());
        assert!(!holds(&shown, &server.key), "{file}");
    }
    running.kill();
    // Also not what a refusal makes it say.
    relay.plan(&[Step::Say(401, &[("Content-Type", "application/json")], "{}")]);
    said.push(desk.lotse(&arguments(&["--json"])).with_code(4));
    relay.plan(&[]);
    said.push(run(&arguments(&["--json"])));
    said.push(run(&["audit", PROJECT, "--export", "audit.jsonl"]));

    for said in &said {
        assert!(
            !said.out.contains(&server.key) && !said.err.contains(&server.key),
            "{said:?}"
        );
    }
    let files = desk.files();
    assert!(files.contains(&desk.home().join("config/connections.json")));
    assert!(files.contains(&desk.path(PROJECT)));
    for file in files {
        assert!(
            !holds(&std::fs::read(&file).unwrap(), &server.key),
            "{}",
            file.display()
        );
    }

    desk.lotse(&["connection", "remove", "ziel"]).with_code(0);
    assert_eq!(service.entries("ziel"), 0, "the secret goes with its connection");
}

#[test]
fn a_secret_outlives_the_session_and_can_be_replaced() {
    let store = tempfile::tempdir().unwrap();
    let server = ImportServer::start();
    let service = SecretService::start(&[("SECRETS_DIR", store.path())]);
    let desk = Desk::with_bus(&service.address);
    add(&desk, &server.url(), "lotse_mistyped").with_code(0);
    drop(service);

    let service = SecretService::start(&[("SECRETS_DIR", store.path())]);
    let desk = desk.moved_to_bus(&service.address);
    desk.lotse(&["connection", "test", "ziel"])
        .failed_with(4, "renew the key or token");
    add(&desk, &server.url(), &server.key).failed_with(2, "already taken");
    let replace = ["connection", "add", "ziel", "--replace", "--url", &server.url()];
    desk.lotse_with(&replace, &server.key).with_code(0);
    desk.lotse(&["connection", "test", "ziel"]).with_code(0);
    assert_eq!(service.entries("ziel"), 1);
}

#[test]
fn a_locked_keyring_is_said_and_nothing_is_stored_elsewhere() {
    let store = tempfile::tempdir().unwrap();
    let server = ImportServer::start();
    // A keyring that exists, with a secret in it.
    let service = SecretService::start(&[("SECRETS_DIR", store.path())]);
    let desk = Desk::with_bus(&service.address);
    add(&desk, &server.url(), &server.key).with_code(0);
    drop(service);

    let locked = [("SECRETS_DIR", store.path()), ("SECRETS_LOCKED", Path::new("1"))];
    let service = SecretService::start(&locked);
    let desk = desk.moved_to_bus(&service.address);
    let sentence = "keyring is locked. Please unlock it";
    desk.lotse(&["connection", "test", "ziel"])
        .failed_with(4, sentence);
    let other = ["connection", "add", "andere", "--url", &server.url()];
    desk.lotse_with(&other, &server.key).failed_with(4, sentence);
    let known = desk.lotse(&["connection", "list", "--json"]).with_code(0).json();
    assert_eq!(
        known.as_array().unwrap().len(),
        1,
        "no connection without its secret: {known}"
    );
    for file in desk.files() {
        assert!(
            !holds(&std::fs::read(&file).unwrap(), &server.key),
            "{}",
            file.display()
        );
    }
}

#[test]
fn without_a_keyring_the_secret_is_asked_for_each_time_and_that_is_said() {
    let server = ImportServer::start();
    let service = SecretService::start(&[("SECRETS_ABSENT", Path::new("1"))]);
    // A bus without a keyring on it, and no bus at all.
    for desk in [Desk::with_bus(&service.address), Desk::new()] {
        let said = add(&desk, &server.url(), &server.key).with_code(0);
        assert!(said.out.contains("will be asked for each time"), "{said:?}");
        desk.lotse(&["connection", "test", "ziel"])
            .failed_with(4, "enter it again");
        desk.lotse_with(&["connection", "test", "ziel"], &server.key)
            .with_code(0);
        for file in desk.files() {
            assert!(
                !holds(&std::fs::read(&file).unwrap(), &server.key),
                "{}",
                file.display()
            );
        }
        desk.lotse(&["connection", "remove", "ziel"]).with_code(0);
    }
}
