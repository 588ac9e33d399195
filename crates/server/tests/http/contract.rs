//! What the contract promises, walked through once.

use lotse_core::migration::{DryRunResponse, ImportResponse, LeadOutcome, MatchReason, Mode, Recommendation};
use serde_json::json;

use crate::desk::{Desk, batch, changed, lead, leads};

#[tokio::test]
async fn a_dry_run_answers_as_the_contract_writes_and_imports_nothing() {
    let Desk { server, client } = Desk::start().await;
    let invalid = changed(lead(2), "/contact/email", json!("max.mustermann@"));
    let answer = client.dry_run(&json!([lead(1), invalid, lead(3)])).await;
    let read: DryRunResponse = serde_json::from_value(answer.clone()).unwrap();
    assert_eq!(read.mode, Mode::DryRun);
    assert_eq!(
        answer["summary"],
        json!({"total_leads": 3, "valid_leads": 2, "invalid_leads": 1, "duplicate_warnings": 0})
    );
    let errors = &answer["validation_errors"];
    assert_eq!(errors.as_array().unwrap().len(), 1, "{errors}");
    assert_eq!(errors[0]["externalId"], "EXCEL-ROW-2");
    assert_eq!(errors[0]["field"], "contact.email");
    assert_eq!(errors[0]["code"], "email.invalid");
    assert!(
        errors[0]["error"].as_str().unwrap().contains("max.mustermann@"),
        "{errors}"
    );
    assert_eq!(
        answer["valid_leads_sample"][0],
        json!({
            "externalId": "EXCEL-ROW-1", "companyName": "Betrieb 1",
            "protectionUntil": "2024-12-12T10:00:00Z", "progressDeadline": "2024-09-18T14:00:00Z"
        })
    );
    assert!(answer.get("ignored_fields").is_none());
    for number in 1..=3 {
        assert_eq!(client.count(&format!("EXCEL-ROW-{number}")).await, 0);
    }
    server.stop().await;
}

#[tokio::test]
async fn an_import_can_be_verified_lead_by_lead() {
    let Desk { server, client } = Desk::start().await;
    let answer = client.import(&leads(1..4)).await;
    let read: ImportResponse = serde_json::from_value(answer.clone()).unwrap();
    assert_eq!(read.mode, Mode::Production);
    assert_eq!(
        answer["summary"],
        json!({"total_leads": 3, "imported_leads": 3, "failed_leads": 0, "skipped_duplicates": 0})
    );
    let results = read.results.unwrap();
    assert_eq!(results.len(), 3);
    for (number, result) in (1..).zip(&results) {
        assert_eq!(result.status, LeadOutcome::Imported);
        assert_eq!(result.external_id.0, format!("EXCEL-ROW-{number}"));
        let id = result.lead_id.unwrap();
        assert!(read.imported_lead_ids.contains(&id));
        let by_id = client.get(&format!("/api/admin/migration/leads/{id}")).await.ok();
        let sent = lead(number);
        for (field, value) in sent.as_object().unwrap() {
            assert_eq!(&by_id[field], value, "{field}");
        }
        assert_eq!(by_id["protectionUntil"], "2024-12-12T10:00:00Z");
        assert_eq!(by_id["progressDeadline"], "2024-09-18T14:00:00Z");
        assert_eq!(by_id["protectionStatus"], "EXPIRED");
        assert_eq!(by_id["importId"], read.import_id);
        assert_eq!(by_id["importSource"], "excel-export-2024");
        assert_eq!(by_id["importedBy"], "officer");
        let path =
            format!("/api/admin/migration/leads?externalId=EXCEL-ROW-{number}&source=excel-export-2024");
        assert_eq!(client.get(&path).await.ok(), json!({"leads": [by_id]}));
    }
    let elsewhere = client
        .get("/api/admin/migration/leads?externalId=EXCEL-ROW-1&source=other")
        .await;
    assert_eq!(elsewhere.ok(), json!({"leads": []}));
    server.stop().await;
}

#[tokio::test]
async fn a_lead_that_is_protected_now_is_shown_so() {
    let Desk {
        server: _server,
        client,
    } = Desk::start().await;
    let today = chrono::Utc::now().to_rfc3339();
    let fresh = changed(
        changed(lead(1), "/registeredAt", json!(today)),
        "/activities",
        json!(null),
    );
    let fresh = changed(fresh, "/consentGivenAt", json!(today));
    let id = client.import(&json!([fresh])).await["imported_lead_ids"][0].clone();
    let stored = client.get(&format!("/api/admin/migration/leads/{id}")).await.ok();
    assert_eq!(stored["protectionStatus"], "PROTECTED");
    assert_eq!(stored["activities"], json!([]));
}

#[tokio::test]
async fn the_audit_log_tells_who_imported_what_from_where() {
    let Desk {
        server: _server,
        client,
    } = Desk::start().await;
    let double = changed(lead(3), "/companyName", json!("Betrieb 2 GmbH"));
    let double = changed(
        double,
        "/contact",
        json!({"email": "neu@firma.example", "phone": "+493023125014"}),
    );
    let first = changed(lead(2), "/contact/phone", json!("+493023125014"));
    let answer = client
        .import(&json!([
            lead(1),
            first,
            double,
            changed(lead(4), "/city", json!("B"))
        ]))
        .await;
    let entry = client
        .get(&format!(
            "/api/admin/migration/audit/{}",
            answer["audit_log_id"].as_str().unwrap()
        ))
        .await
        .ok();
    assert_eq!(entry["event_type"], "leads_batch_import");
    assert_eq!(entry["id"], answer["audit_log_id"]);
    assert_eq!(
        (&entry["user_id"], &entry["user_role"]),
        (&json!("officer"), &json!("migration-officer"))
    );
    assert_eq!(
        (&entry["import_id"], &entry["timestamp"]),
        (&answer["importId"], &answer["timestamp"])
    );
    assert_eq!(entry["ip_address"], "127.0.0.1");
    let mut data = entry["data"].clone();
    assert!(data["batch_duration_ms"].take().is_u64());
    let expected = json!({
        "source": "excel-export-2024", "mode": "production", "total_leads": 4, "imported_leads": 3,
        "failed_leads": 1, "skipped_duplicates": 0, "imported_lead_ids": answer["imported_lead_ids"],
        "duplicate_warnings": 1, "batch_duration_ms": null
    });
    assert_eq!(data, expected);
    // The soft duplicate was imported, with a warning that names its double.
    let ids: Vec<i64> = serde_json::from_value(answer["imported_lead_ids"].clone()).unwrap();
    let lead = client
        .get(&format!("/api/admin/migration/leads/{}", ids[2]))
        .await
        .ok();
    let entry = client
        .get(&format!(
            "/api/admin/migration/audit/{}",
            lead["auditLogId"].as_str().unwrap()
        ))
        .await
        .ok();
    assert_eq!(entry["event_type"], "lead_created_via_migration");
    assert_eq!(entry["lead_id"], ids[2]);
    let expected = json!({
        "import_id": answer["importId"], "external_id": "EXCEL-ROW-3", "source": "excel-export-2024",
        "registered_at_backdated": "2024-06-15T10:00:00Z", "activities_imported": 2,
        "duplicate_warning": {"matched_lead_id": ids[1], "match_score": 0.9, "match_reason": "phone_normalized"}
    });
    assert_eq!(entry["data"], expected);
    for unknown in ["audit-999999", "999999", "audit-x", "%00", "audit--1"] {
        let answer = client.get(&format!("/api/admin/migration/audit/{unknown}")).await;
        assert_eq!(answer.refusal(), (404, "not_found".into()), "{unknown}");
    }
}

#[tokio::test]
async fn duplicates_are_warned_of_and_then_skipped_or_imported_by_their_score() {
    let Desk {
        server: _server,
        client,
    } = Desk::start().await;
    let known = changed(lead(1), "/companyName", json!("Hotel Seeblick GmbH"));
    let known = changed(
        known,
        "/contact",
        json!({"email": "existing@example.com", "phone": "+493023125014"}),
    );
    let known_id = client.import(&json!([known])).await["imported_lead_ids"][0].clone();
    let by_email = changed(lead(2), "/contact/email", json!("Existing@Example.COM"));
    let by_phone = changed(lead(3), "/contact/phone", json!("030 23125014"));
    let by_name = changed(lead(4), "/companyName", json!("Seeblick Hotel"));
    let in_batch = changed(lead(5), "/contact/email", json!("kunde6@firma6.example"));
    let batch_leads = json!([by_email, by_phone, by_name, in_batch, lead(6), lead(7)]);
    let answer = client.dry_run(&batch_leads).await;
    assert_eq!(answer["summary"]["valid_leads"], 6);
    let read: DryRunResponse = serde_json::from_value(answer).unwrap();
    let told: Vec<_> = read
        .duplicate_warnings
        .iter()
        .map(|w| (w.external_id.0.as_str(), w.match_reason, w.recommendation))
        .collect();
    use MatchReason::{CompanyFuzzy, EmailExact, PhoneNormalized};
    use Recommendation::{ReviewManually, SkipOrMerge};
    assert_eq!(
        told,
        [
            ("EXCEL-ROW-2", EmailExact, SkipOrMerge),
            ("EXCEL-ROW-3", PhoneNormalized, ReviewManually),
            ("EXCEL-ROW-4", CompanyFuzzy, ReviewManually),
            ("EXCEL-ROW-6", EmailExact, SkipOrMerge),
        ]
    );
    let warnings = &read.duplicate_warnings;
    assert_eq!((warnings[0].match_score, warnings[1].match_score), (1.0, 0.9));
    assert!((0.75..=0.85).contains(&warnings[2].match_score));
    assert!(
        warnings[..3]
            .iter()
            .all(|w| w.matched_lead_id == known_id.as_i64())
    );
    assert_eq!(warnings[3].matched_external_id.as_ref().unwrap().0, "EXCEL-ROW-5");
    let answer = client.post(&batch(false, &batch_leads)).await.ok();
    assert_eq!(
        answer["summary"],
        json!({"total_leads": 6, "imported_leads": 4, "failed_leads": 0, "skipped_duplicates": 2})
    );
    let result = |index: usize| {
        (
            answer["results"][index]["status"].clone(),
            answer["results"][index]["lead_id"].clone(),
        )
    };
    assert_eq!(result(0), (json!("skipped_duplicate"), known_id));
    assert_eq!(
        result(4),
        (
            json!("skipped_duplicate"),
            answer["results"][3]["lead_id"].clone()
        )
    );
    // Whoever insists gets them in.
    let insisting = changed(batch(false, &json!([by_email])), "/skipDuplicates", json!(false));
    assert_eq!(client.post(&insisting).await.ok()["summary"]["imported_leads"], 1);
}

#[tokio::test]
async fn a_known_external_id_is_never_imported_again() {
    let desk = Desk::start().await;
    let client = &desk.client;
    let id = client.import(&json!([lead(1)])).await["imported_lead_ids"][0].clone();
    // The same row with other content, and the same content again: both are the lead that is there.
    let corrected = changed(lead(1), "/companyName", json!("Ganz anderer Name"));
    let corrected = changed(corrected, "/contact/email", json!("anders@anders.example"));
    for again in [lead(1), corrected] {
        let dry_run: DryRunResponse = serde_json::from_value(client.dry_run(&json!([again])).await).unwrap();
        assert_eq!(
            dry_run.duplicate_warnings[0].match_reason,
            MatchReason::ExternalId
        );
        for skip in [true, false] {
            let request = changed(batch(false, &json!([again])), "/skipDuplicates", json!(skip));
            let answer = client.post(&request).await.ok();
            assert_eq!(answer["summary"]["skipped_duplicates"], 1);
            assert_eq!(answer["results"][0]["lead_id"], id);
        }
    }
    assert_eq!(client.count("EXCEL-ROW-1").await, 1);
    // Another source and another client have rows of the same number that are other leads.
    let other = changed(lead(2), "/externalId", json!("EXCEL-ROW-1"));
    client.dry_run(&json!([other])).await;
    let elsewhere = changed(batch(false, &json!([other])), "/source", json!("other-file"));
    assert_eq!(client.post(&elsewhere).await.ok()["summary"]["imported_leads"], 1);
    let other = changed(lead(3), "/externalId", json!("EXCEL-ROW-1"));
    let answer = desk.colleague("admin-xyz-789").import(&json!([other])).await;
    assert_eq!(answer["summary"]["imported_leads"], 1);
    assert_eq!(client.count("EXCEL-ROW-1").await, 3);
}

#[tokio::test]
async fn invalid_leads_are_left_out_or_stop_the_batch() {
    let Desk {
        server: _server,
        client,
    } = Desk::start().await;
    let invalid = changed(lead(2), "/registeredAt", json!(null));
    let both = json!([lead(1), invalid]);
    client.dry_run(&both).await;
    let fail_fast = changed(batch(false, &both), "/skipOnError", json!(false));
    let answer = client.post(&fail_fast).await;
    assert_eq!(answer.refusal(), (422, "validation_failed".into()));
    assert_eq!(answer.json()["validation_errors"][0]["field"], "registeredAt");
    assert_eq!(client.count("EXCEL-ROW-1").await, 0);
    let answer = client.post(&batch(false, &both)).await.ok();
    assert_eq!(
        answer["summary"],
        json!({"total_leads": 2, "imported_leads": 1, "failed_leads": 1, "skipped_duplicates": 0})
    );
    assert_eq!(answer["results"][1]["status"], "failed");
    assert_eq!(
        answer["results"][1]["error"],
        "registeredAt: registeredAt is required."
    );
    assert_eq!(client.count("EXCEL-ROW-2").await, 0);
}

#[tokio::test]
async fn known_owners_and_the_sender_can_be_asked_for() {
    let desk = Desk::start().await;
    let accounts = desk.server.accounts();
    accounts.add_user("partner-gone", "Gerda Gone").unwrap();
    accounts.deactivate_user("partner-gone").unwrap();
    let users = desk.client.get("/api/admin/migration/users").await.ok();
    let expected = json!({"users": [
        {"id": "officer", "name": "Olga Officer"}, {"id": "partner-1", "name": "Paul Partner"}
    ]});
    assert_eq!(users, expected);
    let gone = changed(lead(1), "/ownerUserId", json!("partner-gone"));
    let answer = desk.client.dry_run(&json!([gone])).await;
    assert_eq!(
        answer["validation_errors"][0]["error"],
        "Owner user not found: \"partner-gone\"."
    );
    let who = desk.client.get("/api/whoami").await.ok();
    let expected = json!({
        "user": "officer", "name": "Olga Officer", "roles": ["migration-officer"], "credentials": "api_key",
        "mayImport": true
    });
    assert_eq!(who, expected);
}

#[tokio::test]
async fn keys_that_are_no_fields_are_named_and_left_out() {
    let Desk {
        server: _server,
        client,
    } = Desk::start().await;
    let mut strange = changed(lead(1), "/fax", json!("030 1"));
    strange["activities"][0]["place"] = json!("Berlin");
    let answer = client.import(&json!([strange, lead(2)])).await;
    assert_eq!(answer["ignored_fields"], json!(["activities[].place", "fax"]));
    assert_eq!(answer["summary"]["imported_leads"], 2);
    let stored = client
        .get(&format!(
            "/api/admin/migration/leads/{}",
            answer["imported_lead_ids"][0]
        ))
        .await
        .ok();
    assert!(stored.get("fax").is_none());
}
