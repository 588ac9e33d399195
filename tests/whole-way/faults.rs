//! A line that breaks and a server that does not want to: nothing twice, nothing lost, and a sentence that helps.

use lotse_tests::import_server::ImportServer;
use std::io::{BufRead as _, BufReader};
use std::net::TcpListener;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use crate::desk::Desk;
use crate::fault_proxy::FaultProxy;
use crate::push::{dry_run, everything_is_there_once, prepare, push};
use crate::relay::{Relay, Step};

const LEADS: usize = 60;
const BATCH: usize = 10;

#[test]
fn a_line_that_breaks_anywhere_loses_nothing_and_sends_nothing_twice() {
    // What the proxy does to the connections of the first run, and how such a connection ends in its log.
    for (plan, end) in [
        // The request is cut off: the server sees half of it.
        ("drop=1500", "drop"),
        // The request arrives, and the line breaks before anything of the answer comes.
        ("reset=0", "reset"),
        ("cut=0", "cut"),
        // Half an answer.
        ("reset=300", "reset"),
        ("cut=300", "cut"),
        // Nobody answers at all.
        ("refuse", "refused"),
    ] {
        let desk = Desk::new();
        let server = ImportServer::start();
        let proxy = FaultProxy::before(server.port);
        prepare(&desk, LEADS, &proxy.url(), BATCH);
        dry_run(&desk, &server.key);
        proxy.plan(plan);
        let said = push(&desk, &server.key, &["--attempts", "2"]);
        said.failed_with(4, "127.0.0.1");
        assert_eq!(proxy.ended_by(end), 2, "{plan}: a connection for each try");
        proxy.plan("ok");
        push(&desk, &server.key, &[]).with_code(0);
        everything_is_there_once(&desk, &server, LEADS);
    }
}

#[test]
fn a_line_that_is_slow_and_hands_everything_over_in_crumbs_is_only_slow() {
    let desk = Desk::new();
    let server = ImportServer::start();
    let proxy = FaultProxy::before(server.port);
    prepare(&desk, LEADS, &proxy.url(), BATCH);
    proxy.plan("delay=1+slice=199");
    dry_run(&desk, &server.key);
    push(&desk, &server.key, &[]).with_code(0);
    everything_is_there_once(&desk, &server, LEADS);
}

#[test]
fn a_line_that_breaks_again_and_again_is_survived_without_anybodys_help() {
    let desk = Desk::new();
    let server = ImportServer::start();
    let relay = Relay::before(server.port);
    // Behind the relay, which closes after each request, the proxy breaks requests and not only sessions.
    let proxy = FaultProxy::before(relay.port);
    prepare(&desk, LEADS, &proxy.url(), BATCH);
    dry_run(&desk, &server.key);
    relay.plan(&[
        Step::Pass,
        Step::Say(503, &[], ""),
        Step::Say(502, &[("Content-Type", "text/html")], "<html>Bad Gateway</html>"),
        Step::Pass,
        Step::Say(500, &[("Content-Type", "application/json")], "{}"),
        Step::Pass,
    ]);
    push(&desk, &server.key, &[]).with_code(0);
    assert!(
        relay.repeated().len() >= 2,
        "batches were repeated under their keys"
    );
    everything_is_there_once(&desk, &server, LEADS);
}

#[test]
fn a_server_that_asks_for_time_is_given_it() {
    for status in [503, 429] {
        let desk = Desk::new();
        let server = ImportServer::start();
        let relay = Relay::before(server.port);
        prepare(&desk, LEADS, &relay.url(), BATCH);
        dry_run(&desk, &server.key);
        let wait = Step::Say(
            status,
            &[("Retry-After", "2"), ("Content-Type", "application/json")],
            r#"{"status": "Error", "message": "not now", "code": "busy"}"#,
        );
        relay.plan(&[Step::Pass, wait, Step::Pass]);
        push(&desk, &server.key, &[]).with_code(0);
        let repeated = relay.repeated();
        assert_eq!(repeated.len(), 1, "one batch was repeated, under its key");
        assert!(
            repeated[0][1] - repeated[0][0] >= Duration::from_secs(2),
            "{status}: the time that was asked for"
        );
        everything_is_there_once(&desk, &server, LEADS);
    }
}

#[test]
fn a_server_that_refuses_is_explained_and_the_project_stays_usable() {
    const JSON: (&str, &str) = ("Content-Type", "application/json");
    const HTML: (&str, &str) = ("Content-Type", "text/html; charset=utf-8");
    const ERROR: &str = r#"{"status": "Error", "message": "out of order"}"#;
    let table: [(Step, &str); 8] = [
        (Step::Say(401, &[JSON], ERROR), "renew the key or token"),
        (
            Step::Say(403, &[JSON], ERROR),
            "The role admin or migration-officer is needed",
        ),
        (Step::Say(404, &[JSON], ERROR), "status 404"),
        (
            Step::Say(500, &[JSON], ERROR),
            "The server cannot at the moment (status 500) (out of order)",
        ),
        (
            Step::Say(200, &[HTML], "<html>Welcome to the hotel's network</html>"),
            "check the base address",
        ),
        (
            Step::Say(302, &[("Location", "https://login.example/")], ""),
            "check the base address",
        ),
        (
            Step::Say(200, &[JSON], r#"{"hello": "world"}"#),
            "check the base address",
        ),
        (Step::Say(200, &[JSON], "not even JSON"), "check the base address"),
    ];
    let desk = Desk::new();
    let server = ImportServer::start();
    let relay = Relay::before(server.port);
    prepare(&desk, LEADS, &relay.url(), BATCH);
    let before = desk
        .lotse(&["check", "bestand.csv", "--json"])
        .with_code(0)
        .json();
    for (step, sentence) in &table {
        relay.plan(std::slice::from_ref(step));
        let dry_run = ["--approve-valid", "--dry-run", "--attempts", "1"];
        push(&desk, &server.key, &dry_run).failed_with(4, sentence);
        assert_eq!(server.lead_count(), 0);
        desk.lotse(&["audit", crate::push::PROJECT, "--verify"])
            .with_code(0);
    }
    relay.plan(&[]);
    dry_run(&desk, &server.key);
    // The same in production, with some of the leads there already.
    relay.plan(&[Step::Pass, Step::Say(401, &[JSON], ERROR)]);
    push(&desk, &server.key, &[]).failed_with(4, "renew the key or token");
    assert_eq!(server.lead_count(), BATCH as u64);
    for (step, sentence) in table {
        relay.plan(&[step]);
        push(&desk, &server.key, &["--attempts", "1"]).failed_with(4, sentence);
    }
    relay.plan(&[]);
    push(&desk, &server.key, &[]).with_code(0);
    everything_is_there_once(&desk, &server, LEADS);
    let after = desk
        .lotse(&["check", "bestand.csv", "--json"])
        .with_code(0)
        .json();
    assert_eq!(before["summary"], after["summary"]);
}

#[test]
fn a_key_that_is_wrong_or_may_not_is_said_by_the_real_server_too() {
    let desk = Desk::new();
    let server = ImportServer::start();
    prepare(&desk, 10, &server.url(), BATCH);
    push(&desk, "lotse_wrong", &["--approve-valid", "--dry-run"]).failed_with(4, "renew the key or token");
    let other = server.key_without_rights();
    push(&desk, &other, &["--dry-run"]).failed_with(4, "The role admin or migration-officer is needed");
    desk.lotse_with(&["connection", "test", "ziel"], "lotse_wrong")
        .failed_with(4, "renew the key or token");
    desk.lotse_with(&["connection", "test", "ziel"], &server.key)
        .with_code(0);
    dry_run(&desk, &server.key);
    push(&desk, &server.key, &[]).with_code(0);
    everything_is_there_once(&desk, &server, 10);
}

#[test]
fn a_server_that_is_down_is_named_and_pushed_to_when_it_is_back() {
    let desk = Desk::new();
    let mut server = ImportServer::start();
    prepare(&desk, 20, &server.url(), BATCH);
    dry_run(&desk, &server.key);
    server.kill();
    push(&desk, &server.key, &["--attempts", "2"]).failed_with(4, "cannot be reached");
    server.kill_and_restart();
    push(&desk, &server.key, &[]).with_code(0);
    everything_is_there_once(&desk, &server, 20);
}

#[test]
fn production_without_a_dry_run_of_the_exact_content_is_refused_before_anything_leaves() {
    let desk = Desk::new();
    let server = ImportServer::start();
    let relay = Relay::before(server.port);
    prepare(&desk, 20, &relay.url(), BATCH);
    push(&desk, &server.key, &["--approve-valid"]).failed_with(1, "dry-run");
    assert_eq!(relay.taken(), 0);
    assert_eq!(server.lead_count(), 0);
}

/// `openssl s_server` with a certificate that an authority of its own has signed, which nobody knows.
struct UnknownAuthority {
    child: Child,
    port: u16,
}

impl UnknownAuthority {
    fn start(desk: &Desk) -> Self {
        const KEY: [&str; 5] = [
            "-newkey",
            "ec",
            "-pkeyopt",
            "ec_paramgen_curve:prime256v1",
            "-nodes",
        ];
        let openssl = |arguments: &[&str]| {
            let made = Command::new("openssl")
                .args(arguments)
                .current_dir(desk.path(""))
                .stderr(Stdio::null())
                .status();
            assert!(
                made.expect("openssl runs; `cargo xtask test` installs it")
                    .success()
            );
        };
        let authority = [
            "-subj",
            "/CN=Own CA",
            "-days",
            "2",
            "-keyout",
            "ca.key",
            "-out",
            "ca.pem",
        ];
        openssl(&[&["req", "-x509"], &KEY[..], &authority].concat());
        openssl(
            &[
                &[
                    "req",
                    "-subj",
                    "/CN=localhost",
                    "-keyout",
                    "key.pem",
                    "-out",
                    "server.csr",
                ],
                &KEY[..],
            ]
            .concat(),
        );
        std::fs::write(
            desk.path("server.ext"),
            "subjectAltName=DNS:localhost\nbasicConstraints=CA:FALSE\n",
        )
        .unwrap();
        openssl(
            &[
                &[
                    "x509",
                    "-req",
                    "-in",
                    "server.csr",
                    "-CA",
                    "ca.pem",
                    "-CAkey",
                    "ca.key",
                    "-CAcreateserial",
                ][..],
                &["-days", "2", "-extfile", "server.ext", "-out", "certificate.pem"],
            ]
            .concat(),
        );
        let free = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = free.local_addr().unwrap().port();
        drop(free);
        let mut child = Command::new("openssl")
            .args(["s_server", "-accept", &format!("127.0.0.1:{port}"), "-www"])
            .args(["-cert", "certificate.pem", "-key", "key.pem"])
            .current_dir(desk.path(""))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        assert!(lines.any(|line| line.unwrap().starts_with("ACCEPT")));
        // Read on, or it would stand still some day at a full pipe.
        std::thread::spawn(move || lines.for_each(drop));
        UnknownAuthority { child, port }
    }
}

impl Drop for UnknownAuthority {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn a_certificate_that_nobody_vouches_for_is_never_accepted() {
    let desk = Desk::new();
    let tls = UnknownAuthority::start(&desk);
    let url = format!("https://localhost:{}", tls.port);
    prepare(&desk, 10, &url, BATCH);
    let sentence = "please give its CA file in the connection";
    push(&desk, "key", &["--approve-valid", "--dry-run"]).failed_with(4, sentence);
    desk.lotse_with(&["connection", "test", "ziel"], "key")
        .failed_with(4, sentence);
    // With that authority as one's own the line stands, and what answers there is not the API.
    let add = ["connection", "add", "eigene", "--url", &url, "--ca-file"];
    let file = desk.path("ca.pem");
    desk.lotse_with(&[&add[..], &[file.to_str().unwrap()]].concat(), "key")
        .with_code(0);
    desk.lotse_with(&["connection", "test", "eigene"], "key")
        .failed_with(4, "check the base address");
    let missing = [&add[..2], &["ohne"], &add[3..], &["fehlt.pem"]].concat();
    desk.lotse_with(&missing, "key").with_code(0);
    desk.lotse_with(&["connection", "test", "ohne"], "key")
        .failed_with(2, "fehlt.pem");
}

#[test]
fn addresses_that_would_carry_the_key_in_the_open_are_refused() {
    let desk = Desk::new();
    for (url, sentence) in [
        ("http://crm.example.de", "Please use https"),
        ("https://olga:geheim@crm.example.de", "without"),
        ("crm.example.de", "no address"),
    ] {
        let said = desk.lotse_with(&["connection", "add", "ziel", "--url", url], "key");
        said.failed_with(2, sentence);
        assert!(!said.err.contains("geheim"));
    }
    assert_eq!(
        desk.lotse(&["connection", "list", "--json"]).json(),
        serde_json::json!([])
    );
}
