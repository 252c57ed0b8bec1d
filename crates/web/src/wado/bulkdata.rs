//! Retrieving long values that metadata only names (PS3.18 §10.4.1.1.5).

use axum::{extract::Path, response::Response};
use futures::{FutureExt, StreamExt, TryStreamExt, stream};
use retrieve::Instance;

use super::{
    asked::{Asked, located},
    frames,
    negotiate::Pixels,
    scope,
};
use crate::{
    WebError,
    accept::{Accepted, Form, OCTETS, Offer},
    boundary::boundary,
    conditional::EntityTag,
    multipart::{self, Opened, Part},
};

const AVAILABLE: &str = "application/octet-stream, of an encapsulated document also its own media type, of \
    compressed pixel data frames as stored; multipart/related of these";

pub(super) const PIXEL_DATA: &str = "7FE00010";
const DOCUMENT: &str = "00420011";

/// Retrieves a value, little endian; of compressed pixel data the frames where the client takes them
/// as they are stored.
#[utoipa::path(get, path = "/dicom-web/studies/{study}/series/{series}/instances/{instance}/bulkdata/{*path}", tag = "WADO-RS", params(
    ("study" = String, Path, description = "Study Instance UID"),
    ("series" = String, Path, description = "Series Instance UID"),
    ("instance" = String, Path, description = "SOP Instance UID"),
    ("path" = String, Path, description = "Tags and item numbers, as the metadata's BulkDataURI says")), responses(
    (status = 200, description = "The value", content_type = "multipart/related; type=\"application/octet-stream\"", body = Vec<u8>),
    (status = 206, description = "The range asked for, without multipart", content_type = "application/octet-stream", body = Vec<u8>),
    (status = 304, description = "The client has it"),
    (status = 401, description = "Not signed in", body = crate::error::Problem),
    (status = 404, description = "No such instance or value", body = crate::error::Problem),
    (status = 406, description = "Nothing acceptable", body = crate::error::Problem),
    (status = 416, description = "The range begins behind the end", body = crate::error::Problem)))]
pub(crate) async fn bulkdata(
    asked: Asked,
    Path((study, series, sop, path)): Path<(String, String, String, String)>,
) -> Result<Response, WebError> {
    let permit = asked.permit()?;
    let scope = scope::instance(&study, &series, &sop)?;
    let accepted = asked.accepted();
    if path != PIXEL_DATA && path != DOCUMENT {
        chosen(&accepted, None)?;
    }
    let instance = asked.instance(&permit, &scope).await?;
    if path == PIXEL_DATA
        && let Some(ways) = as_stored(&asked, &instance)
    {
        let numbers = (1..=instance.frame_count()).collect();
        return frames::answer(&asked, &permit, instance, numbers, ways).await;
    }
    let tag = |offer: Offer<'_>| {
        let (version, form) = (instance.entity_tag(), format!("{:?}", offer.form));
        let parts = ["bulk data", &version, &path, &form, offer.essence];
        match offer.form {
            Form::Single => EntityTag::strong(&parts),
            Form::Multipart => EntityTag::weak(&parts),
        }
    };
    // What kind of document it is only its header tells.
    if path != DOCUMENT && !asked.is_head {
        let offer = chosen(&accepted, None)?;
        let (tag, study) = (tag(offer), &instance.key().study);
        let content_type = content_type(offer);
        let without = asked.without_body(&permit, study, &tag, &content_type);
        if let Some(response) = without.await? {
            return Ok(response);
        }
    }
    let retrieve = &asked.state.retrieve;
    let bulk = retrieve.bulkdata(&permit, &instance, &path).await?;
    let offer = chosen(&accepted, bulk.media)?;
    let tag = tag(offer);
    let content_type = content_type(offer);
    let study = &instance.key().study;
    let without = asked.without_body(&permit, study, &tag, &content_type);
    match without.await? {
        // Its length is known by now.
        Some(_) if asked.is_head && offer.form == Form::Single => {}
        Some(response) => return Ok(response),
        None => {}
    }
    let base = asked.address().instance(instance.key());
    let location = format!("{base}/bulkdata/{path}");
    if offer.form == Form::Single {
        let mut response = asked.bytes(bulk.value, &content_type, &tag).await?;
        located(&mut response, &location);
        return Ok(response);
    }
    let content = bulk.value.whole().await?;
    let part = Part {
        content_type: offer.essence.into(),
        location: Some(location),
        length: Some(content.length),
        bytes: content.body.map_err(WebError::Retrieve).boxed(),
    };
    let part: Opened = async { Ok(part) }.boxed();
    let boundary = boundary(asked.state.secrets.as_ref());
    let mut response = multipart::respond(offer.essence, boundary, stream::iter([part])).await?;
    tag.mark(&mut response);
    Ok(response)
}

/// What the client takes of bytes, and of a document of media type `document`.
fn chosen(accepted: &Accepted, document: Option<&'static str>) -> Result<Offer<'static>, WebError> {
    let mut offers = vec![Offer::multipart(OCTETS)];
    offers.extend(document.map(Offer::multipart));
    offers.push(Offer::single(OCTETS));
    offers.extend(document.map(Offer::single));
    let chosen = accepted.preferred(&offers);
    chosen.ok_or(WebError::NotAcceptable(AVAILABLE))
}

/// The ways of giving compressed pixel data frame by frame, if the client would rather have that than
/// its decoded bytes (PS3.18 §8.7.3.3).
fn as_stored(asked: &Asked, instance: &Instance) -> Option<Vec<(Form, Pixels)>> {
    if !instance.is_encapsulated() || instance.frame_count() == 0 {
        return None;
    }
    let mut ways = frames::ways(asked, instance, instance.frame_count() == 1);
    let first = ways.first().map(|(_, pixels)| *pixels);
    if first.is_none_or(|pixels| pixels == Pixels::Native) && asked.decodes(instance) {
        return None;
    }
    ways.retain(|(_, pixels)| *pixels != Pixels::Native);
    Some(ways)
}

fn content_type(offer: Offer<'_>) -> String {
    match offer.form {
        Form::Single => offer.essence.to_owned(),
        Form::Multipart => format!("multipart/related; type=\"{}\"", offer.essence),
    }
}
