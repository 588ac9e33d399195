//! From approved rows to the proof, through the real window, on a real project, to a real server.

mod lead_project;
mod one_answer;
mod proxy;

use std::path::Path;
use std::time::{Duration, Instant};

use lotse_engine::connections::{Connection, ConnectionTo, Connections, ServerAuth, ServerSettings};
use lotse_engine::places::Places;
use lotse_engine::project::PushState;
use lotse_server::practice::{self, Place, PracticeServer};
use lotse_tests::window::{Opening, Program, Window};
use serde_json::json;
use thirtyfour::error::WebDriverErrorInner;

use lead_project::{approved_example, ledger};
use one_answer::{Answer, serve};
use proxy::Proxy;

/// The moment at which everything happens; the server has the clock of the machine, which does not change a verdict.
const NOW: &str = "2025-10-12T14:30:00Z";

/// Rows of the example that pass the checks and are approved.
const APPROVED: u32 = 138;

async fn open(project: &Path, home: &Path) -> Window {
    Opening::default()
        .argument("--now")
        .argument(NOW)
        .argument(project.display().to_string())
        .variable("LOTSE_HOME", home.display().to_string())
        .open(Program::Desktop)
        .await
}

async fn go(window: &Window, step: &str) {
    let step = window.test_id(&format!("step-{step}")).await;
    step.click().await.expect("a step can be clicked");
}

/// A connection as a person would have made it before.
fn connect(home: &Path, base_url: &str, batch_size: Option<u32>) {
    let connection = Connection {
        name: "Abnahme".into(),
        to: ConnectionTo::Server(ServerSettings {
            base_url: base_url.into(),
            target: "migration".into(),
            auth: ServerAuth::ApiKey {
                header: "X-AUTH-TOKEN".into(),
            },
            ca_file: None,
            batch_size,
        }),
    };
    let connections = Connections::of(&Places::below(home));
    let known = connections.find("Abnahme").is_ok();
    connections
        .put(&connection, known.then_some("Abnahme"))
        .expect("the connection can be written");
}

/// Types the secret into the field that is called `label`, and hands it over.
async fn hand_over(window: &Window, label: &str, secret: &str, button: &str) {
    let mut field = window.label(label).await;
    // A screen that is still being built may put another field in this one's place before anything is typed.
    let mut typed = field.send_keys(secret).await;
    while matches!(typed, Err(ref error) if matches!(error.as_inner(), WebDriverErrorInner::StaleElementReference(_)))
    {
        field = window.label(label).await;
        typed = field.send_keys(secret).await;
    }
    typed.expect("the field takes a text");
    window.click("button", button).await;
    let left: String = field.prop("value").await.ok().flatten().unwrap_or_default();
    assert_eq!(left, "", "the field is emptied at once");
}

async fn dry_run(window: &Window) {
    window.click("button", "Probelauf starten").await;
    window.click("button", "Weiter zur Übertragung").await;
}

async fn produce(window: &Window) {
    window.click("button", "Übertragen").await;
    window.click("button", "Ja, ").await;
}

#[tokio::test]
async fn push_by_the_practice_server_is_proved_and_still_there_after_a_restart() {
    let home = tempfile::tempdir().expect("a folder");
    let project = approved_example(home.path());
    let window = open(&project, home.path()).await;
    go(&window, "connections").await;
    window.click("button", "Starten").await;
    window.role("button", "Prüfen").await;
    window.click("button", "Prüfen").await;
    window.text("Darf importieren.").await;
    assert_eq!(window.violations().await, []);
    window.screenshot("connections-de-light").await;

    go(&window, "push").await;
    window.role("button", "Probelauf starten").await;
    window.screenshot("push-new-de-light").await;
    assert_eq!(window.violations().await, []);
    dry_run(&window).await;
    window.role("button", "Übertragen").await;
    window.screenshot("push-ready-de-light").await;
    window.click("button", "Übertragen").await;
    window.screenshot("push-sure-de-light").await;
    let yes = window.role("button", "Ja, ").await;
    // Three clicks as fast as a machine can, before anything has been drawn again.
    let _ = window
        .web()
        .execute(
            "for (let i = 0; i < 3; i++) arguments[0].click()",
            vec![yes.to_json().expect("an element")],
        )
        .await;
    window.text("Die Rechnung geht auf.").await;
    window.text("0 Abweichungen.").await;
    assert_eq!(window.violations().await, []);
    window.screenshot("push-proof-de-light").await;
    window.click("button", "Diese Seite vergleichen").await;
    window.text("Fortschritt bis").await;
    window.screenshot("push-compared-de-light").await;
    window.close().await;

    let pushes = ledger(&project);
    assert_eq!(
        pushes.iter().map(|push| push.mode).collect::<Vec<_>>(),
        ["production", "dry_run"],
        "three clicks are one push"
    );
    assert_eq!(
        pushes[0].imported + pushes[0].skipped + pushes[0].failed,
        pushes[0].leads
    );

    let window = open(&project, home.path()).await;
    go(&window, "push").await;
    window.text("Die Rechnung geht auf.").await;
    window.text("Verglichen am").await;
    window.resize(1024, 700).await;
    window.screenshot("push-proof-de-light-1024").await;
    window.press("Ctrl+K").await;
    window.type_text("dunkel").await;
    window.press("Enter").await;
    window.screenshot("push-proof-de-dark").await;
    assert_eq!(window.violations().await, []);
    go(&window, "connections").await;
    window.role("button", "Prüfen").await;
    window.screenshot("connections-de-dark").await;
    assert_eq!(window.violations().await, []);
    window.close().await;
}

/// What the server itself says: how many leads it has from this client.
async fn held(server: &PracticeServer, project: &Path) -> usize {
    let mut held = 0;
    for (lead_id, _) in lead_project::imported(project) {
        let url = format!("{}/api/admin/migration/leads/{lead_id}", server.base_url);
        let answer = one_answer::get(&url, server.api_key()).await;
        held += usize::from(answer == 200);
    }
    held
}

#[tokio::test]
async fn push_paused_by_closing_the_window_goes_on_under_the_same_keys() {
    let home = tempfile::tempdir().expect("a folder");
    let project = approved_example(home.path());
    let server = practice::start(Place::Memory)
        .await
        .expect("the practice server starts");
    let proxy = Proxy::before(&server.base_url, "ok");
    connect(home.path(), &proxy.base_url, Some(10));
    let window = open(&project, home.path()).await;
    go(&window, "push").await;
    window.click("button", "Probelauf starten").await;
    // No key is kept yet: it is asked for where it is needed, and the dry-run goes on.
    hand_over(
        &window,
        "Schlüssel oder Token",
        server.api_key(),
        "Hinterlegen und weiter",
    )
    .await;
    window.click("button", "Weiter zur Übertragung").await;
    proxy.plan("delay=300");
    produce(&window).await;
    window.role("progressbar", "Fortschritt der Übertragung").await;
    window
        .until("some batches are answered", async || {
            let strip = window.role("img", "beantwortet").await;
            let said = strip.attr("aria-label").await.ok().flatten()?;
            let answered: u32 = said.split(' ').next()?.parse().ok()?;
            (answered >= 2).then_some(())
        })
        .await;
    window.screenshot("push-running-de-light").await;
    assert_eq!(window.violations().await, []);
    // Nothing of the window waits for the server.
    let begun = Instant::now();
    go(&window, "connections").await;
    window.role("heading", "Verbindungen").await;
    assert!(
        begun.elapsed() < Duration::from_secs(10),
        "the window answers while it pushes"
    );
    // As a person closes it, and not as a test ends it: the push is written down as paused.
    window.ask_to_close();
    let before = ledger(&project);
    drop(window);
    assert_eq!(before[0].state, PushState::Paused);
    assert!(before[0].open > 0, "it was closed in the middle: {:?}", before[0]);
    let keys = lead_project::keys(&project);
    proxy.plan("ok");

    let window = open(&project, home.path()).await;
    go(&window, "push").await;
    window.text("Paketen sind beantwortet.").await;
    window.screenshot("push-interrupted-de-light").await;
    assert_eq!(window.violations().await, []);
    window.press("Alt+P").await;
    hand_over(
        &window,
        "Schlüssel oder Token",
        server.api_key(),
        "Hinterlegen und weiter",
    )
    .await;
    window.text("Die Rechnung geht auf.").await;
    window.close().await;

    let after = ledger(&project);
    assert_eq!(
        (after.len(), after[0].open),
        (before.len(), 0),
        "no second push was planned"
    );
    assert_eq!(lead_project::keys(&project), keys, "the same keys");
    assert_eq!(
        after[0].imported + after[0].skipped + after[0].failed,
        after[0].leads
    );
    assert_eq!(held(&server, &project).await, after[0].imported as usize);
    assert!(after[0].leads <= APPROVED);
}

#[tokio::test]
async fn push_to_a_server_that_fails_says_so_and_can_be_repeated() {
    let home = tempfile::tempdir().expect("a folder");
    let project = approved_example(home.path());
    connect(home.path(), "http://127.0.0.1:9", None);
    let window = open(&project, home.path()).await;
    go(&window, "connections").await;
    window.role("heading", "Abnahme").await;
    window.click("button", "Eingeben").await;
    hand_over(&window, "API-Schlüssel", "irgendein-schluessel", "Hinterlegen").await;
    let cases: [(Answer, &str); 5] = [
        (Answer::Closed, "ist nicht erreichbar"),
        (
            Answer::json(401, &json!({"error": "unauthorized", "message": "expired key"})),
            "nimmt die Anmeldung nicht an",
        ),
        (
            Answer::json(403, &json!({"error": "forbidden", "message": "no role"})),
            "reicht dafür nicht aus",
        ),
        (
            Answer::json(500, &json!({"error": "internal", "message": "broken"})),
            "meldet aber einen Fehler (Status 500)",
        ),
        (
            Answer::html(200, "<h1>Anmelden</h1>"),
            "etwas anderes als die Import-Schnittstelle",
        ),
    ];
    for (answer, sentence) in cases {
        let server = serve(answer).await;
        connect(home.path(), &server.base_url, None);
        window.click("button", "Prüfen").await;
        window.role("alert", sentence).await;
        assert_eq!(window.violations().await, [], "{sentence}");
    }
    window.screenshot("connections-refused-de-light").await;

    // A login page in the middle of a dry-run: said, and the project is as it was.
    let login_page = serve(Answer::html(200, "<h1>Anmelden</h1>")).await;
    connect(home.path(), &login_page.base_url, None);
    go(&window, "push").await;
    window.click("button", "Probelauf starten").await;
    window
        .role("alert", "etwas anderes als die Import-Schnittstelle")
        .await;
    window.screenshot("push-failed-de-light").await;
    assert_eq!(window.violations().await, []);
    let server = practice::start(Place::Memory)
        .await
        .expect("the practice server starts");
    connect(home.path(), &server.base_url, None);
    go(&window, "connections").await;
    window.role("heading", "Abnahme").await;
    window.click("button", "Erneuern").await;
    hand_over(&window, "API-Schlüssel", server.api_key(), "Hinterlegen").await;
    go(&window, "push").await;
    window.click("button", "Neue Übertragung").await;
    dry_run(&window).await;
    produce(&window).await;
    window.text("Die Rechnung geht auf.").await;
    window.close().await;
    let push = &ledger(&project)[0];
    assert_eq!(held(&server, &project).await, push.imported as usize);
    assert!(push.imported > 100);
    assert_eq!(secrets_in(home.path(), server.api_key()), Vec::<String>::new());
}

/// Files below `folder` that hold `secret`.
fn secrets_in(folder: &Path, secret: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut open = vec![folder.to_owned()];
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(&folder).expect("a folder").flatten() {
            let path = entry.path();
            if path.is_dir() {
                open.push(path);
            } else if std::fs::read(&path)
                .is_ok_and(|bytes| bytes.windows(secret.len()).any(|part| part == secret.as_bytes()))
            {
                found.push(path.display().to_string());
            }
        }
    }
    found
}
