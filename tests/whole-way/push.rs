//! What every test of a push does before and afterwards.

use std::collections::{BTreeMap, BTreeSet};

use lotse_core::migration::{LeadOutcome, Mode};
use lotse_engine::project::{BatchState, Project, PushState};
use lotse_tests::import_server::ImportServer;

use crate::desk::{Desk, Said};
use crate::leads;

/// The project that is pushed.
pub(crate) const PROJECT: &str = "bestand.lotse";

/// Loads `count` leads into a project and adds the connection `ziel` to `url`.
pub(crate) fn prepare(desk: &Desk, count: usize, url: &str, batch_size: usize) {
    leads::write_csv(&desk.path("bestand.csv"), count);
    desk.lotse(&["check", "bestand.csv", "--save", PROJECT])
        .with_code(0);
    let size = batch_size.to_string();
    let add = ["connection", "add", "ziel", "--url", url, "--batch-size", &size];
    desk.lotse_with(&add, "asked for each time").with_code(0);
}

/// The arguments of a push, with others behind them.
pub(crate) fn arguments<'a>(more: &[&'a str]) -> Vec<&'a str> {
    [&["push", PROJECT, "--connection", "ziel"], more].concat()
}

/// Approves everything and lets the server check it.
pub(crate) fn dry_run(desk: &Desk, key: &str) {
    desk.lotse_with(&arguments(&["--approve-valid", "--dry-run"]), key)
        .with_code(0);
}

/// Pushes, or goes on with the push that was interrupted.
pub(crate) fn push(desk: &Desk, key: &str, more: &[&str]) -> Said {
    desk.lotse_with(&arguments(more), key)
}

/// Checks that the server holds each of the leads once, that the ledger says the same, and that both audit logs know.
#[track_caller]
pub(crate) fn everything_is_there_once(desk: &Desk, server: &ImportServer, count: usize) {
    let wanted: BTreeMap<String, u64> = (0..count).map(|number| (leads::external_id(number), 1)).collect();
    assert!(server.external_ids() == wanted, "{} leads", server.lead_count());
    let told = "SELECT count(*) FROM audit_events WHERE event_type = 'lead_created_via_migration'";
    assert_eq!(server.count(told), count as u64);

    let project = Project::open(&desk.path(PROJECT)).unwrap();
    let mut outcomes: BTreeMap<String, i64> = BTreeMap::new();
    for push in project.pushes().unwrap() {
        if push.state == PushState::Cancelled && push.mode == Mode::DryRun {
            // Killed; a newer one of the content of then took its place.
            continue;
        }
        if push.state == PushState::Cancelled {
            // Killed while it was planned: nothing of it was ever sent.
            let batches = project.batches(push.id).unwrap();
            assert!(
                batches.iter().all(|batch| batch.state == BatchState::Planned),
                "{push:?}"
            );
            continue;
        }
        assert_eq!(push.state, PushState::Finished, "{push:?}");
        if push.mode == Mode::DryRun {
            continue;
        }
        for batch in project.batches(push.id).unwrap() {
            for lead in project.batch_leads(batch.id).unwrap() {
                assert_eq!(lead.outcome, Some(LeadOutcome::Imported), "{lead:?}");
                let twice = outcomes.insert(lead.external_id.0.clone(), lead.lead_id.unwrap());
                assert_eq!(twice, None, "{lead:?}");
            }
        }
    }
    assert_eq!(outcomes.len(), count);
    let ids: BTreeSet<&i64> = outcomes.values().collect();
    assert_eq!(ids.len(), count, "no two leads have the same id on the server");
    let mut told = 0;
    project
        .for_each_audit_entry(|entry| told += usize::from(entry.event == "lead_created_via_migration"))
        .unwrap();
    assert_eq!(told, count);
    project.close().unwrap();
    desk.lotse(&["audit", PROJECT, "--verify"]).with_code(0);
}
