//! The Native DICOM Model (PS3.19 §A.1) and documents that are none.

use serde_json::json;

use super::*;

fn object(value: serde_json::Value) -> JsonObject {
    value.as_object().unwrap().clone()
}

fn wrapped(inner: &str) -> String {
    format!(
        "<NativeDicomModel xmlns=\"http://dicom.nema.org/PS3.19/models/NativeDICOM\">{inner}</NativeDicomModel>"
    )
}

fn read_of(inner: &str) -> serde_json::Value {
    read(wrapped(inner).as_bytes(), &Bounds::default())
        .unwrap_or_else(|error| panic!("{inner}: {error}"))
        .into()
}

fn fault(document: &str, bounds: Bounds) -> String {
    read(document.as_bytes(), &bounds).unwrap_err().to_string()
}

#[test]
fn both_notations_say_the_same() {
    let model = object(json!({
        "00080005": {"vr": "CS", "Value": ["ISO_IR 192"]},
        "00080050": {"vr": "SH"},
        "00081140": {"vr": "SQ", "Value": [{"00081155": {"vr": "UI", "Value": ["1.2"]}}, {}]},
        "00091001": {"vr": "UN", "InlineBinary": "AQID"},
        "00100010": {"vr": "PN", "Value": [
            {"Alphabetic": "Zhang^San^^Dr^", "Ideographic": "张^三"}, null]},
        "00104000": {"vr": "LT", "Value": [" a\r\n<b>&\"c\"\t "]},
        "00201041": {"vr": "DS", "Value": ["1.5", null, "3"]},
        "7FE00010": {"vr": "OW", "BulkDataURI": "http://a/b?c=d&e='f'"},
    }));
    let text = write(&model);
    let mut back = read(text.as_bytes(), &Bounds::default()).unwrap();
    // An item without attributes says no more than an empty value.
    assert_eq!(back["00081140"]["Value"][1], json!({}));
    // A value that is empty and last is kept by its number.
    assert_eq!(back["00100010"]["Value"].as_array().unwrap().len(), 2);
    back.sort_keys();
    assert_eq!(back, model, "{text}");
}

/// PS3.19 Table A.1.5-2: keyword of the dictionary, creator and block 00 of private attributes.
#[test]
fn attributes_carry_keyword_and_private_creator() {
    let model = object(json!({
        "00090011": {"vr": "LO", "Value": ["ACME"]},
        "00091102": {"vr": "SH", "Value": ["x"]},
        "00100020": {"vr": "LO", "Value": ["7"]},
    }));
    let text = write(&model);
    for part in [
        "<DicomAttribute tag=\"00090002\" vr=\"SH\" privateCreator=\"ACME\"><Value number=\"1\">x</Value>",
        "<DicomAttribute tag=\"00100020\" vr=\"LO\" keyword=\"PatientID\">",
    ] {
        assert!(text.contains(part), "{text}");
    }
    assert_eq!(read(text.as_bytes(), &Bounds::default()).unwrap(), model);
}

/// PS3.5 §7.8.1: as DCMTK writes it, without the element that reserves the block.
#[test]
fn a_private_creator_that_is_only_an_attribute_gets_a_block() {
    let found = read_of(
        "<DicomAttribute tag=\"00090001\" vr=\"SH\" privateCreator=\"A\"><Value number=\"1\">x</Value></DicomAttribute>\
         <DicomAttribute tag=\"00090001\" vr=\"SH\" privateCreator=\"B\"/>\
         <DicomAttribute tag=\"00091401\" vr=\"SH\" privateCreator=\"C\"/>",
    );
    assert_eq!(
        found,
        json!({
            "00090010": {"vr": "LO", "Value": ["A"]},
            "00090011": {"vr": "LO", "Value": ["B"]},
            "00090014": {"vr": "LO", "Value": ["C"]},
            "00091001": {"vr": "SH", "Value": ["x"]},
            "00091101": {"vr": "SH"},
            "00091401": {"vr": "SH"},
        })
    );
}

#[test]
fn gaps_prefixes_character_data_and_references_are_read() {
    let found = read_of(
        "<!-- c --><n:DicomAttribute xmlns:n='x' tag='00080060' vr='CS' keyword='Modality'>\n\
         <n:Value number='3'>C&#x54;&amp;<![CDATA[<]]></n:Value></n:DicomAttribute>\
         <DicomAttribute tag='7FE00010' vr='OB'><BulkData uuid='a-b'/></DicomAttribute>\
         <DicomAttribute tag='00090001' vr='OB'><InlineBinary>A\n QID</InlineBinary><More>x</More></DicomAttribute>",
    );
    assert_eq!(
        found,
        json!({
            "00080060": {"vr": "CS", "Value": [null, null, "CT&<"]},
            "00090001": {"vr": "OB", "InlineBinary": "AQID"},
            "7FE00010": {"vr": "OB", "BulkDataURI": "urn:uuid:a-b"},
        })
    );
}

/// XML 1.0 §2.2: most control characters cannot be written, not even as references.
#[test]
fn control_characters_leave_a_mark() {
    let model = object(json!({"00104000": {"vr": "LT", "Value": ["a\u{1b}b\u{0}\u{c}\n"]}}));
    let back = read(write(&model).as_bytes(), &Bounds::default()).unwrap();
    assert_eq!(back["00104000"]["Value"][0], "a\u{fffd}b\u{fffd}\u{fffd}\n");
}

#[test]
fn hostile_documents_are_refused() {
    let all = Bounds::default();
    for (document, reason) in [
        ("", "ends early"),
        ("<NativeDicomModel>", "ends early"),
        ("<a/>", "no Native DICOM Model"),
        ("<NativeDicomModel></a>", "not well-formed"),
        (
            "<NativeDicomModel/><NativeDicomModel/>",
            "no Native DICOM Model",
        ),
        (
            "<!DOCTYPE a [<!ENTITY b \"c\">]><NativeDicomModel/>",
            "document type",
        ),
        (
            "<?xml version=\"1.0\" encoding=\"UTF-16\"?><NativeDicomModel/>",
            "encoding",
        ),
        ("<NativeDicomModel>text</NativeDicomModel>", "text"),
    ] {
        let found = fault(document, all);
        assert!(found.contains(reason), "{document}: {found}");
    }
    let value = |inner: &str| {
        wrapped(&format!(
            "<DicomAttribute tag=\"00100020\" vr=\"LO\">{inner}</DicomAttribute>"
        ))
    };
    for (document, reason) in [
        (value("<Value number=\"1\">&xxe;</Value>"), "entity"),
        (
            value("<Value number=\"2\"/><Value number=\"2\"/>"),
            "number",
        ),
        (value("<Value number=\"4000000000\"/>"), "more elements"),
        (value("<BulkData/>"), "address"),
        (wrapped("<DicomAttribute vr=\"LO\"/>"), "without a tag"),
        (
            wrapped(&"<DicomAttribute tag=\"00100020\"/>".repeat(2)),
            "twice",
        ),
    ] {
        let found = fault(&document, all);
        assert!(found.contains(reason), "{document}: {found}");
    }
    let level = "<DicomAttribute tag=\"00081140\" vr=\"SQ\"><Item number=\"1\">";
    let deep = format!("<NativeDicomModel>{}", level.repeat(100_000));
    assert!(fault(&deep, all).contains("deeper"));
    let few = Bounds {
        elements: 3,
        depth: 1,
    };
    assert!(fault(&wrapped(&level.repeat(2)), few).contains("more elements"));
}
