//! `GET /api/info`: what the viewer needs to know before anything else.

use access::Actor;
use axum::{Json, extract::State};
use serde::Serialize;
use utoipa::ToSchema;

use super::Caller;
use crate::{WebError, WebState};

/// What the server is and who asks.
#[derive(Serialize, ToSchema)]
pub(crate) struct Info {
    /// `yingyun`.
    name: &'static str,
    /// The server's version.
    version: &'static str,
    /// Whether the server runs without sign-in.
    dev: bool,
    /// The signed-in account; null: nobody, so sign in first unless `dev`.
    user: Option<String>,
    /// The institution that the signed-in account belongs to.
    institution: Option<String>,
    /// Providers by which people sign in, beside name and password.
    openid: Vec<ProviderButton>,
    /// Whether accounts of other institutions than the archive's own sign in here too, by its id.
    institutions: bool,
    /// What the signed-in person does, as `radiologist`; an administrator sees no images.
    roles: Vec<&'static str>,
    /// Where studies can be sent to by DICOM; null: nobody asks.
    dicom: Option<Door>,
}

/// A provider by which people sign in.
#[derive(Serialize, ToSchema)]
pub(crate) struct ProviderButton {
    /// Its id: `/api/session/openid/{id}` leads to it.
    id: String,
    /// What to call it.
    label: String,
}

/// The DICOM network's door.
#[derive(Serialize, ToSchema)]
pub(crate) struct Door {
    /// AE title.
    ae_title: String,
    /// Port.
    port: u16,
}

/// What the server is and who asks.
#[utoipa::path(get, path = "/api/info", tag = "session", security((), ("bearer" = []), ("cookie" = [])), responses(
    (status = 200, description = "Version and signed-in account", body = Info),
    (status = 403, description = "A server of --dev was asked by another name than this machine's", body = crate::error::Problem),
    (status = 503, description = "The database does not answer", body = crate::error::Problem)))]
pub(crate) async fn info(
    State(state): State<WebState>,
    caller: Caller,
) -> Result<Json<Info>, WebError> {
    let (user, institution, roles) = match caller.actor() {
        Actor::User {
            name,
            institution,
            roles,
            ..
        } => (
            Some(name.clone()),
            Some(institution.to_string()),
            roles.iter().map(access::Role::as_str).collect(),
        ),
        Actor::Anonymous
        | Actor::Program { .. }
        | Actor::Developer { .. }
        | Actor::Operator { .. }
        | Actor::Peer { .. } => (None, None, Vec::new()),
    };
    let door = &state.settings.dicom;
    let institutions = state.database.has_several_institutions().await?;
    Ok(Json(Info {
        name: "yingyun",
        version: env!("CARGO_PKG_VERSION"),
        dev: state.settings.dev,
        user,
        institution,
        openid: state
            .openid
            .for_people()
            .map(|one| ProviderButton {
                id: one.id.clone(),
                label: one.label.clone(),
            })
            .collect(),
        institutions,
        roles,
        dicom: caller.require_known().is_ok().then(|| Door {
            ae_title: door.ae_title.to_string(),
            port: door.port,
        }),
    }))
}
