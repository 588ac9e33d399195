//! `GET /api/admin/migration/audit/{id}`: an entry of the audit log.

use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use lotse_core::values::Instant;
use serde::Serialize;
use serde_json::Value as Json;

use crate::access::Officer;
use crate::app::App;
use crate::refusal::Refusal;
use crate::store::{AuditEvent, StoreProblem};

/// An entry as the contract writes it.
#[derive(Serialize)]
pub(crate) struct AuditAnswer {
    id: String,
    event_type: String,
    timestamp: Instant,
    user_id: String,
    user_role: String,
    import_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    lead_id: Option<i64>,
    data: Json,
    ip_address: String,
}

/// What is before the number in the id of an entry.
const PREFIX: &str = "audit-";

/// The id of an entry towards clients.
pub(crate) fn name(number: i64) -> String {
    format!("{PREFIX}{number}")
}

pub(crate) async fn by_id(
    State(app): State<App>,
    _: Officer,
    id: Result<Path<String>, PathRejection>,
) -> Result<axum::Json<AuditAnswer>, Refusal> {
    let id = id.map(|Path(id)| id).unwrap_or_default();
    let number = id.strip_prefix(PREFIX).and_then(|number| number.parse().ok());
    let found = match number {
        Some(number) => app.with_store(move |store| store.audit_event(number)).await?,
        None => None,
    };
    match found {
        Some(event) => Ok(axum::Json(answer(event)?)),
        None => Err(Refusal::NoSuch {
            what: "audit entry",
            id,
        }),
    }
}

fn answer(event: AuditEvent) -> Result<AuditAnswer, StoreProblem> {
    let data = serde_json::from_str(&event.data);
    Ok(AuditAnswer {
        id: name(event.id),
        event_type: event.event_type,
        timestamp: event.at,
        user_id: event.user_id,
        user_role: event.user_role,
        import_id: event.import_id,
        lead_id: event.lead_id,
        data: data.map_err(|_| StoreProblem::Damaged {
            what: "an audit entry",
        })?,
        ip_address: event.ip_address,
    })
}
