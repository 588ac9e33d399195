use lotse_core::language::Language;
use lotse_engine::project::{AuditEntry, AuditVerdict, ChangeKind, FieldEdit};
use lotse_engine::workflows::{
    AuditFilter, AuditTopic, approve_ready, audit_window, edit_fields, export_audit_lines,
    export_audit_report,
};
use serde_json::json;

use super::{Place, actor, now};

#[test]
fn every_step_is_in_the_chain_and_the_chain_holds() {
    let place = Place::new();
    let project = place.example();
    let verdict = project.verify_audit().unwrap();
    assert_eq!(verdict.first_broken, None);
    let entries = project.audit_entries("", 0, 100).unwrap();
    assert_eq!(entries.len() as i64, verdict.entries);
    let events: Vec<&str> = entries.iter().rev().map(|entry| entry.event.as_str()).collect();
    assert_eq!(
        events,
        [
            "project_created",
            "source_loaded",
            "mapping_changed",
            "mapping_changed",
            "check_outdated",
            "setting_changed",
            "duplicates_compared"
        ]
    );
    assert_eq!(project.audit_entries("partner-export", 0, 100).unwrap().len(), 1);
    assert_eq!(
        project.audit_entries("100%", 0, 100).unwrap().len(),
        0,
        "a percent sign is only a percent sign"
    );
}

#[test]
fn the_log_cannot_be_rewritten_through_the_database() {
    let place = Place::new();
    let project = place.example();
    let path = project.path().to_path_buf();
    project.close().unwrap();
    let connection = rusqlite::Connection::open(path).unwrap();
    for sql in [
        "UPDATE audit SET actor = 'x' WHERE sequence = 1",
        "DELETE FROM audit WHERE sequence = 1",
    ] {
        let error = connection.execute_batch(sql).unwrap_err();
        assert!(error.to_string().contains("append-only"), "{error}");
    }
}

#[test]
fn whoever_rewrites_it_all_the_same_is_found() {
    for (sql, broken) in [
        (
            "UPDATE audit SET data = '{\"name\":\"anders\"}' WHERE sequence = 3",
            3,
        ),
        (
            "UPDATE audit SET at = '2020-01-01T00:00:00Z' WHERE sequence = 2",
            2,
        ),
        ("DELETE FROM audit WHERE sequence = 4", 4),
        ("UPDATE audit SET sequence = 40 WHERE sequence = 5", 5),
    ] {
        let place = Place::new();
        let project = place.example();
        let path = project.path().to_path_buf();
        project.close().unwrap();
        let connection = rusqlite::Connection::open(&path).unwrap();
        connection
            .execute_batch(
                "DROP TRIGGER audit_is_append_only_update; DROP TRIGGER audit_is_append_only_delete;",
            )
            .unwrap();
        connection.execute_batch(sql).unwrap();
        drop(connection);
        let project = lotse_engine::project::Project::open(&path).unwrap();
        assert_eq!(
            project.verify_audit().unwrap().first_broken,
            Some(broken),
            "{sql}"
        );
    }
}

#[test]
fn entries_are_sentences_and_found_by_the_words_in_them() {
    let place = Place::new();
    let project = place.example();
    let edit = FieldEdit {
        row: 7,
        field: "contact.email".into(),
        text: Some("max@musterkueche.example".into()),
    };
    edit_fields(&project, &actor(), ChangeKind::Edit, &json!({}), &[edit], now()).unwrap();
    approve_ready(&project, &actor(), now()).unwrap();
    let window = |search: &str, topic, language| {
        let filter = AuditFilter {
            search: search.into(),
            topic,
        };
        audit_window(&project, &filter, language, 0, 100).unwrap()
    };
    let newest = window("", None, Language::De).lines;
    assert_eq!(
        newest[1].sentence,
        "Zelle geändert: Zeile 12, E-Mail: „max@musterkueche.example“"
    );
    assert!(
        newest[0]
            .sentence
            .starts_with("Freigabe erteilt: 139 Leads, Inhalt ")
    );
    assert_eq!(
        window("", None, Language::En).lines[1].sentence,
        "Cell edited: row 12, E-mail: “max@musterkueche.example”"
    );
    let events = |search: &str, topic| -> Vec<String> {
        let found = window(search, topic, Language::De);
        assert_eq!(found.total, found.lines.len() as u64);
        found.lines.into_iter().map(|line| line.event).collect()
    };
    assert_eq!(events("freigabe", None), ["leads_approved"]);
    assert_eq!(events("MAX@", None), ["rows_edit"]);
    assert_eq!(events("", Some(AuditTopic::Edits)), ["rows_edit"]);
    assert_eq!(events("freigabe", Some(AuditTopic::Edits)), [""; 0]);
}

#[test]
fn every_event_that_is_written_has_a_sentence_in_both_languages() {
    let place = Place::new();
    let project = place.example();
    for language in [Language::De, Language::En] {
        let window = audit_window(&project, &AuditFilter::default(), language, 0, 100).unwrap();
        for line in window.lines {
            assert!(line.topic.is_some(), "{}", line.event);
            assert!(!line.sentence.contains(&line.event), "{}", line.sentence);
        }
    }
}

#[test]
fn exported_lines_prove_the_chain_without_the_project() {
    let place = Place::new();
    let project = place.example();
    let path = place.path("protokoll.jsonl");
    let written = export_audit_lines(&project, &path).unwrap();
    let text = std::fs::read_to_string(&path).unwrap();
    assert_eq!(text.lines().count() as u64, written);
    let verdict = |text: &str| {
        let mut verdict = AuditVerdict::default();
        for line in text.lines() {
            verdict.take(serde_json::from_str::<AuditEntry>(line).unwrap());
        }
        verdict
    };
    assert_eq!(verdict(&text), project.verify_audit().unwrap());
    assert_eq!(verdict(&text).first_broken, None);
    assert_eq!(
        verdict(&text.replacen("Eva Beispiel", "Eva Anders", 1)).first_broken,
        Some(1)
    );
}

#[test]
fn a_report_shows_every_entry_and_runs_nothing() {
    let place = Place::new();
    let project = place.example();
    let edit = FieldEdit {
        row: 7,
        field: "companyName".into(),
        text: Some("<script>alert(1)</script>".into()),
    };
    edit_fields(&project, &actor(), ChangeKind::Edit, &json!({}), &[edit], now()).unwrap();
    let path = place.path("protokoll.html");
    let written = export_audit_report(&project, &path, Language::De).unwrap();
    let page = std::fs::read_to_string(&path).unwrap();
    assert_eq!(page.matches("<tr><td>").count() as u64, written);
    assert!(page.contains("die Kette ist unversehrt"));
    assert!(page.contains("&lt;script&gt;alert(1)&lt;/script&gt;"));
    assert!(!page.contains("<script"));
}
