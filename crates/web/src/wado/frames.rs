//! Retrieving frames (PS3.18 §10.4.1.1.4): as stored, or uncompressed.

use axum::{
    extract::{Path, Query, State},
    http::HeaderMap,
    response::Response,
};
use futures::{FutureExt, StreamExt, TryStreamExt, stream};
use model::{Operation, Permit};
use retrieve::{Frame, FrameForm, Instance, Priority, RetrieveError};

use super::{
    negotiate::{self, Form, Pixels},
    objects, pixel_media, scope,
};
use crate::{
    WebError, WebState,
    accept::{self, OCTETS},
    address::Address,
    boundary::boundary,
    multipart::{self, Part},
    session::Caller,
};

const AVAILABLE: &str = "multipart/related; type=\"application/octet-stream\" (uncompressed, where \
    the stored syntax can be decoded), or with transfer-syntax=* as stored; for one frame also without multipart";

/// Retrieves frames, in the order asked.
#[utoipa::path(get, path = "/dicom-web/studies/{study}/series/{series}/instances/{instance}/frames/{frames}", tag = "WADO-RS", params(
    ("study" = String, Path, description = "Study Instance UID"),
    ("series" = String, Path, description = "Series Instance UID"),
    ("instance" = String, Path, description = "SOP Instance UID"),
    ("frames" = String, Path, description = "Frame numbers from 1, comma-separated")), responses(
    (status = 200, description = "A part a frame", content_type = "multipart/related; type=\"application/octet-stream\"", body = Vec<u8>),
    (status = 400, description = "The frame list cannot be read", body = crate::error::Problem),
    (status = 401, description = "Not signed in", body = crate::error::Problem),
    (status = 404, description = "No such instance or frame", body = crate::error::Problem),
    (status = 406, description = "Nothing acceptable", body = crate::error::Problem),
    (status = 503, description = "Too many pictures wait to be decoded", body = crate::error::Problem)))]
pub(crate) async fn frames(
    State(state): State<WebState>,
    caller: Caller,
    headers: HeaderMap,
    Path((study, series, sop, frames)): Path<(String, String, String, String)>,
    Query(query): Query<Vec<(String, String)>>,
) -> Result<Response, WebError> {
    let permit = caller.permit(Operation::Retrieve)?;
    let scope = scope::instance(&study, &series, &sop)?;
    let numbers = numbers(&frames)?;
    let instance = one(&state, &permit, &scope).await?;
    let count = instance.frame_count();
    if let Some(&number) = numbers.iter().find(|&&number| number > count) {
        let number = number.into();
        return Err(RetrieveError::NoFrame { number, count }.into());
    }
    let ranges = accept::ranges(&headers, &query);
    let stored = instance.transfer_syntax();
    let essence = pixel_media::of(stored);
    for (form, pixels) in negotiate::frames(&ranges, stored, essence, numbers.len() == 1) {
        let wanted = Wanted {
            state: state.clone(),
            permit: permit.clone(),
            instance: instance.clone(),
            pixels,
            priority: match numbers.len() {
                1 => Priority::Interactive,
                _ => Priority::Bulk,
            },
        };
        let first = match wanted.frame(numbers[0]).await {
            Err(RetrieveError::NotConvertible { .. } | RetrieveError::NotRenderable { .. }) => {
                continue;
            }
            first => first?,
        };
        return match form {
            Form::Single => objects::whole(first.0.content, &first.1),
            Form::Multipart => {
                let address = Address::new(state.settings.base_url.as_deref(), &headers);
                wanted.several(numbers, first, &address).await
            }
        };
    }
    Err(WebError::NotAcceptable(AVAILABLE))
}

/// The instance that `scope` names.
pub(super) async fn one(
    state: &WebState,
    permit: &Permit,
    scope: &database::Scope,
) -> Result<Instance, WebError> {
    let instances = state.retrieve.instances(permit, scope).await?;
    instances
        .into_iter()
        .next()
        .ok_or(WebError::NotFound("the instance"))
}

/// Reads a frame list of one frame.
pub(super) fn single(list: &str) -> Result<u32, WebError> {
    match numbers(list)?[..] {
        [number] => Ok(number),
        _ => Err(WebError::BadRequest(
            "one frame is rendered at a time".into(),
        )),
    }
}

/// Reads a frame list: numbers from 1.
fn numbers(list: &str) -> Result<Vec<u32>, WebError> {
    list.split(',')
        .map(|number| number.trim().parse().ok().filter(|&number| number > 0))
        .collect::<Option<Vec<u32>>>()
        .ok_or_else(|| {
            WebError::BadRequest("frames: numbers from 1, comma-separated, expected".into())
        })
}

/// A frame and its media type.
type Typed = (Frame, String);

/// How the frames of one instance are wanted.
#[derive(Clone)]
struct Wanted {
    state: WebState,
    permit: Permit,
    instance: Instance,
    pixels: Pixels,
    priority: Priority,
}

impl Wanted {
    /// Frame `number`, counted from 1.
    async fn frame(&self, number: u32) -> Result<Typed, RetrieveError> {
        let form = match self.pixels {
            Pixels::AsStored | Pixels::AsStoredOctets => FrameForm::AsStored,
            Pixels::Native => FrameForm::Native,
        };
        let retrieve = &self.state.retrieve;
        let frame = retrieve
            .frame(
                &self.permit,
                &self.instance,
                number - 1,
                form,
                self.priority,
            )
            .await?;
        let essence = match self.pixels {
            Pixels::AsStored => pixel_media::of(&frame.transfer_syntax),
            Pixels::AsStoredOctets | Pixels::Native => OCTETS,
        };
        let content_type = format!("{essence}; transfer-syntax={}", frame.transfer_syntax);
        Ok((frame, content_type))
    }

    async fn several(
        self,
        numbers: Vec<u32>,
        first: Typed,
        address: &Address,
    ) -> Result<Response, WebError> {
        let base = address.instance(self.instance.key());
        let root = match self.pixels {
            Pixels::AsStored => pixel_media::of(&first.0.transfer_syntax),
            Pixels::AsStoredOctets | Pixels::Native => OCTETS,
        };
        let boundary = boundary(self.state.secrets.as_ref());
        let mut first = Some(first);
        let parts = stream::iter(numbers).map(move |number| {
            let wanted = self.clone();
            let location = format!("{base}/frames/{number}");
            let opened = first.take();
            async move {
                let (frame, content_type) = match opened {
                    Some(first) => first,
                    None => wanted.frame(number).await?,
                };
                Ok(Part {
                    content_type,
                    location: Some(location),
                    length: Some(frame.content.length),
                    bytes: frame.content.body.map_err(WebError::Retrieve).boxed(),
                })
            }
            .boxed()
        });
        multipart::respond(root, boundary, parts).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frame_lists_are_numbers_from_one() {
        assert_eq!(numbers("1").unwrap(), [1]);
        assert_eq!(numbers("3,1, 2").unwrap(), [3, 1, 2]);
        for list in ["", "0", "1,", "-1", "a", "1,0", "99999999999"] {
            assert!(numbers(list).is_err(), "{list}");
        }
    }
}
