//! The matching table of PS3.4 §C.2.2.2, and pages that stay.

use database::Found;
use model::{
    Uid,
    search::{Condition, Level, Matching, Search, TagNumber},
};
use serde_json::json;

use crate::fixture::{House, Object, institution};

crate::on_both!(
    keys_match_as_the_standard_says,
    sequences_and_attributes_without_a_column_match,
    names_match_fuzzily_by_words,
    pages_are_stable_and_complete,
    every_level_carries_its_parents_and_counts,
    what_cannot_be_matched_is_told,
    hostile_keys_are_only_text,
);

const NAME: TagNumber = 0x0010_0010;
const ID: TagNumber = 0x0010_0020;
const DATE: TagNumber = 0x0008_0020;
const TIME: TagNumber = 0x0008_0030;
const ACCESSION: TagNumber = 0x0008_0050;
const MODALITY: TagNumber = 0x0008_0060;
const MODALITIES: TagNumber = 0x0008_0061;
const DESCRIPTION: TagNumber = 0x0008_1030;
const STUDY_UID: TagNumber = 0x0020_000D;
const SERIES_NUMBER: TagNumber = 0x0020_0011;

/// A key: its path of tags and how it matches.
type Key<'k> = (&'k [TagNumber], Matching);

/// A row of a matching table: keys, and the studies that match them.
type Row<'k> = (&'k [Key<'k>], &'k [u32]);

fn search(level: Level, conditions: &[(&[TagNumber], Matching)]) -> Search {
    Search {
        conditions: conditions
            .iter()
            .map(|(path, matching)| Condition {
                path: path.to_vec(),
                matching: matching.clone(),
            })
            .collect(),
        ..Search::at(level)
    }
}

fn single(text: &str) -> Matching {
    Matching::Single(text.into())
}

fn wildcard(text: &str) -> Matching {
    Matching::Wildcard(text.into())
}

fn list(texts: &[&str]) -> Matching {
    Matching::List(texts.iter().map(|text| (*text).to_owned()).collect())
}

fn range(low: &str, high: &str) -> Matching {
    let end = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    Matching::Range(end(low), end(high))
}

async fn find(house: &House, search: &Search) -> Found {
    house
        .database
        .search(&institution(), search)
        .await
        .expect("a search that works")
}

/// The last number of each Study Instance UID found, sorted.
async fn studies(house: &House, conditions: &[(&[TagNumber], Matching)]) -> Vec<u32> {
    let found = find(house, &search(Level::Study, conditions)).await;
    assert_eq!(found.unsupported, Vec::<Vec<TagNumber>>::new());
    let mut numbers: Vec<u32> = found
        .records
        .iter()
        .map(|record| {
            let uid = record.attributes["0020000D"]["Value"][0].as_str().unwrap();
            uid.rsplit('.').next().unwrap().parse().unwrap()
        })
        .collect();
    numbers.sort_unstable();
    numbers
}

/// Four studies of four patients.
async fn fill(house: &House) {
    let object = |study: u32, id: &str, name: serde_json::Value, date: &str, time: &str| {
        Object::new(study, 1, 1)
            .patient("00100020", "LO", json!([id]))
            .patient("00100010", "PN", json!([name]))
            .at_study("00080020", "DA", json!([date]))
            .at_study("00080030", "TM", json!([time]))
            .at_study("00080050", "SH", json!([format!("A_{study}")]))
            .at_study("00081030", "LO", json!([format!("Chest 100% [{study}]")]))
    };
    let zhang = json!({"Alphabetic": "ZHANG^San", "Ideographic": "张^三"});
    let muller = json!({"Alphabetic": "Müller^Jörg^^Dr."});
    let zhao = json!({"Alphabetic": "Zhao^Si", "Ideographic": "赵^四", "Phonetic": "ㄓㄠ^ㄙ"});
    let one = object(1, "P1", zhang, "20230115", "101500.25")
        .own(
            "00400275",
            "SQ",
            json!([{"00400009": {"vr": "SH", "Value": ["SPS7"]}}]),
        )
        .at_series(
            "00400275",
            "SQ",
            json!([{"00400009": {"vr": "SH", "Value": ["SPS7"]}}]),
        );
    let rows = [
        one,
        object(2, "P2", muller, "20230116", "235959"),
        object(3, "p1", zhao, "20230117", "0000").at_series("00080060", "CS", json!(["MR"])),
        object(
            4,
            "P4",
            json!({"Alphabetic": "Smith^John"}),
            "20230117",
            "12",
        ),
    ];
    for row in rows {
        house.database.commit(row.build()).await.unwrap();
    }
    let mr = Object::new(1, 2, 1)
        .at_series("00080060", "CS", json!(["MR"]))
        .at_series("00200011", "IS", json!([2]));
    house.database.commit(mr.build()).await.unwrap();
}

async fn keys_match_as_the_standard_says(house: House) {
    fill(&house).await;
    let table: &[Row] = &[
        (&[], &[1, 2, 3, 4]),
        // Single value; names without regard to case, other texts with.
        (&[(&[ID], single("P1"))], &[1]),
        (&[(&[ID], single(" P1 "))], &[1]),
        (&[(&[NAME], single("zhang^san"))], &[1]),
        (&[(&[NAME], single("ZHANG^SAN^^^"))], &[1]),
        (&[(&[NAME], single("Zhang"))], &[]),
        (&[(&[NAME], single("muller^jorg^^dr."))], &[2]),
        // Every component group, alone and together.
        (&[(&[NAME], single("张^三"))], &[1]),
        (&[(&[NAME], single("ZHAO^SI=赵^四"))], &[3]),
        (&[(&[NAME], single("=赵^四"))], &[3]),
        (&[(&[NAME], single("ㄓㄠ^ㄙ"))], &[3]),
        // Wildcards.
        (&[(&[NAME], wildcard("zh*"))], &[1, 3]),
        (&[(&[NAME], wildcard("*三*"))], &[1]),
        (&[(&[NAME], wildcard("*张三*"))], &[1]),
        (&[(&[NAME], wildcard("张*"))], &[1]),
        (&[(&[NAME], wildcard("?^四"))], &[3]),
        (&[(&[NAME], wildcard("??^四"))], &[]),
        (&[(&[NAME], wildcard("*MÜLLER*"))], &[2]),
        (&[(&[ID], wildcard("?1"))], &[1, 3]),
        (&[(&[ID], wildcard("P*"))], &[1, 2, 4]),
        // What the database takes for wildcards is text.
        (&[(&[ACCESSION], wildcard("A_?"))], &[1, 2, 3, 4]),
        (&[(&[ACCESSION], wildcard("AA?"))], &[]),
        (&[(&[DESCRIPTION], wildcard("*100%*"))], &[1, 2, 3, 4]),
        (&[(&[DESCRIPTION], wildcard("*[3]"))], &[3]),
        (&[(&[DESCRIPTION], wildcard("%3%"))], &[]),
        // Lists.
        (&[(&[STUDY_UID], list(&["1.1", "1.4", "1.9"]))], &[1, 4]),
        (&[(&[MODALITIES], list(&["MR", "US"]))], &[1, 3]),
        (&[(&[DATE], list(&["20230115", "20230116"]))], &[1, 2]),
        // Modalities in Study, and a key of a level below.
        (&[(&[MODALITIES], single("CT"))], &[1, 2, 4]),
        (&[(&[MODALITIES], wildcard("M*"))], &[1, 3]),
        (&[(&[MODALITY], single("MR"))], &[1, 3]),
        (&[(&[SERIES_NUMBER], single("2"))], &[1]),
        // Dates and times.
        (&[(&[DATE], single("20230115"))], &[1]),
        (&[(&[DATE], range("20230116", ""))], &[2, 3, 4]),
        (&[(&[DATE], range("", "20230116"))], &[1, 2]),
        (&[(&[DATE], range("20230116", "20230116"))], &[2]),
        (&[(&[TIME], single("1015"))], &[1]),
        (&[(&[TIME], range("10", "12"))], &[1, 4]),
        (&[(&[TIME], range("1015", "1015"))], &[1]),
        (&[(&[TIME], range("", "10"))], &[1, 3]),
        (&[(&[TIME], range("101500.3", ""))], &[2, 4]),
        // Both ranges are one range of moments.
        (
            &[
                (&[DATE], range("20230115", "20230117")),
                (&[TIME], range("11", "01")),
            ],
            &[2, 3],
        ),
        (
            &[
                (&[DATE], range("20230116", "")),
                (&[TIME], range("2359", "")),
            ],
            &[2, 3, 4],
        ),
        // All keys hold.
        (
            &[(&[ID], wildcard("P*")), (&[MODALITIES], single("MR"))],
            &[1],
        ),
    ];
    for (conditions, expected) in table {
        assert_eq!(
            &studies(&house, conditions).await,
            expected,
            "{conditions:?}"
        );
    }
    let patients = find(
        &house,
        &search(Level::Patient, &[(&[MODALITIES], single("MR"))]),
    )
    .await;
    assert_eq!(patients.records.len(), 2);
    let patients = find(
        &house,
        &search(Level::Patient, &[(&[ACCESSION], single("A_4"))]),
    )
    .await;
    assert_eq!(patients.records[0].attributes["00100020"]["Value"][0], "P4");
}

async fn sequences_and_attributes_without_a_column_match(house: House) {
    fill(&house).await;
    let procedure: &[TagNumber] = &[0x0040_0275, 0x0040_0009];
    let table: &[Row] = &[
        (&[(procedure, single("SPS7"))], &[1]),
        (&[(procedure, wildcard("SPS*"))], &[1]),
        (&[(procedure, list(&["SPS6", "SPS7"]))], &[1]),
        (&[(procedure, single("SPS8"))], &[]),
    ];
    for (conditions, expected) in table {
        assert_eq!(
            &studies(&house, conditions).await,
            expected,
            "{conditions:?}"
        );
    }
    let physicians = Object::new(5, 1, 1).at_study(
        "00081048",
        "PN",
        json!([{"Alphabetic": "House^Gregory"}, {"Ideographic": "王^五"}]),
    );
    house.database.commit(physicians.build()).await.unwrap();
    let table: &[Row] = &[
        (&[(&[0x0008_1048], single("house^gregory"))], &[5]),
        (&[(&[0x0008_1048], wildcard("王*"))], &[5]),
        (&[(&[0x0008_1048], single("house"))], &[]),
    ];
    for (conditions, expected) in table {
        assert_eq!(
            &studies(&house, conditions).await,
            expected,
            "{conditions:?}"
        );
    }
}

async fn names_match_fuzzily_by_words(house: House) {
    fill(&house).await;
    for (key, expected) in [
        ("john smi", vec![4]),
        ("SAN", vec![1]),
        ("hang", vec![]),
        ("jorg", vec![2]),
        ("张三", vec![1]),
    ] {
        let mut fuzzy = search(Level::Study, &[(&[NAME], single(key))]);
        fuzzy.fuzzy = true;
        let found = find(&house, &fuzzy).await;
        let numbers: Vec<String> = found
            .records
            .iter()
            .map(|record| {
                record.attributes["0020000D"]["Value"][0]
                    .as_str()
                    .unwrap()
                    .to_owned()
            })
            .collect();
        let expected: Vec<String> = expected.iter().map(|n: &u32| format!("1.{n}")).collect();
        assert_eq!(numbers, expected, "{key}");
    }
}

async fn pages_are_stable_and_complete(house: House) {
    for n in 1..=23 {
        // Many of one date and time: the UID decides.
        let date = format!("202301{:02}", 10 + n % 3);
        let row = Object::new(n, 1, 1).at_study("00080020", "DA", json!([date]));
        house.database.commit(row.build()).await.unwrap();
    }
    let all = find(&house, &search(Level::Study, &[])).await;
    assert_eq!(all.records.len(), 23);
    assert_eq!(all.next, None);
    let mut paged = Vec::new();
    for page in 0..5 {
        let mut one = search(Level::Study, &[]);
        (one.limit, one.offset) = (Some(5), page * 5);
        let found = find(&house, &one).await;
        assert_eq!(found.next.is_some(), page < 4);
        paged.extend(found.records);
    }
    assert_eq!(paged, all.records);
    let dates: Vec<&str> = all
        .records
        .iter()
        .map(|record| record.attributes["00080020"]["Value"][0].as_str().unwrap())
        .collect();
    assert!(dates.is_sorted_by(|a, b| a >= b), "newest first");
    for level in [Level::Series, Level::Instance, Level::Patient] {
        assert!(!find(&house, &search(level, &[])).await.records.is_empty());
    }
}

async fn every_level_carries_its_parents_and_counts(house: House) {
    fill(&house).await;
    let mut instances = search(Level::Instance, &[]);
    instances.study = Some(Uid::new("1.1").unwrap());
    let found = find(&house, &instances).await;
    assert_eq!(found.records.len(), 2);
    let first = &found.records[0];
    for (tag, expected) in [
        ("00100020", json!("P1")),
        ("00100021", json!("HOSPITAL")),
        ("00080050", json!("A_1")),
        ("00080060", json!("CT")),
        ("00200013", json!(1)),
    ] {
        assert_eq!(first.attributes[tag]["Value"][0], expected, "{tag}");
    }
    assert_eq!(first.modalities, ["CT", "MR"]);
    assert_eq!(first.sop_classes, ["1.2.840.10008.5.1.4.1.1.2"]);
    assert_eq!(first.transfer_syntaxes, ["1.2.840.10008.1.2.1"]);
    assert_eq!(
        (
            first.study_series,
            first.study_instances,
            first.series_instances
        ),
        (2, 2, 1)
    );

    let mut series = search(Level::Series, &[]);
    series.study = Some(Uid::new("1.1").unwrap());
    let found = find(&house, &series).await;
    let numbers: Vec<i64> = found
        .records
        .iter()
        .map(|record| record.attributes["00200011"]["Value"][0].as_i64().unwrap())
        .collect();
    assert_eq!(numbers, [1, 2]);
    instances.series = Some(Uid::new("1.1.2").unwrap());
    assert_eq!(find(&house, &instances).await.records.len(), 1);

    let patients = find(&house, &search(Level::Patient, &[(&[ID], single("P1"))])).await;
    let one = &patients.records[0];
    assert_eq!(
        (
            one.patient_studies,
            one.patient_series,
            one.patient_instances
        ),
        (1, 2, 2)
    );
    let elsewhere = model::InstitutionId::new("elsewhere").unwrap();
    let found = house
        .database
        .search(&elsewhere, &search(Level::Study, &[]))
        .await
        .unwrap();
    assert!(found.records.is_empty(), "another institution's holdings");
}

async fn what_cannot_be_matched_is_told(house: House) {
    fill(&house).await;
    let conditions: &[(&[TagNumber], Matching)] = &[
        (&[0x0009_1001], single("x")),
        (&[0x0020_1206], single("3")),
        (&[SERIES_NUMBER], single("one")),
        (&[0x0040_0275, 0x0040_0008, 0x0008_0100], single("x")),
        // These say how to answer.
        (&[0x0008_0005], single("ISO_IR 192")),
        (&[0x0008_0056], single("ONLINE")),
    ];
    let found = find(&house, &search(Level::Study, conditions)).await;
    assert_eq!(found.records.len(), 4);
    let paths: Vec<&[TagNumber]> = found.unsupported.iter().map(Vec::as_slice).collect();
    assert_eq!(
        paths,
        [
            conditions[0].0,
            conditions[1].0,
            conditions[2].0,
            conditions[3].0
        ]
    );
}

async fn hostile_keys_are_only_text(house: House) {
    fill(&house).await;
    for text in [
        "'; DROP TABLE studies; --",
        "\0",
        "\\",
        "[",
        "{where}",
        "$1",
        "\"",
        "\u{10ffff}",
    ] {
        for tag in [
            NAME,
            ID,
            DESCRIPTION,
            DATE,
            TIME,
            0x0008_1048,
            SERIES_NUMBER,
        ] {
            for matching in [
                single(text),
                wildcard(&format!("{text}*")),
                list(&[text, "x"]),
                range(text, text),
            ] {
                find(&house, &search(Level::Study, &[(&[tag], matching)])).await;
            }
        }
    }
    let many: Vec<String> = (0..40_000).map(|n| format!("1.{n}")).collect();
    let found = find(
        &house,
        &search(Level::Study, &[(&[STUDY_UID], Matching::List(many))]),
    )
    .await;
    assert_eq!(found.records.len(), 4);
}
