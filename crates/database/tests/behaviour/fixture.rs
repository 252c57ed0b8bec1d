//! A database with a clock, and objects to put in.

use std::{
    sync::{
        Arc,
        atomic::{AtomicI64, AtomicU64, Ordering},
    },
    time::Duration,
};

use database::{Database, NewInstance, Scope, Settings, changes::Follow, outbox::Kind};
use futures::TryStreamExt;
use model::{
    AeTitle, Clock, InstanceKey, InstitutionId, ObjectKey, Origin, Receiver, StudyKey,
    TransferSyntax, Uid,
};
use serde_json::{Map, Value, json};
use time::OffsetDateTime;
use ulid::Ulid;

use crate::postgres::{Cluster, cluster};

/// A clock that is set by hand.
#[derive(Debug, Default)]
pub(crate) struct HandClock(AtomicI64);

impl HandClock {
    pub(crate) fn advance(&self, seconds: i64) {
        self.0.fetch_add(seconds, Ordering::Relaxed);
    }
}

impl Clock for HandClock {
    fn now(&self) -> OffsetDateTime {
        OffsetDateTime::from_unix_timestamp(self.0.load(Ordering::Relaxed)).unwrap()
    }
}

/// A database of a test's own.
pub(crate) struct House {
    pub(crate) database: Database,
    pub(crate) clock: Arc<HandClock>,
    pub(crate) url: String,
    backend: Backend,
}

enum Backend {
    Sqlite { folder: tempfile::TempDir },
    Postgres { cluster: Arc<Cluster>, name: String },
}

async fn open(url: &str) -> (Database, Arc<HandClock>) {
    let clock = Arc::new(HandClock(AtomicI64::new(1_700_000_000)));
    let settings = Settings::new(url);
    let opened = Database::open(&settings, Arc::clone(&clock) as Arc<dyn Clock>).await;
    let database = opened.expect("the database opens");
    let ensured = database.ensure_institution(&institution()).await;
    ensured.expect("the archive's own institution is entered");
    (database, clock)
}

impl House {
    pub(crate) async fn sqlite() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}", folder.path().join("index.db").display());
        let (database, clock) = open(&url).await;
        Self {
            database,
            clock,
            url,
            backend: Backend::Sqlite { folder },
        }
    }

    /// None when PostgreSQL is not installed.
    pub(crate) async fn postgres() -> Option<Self> {
        let cluster = tokio::task::spawn_blocking(cluster).await.unwrap()?;
        let (name, url) = cluster.database();
        let (database, clock) = open(&url).await;
        Some(Self {
            database,
            clock,
            url,
            backend: Backend::Postgres { cluster, name },
        })
    }

    /// Another, empty database of the same kind.
    pub(crate) async fn another(&self) -> Self {
        match &self.backend {
            Backend::Sqlite { .. } => Self::sqlite().await,
            Backend::Postgres { .. } => Self::postgres().await.unwrap(),
        }
    }

    /// What the change feed tells of so far.
    pub(crate) async fn told(&self) -> Vec<Kind> {
        let follow = Follow {
            settle: Duration::ZERO,
            longest: Duration::ZERO,
        };
        while self.database.sequence_changes(100, &follow).await.unwrap() > 0 {}
        let page = self.database.changes_after(&institution(), 0, 100).await;
        let changes = page.unwrap().changes.expect("nothing is forgotten");
        changes.iter().map(|change| change.kind).collect()
    }

    /// Makes the database refuse rows of one SOP instance.
    pub(crate) async fn refuse(&self, sop: &str) {
        match &self.backend {
            Backend::Sqlite { folder } => {
                let path = folder.path().join("index.db");
                let pool = sqlx::SqlitePool::connect(&format!("sqlite://{}", path.display()))
                    .await
                    .unwrap();
                let sql = format!(
                    "CREATE TRIGGER refuse BEFORE INSERT ON instances WHEN NEW.sop_uid = '{sop}' \
                     BEGIN SELECT RAISE(ABORT, 'refused'); END"
                );
                sqlx::raw_sql(sqlx::AssertSqlSafe(sql))
                    .execute(&pool)
                    .await
                    .unwrap();
                pool.close().await;
            }
            Backend::Postgres { cluster, name } => {
                let sql = format!(
                    "CREATE FUNCTION refuse() RETURNS trigger AS $$ BEGIN \
                     IF NEW.sop_uid = '{sop}' THEN RAISE EXCEPTION 'refused'; END IF; \
                     RETURN NEW; END $$ LANGUAGE plpgsql; \
                     CREATE TRIGGER refuse BEFORE INSERT ON instances FOR EACH ROW \
                     EXECUTE FUNCTION refuse()"
                );
                assert!(cluster.psql(name, &sql));
            }
        }
    }

    /// Runs a statement beside the database.
    pub(crate) async fn run(&self, sql: &'static str) {
        match &self.backend {
            Backend::Sqlite { .. } => {
                let pool = sqlx::SqlitePool::connect(&self.url).await.unwrap();
                sqlx::query(sql).execute(&pool).await.unwrap();
                pool.close().await;
            }
            Backend::Postgres { .. } => {
                let pool = sqlx::PgPool::connect(&self.url).await.unwrap();
                sqlx::query(sql).execute(&pool).await.unwrap();
                pool.close().await;
            }
        }
    }

    /// PostgreSQL: rows that statements have read of the tables that grow with the holdings, by index
    /// or not. Backends tell when they end.
    pub(crate) async fn rows_read(&self) -> i64 {
        let pool = sqlx::PgPool::connect(&self.url).await.unwrap();
        let sql = "SELECT COALESCE(SUM(seq_tup_read + COALESCE(idx_tup_fetch, 0)), 0)::bigint + \
                   (SELECT COALESCE(SUM(idx_tup_read), 0)::bigint FROM pg_stat_user_indexes \
                    WHERE relname = 'study_terms') FROM pg_stat_user_tables \
                   WHERE relname IN ('patients', 'studies', 'series', 'instances', 'study_terms')";
        let (mut last, mut same) = (-1, 0);
        while same < 3 {
            tokio::time::sleep(std::time::Duration::from_millis(100)).await;
            let now: i64 = sqlx::query_scalar(sql).fetch_one(&pool).await.unwrap();
            same = if now == last { same + 1 } else { 0 };
            last = now;
        }
        pool.close().await;
        last
    }

    /// How many rows a table has.
    pub(crate) async fn count(&self, table: &str) -> i64 {
        let sql = sqlx::AssertSqlSafe(format!("SELECT COUNT(*) FROM {table}"));
        match &self.backend {
            Backend::Sqlite { .. } => {
                let pool = sqlx::SqlitePool::connect(&self.url).await.unwrap();
                let count = sqlx::query_scalar(sql).fetch_one(&pool).await.unwrap();
                pool.close().await;
                count
            }
            Backend::Postgres { .. } => {
                let pool = sqlx::PgPool::connect(&self.url).await.unwrap();
                let count = sqlx::query_scalar(sql).fetch_one(&pool).await.unwrap();
                pool.close().await;
                count
            }
        }
    }

    pub(crate) async fn dump(&self) -> Vec<String> {
        self.database.dump().try_collect().await.unwrap()
    }
}

pub(crate) fn institution() -> InstitutionId {
    InstitutionId::new("local").unwrap()
}

pub(crate) fn study(uid: &str) -> Scope {
    Scope {
        study: Uid::new(uid).unwrap(),
        series: None,
        sop: None,
    }
}

pub(crate) fn study_key(uid: &str) -> StudyKey {
    StudyKey {
        institution: institution(),
        study: Uid::new(uid).unwrap(),
    }
}

pub(crate) fn peer(name: &str) -> Origin {
    Origin {
        receiver: Receiver::Dimse,
        source: name.into(),
        called: Some(AeTitle::new("YINGYUN").unwrap()),
    }
}

static NEXT: AtomicU64 = AtomicU64::new(1);

/// ULIDs in the order of the calls.
pub(crate) fn ulid() -> Ulid {
    Ulid::from_parts(
        1_700_000_000_000,
        NEXT.fetch_add(1, Ordering::Relaxed).into(),
    )
}

/// An object under construction: attributes by tag.
#[derive(Clone)]
pub(crate) struct Object {
    pub(crate) study: String,
    pub(crate) series: String,
    pub(crate) sop: String,
    pub(crate) origin: Origin,
    pub(crate) content: u8,
    pub(crate) ulid: Ulid,
    pub(crate) transfer_syntax: String,
    pub(crate) frame_count: u32,
    patient: Map<String, Value>,
    study_level: Map<String, Value>,
    series_level: Map<String, Value>,
    own: Map<String, Value>,
}

fn element(vr: &str, values: Value) -> Value {
    json!({"vr": vr, "Value": values})
}

impl Object {
    /// A CT image of patient P1, study `1.<study>`, series `1.<study>.<series>`.
    pub(crate) fn new(study: u32, series: u32, number: u32) -> Self {
        let (study, series) = (format!("1.{study}"), format!("1.{study}.{series}"));
        let sop = format!("{series}.{number}");
        Self {
            origin: peer("CT1"),
            content: 1,
            ulid: ulid(),
            transfer_syntax: "1.2.840.10008.1.2.1".into(),
            frame_count: 1,
            patient: Map::new(),
            study_level: Map::new(),
            series_level: Map::new(),
            own: Map::new(),
            study,
            series,
            sop,
        }
        .patient("00100020", "LO", json!(["P1"]))
        .patient(
            "00100010",
            "PN",
            json!([{"Alphabetic": "ZHANG^SAN", "Ideographic": "张^三"}]),
        )
        .at_study("00080020", "DA", json!(["20230115"]))
        .at_study("00080030", "TM", json!(["101500"]))
        .at_study("00080050", "SH", json!(["A1"]))
        .at_series("00080060", "CS", json!(["CT"]))
        .at_series("00200011", "IS", json!([1]))
        .own("00200013", "IS", json!([number]))
    }

    pub(crate) fn patient(mut self, tag: &str, vr: &str, values: Value) -> Self {
        self.patient.insert(tag.into(), element(vr, values));
        self
    }

    pub(crate) fn at_study(mut self, tag: &str, vr: &str, values: Value) -> Self {
        self.study_level.insert(tag.into(), element(vr, values));
        self
    }

    pub(crate) fn at_series(mut self, tag: &str, vr: &str, values: Value) -> Self {
        self.series_level.insert(tag.into(), element(vr, values));
        self
    }

    pub(crate) fn own(mut self, tag: &str, vr: &str, values: Value) -> Self {
        self.own.insert(tag.into(), element(vr, values));
        self
    }

    pub(crate) fn content(mut self, content: u8) -> Self {
        self.content = content;
        self
    }

    pub(crate) fn from(mut self, origin: Origin) -> Self {
        self.origin = origin;
        self
    }

    /// The same received anew.
    pub(crate) fn again(mut self) -> Self {
        self.ulid = ulid();
        self
    }

    pub(crate) fn key(&self) -> ObjectKey {
        let uid = |text: &str| Uid::new(text).unwrap();
        ObjectKey {
            instance: InstanceKey {
                institution: institution(),
                study: uid(&self.study),
                series: uid(&self.series),
                sop: uid(&self.sop),
            },
            ulid: self.ulid,
        }
    }

    pub(crate) fn build(&self) -> NewInstance {
        let mut object = self.clone();
        for (level, tag, uid) in [
            (&mut object.study_level, "0020000D", &self.study),
            (&mut object.series_level, "0020000E", &self.series),
            (&mut object.own, "00080018", &self.sop),
        ] {
            level.insert(tag.into(), element("UI", json!([uid])));
        }
        let mut header = Map::new();
        for level in [
            &object.patient,
            &object.study_level,
            &object.series_level,
            &object.own,
        ] {
            header.extend(level.clone());
        }
        let text = |level: Map<String, Value>| Value::Object(level).to_string();
        let id = object.patient["00100020"]["Value"][0]
            .as_str()
            .unwrap()
            .to_owned();
        NewInstance {
            object: self.key(),
            length: 525_000,
            dataset_offset: 400,
            digest: [self.content; 32],
            transfer_syntax: TransferSyntax::parse(&self.transfer_syntax).unwrap(),
            sop_class: Uid::new("1.2.840.10008.5.1.4.1.1.2").unwrap(),
            pixel_offset: Some(2000),
            frames: None,
            frame_count: self.frame_count,
            received: OffsetDateTime::from_unix_timestamp(1_700_000_000).unwrap(),
            origin: self.origin.clone(),
            issuer: "HOSPITAL".into(),
            patient_id: id,
            header: zstd::encode_all(text(header).as_bytes(), 1).unwrap(),
            patient: text(object.patient),
            study: text(object.study_level),
            series: text(object.series_level),
            instance: text(object.own),
        }
    }
}
