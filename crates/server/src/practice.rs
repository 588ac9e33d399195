//! The practice server: the whole way on one machine, without any outside system.
//!
//! It is the real server on a free loopback port, with invented users and a few invented leads, so that owners can be
//! checked and duplicates occur.

use std::fmt;
use std::path::PathBuf;

use serde_json::{Value as Json, json};

use crate::access::{Client, NewKey, Officer, Proof, Role};
use crate::accounts::{AccountProblem, Accounts};
use crate::migration::Import;
use crate::server::{Config, Server, StartProblem};
use crate::store::sqlite::DatabasePlace;

/// The invented users that can own leads, those of the example export among them: id and name.
pub const OWNERS: [(&str, &str); 4] = [
    ("partner-nord", "Nina Nordmann"),
    ("partner-sued", "Luca Bergmann"),
    ("partner-schweiz", "Sophie Talbach"),
    ("partner-messe", "Emil Seeland"),
];

/// The user who imports.
const OFFICER: &str = "practice-officer";

/// Where the practice server keeps its data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// In a folder, from one practice to the next.
    Folder(PathBuf),
    /// Nowhere.
    Memory,
}

/// A running practice server. It stops when dropped; [`PracticeServer::stop`] also waits for it.
pub struct PracticeServer {
    /// The base URL of the connection.
    pub base_url: String,
    key: NewKey,
    server: Server,
}

impl fmt::Debug for PracticeServer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("PracticeServer")
            .field("base_url", &self.base_url)
            .finish_non_exhaustive()
    }
}

impl PracticeServer {
    /// The API key, for the header `X-AUTH-TOKEN`. It is another one at each start.
    pub fn api_key(&self) -> &str {
        self.key.reveal()
    }

    /// The server itself.
    pub fn server(&self) -> &Server {
        &self.server
    }

    /// Stops and waits until everything is closed.
    pub async fn stop(self) {
        self.server.stop().await;
    }
}

/// Starts a practice server.
pub async fn start(place: Place) -> Result<PracticeServer, StartProblem> {
    let database = match place {
        Place::Memory => DatabasePlace::Memory,
        Place::Folder(folder) => DatabasePlace::File(folder.join("practice-server.db")),
    };
    let server = Server::start(Config::new(database)).await?;
    let accounts = server.accounts().clone();
    let key = match tokio::task::spawn_blocking(move || set_up(&accounts)).await {
        Ok(key) => key.map_err(|problem| StartProblem::Practice(problem.to_string()))?,
        Err(error) => std::panic::resume_unwind(error.into_panic()),
    };
    import_leads(&server).await?;
    Ok(PracticeServer {
        base_url: server.base_url(),
        key,
        server,
    })
}

fn set_up(accounts: &Accounts) -> Result<NewKey, AccountProblem> {
    for (id, name) in OWNERS.into_iter().chain([(OFFICER, "Practice")]) {
        match accounts.add_user(id, name) {
            Ok(()) | Err(AccountProblem::UserExists { .. }) => {}
            Err(problem) => return Err(problem),
        }
    }
    // The key of an earlier practice is good for nothing any more.
    for key in accounts.keys()? {
        if key.deactivated_at.is_none() {
            accounts.deactivate_key(key.id)?;
        }
    }
    accounts.create_key(OFFICER, &[Role::MigrationOfficer], None)
}

/// Puts the leads in by the way that all leads take. The key makes it happen once for a folder.
async fn import_leads(server: &Server) -> Result<(), StartProblem> {
    for dry_run in [true, false] {
        let request =
            json!({"source": "practice", "dryRun": dry_run, "skipOnError": false, "leads": leads()});
        let client = Client {
            user_id: OFFICER.into(),
            name: "Practice".into(),
            roles: [Role::MigrationOfficer].into(),
            proof: Proof::ApiKey,
            expires_at: None,
        };
        let import = Import {
            sender: Officer {
                client,
                role: Role::MigrationOfficer,
            },
            ip_address: server.address().ip().to_string(),
            key: Some(format!(
                "practice-leads-{}",
                if dry_run { "dry-run" } else { "production" }
            )),
            body: request.to_string().into_bytes(),
        };
        let answer = server.app().import(import).await;
        answer.map_err(|refusal| StartProblem::Practice(refusal.message()))?;
    }
    Ok(())
}

/// Invented companies; the phone numbers are those that the Bundesnetzagentur keeps free for fiction.
fn leads() -> Json {
    let lead = |number: u32,
                company: &str,
                city: &str,
                kind: &str,
                person: (&str, &str),
                email: &str,
                phone: &str| {
        json!({
            "externalId": format!("PRACTICE-{number}"), "stage": 1, "companyName": company, "city": city,
            "territory": "DE", "businessType": kind, "ownerUserId": OWNERS[number as usize % OWNERS.len()].0,
            "registeredAt": "2024-06-15T10:00:00Z", "consentGivenAt": "2024-06-15T10:00:00Z", "source": "trade_fair",
            "contact": {"firstName": person.0, "lastName": person.1, "email": email, "phone": phone},
            "activities": [{
                "activityType": "MEETING", "activityDate": "2024-07-20T14:00:00Z", "countsAsProgress": true,
                "summary": "Erstes Gespräch"
            }]
        })
    };
    json!([
        lead(
            1,
            "Restaurant Musterküche",
            "Berlin",
            "restaurant",
            ("Max", "Mustermann"),
            "max.mustermann@example.com",
            "+493023125014"
        ),
        lead(
            2,
            "Hotel Seeblick GmbH",
            "Hamburg",
            "hotel",
            ("Anke", "Petersen"),
            "anke.petersen@seeblick.example",
            "+494066969123"
        ),
        lead(
            3,
            "Brauhaus Alter Markt KG",
            "Köln",
            "restaurant",
            ("Jupp", "Schmitz"),
            "info@brauhaus-alter-markt.example",
            "+492214710456"
        ),
        lead(
            4,
            "Kantine am Main",
            "Frankfurt am Main",
            "kantine",
            ("Petra", "Wagner"),
            "wagner@kantine-am-main.example",
            "+496990009321"
        ),
        lead(
            5,
            "Bäckerei Müller & Söhne",
            "München",
            "sonstiges",
            ("Franz", "Müller"),
            "franz@baeckerei-mueller.example",
            "+498999998765"
        ),
    ])
}
