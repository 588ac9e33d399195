//! No secret reaches a log, whatever level somebody asks for.

use std::sync::Mutex;

use lotse_engine::credentials::Secret;
use lotse_engine::mailbox::{MailboxAuth, MailboxSettings, test_connection};

use crate::server::ImapServer;

static HEARD: Mutex<Vec<String>> = Mutex::new(Vec::new());

struct Everything;

impl log::Log for Everything {
    fn enabled(&self, _: &log::Metadata<'_>) -> bool {
        true
    }

    fn log(&self, record: &log::Record<'_>) {
        HEARD
            .lock()
            .unwrap()
            .push(format!("{} {}", record.target(), record.args()));
    }

    fn flush(&self) {}
}

#[tokio::test]
async fn neither_password_nor_token_reach_the_log() {
    log::set_logger(&Everything).unwrap();
    log::set_max_level(log::LevelFilter::Trace);
    let server = ImapServer::start_with(&[
        "--user",
        "leads@example.test:tell-nobody",
        "--oauth",
        "leads@example.test:token-for-nobody",
    ]);
    test_connection(&server.settings(), &Secret::new("tell-nobody".to_string()))
        .await
        .unwrap();
    let bearer = MailboxSettings {
        auth: MailboxAuth::OauthBearer,
        ..server.settings()
    };
    test_connection(&bearer, &Secret::new("token-for-nobody".to_string()))
        .await
        .unwrap();

    log::debug!("the log itself is heard");
    let heard = HEARD.lock().unwrap();
    assert!(heard.iter().any(|line| line.contains("is heard")));
    for line in heard.iter() {
        assert!(
            !line.contains("tell-nobody") && !line.contains("token-for-nobody"),
            "{line}"
        );
        // AUTHENTICATE sends base64; the middle of the token in its three alignments.
        for part in [
            "b2tlbi1mb3Itbm9ib2R",
            "0b2tlbi1mb3Itbm9ib2",
            "dG9rZW4tZm9yLW5vYm9k",
        ] {
            assert!(!line.contains(part), "{line}");
        }
    }
}
