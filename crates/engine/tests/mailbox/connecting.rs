//! Getting in, and what is said when one does not.

use std::path::PathBuf;

use lotse_core::language::{Language, Tell};
use lotse_engine::credentials::Secret;
use lotse_engine::mailbox::{
    MailboxAuth, MailboxError, MailboxSettings, TransportSecurity, list_folders, test_connection,
};

use crate::server::{ImapServer, USER, mail, password};

async fn refusal(settings: &MailboxSettings, secret: &Secret) -> MailboxError {
    test_connection(settings, secret).await.expect_err("a refusal")
}

#[tokio::test]
async fn implicit_tls_and_starttls_both_get_in() {
    let server = ImapServer::start();
    server.deliver("", &[mail(1), mail(2)]);
    let implicit = server.settings();
    let starttls = MailboxSettings {
        security: TransportSecurity::Starttls,
        port: server.starttls_port,
        ..implicit.clone()
    };
    for settings in [implicit, starttls] {
        let report = test_connection(&settings, &password()).await.unwrap();
        assert!(report.idle);
        assert_eq!(report.mails[0].mails, 2);
        assert!(
            report
                .folders
                .iter()
                .any(|folder| folder.name == "INBOX" && folder.selectable)
        );
    }
}

#[tokio::test]
async fn folder_names_come_out_readable_and_open_by_them() {
    let server = ImapServer::start();
    server.deliver("Entw&APw-rfe", &[mail(1)]);
    server.deliver("R&-D", &[mail(2)]);
    let names: Vec<String> = list_folders(&server.settings(), &password())
        .await
        .unwrap()
        .into_iter()
        .map(|folder| folder.name)
        .collect();
    assert!(names.contains(&"Entwürfe".to_string()), "{names:?}");
    assert!(names.contains(&"R&D".to_string()), "{names:?}");
    let settings = MailboxSettings {
        folders: vec!["Entwürfe".into(), "R&D".into()],
        ..server.settings()
    };
    let report = test_connection(&settings, &password()).await.unwrap();
    assert!(report.mails.iter().all(|folder| folder.mails == 1));
}

#[tokio::test]
async fn a_wrong_password_is_told_apart_from_everything_else() {
    let server = ImapServer::start();
    let secret = Secret::new("not-the-password".to_string());
    let problem = refusal(&server.settings(), &secret).await;
    assert!(
        matches!(problem, MailboxError::LoginRefused { token: false, .. }),
        "{problem}"
    );
    for told in [
        problem.to_string(),
        problem.tell(Language::De),
        problem.tell(Language::En),
    ] {
        assert!(told.contains(USER), "{told}");
        assert!(!told.contains("not-the-password"), "{told}");
    }
}

#[tokio::test]
async fn a_password_beyond_ascii_gets_in() {
    let server = ImapServer::start_with(&["--user", "leads@example.test:schlüssel\"\\"]);
    test_connection(&server.settings(), &Secret::new("schlüssel\"\\".to_string()))
        .await
        .unwrap();
}

#[tokio::test]
async fn quotes_and_blanks_in_a_password_get_in() {
    let server = ImapServer::start_with(&["--user", "leads@example.test:a \"b\\c"]);
    test_connection(&server.settings(), &Secret::new("a \"b\\c".to_string()))
        .await
        .unwrap();
}

#[tokio::test]
async fn an_access_token_gets_in_and_a_wrong_one_is_refused_with_the_servers_reason() {
    let server = ImapServer::start_with(&["--oauth", "leads@example.test:token-1", "--no-basic"]);
    let settings = MailboxSettings {
        auth: MailboxAuth::OauthBearer,
        ..server.settings()
    };
    test_connection(&settings, &Secret::new("token-1".to_string()))
        .await
        .unwrap();

    let problem = refusal(&settings, &Secret::new("token-2".to_string())).await;
    match &problem {
        MailboxError::LoginRefused {
            token: true, said, ..
        } => assert!(said.contains("status"), "{said}"),
        other => panic!("{other}"),
    }

    let problem = refusal(&server.settings(), &password()).await;
    assert!(
        matches!(
            problem,
            MailboxError::LoginMethod {
                method: "password",
                ..
            }
        ),
        "{problem}"
    );
}

#[tokio::test]
async fn an_unknown_authority_is_refused_before_anything_is_sent() {
    let server = ImapServer::start();
    for settings in [
        MailboxSettings {
            ca_file: None,
            ..server.settings()
        },
        MailboxSettings {
            ca_file: None,
            security: TransportSecurity::Starttls,
            port: server.starttls_port,
            ..server.settings()
        },
    ] {
        let problem = refusal(&settings, &password()).await;
        assert!(
            matches!(&problem, MailboxError::Certificate { cause, .. } if cause == "unknown issuer"),
            "{problem}"
        );
        assert!(problem.tell(Language::De).contains("CA-Datei"));
    }
}

#[tokio::test]
async fn a_certificate_for_another_name_is_refused() {
    let server = ImapServer::start();
    let settings = MailboxSettings {
        host: "127.0.0.2".into(),
        ..server.settings()
    };
    let problem = refusal(&settings, &password()).await;
    // Dovecot listens on 127.0.0.1 alone; where the system answers on the whole network, the name decides.
    assert!(
        matches!(
            problem,
            MailboxError::Certificate { .. } | MailboxError::Unreachable { .. }
        ),
        "{problem}"
    );
}

#[tokio::test]
async fn a_ca_file_that_is_none_is_named() {
    let server = ImapServer::start();
    let folder = tempfile::tempdir().unwrap();
    let empty = folder.path().join("empty.pem");
    std::fs::write(&empty, "no certificate in here").unwrap();
    for path in [empty, PathBuf::from("/nowhere/ca.pem")] {
        let settings = MailboxSettings {
            ca_file: Some(path.clone()),
            ..server.settings()
        };
        let problem = refusal(&settings, &password()).await;
        assert!(
            matches!(&problem, MailboxError::CaFile { path: named, .. } if *named == path),
            "{problem}"
        );
    }
}

#[tokio::test]
async fn nobody_home_something_else_and_a_silent_port_are_three_things() {
    let closed = {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        listener.local_addr().unwrap().port()
    };
    let web = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let web_port = web.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = web.accept().await {
            use tokio::io::AsyncWriteExt;
            let _sent = stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").await;
        }
    });
    let settings = |port| MailboxSettings {
        host: "localhost".into(),
        port,
        security: TransportSecurity::Starttls,
        user: USER.into(),
        auth: MailboxAuth::Password,
        folders: vec![],
        since: None,
        ca_file: None,
        poll_minutes: 5,
    };
    let problem = refusal(&settings(closed), &password()).await;
    assert!(matches!(problem, MailboxError::Unreachable { .. }), "{problem}");
    let problem = refusal(&settings(web_port), &password()).await;
    assert!(
        matches!(&problem, MailboxError::NotImap { said, .. } if said.contains("HTTP")),
        "{problem}"
    );
    let implicit = MailboxSettings {
        security: TransportSecurity::ImplicitTls,
        ..settings(web_port)
    };
    let problem = refusal(&implicit, &password()).await;
    assert!(matches!(problem, MailboxError::Tls { .. }), "{problem}");
}

#[tokio::test]
async fn a_server_that_drops_the_offer_of_starttls_gets_no_password() {
    let fake = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = fake.local_addr().unwrap().port();
    let heard = tokio::spawn(async move {
        use tokio::io::{AsyncReadExt, AsyncWriteExt};
        let (mut stream, _) = fake.accept().await.unwrap();
        stream
            .write_all(b"* OK [CAPABILITY IMAP4rev1] ready\r\n")
            .await
            .unwrap();
        let mut heard = Vec::new();
        let mut buffer = [0; 256];
        loop {
            match stream.read(&mut buffer).await {
                Ok(0) | Err(_) => return heard,
                Ok(read) => {
                    heard.extend_from_slice(&buffer[..read]);
                    let _sent = stream.write_all(b"a1 BAD unknown command\r\n").await;
                }
            }
        }
    });
    let settings = MailboxSettings {
        host: "localhost".into(),
        port,
        security: TransportSecurity::Starttls,
        user: USER.into(),
        auth: MailboxAuth::Password,
        folders: vec![],
        since: None,
        ca_file: None,
        poll_minutes: 5,
    };
    let problem = refusal(&settings, &password()).await;
    assert!(matches!(problem, MailboxError::NoStarttls { .. }), "{problem}");
    assert_eq!(heard.await.unwrap(), b"a1 STARTTLS\r\n");
}

#[tokio::test]
async fn a_folder_that_is_not_there_is_named() {
    let server = ImapServer::start();
    let settings = MailboxSettings {
        folders: vec!["Anfragen".into()],
        ..server.settings()
    };
    let problem = refusal(&settings, &password()).await;
    assert!(
        matches!(&problem, MailboxError::Folder { folder, .. } if folder == "Anfragen"),
        "{problem}"
    );
}
