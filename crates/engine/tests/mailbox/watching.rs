//! Waiting for mail, and going on after whatever a network does.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use lotse_engine::credentials::Secret;
use lotse_engine::mailbox::{MailboxError, RuleBook, wait_for_mail};
use lotse_engine::workflows::{FetchedMails, watch_mailbox};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use crate::server::{FaultProxy, ImapServer, Store, USER, mail, password, run_sync};

/// Far below the polling interval: whoever takes longer was not told.
const SOON: Duration = Duration::from_secs(45);

#[tokio::test]
async fn a_mail_between_two_looks_ends_the_wait_at_once() {
    let server = ImapServer::start();
    let store = Store::new();
    server.deliver("", &[mail(1)]);
    run_sync(&server.settings(), &store).await.unwrap();
    server.deliver("", &[mail(2)]);
    let token = CancellationToken::new();
    let (settings, secret) = (server.settings(), password());
    let waiting = Box::pin(wait_for_mail(&settings, &secret, &store.mails, &token));
    tokio::time::timeout(SOON, waiting).await.unwrap().unwrap();
}

#[tokio::test]
async fn a_watch_hears_of_new_mails_and_outlives_broken_connections() {
    let server = Arc::new(ImapServer::start());
    let proxy = FaultProxy::start(server.port, &[]);
    let settings = lotse_engine::mailbox::MailboxSettings {
        port: proxy.port,
        ..server.settings()
    };
    let store = Store::new();
    let token = CancellationToken::new();
    let (sender, mut looks) = mpsc::unbounded_channel();
    let watch = {
        let (mails, token) = (Arc::clone(&store.mails), token.clone());
        tokio::spawn(async move {
            let each = |look: Result<&FetchedMails, &MailboxError>| {
                let _heard = sender.send(look.map(|fetched| fetched.sync.new_mails()).unwrap_or_default());
            };
            let rules = RuleBook::built_in();
            watch_mailbox(
                &settings,
                &password(),
                &mails,
                &rules,
                &(Arc::new(|_| {}) as _),
                each,
                &token,
            )
            .await
        })
    };
    let look = tokio::time::timeout(SOON, looks.recv()).await.unwrap();
    assert_eq!(look, Some(0));
    for number in 1..=2 {
        server.deliver("", &[mail(number)]);
        let mut fetched = 0;
        while fetched == 0 {
            fetched = tokio::time::timeout(SOON, looks.recv()).await.unwrap().unwrap();
        }
        assert_eq!(fetched, 1);
        // As when the server restarts, or a laptop wakes up elsewhere.
        server.run("kick", &[USER]);
    }
    assert_eq!(store.subjects(), ["Mail 1", "Mail 2"]);
    token.cancel();
    tokio::time::timeout(SOON, watch).await.unwrap().unwrap().unwrap();
}

#[tokio::test]
async fn a_watch_does_not_knock_again_with_a_refused_password() {
    let server = ImapServer::start();
    let store = Store::new();
    let failures = Mutex::new(0);
    let outcome = watch_mailbox(
        &server.settings(),
        &Secret::new("not-the-password".to_string()),
        &store.mails,
        &RuleBook::built_in(),
        &(Arc::new(|_| {}) as _),
        |_| *failures.lock().unwrap() += 1,
        &CancellationToken::new(),
    )
    .await;
    assert!(
        matches!(outcome, Err(MailboxError::LoginRefused { .. })),
        "{outcome:?}"
    );
    assert_eq!(*failures.lock().unwrap(), 0);
}
