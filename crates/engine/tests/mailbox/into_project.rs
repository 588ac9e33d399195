//! Mails become leads of a project, through the same door as the rows of files.

use std::collections::BTreeMap;
use std::sync::Arc;

use lotse_core::finding::Severity;
use lotse_core::language::Language;
use lotse_core::target::Target;
use lotse_core::values::Instant;
use lotse_engine::clock::Actor;
use lotse_engine::jobs::Watch;
use lotse_engine::mailbox::{
    Circumstances, LEAD_ID_COLUMN, MailStatus, MailboxSettings, ReadScope, RuleBook, inspect, read_stored,
};
use lotse_engine::project::{NewProject, Project, SourceRole};
use lotse_engine::sources::ReadSettings;
use lotse_engine::workflows::{
    LoadedMails, MailSelection, approve_ready, check_all, check_report, check_settings, compare_all,
    load_file, load_mails, set_mapping,
};
use tokio_util::sync::CancellationToken;

use crate::server::{ImapServer, Store, run_sync};

fn now() -> Instant {
    Instant::from_rfc3339("2025-10-12T14:30:00Z").unwrap()
}

fn actor() -> Actor {
    Actor {
        name: "Eva Beispiel".into(),
        machine: "werft-3".into(),
    }
}

/// An inquiry as a web form sends it.
fn inquiry(number: usize, company: &str, city: &str, country: &str, email: &str) -> String {
    format!(
        "From: Webformular <noreply@portal.example>\r\nTo: leads@example.test\r\nSubject: Anfrage {number}\r\n\
         Message-ID: <inquiry-{number}@portal.example>\r\nDate: Mon, 03 Mar 2025 10:15:0{number} +0100\r\n\
         Content-Type: text/plain; charset=utf-8\r\n\r\n\
         Firma: {company}\r\nVorname: Anna\r\nNachname: Käfer\r\nE-Mail: {email}\r\nTelefon: +49 30 123456{number}\r\n\
         PLZ: 10115\r\nOrt: {city}\r\nLand: {country}\r\nAnfragenummer: A-{number}\r\n\
         Einwilligung zur Kontaktaufnahme: erteilt am 02.03.2025 um 21:14 Uhr\r\n"
    )
}

const NO_LEAD: &str = "From: Chef <chef@example.test>\r\nSubject: Mittagessen\r\nMessage-ID: <lunch@example.test>\r\n\
    Date: Mon, 03 Mar 2025 11:00:00 +0100\r\n\r\nHeute um 12 in der Kantine?\r\n";

struct Desk {
    server: ImapServer,
    store: Store,
    project: Project,
    folder: tempfile::TempDir,
}

impl Desk {
    fn new(target: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let new = NewProject::named("Anfragen", Target::builtin(target).unwrap());
        Desk {
            server: ImapServer::start(),
            store: Store::new(),
            project: Project::create(&folder.path().join("anfragen.lotse"), &new, &actor()).unwrap(),
            folder,
        }
    }

    async fn fetch(&self, settings: &MailboxSettings) {
        run_sync(settings, &self.store).await.unwrap();
        let (rules, here) = (RuleBook::built_in(), Circumstances::default());
        let token = CancellationToken::new();
        read_stored(
            &self.store.mails,
            &rules,
            ReadScope::Outdated,
            &here,
            &|_| {},
            &token,
        )
        .unwrap();
    }

    fn load(&self, constants: &[(String, String)], defaults: &[(String, String)]) -> LoadedMails {
        let selection = MailSelection {
            connection: "Anfragen",
            folders: &["INBOX"],
            constants,
            defaults,
        };
        load_mails(
            &self.project,
            &actor(),
            &self.store.mails,
            &selection,
            &Watch::quiet(),
        )
        .unwrap()
    }

    fn check(&self) {
        let settings = check_settings(&self.project, now()).unwrap();
        check_all(&self.project, &settings, &Watch::quiet()).unwrap();
        compare_all(&self.project, &actor(), &Watch::quiet()).unwrap();
    }

    fn shown(&self, row: u32) -> BTreeMap<String, String> {
        let state = self.project.row_states(&[row]).unwrap().remove(0);
        let names = self
            .project
            .target()
            .fields
            .iter()
            .map(|field| field.name.clone());
        names
            .zip(state.fields.iter().map(|cell| cell.shown().to_string()))
            .collect()
    }
}

fn values(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs
        .iter()
        .map(|(field, value)| ((*field).to_string(), (*value).to_string()))
        .collect()
}

#[tokio::test]
async fn mails_walk_through_project_check_and_approval() {
    let desk = Desk::new("migration");
    desk.server.deliver(
        "",
        &[
            inquiry(
                1,
                "Hotel Seeblick GmbH",
                "Berlin",
                "Deutschland",
                "anna@seeblick.example",
            ),
            inquiry(2, "Gasthof Post AG", "Chur", "Schweiz", "anna@post.example"),
            inquiry(3, "Seeblick Hotel", "Berlin", "k.A.", "Anna@Seeblick.example"),
            inquiry(4, "", "Ulm", "Deutschland", "anna@x.example"),
            NO_LEAD.into(),
        ],
    );
    desk.fetch(&desk.server.settings()).await;
    let owner = values(&[("ownerUserId", "partner-nord")]);
    let loaded = desk.load(&owner, &values(&[("territory", "DE")]));
    assert_eq!((loaded.leads, loaded.known_mails), (4, 0));
    desk.check();

    let first = desk.shown(0);
    for (field, value) in [
        ("companyName", "Hotel Seeblick GmbH"),
        ("city", "Berlin"),
        ("territory", "DE"),
        ("contact.email", "anna@seeblick.example"),
        ("contact.phone", "+49301234561"),
        ("registeredAt", "2025-03-03T09:15:01Z"),
        ("consentGivenAt", "2025-03-02T20:14:00Z"),
        ("ownerUserId", "partner-nord"),
    ] {
        assert_eq!(first[field], value, "{field}");
    }
    assert!(first["externalId"].starts_with("MAIL-"), "{first:?}");
    assert_eq!(desk.shown(1)["territory"], "CH");
    assert_eq!(
        desk.shown(2)["territory"],
        "DE",
        "the default stands in for a placeholder"
    );

    let report = check_report(&desk.project, now(), Language::De).unwrap();
    let errors: Vec<(u32, &str)> = report
        .validation_errors
        .iter()
        .filter(|error| error.severity == Severity::Error)
        .map(|error| (error.row, error.code.as_str()))
        .collect();
    assert_eq!(errors, [(4, "company_name.missing")]);
    assert_eq!(report.unmapped_required_fields, [""; 0]);
    let doubles: Vec<(u32, u32)> = report
        .duplicate_warnings
        .iter()
        .map(|pair| (pair.matched_row, pair.row))
        .collect();
    assert_eq!(doubles, [(1, 3)], "the same person wrote twice");
    // The broken one and the certain duplicate stay behind.
    let approval = approve_ready(&desk.project, &actor(), now()).unwrap();
    assert_eq!(approval.row_count, 2);
}

#[tokio::test]
async fn every_mail_goes_into_a_project_once() {
    let desk = Desk::new("tracking");
    let settings = MailboxSettings {
        folders: vec!["INBOX".into(), "Archiv".into()],
        ..desk.server.settings()
    };
    let hotel = inquiry(
        1,
        "Hotel Seeblick",
        "Berlin",
        "Deutschland",
        "anna@seeblick.example",
    );
    desk.server.deliver("", &[&hotel]);
    desk.server.deliver(
        "Archiv",
        &[
            hotel.clone(),
            inquiry(9, "Altes Haus", "Köln", "D", "alt@haus.example"),
        ],
    );
    desk.fetch(&settings).await;
    let loaded = desk.load(&values(&[("verticals", "hotel")]), &[]);
    assert_eq!(loaded.leads, 1, "the other folder was not asked for");
    assert_eq!(desk.load(&[], &[]).source_id, None);
    assert_eq!(desk.load(&[], &[]).known_mails, 1);

    // What a person decides about the mapping holds for later mails, too.
    let source = loaded.source_id.unwrap();
    let mut mapping = desk.project.mapping(source).unwrap().unwrap();
    mapping.extra.clear();
    set_mapping(&desk.project, &actor(), source, &mapping).unwrap();
    let second = inquiry(2, "Gasthof Post", "Chur", "Schweiz", "post@post.example")
        .replace("Land:", "Zimmerzahl: 12\r\nLand:");
    desk.server.deliver("", &[second]);
    desk.fetch(&settings).await;
    let again = desk.load(&[], &[]);
    assert_eq!((again.leads, again.known_mails), (1, 1));
    let carried = desk.project.mapping(again.source_id.unwrap()).unwrap().unwrap();
    assert_eq!(carried.fields, mapping.fields);
    let extra: Vec<&str> = carried.extra.iter().map(|extra| extra.key.as_str()).collect();
    assert_eq!(extra, ["Zimmerzahl"]);
    desk.check();
    assert_eq!(
        (
            desk.shown(0)["countryCode"].as_str(),
            desk.shown(1)["countryCode"].as_str()
        ),
        ("DE", "CH")
    );
    assert_eq!(desk.shown(1)["verticals"], "hotel");

    desk.project.remove_source(&actor(), source).unwrap();
    assert_eq!(desk.load(&[], &[]).leads, 1, "what was taken out can come again");
}

#[tokio::test]
async fn the_place_of_every_value_stays_with_the_row() {
    let desk = Desk::new("lms");
    let file = desk.folder.path().join("liste.csv");
    std::fs::write(&file, "Name;E-Mail\nMax Muster;max@example.test\n").unwrap();
    let settings = ReadSettings::default();
    load_file(
        &desk.project,
        &actor(),
        &file,
        &settings,
        SourceRole::Leads,
        &Watch::quiet(),
    )
    .unwrap();

    let many: Vec<String> = (0..150)
        .map(|number| {
            inquiry(
                1,
                "Hotel",
                "Berlin",
                "Deutschland",
                &format!("gast{number}@hotel.example"),
            )
            .replace("inquiry-1@", &format!("inquiry-{number}@"))
        })
        .collect();
    desk.server.deliver("", &many);
    desk.fetch(&desk.server.settings()).await;
    assert_eq!(desk.load(&[], &[]).leads, 150);

    assert_eq!(
        desk.project.mail_origin(0).unwrap(),
        None,
        "a row of a file came from no mail"
    );
    for row in [1, 64, 65, 150] {
        let origin = desk.project.mail_origin(row).unwrap().unwrap();
        assert_eq!(
            (origin.lead, origin.from.as_str()),
            (0, "Webformular <noreply@portal.example>")
        );
        let (_, cells) = desk.project.source_cells(row).unwrap();
        let cell = |name: &str| &cells.iter().find(|(header, _)| header == name).unwrap().1;
        assert_eq!(*cell(LEAD_ID_COLUMN), origin.mail);
        assert_eq!(*cell("email"), origin.provenance["email"].text);

        // By its identity the mail is found again, and the inspector marks the same place.
        let id = desk.store.mails.find(&origin.mail).unwrap().unwrap();
        let view = inspect(&desk.store.mails, id).unwrap();
        let parsed = view.parsed.unwrap();
        assert_eq!(parsed.status, MailStatus::Parsed);
        assert_eq!(parsed.leads[0].provenance, origin.provenance);
        assert_eq!(view.row.unwrap().external_id, origin.mail);
    }
    assert!(desk.project.mail_origin(151).is_err());
}

#[tokio::test]
async fn a_load_that_fails_or_is_stopped_leaves_nothing() {
    let desk = Desk::new("migration");
    desk.server
        .deliver("", &[inquiry(1, "Hotel", "Berlin", "D", "a@hotel.example")]);
    desk.fetch(&desk.server.settings()).await;
    let constants = values(&[("noSuchField", "x")]);
    let wrong = MailSelection {
        connection: "Anfragen",
        folders: &[],
        constants: &constants,
        defaults: &[],
    };
    let right = MailSelection {
        constants: &[],
        ..wrong
    };
    let stopped = Watch::quiet();
    stopped.cancel.cancel();
    let store = Arc::clone(&desk.store.mails);
    for (selection, watch) in [(&wrong, &Watch::quiet()), (&right, &stopped)] {
        load_mails(&desk.project, &actor(), &store, selection, watch).unwrap_err();
        assert_eq!(desk.project.sources().unwrap(), []);
        assert!(desk.project.mails_taken().unwrap().is_empty());
    }
    assert_eq!(desk.load(&[], &[]).leads, 1);
}
