//! Trust and encryption: which certificates are believed, and what a failed handshake means.

use std::io;
use std::path::Path;
use std::sync::Arc;

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use super::Place;
use crate::mailbox::error::MailboxError;

/// The roots of the system and those of the own CA file. There is no way to switch verification off.
pub(super) fn connector(ca_file: Option<&Path>) -> Result<TlsConnector, MailboxError> {
    let mut roots = RootCertStore::empty();
    // A single damaged certificate in the system's store must not shut out all mailboxes.
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    if let Some(path) = ca_file {
        let fault = |cause: String| MailboxError::CaFile {
            path: path.to_path_buf(),
            cause,
        };
        let pem = std::fs::read(path).map_err(|error| fault(error.to_string()))?;
        let mut found = 0;
        for certificate in CertificateDer::pem_slice_iter(&pem) {
            let certificate = certificate.map_err(|error| fault(error.to_string()))?;
            roots.add(certificate).map_err(|error| fault(error.to_string()))?;
            found += 1;
        }
        if found == 0 {
            return Err(fault("no certificate in it".to_string()));
        }
    }
    // Named and not left to the process: more than one provider may be compiled in.
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("the provider has the default protocol versions")
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(TlsConnector::from(Arc::new(config)))
}

/// Runs the handshake over an open connection.
pub(super) async fn encrypt(
    connector: &TlsConnector,
    stream: TcpStream,
    place: &Place,
) -> Result<TlsStream<TcpStream>, MailboxError> {
    let name = ServerName::try_from(place.host.clone()).map_err(|_| MailboxError::Certificate {
        host: place.host.clone(),
        cause: "not a name that a certificate can carry".to_string(),
    })?;
    place
        .in_time("TLS", connector.connect(name, stream))
        .await?
        .map_err(|error| handshake_error(&error, place))
}

fn handshake_error(error: &io::Error, place: &Place) -> MailboxError {
    let inner = error
        .get_ref()
        .and_then(|inner| inner.downcast_ref::<rustls::Error>());
    let (host, port) = (place.host.clone(), place.port);
    match inner {
        Some(rustls::Error::InvalidCertificate(problem)) => MailboxError::Certificate {
            host,
            cause: certificate_problem(problem),
        },
        _ => MailboxError::Tls {
            host,
            port,
            cause: error.to_string(),
        },
    }
}

fn certificate_problem(problem: &rustls::CertificateError) -> String {
    use rustls::CertificateError as Problem;
    match problem {
        Problem::UnknownIssuer => "unknown issuer".to_string(),
        Problem::Expired | Problem::ExpiredContext { .. } => "expired".to_string(),
        Problem::NotValidYet | Problem::NotValidYetContext { .. } => "not valid yet".to_string(),
        Problem::NotValidForName | Problem::NotValidForNameContext { .. } => {
            "issued for another name".to_string()
        }
        Problem::Revoked => "revoked".to_string(),
        other => other.to_string(),
    }
}
