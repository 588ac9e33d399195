//! Everything arrives, once, byte by byte, and the mailbox stays as it was.

use chrono::NaiveDate;
use lotse_core::language::Language;
use lotse_engine::mailbox::{MailboxError, MailboxSettings, SyncLimits, TransportSecurity, sync_within};
use tokio_util::sync::CancellationToken;

use crate::server::{ImapServer, Store, limits, mail, mails, password, run_sync};

#[tokio::test]
async fn mails_arrive_once_byte_by_byte_and_stay_unread() {
    let server = ImapServer::start();
    let store = Store::new();
    let sent = mails(0..5);
    server.deliver("", &sent);
    let first = run_sync(&server.settings(), &store).await.unwrap();
    assert_eq!(first.new_mails(), 5);
    for (id, sent) in (1..).zip(&sent) {
        assert_eq!(store.mails.mail(id).unwrap().raw, sent.as_bytes());
    }
    // "S" would be \Seen; EXAMINE must not take \Recent away either, which moves files from new to cur.
    let before = server.inbox_files();
    assert!(before.iter().all(|name| !name.ends_with(":2,S")), "{before:?}");

    let again = run_sync(&server.settings(), &store).await.unwrap();
    assert_eq!(
        (again.new_mails(), again.folders[0].known),
        (0, 0),
        "nothing new is not fetched again"
    );

    server.deliver("", &[mail(5)]);
    let third = run_sync(&server.settings(), &store).await.unwrap();
    assert_eq!((third.new_mails(), third.folders[0].known), (1, 0));
    assert_eq!(store.mails.mail_count().unwrap(), 6);
}

#[tokio::test]
async fn an_empty_folder_is_no_problem_and_starttls_syncs_too() {
    let server = ImapServer::start();
    let store = Store::new();
    let settings = MailboxSettings {
        security: TransportSecurity::Starttls,
        port: server.starttls_port,
        ..server.settings()
    };
    assert_eq!(run_sync(&settings, &store).await.unwrap().new_mails(), 0);
    server.deliver("", &mails(0..3));
    assert_eq!(run_sync(&settings, &store).await.unwrap().new_mails(), 3);
    server.empty_inbox();
    assert_eq!(run_sync(&settings, &store).await.unwrap().new_mails(), 0);
    assert_eq!(
        store.mails.mail_count().unwrap(),
        3,
        "what was deleted on the server is kept here"
    );
}

#[tokio::test]
async fn a_renumbered_folder_is_read_again_without_duplicates() {
    let server = ImapServer::start();
    let store = Store::new();
    server.deliver("", &mails(0..4));
    run_sync(&server.settings(), &store).await.unwrap();
    server.run("renumber", &["leads@example.test"]);
    server.deliver("", &[mail(4)]);
    let summary = run_sync(&server.settings(), &store).await.unwrap();
    let folder = &summary.folders[0];
    assert!(folder.renumbered);
    assert_eq!((folder.new, folder.known), (1, 4));
    assert_eq!(store.mails.mail_count().unwrap(), 5);
    let after = run_sync(&server.settings(), &store).await.unwrap();
    assert_eq!((after.new_mails(), after.folders[0].known), (0, 0));
}

#[tokio::test]
async fn the_same_message_id_with_other_content_is_another_mail() {
    let server = ImapServer::start();
    let store = Store::new();
    let first = mail(1);
    let other = first.replace("Muster 1", "Beispiel");
    let relayed = format!("Received: by another relay; Mon, 03 Mar 2025 10:16:00 +0100\r\n{first}");
    server.deliver("", &[first, other, relayed]);
    let summary = run_sync(&server.settings(), &store).await.unwrap();
    assert_eq!((summary.new_mails(), summary.folders[0].known), (2, 1));
    let ids: Vec<String> = (1..=2)
        .map(|id| store.mails.mail(id).unwrap().external_id)
        .collect();
    assert_ne!(ids[0], ids[1]);
    assert!(ids.iter().all(|id| id.starts_with("MAIL-")));
}

#[tokio::test]
async fn garbage_mails_are_kept_like_all_others() {
    let server = ImapServer::start();
    let store = Store::new();
    let garbage: Vec<Vec<u8>> = vec![
        vec![0xff, 0xfe, 0x00, 0x80, b'\n', 0x01],
        b"\n\nno headers".to_vec(),
        b"Content-Type: multipart/mixed; boundary=never\n\nno part".to_vec(),
        b"Subject: =?utf-8?B?\xff\xff?=\nDate: never\nFrom: \"\n\n=C3=28".to_vec(),
    ];
    server.deliver("", &garbage);
    server.deliver("", &[mail(1)]);
    let summary = run_sync(&server.settings(), &store).await.unwrap();
    assert_eq!(summary.new_mails(), 5);
    assert_eq!(summary.folders[0].refused, 0);
}

#[tokio::test]
async fn a_mail_of_thirty_megabytes_arrives_whole() {
    let server = ImapServer::start();
    let store = Store::new();
    let mut big = mail(1);
    big.push_str("Content: ");
    while big.len() < 30 << 20 {
        big.push_str("a line of a large mail, which somebody attached a film to\r\n");
    }
    server.deliver("", &[big.clone(), mail(2)]);
    let summary = run_sync(&server.settings(), &store).await.unwrap();
    assert_eq!(summary.new_mails(), 2);
    assert!(
        store.mails.mail(1).unwrap().raw == big.as_bytes(),
        "the mail differs"
    );
}

#[tokio::test]
async fn a_mail_beyond_the_bound_is_counted_and_comes_when_the_bound_is_raised() {
    let server = ImapServer::start();
    let store = Store::new();
    let big = format!("{}{}", mail(1), "x".repeat(5_000));
    server.deliver("", &[mail(0), big, mail(2)]);
    let tight = SyncLimits {
        largest_mail: 2_000,
        ..limits()
    };
    let sync = |limits| {
        let (settings, store) = (server.settings(), store.mails.clone());
        async move {
            sync_within(
                limits,
                &settings,
                &password(),
                &store,
                &|_| {},
                &CancellationToken::new(),
            )
            .await
            .unwrap()
        }
    };
    let summary = sync(tight).await;
    assert_eq!((summary.new_mails(), summary.folders[0].too_large), (2, 1));
    assert_eq!(store.mails.unfetched_count().unwrap(), 1);
    assert_eq!(sync(tight).await.new_mails(), 0);
    assert_eq!(sync(limits()).await.new_mails(), 1);
    assert_eq!(store.mails.unfetched_count().unwrap(), 0);
    assert_eq!(store.mails.mail_count().unwrap(), 3);
}

#[tokio::test]
async fn an_earlier_start_date_brings_the_older_mails_and_only_those() {
    let server = ImapServer::start();
    let store = Store::new();
    server.deliver("", &mails(0..3));
    let from = |year| MailboxSettings {
        since: NaiveDate::from_ymd_opt(year, 1, 1),
        ..server.settings()
    };
    // The time of delivery is now.
    assert_eq!(run_sync(&from(2099), &store).await.unwrap().new_mails(), 0);
    let summary = run_sync(&from(2020), &store).await.unwrap();
    assert_eq!((summary.new_mails(), summary.folders[0].known), (3, 0));
    let summary = run_sync(&server.settings(), &store).await.unwrap();
    assert_eq!((summary.new_mails(), summary.folders[0].known), (0, 0));
}

#[tokio::test]
async fn a_mail_in_two_folders_is_one_mail_and_a_missing_folder_does_not_stop_the_others() {
    let server = ImapServer::start();
    let store = Store::new();
    server.deliver("", &mails(0..2));
    server.deliver("Anfragen", &mails(1..4));
    let settings = MailboxSettings {
        folders: vec!["INBOX".into(), "Gelöscht".into(), "Anfragen".into()],
        ..server.settings()
    };
    let summary = run_sync(&settings, &store).await.unwrap();
    let counts: Vec<(u64, u64)> = summary.folders.iter().map(|f| (f.new, f.known)).collect();
    assert_eq!(counts, [(2, 0), (0, 0), (2, 1)]);
    let problem = summary.folders[1].problem.as_ref().unwrap();
    assert!(Language::De.pick(&problem.de, &problem.en).contains("Gelöscht"));
    assert_eq!(summary.reconnects, 0);

    let only_missing = MailboxSettings {
        folders: vec!["Gelöscht".into()],
        ..server.settings()
    };
    let problem = run_sync(&only_missing, &store).await.unwrap_err();
    assert!(matches!(problem, MailboxError::Folder { .. }), "{problem}");
}

#[tokio::test(flavor = "multi_thread")]
async fn mails_delivered_while_syncing_arrive_once() {
    let server = ImapServer::start();
    let store = Store::new();
    server.deliver("", &mails(0..300));
    let small_batches = SyncLimits {
        batch_mails: 10,
        ..limits()
    };
    let settings = server.settings();
    let secret = password();
    let none = CancellationToken::new();
    let delivering = async {
        for start in (300..400).step_by(10) {
            tokio::task::block_in_place(|| server.deliver("", &mails(start..start + 10)));
        }
    };
    let syncing = async {
        for _ in 0..20 {
            sync_within(small_batches, &settings, &secret, &store.mails, &|_| {}, &none)
                .await
                .unwrap();
        }
    };
    tokio::join!(delivering, syncing);
    run_sync(&settings, &store).await.unwrap();
    let mut subjects = store.subjects();
    subjects.sort();
    let mut expected: Vec<String> = (0..400).map(|number| format!("Mail {number}")).collect();
    expected.sort();
    assert_eq!(subjects, expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn two_programs_syncing_into_one_store_do_not_double_anything() {
    let server = ImapServer::start();
    let store = Store::new();
    server.deliver("", &mails(0..200));
    let other = std::sync::Arc::new(lotse_engine::mailbox::MailStore::open(store.mails.path()).unwrap());
    let settings = server.settings();
    let (secret, none) = (password(), CancellationToken::new());
    let (one, two) = tokio::join!(
        sync_within(limits(), &settings, &secret, &store.mails, &|_| {}, &none),
        sync_within(limits(), &settings, &secret, &other, &|_| {}, &none),
    );
    assert_eq!(one.unwrap().new_mails() + two.unwrap().new_mails(), 200);
    assert_eq!(store.mails.mail_count().unwrap(), 200);
}

#[tokio::test]
async fn a_sync_stops_when_asked_and_goes_on_later() {
    let server = ImapServer::start();
    let store = Store::new();
    server.deliver("", &mails(0..100));
    let small_batches = SyncLimits {
        batch_mails: 5,
        ..limits()
    };
    let cancel = CancellationToken::new();
    let stopper = cancel.clone();
    let stop_after_some = move |progress: &lotse_engine::mailbox::SyncProgress| {
        if progress.done >= 20 {
            stopper.cancel();
        }
    };
    let outcome = sync_within(
        small_batches,
        &server.settings(),
        &password(),
        &store.mails,
        &stop_after_some,
        &cancel,
    )
    .await;
    assert!(matches!(outcome, Err(MailboxError::Cancelled)));
    let kept = store.mails.mail_count().unwrap();
    assert!((20..100).contains(&kept), "{kept}");
    let rest = run_sync(&server.settings(), &store).await.unwrap();
    assert_eq!((rest.new_mails(), rest.folders[0].known), (100 - kept, 0));
}
