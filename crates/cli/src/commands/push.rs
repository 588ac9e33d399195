use lotse_core::migration::Mode;
use lotse_engine::clock::{self, Actor};
use lotse_engine::connections::{Connections, ServerSettings};
use lotse_engine::imported_leads::ImportedLeads;
use lotse_engine::places::Places;
use lotse_engine::project::{Project, PushState};
use lotse_engine::server::{RetryPolicy, ServerClient};
use lotse_engine::workflows::approve_ready;
use lotse_engine::workflows::push::{
    PushOptions, PushProgress, RunSettings, next_push, run_push, verify_push,
};
use serde_json::json;

use super::connection::secret_for;
use super::input::check_and_compare;
use crate::Outcome;
use crate::arguments::PushArguments;
use crate::outcome::{Failure, GOOD, found_errors, print, print_json};
use crate::progress::ProgressLine;

/// Imported leads that are read back for the verification.
const READ_BACK: u64 = 200;

pub(crate) fn run(arguments: &PushArguments) -> Outcome {
    let places = Places::of_user().map_err(|error| Failure::input(error.to_string()))?;
    let name = arguments.connection.as_str();
    let settings = Connections::of(&places).server(name)?;
    let project = Project::open(&arguments.project)?;
    let secret = secret_for(name)?;
    let client = ServerClient::new(&settings, project.target(), &secret)?;
    let imported = ImportedLeads::of(&places);
    let outcome = push(arguments, &project, (name, &settings), &client, imported);
    project.close()?;
    outcome
}

fn push(
    arguments: &PushArguments,
    project: &Project,
    connection: (&str, &ServerSettings),
    client: &ServerClient,
    imported: ImportedLeads,
) -> Outcome {
    let line = ProgressLine::new();
    let actor = Actor::logged_in();
    let mode = Mode::of(arguments.dry_run);
    let now = clock::now();
    if !project.is_checked() {
        check_and_compare(project, &actor, now, &line)?;
    }
    if arguments.approve_valid {
        approve_ready(project, &actor, now)?;
    }
    let options = PushOptions {
        skip_on_error: !arguments.fail_fast,
        skip_duplicates: !arguments.import_duplicates,
    };
    let push_id = line.watch(|watch| next_push(project, &actor, connection, mode, options, now, watch))?;
    let progress = |progress: &PushProgress| {
        line.show(&format!(
            "{}: {}/{} leads, {:.0} a second {}",
            mode.as_str(),
            progress.done_leads,
            progress.total_leads,
            progress.rate,
            progress.waiting
        ));
    };
    let run = RunSettings {
        policy: RetryPolicy {
            attempts: arguments.attempts,
            ..RetryPolicy::default()
        },
        imported: Some(imported),
        ..RunSettings::default()
    };
    let state = run_push(project, &actor, client, push_id, &run, &progress);
    line.clear();
    let state = state?;
    let verification =
        line.watch(|watch| verify_push(project, client, push_id, READ_BACK, clock::now(), watch))?;
    if arguments.json {
        print_json(&json!({ "push": push_id, "mode": mode, "state": state, "verification": verification }))?;
    } else {
        print(&match mode {
            Mode::DryRun => format!(
                "dry-run: {} leads, {} refused\n",
                verification.sent, verification.failed
            ),
            Mode::Production => format!(
                "imported {}, skipped {}, failed {} of {} leads; {} read back, {} differences\n",
                verification.imported,
                verification.skipped,
                verification.failed,
                verification.sent,
                verification.compared,
                verification.mismatches.len()
            ),
        })?;
    }
    let good = state == PushState::Finished && verification.failed == 0 && verification.mismatches.is_empty();
    Ok(if good { GOOD } else { found_errors() })
}
