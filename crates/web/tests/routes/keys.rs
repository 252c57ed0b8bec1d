//! QIDO-RS: which objects a matching key finds (PS3.18 §8.3.4.1, PS3.4 §C.2.2.2), told apart by objects
//! that differ in what is asked for and in nothing else.

use testkit::fixture::{CT_IMAGE, Dataset, Object, Syntax, fresh_uid};

use crate::house::House;

const JSON: &str = "application/dicom+json";

/// An object of a study of its own, at `date` and `time`; its requested steps, each with the number of its
/// procedure.
fn exam(patient_id: &str, [date, time]: [&str; 2], steps: &[(&str, &str)]) -> Object {
    let [study, series, sop] = [(); 3].map(|()| fresh_uid().unwrap());
    let requests = steps.iter().map(|(step, procedure)| {
        Dataset::default()
            .text(0x0040_0009, "SH", step)
            .text(0x0040_1001, "SH", procedure)
    });
    let dataset = Dataset::default()
        .text(0x0008_0016, "UI", CT_IMAGE)
        .text(0x0008_0018, "UI", &sop)
        .text(0x0008_0020, "DA", date)
        .text(0x0008_0030, "TM", time)
        .text(0x0008_0060, "CS", "CT")
        .text(0x0010_0020, "LO", patient_id)
        .text(0x0020_000D, "UI", &study)
        .text(0x0020_000E, "UI", &series)
        .sequence(0x0040_0275, requests.collect());
    Object {
        sop_class: CT_IMAGE.into(),
        sop,
        study,
        series,
        transfer_syntax: "1.2.840.10008.1.2.1".into(),
        dataset: dataset.encode(Syntax::Explicit),
    }
}

/// The patients of what is found, in the order of their names.
async fn found(house: &House, path: &str) -> String {
    let answer = house.get(&format!("/dicom-web{path}"), JSON).await;
    assert!(
        answer.status == 200 || answer.status == 204,
        "{path}: {}",
        String::from_utf8_lossy(&answer.body)
    );
    // Nothing of what was asked is passed over.
    assert_eq!(answer.header("warning"), "", "{path}");
    if answer.status == 204 {
        return String::new();
    }
    let answer = answer.json();
    let matches = answer.as_array().unwrap().iter();
    let mut patients: Vec<_> = matches
        .map(|one| one["00100020"]["Value"][0].as_str().unwrap().to_owned())
        .collect();
    patients.sort();
    patients.concat()
}

/// PS3.4 §C.2.2.2.5.1–.4: both ends belong to a range; where a range of dates and one of times are asked for,
/// they are one range of moments.
#[tokio::test]
async fn the_edges_of_ranges_part_one_study_from_the_next() {
    let house = House::dev().await;
    house
        .stored(&[
            exam("A", ["20260101", "100000"], &[]),
            exam("B", ["20260102", "090000"], &[]),
            exam("C", ["20260103", "113000.5"], &[]),
        ])
        .await;
    for (query, expected) in [
        ("StudyDate=20260102", "B"),
        ("StudyDate=20260101-20260102", "AB"),
        ("00080020=20260102-20260102", "B"),
        ("StudyDate=20260102-", "BC"),
        ("StudyDate=20260103-", "C"),
        ("StudyDate=20260104-", ""),
        ("StudyDate=-20260102", "AB"),
        ("StudyDate=-20260101", "A"),
        ("StudyDate=-20251231", ""),
        ("StudyTime=090000-100000", "AB"),
        ("StudyTime=090001-100000", "A"),
        ("StudyTime=090000-095959", "B"),
        ("00080030=0900-1000", "AB"),
        ("StudyTime=-090000", "B"),
        ("StudyTime=-085959.999999", ""),
        ("StudyTime=100000-", "AC"),
        ("StudyTime=100000.000001-", "C"),
        ("StudyTime=113000.5-113000.5", "C"),
        ("StudyTime=113000.6-", ""),
        // Of moments. Each for itself, the ranges would find what stands behind.
        ("StudyDate=20260101-20260102&StudyTime=0930-0900", "AB"), // nothing
        ("StudyDate=20260101-20260102&StudyTime=100000-085959", "A"), // nothing
        ("StudyDate=20260101-20260102&StudyTime=100001-0900", "B"), // nothing
        ("StudyDate=20260101-20260103&StudyTime=0930-1000", "AB"), // A
        ("StudyTime=1001-&StudyDate=20260101-", "BC"),             // C
        ("StudyDate=-20260102&StudyTime=-0900", "AB"),             // B
        ("StudyDate=-20260102&StudyTime=-085959", "A"),            // nothing
    ] {
        for level in ["/studies", "/series", "/instances"] {
            let path = format!("{level}?{query}");
            assert_eq!(found(&house, &path).await, expected, "{path}");
        }
    }
}

/// PS3.4 §C.2.2.2.6: an item matches whose attributes do; by keyword, tag and both (PS3.18 §8.3.4.1).
#[tokio::test]
async fn a_key_in_a_sequence_finds_the_study_whose_item_has_it() {
    let house = House::dev().await;
    let at = ["20260101", "100000"];
    house
        .stored(&[
            exam("A", at, &[("STEP1", "STEP2")]),
            exam("B", at, &[("STEP2", "PROC2")]),
            exam("C", at, &[("STEP3", "PROC3"), ("STEP4", "PROC4")]),
            exam("D", at, &[]),
        ])
        .await;
    for (step, expected) in [
        ("STEP1", "A"),
        // The other attribute of an item is not asked.
        ("STEP2", "B"),
        ("STEP3", "C"),
        ("STEP4", "C"),
        ("STEP", ""),
        ("PROC2", ""),
        ("STEP*", "ABC"),
        ("*2", "B"),
        ("STEP?", "ABC"),
    ] {
        for key in [
            "RequestAttributesSequence.ScheduledProcedureStepID",
            "00400275.00400009",
            "RequestAttributesSequence.00400009",
        ] {
            for level in ["/studies", "/series", "/instances"] {
                let path = format!("{level}?{key}={step}");
                assert_eq!(found(&house, &path).await, expected, "{path}");
            }
        }
    }
    let other = "RequestAttributesSequence.RequestedProcedureID";
    for (query, expected) in [
        (format!("{other}=STEP2"), "A"),
        (format!("{other}=PROC2&00400275.00400009=STEP2"), "B"),
        (format!("{other}=PROC2&00400275.00400009=STEP1"), ""),
    ] {
        assert_eq!(
            found(&house, &format!("/series?{query}")).await,
            expected,
            "{query}"
        );
    }
    // What was found is shown with the sequence by which it was found.
    let path = "/dicom-web/series?00400275.00400009=STEP4";
    let items = &house.get(path, JSON).await.json()[0]["00400275"]["Value"];
    assert_eq!(items[1]["00400009"]["Value"][0], "STEP4", "{items}");
}
