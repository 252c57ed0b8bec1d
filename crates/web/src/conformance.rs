//! What the HTTP side does, as the conformance statement says it (docs/conformance.md): made from the
//! tables that the handlers work by.

use std::fmt::Write;

use model::TransferSyntax;
use utoipa::openapi::{OpenApi, RefOr, path::Operation};

use crate::qido;

/// The media type of frames that are stored in `syntax` (PS3.18 §8.7.3.3).
pub fn media_type_of_frames(syntax: &TransferSyntax) -> &'static str {
    crate::wado::media_type_of_frames(syntax)
}

/// The sections of the statement that tell of DICOMweb, as Markdown.
pub fn conformance() -> String {
    let mut text = String::new();
    resources(&mut text, &crate::openapi());
    searches(&mut text);
    text
}

fn resources(text: &mut String, description: &OpenApi) {
    text.push_str("## DICOMweb resources\n\n");
    text.push_str(
        "Every resource answers HEAD where it answers GET, and OPTIONS with its methods.\n\n\
         Extension: an item of FailedSOPSequence (0008,1198) and OtherFailuresSequence (0008,119A) tells \
         people why in Error Comment (0000,0902), besides Failure Reason (0008,1197). It holds no value \
         of the object but UIDs.\n\n",
    );
    text.push_str("| resource | method | what | media types | statuses |\n|---|---|---|---|---|\n");
    for (path, item) in &description.paths.paths {
        if !path.starts_with("/dicom-web") && path != "/wado" {
            continue;
        }
        let methods = [
            ("GET", &item.get),
            ("POST", &item.post),
            ("PUT", &item.put),
            ("DELETE", &item.delete),
            ("OPTIONS", &item.options),
        ];
        for (method, operation) in methods {
            if let Some(operation) = operation {
                row(text, path, method, operation);
            }
        }
    }
    text.push('\n');
}

fn row(text: &mut String, path: &str, method: &str, operation: &Operation) {
    let what = operation.summary.as_deref().unwrap_or_default();
    let responses = &operation.responses.responses;
    let mut media: Vec<&str> = Vec::new();
    for (status, response) in responses {
        let RefOr::T(response) = response else {
            continue;
        };
        if status.starts_with('2') {
            media.extend(response.content.keys().map(String::as_str));
        }
    }
    media.sort_unstable();
    media.dedup();
    let media: Vec<String> = media.iter().map(|media| format!("`{media}`")).collect();
    let statuses: Vec<&str> = responses.keys().map(String::as_str).collect();
    // Writing to a text cannot fail.
    let _ = writeln!(
        text,
        "| `{path}` | {method} | {} | {} | {} |",
        what.replace('\n', " ").replace('|', "\\|"),
        media.join(", "),
        statuses.join(" ")
    );
}

fn searches(text: &mut String) {
    text.push_str("## Attributes of search results\n\n");
    text.push_str(
        "Any attribute, by keyword or tag, is a matching key and may be asked for with `includefield`; \
         one that is not supported is named in a Warning 299. These come unasked, at each level:\n\n",
    );
    for (level, keys) in qido::always_returned() {
        let _ = writeln!(text, "- {level}: {}", keys.join(", "));
    }
    text.push('\n');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_routes_and_tables_say_is_in_the_statement() {
        let text = conformance();
        for expected in [
            "| `/dicom-web/studies` | POST |",
            "| `/dicom-web/studies` | GET |",
            "| `/wado` | GET |",
            "PatientName (0010,0010)",
            "StudyInstanceUID (0020,000D)",
        ] {
            assert!(text.contains(expected), "{expected}");
        }
        assert!(!text.contains("/api/"));
    }
}
