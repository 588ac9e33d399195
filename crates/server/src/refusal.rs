//! Everything the server says no with, and how it says so: always JSON, always with a code that programs can rely on.

use std::time::Duration;

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use lotse_core::lead::ExternalId;
use lotse_core::migration::{ApiError, ValidationError};
use serde::Serialize;

use crate::access::{AccessProblem, Role};
use crate::store::StoreProblem;

/// Why a request is not answered with what it asked for.
#[derive(Debug)]
pub(crate) enum Refusal {
    /// There is nothing at this path.
    UnknownPath,
    /// The path exists, the method does not.
    MethodNotAllowed,
    /// The thing asked for does not exist.
    NoSuch { what: &'static str, id: String },
    /// A parameter in the path or the query cannot be read.
    Parameter {
        name: &'static str,
        expected: &'static str,
    },
    /// The body is no JSON.
    NotJson {
        line: usize,
        column: usize,
        reason: String,
    },
    /// The body is JSON of another shape.
    Shape { path: String, expected: String },
    /// The batch has no leads, or more than a request may carry.
    BatchSize { leads: usize, maximum: usize },
    /// The body is declared to be something else than JSON.
    MediaType,
    /// The body is compressed.
    Encoding,
    /// The body is larger than the server takes.
    TooLarge { limit: usize },
    /// The connection ended inside the body.
    BodyCut,
    /// The body did not arrive in time.
    BodyLate,
    /// The idempotency key is empty, too long or not of visible ASCII.
    KeyUnusable,
    /// The idempotency key came before, with another body.
    KeyReused,
    /// Leads that did not pass a dry-run.
    DryRunRequired {
        missing: Vec<ExternalId>,
        total: usize,
        window: Duration,
    },
    /// A batch that was to be imported as a whole or not at all has invalid leads.
    InvalidLeads { errors: Vec<ValidationError> },
    /// The sender is not known.
    Access(AccessProblem),
    /// The sender is known and may not do this.
    Role { allowed: &'static [Role] },
    /// The database is locked by somebody else for too long.
    Busy,
    /// A fault of the server; what it is stands in the log only.
    Internal,
}

/// Leads that an error names one by one.
const NAMED: usize = 20;

#[derive(Serialize)]
struct Body {
    #[serde(flatten)]
    error: ApiError,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    validation_errors: Vec<ValidationError>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    external_ids: Vec<ExternalId>,
}

/// The code of a refusal, left in the response for the request log.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RefusedWith(pub(crate) &'static str);

impl Refusal {
    fn status(&self) -> StatusCode {
        match self {
            Self::UnknownPath | Self::NoSuch { .. } => StatusCode::NOT_FOUND,
            Self::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            Self::Parameter { .. }
            | Self::NotJson { .. }
            | Self::Shape { .. }
            | Self::BatchSize { .. }
            | Self::BodyCut
            | Self::KeyUnusable => StatusCode::BAD_REQUEST,
            Self::MediaType | Self::Encoding => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::TooLarge { .. } => StatusCode::PAYLOAD_TOO_LARGE,
            Self::BodyLate => StatusCode::REQUEST_TIMEOUT,
            Self::KeyReused | Self::InvalidLeads { .. } => StatusCode::UNPROCESSABLE_ENTITY,
            Self::DryRunRequired { .. } => StatusCode::CONFLICT,
            Self::Access(_) => StatusCode::UNAUTHORIZED,
            Self::Role { .. } => StatusCode::FORBIDDEN,
            Self::Busy => StatusCode::SERVICE_UNAVAILABLE,
            Self::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// The stable code.
    pub(crate) fn code(&self) -> &'static str {
        match self {
            Self::UnknownPath | Self::NoSuch { .. } => "not_found",
            Self::MethodNotAllowed => "method_not_allowed",
            Self::Parameter { .. } => "invalid_parameter",
            Self::NotJson { .. } => "invalid_json",
            Self::Shape { .. } => "invalid_request",
            Self::BatchSize { .. } => "batch_size",
            Self::MediaType => "unsupported_media_type",
            Self::Encoding => "unsupported_encoding",
            Self::TooLarge { .. } => "body_too_large",
            Self::BodyCut => "body_incomplete",
            Self::BodyLate => "body_timeout",
            Self::KeyUnusable => "idempotency_key_invalid",
            Self::KeyReused => "idempotency_key_reused",
            Self::DryRunRequired { .. } => "dry_run_required",
            Self::InvalidLeads { .. } => "validation_failed",
            Self::Access(problem) => problem.code(),
            Self::Role { .. } => "role_missing",
            Self::Busy => "busy",
            Self::Internal => "internal",
        }
    }

    /// The sentence.
    pub(crate) fn message(&self) -> String {
        match self {
            Self::UnknownPath => "There is nothing at this path. Please check the base URL.".into(),
            Self::MethodNotAllowed => "This path does not take this method; see the header Allow.".into(),
            Self::NoSuch { what, id } => format!("There is no {what} with the id {id:?}."),
            Self::Parameter { name, expected } => format!("The parameter {name} must be {expected}."),
            Self::NotJson { line, column, reason } => {
                format!("The body is not JSON: {reason} at line {line}, column {column}.")
            }
            Self::Shape { path, expected } => format!("{path} must be {expected}."),
            Self::BatchSize { leads, maximum } => {
                format!("leads holds {leads} leads; a request carries 1 to {maximum}.")
            }
            Self::MediaType => {
                "The body must be JSON, with the header Content-Type: application/json.".into()
            }
            Self::Encoding => "The body must not be compressed: please leave out Content-Encoding.".into(),
            Self::TooLarge { limit } => {
                format!("The body is larger than {limit} bytes. Please send fewer leads in one request.")
            }
            Self::BodyCut => {
                "The connection ended before the body was complete. Nothing was imported.".into()
            }
            Self::BodyLate => "The body did not arrive in time. Nothing was imported.".into(),
            Self::KeyUnusable => {
                "The header Idempotency-Key must hold 1 to 255 visible ASCII characters, once.".into()
            }
            Self::KeyReused => {
                "This Idempotency-Key was used for another body. Please take a new key for a new batch."
                    .into()
            }
            Self::DryRunRequired {
                missing,
                total,
                window,
            } => {
                let named: Vec<&str> = missing.iter().take(NAMED).map(|id| id.0.as_str()).collect();
                let more = if missing.len() > NAMED { ", …" } else { "" };
                format!(
                    "{} of {total} leads did not pass a dry-run with exactly this content in the last {}: \
                     {}{more}. Please send the batch with dryRun: true first.",
                    missing.len(),
                    told(*window),
                    named.join(", "),
                )
            }
            Self::InvalidLeads { errors } => format!(
                "Nothing was imported: skipOnError is false, and there are {} validation errors.",
                errors.len()
            ),
            Self::Access(problem) => problem.to_string(),
            Self::Role { allowed } => {
                let names: Vec<&str> = allowed.iter().map(|role| role.as_str()).collect();
                format!("This needs the role {}.", names.join(" or "))
            }
            Self::Busy => "The database is busy. Please repeat the request.".into(),
            Self::Internal => {
                "The server has failed. Its log says more under the request id in the header X-Request-Id."
                    .into()
            }
        }
    }
}

/// A window in the unit in which it was most likely set.
fn told(window: Duration) -> String {
    match window.as_secs() {
        seconds if seconds >= 3600 && seconds.is_multiple_of(3600) => format!("{} hours", seconds / 3600),
        seconds if seconds >= 60 && seconds.is_multiple_of(60) => format!("{} minutes", seconds / 60),
        seconds => format!("{seconds} seconds"),
    }
}

impl From<StoreProblem> for Refusal {
    fn from(problem: StoreProblem) -> Self {
        match problem {
            StoreProblem::Busy => Self::Busy,
            StoreProblem::Failed { .. } | StoreProblem::Damaged { .. } => {
                tracing::error!(error = %problem, "the store has failed");
                Self::Internal
            }
        }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let status = self.status();
        let code = self.code();
        let word = match status {
            StatusCode::UNAUTHORIZED => "Unauthorized",
            StatusCode::FORBIDDEN => "Forbidden",
            StatusCode::NOT_FOUND => "NotFound",
            StatusCode::CONFLICT => "Conflict",
            status if status.is_server_error() => "Error",
            _ => "Invalid",
        };
        let error = ApiError {
            status: word.into(),
            message: self.message(),
            code: Some(code.into()),
        };
        let retry = matches!(self, Self::Busy);
        let (validation_errors, external_ids) = match self {
            Self::InvalidLeads { errors } => (errors, Vec::new()),
            Self::DryRunRequired { missing, .. } => (Vec::new(), missing),
            _ => (Vec::new(), Vec::new()),
        };
        let body = Body {
            error,
            validation_errors,
            external_ids,
        };
        let mut response = (status, Json(body)).into_response();
        response.extensions_mut().insert(RefusedWith(code));
        let headers = response.headers_mut();
        if status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        if retry {
            headers.insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
        }
        response
    }
}
