//! The rules, as the server states them.

use serde_json::{Value as Json, json};

use crate::desk::{Desk, changed, lead};

#[tokio::test]
async fn every_rule_is_an_error_with_field_sentence_and_code() {
    let Desk {
        server: _server,
        client,
    } = Desk::start().await;
    let table: Vec<(&str, Json, &str, &str, &str)> = vec![
        (
            "/companyName",
            json!(null),
            "companyName",
            "company_name.missing",
            "companyName is required.",
        ),
        (
            "/companyName",
            json!("A"),
            "companyName",
            "company_name.too_short",
            "at least 2",
        ),
        (
            "/companyName",
            json!("x".repeat(256)),
            "companyName",
            "company_name.too_long",
            "255",
        ),
        (
            "/companyName",
            json!(17),
            "companyName",
            "company_name.wrong_type",
            "a string",
        ),
        ("/city", json!("B"), "city", "city.too_short", "at least 2"),
        ("/city", json!("x".repeat(101)), "city", "city.too_long", "100"),
        (
            "/territory",
            json!("AT"),
            "territory",
            "territory.unknown",
            "allowed are DE, CH",
        ),
        (
            "/territory",
            json!(null),
            "territory",
            "territory.missing",
            "required",
        ),
        (
            "/businessType",
            json!("raumfahrt"),
            "businessType",
            "business_type.unknown",
            "restaurant, hotel",
        ),
        (
            "/stage",
            json!(3),
            "stage",
            "stage.out_of_range",
            "between 0 and 2",
        ),
        (
            "/stage",
            json!("1"),
            "stage",
            "stage.wrong_type",
            "a whole number",
        ),
        (
            "/ownerUserId",
            json!("nobody"),
            "ownerUserId",
            "owner.unknown",
            "Owner user not found: \"nobody\"",
        ),
        (
            "/ownerUserId",
            json!(null),
            "ownerUserId",
            "owner.missing",
            "required",
        ),
        (
            "/registeredAt",
            json!("15.06.2024"),
            "registeredAt",
            "registered_at.wrong_type",
            "an instant",
        ),
        (
            "/consentGivenAt",
            json!("2999-01-01T00:00:00Z"),
            "consentGivenAt",
            "consent.future",
            "in the future",
        ),
        (
            "/consentGivenAt",
            json!(null),
            "consentGivenAt",
            "consent.missing",
            "required",
        ),
        (
            "/contact/email",
            json!("max@"),
            "contact.email",
            "email.invalid",
            "no e-mail address",
        ),
        (
            "/contact/phone",
            json!("4,93E+11"),
            "contact.phone",
            "phone.damaged",
            "rounded",
        ),
        (
            "/contact",
            json!({"firstName": "Max"}),
            "contact",
            "contact.unreachable",
            "E-mail or Phone",
        ),
        (
            "/contact",
            json!([1]),
            "contact",
            "contact.wrong_type",
            "an object",
        ),
        (
            "/source",
            json!("zufall"),
            "source",
            "lead_source.unknown",
            "trade_fair",
        ),
        (
            "/estimatedVolume",
            json!(-1),
            "estimatedVolume",
            "estimated_volume.out_of_range",
            "at least 0",
        ),
        (
            "/estimatedVolume",
            json!("5000"),
            "estimatedVolume",
            "estimated_volume.wrong_type",
            "a number",
        ),
        (
            "/activities",
            json!("MEETING"),
            "activities",
            "activity.wrong_type",
            "an array of objects",
        ),
        (
            "/activities",
            json!([activity("/activityType", json!("Meeting"))]),
            "activities[0].activityType",
            "activity.type_unknown",
            "QUALIFIED_CALL",
        ),
        (
            "/activities",
            json!([activity("/activityDate", json!("2024-06-15T09:59:59Z"))]),
            "activities[0].activityDate",
            "activity.before_registration",
            "before",
        ),
        (
            "/activities",
            json!([activity("/activityDate", json!("2999-01-01T00:00:00Z"))]),
            "activities[0].activityDate",
            "activity.future",
            "future",
        ),
        (
            "/activities",
            json!([activity("/countsAsProgress", json!(null))]),
            "activities[0].countsAsProgress",
            "activity.progress_missing",
            "required",
        ),
        (
            "/activities",
            json!([activity("/countsAsProgress", json!("yes"))]),
            "activities[0].countsAsProgress",
            "activity.progress_wrong_type",
            "true or false",
        ),
        (
            "/externalId",
            json!(null),
            "leads[0].externalId",
            "external_id.missing",
            "required",
        ),
        (
            "/externalId",
            json!(5),
            "leads[0].externalId",
            "external_id.wrong_type",
            "a string",
        ),
    ];
    for (pointer, value, field, code, sentence) in table {
        let answer = client
            .dry_run(&json!([changed(lead(1), pointer, value.clone()), lead(2)]))
            .await;
        let errors = answer["validation_errors"].as_array().unwrap();
        assert_eq!(errors.len(), 1, "{pointer} {value}: {errors:?}");
        assert_eq!(
            (&errors[0]["field"], &errors[0]["code"]),
            (&json!(field), &json!(code)),
            "{pointer} {value}"
        );
        assert!(
            errors[0]["error"].as_str().unwrap().contains(sentence),
            "{pointer}: {}",
            errors[0]["error"]
        );
        let id = if pointer == "/externalId" {
            ""
        } else {
            "EXCEL-ROW-1"
        };
        assert_eq!(errors[0]["externalId"], id);
        assert_eq!(answer["summary"]["valid_leads"], 1);
    }
}

fn activity(pointer: &str, value: Json) -> Json {
    let good = json!({
        "activityType": "MEETING", "activityDate": "2024-07-20T14:00:00Z", "countsAsProgress": true
    });
    changed(good, pointer, value)
}

#[tokio::test]
async fn what_is_no_lead_and_what_comes_twice_is_an_error_of_that_lead_alone() {
    let Desk {
        server: _server,
        client,
    } = Desk::start().await;
    let twice = changed(lead(2), "/externalId", json!("EXCEL-ROW-1"));
    let answer = client.dry_run(&json!([lead(1), "no lead", twice, null])).await;
    let told: Vec<(&str, &str, &str)> = answer["validation_errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|e| {
            (
                e["externalId"].as_str().unwrap(),
                e["field"].as_str().unwrap(),
                e["code"].as_str().unwrap(),
            )
        })
        .collect();
    assert_eq!(
        told,
        [
            ("", "leads[1]", "lead.wrong_type"),
            ("EXCEL-ROW-1", "externalId", "external_id.duplicate"),
            ("", "leads[3]", "lead.wrong_type"),
        ]
    );
    assert_eq!(answer["summary"]["valid_leads"], 1);
}

#[tokio::test]
async fn lists_of_errors_are_complete() {
    let Desk {
        server: _server,
        client,
    } = Desk::start().await;
    let answer = client
        .dry_run(&json!([{"externalId": "X", "contact": {"email": "x"}, "activities": [{}]}]))
        .await;
    let fields: Vec<&str> = answer["validation_errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|e| e["field"].as_str().unwrap())
        .collect();
    let expected = [
        "companyName",
        "city",
        "territory",
        "contact.email",
        "ownerUserId",
        "registeredAt",
        "consentGivenAt",
        "activities[0].activityType",
        "activities[0].activityDate",
    ];
    assert_eq!(fields, expected);
}
