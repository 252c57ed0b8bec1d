//! `/api/admin/deeds`: what administrators did.

use access::Administration;
use axum::{
    Json,
    extract::{Query, State, rejection::QueryRejection},
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{accounts, text};
use crate::{WebError, WebState, session::Caller};

/// The most that one answer holds.
const MOST: u32 = 1000;

/// Something that an administrator did.
#[derive(Serialize, ToSchema)]
pub(crate) struct Deed {
    /// Its number: later deeds have higher ones.
    number: u64,
    /// When (RFC 3339).
    done: String,
    /// Who did it, as `user:admin`; `operator` at the command line.
    actor: String,
    /// What was done: `user_made`, `administrator_made`, `roles_set`, `user_locked`, `user_unlocked`, `password_reset`,
    /// `second_factor_reset`, `token_issued`, `token_revoked`, `institution_put`, `standing_set`, `entity_put`,
    /// `entity_removed`.
    deed: String,
    /// The account, token, institution or application entity.
    subject: String,
    /// What else is known, as the roles.
    detail: String,
}

/// Which deeds.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Page {
    /// Those with a lower number only: the last of the page before.
    before: Option<u64>,
    /// At most so many, 1000 at most.
    limit: Option<u32>,
}

/// Lists what administrators did, the latest first.
#[utoipa::path(get, path = "/api/admin/deeds", tag = "administration", params(Page), responses(
    (status = 200, description = "Deeds, the latest first", body = [Deed]),
    (status = 400, description = "A parameter cannot be read", body = crate::error::Problem),
    (status = 401, description = "Not signed in", body = crate::error::Problem),
    (status = 403, description = "Not an audit administrator", body = crate::error::Problem)))]
pub(crate) async fn deeds(
    State(state): State<WebState>,
    caller: Caller,
    page: Result<Query<Page>, QueryRejection>,
) -> Result<Json<Vec<Deed>>, WebError> {
    let (accounts, authority) = accounts(&state, &caller, Administration::Deeds)?;
    let Query(page) = page.map_err(|error| WebError::BadRequest(error.body_text()))?;
    let limit = page.limit.unwrap_or(MOST).min(MOST);
    let deeds = accounts.deeds(&authority, page.before, limit).await?;
    let listed = deeds.into_iter().map(|deed| {
        Ok(Deed {
            number: deed.number,
            done: text(deed.done)?,
            actor: deed.actor,
            deed: deed.deed,
            subject: deed.subject,
            detail: deed.detail,
        })
    });
    listed.collect::<Result<_, _>>().map(Json)
}
