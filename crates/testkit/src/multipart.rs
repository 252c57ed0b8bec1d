//! `multipart/related` bodies (RFC 2387, PS3.18 §8.6), made and taken apart.

use std::io::{Cursor, Read};

use anyhow::{Context, Result, bail};

use crate::http::Response;

const BOUNDARY: &str = "yingyun-testkit-5d1f0c7a9b3e";

/// The Content-Type of a STOW-RS request of Part 10 parts.
pub const STOW_TYPE: &str =
    "multipart/related; type=\"application/dicom\"; boundary=yingyun-testkit-5d1f0c7a9b3e";

const PART_HEAD: &str = "--yingyun-testkit-5d1f0c7a9b3e\r\nContent-Type: application/dicom\r\n\r\n";

/// A STOW-RS body of whole Part 10 files.
pub fn stow_body(files: &[&[u8]]) -> Vec<u8> {
    let mut body = Vec::new();
    for file in files {
        body.extend(PART_HEAD.bytes());
        body.extend(*file);
        body.extend(b"\r\n");
    }
    body.extend(format!("--{BOUNDARY}--\r\n").bytes());
    body
}

/// A STOW-RS body of one part that a reader gives, and its length.
pub fn stow_stream(part: impl Read, length: u64) -> (impl Read, u64) {
    let head = PART_HEAD.as_bytes().to_vec();
    let tail = format!("\r\n--{BOUNDARY}--\r\n").into_bytes();
    let total = head.len() as u64 + length + tail.len() as u64;
    (
        Cursor::new(head).chain(part).chain(Cursor::new(tail)),
        total,
    )
}

/// One part of an answer.
#[derive(Debug)]
pub struct Part {
    /// Its header fields, names in lower case.
    pub headers: Vec<(String, String)>,
    /// Its body.
    pub body: Vec<u8>,
}

impl Part {
    /// A header field by its lower-case name.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(n, _)| n == name)
            .map(|(_, v)| v.as_str())
    }
}

/// Takes a `multipart/related` answer apart.
pub fn parts(response: &Response) -> Result<Vec<Part>> {
    let media = response.header("content-type").context("no Content-Type")?;
    if !media.to_ascii_lowercase().starts_with("multipart/related") {
        bail!("{media} where multipart/related was expected");
    }
    let boundary = media
        .split(';')
        .find_map(|p| p.trim().strip_prefix("boundary="))
        .context("no boundary")?
        .trim_matches('"');
    let delimiter = format!("--{boundary}");
    let mut rest = response
        .body
        .strip_prefix(delimiter.as_bytes())
        .context("the body does not begin with its boundary")?;
    let between = format!("\r\n{delimiter}");
    let mut found = Vec::new();
    loop {
        if rest.starts_with(b"--") {
            return Ok(found);
        }
        let part = rest
            .strip_prefix(b"\r\n")
            .context("no line break after a boundary")?;
        let end = find(part, between.as_bytes()).context("a part without an end")?;
        found.push(part_of(&part[..end])?);
        rest = &part[end + between.len()..];
    }
}

fn part_of(bytes: &[u8]) -> Result<Part> {
    let end = find(bytes, b"\r\n\r\n").context("a part without a head")?;
    let head = String::from_utf8_lossy(&bytes[..end]);
    let headers = head
        .split("\r\n")
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()))
        .collect();
    Ok(Part {
        headers,
        body: bytes[end + 4..].to_vec(),
    })
}

/// Where `needle` begins in `haystack`.
pub fn find(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    let first = *needle.first()?;
    let mut from = 0;
    while let Some(at) = haystack[from..].iter().position(|&b| b == first) {
        let at = from + at;
        if haystack[at..].starts_with(needle) {
            return Some(at);
        }
        from = at + 1;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_is_taken_apart_as_it_was_made() {
        let response = Response {
            status: 200,
            headers: vec![("content-type".into(), STOW_TYPE.into())],
            body: stow_body(&[b"one\r\n--", b""]),
        };
        let parts = parts(&response).unwrap();
        assert_eq!(parts.len(), 2);
        assert_eq!(parts[0].body, b"one\r\n--");
        assert_eq!(parts[1].header("content-type"), Some("application/dicom"));
    }
}
