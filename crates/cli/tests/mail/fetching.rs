//! Fetching, listing, showing, and taking leads into a project.

use super::server::ImapServer;
use super::{Home, inquiry};

#[test]
fn mails_are_fetched_listed_and_shown() {
    let (home, server) = (Home::new(), ImapServer::start());
    server.deliver("", &[inquiry(0), inquiry(1), inquiry(2)]);
    server.deliver(
        "",
        &[
            "Subject: Mittagessen\r\nFrom: c@x.example\r\n\r\nUm 12?\r\n",
            "\u{1b}[31m",
        ],
    );
    home.connect("Anfragen", &server, &[]);
    let sync = home.lotse(&["mail", "sync", "--json"]).json();
    assert_eq!(sync["connection"], "Anfragen");
    assert_eq!(sync["sync"]["folders"][0]["new"], 5);
    assert_eq!(
        (&sync["read"]["parsed"], &sync["read"]["unmatched"]),
        (&3.into(), &1.into())
    );
    assert_eq!(
        (&sync["counts"]["failed"], &sync["counts"]["leads"]),
        (&1.into(), &3.into())
    );
    let again = home.lotse(&["mail", "sync"]);
    assert!(
        again.good().starts_with("Anfragen, INBOX: 0 new mails\n"),
        "{again:?}"
    );

    let list = home
        .lotse(&[
            "mail",
            "list",
            "--status",
            "parsed",
            "--text",
            "anfrage 2",
            "--json",
        ])
        .json();
    assert_eq!(
        (&list["total"], &list["counts"]["parsed"]),
        (&1.into(), &3.into())
    );
    let listed = &list["mails"][0];
    let (number, id) = (listed["id"].to_string(), listed["externalId"].as_str().unwrap());
    assert!(id.starts_with("MAIL-"), "{listed}");
    for known_as in [number.as_str(), id] {
        let shown = home.lotse(&["mail", "show", known_as, "--json"]).json();
        assert_eq!(shown["row"]["externalId"], id);
        let lead = &shown["parsed"]["leads"][0];
        assert_eq!(lead["fields"]["email"], "gast2@example.test");
        assert_eq!(lead["provenance"]["email"]["text"], "gast2@example.test");
    }
    assert_eq!(home.lotse(&["mail", "show", id, "--raw"]).good(), inquiry(2));
    let told = home.lotse(&["mail", "show", id]);
    assert!(
        told.good().contains("email: gast2@example.test   [1 "),
        "{told:?}"
    );
    home.lotse(&["mail", "show", "999"]).refused(3, &["no mail 999"]);
    home.lotse(&["mail", "show", "MAIL-x"])
        .refused(2, &["MAIL-x", "lotse mail list"]);
    let all = home.lotse(&["mail", "list"]);
    assert!(
        !all.good().contains('\u{1b}'),
        "what a mail says does not steer the terminal"
    );
}

#[test]
fn a_folder_that_is_missing_is_said_and_not_in_the_way_of_the_others() {
    let (home, server) = (Home::new(), ImapServer::start());
    server.deliver("", &[inquiry(1)]);
    home.connect("Anfragen", &server, &["--folder", "Fehlt", "--folder", "INBOX"]);
    let sync = home.lotse(&["mail", "sync"]);
    sync.refused(4, &["“Fehlt”"]);
    assert!(sync.out.contains("INBOX: 1 new mail\n"), "{sync:?}");
    let list = home.lotse(&["mail", "list", "--json"]).json();
    assert_eq!(list["mails"][0]["status"], "parsed");
}

#[test]
fn new_leads_go_into_a_project_checked_and_compared() {
    let (home, server) = (Home::new(), ImapServer::start());
    server.deliver("", &[inquiry(1), inquiry(2)]);
    home.connect("Anfragen", &server, &[]);
    let into = ["mail", "sync", "--json", "--into", "anfragen.lotse"];
    let with = |further: &[&str]| home.lotse(&[&into[..], further].concat());
    with(&["--target", "lms", "--set", "verticals=x"]).refused(2, &["--set verticals", "course"]);
    with(&["--target", "lms", "--default", "nix=x"]).refused(2, &["--default nix"]);
    assert!(!home.path("anfragen.lotse").exists());

    let first = with(&["--target", "lms", "--default", "portal=Webseite"]).json();
    assert_eq!(
        (&first["into"]["leads"], &first["into"]["checked"]["withErrors"]),
        (&2.into(), &0.into())
    );
    let again = with(&[]).json();
    assert_eq!(
        (&again["into"]["leads"], &again["into"]["knownMails"]),
        (&0.into(), &2.into())
    );
    server.deliver("", &[inquiry(3)]);
    let third = with(&[]).json();
    assert_eq!(
        (&third["into"]["leads"], &third["into"]["checked"]["rows"]),
        (&1.into(), &3.into())
    );
    with(&["--target", "tracking"]).refused(2, &["lms, not tracking"]);
    let audit = home.lotse(&["audit", "anfragen.lotse", "--verify"]);
    assert_eq!(audit.code, 0, "{audit:?}");

    std::fs::write(home.path("notizen.txt"), "kein Projekt").unwrap();
    home.lotse(&["mail", "sync", "--into", "notizen.txt"])
        .refused(3, &["notizen.txt"]);
    home.lotse(&["mail", "sync", "--rules", "nirgends"])
        .refused(3, &["nirgends"]);
}

#[test]
fn the_unit_names_this_program_the_connection_and_the_project() {
    let (home, server) = (Home::new(), ImapServer::start());
    home.connect("Anfragen 50 %", &server, &[]);
    let unit = home.lotse(&["mail", "service", "--into", "anfragen.lotse"]);
    let project = home.path("anfragen.lotse");
    let expected = format!(
        "ExecStart=\"{}\" mail watch --connection \"Anfragen 50 %%\" --into \"{}\"\n",
        env!("CARGO_BIN_EXE_lotse"),
        project.display()
    );
    assert!(unit.good().contains(&expected), "{unit:?}");
    assert!(unit.good().contains("WantedBy=default.target\n"), "{unit:?}");
}
