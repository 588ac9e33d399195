//! Killed at the worst moments, then run again: every lead is there once.

use lotse_tests::import_server::ImportServer;
use std::process::{Command, Stdio};

use crate::desk::Desk;
use crate::fault_proxy::FaultProxy;
use crate::push::{PROJECT, arguments, dry_run, everything_is_there_once, prepare, push};
use crate::relay::{Relay, Step};
use crate::until;

const LEADS: usize = 3000;
const BATCH: usize = 250;

/// When the push is killed, seen from the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Moment {
    /// The first request has left; the server has not seen it.
    FirstRequestLost,
    /// The server has carried the first request out; its answer never comes.
    FirstAnswerLost,
    /// In the middle: six batches are answered, the seventh is carried out.
    Halfway,
    /// All batches but the last are answered; the last is on its way.
    LastRequestLost,
    /// The server has carried out the last batch.
    LastAnswerLost,
}

impl Moment {
    /// What happens to the requests of the push, and how many leads the server has when it is killed.
    fn steps(self) -> (Vec<Step>, usize) {
        let batches = LEADS / BATCH;
        let passed = |count: usize, then: Step| [vec![Step::Pass; count], vec![then]].concat();
        match self {
            Moment::FirstRequestLost => (passed(0, Step::Swallow), 0),
            Moment::FirstAnswerLost => (passed(0, Step::KeepAnswer), BATCH),
            Moment::Halfway => (passed(6, Step::KeepAnswer), 7 * BATCH),
            Moment::LastRequestLost => (passed(batches - 1, Step::Swallow), LEADS - BATCH),
            Moment::LastAnswerLost => (passed(batches - 1, Step::KeepAnswer), LEADS),
        }
    }
}

#[test]
fn a_push_killed_at_any_moment_goes_on_and_imports_each_lead_once() {
    for moment in [
        Moment::FirstRequestLost,
        Moment::FirstAnswerLost,
        Moment::Halfway,
        Moment::LastRequestLost,
        Moment::LastAnswerLost,
    ] {
        let desk = Desk::new();
        let server = ImportServer::start();
        let relay = Relay::before(server.port);
        prepare(&desk, LEADS, &relay.url(), BATCH);
        dry_run(&desk, &server.key);

        let (steps, there) = moment.steps();
        relay.plan(&steps);
        let running = desk.start(&arguments(&[]), &server.key);
        relay.wait_until_kept();
        running.kill();
        assert_eq!(server.lead_count(), there as u64, "{moment:?}");

        relay.plan(&[]);
        let said = push(&desk, &server.key, &["--json"]).with_code(0).json();
        assert_eq!(said["verification"]["imported"], LEADS, "{moment:?}: {said}");
        assert_eq!(said["verification"]["balanced"], true, "{moment:?}");
        everything_is_there_once(&desk, &server, LEADS);
        // Nothing is left to do, and that is said.
        push(&desk, &server.key, &[]).failed_with(1, "Nothing is approved");
    }
}

#[test]
fn a_push_killed_again_and_again_on_a_slow_line_ends_all_the_same() {
    let desk = Desk::new();
    let server = ImportServer::start();
    let proxy = FaultProxy::before(server.port);
    prepare(&desk, LEADS, &proxy.url(), BATCH);
    dry_run(&desk, &server.key);
    // Slow enough that it is seen between two batches, and killed anywhere between them.
    proxy.plan("delay=20");
    for there in [1, 600, 1400, 2200, 2751] {
        let mut running = desk.start(&arguments(&[]), &server.key);
        until("the server holds some more leads", || {
            assert!(!running.has_ended(), "too quick to be killed at {there}");
            server.lead_count() >= there
        });
        running.kill();
    }
    proxy.plan("ok");
    push(&desk, &server.key, &[]).with_code(0);
    everything_is_there_once(&desk, &server, LEADS);
}

#[test]
fn a_server_killed_under_a_push_and_started_again_loses_nothing() {
    let desk = Desk::new();
    let mut server = ImportServer::start();
    let proxy = FaultProxy::before(server.port);
    prepare(&desk, LEADS, &proxy.url(), BATCH);
    dry_run(&desk, &server.key);
    proxy.plan("delay=20");
    let mut running = desk.start(&arguments(&["--json"]), &server.key);
    for there in [1, 1000, 2000] {
        until("the server holds some more leads", || {
            assert!(!running.has_ended(), "too quick to be killed at {there}");
            server.lead_count() >= there
        });
        server.kill_and_restart();
    }
    proxy.plan("ok");
    // The same process, without anybody's help.
    let said = running.wait().with_code(0).json();
    assert_eq!(said["verification"]["imported"], LEADS);
    everything_is_there_once(&desk, &server, LEADS);
}

#[test]
fn a_push_killed_while_it_is_planned_is_planned_anew_and_whole() {
    const MANY: usize = 200;
    let desk = Desk::new();
    let server = ImportServer::start();
    prepare(&desk, MANY, &server.url(), 1);
    dry_run(&desk, &server.key);
    let batches = || {
        let flags = rusqlite::OpenFlags::SQLITE_OPEN_READ_ONLY;
        let project = rusqlite::Connection::open_with_flags(desk.path(PROJECT), flags).unwrap();
        project.busy_timeout(crate::PATIENCE).unwrap();
        let count = project.query_row("SELECT count(*) FROM batch", [], |row| row.get::<_, u32>(0));
        count.unwrap() as usize
    };
    assert_eq!(batches(), MANY, "those of the dry-run");
    let mut running = desk.start(&arguments(&[]), &server.key);
    until("a part of the batches is written down", || {
        assert!(!running.has_ended(), "too quick to be killed");
        batches() > MANY + 3
    });
    running.kill();
    assert!(
        batches() < 2 * MANY && server.lead_count() == 0,
        "killed too late to show anything"
    );
    let said = push(&desk, &server.key, &["--json"]).with_code(0).json();
    assert_eq!(said["verification"]["imported"], MANY, "{said}");
    everything_is_there_once(&desk, &server, MANY);
}

#[test]
fn a_dry_run_killed_after_a_killed_push_does_not_hide_that_push() {
    let desk = Desk::new();
    let server = ImportServer::start();
    let relay = Relay::before(server.port);
    prepare(&desk, 60, &relay.url(), 20);
    dry_run(&desk, &server.key);
    relay.plan(&[Step::Pass, Step::KeepAnswer]);
    let running = desk.start(&arguments(&[]), &server.key);
    relay.wait_until_kept();
    running.kill();
    relay.plan(&[Step::Swallow]);
    let running = desk.start(&arguments(&["--dry-run"]), &server.key);
    relay.wait_until_kept();
    running.kill();
    relay.plan(&[]);
    push(&desk, &server.key, &[]).with_code(0);
    // The dry-run is not taken up again: nothing is left that it could try.
    push(&desk, &server.key, &["--dry-run"]).failed_with(1, "");
    everything_is_there_once(&desk, &server, 60);
}

#[test]
fn a_check_that_is_killed_leaves_no_project_that_would_be_taken_for_whole() {
    let desk = Desk::new();
    crate::leads::write_csv(&desk.path("bestand.csv"), LEADS);
    let running = desk.start(&["check", "bestand.csv", "--save", PROJECT], "");
    let beside = desk.path("bestand.lotse.part");
    until("the project is being made", || beside.exists());
    running.kill();
    assert!(
        beside.exists() && !desk.path(PROJECT).exists(),
        "killed too late to show anything"
    );
    // The same again is not in its own way.
    desk.lotse(&["check", "bestand.csv", "--save", PROJECT])
        .with_code(0);
    assert!(!beside.exists());
    desk.lotse(&["audit", PROJECT, "--verify"]).with_code(0);
}

#[test]
fn two_pushes_of_one_project_do_not_run_at_once() {
    let desk = Desk::new();
    let server = ImportServer::start();
    let relay = Relay::before(server.port);
    prepare(&desk, 20, &relay.url(), 20);
    relay.plan(&[Step::Swallow]);
    let first = desk.start(&arguments(&["--approve-valid", "--dry-run"]), &server.key);
    relay.wait_until_kept();
    push(&desk, &server.key, &["--dry-run"]).failed_with(3, "already open");
    // Being asked to end is an end like any other: what was interrupted is done again. Not by Ctrl-C's signal, which a
    // program that was started in the background of a script has been told to ignore.
    let asked = Command::new("kill")
        .args(["-TERM", &first.id().to_string()])
        .stderr(Stdio::null())
        .status();
    assert!(asked.unwrap().success());
    let mut first = first;
    until("the first push ends", || first.has_ended());
    relay.plan(&[]);
    push(&desk, &server.key, &["--dry-run"]).with_code(0);
    push(&desk, &server.key, &[]).with_code(0);
    everything_is_there_once(&desk, &server, 20);
}
