//! What may go: approved rows and what the server's dry-run said about exactly this content.

use std::collections::BTreeMap;

use lotse_core::migration::Mode;
use lotse_core::values::Instant;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::run::is_open;
use super::{PushError, PushOptions, plan_push};
use crate::clock::Actor;
use crate::connections::ServerSettings;
use crate::jobs::Watch;
use crate::project::{ApprovedRow, Project, PushState};

/// How far the approved rows are on their way to one server.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "camelCase")]
pub struct Readiness {
    /// Approved with their present content, and not in the server.
    pub approved: u32,
    /// Of these: passed the dry-run with this content.
    pub passed: u32,
    /// Of these: refused by the dry-run with this content.
    pub refused: u32,
    /// Of these: had no dry-run with this content.
    pub missing: u32,
    /// Of these: sent and not answered by an earlier push.
    pub unanswered: u32,
}

/// Approved rows by what the last dry-run said about their present content.
pub(super) struct Verdicts {
    pub(super) passed: Vec<ApprovedRow>,
    pub(super) refused: u64,
    pub(super) missing: u64,
}

pub(super) fn verdicts(
    project: &Project,
    base_url: &str,
    approved: Vec<ApprovedRow>,
) -> Result<Verdicts, PushError> {
    let seen: BTreeMap<u32, (String, bool)> = project
        .dry_run_rows(base_url)?
        .into_iter()
        .map(|row| (row.row, (row.content_hash, row.valid)))
        .collect();
    let mut verdicts = Verdicts {
        passed: Vec::with_capacity(approved.len()),
        refused: 0,
        missing: 0,
    };
    for row in approved {
        match seen.get(&row.row) {
            Some((hash, true)) if *hash == row.content_hash => verdicts.passed.push(row),
            Some((hash, false)) if *hash == row.content_hash => verdicts.refused += 1,
            _ => verdicts.missing += 1,
        }
    }
    Ok(verdicts)
}

/// How far the approved rows are on their way to the server of `connection` at `base_url`.
pub fn push_readiness(project: &Project, connection: &str, base_url: &str) -> Result<Readiness, PushError> {
    let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
    let approved = project.approved_rows()?;
    let unanswered = project.unanswered_rows(connection, base_url)?;
    let mut readiness = Readiness {
        approved: count(approved.len()),
        unanswered: count(
            approved
                .iter()
                .filter(|row| unanswered.contains(&row.row))
                .count(),
        ),
        ..Readiness::default()
    };
    let verdicts = verdicts(project, base_url, approved)?;
    readiness.passed = count(verdicts.passed.len());
    readiness.refused = u32::try_from(verdicts.refused).unwrap_or(u32::MAX);
    readiness.missing = u32::try_from(verdicts.missing).unwrap_or(u32::MAX);
    Ok(readiness)
}

/// The push that goes next: a production push that is not finished goes on, since its leads may be on their way; an
/// unfinished dry-run is given up for one of the present content. Else a new one is planned.
pub fn next_push(
    project: &Project,
    actor: &Actor,
    (connection, settings): (&str, &ServerSettings),
    mode: Mode,
    options: PushOptions,
    now: Instant,
    watch: &Watch<'_>,
) -> Result<i64, PushError> {
    let open = project.pushes()?.into_iter().filter(|push| {
        push.mode == mode
            && (push.connection == connection || push.base_url == settings.base_url)
            && is_open(push)
    });
    for push in open {
        if mode == Mode::Production {
            return Ok(push.id);
        }
        let facts = json!({ "reason": "a newer dry-run takes its place" });
        project.put_push_state(actor, push.id, PushState::Cancelled, &facts)?;
    }
    plan_push(project, actor, (connection, settings), mode, options, now, watch)
}
