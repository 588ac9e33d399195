//! `GET /api/admin/migration/users`: who may own leads, so that clients can check owners before they send.

use axum::Json;
use axum::extract::State;
use serde::Serialize;

use crate::access::Officer;
use crate::app::App;
use crate::refusal::Refusal;

#[derive(Serialize)]
pub(crate) struct UsersAnswer {
    users: Vec<UserAnswer>,
}

#[derive(Serialize)]
struct UserAnswer {
    id: String,
    name: String,
}

pub(crate) async fn list(State(app): State<App>, _: Officer) -> Result<Json<UsersAnswer>, Refusal> {
    let users = app.with_store(|store| store.users()).await?;
    let active = users.into_iter().filter(|user| user.deactivated_at.is_none());
    let told = active.map(|user| UserAnswer {
        id: user.id,
        name: user.name,
    });
    Ok(Json(UsersAnswer {
        users: told.collect(),
    }))
}
