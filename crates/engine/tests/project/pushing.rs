//! Nothing is sent twice, also where a push was cancelled while a batch was on its way.

use std::collections::BTreeMap;
use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use lotse_core::migration::Mode;
use lotse_engine::connections::{ServerAuth, ServerSettings};
use lotse_engine::credentials::Secret;
use lotse_engine::jobs::Watch;
use lotse_engine::project::{LeadFate, Project, PushState};
use lotse_engine::server::{RetryPolicy, ServerClient};
use lotse_engine::workflows::approve_ready;
use lotse_engine::workflows::push::{
    PushError, PushOptions, RunSettings, Stop, next_push, push_readiness, run_push,
};
use serde_json::{Value, json};

use super::{Place, actor, now};

/// An import server with idempotency, of which a test says how many answers get lost on their way.
#[derive(Default)]
struct World {
    /// Answers by key: what was asked once is not done again.
    answers: BTreeMap<String, String>,
    /// External ids in the order in which they were imported.
    imported: Vec<String>,
    /// Answers that get lost from now on.
    lost: u32,
}

pub(super) struct ImportServer {
    world: Arc<Mutex<World>>,
    settings: ServerSettings,
}

impl ImportServer {
    pub(super) fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let world = Arc::new(Mutex::new(World::default()));
        let there = Arc::clone(&world);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                answer(stream, &there);
            }
        });
        ImportServer {
            world,
            settings: ServerSettings {
                base_url: format!("http://127.0.0.1:{port}"),
                target: "migration".into(),
                auth: ServerAuth::Bearer,
                ca_file: None,
                batch_size: Some(40),
            },
        }
    }

    pub(super) fn run(
        &self,
        project: &Project,
        push: i64,
        settings: &RunSettings,
    ) -> Result<PushState, PushError> {
        let client =
            ServerClient::new(&self.settings, project.target(), &Secret::new("token".into())).unwrap();
        run_push(project, &actor(), &client, push, settings, &|progress| {
            // Whoever waits for a lost answer is told so, and gives up here.
            if !progress.waiting.is_empty() {
                settings.control.stop(Stop::Cancel);
            }
        })
    }

    pub(super) fn next(&self, project: &Project, mode: Mode) -> Result<i64, PushError> {
        let to = ("Abnahme", &self.settings);
        next_push(
            project,
            &actor(),
            to,
            mode,
            PushOptions::default(),
            now(),
            &Watch::quiet(),
        )
    }
}

fn answer(mut stream: TcpStream, world: &Mutex<World>) {
    let mut read = Vec::new();
    let mut part = [0; 65536];
    let (head, body) = loop {
        let count = stream.read(&mut part).unwrap_or(0);
        if count == 0 {
            return;
        }
        read.extend_from_slice(&part[..count]);
        let Some(end) = read.windows(4).position(|end| end == b"\r\n\r\n") else {
            continue;
        };
        let head = String::from_utf8_lossy(&read[..end]).to_lowercase();
        let header = |name: &str| {
            let line = head.lines().find_map(|line| line.strip_prefix(name));
            line.map(|value| value.trim().to_owned())
        };
        let length: usize = header("content-length:").unwrap().parse().unwrap();
        if read.len() >= end + 4 + length {
            break (header("idempotency-key:").unwrap(), read.split_off(end + 4));
        }
    };
    let mut world = world.lock().unwrap();
    let known = world.answers.get(&head).cloned();
    let said = known.unwrap_or_else(|| {
        let said = import(&serde_json::from_slice(&body).unwrap(), &mut world.imported).to_string();
        world.answers.insert(head.clone(), said.clone());
        said
    });
    if world.lost > 0 {
        world.lost -= 1;
        return;
    }
    let _ = write!(
        stream,
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nIdempotency-Key: {head}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{said}",
        said.len()
    );
}

fn import(request: &Value, imported: &mut Vec<String>) -> Value {
    let leads = request["leads"].as_array().unwrap();
    let ids = leads.iter().map(|lead| lead["externalId"].as_str().unwrap());
    let total = leads.len();
    if request["dryRun"] == true {
        let summary = json!({"total_leads": total, "valid_leads": total - 1, "invalid_leads": 1, "duplicate_warnings": 0});
        let first = ids.clone().next();
        return json!({
            "importId": "a", "mode": "dry_run", "timestamp": "2025-10-12T14:30:00Z", "summary": summary,
            "validation_errors": [{"externalId": first, "field": "ownerUserId", "error": "unknown"}],
        });
    }
    let results: Vec<Value> = (0..)
        .zip(ids.clone())
        .map(|(at, id)| json!({"externalId": id, "status": "imported", "lead_id": imported.len() + at}))
        .collect();
    imported.extend(ids.map(String::from));
    json!({
        "importId": "b", "mode": "production", "timestamp": "2025-10-12T14:30:00Z", "imported_lead_ids": [],
        "summary": {"total_leads": total, "imported_leads": total, "failed_leads": 0, "skipped_duplicates": 0},
        "results": results,
    })
}

pub(super) fn patient() -> RunSettings {
    RunSettings {
        policy: RetryPolicy {
            first_wait: Duration::from_secs(60),
            longest_wait: Duration::from_secs(60),
            ..RetryPolicy::default()
        },
        ..RunSettings::default()
    }
}

#[test]
fn what_a_cancelled_push_left_unanswered_is_settled_before_anything_goes_again() {
    let place = Place::new();
    let project = place.example();
    approve_ready(&project, &actor(), now()).unwrap();
    let server = ImportServer::start();
    let base_url = server.settings.base_url.clone();

    let dry_run = server.next(&project, Mode::DryRun).unwrap();
    let readiness = push_readiness(&project, "Abnahme", &base_url).unwrap();
    assert_eq!((readiness.approved, readiness.missing), (138, 138));
    assert!(matches!(
        server.next(&project, Mode::Production),
        Err(PushError::DryRunMissing { rows: 138 })
    ));
    assert_eq!(
        server.run(&project, dry_run, &patient()).unwrap(),
        PushState::Finished
    );
    let readiness = push_readiness(&project, "Abnahme", &base_url).unwrap();
    assert_eq!(
        (readiness.passed, readiness.refused, readiness.missing),
        (134, 4, 0)
    );
    let (refused, leads) = project
        .push_leads_of(dry_run, Some(LeadFate::Failed), 0, 2)
        .unwrap();
    assert_eq!((refused, leads.len()), (4, 2), "one of each batch, a page of two");

    // The first answer gets lost, and the person gives up while it is waited for.
    let push = server.next(&project, Mode::Production).unwrap();
    assert_eq!(
        server.next(&project, Mode::Production).unwrap(),
        push,
        "asked twice, planned once"
    );
    server.world.lock().unwrap().lost = 1;
    assert_eq!(
        server.run(&project, push, &patient()).unwrap(),
        PushState::Cancelled
    );
    let counts = project.push_counts(push).unwrap();
    assert_eq!((counts.sent, counts.planned, counts.open), (1, 3, 134));
    assert!(!counts.balanced());
    assert_eq!(server.world.lock().unwrap().imported.len(), 40, "it had arrived");

    // Its leads do not go out under another key.
    assert!(matches!(
        server.next(&project, Mode::Production),
        Err(PushError::Unanswered { rows: 40 })
    ));
    assert_eq!(
        push_readiness(&project, "Abnahme", &base_url).unwrap().unanswered,
        40
    );

    // Settling asks for the one batch again and sends nothing new.
    assert_eq!(
        server.run(&project, push, &patient()).unwrap(),
        PushState::Cancelled
    );
    let counts = project.push_counts(push).unwrap();
    assert_eq!((counts.imported, counts.sent, counts.planned), (40, 0, 3));
    assert_eq!(server.world.lock().unwrap().imported.len(), 40);

    // What was never sent goes with the next push, once.
    let rest = server.next(&project, Mode::Production).unwrap();
    assert_ne!(rest, push);
    assert_eq!(
        server.run(&project, rest, &patient()).unwrap(),
        PushState::Finished
    );
    let mut imported = server.world.lock().unwrap().imported.clone();
    imported.sort();
    let all = imported.len();
    imported.dedup();
    assert_eq!((all, imported.len()), (134, 134), "each lead once");
    assert!(project.push_counts(rest).unwrap().balanced());
}
