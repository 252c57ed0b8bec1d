//! The OpenAPI description of every route, made from the handlers themselves.

use axum::Json;
use utoipa::{
    IntoParams, Modify, OpenApi,
    openapi::{ContentBuilder, Ref, ResponseBuilder, path::PathItem, security},
};

pub(crate) use crate::dicom_json::{DicomAttribute, DicomJson};

/// Parameters of a search; besides these, any attribute by keyword or tag is a matching key.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "a description, never a value")]
pub(crate) struct Matching {
    /// At most so many matches.
    #[param(value_type = Option<u32>)]
    limit: (),
    /// Matches passed over.
    #[param(value_type = Option<u32>)]
    offset: (),
    /// The place that the `Link` with `rel="next"` of the page before gave: as fast however far.
    #[param(value_type = Option<String>)]
    after: (),
    /// Person names match by word prefix, whatever their case and accents, and by pinyin.
    #[param(value_type = Option<bool>)]
    fuzzymatching: (),
    /// Attributes wanted besides those that every answer has, comma-separated; `all` for all.
    #[param(value_type = Option<String>)]
    includefield: (),
}

/// Parameters of a rendered image.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "a description, never a value")]
pub(crate) struct Rendering {
    /// `center,width` in the values after the modality LUT, and `,linear`, `,linear-exact` or
    /// `,sigmoid`.
    #[param(value_type = Option<String>)]
    window: (),
    /// `width,height` that the image is fitted into; with `,left,top,width,height` a part of it,
    /// mirrored where a width or a height is below zero.
    #[param(value_type = Option<String>)]
    viewport: (),
    /// JPEG quality, 1 to 100.
    #[param(value_type = Option<u8>)]
    quality: (),
    /// What becomes of an ICC profile: `srgb` (default: colours are converted), `yes` (it goes into
    /// the file), `no`.
    #[param(value_type = Option<String>)]
    iccprofile: (),
    /// The media type, instead of the Accept header.
    #[param(value_type = Option<String>)]
    accept: (),
}

#[derive(OpenApi)]
#[openapi(
    info(title = "Yingyun", description = "Medical imaging archive: DICOMweb (PS3.18), sign-in, operation."),
    components(schemas(DicomJson, DicomAttribute)),
    modifiers(&Credentials),
    security(("bearer" = []), ("cookie" = []))
)]
pub(crate) struct Description;

struct Credentials;

impl Modify for Credentials {
    fn modify(&self, description: &mut utoipa::openapi::OpenApi) {
        let bearer = security::HttpBuilder::new()
            .scheme(security::HttpAuthScheme::Bearer)
            .build();
        let cookie = security::ApiKey::Cookie(security::ApiKeyValue::new(crate::session::COOKIE));
        let components = description.components.get_or_insert_default();
        components.add_security_scheme("bearer", security::SecurityScheme::Http(bearer));
        components.add_security_scheme("cookie", security::SecurityScheme::ApiKey(cookie));
    }
}

/// The description of every route.
pub fn openapi() -> utoipa::openapi::OpenApi {
    crate::router::description()
}

/// What every operation that asks for a credential may answer besides what it says itself.
const BEHIND_THE_DOOR: [(&str, &str); 4] = [
    ("400", "The address or a parameter cannot be read"),
    ("401", "Not signed in"),
    (
        "403",
        "Not allowed, sent by another site, or a server of --dev was asked by another name than this machine's",
    ),
    ("503", "The database or the archive does not answer"),
];

/// Adds what all operations of a description answer that stand behind the door.
pub(crate) fn behind_the_door(description: &mut utoipa::openapi::OpenApi) {
    for item in description.paths.paths.values_mut() {
        let PathItem {
            get,
            post,
            put,
            delete,
            options,
            ..
        } = item;
        for operation in [get, post, put, delete, options].into_iter().flatten() {
            for (status, text) in BEHIND_THE_DOOR {
                let problem = ContentBuilder::new().schema(Some(Ref::from_schema_name("Problem")));
                let response = ResponseBuilder::new()
                    .description(text)
                    .content("application/json", problem.build())
                    .build();
                let responses = &mut operation.responses.responses;
                responses.entry(status.into()).or_insert(response.into());
            }
        }
    }
}

/// Describes every operation.
#[utoipa::path(get, path = "/api/openapi.json", tag = "operation", security(()),
    responses((status = 200, description = "This description", content_type = "application/json", body = Object)))]
pub(crate) async fn serve() -> Json<utoipa::openapi::OpenApi> {
    Json(openapi())
}
