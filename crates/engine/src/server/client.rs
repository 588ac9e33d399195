use std::error::Error as _;
use std::time::Duration;

use lotse_core::migration::{ApiError, IDEMPOTENCY_HEADER};
use lotse_core::target::Target;
use reqwest::header::{ACCEPT, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue, RETRY_AFTER};
use reqwest::{Certificate, Client, Response, StatusCode, Url};
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use super::ServerError;
use crate::connections::{ServerAuth, ServerSettings, check_address};
use crate::credentials::Secret;
use crate::system_reason::SystemReason;

/// Bytes of an answer that are read at most: results of 1000 leads are some hundred kilobytes.
const LARGEST_ANSWER: usize = 64 << 20;

/// A client of one server.
#[derive(Clone, Debug)]
pub struct ServerClient {
    http: Client,
    base: Url,
    path: String,
}

/// An answer that could be read.
#[derive(Clone, Debug)]
pub struct Answered {
    /// The status.
    pub status: u16,
    /// The body, byte by byte.
    pub body: Vec<u8>,
    /// True where the server shows that it knows idempotency keys, by sending the key back.
    pub idempotent: bool,
}

/// Who the server takes us for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "camelCase")]
pub struct WhoAmI {
    /// The user.
    #[serde(default)]
    pub user: String,
    /// The user's roles.
    #[serde(default)]
    pub roles: Vec<String>,
}

/// A lead as the server has it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ServerLead {
    /// The server's dates.
    #[serde(default)]
    pub protection_until: Option<lotse_core::values::Instant>,
    /// The server's dates.
    #[serde(default)]
    pub progress_deadline: Option<lotse_core::values::Instant>,
    /// The server's verdict.
    #[serde(default)]
    pub protection_status: Option<lotse_core::protection::ProtectionStatus>,
    /// The activities it holds.
    #[serde(default)]
    pub activities: Vec<Json>,
}

impl ServerClient {
    /// A client for the connection. The secret goes into a header that is never shown or logged.
    pub fn new(settings: &ServerSettings, target: &Target, secret: &Secret) -> Result<Self, ServerError> {
        let wrong = |reason: String| ServerError::Settings { reason };
        let base = check_address(&settings.base_url).map_err(|error| wrong(error.to_string()))?;
        let (name, value) = match &settings.auth {
            ServerAuth::ApiKey { header } => (header.as_str(), secret.reveal().to_string()),
            ServerAuth::Bearer => ("authorization", format!("Bearer {}", secret.reveal())),
        };
        let name = HeaderName::try_from(name).map_err(|_| wrong(format!("{name} is no name of a header")))?;
        let mut value = HeaderValue::try_from(value)
            .map_err(|_| wrong("the key holds characters that no header may hold".into()))?;
        value.set_sensitive(true);
        let mut headers = HeaderMap::new();
        headers.insert(name, value);
        headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
        let mut builder = Client::builder()
            .default_headers(headers)
            .connect_timeout(Duration::from_secs(10))
            // The contract's server promises a thousand leads in 30 s; twice that is hanging.
            .timeout(Duration::from_secs(75))
            // A redirect could lead the key to somebody else.
            .redirect(reqwest::redirect::Policy::none())
            .user_agent(concat!("lotse/", env!("CARGO_PKG_VERSION")));
        if let Some(file) = &settings.ca_file {
            let pem = std::fs::read(file).map_err(|error| wrong(format!("{}: {error}", file.display())))?;
            let certificates = Certificate::from_pem_bundle(&pem)
                .map_err(|_| wrong(format!("{} is no PEM file", file.display())))?;
            if certificates.is_empty() {
                return Err(wrong(format!("{} holds no certificate", file.display())));
            }
            for certificate in certificates {
                builder = builder.add_root_certificate(certificate);
            }
        }
        let http = builder.build().map_err(|error| wrong(error.to_string()))?;
        Ok(ServerClient {
            http,
            base,
            path: target.api.path.clone(),
        })
    }

    fn url(&self, path: &str) -> Result<Url, ServerError> {
        let base = self.base.as_str().trim_end_matches('/');
        Url::parse(&format!("{base}{path}")).map_err(|error| ServerError::Settings {
            reason: error.to_string(),
        })
    }

    /// Host and port, for messages.
    fn host(&self) -> String {
        let host = self.base.host_str().unwrap_or_default();
        self.base
            .port()
            .map_or_else(|| host.to_string(), |port| format!("{host}:{port}"))
    }

    /// Sends the body of a batch under its key.
    pub async fn send(&self, body: Vec<u8>, idempotency_key: &str) -> Result<Answered, ServerError> {
        let request = self
            .http
            .post(self.url(&self.path)?)
            .header(CONTENT_TYPE, "application/json")
            .header(IDEMPOTENCY_HEADER, idempotency_key)
            .body(body);
        let response = request.send().await.map_err(|error| self.failed(&error))?;
        let idempotent = response
            .headers()
            .get(IDEMPOTENCY_HEADER)
            .is_some_and(|key| key == idempotency_key);
        let (status, body) = self.answer(response).await?;
        Ok(Answered {
            status,
            body,
            idempotent,
        })
    }

    /// Who the server takes us for; a first proof that address and key are right.
    pub async fn who_am_i(&self) -> Result<WhoAmI, ServerError> {
        self.get("/api/whoami").await
    }

    /// The users that may own leads; `None` where the server does not tell.
    pub async fn users(&self) -> Result<Option<Vec<String>>, ServerError> {
        #[derive(Deserialize)]
        struct Users {
            users: Vec<User>,
        }
        #[derive(Deserialize)]
        struct User {
            id: String,
        }
        match self.get::<Users>("/api/admin/migration/users").await {
            Ok(users) => Ok(Some(users.users.into_iter().map(|user| user.id).collect())),
            Err(
                ServerError::Refused {
                    status: 404 | 405 | 501,
                    ..
                }
                | ServerError::NotTheApi { .. },
            ) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// A lead by the server's id; `None` where the server does not let leads be read.
    pub async fn lead(&self, id: i64) -> Result<Option<ServerLead>, ServerError> {
        match self.get(&format!("/api/admin/migration/leads/{id}")).await {
            Ok(lead) => Ok(Some(lead)),
            Err(
                ServerError::Refused {
                    status: 404 | 405 | 501,
                    ..
                }
                | ServerError::NotTheApi { .. },
            ) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// An entry of the server's audit log; `None` where the server does not let it be read.
    pub async fn audit_entry(&self, id: &str) -> Result<Option<Json>, ServerError> {
        match self.get(&format!("/api/admin/migration/audit/{id}")).await {
            Ok(entry) => Ok(Some(entry)),
            Err(
                ServerError::Refused {
                    status: 404 | 405 | 501,
                    ..
                }
                | ServerError::NotTheApi { .. },
            ) => Ok(None),
            Err(error) => Err(error),
        }
    }

    async fn get<T: for<'de> Deserialize<'de>>(&self, path: &str) -> Result<T, ServerError> {
        let response = self
            .http
            .get(self.url(path)?)
            .send()
            .await
            .map_err(|error| self.failed(&error))?;
        let (status, body) = self.answer(response).await?;
        serde_json::from_slice(&body).map_err(|_| ServerError::NotTheApi {
            status,
            content_type: "application/json".into(),
        })
    }

    /// The body of a good answer, or what the status means.
    async fn answer(&self, response: Response) -> Result<(u16, Vec<u8>), ServerError> {
        let status = response.status();
        let header = |name: HeaderName| {
            response
                .headers()
                .get(name)
                .and_then(|value| value.to_str().ok())
                .unwrap_or_default()
                .to_string()
        };
        let content_type = header(CONTENT_TYPE);
        let retry_after = header(RETRY_AFTER).trim().parse().ok().map(Duration::from_secs);
        let body = self.body(response).await?;
        let is_json = content_type.to_ascii_lowercase().contains("json");
        if status.is_success() && is_json {
            return Ok((status.as_u16(), body));
        }
        let error: Option<ApiError> = serde_json::from_slice(&body).ok();
        let (message, code) = error.map_or_else(
            || (status.canonical_reason().unwrap_or_default().to_string(), None),
            |error| (error.message, error.code),
        );
        let passing = status.is_server_error()
            || matches!(
                status,
                StatusCode::REQUEST_TIMEOUT | StatusCode::TOO_EARLY | StatusCode::TOO_MANY_REQUESTS
            );
        let code_number = status.as_u16();
        Err(match status {
            StatusCode::UNAUTHORIZED => ServerError::Unauthorized { message },
            StatusCode::FORBIDDEN => ServerError::Forbidden { message },
            // The same batch is still being worked on from an earlier try: wait and ask again.
            StatusCode::CONFLICT if code.as_deref() == Some("in_progress") => ServerError::Overloaded {
                status: code_number,
                message,
                retry_after,
            },
            _ if passing => ServerError::Overloaded {
                status: code_number,
                message,
                retry_after,
            },
            _ if !is_json => ServerError::NotTheApi {
                status: code_number,
                content_type,
            },
            _ => ServerError::Refused {
                status: code_number,
                code,
                message,
            },
        })
    }

    async fn body(&self, mut response: Response) -> Result<Vec<u8>, ServerError> {
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(|error| self.failed(&error))? {
            if body.len() + chunk.len() > LARGEST_ANSWER {
                return Err(ServerError::NotTheApi {
                    status: response.status().as_u16(),
                    content_type: format!("more than {} MiB", LARGEST_ANSWER >> 20),
                });
            }
            body.extend_from_slice(&chunk);
        }
        Ok(body)
    }

    /// What an error of the transport means. The text never holds an address with a secret: none is in it.
    fn failed(&self, error: &reqwest::Error) -> ServerError {
        let host = self.host();
        let mut reason = if error.is_timeout() {
            SystemReason::TimedOut
        } else {
            SystemReason::Other(error.to_string())
        };
        // The innermost cause says most; what the system itself said can be told in the person's language.
        let mut cause = error.source();
        while let Some(error) = cause {
            reason = match error.downcast_ref::<std::io::Error>() {
                Some(error) => error.into(),
                None if reason == SystemReason::TimedOut => reason,
                None => SystemReason::Other(error.to_string()),
            };
            cause = error.source();
        }
        let text = reason.to_string();
        let about_certificate = text.to_ascii_lowercase().contains("certificate");
        if about_certificate {
            ServerError::Certificate { host, reason: text }
        } else if error.is_connect() || error.is_builder() {
            ServerError::NoConnection { host, reason }
        } else {
            ServerError::NoAnswer { host, reason }
        }
    }
}
