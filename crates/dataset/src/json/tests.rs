//! The rules of PS3.18 §F.2, value by value.

use dicom_core::VR;
use model::TransferSyntax;
use serde_json::json;

use super::*;

fn element(group: u16, number: u16, vr: VR, bytes: &[u8]) -> Element {
    Element {
        tag: Tag(group, number),
        vr,
        value: Value::Bytes(bytes.to_vec()),
    }
}

fn written(elements: Vec<Element>) -> serde_json::Value {
    header(&Header::new(elements, TransferSyntax::explicit_little())).into()
}

fn value_of(vr: VR, bytes: &[u8]) -> serde_json::Value {
    written(vec![element(0x0010, 0x4000, vr, bytes)])["00104000"]["Value"].clone()
}

#[test]
fn empty_elements_have_no_value() {
    let json = written(vec![
        element(8, 0, VR::UL, &[4, 0, 0, 0]),
        Element {
            tag: Tag(8, 0x1140),
            vr: VR::SQ,
            value: Value::Items(Vec::new()),
        },
        element(8, 0x0050, VR::SH, b"  "),
    ]);
    assert!(json.as_object().unwrap().keys().is_sorted());
    assert_eq!(
        json,
        json!({"00080050": {"vr": "SH"}, "00081140": {"vr": "SQ"}})
    );
}

#[test]
fn person_names_are_groups_and_text_is_utf8() {
    let json = written(vec![
        element(8, 5, VR::CS, b"GB18030 "),
        element(
            0x10,
            0x10,
            VR::PN,
            b"Zhang^San=\xd5\xc5^\xc8\xfd\\=\xcd\xf5 ",
        ),
        element(0x10, 0x20, VR::LO, b"a\\\\b\0"),
    ]);
    assert_eq!(
        json,
        json!({
            "00080005": {"vr": "CS", "Value": ["ISO_IR 192"]},
            "00100010": {"vr": "PN", "Value": [
                {"Alphabetic": "Zhang^San", "Ideographic": "张^三"},
                {"Ideographic": "王"},
            ]},
            "00100020": {"vr": "LO", "Value": ["a", null, "b"]},
        })
    );
}

#[test]
fn decimals_are_numbers_where_exact() {
    let value = value_of(
        VR::DS,
        b"1\\-2.50\\+3E2\\0.1234567890123456\\NaN\\\\.5\\1e999",
    );
    let expected = json!([
        1,
        -2.5,
        300.0,
        "0.1234567890123456",
        "NaN",
        null,
        0.5,
        "1e999"
    ]);
    assert_eq!(value, expected);
    assert_eq!(value_of(VR::IS, b"12\\1.5\\007"), json!([12, "1.5", 7]));
}

#[test]
fn binary_numbers() {
    assert_eq!(value_of(VR::US, &[1, 0, 255, 255]), json!([1, 65535]));
    assert_eq!(
        value_of(VR::FD, &f64::INFINITY.to_le_bytes()),
        json!(["inf"])
    );
    assert_eq!(
        value_of(VR::UV, &u64::MAX.to_le_bytes()),
        json!(["18446744073709551615"])
    );
    assert_eq!(value_of(VR::AT, &[0x10, 0, 0x20, 0]), json!(["00100020"]));
}

#[test]
fn single_texts_keep_their_backslashes() {
    assert_eq!(value_of(VR::LT, b" a\\b "), json!([" a\\b"]));
}

#[test]
fn binary_in_line_or_by_uri_and_the_path_leads_back() {
    let sequence = Element {
        tag: Tag(0x0040, 0x0555),
        vr: VR::SQ,
        value: Value::Items(vec![
            Vec::new(),
            vec![
                element(0x5400, 0x1010, VR::OW, &[7; 66]),
                element(0x5400, 0x1012, VR::OB, b"foob"),
            ],
        ]),
    };
    let h = Header::new(vec![sequence], TransferSyntax::explicit_little());
    let path = "00400555/2/54001010";
    assert_eq!(
        serde_json::Value::from(header(&h)),
        json!({"00400555": {"vr": "SQ", "Value": [{}, {
            "54001010": {"vr": "OW", "BulkDataURI": format!("bulkdata/{path}")},
            "54001012": {"vr": "OB", "InlineBinary": "Zm9vYg=="},
        }]}})
    );
    assert_eq!(locate(&h, path).unwrap().value, Value::Bytes(vec![7; 66]));
    for wrong in [
        "",
        "00400555/0/54001010",
        "00400555/3",
        "54001010",
        "00400555/2",
        "x/1",
    ] {
        assert!(locate(&h, wrong).is_none(), "{wrong}");
    }
}

#[test]
fn sequences_nest_no_deeper_than_readers_of_json_allow() {
    let mut elements = vec![element(0x10, 0x10, VR::PN, b"Deep")];
    for _ in 0..64 {
        elements = vec![Element {
            tag: Tag(8, 0x1140),
            vr: VR::SQ,
            value: Value::Items(vec![elements]),
        }];
    }
    let text = header_text(&Header::new(elements, TransferSyntax::explicit_little()));
    assert_eq!(text.matches("00081140").count(), 41);
    serde_json::from_str::<serde_json::Value>(&format!("[{text}]")).unwrap();
}

#[test]
fn the_first_of_equal_tags_counts_and_texts_are_escaped() {
    let h = Header::new(
        vec![
            element(0x10, 0x20, VR::LO, b"a\"b\n"),
            element(0x10, 0x10, VR::PN, b"A^B"),
            element(0x10, 0x20, VR::LO, b"second"),
        ],
        TransferSyntax::explicit_little(),
    );
    let expected = r#"{"00100010":{"vr":"PN","Value":[{"Alphabetic":"A^B"}]},"00100020":{"vr":"LO","Value":["a\"b\n"]}}"#;
    assert_eq!(header_text(&h), expected);
    assert_eq!(
        select_text(&h, &[Tag(0x10, 0x20), Tag(0x10, 0x10), Tag(8, 5)]),
        expected
    );
}

#[test]
fn big_endian_words_are_turned() {
    let h = Header::new(
        vec![
            element(0x28, 0x10, VR::US, &[1, 2]),
            element(9, 0x1001, VR::OW, &[1, 2]),
        ],
        TransferSyntax::explicit_big(),
    );
    let json = serde_json::Value::from(header(&h));
    assert_eq!(json["00280010"]["Value"], json!([258]));
    assert_eq!(json["00091001"]["InlineBinary"], "AgE=");
}

#[test]
fn items_may_have_a_character_set_of_their_own() {
    let item = vec![
        element(8, 5, VR::CS, b"ISO_IR 100"),
        element(8, 0x0104, VR::LO, b"\xe4"),
    ];
    let json = written(vec![
        element(8, 5, VR::CS, b"GB18030"),
        Element {
            tag: Tag(8, 0x1032),
            vr: VR::SQ,
            value: Value::Items(vec![item]),
        },
    ]);
    assert_eq!(
        json["00081032"]["Value"][0]["00080104"]["Value"],
        json!(["ä"])
    );
}

fn object(json: serde_json::Value) -> JsonObject {
    match json {
        serde_json::Value::Object(object) => object,
        other => panic!("{other}"),
    }
}

#[test]
fn attributes_become_elements_in_the_character_set_asked_for() {
    let attributes = object(json!({
        "00100020": {"vr": "LO", "Value": ["7"]},
        "00100010": {"vr": "PN", "Value": [{"Alphabetic": "Zhang^San", "Ideographic": "张^三"}]},
        "00080056": {"vr": "CS"},
        "00201208": {"vr": "IS", "Value": [12]},
        "00280010": {"vr": "US", "Value": [258]},
        "00180050": {"vr": "DS", "Value": [0.12345678901234568]},
        "00400275": {"vr": "SQ", "Value": [{"00401001": {"vr": "SH", "Value": ["P1"]}}]},
        "00091001": {"vr": "OB", "BulkDataURI": "x"},
    }));
    let elements = to_elements(&attributes, &Charset::gb18030());
    let tags: Vec<_> = elements
        .iter()
        .map(|element| tag_key(element.tag))
        .collect();
    let expected = "00080005 00080056 00100010 00100020 00180050 00201208 00280010 00400275";
    assert_eq!(tags.join(" "), expected);
    let bytes = |index: usize| match &elements[index].value {
        Value::Bytes(bytes) => bytes.as_slice(),
        other => panic!("{other:?}"),
    };
    assert_eq!(bytes(0), b"GB18030");
    assert_eq!(bytes(1), b"");
    assert_eq!(bytes(2), b"Zhang^San=\xd5\xc5^\xc8\xfd");
    assert_eq!(bytes(4), b"0.12345678901235");
    assert_eq!(bytes(5), b"12");
    assert_eq!(bytes(6), [2, 1]);

    let latin = to_elements(&attributes, &Charset::new("ISO_IR 100"));
    let name = latin
        .iter()
        .find(|element| element.tag == Tag(0x10, 0x10))
        .unwrap();
    assert_eq!(name.value, Value::Bytes(b"Zhang^San=?^?".to_vec()));
}
