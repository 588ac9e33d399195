//! `GET /api/admin/migration/leads…`: what the server holds, for the client's verification.

use axum::Json;
use axum::extract::rejection::{PathRejection, QueryRejection};
use axum::extract::{Path, Query, State};
use lotse_core::protection::ProtectionStatus;
use lotse_core::values::Instant;
use serde::{Deserialize, Serialize};

use super::facts::LeadFacts;
use crate::access::Officer;
use crate::app::App;
use crate::clock::now;
use crate::refusal::Refusal;
use crate::store::StoredLead;

/// A lead with what the server knows beside its fields.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct LeadAnswer {
    id: i64,
    #[serde(flatten)]
    facts: LeadFacts,
    protection_until: Instant,
    progress_deadline: Instant,
    protection_status: ProtectionStatus,
    import_id: String,
    import_source: String,
    imported_by: String,
    imported_at: Instant,
    content_hash: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    audit_log_id: Option<String>,
}

#[derive(Serialize)]
pub(crate) struct LeadsAnswer {
    leads: Vec<LeadAnswer>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Wanted {
    external_id: String,
    source: Option<String>,
}

pub(crate) async fn by_id(
    State(app): State<App>,
    _: Officer,
    id: Result<Path<String>, PathRejection>,
) -> Result<Json<LeadAnswer>, Refusal> {
    let id = id.map(|Path(id)| id).unwrap_or_default();
    let found = match id.parse() {
        Ok(number) => app.with_store(move |store| store.lead(number)).await?,
        Err(_) => None,
    };
    match found {
        Some(lead) => Ok(Json(answer(lead))),
        None => Err(Refusal::NoSuch { what: "lead", id }),
    }
}

pub(crate) async fn by_external_id(
    State(app): State<App>,
    _: Officer,
    wanted: Result<Query<Wanted>, QueryRejection>,
) -> Result<Json<LeadsAnswer>, Refusal> {
    let Query(wanted) = wanted.map_err(|_| Refusal::Parameter {
        name: "externalId",
        expected: "given once, and source once at most",
    })?;
    let found = app
        .with_store(move |store| store.leads_with_external_id(&wanted.external_id, wanted.source.as_deref()))
        .await?;
    Ok(Json(LeadsAnswer {
        leads: found.into_iter().map(answer).collect(),
    }))
}

fn answer(lead: StoredLead) -> LeadAnswer {
    let status = ProtectionStatus::at(lead.protection_until, lead.progress_deadline, now());
    LeadAnswer {
        id: lead.id,
        facts: lead.facts,
        protection_until: lead.protection_until,
        progress_deadline: lead.progress_deadline,
        protection_status: status,
        import_id: lead.origin.import_id,
        import_source: lead.origin.source,
        imported_by: lead.origin.client_id,
        imported_at: lead.origin.at,
        content_hash: lead.content_hash,
        audit_log_id: lead.audit_event.map(super::audit::name),
    }
}
