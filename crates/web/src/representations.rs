//! The media types of answers beside the one that a handler names: the client chooses (PS3.18 §8.7.5).

use retrieve::DOCUMENTS;
use utoipa::openapi::{ContentBuilder, OpenApi, RefOr};

use crate::{
    accept::{DICOM, OCTETS},
    wado::STORED_FRAMES,
};

const XML: &str = "multipart/related; type=\"application/dicom+xml\"";

const PICTURES: [&str; 5] = [
    "image/png",
    "image/webp",
    "image/gif",
    "image/apng",
    "multipart/related; type=\"image/jpeg\"",
];

/// Adds them to a description.
pub(crate) fn describe(description: &mut OpenApi) {
    for (path, item) in &mut description.paths.paths {
        let Some(operation) = &mut item.get else {
            continue;
        };
        let responses = operation.responses.responses.iter_mut();
        for (_, response) in responses.filter(|(status, _)| ["200", "206"].contains(&&***status)) {
            let RefOr::T(response) = response else {
                continue;
            };
            for media in of(path) {
                let content = || ContentBuilder::new().build().into();
                let contents = &mut response.content;
                contents.entry(media.into()).or_insert_with(content);
            }
        }
    }
}

/// What a resource may be had as.
fn of(path: &str) -> Vec<&'static str> {
    let frames = || [OCTETS].into_iter().chain(STORED_FRAMES);
    match path.rsplit('/').next().unwrap_or_default() {
        "studies" | "series" | "instances" | "patients" | "metadata" | "workitems" => {
            vec![XML]
        }
        "{workitem}" => vec!["application/dicom+xml"],
        "rendered" | "thumbnail" => PICTURES.to_vec(),
        "wado" => ["image/jpeg"].into_iter().chain(PICTURES).collect(),
        "{study}" | "{series}" | "{instance}" => vec![DICOM],
        "{frames}" => frames().collect(),
        "{*path}" => frames().chain(DOCUMENTS).collect(),
        "dicom-web" => vec!["application/json", "application/xml"],
        _ => Vec::new(),
    }
}
