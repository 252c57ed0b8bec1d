//! QIDO-RS (PS3.18 §10.6): pages, parameters and what an answer always holds.

use std::collections::BTreeSet;

use testkit::fixture::Ct;

use crate::house::House;

const JSON: &str = "application/dicom+json";

async fn filled(ids: &[&str]) -> House {
    let house = House::dev().await;
    for id in ids {
        let mut ct = Ct::new(id).unwrap();
        ct.size = 16;
        house.stored(&[ct.object()]).await;
    }
    house
}

/// PS3.18 §8.3.4.4: truncated results say so; the link (RFC 8288) leads through all of them.
#[tokio::test]
async fn the_next_page_is_linked_until_there_is_none() {
    let house = filled(&["L1", "L2", "L3", "L4", "L5"]).await;
    for (root, key) in [
        ("/studies", "0020000D"),
        ("/series", "0020000E"),
        ("/instances", "00080018"),
        ("/patients", "00100020"),
    ] {
        let mut path = format!("/dicom-web{root}?PatientName=zhang*&limit=2&offset=0");
        let mut seen = BTreeSet::new();
        let mut pages = 0;
        loop {
            let answer = house.get(&path, JSON).await;
            assert_eq!(answer.status, 200, "{path}");
            for record in answer.json().as_array().unwrap() {
                assert!(seen.insert(record[key]["Value"][0].to_string()), "{path}");
            }
            pages += 1;
            let link = answer.header("link").to_owned();
            assert_eq!(link.is_empty(), answer.header("warning").is_empty());
            if link.is_empty() {
                break;
            }
            let (address, relation) = link.split_once(">; ").unwrap();
            assert_eq!(relation, "rel=\"next\"");
            path = address
                .strip_prefix("<http://localhost:8080")
                .unwrap()
                .to_owned();
            assert!(path.contains("PatientName=zhang*&limit=2&after="), "{path}");
        }
        assert_eq!((pages, seen.len()), (3, 5), "{root}");
    }
}

/// PS3.18 §8.3.1: what cannot be read is the client's fault.
#[tokio::test]
async fn a_cursor_that_is_none_is_400() {
    let house = filled(&[]).await;
    for path in [
        "/studies?after=x",
        "/series?after=20230101~1~1.2",
        "/patients?after=-1",
    ] {
        let answer = house.get(&format!("/dicom-web{path}"), JSON).await;
        assert_eq!(answer.status, 400, "{path}");
    }
}

/// PS3.18 §10.6.3.3, Tables 10.6.3-3 to 10.6.3-5: keys of type R are there without a value too.
#[tokio::test]
async fn required_keys_are_always_there_and_text_is_unicode() {
    let house = filled(&["R1"]).await;
    for (path, keys) in [
        (
            "/studies",
            vec![
                "00080020", "00080030", "00080050", "00080061", "00080090", "00100010", "00100020",
                "00100030", "00100040", "0020000D", "00200010", "00201206", "00201208", "00081190",
                "00080056", "00080005",
            ],
        ),
        (
            "/series",
            vec![
                "00080060", "0020000E", "00200011", "00201209", "00100010", "00080050",
            ],
        ),
        (
            "/instances",
            vec!["00080016", "00080018", "00200013", "0020000E", "00100020"],
        ),
        (
            "/patients",
            vec![
                "00100010", "00100020", "00100030", "00201200", "00201202", "00201204",
            ],
        ),
    ] {
        let answer = house.get(&format!("/dicom-web{path}"), JSON).await.json();
        for key in keys {
            assert!(answer[0].get(key).is_some(), "{path} {key}: {}", answer[0]);
        }
        assert_eq!(answer[0]["00080005"]["Value"][0], "ISO_IR 192");
        let tags: Vec<&String> = answer[0].as_object().unwrap().keys().collect();
        assert!(tags.is_sorted(), "{path}: PS3.18 §F.2.2 orders tags");
    }
}

/// PS3.18 §8.3.4.3: `includefield` is repeated or a list, by keyword or tag, decoded before it is
/// split.
#[tokio::test]
async fn fields_are_included_however_they_are_listed() {
    let house = filled(&["I1"]).await;
    for query in [
        "includefield=SeriesInstanceUID,AvailableTransferSyntaxUID",
        "includefield=SOPClassesInStudy%2C00083002",
        "includefield=00080062&includefield=AvailableTransferSyntaxUID",
        "includefield=all",
    ] {
        let path = format!("/dicom-web/studies?{query}");
        let answer = house.get(&path, JSON).await.json();
        assert!(
            answer[0]["00083002"]["Value"][0].is_string(),
            "{query}: {}",
            answer[0]
        );
    }
    let plain = house.get("/dicom-web/studies", JSON).await.json();
    assert!(plain[0].get("00083002").is_none());
}

/// PS3.4 §C.2.2.2, PS3.18 §8.3.4.1: the forms of keys.
#[tokio::test]
async fn keys_match_in_every_form_that_the_standard_has() {
    let house = filled(&["K1"]).await;
    let study = house.get("/dicom-web/studies", JSON).await.json();
    let uid = study[0]["0020000D"]["Value"][0]
        .as_str()
        .unwrap()
        .to_owned();
    let date = study[0]["00080020"]["Value"][0]
        .as_str()
        .unwrap()
        .to_owned();
    for (query, status) in [
        // Universal matching (§C.2.2.2.3).
        ("PatientName=&StudyDate=&00400275.00400009=".to_owned(), 200),
        // Lists of UIDs (§C.2.2.2.2), by comma and by backslash.
        (format!("StudyInstanceUID=1.2.3,{uid}"), 200),
        (format!("StudyInstanceUID=1.2.3%5C{uid}"), 200),
        // Ranges, of moments too (§C.2.2.2.5).
        (format!("StudyDate={date}-{date}"), 200),
        (
            format!("StudyDate={date}-{date}&StudyTime=000000-235959"),
            200,
        ),
        (format!("StudyDate=-{date}&StudyTime=-000000"), 204),
        ("StudyDate=19000101-19000102".to_owned(), 204),
        // Sequences (§C.2.2.2.6).
        (
            "RequestAttributesSequence.ScheduledProcedureStepID=nothing".to_owned(),
            204,
        ),
        ("00400275.00400009=nothing".to_owned(), 204),
        // How to answer, not what to find.
        ("TimezoneOffsetFromUTC=%2B0800".to_owned(), 200),
        // Names: literal, by pinyin, fuzzy (§C.2.2.2.1, §8.3.4.2).
        ("PatientName=ZHANG%5EWEI".to_owned(), 200),
        ("PatientName=*%E4%BC%9F*".to_owned(), 200),
        ("PatientName=zw".to_owned(), 204),
        ("PatientName=zw&fuzzymatching=true".to_owned(), 200),
        ("PatientName=wei%20zhang&fuzzymatching=true".to_owned(), 200),
    ] {
        let answer = house
            .get(&format!("/dicom-web/studies?{query}"), JSON)
            .await;
        assert_eq!(answer.status, status, "{query}");
    }
}

/// PS3.18 §8.3.4.2: where fuzzy matching is not supported, literal matching and a warning.
#[tokio::test]
async fn a_name_that_cannot_be_matched_fuzzily_warns() {
    let house = filled(&["F1"]).await;
    let path = "/dicom-web/studies?fuzzymatching=true&PhysiciansOfRecord=*";
    assert_eq!(house.get(path, JSON).await.header("warning"), "");
    let path = "/dicom-web/studies?fuzzymatching=true&PhysiciansOfRecord=house";
    let answer = house.get(path, JSON).await;
    assert_eq!(answer.status, 204);
    let literal = "The fuzzymatching parameter is not supported. Only literal matching has been \
                   performed.";
    assert!(answer.header("warning").starts_with("299 "));
    assert!(
        answer.header("warning").contains(literal),
        "{}",
        answer.header("warning")
    );
    let path = "/dicom-web/studies?fuzzymatching=true&PatientName=zhang";
    assert_eq!(house.get(path, JSON).await.header("warning"), "");
}

/// Private attributes are not kept by the index: ignored, and told (PS3.18 §8.3.4.1).
#[tokio::test]
async fn private_keys_are_ignored_with_a_warning() {
    let house = filled(&["V1"]).await;
    let path = "/dicom-web/studies?00090010=ACME&00091001=x&includefield=00091002";
    let answer = house.get(path, JSON).await;
    assert_eq!(answer.status, 200);
    assert!(
        answer.header("warning").contains("PrivateCreator"),
        "{}",
        answer.header("warning")
    );
}
