//! Whatever comes in, JSON goes out, and the server does not fail.

use std::sync::OnceLock;

use proptest::collection::{btree_map, vec};
use proptest::prelude::*;
use serde_json::{Value as Json, json};
use tokio::runtime::Runtime;

use crate::desk::{Desk, batch, leads};

/// One server for all cases; it is meant to bear them all.
fn desk() -> &'static (Runtime, Desk) {
    static DESK: OnceLock<(Runtime, Desk)> = OnceLock::new();
    DESK.get_or_init(|| {
        let runtime = Runtime::new().unwrap();
        let desk = runtime.block_on(Desk::start());
        (runtime, desk)
    })
}

fn any_json() -> impl Strategy<Value = Json> {
    let leaf = prop_oneof![
        Just(Json::Null),
        any::<bool>().prop_map(Json::from),
        any::<i64>().prop_map(Json::from),
        any::<f64>().prop_map(Json::from),
        any::<String>().prop_map(Json::from),
        Just(json!("2024-06-15T10:00:00Z")),
    ];
    leaf.prop_recursive(4, 32, 6, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..6).prop_map(Json::from),
            btree_map("[a-zA-Z.]{0,12}", inner, 0..6).prop_map(|map| Json::Object(map.into_iter().collect())),
        ]
    })
}

/// A good request of which some values are replaced by anything.
fn disturbed_request() -> impl Strategy<Value = Json> {
    let pointers = vec![
        "/source",
        "/dryRun",
        "/skipOnError",
        "/skipDuplicates",
        "/leads",
        "/leads/0",
        "/leads/0/externalId",
        "/leads/0/companyName",
        "/leads/0/city",
        "/leads/0/territory",
        "/leads/0/contact",
        "/leads/0/contact/email",
        "/leads/0/contact/phone",
        "/leads/0/registeredAt",
        "/leads/0/estimatedVolume",
        "/leads/0/stage",
        "/leads/0/activities",
        "/leads/0/activities/0",
        "/leads/0/activities/0/activityDate",
        "/leads/1/activities/1/countsAsProgress",
        "/leads/1/notes",
        "/leads/1/unknown",
    ];
    let changes = vec((proptest::sample::select(pointers), any_json()), 0..4);
    (any::<bool>(), changes).prop_map(|(dry_run, changes)| {
        let mut request = batch(dry_run, &leads(0..2));
        for (pointer, value) in changes {
            if let Some(place) = request.pointer_mut(pointer) {
                *place = value;
            }
        }
        request
    })
}

fn is_answered(body: &Json) -> Result<(), TestCaseError> {
    let (runtime, desk) = desk();
    // The client demands JSON and the guarding headers of every answer.
    let answer = runtime.block_on(desk.client.post(body));
    prop_assert!(
        matches!(answer.status.as_u16(), 200 | 400 | 409 | 422),
        "{}",
        answer.json()
    );
    if answer.status.as_u16() == 200 {
        let summary = &answer.json()["summary"];
        let sum: u64 = [
            "valid_leads",
            "invalid_leads",
            "imported_leads",
            "failed_leads",
            "skipped_duplicates",
        ]
        .iter()
        .filter_map(|count| summary[count].as_u64())
        .sum();
        prop_assert_eq!(Some(sum), summary["total_leads"].as_u64());
    }
    Ok(())
}

proptest! {
    #[test]
    fn any_json_is_answered(body in any_json()) {
        is_answered(&body)?;
    }

    #[test]
    fn a_disturbed_request_is_answered(body in disturbed_request()) {
        is_answered(&body)?;
        // And once more as production, which may find its dry-run passed.
        let mut production = body;
        if let Some(request) = production.as_object_mut() {
            request.insert("dryRun".into(), json!(false));
        }
        is_answered(&production)?;
    }
}
