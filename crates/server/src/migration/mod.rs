//! The migration API: `/api/admin/migration/…`.
//!
//! [`import`] takes a request apart and hands it, step by step, to [`request`] (the shape), [`check`] (the rules),
//! [`duplicates`], [`verdict`] (what becomes of each lead) and [`run`] (the transaction). The other modules answer
//! what can be read afterwards.

pub(crate) mod audit;
mod check;
mod duplicates;
pub(crate) mod facts;
mod import;
mod leads;
mod request;
mod run;
mod users;
mod verdict;

use axum::Router;
use axum::routing::{get, post};

use crate::app::App;

pub(crate) use duplicates::Matcher;
pub(crate) use import::{Import, import_batch};
pub(crate) use run::Answer;

/// The routes of the API.
pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/api/admin/migration/leads/import", post(import::import))
        .route("/api/admin/migration/leads", get(leads::by_external_id))
        .route("/api/admin/migration/leads/{id}", get(leads::by_id))
        .route("/api/admin/migration/audit/{id}", get(audit::by_id))
        .route("/api/admin/migration/users", get(users::list))
}
