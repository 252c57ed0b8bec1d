//! Pages by cursor, what a page counts, and how much a search reads.

use database::DatabaseError;
use model::{
    Uid,
    search::{Condition, Cursor, Level, Matching, Search, TagNumber},
};
use serde_json::{Map, Value, json};

use crate::fixture::{House, Object, institution};

crate::on_both!(
    a_page_reads_little_of_a_large_index,
    pages_by_cursor_are_complete_whatever_is_written_meanwhile,
    a_cursor_of_another_search_is_refused,
    counts_follow_what_is_stored_replaced_and_deleted,
    a_modality_leads_to_its_studies_only,
    keys_of_any_level_find_the_same,
);

fn uid(record: &Map<String, Value>, tag: &str) -> String {
    record[tag]["Value"][0].as_str().unwrap().to_owned()
}

async fn find(house: &House, search: &Search) -> database::Found {
    house.database.search(&institution(), search).await.unwrap()
}

/// Three series of three instances in each of nine studies, of three days, some without numbers.
async fn fill(house: &House) {
    for study in 1..=9 {
        for series in 1..=3 {
            for number in 1..=3 {
                let mut row = Object::new(study, series, number)
                    .patient("00100020", "LO", json!([format!("P{}", study % 4)]))
                    .patient(
                        "00100010",
                        "PN",
                        json!([{"Alphabetic": format!("Name{}", study % 4)}]),
                    )
                    .at_study("00080020", "DA", json!([format!("2023011{}", study % 3)]))
                    .at_series("00200011", "IS", json!([series % 2]));
                if number == 2 {
                    row = row.own("00200013", "IS", json!([]));
                }
                if series == 3 {
                    row = row.at_series("00200011", "IS", json!([]));
                }
                house.database.commit(row.build()).await.unwrap();
            }
        }
    }
}

async fn pages_by_cursor_are_complete_whatever_is_written_meanwhile(house: House) {
    fill(&house).await;
    for (level, tag, count) in [
        (Level::Patient, "00100020", 4),
        (Level::Study, "0020000D", 9),
        (Level::Series, "0020000E", 27),
        (Level::Instance, "00080018", 81),
    ] {
        let all = find(&house, &Search::at(level)).await;
        assert_eq!((all.records.len(), &all.next), (count, &None));
        let mut paged = Vec::new();
        let mut search = Search {
            limit: Some(2),
            ..Search::at(level)
        };
        loop {
            let page = find(&house, &search).await;
            paged.extend(page.records);
            match page.next {
                Some(next) => {
                    let plain = |c: char| c.is_ascii_alphanumeric() || "._~-".contains(c);
                    assert!(next.as_str().chars().all(plain), "{next:?}");
                    search.after = Some(next);
                }
                None => break,
            }
            if level == Level::Study {
                // Newer ones come before the cursor.
                let row = Object::new(100 + paged.len() as u32, 1, 1).at_study(
                    "00080020",
                    "DA",
                    json!(["20300101"]),
                );
                house.database.commit(row.build()).await.unwrap();
            }
        }
        let uids = |records: &[database::Record]| -> Vec<String> {
            records
                .iter()
                .map(|record| uid(&record.attributes, tag))
                .collect()
        };
        assert_eq!(uids(&paged), uids(&all.records), "{level:?}");
        // An offset counts from the cursor.
        search.after = None;
        let first = find(&house, &search).await;
        let second = Search {
            after: first.next,
            offset: 1,
            ..search.clone()
        };
        let fourth = Search {
            offset: 3,
            after: None,
            ..search
        };
        assert_eq!(
            uids(&find(&house, &second).await.records),
            uids(&find(&house, &fourth).await.records)
        );
        if level == Level::Study {
            for study in 100..120 {
                let key = Object::new(study, 1, 1);
                let rows = house
                    .database
                    .instances(&institution(), &crate::fixture::study(&key.study))
                    .await
                    .unwrap();
                let keys: Vec<_> = rows.into_iter().map(|row| row.object).collect();
                house.database.forget(&keys).await.unwrap();
            }
        }
    }
}

async fn a_cursor_of_another_search_is_refused(house: House) {
    fill(&house).await;
    for (level, text) in [
        (Level::Study, ""),
        (Level::Study, "2"),
        (Level::Study, "20230101~~1.2~3~4"),
        (Level::Series, "20230101~1~1.2"),
        (Level::Series, "20230101~1~1.2~x~1.2.3"),
        (Level::Patient, "20230101~~1.2"),
        (Level::Patient, "-1"),
        (Level::Study, "\0~\0~\0"),
    ] {
        let search = Search {
            after: Some(Cursor::new(text)),
            ..Search::at(level)
        };
        let refused = house.database.search(&institution(), &search).await;
        assert!(
            matches!(refused, Err(DatabaseError::Cursor)),
            "{level:?} {text:?}"
        );
    }
    let hostile = Search {
        after: Some(Cursor::new("' OR 1=1 --~{page}~$1")),
        ..Search::at(Level::Study)
    };
    find(&house, &hostile).await;
}

async fn counts_follow_what_is_stored_replaced_and_deleted(house: House) {
    let counts = async || {
        let studies = find(&house, &Search::at(Level::Study)).await;
        let series = find(&house, &Search::at(Level::Series)).await;
        let patients = find(&house, &Search::at(Level::Patient)).await;
        (
            studies
                .records
                .iter()
                .map(|r| r.study_instances)
                .collect::<Vec<_>>(),
            series
                .records
                .iter()
                .map(|r| r.series_instances)
                .collect::<Vec<_>>(),
            patients
                .records
                .iter()
                .map(|r| r.patient_instances)
                .collect::<Vec<_>>(),
        )
    };
    let one = Object::new(1, 1, 1);
    house.database.commit(one.build()).await.unwrap();
    house
        .database
        .commit(Object::new(1, 1, 2).build())
        .await
        .unwrap();
    house
        .database
        .commit(Object::new(1, 2, 1).build())
        .await
        .unwrap();
    assert_eq!(counts().await, (vec![3], vec![2, 1], vec![3]));
    // The same again, another version of it, the same in another transfer syntax.
    house
        .database
        .commit(one.clone().again().build())
        .await
        .unwrap();
    let replaced = one.clone().again().content(2);
    house.database.commit(replaced.build()).await.unwrap();
    let mut other = one.clone().again().content(3);
    other.transfer_syntax = "1.2.840.10008.1.2.4.70".into();
    house.database.commit(other.build()).await.unwrap();
    assert_eq!(counts().await, (vec![3], vec![2, 1], vec![3]));
    house
        .database
        .forget(&[other.key(), replaced.key()])
        .await
        .unwrap();
    assert_eq!(counts().await, (vec![3], vec![2, 1], vec![3]));
    house.database.forget(&[one.key()]).await.unwrap();
    assert_eq!(counts().await, (vec![2], vec![1, 1], vec![2]));
    // Many at once, in one batch and in several.
    let commits = (10..60).map(|n| {
        let database = house.database.clone();
        tokio::spawn(async move { database.commit(Object::new(1, 1, n).build()).await.unwrap() })
    });
    for commit in futures::future::join_all(commits).await {
        commit.unwrap();
    }
    assert_eq!(counts().await, (vec![52], vec![51, 1], vec![52]));
}

async fn a_modality_leads_to_its_studies_only(house: House) {
    let modality = |study: u32, series: u32, modality: &str| {
        Object::new(study, series, 1)
            .at_series("00080060", "CS", json!([modality]))
            .at_study("00080020", "DA", json!([format!("2023010{study}")]))
    };
    let rows = [
        modality(1, 1, "CT"),
        modality(1, 2, "SR"),
        modality(2, 1, "CT"),
        modality(3, 1, "MR"),
    ];
    for row in &rows {
        house.database.commit(row.build()).await.unwrap();
    }
    let found = async |tag: TagNumber, modality: &str, level: Level| {
        let search = Search {
            conditions: vec![
                Condition {
                    path: vec![tag],
                    matching: Matching::Single(modality.into()),
                },
                Condition {
                    path: vec![0x0008_0020],
                    matching: Matching::Range(Some("20230101".into()), Some("20230103".into())),
                },
            ],
            ..Search::at(level)
        };
        let key = if level == Level::Series {
            "0020000E"
        } else {
            "0020000D"
        };
        let found = find(&house, &search).await;
        found
            .records
            .iter()
            .map(|r| uid(&r.attributes, key))
            .collect::<Vec<_>>()
    };
    const MODALITIES: TagNumber = 0x0008_0061;
    const MODALITY: TagNumber = 0x0008_0060;
    assert_eq!(found(MODALITIES, "CT", Level::Study).await, ["1.2", "1.1"]);
    assert_eq!(found(MODALITY, "SR", Level::Study).await, ["1.1"]);
    // At series level the one key is the series' own, the other its study's.
    assert_eq!(
        found(MODALITY, "CT", Level::Series).await,
        ["1.2.1", "1.1.1"]
    );
    assert_eq!(
        found(MODALITIES, "SR", Level::Series).await,
        ["1.1.1", "1.1.2"]
    );
    house.database.forget(&[rows[1].key()]).await.unwrap();
    assert_eq!(
        found(MODALITIES, "SR", Level::Study).await,
        Vec::<String>::new()
    );
    assert_eq!(found(MODALITIES, "CT", Level::Study).await, ["1.2", "1.1"]);
}

/// A key of one level, asked for at each: PS3.4 §C.4.1.3.1.2 (relational).
async fn keys_of_any_level_find_the_same(house: House) {
    fill(&house).await;
    let keys: &[(TagNumber, &str, [usize; 4])] = &[
        (0x0010_0020, "P1", [1, 3, 9, 27]),
        (0x0010_0020, "P*", [4, 9, 27, 81]),
        (0x0010_0020, "?1", [1, 3, 9, 27]),
        (0x0020_000D, "1.5", [1, 1, 3, 9]),
        (0x0020_000E, "1.5.2", [1, 1, 1, 3]),
        (0x0008_0018, "1.5.2.3", [1, 1, 1, 1]),
        (0x0008_0050, "A1", [4, 9, 27, 81]),
        (0x0008_0050, "A*", [4, 9, 27, 81]),
        (0x0008_0050, "B*", [0, 0, 0, 0]),
        (0x0008_0020, "20230110", [3, 3, 9, 27]),
    ];
    for (tag, text, counts) in keys {
        let levels = [Level::Patient, Level::Study, Level::Series, Level::Instance];
        for (level, count) in levels.into_iter().zip(counts) {
            let matching = if text.contains(['*', '?']) {
                Matching::Wildcard((*text).into())
            } else {
                Matching::Single((*text).into())
            };
            let search = Search {
                conditions: vec![Condition {
                    path: vec![*tag],
                    matching,
                }],
                ..Search::at(level)
            };
            let found = find(&house, &search).await;
            assert_eq!(found.records.len(), *count, "{tag:08X} {text} {level:?}");
        }
    }
    let within = Search {
        study: Some(Uid::new("1.5").unwrap()),
        ..Search::at(Level::Instance)
    };
    assert_eq!(find(&house, &within).await.records.len(), 9);
}

/// What is read for a page must not grow with the index. PostgreSQL counts the rows that it reads;
/// SQLite's plans are held to the same by `studies::search::tests`.
async fn a_page_reads_little_of_a_large_index(house: House) {
    const STUDIES: u32 = 3000;
    if house.url.starts_with("sqlite") {
        return;
    }
    let names = ["张伟", "张三", "李娜", "王芳", "刘洋"];
    let rows = (1..=STUDIES).map(|n| {
        let name = if n == 1500 {
            "仇英"
        } else {
            names[n as usize % names.len()]
        };
        Object::new(n, 1, 1)
            .patient("00100020", "LO", json!([format!("P{n}")]))
            .patient("00100010", "PN", json!([{"Alphabetic": name}]))
            .at_study(
                "00080020",
                "DA",
                json!([format!(
                    "20{:02}{:02}{:02}",
                    n / 336,
                    n / 28 % 12 + 1,
                    n % 28 + 1
                )]),
            )
            .at_study("00080050", "SH", json!([format!("A{n}")]))
            .at_series(
                "00080060",
                "CS",
                json!([if n % 500 == 0 { "PT" } else { "CT" }]),
            )
    });
    let commits = rows.map(|row| {
        let database = house.database.clone();
        tokio::spawn(async move { database.commit(row.build()).await.unwrap() })
    });
    for commit in futures::future::join_all(commits).await {
        commit.unwrap();
    }
    house.run("VACUUM ANALYZE").await;
    let key = |tag: TagNumber, matching: Matching| Condition {
        path: vec![tag],
        matching,
    };
    let single = |text: &str| Matching::Single(text.into());
    let wild = |text: &str| Matching::Wildcard(text.into());
    let table: Vec<(&str, Level, Vec<Condition>, bool)> = vec![
        ("all", Level::Study, vec![], false),
        (
            "a rare name",
            Level::Study,
            vec![key(0x0010_0010, wild("*仇英*"))],
            false,
        ),
        (
            "a common surname",
            Level::Study,
            vec![key(0x0010_0010, wild("张*"))],
            false,
        ),
        (
            "pinyin",
            Level::Study,
            vec![key(0x0010_0010, single("qiuying"))],
            true,
        ),
        (
            "no such name",
            Level::Study,
            vec![key(0x0010_0010, wild("*欧阳*"))],
            false,
        ),
        (
            "id",
            Level::Study,
            vec![key(0x0010_0020, single("P77"))],
            false,
        ),
        (
            "id, beginning",
            Level::Study,
            vec![key(0x0010_0020, wild("P77?"))],
            false,
        ),
        (
            "accession",
            Level::Study,
            vec![key(0x0008_0050, single("A77"))],
            false,
        ),
        (
            "sop",
            Level::Study,
            vec![key(0x0008_0018, single("1.77.1.1"))],
            false,
        ),
        (
            "series",
            Level::Series,
            vec![key(0x0020_000E, single("1.77.1"))],
            false,
        ),
        (
            "study",
            Level::Instance,
            vec![key(0x0020_000D, single("1.77"))],
            false,
        ),
        (
            "a rare modality",
            Level::Study,
            vec![key(0x0008_0061, single("PT"))],
            false,
        ),
        (
            "a common modality",
            Level::Study,
            vec![key(0x0008_0061, single("CT"))],
            false,
        ),
        (
            "a day",
            Level::Study,
            vec![key(0x0008_0020, single("20020101"))],
            false,
        ),
        (
            "a patient",
            Level::Patient,
            vec![key(0x0010_0010, wild("*仇*"))],
            false,
        ),
        (
            "a patient of an accession",
            Level::Patient,
            vec![key(0x0008_0050, single("A77"))],
            false,
        ),
    ];
    let mut before = house.rows_read().await;
    for (what, level, conditions, fuzzy) in table {
        // Connections tell what they read when they end.
        let settings = database::Settings::new(&house.url);
        let database = database::Database::open(&settings, house.clock.clone())
            .await
            .unwrap();
        for _ in 0..4 {
            let search = Search {
                conditions: conditions.clone(),
                limit: Some(10),
                fuzzy,
                ..Search::at(level)
            };
            database.search(&institution(), &search).await.unwrap();
        }
        database.close().await;
        let after = house.rows_read().await;
        let read = after - before;
        // Of six terms 250 rows each are counted at most, twice; a walk through the studies and
        // their patients would be six thousand.
        assert!(
            (read > 0 || what == "no such name") && read < 4 * 3500,
            "{what}: {} rows a page",
            read / 4
        );
        before = after;
    }
}
