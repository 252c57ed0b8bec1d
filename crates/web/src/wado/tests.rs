//! What clients really send, and what they get (PS3.18 §8.7).

use model::TransferSyntax;

use super::negotiate::{Form, Pixels, frames, objects};
use crate::accept::Accepted;

const EXPLICIT: &str = "1.2.840.10008.1.2.1";
const IMPLICIT: &str = "1.2.840.10008.1.2";
const JPEG_LS: &str = "1.2.840.10008.1.2.4.80";

fn syntax(uid: &str) -> TransferSyntax {
    TransferSyntax::parse(uid).unwrap()
}

/// Form and syntax of an object; an empty text: as stored.
fn object(accept: &str, stored: &str) -> Option<(Form, String)> {
    let form = objects(&Accepted::lists([accept]), false)?;
    let to = form.syntax(&syntax(stored), |to| {
        to.as_str() == EXPLICIT || to.as_str() == IMPLICIT
    })?;
    Some((form.form, to.map(|to| to.to_string()).unwrap_or_default()))
}

#[test]
fn an_object_without_a_syntax_asked_is_explicit_little_endian() {
    let explicit = Some((Form::Multipart, EXPLICIT.to_owned()));
    for accept in [
        "*/*",
        "multipart/related",
        "multipart/related; type=\"application/dicom\"",
        "multipart/related; type=application/dicom, application/dicom+json;q=0.9",
    ] {
        assert_eq!(object(accept, JPEG_LS), explicit, "{accept}");
        assert_eq!(object(accept, IMPLICIT), explicit, "{accept}");
        assert_eq!(
            object(accept, EXPLICIT),
            Some((Form::Multipart, String::new())),
            "{accept}"
        );
    }
}

#[test]
fn an_object_comes_as_stored_when_all_is_acceptable() {
    let accept = "multipart/related; type=\"application/dicom\"; transfer-syntax=*";
    for stored in [JPEG_LS, IMPLICIT, EXPLICIT, "1.2.3"] {
        assert_eq!(
            object(accept, stored),
            Some((Form::Multipart, String::new()))
        );
    }
    let single = "application/dicom; transfer-syntax=*";
    assert_eq!(object(single, JPEG_LS), Some((Form::Single, String::new())));
}

#[test]
fn what_is_stored_goes_before_what_must_be_made() {
    let accept = "multipart/related; type=\"application/dicom\"; transfer-syntax=1.2.840.10008.1.2.1, \
        multipart/related; type=\"application/dicom\"; transfer-syntax=1.2.840.10008.1.2.4.80";
    assert_eq!(
        object(accept, JPEG_LS),
        Some((Form::Multipart, String::new()))
    );
}

#[test]
fn implicit_vr_is_not_made_for_the_web() {
    let accept = "multipart/related; type=\"application/dicom\"; transfer-syntax=1.2.840.10008.1.2";
    assert_eq!(object(accept, EXPLICIT), None);
    assert_eq!(object(accept, IMPLICIT), None);
}

#[test]
fn other_media_are_not_acceptable() {
    for accept in [
        "image/jpeg",
        "multipart/related; type=\"image/jpeg\"",
        "text/html",
        "",
    ] {
        assert_eq!(object(accept, EXPLICIT), None, "{accept}");
    }
}

fn ways(accept: &str, stored: &str, essence: &str) -> Vec<(Form, Pixels)> {
    frames(&Accepted::lists([accept]), &syntax(stored), essence, true)
}

#[test]
fn frames_are_uncompressed_unless_the_client_says_more() {
    use Form::{Multipart, Single};
    let octets = "multipart/related; type=application/octet-stream";
    assert_eq!(
        ways(octets, JPEG_LS, "image/jls"),
        [(Multipart, Pixels::Native)]
    );
    assert_eq!(
        ways("application/octet-stream", JPEG_LS, "image/jls"),
        [(Single, Pixels::Native)]
    );
    assert_eq!(
        ways("*/*", JPEG_LS, "image/jls"),
        [(Multipart, Pixels::Native), (Multipart, Pixels::AsStored)]
    );
}

#[test]
fn frames_come_as_stored_to_whom_takes_that() {
    use Form::{Multipart, Single};
    let any = "multipart/related; type=application/octet-stream; transfer-syntax=*";
    assert_eq!(
        ways(any, JPEG_LS, "image/jls"),
        [(Multipart, Pixels::AsStoredOctets)]
    );
    assert_eq!(
        ways(any, EXPLICIT, "application/octet-stream"),
        [(Multipart, Pixels::AsStored)]
    );
    let jls = "multipart/related; type=\"image/jls\"; transfer-syntax=1.2.840.10008.1.2.4.80";
    assert_eq!(
        ways(jls, JPEG_LS, "image/jls"),
        [(Multipart, Pixels::AsStored)]
    );
    assert_eq!(
        ways("image/jls", JPEG_LS, "image/jls"),
        [(Single, Pixels::AsStored)]
    );
    assert_eq!(ways("image/jp2", JPEG_LS, "image/jls"), []);
    let private = ways("*/*", "1.2.3", "application/octet-stream");
    assert_eq!(
        private,
        [(Multipart, Pixels::Native), (Multipart, Pixels::AsStored)]
    );
    let octets = ways(
        "application/octet-stream",
        "1.2.3",
        "application/octet-stream",
    );
    assert_eq!(octets, [(Single, Pixels::Native)]);
}

#[test]
fn of_equal_ways_what_is_stored_goes_first() {
    let list = "multipart/related; type=\"application/octet-stream\"; transfer-syntax=1.2.840.10008.1.2.1, \
        multipart/related; type=\"image/jls\"; transfer-syntax=1.2.840.10008.1.2.4.80";
    let expected = [
        (Form::Multipart, Pixels::AsStored),
        (Form::Multipart, Pixels::Native),
    ];
    assert_eq!(ways(list, JPEG_LS, "image/jls"), expected);
}

#[test]
fn several_frames_are_never_a_single_part() {
    let ways = frames(
        &Accepted::lists(["image/jls"]),
        &syntax(JPEG_LS),
        "image/jls",
        false,
    );
    assert!(ways.is_empty());
}

/// PS3.18 §8.7.3, RFC 9110 §12.5.1: form by form, what is refused is not given.
#[test]
fn what_is_refused_is_given_in_another_form() {
    let explicit = || Some((Form::Multipart, EXPLICIT.to_owned()));
    let stored = |form| Some((form, String::new()));
    for (accept, kept, expected) in [
        ("multipart/related;q=0, */*", EXPLICIT, stored(Form::Single)),
        (
            "application/dicom;q=0, */*",
            EXPLICIT,
            stored(Form::Multipart),
        ),
        ("application/dicom;q=0, application/*", EXPLICIT, None),
        ("*/*;q=0", EXPLICIT, None),
        (
            "application/dicom;q=0.1, multipart/related",
            EXPLICIT,
            stored(Form::Multipart),
        ),
        (
            "application/dicom; transfer-syntax=\"*\"",
            JPEG_LS,
            stored(Form::Single),
        ),
        (
            "multipart/related; type=application/dicom; transfer-syntax=*, \
             multipart/related; type=application/dicom; transfer-syntax=1.2.840.10008.1.2.4.80; q=0, \
             multipart/related; type=application/dicom",
            JPEG_LS,
            explicit(),
        ),
        (
            "application/dicom+json, multipart/related; type=\"application/dicom\"; q=0.5",
            JPEG_LS,
            explicit(),
        ),
        (
            "multipart / related; type = \"application/dicom\"",
            EXPLICIT,
            None,
        ),
        (
            "Multipart/Related ; Type = application/dicom ; q = 0.2",
            JPEG_LS,
            explicit(),
        ),
        ("application/*", EXPLICIT, stored(Form::Single)),
        ("multipart/*", JPEG_LS, explicit()),
    ] {
        assert_eq!(object(accept, kept), expected, "{accept}");
    }
}

#[test]
fn several_objects_are_never_a_single_part() {
    for (accept, form) in [
        ("application/dicom", None),
        (
            "application/dicom, multipart/related;q=0.1",
            Some(Form::Multipart),
        ),
        ("*/*", Some(Form::Multipart)),
    ] {
        let found = objects(&Accepted::lists([accept]), true).map(|found| found.form);
        assert_eq!(found, form, "{accept}");
    }
}

/// The stored frames are JPEG-LS.
#[test]
fn refused_frames_are_given_last_and_in_parts_only() {
    use Form::{Multipart, Single};
    for (accept, expected) in [
        (
            "image/jls;q=0, */*",
            vec![(Multipart, Pixels::Native), (Multipart, Pixels::AsStored)],
        ),
        (
            "application/octet-stream;q=0, */*",
            vec![(Multipart, Pixels::AsStored), (Multipart, Pixels::Native)],
        ),
        (
            "multipart/related; type=image/jls;q=0, */*",
            vec![(Multipart, Pixels::Native)],
        ),
        (
            "multipart/related; type=image/jls;q=0, multipart/related; type=image/jls; transfer-syntax=*",
            vec![(Multipart, Pixels::AsStored)],
        ),
        (
            "multipart/related;q=0, */*",
            vec![(Single, Pixels::Native), (Single, Pixels::AsStored)],
        ),
        ("image/*", vec![(Single, Pixels::AsStored)]),
        ("image/jpeg;q=0, image/*", vec![(Single, Pixels::AsStored)]),
        ("image/jls;q=0, image/*", vec![]),
    ] {
        assert_eq!(ways(accept, JPEG_LS, "image/jls"), expected, "{accept}");
    }
}
