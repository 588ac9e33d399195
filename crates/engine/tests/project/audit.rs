use super::Place;

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
