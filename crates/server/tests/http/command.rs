//! The command line, as the process that it is.

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use crate::desk::{Answer, Client};
use crate::kill::Process;

const SECRET: &str = "a secret of more than thirty-two bytes";

fn run(database: &Path, arguments: &[&str], stdin: Option<&str>) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_lotse-server"))
        .args(arguments)
        .env("LOTSE_SERVER_DATABASE", database)
        .env_remove("LOTSE_SERVER_TOKEN_SECRET")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = child.stdin.take().unwrap();
    // A process that does not want its input may be gone already.
    let _ = input.write_all(stdin.unwrap_or("").as_bytes());
    drop(input);
    child.wait_with_output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

fn said(output: &Output) -> String {
    assert!(output.status.success(), "{}", text(&output.stderr));
    text(&output.stdout).trim_end().to_string()
}

#[tokio::test]
async fn users_and_keys_are_set_up_also_while_the_server_runs() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("server.db");
    said(&run(
        &path,
        &["user", "add", "nina", "--name", "Nina Nordmann"],
        None,
    ));
    let process = Process::serve(&path);
    let key = said(&run(
        &path,
        &[
            "key",
            "create",
            "--user",
            "nina",
            "--role",
            "admin",
            "--expires",
            "90d",
        ],
        None,
    ));
    assert!(key.starts_with("lotse_"));
    let client = Client::new(process.base_url.clone(), key.clone());
    let who = client.get("/api/whoami").await.ok();
    assert_eq!(who["name"], "Nina Nordmann");
    assert!(who["expiresAt"].is_string());
    assert_eq!(
        said(&run(&path, &["user", "list"], None)),
        "nina\tNina Nordmann\t-"
    );
    let listed = said(&run(&path, &["key", "list"], None));
    assert!(
        listed.starts_with("1\tnina\tadmin\t") && listed.ends_with("\t-"),
        "{listed}"
    );
    said(&run(&path, &["key", "deactivate", "1"], None));
    assert_eq!(
        client.get("/api/whoami").await.refusal(),
        (401, "key_deactivated".into())
    );
    // The key stands in no file of the server.
    for file in std::fs::read_dir(folder.path()).unwrap() {
        let bytes = std::fs::read(file.unwrap().path()).unwrap();
        assert!(!bytes.windows(key.len()).any(|window| window == key.as_bytes()));
    }
}

#[tokio::test]
async fn tokens_are_made_from_a_secret_that_is_never_an_argument() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("server.db");
    let file = folder.path().join("secret");
    std::fs::write(&file, format!("{SECRET}\n")).unwrap();
    said(&run(&path, &["user", "add", "nina"], None));
    let make = [
        "token",
        "--user",
        "nina",
        "--role",
        "migration-officer",
        "--token-secret-file",
    ];
    let by_file = said(&run(
        &path,
        &[&make[..], &[file.to_str().unwrap()]].concat(),
        None,
    ));
    let by_input = said(&run(&path, &[&make[..], &["-"]].concat(), Some(SECRET)));
    let process = Process::serve_with(&path, &["--token-secret-file", file.to_str().unwrap()]);
    let client = Client::new(process.base_url.clone(), String::new());
    for token in [by_file, by_input] {
        let answer = Answer::of(
            client
                .request(reqwest::Method::GET, "/api/whoami")
                .bearer_auth(token),
        )
        .await;
        assert_eq!(answer.ok()["roles"][0], "migration-officer");
    }
}

#[test]
fn what_cannot_be_done_is_said_in_a_sentence_with_its_exit_code() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("server.db");
    let foreign = folder.path().join("notes.txt");
    std::fs::write(
        &foreign,
        "no database, but a text of some length that has no header of one\n".repeat(10),
    )
    .unwrap();
    said(&run(&path, &["user", "add", "nina"], None));
    let table: Vec<(&Path, &[&str], i32, &str)> = vec![
        (
            &path,
            &["user", "add", "nina"],
            1,
            "There is a user with the id \"nina\" already.",
        ),
        (&path, &["user", "add", " "], 1, "cannot be the id"),
        (&path, &["user", "deactivate", "nobody"], 1, "There is no user"),
        (
            &path,
            &["key", "create", "--user", "nobody", "--role", "admin"],
            1,
            "There is no user",
        ),
        (
            &path,
            &["key", "create", "--user", "nina", "--role", "king"],
            2,
            "there is no role",
        ),
        (&path, &["key", "create", "--user", "nina"], 2, "--role"),
        (
            &path,
            &[
                "key",
                "create",
                "--user",
                "nina",
                "--role",
                "admin",
                "--expires",
                "soon",
            ],
            2,
            "neither an instant",
        ),
        (
            &path,
            &["key", "deactivate", "7"],
            1,
            "There is no key with the number 7.",
        ),
        (
            &path,
            &["token", "--user", "nina", "--role", "admin"],
            2,
            "Please give the secret",
        ),
        (
            &path,
            &[
                "token",
                "--user",
                "nina",
                "--role",
                "admin",
                "--token-secret-file",
                "-",
            ],
            2,
            "at least 32",
        ),
        (
            &path,
            &[
                "token",
                "--user",
                "nina",
                "--role",
                "admin",
                "--token-secret-file",
                "/no/such",
            ],
            3,
            "cannot be read",
        ),
        (
            &foreign,
            &["user", "list"],
            3,
            "is not a database of lotse-server",
        ),
        (
            &foreign,
            &["serve", "--listen", "127.0.0.1:0"],
            3,
            "is not a database of lotse-server",
        ),
        (&path, &["serve", "--listen", "0.0.0.0:0"], 2, "speaks no TLS"),
        (
            &path,
            &["serve", "--listen", "192.0.2.1:1", "--behind-tls-proxy"],
            4,
            "cannot listen on 192.0.2.1:1",
        ),
        (&path, &["dance"], 2, "unrecognized subcommand"),
    ];
    for (database, arguments, code, sentence) in table {
        let output = run(database, arguments, Some("short"));
        let told = text(&output.stderr);
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {told}");
        assert!(told.contains(sentence), "{arguments:?}: {told}");
        assert_eq!(text(&output.stdout), "", "{arguments:?}");
    }
}

#[cfg(unix)]
#[test]
fn a_server_that_is_asked_to_end_ends_well() {
    let folder = tempfile::tempdir().unwrap();
    let mut process = Process::serve(&folder.path().join("server.db"));
    assert!(process.terminate().success());
}
