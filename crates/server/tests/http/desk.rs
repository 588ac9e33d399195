//! A running server and somebody who works with it.

use lotse_server::{Accounts, Config, DatabasePlace, Role, Server};
use reqwest::{Method, RequestBuilder, StatusCode};
use serde_json::{Value as Json, json};

/// Path of the import.
pub(crate) const IMPORT: &str = "/api/admin/migration/leads/import";

/// A server in memory, and the key of a migration officer.
pub(crate) struct Desk {
    pub(crate) server: Server,
    pub(crate) client: Client,
}

/// Somebody with a key.
#[derive(Clone)]
pub(crate) struct Client {
    pub(crate) base_url: String,
    pub(crate) key: String,
    http: reqwest::Client,
}

/// An answer, with what every answer must have checked already.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: reqwest::header::HeaderMap,
    pub(crate) bytes: Vec<u8>,
}

impl Desk {
    pub(crate) async fn start() -> Self {
        Self::with(Config::new(DatabasePlace::Memory)).await
    }

    pub(crate) async fn with(config: Config) -> Self {
        let server = Server::start(config).await.unwrap();
        add_users(server.accounts());
        let key = new_key(server.accounts(), "officer", &[Role::MigrationOfficer]);
        let client = Client::new(server.base_url(), key);
        Desk { server, client }
    }

    /// Another user with a key.
    pub(crate) fn colleague(&self, id: &str) -> Client {
        self.server.accounts().add_user(id, id).unwrap();
        let key = new_key(self.server.accounts(), id, &[Role::Admin]);
        Client::new(self.server.base_url(), key)
    }
}

/// Users that the leads of these tests name.
pub(crate) fn add_users(accounts: &Accounts) {
    accounts.add_user("officer", "Olga Officer").unwrap();
    accounts.add_user("partner-1", "Paul Partner").unwrap();
}

pub(crate) fn new_key(accounts: &Accounts, user: &str, roles: &[Role]) -> String {
    accounts
        .create_key(user, roles, None)
        .unwrap()
        .reveal()
        .to_string()
}

impl Client {
    pub(crate) fn new(base_url: String, key: String) -> Self {
        Client {
            base_url,
            key,
            http: reqwest::Client::new(),
        }
    }

    pub(crate) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.http.request(method, format!("{}{path}", self.base_url))
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        Answer::of(self.request(Method::GET, path).header("X-AUTH-TOKEN", &self.key)).await
    }

    pub(crate) fn import_request(&self, body: impl Into<Vec<u8>>) -> RequestBuilder {
        self.request(Method::POST, IMPORT)
            .header("X-AUTH-TOKEN", &self.key)
            .header("Content-Type", "application/json")
            .body(body.into())
    }

    pub(crate) async fn post(&self, body: &Json) -> Answer {
        Answer::of(self.import_request(body.to_string())).await
    }

    pub(crate) async fn post_with_key(&self, body: &Json, key: &str) -> Answer {
        Answer::of(
            self.import_request(body.to_string())
                .header("Idempotency-Key", key),
        )
        .await
    }

    /// The dry-run that production demands.
    pub(crate) async fn dry_run(&self, leads: &Json) -> Json {
        self.post(&batch(true, leads)).await.ok()
    }

    /// A dry-run and then the import.
    pub(crate) async fn import(&self, leads: &Json) -> Json {
        self.dry_run(leads).await;
        self.post(&batch(false, leads)).await.ok()
    }

    /// How many leads the server gives back for an external id.
    pub(crate) async fn count(&self, external_id: &str) -> usize {
        let found = self
            .get(&format!("/api/admin/migration/leads?externalId={external_id}"))
            .await
            .ok();
        found["leads"].as_array().unwrap().len()
    }
}

impl Answer {
    /// Sends a request; the answer must be JSON and guarded, whatever it says.
    pub(crate) async fn of(request: RequestBuilder) -> Self {
        let response = request.send().await.unwrap();
        let (status, headers) = (response.status(), response.headers().clone());
        let answer = Answer {
            status,
            headers,
            bytes: response.bytes().await.unwrap().to_vec(),
        };
        for (name, value) in [
            ("content-type", "application/json"),
            ("x-content-type-options", "nosniff"),
            ("cache-control", "no-store"),
            ("x-frame-options", "DENY"),
        ] {
            assert_eq!(answer.header(name), value, "{name} of {answer:?}");
        }
        assert!(!answer.header("x-request-id").is_empty());
        answer.json();
        answer
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    pub(crate) fn json(&self) -> Json {
        serde_json::from_slice(&self.bytes).unwrap()
    }

    /// The body of a success.
    pub(crate) fn ok(&self) -> Json {
        assert_eq!(self.status, StatusCode::OK, "{}", self.json());
        self.json()
    }

    /// Status and code of a refusal, which must be one.
    pub(crate) fn refusal(&self) -> (u16, String) {
        let body = self.json();
        assert!(!self.status.is_success(), "{body}");
        assert!(
            body["status"].is_string() && body["message"].is_string(),
            "{body}"
        );
        (self.status.as_u16(), body["code"].as_str().unwrap().to_string())
    }
}

/// A request for these leads.
pub(crate) fn batch(dry_run: bool, leads: &Json) -> Json {
    json!({"source": "excel-export-2024", "dryRun": dry_run, "leads": leads})
}

/// The number-th of many leads, no two of which are alike.
pub(crate) fn lead(number: usize) -> Json {
    json!({
        "externalId": format!("EXCEL-ROW-{number}"),
        "stage": 1,
        "companyName": format!("Betrieb {number}"),
        "city": "Berlin",
        "businessType": "restaurant",
        "territory": "DE",
        "contact": {
            "firstName": "Max", "lastName": "Mustermann", "email": format!("kunde{number}@firma{number}.example")
        },
        "ownerUserId": "partner-1",
        "registeredAt": "2024-06-15T10:00:00Z",
        "consentGivenAt": "2024-06-15T10:00:00Z",
        "source": "trade_fair",
        "estimatedVolume": 5000.5,
        "notes": "Interessiert an Bio-Produkten",
        "activities": [
            {
                "activityType": "MEETING", "activityDate": "2024-07-20T14:00:00Z", "countsAsProgress": true,
                "summary": "vor Ort", "performedBy": "partner-1"
            },
            {
                "activityType": "SAMPLE_SENT", "activityDate": "2024-08-10T09:00:00Z", "countsAsProgress": false,
                "outcome": "pending"
            }
        ]
    })
}

/// Leads with these numbers.
pub(crate) fn leads(numbers: std::ops::Range<usize>) -> Json {
    numbers.map(lead).collect()
}

/// The lead with the value at `pointer` put in, or taken out for `null`.
pub(crate) fn changed(mut lead: Json, pointer: &str, value: Json) -> Json {
    let (parent, key) = pointer.rsplit_once('/').unwrap();
    let parent = lead.pointer_mut(parent).unwrap().as_object_mut().unwrap();
    if value.is_null() {
        parent.remove(key);
    } else {
        parent.insert(key.into(), value);
    }
    lead
}
