//! Leads in request form, read back: types, forms, paths, and the way there and back.
#![allow(
    clippy::unwrap_used,
    reason = "a failed expectation in a test is a failed test"
)]

use lotse_core::check::{CheckSettings, check_lead};
use lotse_core::finding::Severity;
use lotse_core::language::Language;
use lotse_core::request_form::{MAXIMUM_ACTIVITIES, RequestLead, read_request_form};
use lotse_core::target::Target;
use lotse_core::values::Instant;
use proptest::collection::{btree_map, vec};
use proptest::prelude::*;
use serde_json::{Map, Value as Json, json};

fn good_form() -> Json {
    json!({
        "externalId": "EXCEL-ROW-123",
        "stage": 1,
        "companyName": "Restaurant Musterküche",
        "city": "Berlin",
        "businessType": "restaurant",
        "territory": "DE",
        "contact": {
            "firstName": "Max", "lastName": "Mustermann", "email": "max.mustermann@example.com",
            "phone": "+493012345678", "role": "chef"
        },
        "ownerUserId": "partner-abc-123",
        "registeredAt": "2024-06-15T10:00:00Z",
        "consentGivenAt": "2024-06-15T10:00:00Z",
        "source": "trade_fair",
        "estimatedVolume": 5000.5,
        "notes": "Interessiert an Bio-Produkten\nzweite Zeile",
        "activities": [
            {
                "activityType": "MEETING", "activityDate": "2024-07-20T14:00:00Z", "summary": "vor Ort",
                "countsAsProgress": true, "performedBy": "partner-abc-123"
            },
            {
                "activityType": "SAMPLE_SENT", "activityDate": "2024-08-10T09:00:00.250Z",
                "countsAsProgress": false, "outcome": "pending"
            }
        ]
    })
}

fn migration() -> Target {
    Target::builtin("migration").unwrap()
}

fn read(form: &Json) -> RequestLead {
    read_request_form(&migration(), form.as_object().unwrap())
}

/// The good form with the value at `pointer` put in (or taken out, for `None`).
fn with(pointer: &str, value: Option<Json>) -> Json {
    let mut form = good_form();
    let (parent, key) = pointer.rsplit_once('/').unwrap();
    let parent = form.pointer_mut(parent).unwrap();
    match (parent, value) {
        (Json::Array(list), Some(value)) => list[key.parse::<usize>().unwrap()] = value,
        (Json::Object(object), Some(value)) => drop(object.insert(key.into(), value)),
        (Json::Object(object), None) => drop(object.remove(key)),
        _ => panic!("{pointer} does not lead into the form"),
    }
    form
}

/// Codes, paths and sentences of the errors after reading and checking.
fn errors(form: &Json) -> Vec<(String, String, String)> {
    let target = migration();
    let RequestLead {
        lead, mut findings, ..
    } = read(form);
    let settings = CheckSettings {
        now: Instant::from_rfc3339("2025-10-12T14:30:00Z").unwrap(),
        zone: chrono_tz::UTC,
        owners: Some(["partner-abc-123".to_string()].into()),
    };
    check_lead(&target, &lead, &settings, &mut findings);
    findings.retain(|finding| finding.severity() == Severity::Error);
    let told = findings.iter().map(|finding| {
        (
            finding.code(&target),
            finding.path(&target),
            finding.message(&target, Language::En),
        )
    });
    told.collect()
}

#[test]
fn a_request_is_read_back_to_itself() {
    let RequestLead {
        lead,
        findings,
        ignored,
    } = read(&good_form());
    assert_eq!((findings, ignored), (vec![], vec![]));
    assert_eq!(lead.request_form(&migration()), good_form());
    assert_eq!(errors(&good_form()), []);
}

#[test]
fn a_wrong_type_is_an_error_that_names_path_and_expected_type() {
    let table = [
        (
            "/companyName",
            json!(5),
            "company_name.wrong_type",
            "companyName",
            "Company must be a string, not \"5\".",
        ),
        (
            "/companyName",
            json!({"a": 1}),
            "company_name.wrong_type",
            "companyName",
            "a string",
        ),
        (
            "/stage",
            json!("1"),
            "stage.wrong_type",
            "stage",
            "a whole number",
        ),
        (
            "/stage",
            json!(1.5),
            "stage.wrong_type",
            "stage",
            "a whole number",
        ),
        (
            "/stage",
            json!(1e300),
            "stage.wrong_type",
            "stage",
            "a whole number",
        ),
        (
            "/estimatedVolume",
            json!("5000"),
            "estimated_volume.wrong_type",
            "estimatedVolume",
            "a number",
        ),
        (
            "/estimatedVolume",
            json!(true),
            "estimated_volume.wrong_type",
            "estimatedVolume",
            "a number",
        ),
        (
            "/registeredAt",
            json!("15.06.2024"),
            "registered_at.wrong_type",
            "registeredAt",
            "an instant with its zone",
        ),
        (
            "/registeredAt",
            json!("2024-06-15"),
            "registered_at.wrong_type",
            "registeredAt",
            "an instant with its zone",
        ),
        (
            "/registeredAt",
            json!("2024-06-15T10:00:00"),
            "registered_at.wrong_type",
            "registeredAt",
            "an instant",
        ),
        (
            "/registeredAt",
            json!(1_718_445_600),
            "registered_at.wrong_type",
            "registeredAt",
            "an instant",
        ),
        (
            "/registeredAt",
            json!("0000-01-01T00:00:00+23:00"),
            "registered_at.wrong_type",
            "registeredAt",
            "an instant",
        ),
        (
            "/contact",
            json!("Max"),
            "contact.wrong_type",
            "contact",
            "Contact must be an object",
        ),
        (
            "/contact",
            json!([]),
            "contact.wrong_type",
            "contact",
            "an object",
        ),
        (
            "/contact/email",
            json!(["a@example.com"]),
            "email.wrong_type",
            "contact.email",
            "a string",
        ),
        (
            "/activities",
            json!({}),
            "activity.wrong_type",
            "activities",
            "Activities must be an array of objects",
        ),
        (
            "/activities/0",
            json!("Meeting"),
            "activity.wrong_type",
            "activities[0]",
            "an object",
        ),
        (
            "/activities/1/countsAsProgress",
            json!("true"),
            "activity.progress_wrong_type",
            "activities[1].countsAsProgress",
            "true or false",
        ),
        (
            "/activities/1/countsAsProgress",
            json!(1),
            "activity.progress_wrong_type",
            "activities[1].countsAsProgress",
            "true or false",
        ),
        (
            "/activities/1/activityDate",
            json!(20240810),
            "activity.date_wrong_type",
            "activities[1].activityDate",
            "an instant",
        ),
    ];
    for (pointer, value, code, path, sentence) in table {
        let found = errors(&with(pointer, Some(value.clone())));
        assert_eq!(found.len(), 1, "{pointer} {value}: {found:?}");
        assert_eq!(
            (found[0].0.as_str(), found[0].1.as_str()),
            (code, path),
            "{value}"
        );
        assert!(found[0].2.contains(sentence), "{pointer} {value}: {}", found[0].2);
    }
}

#[test]
fn the_rules_of_the_target_hold_for_requests() {
    let table = [
        ("/companyName", None, "company_name.missing"),
        ("/companyName", Some(json!(null)), "company_name.missing"),
        ("/companyName", Some(json!(" \u{a0}")), "company_name.missing"),
        ("/companyName", Some(json!("A")), "company_name.too_short"),
        ("/city", Some(json!("x".repeat(101))), "city.too_long"),
        ("/territory", Some(json!("AT")), "territory.unknown"),
        ("/territory", Some(json!("Deutschland")), "territory.unknown"),
        ("/territory", Some(json!("de")), "territory.unknown"),
        ("/stage", Some(json!(3)), "stage.out_of_range"),
        ("/stage", Some(json!(-1)), "stage.out_of_range"),
        (
            "/estimatedVolume",
            Some(json!(-0.01)),
            "estimated_volume.out_of_range",
        ),
        (
            "/estimatedVolume",
            Some(json!(0.300_000_000_000_000_04)),
            "estimated_volume.too_precise",
        ),
        (
            "/estimatedVolume",
            Some(json!(1e300)),
            "estimated_volume.too_precise",
        ),
        ("/ownerUserId", Some(json!("partner-unknown")), "owner.unknown"),
        (
            "/consentGivenAt",
            Some(json!("2026-01-01T00:00:00Z")),
            "consent.future",
        ),
        ("/consentGivenAt", None, "consent.missing"),
        ("/contact/email", Some(json!("max.mustermann@")), "email.invalid"),
        ("/contact/phone", Some(json!("4.93012E+11")), "phone.damaged"),
        (
            "/contact",
            Some(json!({"firstName": "Max"})),
            "contact.unreachable",
        ),
        (
            "/activities/0/activityType",
            Some(json!("Meeting")),
            "activity.type_unknown",
        ),
        ("/activities/0/activityType", None, "activity.type_missing"),
        (
            "/activities/0/activityDate",
            Some(json!("2024-06-15T09:59:59Z")),
            "activity.before_registration",
        ),
        (
            "/activities/0/activityDate",
            Some(json!("2025-10-12T14:30:00.001Z")),
            "activity.future",
        ),
        (
            "/activities/0/countsAsProgress",
            None,
            "activity.progress_missing",
        ),
        (
            "/activities/0/countsAsProgress",
            Some(json!(null)),
            "activity.progress_missing",
        ),
    ];
    for (pointer, value, code) in table {
        let codes: Vec<String> = errors(&with(pointer, value.clone()))
            .into_iter()
            .map(|e| e.0)
            .collect();
        assert_eq!(codes, [code], "{pointer} {value:?}");
    }
}

#[test]
fn what_means_the_same_has_the_same_request_form() {
    let target = migration();
    let hash = |form: &Json| read(form).lead.content_hash(&target);
    let table = [
        ("/registeredAt", json!("2024-06-15T12:00:00+02:00")),
        ("/source", json!("messe")),
        ("/contact/phone", json!("030 12345678")),
        ("/stage", json!(1.0)),
        ("/companyName", json!(" Restaurant\u{a0}Musterküche ")),
        ("/unknown", json!({"fax": 1})),
    ];
    for (pointer, value) in table {
        let form = with(pointer, Some(value));
        assert_eq!(errors(&form), [], "{pointer}");
        assert_eq!(hash(&form), hash(&good_form()), "{pointer}");
    }
    assert_ne!(hash(&with("/stage", Some(json!(2)))), hash(&good_form()));
    assert!(errors(&with("/contact", None)).is_empty());
    assert!(errors(&with("/activities", Some(json!(null)))).is_empty());
}

#[test]
fn unknown_keys_are_left_out_and_named() {
    let mut form = good_form();
    form["fax"] = json!(1);
    form["postalCode"] = json!("10115");
    form["contact.email"] = json!("other@example.com");
    form["contact"]["fax"] = json!(2);
    form["activities"][0]["place"] = json!("Berlin");
    form["activities"][1]["place"] = json!("Bern");
    let read = read(&form);
    let expected = [
        "activities[].place",
        "contact.email",
        "contact.fax",
        "fax",
        "postalCode",
    ];
    assert_eq!(read.ignored, expected);
    assert_eq!(read.lead.request_form(&migration()), good_form());
}

#[test]
fn a_history_beyond_reason_is_refused_without_comparing_it() {
    let activity = good_form()["activities"][0].clone();
    let history = |length: usize| with("/activities", Some(json!(vec![activity.clone(); length])));
    let codes = |form: &Json| errors(form).into_iter().map(|e| e.0).collect::<Vec<_>>();
    assert_eq!(codes(&history(MAXIMUM_ACTIVITIES)), [""; 0]);
    assert_eq!(codes(&history(MAXIMUM_ACTIVITIES + 1)), ["activity.out_of_range"]);
}

#[test]
fn other_targets_are_read_by_their_files_alone() {
    let target = Target::builtin("tracking").unwrap();
    let form = json!({
        "email": "a@example.de", "verticals": ["Solar", "Wärme"], "dob": "1990-02-28",
        "extraData": {"Dachfläche": "80 qm"}
    });
    let read = read_request_form(&target, form.as_object().unwrap());
    assert_eq!((read.findings, read.ignored), (vec![], vec![]));
    assert_eq!(read.lead.request_form(&target), form);
    let form =
        json!({"email": "a@example.de", "verticals": "Solar", "dob": "1990-2-28", "extraData": {"x": 1}});
    let read = read_request_form(&target, form.as_object().unwrap());
    let mut codes: Vec<String> = read
        .findings
        .iter()
        .map(|finding| finding.code(&target))
        .collect();
    codes.sort();
    assert_eq!(codes.len(), 3, "{codes:?}");
    assert!(codes.iter().all(|code| code.ends_with("wrong_type")), "{codes:?}");
}

fn any_json() -> impl Strategy<Value = Json> {
    let leaf = prop_oneof![
        Just(Json::Null),
        any::<bool>().prop_map(Json::from),
        any::<i64>().prop_map(Json::from),
        any::<f64>().prop_map(Json::from),
        any::<String>().prop_map(Json::from),
        Just(json!("2024-06-15T10:00:00Z")),
        Just(json!("+41 44 668 18 00")),
        Just(json!("info@bäckerei.example")),
    ];
    leaf.prop_recursive(3, 24, 5, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..5).prop_map(Json::from),
            btree_map("[a-zA-Z.]{0,12}", inner, 0..5).prop_map(|map| Json::Object(map.into_iter().collect())),
        ]
    })
}

/// A lead of which some fields are replaced by anything.
fn disturbed_form() -> impl Strategy<Value = Map<String, Json>> {
    let pointers = [
        "/externalId",
        "/stage",
        "/companyName",
        "/city",
        "/territory",
        "/contact",
        "/contact/email",
        "/contact/phone",
        "/ownerUserId",
        "/registeredAt",
        "/consentGivenAt",
        "/source",
        "/estimatedVolume",
        "/notes",
        "/activities",
        "/activities/0/activityType",
        "/activities/0/activityDate",
        "/activities/1/summary",
        "/other",
    ];
    vec((proptest::sample::select(pointers.to_vec()), any_json()), 0..5).prop_map(|changes| {
        let mut form = good_form();
        for (pointer, value) in changes {
            let (parent, key) = pointer.rsplit_once('/').unwrap();
            if let Some(Json::Object(parent)) = form.pointer_mut(parent) {
                parent.insert(key.into(), value);
            }
        }
        form.as_object().unwrap().clone()
    })
}

proptest! {
    #[test]
    fn the_request_form_of_what_was_read_reads_back_to_itself(form in disturbed_form()) {
        let target = migration();
        let first = read_request_form(&target, &form).lead.request_form(&target);
        let again = read_request_form(&target, first.as_object().unwrap());
        prop_assert_eq!(again.lead.request_form(&target), first);
        prop_assert!(again.findings.iter().all(|f| f.severity() != Severity::Error), "{:?}", again.findings);
        prop_assert_eq!(again.ignored, Vec::<String>::new());
    }
}
