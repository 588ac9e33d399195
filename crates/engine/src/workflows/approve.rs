//! Approval: a named person lets the ready rows go, with exactly the content they have now.

use lotse_core::finding::Severity;
use lotse_core::values::Instant;

use super::{WorkflowError, check_settings, compare_waiting};
use crate::clock::Actor;
use crate::project::{Approval, ApprovedRow, Project};

/// Approves every row that is ready. A row whose content, read afresh, has errors after all is left out.
pub fn approve_ready(project: &Project, actor: &Actor, now: Instant) -> Result<Approval, WorkflowError> {
    // Who may go depends on what is double.
    compare_waiting(project, now)?;
    let reader = project.lead_reader(check_settings(project, now)?)?;
    let target = project.target();
    let mut approved = Vec::new();
    reader.leads(&project.ready_rows(), |row, lead, findings| {
        if findings
            .iter()
            .all(|finding| finding.severity() != Severity::Error)
        {
            approved.push(ApprovedRow {
                row,
                content_hash: lead.content_hash(target),
            });
        }
    })?;
    if approved.is_empty() {
        return Err(WorkflowError::NothingReady);
    }
    Ok(project.approve(actor, &approved)?)
}
