//! From a mailbox that is not connected to leads in a project, against a real IMAP server.

use std::path::{Path, PathBuf};
use std::process::Command;

use lotse_tests::window::{Opening, Program, Window};
use serde_json::json;

const USER: &str = "leads@example.test";
const PASSWORD: &str = "geheim";

/// A private Dovecot with the mails of the fixtures; stopped when dropped.
struct ImapServer {
    folder: tempfile::TempDir,
    port: String,
    ca_file: String,
}

fn script() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("servers/dovecot.sh")
}

impl ImapServer {
    fn start() -> Self {
        let folder = tempfile::tempdir().expect("a folder for the server");
        let mut said = String::new();
        // Between finding a free port and using it another test may take it.
        for _ in 0..3 {
            let output = Command::new(script())
                .arg("start")
                .arg(folder.path())
                .output()
                .expect("dovecot.sh runs");
            if output.status.success() {
                let stdout = String::from_utf8_lossy(&output.stdout).into_owned();
                let value = |key: &str| {
                    let line = stdout.lines().find_map(|line| line.strip_prefix(key));
                    line.unwrap_or_else(|| panic!("no {key} in {stdout}")).to_owned()
                };
                return ImapServer {
                    port: value("IMAP_PORT="),
                    ca_file: value("IMAP_CA="),
                    folder,
                };
            }
            said = String::from_utf8_lossy(&output.stderr).into_owned();
        }
        panic!("no IMAP server: {said}");
    }

    fn deliver(&self, mails: &[&str]) {
        let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/mail");
        let output = Command::new(script())
            .arg("deliver")
            .arg(self.folder.path())
            .arg(USER)
            .args(mails.iter().map(|mail| fixtures.join(mail)))
            .output()
            .expect("dovecot.sh runs");
        assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
    }
}

impl Drop for ImapServer {
    fn drop(&mut self) {
        let _stopped = Command::new(script())
            .arg("stop")
            .arg(self.folder.path())
            .output();
    }
}

/// Writes into a field as a person does: all that stood there goes.
async fn fill(window: &Window, label: &str, text: &str) {
    let field = window.label(label).await;
    field.click().await.expect("a field can be clicked");
    window.press("Ctrl+A").await;
    window.type_text(text).await;
}

/// The text of every marked place, with the field it belongs to.
async fn marked(window: &Window) -> Vec<(String, String)> {
    window
        .script(
            "return [...document.querySelectorAll('mark')].map((mark) => [mark.dataset.field, mark.textContent])",
            vec![],
        )
        .await
}

/// Takes pictures in both looks and in the smallest window, and asks axe about each.
async fn look(window: &Window, name: &str) {
    for theme in ["light", "dark"] {
        window
            .script::<Option<bool>>(
                "document.documentElement.dataset.theme = arguments[0]; return null",
                vec![json!(theme)],
            )
            .await;
        window.screenshot(&format!("mailbox-{name}-de-{theme}")).await;
        assert_eq!(window.violations().await, [], "{name}, {theme}");
    }
    window
        .script::<Option<bool>>(
            "delete document.documentElement.dataset.theme; return null",
            vec![],
        )
        .await;
    window.resize(1024, 700).await;
    window.screenshot(&format!("mailbox-{name}-de-1024")).await;
    let out: Vec<String> = window
        .script(
            "return [...document.querySelectorAll('main *')].filter((element) => {
                 if (!element.checkVisibility() || element.closest('.spoken, svg, .list')) return false;
                 const box = element.getBoundingClientRect();
                 return box.width > 1 && (box.right > innerWidth + 1 || box.left < -1);
             }).map((element) => element.outerHTML.slice(0, 120))",
            vec![],
        )
        .await;
    assert_eq!(out, [""; 0], "{name} at 1024x700");
    window.resize(1280, 800).await;
}

#[tokio::test]
async fn a_mailbox_is_connected_read_and_taken_into_a_project() {
    let server = ImapServer::start();
    server.deliver(&[
        "plain/company-lead-with-person.eml",
        "html/table-of-labels-and-values.eml",
        "forms/hubspot-like-notification.eml",
        "several/blocks-one-after-the-other.eml",
        "attached/csv-with-semicolons.eml",
        "no-lead/newsletter.eml",
        "no-lead/nothing-at-all.eml",
    ]);
    let window = Opening::default()
        // No session bus: the password stays in the memory of the window, and nobody's keyring is touched.
        .variable("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent")
        .open(Program::Desktop)
        .await;
    window.resize(1280, 800).await;
    window.click("button", "Postfach verbinden").await;
    window.role("heading", "Postfach verbinden").await;
    look(&window, "form").await;

    fill(&window, "Name der Verbindung", "Anfragen").await;
    fill(&window, "IMAP-Server", "localhost").await;
    fill(&window, "Benutzername", USER).await;
    fill(&window, "Port", &server.port).await;
    fill(&window, "Eigenes CA-Zertifikat", &server.ca_file).await;
    fill(&window, "Passwort", "falsch").await;
    window.press("Enter").await;
    window
        .text("localhost weist die Anmeldung von leads@example.test ab")
        .await;
    let password: String = window
        .script(
            "return document.querySelector('input[type=password]').value",
            vec![],
        )
        .await;
    assert_eq!(password, "", "the password is forgotten at once");
    look(&window, "refused").await;

    fill(&window, "Passwort", PASSWORD).await;
    window.press("Enter").await;
    // The first mails come by themselves.
    window.text("7 neue Mails.").await;
    let list = window.role("listbox", "Mails").await;
    window.role("button", "Gelesen 5").await;
    window.role("button", "Ohne Lead 1").await;
    window.role("button", "Nicht lesbar 1").await;

    // By keyboard from mail to mail, to the one with two leads.
    fill(&window, "Absender oder Betreff", "2 neue Interessenten").await;
    window
        .until("the list shows one mail", async || {
            window
                .script::<bool>(
                    "return document.querySelectorAll('[role=option]').length === 1 && document.querySelectorAll('mark').length > 0",
                    vec![],
                )
                .await
                .then_some(())
        })
        .await;
    window.text("Lead 2 von 2").await;
    let places = marked(&window).await;
    for place in [
        ("email", "anton@postbox.example"),
        ("email", "berta@postbox.example"),
        ("course", "Aquarellmalerei"),
    ] {
        assert!(
            places.contains(&(place.0.to_owned(), place.1.to_owned())),
            "{place:?} in {places:?}"
        );
    }
    // A value that has the keyboard shows its place.
    window.click("button", "E-Mail berta@postbox.example").await;
    window
        .until("the place of the value is pointed at", async || {
            window
                .script::<bool>(
                    "return document.querySelector('mark.pointed')?.textContent === 'berta@postbox.example'",
                    vec![],
                )
                .await
                .then_some(())
        })
        .await;
    look(&window, "several").await;

    fill(&window, "Absender oder Betreff", " ").await;
    window.role("option", "Ohne Absender").await;
    list.click().await.expect("the list can be clicked");
    window.press("End").await;
    window.press("Home").await;
    look(&window, "mails").await;
    window.click("button", "Nicht lesbar").await;
    window.text("Die Mail ist leer").await;
    look(&window, "unreadable").await;
    window.click("button", "Alle 7").await;

    window.click("button", "In das Projekt übernehmen").await;
    let territory = window.label("Gebiet").await;
    territory
        .send_keys("Deutschland")
        .await
        .expect("a choice can be made");
    fill(&window, "Betreuer", "partner-nord").await;
    look(&window, "take").await;
    window.click("button", "Übernehmen").await;
    window.text("Leads übernommen.").await;
    window
        .until("the mapping is shown", async || {
            window
                .script::<bool>(
                    "return document.querySelector('[aria-current=step]')?.dataset.testid === 'step-mapping'",
                    vec![],
                )
                .await
                .then_some(())
        })
        .await;

    window.press("Ctrl+3").await;
    window.role("gridcell", "MAIL-").await;
    window.screenshot("mailbox-check-de-light").await;

    // Taken mails say so, and taking again takes nothing.
    window.click("button", "Postfach").await;
    window.text("✓ im Projekt").await;
    look(&window, "taken").await;
    window.click("button", "In das Projekt übernehmen").await;
    window.click("button", "Übernehmen").await;
    window.text("Alle Mails mit Leads sind schon im Projekt.").await;
    window.close().await;
}
