//! Retrieving images that any browser shows, of a study, a series, an instance or frames
//! (PS3.18 §10.4.1.1.3, §8.3.5): single where there is one, a part each where there are several.

use access::Permit;
use axum::{body::Body, extract::Path, http::header, response::Response};
use database::Scope;
use futures::{FutureExt, StreamExt, TryStreamExt, stream};
use retrieve::{Priority, Rendering, RetrieveError, Shown};
use utoipa::IntoResponses;

use super::{
    asked::{Asked, located, typed},
    frames,
    rendering::{self, Look},
    scope,
};
use crate::{
    WebError,
    accept::Form,
    boundary::boundary,
    conditional::EntityTag,
    error::Problem,
    multipart::{self, Opened, Part},
};

/// What every picture is answered with.
#[derive(IntoResponses)]
#[expect(dead_code, reason = "a description, never a value")]
pub(crate) enum Pictures {
    /// The image; of several a part each in `multipart/related`.
    #[response(status = 200, content_type = "image/jpeg")]
    Image(Vec<u8>),
    /// The client has it.
    #[response(status = 304)]
    NotModified,
    /// A parameter cannot be read.
    #[response(status = 400)]
    Unreadable(Problem),
    /// Not signed in.
    #[response(status = 401)]
    NotSignedIn(Problem),
    /// Not found.
    #[response(status = 404)]
    NotFound(Problem),
    /// Nothing acceptable, or nothing to render.
    #[response(status = 406)]
    NotAcceptable(Problem),
    /// Too many pictures wait to be drawn.
    #[response(status = 503)]
    Busy(Problem),
}

/// Renders the images of a study: all frames, a part each.
#[utoipa::path(get, path = "/dicom-web/studies/{study}/rendered", tag = "WADO-RS", params(
    ("study" = String, Path, description = "Study Instance UID"), crate::openapi::Rendering), responses(Pictures))]
pub(crate) async fn of_study(
    asked: Asked,
    Path(study): Path<String>,
) -> Result<Response, WebError> {
    images(&asked, &scope::study(&study)?).await
}

/// Renders the images of a series: all frames, a part each.
#[utoipa::path(get, path = "/dicom-web/studies/{study}/series/{series}/rendered", tag = "WADO-RS", params(
    ("study" = String, Path, description = "Study Instance UID"),
    ("series" = String, Path, description = "Series Instance UID"), crate::openapi::Rendering), responses(Pictures))]
pub(crate) async fn of_series(
    asked: Asked,
    Path((study, series)): Path<(String, String)>,
) -> Result<Response, WebError> {
    images(&asked, &scope::series(&study, &series)?).await
}

/// Renders an instance: its first frame, all of them as parts or as a moving picture; of a grayscale
/// presentation state the images that it is of.
#[utoipa::path(get, path = "/dicom-web/studies/{study}/series/{series}/instances/{instance}/rendered", tag = "WADO-RS", params(
    ("study" = String, Path, description = "Study Instance UID"),
    ("series" = String, Path, description = "Series Instance UID"),
    ("instance" = String, Path, description = "SOP Instance UID"), crate::openapi::Rendering), responses(Pictures))]
pub(crate) async fn of_instance(
    asked: Asked,
    Path((study, series, sop)): Path<(String, String, String)>,
) -> Result<Response, WebError> {
    let permit = asked.permit()?;
    let scope = scope::instance(&study, &series, &sop)?;
    let wanted = Wanted::of(&asked, permit, false)?;
    let instance = asked.instance(&wanted.permit, &scope).await?;
    let base = asked.address().instance(instance.key());
    let retrieve = &asked.state.retrieve;
    let mut shown = retrieve.shown(&wanted.permit, instance).await?;
    if let (Form::Single, Look::Still(_)) = (wanted.form, wanted.look) {
        shown.truncate(1);
        shown.iter_mut().for_each(|shown| shown.frames.truncate(1));
    }
    wanted.answer(shown, &format!("{base}/rendered")).await
}

/// Renders frames: one as it is, several as parts or as a moving picture.
#[utoipa::path(get, path = "/dicom-web/studies/{study}/series/{series}/instances/{instance}/frames/{frames}/rendered", tag = "WADO-RS", params(
    ("study" = String, Path, description = "Study Instance UID"),
    ("series" = String, Path, description = "Series Instance UID"),
    ("instance" = String, Path, description = "SOP Instance UID"),
    ("frames" = String, Path, description = "Frame numbers from 1, comma-separated"), crate::openapi::Rendering), responses(Pictures))]
pub(crate) async fn of_frame(
    asked: Asked,
    Path((study, series, sop, list)): Path<(String, String, String, String)>,
) -> Result<Response, WebError> {
    let permit = asked.permit()?;
    let scope = scope::instance(&study, &series, &sop)?;
    let numbers = frames::numbers(&list)?;
    let wanted = Wanted::of(&asked, permit, false)?;
    let wanted = match wanted.look {
        Look::Still(_) if numbers.len() > 1 => Wanted::of(&asked, wanted.permit, true)?,
        _ => wanted,
    };
    let instance = asked.instance(&wanted.permit, &scope).await?;
    let base = asked.address().instance(instance.key());
    let mut shown = Shown::all(instance);
    shown.frames = numbers.iter().map(|number| number - 1).collect();
    let location = format!("{base}/frames/{list}/rendered");
    wanted.answer(vec![shown], &location).await
}

/// The images of a study or series. What has no pixels is left out.
async fn images(asked: &Asked, scope: &Scope) -> Result<Response, WebError> {
    let permit = asked.permit()?;
    Wanted::of(asked, permit.clone(), false)?;
    let instances = asked.state.retrieve.instances(&permit, scope).await?;
    let images = instances.into_iter().filter(|i| i.frame_count() > 0);
    let shown: Vec<Shown> = images.map(Shown::all).collect();
    let reason = || "nothing in it has pixel data".into();
    let first = shown
        .first()
        .ok_or_else(|| RetrieveError::NotRenderable { reason: reason() })?;
    let several = shown.len() > 1 || first.frames.len() > 1;
    let wanted = Wanted::of(asked, permit, several)?;
    let address = asked.address();
    let base = match &scope.series {
        Some(series) => address.series(&scope.study, series),
        None => address.study(&scope.study),
    };
    wanted.answer(shown, &format!("{base}/rendered")).await
}

/// How pictures are wanted.
#[derive(Clone)]
pub(super) struct Wanted {
    asked: Asked,
    pub(super) permit: Permit,
    form: Form,
    pub(super) look: Look,
    rendering: Rendering,
}

impl Wanted {
    /// Of what the request says; `several`: there are more than one.
    pub(super) fn of(asked: &Asked, permit: Permit, several: bool) -> Result<Self, WebError> {
        let (form, look) = rendering::look(&asked.accepted(), several)?;
        let rendering = rendering::rendering(&asked.query)?;
        Ok(Self::new(asked, permit, (form, look), rendering))
    }

    pub(super) fn new(
        asked: &Asked,
        permit: Permit,
        (form, look): (Form, Look),
        mut rendering: Rendering,
    ) -> Self {
        if let Look::Still(format) = look {
            rendering.format = format;
        }
        Self {
            asked: asked.clone(),
            permit,
            form,
            look,
            rendering,
        }
    }

    /// The same, small and without graphics.
    pub(super) fn in_small(mut self) -> Self {
        self.rendering = retrieve::thumbnail_of(self.rendering);
        self
    }

    /// The pictures of `shown`, of which there is one where they are wanted single; they lie at `location`.
    pub(super) async fn answer(
        self,
        shown: Vec<Shown>,
        location: &str,
    ) -> Result<Response, WebError> {
        let first = shown.first().ok_or(WebError::NotFound("the image"))?;
        for shown in &shown {
            let count = shown.image.frame_count();
            let missing = shown.frames.iter().find(|&&index0| index0 >= count);
            if let Some(&index0) = missing {
                let number = u64::from(index0) + 1;
                return Err(RetrieveError::NoFrame { number, count }.into());
            }
        }
        let tag = self.tag(&shown);
        let content_type = match self.form {
            Form::Single => self.look.essence().to_owned(),
            Form::Multipart => format!("multipart/related; type=\"{}\"", self.look.essence()),
        };
        let study = &first.image.key().study;
        let asked = &self.asked;
        let without = asked.without_body(&self.permit, study, &tag, &content_type);
        if let Some(response) = without.await? {
            return Ok(response);
        }
        let mut response = match self.form {
            Form::Single => {
                let mut response = self.clone().single(first).await?;
                located(&mut response, location);
                response
            }
            Form::Multipart => self.clone().several(shown).await?,
        };
        tag.mark(&mut response);
        self.warn(&mut response);
        Ok(response)
    }

    fn tag(&self, shown: &[Shown]) -> EntityTag {
        let mut parts = vec![format!(
            "{:?} {:?} {:?}",
            self.form, self.look, self.rendering
        )];
        for shown in shown {
            parts.push(shown.image.entity_tag());
            parts.push(format!("{:?}", shown.frames));
            parts.extend(shown.state.as_ref().map(|state| state.entity_tag()));
        }
        let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
        EntityTag::weak(&[&["rendered"], &parts[..]].concat())
    }

    async fn single(self, shown: &Shown) -> Result<Response, WebError> {
        let retrieve = &self.asked.state.retrieve;
        let body = match (self.look, shown.frames.first()) {
            (Look::Still(_), Some(&index0)) => {
                let priority = Priority::Interactive;
                let picture =
                    retrieve.picture(&self.permit, shown, index0, &self.rendering, priority);
                Body::from(picture.await?.bytes)
            }
            (Look::Moving(format), _) => {
                let cine = retrieve.cine(&self.permit, shown, &self.rendering, format);
                Body::from_stream(cine.await?)
            }
            (Look::Still(_), None) => return Err(WebError::NotFound("the frame")),
        };
        typed(body, self.look.essence())
    }

    /// A part a picture. A frame that cannot be drawn is left out, unless it is the only one.
    async fn several(self, shown: Vec<Shown>) -> Result<Response, WebError> {
        let essence = self.look.essence();
        let boundary = boundary(self.asked.state.secrets.as_ref());
        let mut subjects = Vec::new();
        for shown in shown {
            match self.look {
                Look::Moving(_) => subjects.push((shown, None)),
                Look::Still(_) => {
                    let frames = shown.frames.iter();
                    subjects.extend(frames.map(|&index0| (shown.clone(), Some(index0))));
                }
            }
        }
        let alone = subjects.len() == 1;
        let parts = stream::iter(subjects).filter_map(move |(shown, index0)| {
            let wanted = self.clone();
            async move {
                match wanted.part(&shown, index0).await {
                    Err(WebError::Retrieve(RetrieveError::NotRenderable { .. })) if !alone => None,
                    part => Some(async { part }.boxed() as Opened),
                }
            }
        });
        multipart::respond(essence, boundary, parts).await
    }

    async fn part(&self, shown: &Shown, index0: Option<u32>) -> Result<Part, WebError> {
        let retrieve = &self.asked.state.retrieve;
        let base = self.asked.address().instance(shown.image.key());
        let content_type = self.look.essence().into();
        match (self.look, index0) {
            (Look::Moving(format), _) => {
                let cine = retrieve.cine(&self.permit, shown, &self.rendering, format);
                Ok(Part {
                    content_type,
                    location: Some(format!("{base}/rendered")),
                    length: None,
                    bytes: cine.await?.map_err(WebError::Retrieve).boxed(),
                })
            }
            (Look::Still(_), index0) => {
                let index0 = index0.unwrap_or_default();
                let priority = Priority::Bulk;
                let picture =
                    retrieve.picture(&self.permit, shown, index0, &self.rendering, priority);
                let bytes = picture.await?.bytes;
                Ok(Part {
                    content_type,
                    location: Some(format!("{base}/frames/{}/rendered", index0 + 1)),
                    length: Some(bytes.len() as u64),
                    bytes: stream::iter([Ok(bytes)]).boxed(),
                })
            }
        }
    }

    /// What was asked for and is not done (PS3.18 §8.3.1).
    fn warn(&self, response: &mut Response) {
        let mut asked = self.asked.query.iter();
        if !asked.any(|(name, value)| name == "annotation" && !value.is_empty()) {
            return;
        }
        let text = "The parameter annotation is not supported and was ignored";
        if let Some(warning) = self.asked.address().warning(text) {
            response.headers_mut().append(header::WARNING, warning);
        }
    }
}
