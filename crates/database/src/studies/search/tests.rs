//! How SQLite goes about a search: never through a table from end to end. A behaviour test holds
//! PostgreSQL to it by the rows that it reads.

use std::sync::Arc;

use model::{
    Clock, InstitutionId, Uid,
    search::{Condition, Cursor, Level, Matching, Search, TagNumber},
};
use time::OffsetDateTime;

use super::{page::Page, plan, whose::Whose};
use crate::{Database, Settings, sql::Dialect};

#[derive(Debug)]
struct Still;

impl Clock for Still {
    fn now(&self) -> OffsetDateTime {
        OffsetDateTime::UNIX_EPOCH
    }
}

fn key(tag: TagNumber, text: &str) -> Condition {
    Condition {
        path: vec![tag],
        matching: if text.contains('*') {
            Matching::Wildcard(text.into())
        } else {
            Matching::Single(text.into())
        },
    }
}

/// The steps of a search's plan.
async fn steps(database: &Database, search: &Search) -> Vec<String> {
    let institution = InstitutionId::new("local").unwrap();
    let mut reader = database.reader().await.unwrap();
    let mut connection = reader.connection();
    let lead = plan::choose(&mut connection, &institution, search)
        .await
        .unwrap();
    let page = Page::new(Dialect::Sqlite, &Whose::Own(&institution), search, &lead).unwrap();
    let sql = format!("EXPLAIN QUERY PLAN {}", page.sql);
    let rows = connection.fetch(&sql, page.binds).await.unwrap();
    rows.iter().map(|row| row.text(3).unwrap()).collect()
}

#[tokio::test]
async fn no_search_by_an_indexed_key_scans_a_table() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}", folder.path().join("index.db").display());
    let database = Database::open(&Settings::new(url), Arc::new(Still))
        .await
        .unwrap();
    let today = Condition {
        path: vec![0x0008_0020],
        matching: Matching::Range(Some("20230101".into()), Some("20230102".into())),
    };
    let uids = Condition {
        path: vec![0x0020_000D],
        matching: Matching::List(vec!["1.2".into(), "1.3".into()]),
    };
    let cases = [
        (vec![], "studies_by_time"),
        (vec![today.clone()], "studies_by_time"),
        (vec![key(0x0010_0010, "*张三*")], "term=?"),
        (
            vec![key(0x0010_0010, "zhang*"), today.clone()],
            "term=? AND study_date>",
        ),
        (vec![key(0x0008_0090, "house*")], "term=?"),
        (
            vec![key(0x0008_0061, "CT"), today.clone()],
            "term=? AND study_date>",
        ),
        (vec![key(0x0010_0020, "P1")], "patients_by_id"),
        (vec![key(0x0010_0020, "P1*")], "patients_by_id"),
        (vec![key(0x0008_0050, "A1"), today], "studies_by_accession"),
        (vec![key(0x0008_0050, "A*")], "studies_by_accession"),
        (vec![uids], "study_uid=?"),
        (vec![key(0x0020_000E, "1.2.3")], "series_by_uid"),
        (vec![key(0x0008_0018, "1.2.3.4")], "instances_by_sop"),
    ];
    for level in [Level::Patient, Level::Study, Level::Series, Level::Instance] {
        for (conditions, wanted) in &cases {
            let search = Search {
                conditions: conditions.clone(),
                limit: Some(100),
                ..Search::at(level)
            };
            let steps = steps(&database, &search).await;
            for step in &steps {
                let own = ["page", "holdings", "members", "g", "h", "m", "CONSTANT"];
                let table = step.strip_prefix("SCAN ").unwrap_or_default();
                let first = table.split(' ').next().unwrap_or_default();
                // Ordered walks that end with the page, and values of JSON.
                let walk = ["patients_by_name", "studies_by_time", "VIRTUAL TABLE"]
                    .iter()
                    .any(|index| table.contains(index));
                assert!(
                    table.is_empty() || own.contains(&first) || walk || first.starts_with('('),
                    "{level:?} {conditions:?}: {steps:#?}"
                );
            }
            let is_patient_walk = level == Level::Patient
                && (wanted.contains("study_date>") || *wanted == "studies_by_time");
            assert!(
                is_patient_walk || steps.iter().any(|step| step.contains(wanted)),
                "{level:?} {conditions:?}: {wanted} in {steps:#?}"
            );
        }
    }
}

#[tokio::test]
async fn a_page_in_order_is_not_sorted() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}", folder.path().join("index.db").display());
    let database = Database::open(&Settings::new(url), Arc::new(Still))
        .await
        .unwrap();
    for conditions in [
        vec![],
        vec![key(0x0010_0010, "*张*")],
        vec![key(0x0008_0061, "CT")],
    ] {
        let search = Search {
            conditions,
            limit: Some(100),
            after: Some(Cursor::new("20230101~101500.000000~1.2.3")),
            ..Search::at(Level::Study)
        };
        let steps = steps(&database, &search).await;
        // Only the page itself, once it is read.
        let sorts = steps
            .iter()
            .filter(|step| step.contains("TEMP B-TREE FOR ORDER BY"));
        assert!(sorts.count() <= 1, "{steps:#?}");
        let ends = steps
            .iter()
            .position(|step| step.contains("TEMP B-TREE FOR ORDER BY"));
        let read = steps
            .iter()
            .position(|step| step.contains("study_date<?"))
            .unwrap();
        assert!(ends.is_none_or(|at| at > read), "{steps:#?}");
    }
    let within = Search {
        study: Some(Uid::new("1.2").unwrap()),
        limit: Some(100),
        ..Search::at(Level::Instance)
    };
    let steps = steps(&database, &within).await;
    assert!(
        !steps.iter().any(|step| step.contains("studies_by_time")),
        "{steps:#?}"
    );
}
