//! The header fields of answers, for the description: what layers and several handlers add alike.

use utoipa::openapi::{Header, Object, OpenApi, RefOr, Type, path::PathItem};

const ETAG: (&str, &str) = ("ETag", "Names the version; If-None-Match asks about it");
const WARNING: (&str, &str) = (
    "Warning",
    "299: what the client should know besides the answer",
);
const CONTENT_LOCATION: (&str, &str) = (
    "Content-Location",
    "Where what is answered lies; of a subscription, the WebSocket of its event reports",
);
const LOCATION: (&str, &str) = ("Location", "Where what was created lies");
const LINK: (&str, &str) = ("Link", "rel=\"next\": the next page of matches");
const ACCEPT_RANGES: (&str, &str) = ("Accept-Ranges", "bytes: parts can be asked for");
const CONTENT_RANGE: (&str, &str) = ("Content-Range", "The part, and how many bytes there are");
const RETRY_AFTER: (&str, &str) = ("Retry-After", "Seconds after which to try again");
const WWW_AUTHENTICATE: (&str, &str) = ("WWW-Authenticate", "How to sign in");

/// Adds them to a description.
pub(crate) fn describe(description: &mut OpenApi) {
    for (path, item) in &mut description.paths.paths {
        let PathItem {
            get,
            post,
            put,
            delete,
            ..
        } = item;
        let operations = [
            ("GET", get),
            ("POST", post),
            ("PUT", put),
            ("DELETE", delete),
        ];
        for (method, operation) in operations {
            let responses = operation
                .iter_mut()
                .flat_map(|o| &mut o.responses.responses);
            for (status, response) in responses {
                let RefOr::T(response) = response else {
                    continue;
                };
                for (name, text) in of(method, path, status) {
                    let kind = match name {
                        "Retry-After" => Type::Integer,
                        _ => Type::String,
                    };
                    let mut header = Header::new(Object::with_type(kind));
                    header.description = Some(text.into());
                    response.headers.insert(name.into(), header.into());
                }
            }
        }
    }
}

/// What an answer may carry.
fn of(method: &str, path: &str, status: &str) -> Vec<(&'static str, &'static str)> {
    let found = ["200", "206", "304"].contains(&status);
    match status {
        "401" => return vec![WWW_AUTHENTICATE],
        "429" | "503" => return vec![RETRY_AFTER],
        "416" => return vec![CONTENT_RANGE],
        _ => {}
    }
    let Some(path) = path.strip_prefix("/dicom-web/") else {
        return match path {
            "/wado" if found => vec![ETAG, CONTENT_LOCATION, WARNING, ACCEPT_RANGES],
            _ => Vec::new(),
        };
    };
    let is_worklist = path.starts_with("workitems");
    let last = path.rsplit('/').next().unwrap_or_default();
    let mut fields = Vec::new();
    if method != "GET" {
        match (last, status) {
            ("workitems", "201") => fields.push(LOCATION),
            ("{workitem}", "200") | ("{ae_title}", "201") => fields.push(CONTENT_LOCATION),
            _ => {}
        }
        if is_worklist && !path.contains("/subscribers") && status != "403" {
            fields.push(WARNING);
        }
        return fields;
    }
    if found && !path.starts_with("ws/") {
        fields.push(ETAG);
    }
    match last {
        "studies" | "series" | "instances" | "patients" if found => fields.extend([LINK, WARNING]),
        "studies" | "series" | "instances" | "patients" | "workitems" if status == "204" => {
            fields.push(WARNING);
        }
        "workitems" if found => fields.push(WARNING),
        "rendered" | "thumbnail" if found => fields.extend([CONTENT_LOCATION, WARNING]),
        "{frames}" | "{workitem}" if found => fields.push(CONTENT_LOCATION),
        "{instance}" | "{*path}" if found => fields.extend([CONTENT_LOCATION, ACCEPT_RANGES]),
        _ => {}
    }
    if status == "206" && ["{instance}", "{*path}"].contains(&last) {
        fields.push(CONTENT_RANGE);
    }
    fields
}

#[cfg(test)]
mod tests {
    /// RFC 9110 §14, §15.4.5, PS3.18 §8.3.4.4, §11.4.3.
    #[test]
    fn the_fields_of_answers_are_described() {
        let description = serde_json::to_value(crate::openapi()).unwrap();
        let instance = "/dicom-web/studies/{study}/series/{series}/instances/{instance}";
        let bulk = format!("{instance}/bulkdata/{{path}}");
        for (method, path, status, fields) in [
            (
                "get",
                "/dicom-web/studies",
                "200",
                &["ETag", "Link", "Warning"][..],
            ),
            ("get", "/dicom-web/studies", "204", &["Warning"]),
            ("get", instance, "304", &["ETag"]),
            (
                "get",
                instance,
                "200",
                &["Accept-Ranges", "Content-Location"],
            ),
            ("get", &bulk, "206", &["Content-Range", "ETag"]),
            ("get", &bulk, "416", &["Content-Range"]),
            (
                "post",
                "/dicom-web/workitems",
                "201",
                &["Location", "Warning"],
            ),
            ("post", "/api/session", "429", &["Retry-After"]),
            ("get", "/dicom-web/studies/{study}", "503", &["Retry-After"]),
        ] {
            let headers = &description["paths"][path][method]["responses"][status]["headers"];
            for field in fields {
                assert!(
                    headers[field].is_object(),
                    "{method} {path} {status} {field}"
                );
            }
        }
        let data_set = &description["components"]["schemas"]["DicomJson"];
        let attribute = "#/components/schemas/DicomAttribute";
        assert_eq!(data_set["additionalProperties"]["$ref"], attribute);
        assert!(data_set["propertyNames"]["pattern"].is_string());
    }
}
