//! The viewer's files, built into the binary; a page of it is what a browser goes to.

use axum::{
    body::Body,
    http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header},
    response::{IntoResponse, Response},
};
use rust_embed::{EmbeddedFile, RustEmbed};

use crate::WebError;

/// `web-viewer/dist`, absent until the viewer is built.
#[derive(RustEmbed)]
#[folder = "../../web-viewer/dist"]
#[allow_missing = true]
struct Dist;

const INDEX: &str = "index.html";
/// File names here hold a hash of their content.
const HASHED: &str = "assets/";
const YEAR: &str = "public, max-age=31536000, immutable";
const REVALIDATE: &str = "no-cache";

const NOT_BUILT: &str = "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\">\
    <title>Yingyun 影云</title><h1>Yingyun 影云</h1>\
    <p>The server runs, but its viewer is not built. Run <code>make run</code>, or \
    <code>npm ci &amp;&amp; npm run build</code> in <code>web-viewer</code>, and build the server again.</p>\
    <p lang=\"zh-CN\">服务已启动，但阅片器尚未构建。请运行 <code>make run</code>。</p></html>";

/// Answers what no route does.
pub(crate) async fn serve(method: Method, uri: Uri, headers: HeaderMap) -> Response {
    let path = uri.path().trim_start_matches('/');
    let first = path.split('/').next().unwrap_or_default();
    if first == "api" || first == "dicom-web" {
        return WebError::NoSuchPath.into_response();
    }
    if method != Method::GET && method != Method::HEAD {
        let allowed = [(header::ALLOW, "GET,HEAD")];
        return (allowed, WebError::MethodNotAllowed).into_response();
    }
    if let Some(answer) = file(path, &headers) {
        return answer;
    }
    // A UID at the end of a page's path has dots too, but no letters after them.
    let name = path.rsplit('/').next().unwrap_or_default();
    let is_file = name
        .rsplit_once('.')
        .is_some_and(|(_, ending)| ending.bytes().any(|b| b.is_ascii_alphabetic()));
    let is_page = !is_file && !path.starts_with(HASHED);
    // A program with a wrong base URL shall not take the viewer for an answer.
    if !is_page || !(path.is_empty() || names_html(&headers)) {
        return WebError::NoSuchPath.into_response();
    }
    let mut page = file(INDEX, &headers).unwrap_or_else(|| {
        let kind = (header::CONTENT_TYPE, "text/html; charset=utf-8");
        ([kind, (header::CACHE_CONTROL, REVALIDATE)], NOT_BUILT).into_response()
    });
    let vary = HeaderValue::from_static("accept, accept-encoding");
    page.headers_mut().insert(header::VARY, vary);
    page
}

/// Whether a page is asked for by name, as browsers do that go somewhere.
fn names_html(headers: &HeaderMap) -> bool {
    let accepted = headers.get_all(header::ACCEPT).iter();
    accepted
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .filter_map(|range| range.split(';').next())
        .any(|essence| essence.trim().eq_ignore_ascii_case("text/html"))
}

fn file(path: &str, request: &HeaderMap) -> Option<Response> {
    let plain = Dist::get(path)?;
    let content_type = content_type(&plain);
    let (file, encoding) = compressed(path, request).unwrap_or((plain, None));
    let caching = if path.starts_with(HASHED) {
        YEAR
    } else {
        REVALIDATE
    };
    let tag = tag(&file);
    let unchanged = request
        .get_all(header::IF_NONE_MATCH)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .any(|known| known.trim().trim_start_matches("W/") == tag);
    let mut response = if unchanged {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        Response::new(Body::from(file.data.into_owned()))
    };
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(caching));
    headers.insert(header::CONTENT_TYPE, content_type);
    headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        headers.insert(header::ETAG, tag);
    }
    if let Some(encoding) = encoding {
        headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static(encoding));
    }
    Some(response)
}

/// The file as the viewer's build compressed it, where the client takes that.
fn compressed(path: &str, request: &HeaderMap) -> Option<(EmbeddedFile, Option<&'static str>)> {
    let accepted = request.get(header::ACCEPT_ENCODING)?.to_str().ok()?;
    let takes = |coding: &str| {
        accepted.split(',').any(|element| {
            let mut pieces = element.split(';').map(str::trim);
            pieces.next() == Some(coding) && pieces.next() != Some("q=0")
        })
    };
    [("br", ".br"), ("gzip", ".gz")]
        .into_iter()
        .filter(|(coding, _)| takes(coding))
        .find_map(|(coding, ending)| Some((Dist::get(&format!("{path}{ending}"))?, Some(coding))))
}

fn content_type(file: &EmbeddedFile) -> HeaderValue {
    let kind = file.metadata.mimetype();
    let charset = if kind.starts_with("text/") {
        "; charset=utf-8"
    } else {
        ""
    };
    HeaderValue::from_str(&format!("{kind}{charset}"))
        .unwrap_or(HeaderValue::from_static("application/octet-stream"))
}

/// An entity tag from the file's digest.
fn tag(file: &EmbeddedFile) -> String {
    let digest = file.metadata.sha256_hash();
    let hex: String = digest[..16].iter().map(|b| format!("{b:02x}")).collect();
    format!("\"{hex}\"")
}
