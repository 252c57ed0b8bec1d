//! The URI service, WADO-URI (PS3.18 §9): one object, or one of its frames as a picture.

use std::sync::Arc;

use access::Permit;
use axum::response::Response;
use database::Scope;
use model::{TransferSyntax, Uid};
use retrieve::{Instance, Part, Rendering, Window, WindowFunction};
use utoipa::IntoParams;

use super::{
    asked::Asked,
    negotiate, objects,
    rendered::Wanted,
    rendering::{self, Look},
};
use crate::{
    WebError,
    accept::{Accepted, DICOM, Form, Offer},
};

const AVAILABLE: &str = "application/dicom; of images also image/jpeg, image/png, image/gif, image/webp, \
    image/apng";

/// Parameters of the URI service (PS3.18 §9.1.2).
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(non_snake_case, reason = "the standard's names")]
#[expect(dead_code, reason = "a description, never a value")]
pub(crate) struct Parameters {
    /// `WADO`.
    #[param(value_type = String)]
    requestType: (),
    /// Study Instance UID.
    #[param(value_type = String)]
    studyUID: (),
    /// Series Instance UID.
    #[param(value_type = String)]
    seriesUID: (),
    /// SOP Instance UID.
    #[param(value_type = String)]
    objectUID: (),
    /// Media types, comma-separated; without it `image/jpeg` of an image of one frame, else
    /// `application/dicom`.
    #[param(value_type = Option<String>)]
    contentType: (),
    /// Of `application/dicom`: a transfer syntax, or `*` for as stored.
    #[param(value_type = Option<String>)]
    transferSyntax: (),
    /// A frame, from 1.
    #[param(value_type = Option<u32>)]
    frameNumber: (),
    /// Height that a picture is fitted into, pixels.
    #[param(value_type = Option<u32>)]
    rows: (),
    /// Width that a picture is fitted into, pixels.
    #[param(value_type = Option<u32>)]
    columns: (),
    /// `left,top,right,bottom` in fractions of the image from 0 to 1.
    #[param(value_type = Option<String>)]
    region: (),
    /// Window Center; only with `windowWidth`.
    #[param(value_type = Option<f64>)]
    windowCenter: (),
    /// Window Width.
    #[param(value_type = Option<f64>)]
    windowWidth: (),
    /// JPEG quality, 1 to 100.
    #[param(value_type = Option<u8>)]
    imageQuality: (),
    /// SOP Instance UID of a grayscale presentation state of the study; only with
    /// `presentationSeriesUID`.
    #[param(value_type = Option<String>)]
    presentationUID: (),
    /// Its Series Instance UID.
    #[param(value_type = Option<String>)]
    presentationSeriesUID: (),
}

/// Retrieves an object, or a frame as a picture.
#[utoipa::path(get, path = "/wado", tag = "WADO-URI", params(Parameters), responses(
    (status = 200, description = "The object or the image", content_type = "application/dicom", body = Vec<u8>),
    (status = 206, description = "The range asked for, of application/dicom as stored", content_type = "application/dicom", body = Vec<u8>),
    (status = 304, description = "The client has it"),
    (status = 400, description = "A parameter is missing, cannot be read or is not supported", body = crate::error::Problem),
    (status = 401, description = "Not signed in", body = crate::error::Problem),
    (status = 404, description = "Not found", body = crate::error::Problem),
    (status = 406, description = "Nothing acceptable, or nothing to render", body = crate::error::Problem),
    (status = 503, description = "Too many pictures wait to be drawn", body = crate::error::Problem)))]
pub(crate) async fn uri(asked: Asked) -> Result<Response, WebError> {
    let permit = asked.permit()?;
    let values = Values(&asked.query);
    if values.text("requestType") != Some("WADO") {
        return Err(refused("requestType", "WADO"));
    }
    if values.text("anonymize").is_some() {
        let text = "anonymize: objects are not de-identified here";
        return Err(WebError::BadRequest(text.into()));
    }
    let scope = Scope {
        study: values.required("studyUID")?,
        series: Some(values.required("seriesUID")?),
        sop: Some(values.required("objectUID")?),
    };
    let rendering = rendering(&values)?;
    let frame: Option<u32> = values.number("frameNumber", 1..=u32::MAX)?;
    let instance = asked.instance(&permit, &scope).await?;
    let accepted = accepted(&values, &instance, frame);
    if accepted.rank(Offer::single(DICOM)).is_some() {
        return dicom(&asked, &permit, &values, &instance).await;
    }
    let (_, look) = rendering::look(&accepted, false).map_err(|_| not_acceptable())?;
    let state = state(&asked, &permit, &values, &scope).await?;
    let mut shown = asked.state.retrieve.shown(&permit, instance).await?;
    shown.truncate(1);
    for shown in &mut shown {
        match (frame, look) {
            (Some(number), _) => shown.frames = vec![number - 1],
            (None, Look::Still(_)) => shown.frames.truncate(1),
            (None, Look::Moving(_)) => {}
        }
        shown.state = state.clone().or(shown.state.take());
    }
    let base = asked.address();
    let location = shown.first().map(|shown| base.instance(shown.image.key()));
    let location = match (location, frame) {
        (Some(base), Some(number)) => format!("{base}/frames/{number}/rendered"),
        (base, _) => format!("{}/rendered", base.unwrap_or_default()),
    };
    let wanted = Wanted::new(&asked, permit, (Form::Single, look), rendering);
    wanted.answer(shown, &location).await
}

fn not_acceptable() -> WebError {
    WebError::NotAcceptable(AVAILABLE)
}

fn refused(name: &str, expected: &str) -> WebError {
    WebError::BadRequest(format!("{name}: {expected} expected"))
}

/// What the client takes: `contentType` goes before the Accept header (PS3.18 §9.1.2.1.2). Without it an
/// image of one frame is a JPEG, all else an object.
fn accepted(values: &Values<'_>, instance: &Instance, frame: Option<u32>) -> Accepted {
    match values.text("contentType") {
        Some(list) => Accepted::lists([list]),
        None if instance.frame_count() == 1 || frame.is_some() => Accepted::lists(["image/jpeg"]),
        None => Accepted::lists([DICOM]),
    }
}

/// The object itself.
async fn dicom(
    asked: &Asked,
    permit: &Permit,
    values: &Values<'_>,
    instance: &Instance,
) -> Result<Response, WebError> {
    let range = match values.text("transferSyntax") {
        Some(syntax) => format!("{DICOM}; transfer-syntax={syntax}"),
        None => DICOM.into(),
    };
    let form = negotiate::objects(&Accepted::lists([range.as_str()]), false);
    let form = form.ok_or_else(|| refused("transferSyntax", "a transfer syntax UID or *"))?;
    let can_convert = |to: &TransferSyntax| asked.state.retrieve.can_convert(instance, to);
    let to = form.syntax(instance.transfer_syntax(), can_convert);
    let to = to.ok_or(WebError::NotAcceptable(objects::AVAILABLE))?;
    objects::object(asked, permit, instance, to.as_ref()).await
}

/// The presentation state that is named.
async fn state(
    asked: &Asked,
    permit: &Permit,
    values: &Values<'_>,
    scope: &Scope,
) -> Result<Option<Arc<Instance>>, WebError> {
    let names = ["presentationSeriesUID", "presentationUID"];
    if names.iter().all(|name| values.text(name).is_none()) {
        return Ok(None);
    }
    let scope = Scope {
        study: scope.study.clone(),
        series: Some(values.required(names[0])?),
        sop: Some(values.required(names[1])?),
    };
    let state = asked.instance(permit, &scope).await?;
    if !state.is_presentation_state() {
        return Err(refused(names[1], "a grayscale softcopy presentation state"));
    }
    Ok(Some(Arc::new(state)))
}

/// How a picture is drawn (PS3.18 §9.1.2.2).
fn rendering(values: &Values<'_>) -> Result<Rendering, WebError> {
    let mut rendering = Rendering::default();
    let sides = 1..=16_384;
    let columns = values.number("columns", sides.clone())?;
    let rows = values.number("rows", sides.clone())?;
    if columns.is_some() || rows.is_some() {
        let most = *sides.end();
        rendering.size = Some((columns.unwrap_or(most), rows.unwrap_or(most)));
    }
    if let Some(text) = values.text("region") {
        let part = part(text).ok_or_else(|| {
            refused(
                "region",
                "left,top,right,bottom from 0 to 1, each pair rising",
            )
        })?;
        rendering.part = Some(part);
    }
    let [center, width] = ["windowCenter", "windowWidth"].map(|name| values.text(name));
    if center.is_some() || width.is_some() {
        let window = center.zip(width).and_then(|(center, width)| {
            let window = Window {
                center: center.trim().parse().ok()?,
                width: width.trim().parse().ok()?,
                function: WindowFunction::Linear,
            };
            window.is_valid().then_some(window)
        });
        let expected = "a number, and windowWidth of 1 at least";
        rendering.window = Some(window.ok_or_else(|| refused("windowCenter", expected))?);
    }
    if let Some(quality) = values.number("imageQuality", 1..=100)? {
        rendering.quality = quality as u8;
    }
    Ok(rendering)
}

fn part(text: &str) -> Option<Part> {
    let sides = text.split(',').map(|side| side.trim().parse::<f64>());
    let sides: Vec<f64> = sides.collect::<Result<_, _>>().ok()?;
    let &[left, top, right, bottom] = &sides[..] else {
        return None;
    };
    let inside = sides.iter().all(|side| (0.0..=1.0).contains(side));
    (inside && left < right && top < bottom).then_some(Part {
        left,
        top,
        right,
        bottom,
    })
}

/// The parameters of a request. One without a value is as one that is not there.
struct Values<'a>(&'a [(String, String)]);

impl<'a> Values<'a> {
    fn text(&self, name: &str) -> Option<&'a str> {
        let mut values = self.0.iter();
        let found = values.find(|(own, value)| own == name && !value.is_empty());
        found.map(|(_, value)| value.as_str())
    }

    fn required(&self, name: &str) -> Result<Uid, WebError> {
        let value = self.text(name).ok_or_else(|| refused(name, "a UID"))?;
        Ok(Uid::new(value)?)
    }

    fn number(
        &self,
        name: &str,
        range: std::ops::RangeInclusive<u32>,
    ) -> Result<Option<u32>, WebError> {
        let Some(text) = self.text(name) else {
            return Ok(None);
        };
        let number = text.trim().parse().ok();
        let number = number.filter(|number| range.contains(number));
        let (least, most) = (range.start(), range.end());
        let expected = || refused(name, &format!("a number from {least} to {most}"));
        number.ok_or_else(expected).map(Some)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(pairs: &[(&str, &str)]) -> Result<Rendering, WebError> {
        let query: Vec<(String, String)> = pairs
            .iter()
            .map(|&(name, value)| (name.to_owned(), value.to_owned()))
            .collect();
        rendering(&Values(&query))
    }

    /// PS3.18 §9.1.2.2.
    #[test]
    fn parameters_of_a_picture_are_read() {
        let read = of(&[
            ("rows", "512"),
            ("region", "0.25,0,0.5,1"),
            ("windowCenter", "-600"),
            ("windowWidth", "1500"),
            ("imageQuality", "70"),
        ]);
        let read = read.unwrap();
        assert_eq!(read.size, Some((16_384, 512)));
        assert_eq!(read.part.map(|part| part.right), Some(0.5));
        assert_eq!(read.window.map(|window| window.width), Some(1500.0));
        assert_eq!(read.quality, 70);
    }

    #[test]
    fn what_cannot_be_read_is_refused() {
        for pair in [
            ("rows", "0"),
            ("columns", "-1"),
            ("columns", "99999"),
            ("region", "0,0,1"),
            ("region", "0.5,0,0.5,1"),
            ("region", "0,0,1.1,1"),
            ("region", "nan,0,1,1"),
            ("windowCenter", "40"),
            ("windowWidth", "400"),
            ("imageQuality", "101"),
        ] {
            assert!(of(&[pair]).is_err(), "{pair:?}");
        }
    }
}
