//! Retrieving an image that any browser shows (PS3.18 §10.4.1.1.3, §8.3.5).

use axum::{
    body::Body,
    extract::{Path, Query, State},
    http::{HeaderMap, header},
    response::{IntoResponse, Response},
};
use database::Scope;
use model::Operation;
use retrieve::{ImageFormat, Rendering, Window};

use super::{
    frames::{numbers, one},
    scope,
};
use crate::{WebError, WebState, accept, session::Caller};

/// Renders an instance: its first frame.
#[utoipa::path(get, path = "/dicom-web/studies/{study}/series/{series}/instances/{instance}/rendered", tag = "WADO-RS", params(
    ("study" = String, Path, description = "Study Instance UID"),
    ("series" = String, Path, description = "Series Instance UID"),
    ("instance" = String, Path, description = "SOP Instance UID"), crate::openapi::Rendering), responses(
    (status = 200, description = "The image", content_type = "image/jpeg", body = Vec<u8>),
    (status = 400, description = "A parameter cannot be read", body = crate::error::Problem),
    (status = 401, description = "Not signed in", body = crate::error::Problem),
    (status = 404, description = "Not found", body = crate::error::Problem),
    (status = 406, description = "Nothing acceptable, or nothing to render", body = crate::error::Problem)))]
pub(crate) async fn of_instance(
    State(state): State<WebState>,
    caller: Caller,
    headers: HeaderMap,
    Path((study, series, sop)): Path<(String, String, String)>,
    Query(query): Query<Vec<(String, String)>>,
) -> Result<Response, WebError> {
    let scope = scope::instance(&study, &series, &sop)?;
    answer(&state, &caller, &headers, &query, scope, 1).await
}

/// Renders a frame.
#[utoipa::path(get, path = "/dicom-web/studies/{study}/series/{series}/instances/{instance}/frames/{frames}/rendered", tag = "WADO-RS", params(
    ("study" = String, Path, description = "Study Instance UID"),
    ("series" = String, Path, description = "Series Instance UID"),
    ("instance" = String, Path, description = "SOP Instance UID"),
    ("frames" = String, Path, description = "One frame number, from 1"), crate::openapi::Rendering), responses(
    (status = 200, description = "The image", content_type = "image/jpeg", body = Vec<u8>),
    (status = 400, description = "A parameter cannot be read", body = crate::error::Problem),
    (status = 401, description = "Not signed in", body = crate::error::Problem),
    (status = 404, description = "Not found", body = crate::error::Problem),
    (status = 406, description = "Nothing acceptable, or nothing to render", body = crate::error::Problem)))]
pub(crate) async fn of_frame(
    State(state): State<WebState>,
    caller: Caller,
    headers: HeaderMap,
    Path((study, series, sop, frames)): Path<(String, String, String, String)>,
    Query(query): Query<Vec<(String, String)>>,
) -> Result<Response, WebError> {
    let scope = scope::instance(&study, &series, &sop)?;
    let [number] = numbers(&frames)?[..] else {
        return Err(WebError::BadRequest(
            "one frame is rendered at a time".into(),
        ));
    };
    answer(&state, &caller, &headers, &query, scope, number).await
}

async fn answer(
    state: &WebState,
    caller: &Caller,
    headers: &HeaderMap,
    query: &[(String, String)],
    scope: Scope,
    number: u32,
) -> Result<Response, WebError> {
    let permit = caller.permit(Operation::Retrieve)?;
    let format = format(headers, query)?;
    let rendering = rendering(format, query)?;
    let instance = one(state, &permit, &scope).await?;
    let rendered = state
        .retrieve
        .rendered(&permit, &instance, number - 1, &rendering)
        .await?;
    let content_type = match rendered.format {
        ImageFormat::Jpeg => "image/jpeg",
        ImageFormat::Png => "image/png",
    };
    Ok((
        [(header::CONTENT_TYPE, content_type)],
        Body::from(rendered.bytes),
    )
        .into_response())
}

fn format(headers: &HeaderMap, query: &[(String, String)]) -> Result<ImageFormat, WebError> {
    accept::ranges(headers, query)
        .iter()
        .find_map(|range| {
            let jpeg = range.covers("image/jpeg").then_some(ImageFormat::Jpeg);
            jpeg.or_else(|| range.covers("image/png").then_some(ImageFormat::Png))
        })
        .ok_or(WebError::NotAcceptable("image/jpeg, image/png"))
}

/// Reads `window`, `viewport` and `quality`; what else the standard knows changes nothing.
fn rendering(format: ImageFormat, query: &[(String, String)]) -> Result<Rendering, WebError> {
    let mut rendering = Rendering {
        format,
        ..Rendering::default()
    };
    for (name, value) in query {
        let refused = |expected: &str| {
            WebError::BadRequest(format!("{name}: {expected} expected, not {value:?}"))
        };
        match name.as_str() {
            "window" => {
                let window = window(value).ok_or_else(|| refused("center,width,linear"))?;
                rendering.window = Some(window);
            }
            "viewport" => {
                let size = viewport(value).ok_or_else(|| refused("width,height"))?;
                rendering.size = Some(size);
            }
            "quality" => {
                let quality = value
                    .parse()
                    .ok()
                    .filter(|quality| (1..=100).contains(quality));
                rendering.quality = quality.ok_or_else(|| refused("1 to 100"))?;
            }
            _ => {}
        }
    }
    Ok(rendering)
}

/// `center,width` with or without `,linear` (PS3.18 §8.3.5.1.3).
fn window(text: &str) -> Option<Window> {
    let mut pieces = text.split(',').map(str::trim);
    let center = pieces
        .next()?
        .parse()
        .ok()
        .filter(|c: &f64| c.is_finite())?;
    let width = pieces
        .next()?
        .parse()
        .ok()
        .filter(|w: &f64| w.is_finite() && *w >= 1.0)?;
    let linear = pieces
        .next()
        .is_none_or(|shape| shape.eq_ignore_ascii_case("linear"));
    (linear && pieces.next().is_none()).then_some(Window { center, width })
}

/// `width,height` (PS3.18 §8.3.5.1.4); a part of the image cannot be asked for yet.
fn viewport(text: &str) -> Option<(u32, u32)> {
    let (width, height) = text.split_once(',')?;
    let side = |text: &str| {
        text.trim()
            .parse()
            .ok()
            .filter(|side| (1..=16384).contains(side))
    };
    Some((side(width)?, side(height)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_read_or_refused() {
        assert_eq!(
            window("40,400"),
            Some(Window {
                center: 40.0,
                width: 400.0
            })
        );
        assert_eq!(
            window("-600.5, 1500, LINEAR").map(|w| w.center),
            Some(-600.5)
        );
        for text in [
            "",
            "40",
            "40,0",
            "a,b",
            "nan,1",
            "40,400,sigmoid",
            "40,400,linear,1",
        ] {
            assert_eq!(window(text), None, "{text}");
        }
        assert_eq!(viewport("256,128"), Some((256, 128)));
        for text in ["", "256", "0,1", "1,99999", "1,2,3,4,5,6"] {
            assert_eq!(viewport(text), None, "{text}");
        }
    }

    #[test]
    fn the_preferred_image_is_made() {
        let accept = |value: &str| {
            let value = header::HeaderValue::from_str(value).unwrap();
            format(&HeaderMap::from_iter([(header::ACCEPT, value)]), &[]).ok()
        };
        assert_eq!(
            accept("image/png, image/jpeg;q=0.9"),
            Some(ImageFormat::Png)
        );
        assert_eq!(accept("image/*"), Some(ImageFormat::Jpeg));
        assert_eq!(
            accept("image/avif,image/webp,*/*;q=0.8"),
            Some(ImageFormat::Jpeg)
        );
        assert_eq!(accept("image/gif"), None);
    }
}
