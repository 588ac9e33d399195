//! Stored leads and the audit log, read.

use rusqlite::{Connection, OptionalExtension as _, Row, params};

use super::{Doing as _, instant, optional_instant};
use crate::migration::facts::{ActivityFacts, ContactFacts, LeadFacts, Volume};
use crate::store::records::Origin;
use crate::store::{AuditEvent, Result, StoredLead};

/// Every column of a lead, and the entry of the audit log that says how it came in.
const SELECT: &str = "\
    SELECT leads.id, client_id, import_source, external_id, leads.import_id, imported_at, content_hash, company_name, \
        city, territory, business_type, stage, first_name, last_name, contact_role, email, phone, owner_user_id, \
        registered_at, consent_given_at, lead_source, estimated_volume, notes, protection_until, progress_deadline, \
        (SELECT min(audit_events.id) FROM audit_events WHERE audit_events.lead_id = leads.id) AS audit_event \
    FROM leads ";

pub(super) fn lead(connection: &Connection, id: i64) -> Result<Option<StoredLead>> {
    let found = connection
        .prepare_cached(&format!("{SELECT} WHERE leads.id = ?1"))
        .and_then(|mut select| select.query_row([id], lead_of).optional())
        .doing("find a lead")?;
    let Some(mut lead) = found else { return Ok(None) };
    lead.facts.activities = activities(connection, lead.id)?;
    Ok(Some(lead))
}

pub(super) fn with_external_id(
    connection: &Connection,
    external_id: &str,
    source: Option<&str>,
) -> Result<Vec<StoredLead>> {
    let wanted = "WHERE external_id = ?1 AND (?2 IS NULL OR import_source = ?2) ORDER BY leads.id";
    let mut leads: Vec<StoredLead> = connection
        .prepare_cached(&format!("{SELECT} {wanted}"))
        .and_then(|mut select| select.query_map(params![external_id, source], lead_of)?.collect())
        .doing("find leads by their external id")?;
    for lead in &mut leads {
        lead.facts.activities = activities(connection, lead.id)?;
    }
    Ok(leads)
}

/// The lead without its activities, which stand in a table of their own.
fn lead_of(row: &Row<'_>) -> rusqlite::Result<StoredLead> {
    let contact = ContactFacts {
        first_name: row.get("first_name")?,
        last_name: row.get("last_name")?,
        role: row.get("contact_role")?,
        email: row.get("email")?,
        phone: row.get("phone")?,
    };
    let volume: Option<String> = row.get("estimated_volume")?;
    Ok(StoredLead {
        id: row.get("id")?,
        facts: LeadFacts {
            external_id: row.get("external_id")?,
            stage: row.get("stage")?,
            company_name: row.get("company_name")?,
            city: row.get("city")?,
            territory: row.get("territory")?,
            business_type: row.get("business_type")?,
            contact: (contact != ContactFacts::default()).then_some(contact),
            owner_user_id: row.get("owner_user_id")?,
            registered_at: instant(row, "registered_at")?,
            consent_given_at: optional_instant(row, "consent_given_at")?,
            source: row.get("lead_source")?,
            estimated_volume: volume
                .as_deref()
                .map(Volume::of_text)
                .transpose()
                .map_err(|_| rusqlite::Error::InvalidQuery)?,
            notes: row.get("notes")?,
            activities: Vec::new(),
        },
        origin: Origin {
            client_id: row.get("client_id")?,
            source: row.get("import_source")?,
            import_id: row.get("import_id")?,
            at: instant(row, "imported_at")?,
        },
        content_hash: row.get("content_hash")?,
        protection_until: instant(row, "protection_until")?,
        progress_deadline: instant(row, "progress_deadline")?,
        audit_event: row.get("audit_event")?,
    })
}

fn activities(connection: &Connection, lead_id: i64) -> Result<Vec<ActivityFacts>> {
    let read = |row: &Row<'_>| {
        Ok(ActivityFacts {
            activity_type: row.get("activity_type")?,
            activity_date: instant(row, "activity_date")?,
            summary: row.get("summary")?,
            counts_as_progress: row.get("counts_as_progress")?,
            outcome: row.get("outcome")?,
            performed_by: row.get("performed_by")?,
        })
    };
    connection
        .prepare_cached(
            "SELECT activity_type, activity_date, summary, counts_as_progress, outcome, performed_by \
             FROM lead_activities WHERE lead_id = ?1 ORDER BY position",
        )
        .and_then(|mut select| select.query_map([lead_id], read)?.collect())
        .doing("read the activities of a lead")
}

pub(super) fn audit_event(connection: &Connection, id: i64) -> Result<Option<AuditEvent>> {
    let read = |row: &Row<'_>| {
        Ok(AuditEvent {
            id: row.get("id")?,
            event_type: row.get("event_type")?,
            at: instant(row, "at")?,
            user_id: row.get("user_id")?,
            user_role: row.get("user_role")?,
            import_id: row.get("import_id")?,
            lead_id: row.get("lead_id")?,
            ip_address: row.get("ip_address")?,
            data: row.get("data")?,
        })
    };
    connection
        .prepare_cached(
            "SELECT id, event_type, at, user_id, user_role, import_id, lead_id, ip_address, data \
             FROM audit_events WHERE id = ?1",
        )
        .and_then(|mut select| select.query_row([id], read).optional())
        .doing("find an entry of the audit log")
}
