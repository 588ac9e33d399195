//! A network that breaks at the worst places loses nothing and doubles nothing.

use lotse_engine::mailbox::{MailboxError, MailboxSettings, SyncLimits, sync_within};
use tokio_util::sync::CancellationToken;

use crate::server::{FaultProxy, ImapServer, Store, limits, mail, mails, password, run_sync};

fn through(proxy: &FaultProxy, server: &ImapServer) -> MailboxSettings {
    MailboxSettings {
        port: proxy.port,
        ..server.settings()
    }
}

#[tokio::test]
async fn cuts_at_every_place_lose_and_double_nothing() {
    let server = ImapServer::start();
    server.deliver("", &mails(0..60));
    // Within the handshake, the login, the search, the sizes and the mails.
    let places = [50, 1_500, 2_500, 4_000, 6_000, 9_000, 14_000, 20_000];
    for how in ["reset", "cut"] {
        let store = Store::new();
        let mut plans: Vec<String> = places.iter().map(|bytes| format!("{how}={bytes}")).collect();
        plans.push("ok".into());
        let plans: Vec<&str> = plans.iter().map(String::as_str).collect();
        let proxy = FaultProxy::start(server.port, &plans);
        let patient = SyncLimits {
            attempts: 20,
            ..limits()
        };
        let summary = sync_within(
            patient,
            &through(&proxy, &server),
            &password(),
            &store.mails,
            &|_| {},
            &CancellationToken::new(),
        )
        .await
        .unwrap();
        assert_eq!(summary.new_mails(), 60, "{how}");
        assert!(summary.reconnects >= 4, "{how}: {}", summary.reconnects);
        assert_eq!(store.mails.mail_count().unwrap(), 60);
        assert_eq!(store.mails.unfetched_count().unwrap(), 0);
    }
}

#[tokio::test]
async fn a_line_that_is_always_cut_ends_with_an_error_and_keeps_what_came() {
    let server = ImapServer::start();
    let store = Store::new();
    server.deliver("", &mails(0..400));
    let proxy = FaultProxy::start(server.port, &["reset=60000", "reset=400"]);
    let problem = run_sync(&through(&proxy, &server), &store).await.unwrap_err();
    assert!(
        matches!(
            problem,
            MailboxError::Tls { .. } | MailboxError::Unreachable { .. } | MailboxError::Interrupted { .. }
        ),
        "{problem}"
    );
    let kept = store.mails.mail_count().unwrap();
    assert!((1..400).contains(&kept), "{kept}");
    let rest = run_sync(&server.settings(), &store).await.unwrap();
    assert_eq!(rest.new_mails(), 400 - kept);
}

#[tokio::test]
async fn silence_is_noticed_and_the_next_connection_goes_on() {
    let server = ImapServer::start();
    let store = Store::new();
    server.deliver("", &mails(0..20));
    let proxy = FaultProxy::start(server.port, &["stall=5000", "ok"]);
    let hasty = SyncLimits {
        silence_timeout: std::time::Duration::from_millis(500),
        ..limits()
    };
    let summary = sync_within(
        hasty,
        &through(&proxy, &server),
        &password(),
        &store.mails,
        &|_| {},
        &CancellationToken::new(),
    )
    .await
    .unwrap();
    assert_eq!((summary.new_mails(), summary.reconnects), (20, 1));
}

#[tokio::test]
async fn fragments_and_delays_change_nothing() {
    let server = ImapServer::start();
    let store = Store::new();
    server.deliver("", &mails(0..10));
    let proxy = FaultProxy::start(server.port, &["slice=97+delay=1"]);
    let summary = run_sync(&through(&proxy, &server), &store).await.unwrap();
    assert_eq!((summary.new_mails(), summary.reconnects), (10, 0));
}

#[tokio::test]
async fn a_byte_that_was_changed_on_the_way_is_noticed_by_tls() {
    let server = ImapServer::start();
    let store = Store::new();
    server.deliver("", &mails(0..30));
    let proxy = FaultProxy::start(server.port, &["flip=8000", "ok"]);
    let summary = run_sync(&through(&proxy, &server), &store).await.unwrap();
    assert_eq!(summary.new_mails(), 30);
    assert_eq!(summary.reconnects, 1);
    for (id, number) in (1..).zip(0..30) {
        assert_eq!(store.mails.mail(id).unwrap().raw, mail(number).as_bytes());
    }
}

#[tokio::test]
async fn a_mail_that_breaks_every_connection_is_left_behind_and_comes_later() {
    let server = ImapServer::start();
    let store = Store::new();
    let big = format!("{}{}", mail(1), "a line of a large mail\r\n".repeat(20_000));
    server.deliver("", &[mail(0), big, mail(2), mail(3)]);
    // Every connection ends before the large mail is through.
    let proxy = FaultProxy::start(server.port, &["reset=100000"]);
    let patient = SyncLimits {
        attempts: 6,
        ..limits()
    };
    let summary = sync_within(
        patient,
        &through(&proxy, &server),
        &password(),
        &store.mails,
        &|_| {},
        &CancellationToken::new(),
    )
    .await
    .unwrap();
    assert_eq!((summary.new_mails(), summary.folders[0].refused), (3, 1));
    assert_eq!(store.mails.unfetched_count().unwrap(), 1);
    assert_eq!(run_sync(&server.settings(), &store).await.unwrap().new_mails(), 1);
    assert_eq!(store.mails.unfetched_count().unwrap(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn sessions_cut_by_the_server_are_opened_again() {
    let server = ImapServer::start();
    let store = Store::new();
    server.deliver("", &mails(0..300));
    let settings = server.settings();
    let (secret, none) = (password(), CancellationToken::new());
    let small_batches = SyncLimits {
        batch_mails: 3,
        attempts: 20,
        ..limits()
    };
    let kicked = std::sync::atomic::AtomicBool::new(false);
    let kick = |progress: &lotse_engine::mailbox::SyncProgress| {
        if progress.done >= 30 && !kicked.swap(true, std::sync::atomic::Ordering::Relaxed) {
            tokio::task::block_in_place(|| server.run("kick", &[]));
        }
    };
    let summary = sync_within(small_batches, &settings, &secret, &store.mails, &kick, &none)
        .await
        .unwrap();
    assert!(kicked.into_inner());
    assert_eq!(summary.new_mails(), 300);
    assert_eq!(summary.reconnects, 1);
}
