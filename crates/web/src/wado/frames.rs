//! Retrieving frames (PS3.18 §10.4.1.1.6): as stored, or uncompressed.

use access::Permit;
use axum::{extract::Path, response::Response};
use futures::{FutureExt, StreamExt, TryStreamExt, stream};
use model::TransferSyntax;
use retrieve::{Frame, FrameForm, Instance, Priority, RetrieveError};

use super::{
    asked::{Asked, located, typed},
    negotiate::{self, Form, Pixels},
    objects, pixel_media, scope,
};
use crate::{
    WebError,
    accept::OCTETS,
    boundary::boundary,
    conditional::EntityTag,
    multipart::{self, Part},
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
    (status = 304, description = "The client has them"),
    (status = 400, description = "The frame list cannot be read", body = crate::error::Problem),
    (status = 401, description = "Not signed in", body = crate::error::Problem),
    (status = 404, description = "No such instance or frame", body = crate::error::Problem),
    (status = 406, description = "Nothing acceptable", body = crate::error::Problem),
    (status = 503, description = "Too many pictures wait to be decoded", body = crate::error::Problem)))]
pub(crate) async fn frames(
    asked: Asked,
    Path((study, series, sop, frames)): Path<(String, String, String, String)>,
) -> Result<Response, WebError> {
    let permit = asked.permit()?;
    let scope = scope::instance(&study, &series, &sop)?;
    let numbers = numbers(&frames)?;
    let instance = asked.instance(&permit, &scope).await?;
    let count = instance.frame_count();
    if let Some(&number) = numbers.iter().find(|&&number| number > count) {
        let number = number.into();
        return Err(RetrieveError::NoFrame { number, count }.into());
    }
    let ways = ways(&asked, &instance, numbers.len() == 1);
    answer(&asked, &permit, instance, numbers, ways).await
}

/// The ways in which the client takes frames of `instance`; `single`: there is one.
pub(super) fn ways(asked: &Asked, instance: &Instance, single: bool) -> Vec<(Form, Pixels)> {
    let stored = instance.transfer_syntax();
    negotiate::frames(&asked.accepted(), stored, pixel_media::of(stored), single)
}

/// Answers with frames `numbers`, in the first of `ways` that can be gone.
pub(super) async fn answer(
    asked: &Asked,
    permit: &Permit,
    instance: Instance,
    numbers: Vec<u32>,
    ways: Vec<(Form, Pixels)>,
) -> Result<Response, WebError> {
    for (form, pixels) in ways {
        let wanted = Wanted {
            asked: asked.clone(),
            permit: permit.clone(),
            instance: instance.clone(),
            pixels,
            priority: match numbers.len() {
                1 => Priority::Interactive,
                _ => Priority::Bulk,
            },
        };
        if pixels == Pixels::Native && !asked.decodes(&instance) {
            continue;
        }
        let tag = wanted.tag(form, &numbers);
        let content_type = match form {
            Form::Single => wanted.content_type(),
            Form::Multipart => format!("multipart/related; type=\"{}\"", wanted.essence()),
        };
        let study = &instance.key().study;
        let without = asked.without_body(permit, study, &tag, &content_type);
        if let Some(response) = without.await? {
            return Ok(response);
        }
        let first = match wanted.frame(numbers[0]).await {
            Err(RetrieveError::NotConvertible { .. } | RetrieveError::NotRenderable { .. }) => {
                continue;
            }
            first => first?,
        };
        let mut response = match form {
            Form::Single => {
                let length = first.content.length;
                let mut response = typed(objects::body(first.content), &content_type)?;
                let headers = response.headers_mut();
                headers.insert(axum::http::header::CONTENT_LENGTH, length.into());
                located(&mut response, &wanted.location(numbers[0]));
                response
            }
            Form::Multipart => wanted.several(numbers, first).await?,
        };
        tag.mark(&mut response);
        return Ok(response);
    }
    Err(WebError::NotAcceptable(AVAILABLE))
}

/// Reads a frame list of one frame.
pub(super) fn single(list: &str) -> Result<u32, WebError> {
    match numbers(list)?[..] {
        [number] => Ok(number),
        _ => Err(WebError::BadRequest("a thumbnail is of one frame".into())),
    }
}

/// Reads a frame list: numbers from 1.
pub(super) fn numbers(list: &str) -> Result<Vec<u32>, WebError> {
    list.split(',')
        .map(|number| number.trim().parse().ok().filter(|&number| number > 0))
        .collect::<Option<Vec<u32>>>()
        .ok_or_else(|| {
            WebError::BadRequest("frames: numbers from 1, comma-separated, expected".into())
        })
}

/// How the frames of one instance are wanted.
#[derive(Clone)]
struct Wanted {
    asked: Asked,
    permit: Permit,
    instance: Instance,
    pixels: Pixels,
    priority: Priority,
}

impl Wanted {
    /// Media type of the frames.
    fn essence(&self) -> &'static str {
        match self.pixels {
            Pixels::AsStored => pixel_media::of(self.instance.transfer_syntax()),
            Pixels::AsStoredOctets | Pixels::Native => OCTETS,
        }
    }

    /// The same with the transfer syntax that they come in: native ones leave little endian.
    fn content_type(&self) -> String {
        let explicit = TransferSyntax::explicit_little();
        let syntax = match self.pixels == Pixels::Native || !self.instance.is_encapsulated() {
            true => &explicit,
            false => self.instance.transfer_syntax(),
        };
        format!("{}; transfer-syntax={syntax}", self.essence())
    }

    fn location(&self, number: u32) -> String {
        let address = self.asked.address();
        format!("{}/frames/{number}", address.instance(self.instance.key()))
    }

    fn tag(&self, form: Form, numbers: &[u32]) -> EntityTag {
        let way = format!("{form:?} {:?}", self.pixels);
        let numbers: Vec<String> = numbers.iter().map(u32::to_string).collect();
        let numbers = numbers.join(",");
        let parts = ["frames", &self.instance.entity_tag(), &way, &numbers];
        match form {
            Form::Single => EntityTag::strong(&parts),
            Form::Multipart => EntityTag::weak(&parts),
        }
    }

    /// Frame `number`, counted from 1.
    async fn frame(&self, number: u32) -> Result<Frame, RetrieveError> {
        let form = match self.pixels {
            Pixels::AsStored | Pixels::AsStoredOctets => FrameForm::AsStored,
            Pixels::Native => FrameForm::Native,
        };
        let (retrieve, index0) = (&self.asked.state.retrieve, number - 1);
        let frame = retrieve.frame(&self.permit, &self.instance, index0, form, self.priority);
        frame.await
    }

    async fn several(self, numbers: Vec<u32>, first: Frame) -> Result<Response, WebError> {
        let root = self.essence();
        let boundary = boundary(self.asked.state.secrets.as_ref());
        let mut first = Some(first);
        let parts = stream::iter(numbers).map(move |number| {
            let wanted = self.clone();
            let opened = first.take();
            async move {
                let frame = match opened {
                    Some(first) => first,
                    None => wanted.frame(number).await?,
                };
                Ok(Part {
                    content_type: format!(
                        "{}; transfer-syntax={}",
                        wanted.essence(),
                        frame.transfer_syntax
                    ),
                    location: Some(wanted.location(number)),
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
