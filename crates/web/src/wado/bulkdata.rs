//! Retrieving long values that metadata only names (PS3.18 §10.4.1.1.5).

use axum::{
    extract::{Path, Query, State},
    http::HeaderMap,
    response::Response,
};
use futures::{FutureExt, StreamExt, TryStreamExt, stream};
use model::Operation;

use super::{
    frames::one,
    negotiate::{self, Form},
    objects, scope,
};
use crate::{
    WebError, WebState,
    accept::{self, OCTETS},
    address::Address,
    boundary::boundary,
    multipart::{self, Opened, Part},
    session::Caller,
};

const AVAILABLE: &str =
    "multipart/related; type=\"application/octet-stream\", application/octet-stream";

/// Retrieves a value, little endian.
#[utoipa::path(get, path = "/dicom-web/studies/{study}/series/{series}/instances/{instance}/bulkdata/{*path}", tag = "WADO-RS", params(
    ("study" = String, Path, description = "Study Instance UID"),
    ("series" = String, Path, description = "Series Instance UID"),
    ("instance" = String, Path, description = "SOP Instance UID"),
    ("path" = String, Path, description = "Tags and item numbers, as the metadata's BulkDataURI says")), responses(
    (status = 200, description = "The value", content_type = "multipart/related; type=\"application/octet-stream\"", body = Vec<u8>),
    (status = 401, description = "Not signed in", body = crate::error::Problem),
    (status = 404, description = "No such instance or value", body = crate::error::Problem),
    (status = 406, description = "Nothing acceptable", body = crate::error::Problem)))]
pub(crate) async fn bulkdata(
    State(state): State<WebState>,
    caller: Caller,
    headers: HeaderMap,
    Path((study, series, sop, path)): Path<(String, String, String, String)>,
    Query(query): Query<Vec<(String, String)>>,
) -> Result<Response, WebError> {
    let permit = caller.permit(Operation::Retrieve)?;
    let scope = scope::instance(&study, &series, &sop)?;
    let choice = negotiate::choices(&accept::ranges(&headers, &query), OCTETS)
        .into_iter()
        .find(|choice| choice.covers(OCTETS))
        .ok_or(WebError::NotAcceptable(AVAILABLE))?;
    let instance = one(&state, &permit, &scope).await?;
    let bulk = state.retrieve.bulkdata(&permit, &instance, &path).await?;
    if choice.form == Form::Single {
        return objects::whole(bulk.content, OCTETS);
    }
    let address = Address::new(state.settings.base_url.as_deref(), &headers);
    let part = Part {
        content_type: OCTETS.into(),
        location: Some(format!(
            "{}/bulkdata/{path}",
            address.instance(instance.key())
        )),
        length: Some(bulk.content.length),
        bytes: bulk.content.body.map_err(WebError::Retrieve).boxed(),
    };
    let part: Opened = async { Ok(part) }.boxed();
    let boundary = boundary(state.secrets.as_ref());
    multipart::respond(OCTETS, boundary, stream::iter([part])).await
}
