//! OPTIONS: which methods a resource has (RFC 9110 §9.3.7), and of the DICOMweb service as a whole its
//! description (PS3.18 §8.9, Annex H).

use std::{collections::HashMap, fmt::Write, sync::Arc};

use axum::{
    body::Body,
    extract::{MatchedPath, Query, Request, State},
    http::{HeaderMap, HeaderValue, Method, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use utoipa::openapi::{
    OpenApi,
    path::{Operation, PathItem},
};

use crate::{
    WebError, WebState,
    accept::{Accepted, Offer},
    address::Address,
};

/// Web Application Description Language, what Annex H asks for.
const WADL: &str = "application/vnd.sun.wadl+xml";
/// The same as an OpenAPI description.
const JSON: &str = "application/json";

/// The methods of each resource, by the template of its path.
pub(crate) type Methods = Arc<HashMap<String, HeaderValue>>;

/// The methods that the description tells of, and those that come with them.
pub(crate) fn methods(description: &OpenApi) -> Methods {
    let paths = description.paths.paths.iter();
    let methods = paths.filter_map(|(path, item)| {
        let get: &[&str] = match item.get {
            Some(_) => &["GET", "HEAD"],
            None => &[],
        };
        let others = operations(item).into_iter().skip(1);
        let others = others.filter(|(_, operation)| operation.is_some());
        let names = get.iter().copied().chain(others.map(|(name, _)| name));
        let names: Vec<&str> = names.chain(["OPTIONS"]).collect();
        let names = HeaderValue::from_str(&names.join(",")).ok()?;
        Some((path.clone(), names))
    });
    Arc::new(methods.collect())
}

/// Answers what the handlers of a resource do not with what they allow: OPTIONS, and methods that the
/// resource does not have (RFC 9110 §15.5.6).
pub(crate) async fn allow(
    State(methods): State<Methods>,
    request: Request,
    next: Next,
) -> Response {
    let is_options = request.method() == Method::OPTIONS;
    let path = request.extensions().get::<MatchedPath>().cloned();
    let response = next.run(request).await;
    if response.status() != StatusCode::METHOD_NOT_ALLOWED {
        return response;
    }
    let described = path.and_then(|path| methods.get(path.as_str()).cloned());
    let allowed = described.or_else(|| response.headers().get(header::ALLOW).cloned());
    let mut response = match is_options {
        true => StatusCode::NO_CONTENT.into_response(),
        false => WebError::MethodNotAllowed.into_response(),
    };
    response
        .headers_mut()
        .extend(allowed.map(|allowed| (header::ALLOW, allowed)));
    response
}

/// The operations of a path, GET first.
fn operations(item: &PathItem) -> [(&'static str, &Option<Operation>); 4] {
    [
        ("GET", &item.get),
        ("POST", &item.post),
        ("PUT", &item.put),
        ("DELETE", &item.delete),
    ]
}

/// Describes the service, its resources, their methods and representations.
#[utoipa::path(method(options, get), path = "/dicom-web", tag = "DICOMweb", responses(
    (status = 200, description = "A WADL document (PS3.18 Annex H), or as application/json an OpenAPI description", content_type = "application/vnd.sun.wadl+xml", body = String),
    (status = 401, description = "Not signed in", body = crate::error::Problem),
    (status = 406, description = "Nothing acceptable", body = crate::error::Problem)))]
pub(crate) async fn capabilities(
    State(state): State<WebState>,
    headers: HeaderMap,
    Query(query): Query<Vec<(String, String)>>,
) -> Result<Response, WebError> {
    const AVAILABLE: &str = "application/vnd.sun.wadl+xml, application/json";
    let offers = [WADL, "application/xml", JSON].map(Offer::single);
    let chosen = Accepted::of(&headers, &query).preferred(&offers);
    let chosen = chosen.ok_or(WebError::NotAcceptable(AVAILABLE))?;
    let description = crate::openapi();
    let body = if chosen.essence == JSON {
        serde_json::to_string(&description).map_err(|_| WebError::Internal)?
    } else {
        let address = Address::new(state.settings.base_url.as_deref(), &headers);
        wadl(&description, &address.service())
    };
    let mut response = super::wado::typed(Body::from(body), chosen.essence)?;
    let headers = response.headers_mut();
    headers.insert(header::ALLOW, HeaderValue::from_static("GET,HEAD,OPTIONS"));
    headers.insert(header::VARY, HeaderValue::from_static("accept"));
    Ok(response)
}

/// The resources below `/dicom-web` as WADL.
fn wadl(description: &OpenApi, base: &str) -> String {
    let mut text = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    text.push_str("<application xmlns=\"http://wadl.dev.java.net/2009/02\">\n");
    // Writing to a text cannot fail.
    let _ = writeln!(text, "  <resources base=\"{}\">", escaped(base));
    for (path, item) in &description.paths.paths {
        let Some(path) = path.strip_prefix("/dicom-web/") else {
            continue;
        };
        let _ = writeln!(text, "    <resource path=\"{}\">", escaped(path));
        described(&mut text, item);
        text.push_str("    </resource>\n");
    }
    text.push_str("  </resources>\n</application>\n");
    text
}

fn described(text: &mut String, item: &PathItem) {
    for (name, operation) in operations(item) {
        let Some(operation) = operation else {
            continue;
        };
        let id = operation.operation_id.as_deref().unwrap_or(name);
        let _ = writeln!(
            text,
            "      <method name=\"{name}\" id=\"{}\">",
            escaped(id)
        );
        for (status, response) in &operation.responses.responses {
            let utoipa::openapi::RefOr::T(response) = response else {
                continue;
            };
            let _ = writeln!(text, "        <response status=\"{}\">", escaped(status));
            for media in response.content.keys() {
                let _ = writeln!(
                    text,
                    "          <representation mediaType=\"{}\"/>",
                    escaped(media)
                );
            }
            text.push_str("        </response>\n");
        }
        text.push_str("      </method>\n");
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// PS3.18 Annex H, Table H-1.
    #[test]
    fn the_description_names_every_resource_of_retrieval() {
        let text = wadl(&crate::openapi(), "https://a/x?y&z");
        assert!(text.contains("<resources base=\"https://a/x?y&amp;z\">"));
        let series = "studies/{study}/series/{series}";
        for path in [
            "studies",
            "studies/{study}",
            "studies/{study}/metadata",
            "studies/{study}/rendered",
            "studies/{study}/thumbnail",
            series,
            &format!("{series}/rendered"),
            &format!("{series}/instances/{{instance}}"),
            &format!("{series}/instances/{{instance}}/frames/{{frames}}"),
            &format!("{series}/instances/{{instance}}/frames/{{frames}}/rendered"),
        ] {
            assert!(
                text.contains(&format!("<resource path=\"{path}\">")),
                "{path}"
            );
        }
        assert!(!text.contains("session"));
    }
}
