//! Bodies as real senders write them, cut into chunks at every place.

use std::convert::Infallible;

use bytes::Bytes;
use futures::stream;

use super::{MultipartError, Parts, Related, related};
use crate::media::MediaType;

async fn read(
    body: &[u8],
    boundary: &str,
    cut: usize,
) -> Result<Vec<(String, Vec<u8>)>, MultipartError> {
    let chunks: Vec<Result<Bytes, Infallible>> = body
        .chunks(cut.max(1))
        .map(|chunk| Ok(Bytes::copy_from_slice(chunk)))
        .collect();
    let mut parts = Parts::new(stream::iter(chunks), boundary);
    let mut all = Vec::new();
    while let Some(head) = parts.next().await? {
        let mut bytes = Vec::new();
        while let Some(chunk) = parts.chunk().await? {
            assert!(!chunk.is_empty());
            bytes.extend_from_slice(&chunk);
        }
        all.push((head.content_type, bytes));
    }
    parts.drain().await;
    Ok(all)
}

/// The body reads alike however the network cuts it.
async fn reads(body: &[u8], boundary: &str, expected: &[(&str, &[u8])]) {
    for cut in 1..=body.len() {
        let parts = read(body, boundary, cut).await.unwrap();
        let parts: Vec<_> = parts
            .iter()
            .map(|(t, b)| (t.as_str(), b.as_slice()))
            .collect();
        assert_eq!(parts, expected, "cut {cut}");
    }
}

#[tokio::test]
async fn parts_without_a_length_are_read_to_their_boundary() {
    let body = b"--b\r\nContent-Type: application/dicom\r\n\r\none\r\n--b\r\ncontent-type:x/y\r\nContent-ID: 1\r\n\r\ntwo\r\n\r\n--b--\r\n";
    reads(
        body,
        "b",
        &[("application/dicom", b"one"), ("x/y", b"two\r\n")],
    )
    .await;
}

#[tokio::test]
async fn a_body_may_begin_with_a_line_end_or_a_preamble() {
    let plain = b"\r\n--b\r\nContent-Type: a/b\r\n\r\none\r\n--b--";
    reads(plain, "b", &[("a/b", b"one")]).await;
    let preamble = b"This is MIME.\r\n--b\r\nContent-Type: a/b\r\n\r\none\r\n--b--\r\nepilogue";
    reads(preamble, "b", &[("a/b", b"one")]).await;
}

#[tokio::test]
async fn bytes_that_resemble_the_boundary_are_data() {
    let body = b"--bb\r\n\r\n\r\n--b\r\n\r\r\n--bbx\r\n--bb-\r\n-\r\n--bb \t\r\n\r\n\r\n--bb--";
    reads(
        body,
        "bb",
        &[("", b"\r\n--b\r\n\r\r\n--bbx\r\n--bb-\r\n-"), ("", b"")],
    )
    .await;
}

#[tokio::test]
async fn a_part_can_be_left_unread() {
    let body: &'static [u8] = b"--b\r\n\r\none\r\n--b\r\nContent-Type: a/b\r\n\r\ntwo\r\n--b--";
    let source = stream::iter([Ok::<_, Infallible>(Bytes::from_static(body))]);
    let mut parts = Parts::new(source, "b");
    assert_eq!(parts.next().await.unwrap().unwrap().content_type, "");
    assert_eq!(parts.next().await.unwrap().unwrap().content_type, "a/b");
    assert_eq!(parts.next().await.unwrap(), None);
}

#[tokio::test]
async fn a_body_that_ends_early_is_an_error() {
    for body in [
        "--b\r\n\r\none",
        "--b\r\n\r\none\r\n--b",
        "--b\r\nContent-Type: a/b\r\n",
        "--b\r\n\r\none\r\n--b-",
    ] {
        let error = read(body.as_bytes(), "b", 3).await.unwrap_err();
        assert!(
            matches!(error, MultipartError::Truncated),
            "{body:?}: {error}"
        );
    }
    for body in ["", "no boundary here", "-b\r\n"] {
        let error = read(body.as_bytes(), "b", 3).await.unwrap_err();
        assert!(
            matches!(error, MultipartError::NoBoundary),
            "{body:?}: {error}"
        );
    }
}

#[tokio::test]
async fn headers_and_preambles_are_bounded() {
    let mut body = b"--b\r\nX: ".to_vec();
    body.resize(1 << 20, b'x');
    let error = read(&body, "b", 4096).await.unwrap_err();
    assert!(matches!(error, MultipartError::HeaderTooLong));
    let error = read(&vec![b'x'; 1 << 20], "b", 4096).await.unwrap_err();
    assert!(matches!(error, MultipartError::NoBoundary));
}

#[test]
fn a_content_type_gives_boundary_and_root() {
    let read = |text| related(&MediaType::parse(text).unwrap());
    assert_eq!(
        read("multipart/related; type=\"application/dicom\"; boundary=\"a b;c\"; charset=utf-8"),
        Some(Related {
            boundary: "a b;c".into(),
            root: Some("application/dicom".into())
        })
    );
    assert_eq!(read("multipart/related; boundary=x").unwrap().root, None);
    assert_eq!(read("multipart/form-data; boundary=x"), None);
    assert_eq!(read("multipart/related"), None);
    assert_eq!(read("multipart/related; boundary="), None);
    // Orthanc's boundary is two UUIDs, longer than RFC 2046 §5.1.1 has it.
    let orthanc = "02682797-ec41-425a-ab75-3c284c5f43aa-02682797-ec41-425a-ab75-3c284c5f43aa";
    let said = format!("multipart/related; boundary={orthanc}");
    let taken = read(&said).unwrap();
    assert_eq!(taken.boundary, orthanc);
    let endless = "x".repeat(10_000);
    assert_eq!(
        read(&format!("multipart/related; boundary={endless}")),
        None
    );
}

/// RFC 2557 §4: bulk data is found by the Content-Location of its part.
#[tokio::test]
async fn a_part_says_where_it_belongs() {
    let body = "--b\r\ncontent-location: bulk/1\r\nContent-Type: a/b\r\n\r\nx\r\n--b--";
    let chunk: Result<Bytes, Infallible> = Ok(Bytes::from(body));
    let mut parts = Parts::new(stream::iter([chunk]), "b");
    let head = parts.next().await.unwrap().unwrap();
    assert_eq!(head.location.as_deref(), Some("bulk/1"));
    assert_eq!(head.content_type, "a/b");
}
