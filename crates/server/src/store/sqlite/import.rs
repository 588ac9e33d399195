//! What an import reads and writes inside its transaction.

use lotse_core::values::Instant;
use rusqlite::{Connection, OptionalExtension as _, params};

use super::Doing as _;
use super::transaction::Transaction;
use crate::migration::facts::{ActivityFacts, ContactFacts, LeadFacts};
use crate::store::{Comparable, DryRunPass, ImportTransaction, KeptAnswer, NewAuditEvent, NewLead, Result};

impl ImportTransaction for Transaction<'_> {
    fn kept_answer(&mut self, client_id: &str, key: &str) -> Result<Option<KeptAnswer>> {
        kept_answer(self, client_id, key)
    }

    fn dry_run_pass(
        &mut self,
        client_id: &str,
        content_hash: &str,
        since: Instant,
    ) -> Result<Option<DryRunPass>> {
        self.prepare_cached(
            "SELECT valid FROM dry_run_leads WHERE client_id = ?1 AND content_hash = ?2 AND at > ?3",
        )
        .and_then(|mut select| {
            select
                .query_row(params![client_id, content_hash, since.millis()], |row| {
                    Ok(DryRunPass {
                        valid: row.get("valid")?,
                    })
                })
                .optional()
        })
        .doing("find the dry-run of a lead")
    }

    fn lead_known_as(&mut self, client_id: &str, source: &str, external_id: &str) -> Result<Option<i64>> {
        self.prepare_cached(
            "SELECT id FROM leads WHERE client_id = ?1 AND import_source = ?2 AND external_id = ?3",
        )
        .and_then(|mut select| {
            select
                .query_row([client_id, source, external_id], |row| row.get("id"))
                .optional()
        })
        .doing("find a lead by its external id")
    }

    fn leads_after(&mut self, id: i64, found: &mut dyn FnMut(i64, Comparable<'_>)) -> Result<()> {
        let mut select = self
            .prepare_cached(
                "SELECT id, email, phone, company_name, city FROM leads WHERE id > ?1 ORDER BY id",
            )
            .doing("compare leads")?;
        let mut rows = select.query([id]).doing("compare leads")?;
        while let Some(row) = rows.next().doing("compare leads")? {
            let text = |column| {
                row.get_ref(column)?
                    .as_str_or_null()
                    .map_err(rusqlite::Error::from)
            };
            let read = || {
                let comparable = Comparable {
                    email: text("email")?.unwrap_or(""),
                    phone: text("phone")?.unwrap_or(""),
                    company: text("company_name")?.unwrap_or(""),
                    city: text("city")?.unwrap_or(""),
                };
                rusqlite::Result::Ok((row.get("id")?, comparable))
            };
            let (id, comparable) = read().doing("compare leads")?;
            found(id, comparable);
        }
        Ok(())
    }

    fn note_dry_run(&mut self, client_id: &str, content_hash: &str, valid: bool, at: Instant) -> Result<()> {
        self.prepare_cached(
            "INSERT INTO dry_run_leads (client_id, content_hash, valid, at) VALUES (?1, ?2, ?3, ?4) \
             ON CONFLICT (client_id, content_hash) DO UPDATE SET valid = excluded.valid, at = excluded.at",
        )
        .and_then(|mut insert| insert.execute(params![client_id, content_hash, valid, at.millis()]))
        .doing("note the dry-run of a lead")
        .map(drop)
    }

    fn forget_dry_runs(&mut self, before: Instant) -> Result<()> {
        self.prepare_cached("DELETE FROM dry_run_leads WHERE at < ?1")
            .and_then(|mut delete| delete.execute([before.millis()]))
            .doing("forget old dry-runs")
            .map(drop)
    }

    fn add_lead(&mut self, lead: &NewLead<'_>) -> Result<i64> {
        add_lead(self, lead)
    }

    fn append_audit(&mut self, event: &NewAuditEvent<'_>) -> Result<i64> {
        self.prepare_cached(
            "INSERT INTO audit_events (event_type, at, user_id, user_role, import_id, lead_id, ip_address, data) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        )
        .and_then(|mut insert| {
            insert.insert(params![
                event.event_type,
                event.at.millis(),
                event.user_id,
                event.user_role.as_str(),
                event.import_id,
                event.lead_id,
                event.ip_address,
                event.data,
            ])
        })
        .doing("append to the audit log")
    }

    fn keep_answer(&mut self, client_id: &str, key: &str, answer: &KeptAnswer, at: Instant) -> Result<()> {
        self.prepare_cached(
            "INSERT INTO idempotency_keys (client_id, key, body_hash, response, at) VALUES (?1, ?2, ?3, ?4, ?5)",
        )
        .and_then(|mut insert| {
            insert.execute(params![client_id, key, answer.body_hash, answer.body, at.millis()])
        })
        .doing("keep an answer")
        .map(drop)
    }

    fn commit(self: Box<Self>) -> Result<()> {
        Transaction::commit(*self)
    }
}

pub(super) fn kept_answer(connection: &Connection, client_id: &str, key: &str) -> Result<Option<KeptAnswer>> {
    connection
        .prepare_cached("SELECT body_hash, response FROM idempotency_keys WHERE client_id = ?1 AND key = ?2")
        .and_then(|mut select| {
            let read = |row: &rusqlite::Row<'_>| {
                Ok(KeptAnswer {
                    body_hash: row.get("body_hash")?,
                    body: row.get("response")?,
                })
            };
            select.query_row([client_id, key], read).optional()
        })
        .doing("find a kept answer")
}

fn add_lead(connection: &Connection, lead: &NewLead<'_>) -> Result<i64> {
    let LeadFacts {
        external_id,
        stage,
        company_name,
        city,
        territory,
        business_type,
        contact,
        owner_user_id,
        registered_at,
        consent_given_at,
        source,
        estimated_volume,
        notes,
        activities,
    } = lead.facts;
    let nobody = ContactFacts::default();
    let ContactFacts {
        first_name,
        last_name,
        role,
        email,
        phone,
    } = contact.as_ref().unwrap_or(&nobody);
    let id = connection
        .prepare_cached(
            "INSERT INTO leads (client_id, import_source, external_id, import_id, imported_at, content_hash, \
             company_name, city, territory, business_type, stage, first_name, last_name, contact_role, email, phone, \
             owner_user_id, registered_at, consent_given_at, lead_source, estimated_volume, notes, protection_until, \
             progress_deadline) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, \
             ?18, ?19, ?20, ?21, ?22, ?23, ?24)",
        )
        .and_then(|mut insert| {
            insert.insert(params![
                lead.origin.client_id,
                lead.origin.source,
                external_id,
                lead.origin.import_id,
                lead.origin.at.millis(),
                lead.content_hash,
                company_name,
                city,
                territory,
                business_type,
                stage,
                first_name,
                last_name,
                role,
                email,
                phone,
                owner_user_id,
                registered_at.millis(),
                consent_given_at.map(Instant::millis),
                source,
                estimated_volume.as_ref().map(ToString::to_string),
                notes,
                lead.protection.until.millis(),
                lead.protection.progress_deadline.millis(),
            ])
        })
        .doing("add a lead")?;
    for (position, activity) in (0_i64..).zip(activities) {
        add_activity(connection, id, position, activity)?;
    }
    Ok(id)
}

fn add_activity(
    connection: &Connection,
    lead_id: i64,
    position: i64,
    activity: &ActivityFacts,
) -> Result<()> {
    connection
        .prepare_cached(
            "INSERT INTO lead_activities (lead_id, position, activity_type, activity_date, summary, \
             counts_as_progress, outcome, performed_by) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        )
        .and_then(|mut insert| {
            insert.execute(params![
                lead_id,
                position,
                activity.activity_type,
                activity.activity_date.millis(),
                activity.summary,
                activity.counts_as_progress,
                activity.outcome,
                activity.performed_by,
            ])
        })
        .doing("add an activity")
        .map(drop)
}
