//! The ways of asking: `query` itself, QIDO-RS and C-FIND of a server on the same index.

use std::{
    path::PathBuf,
    sync::Arc,
    time::{Duration, Instant},
};

use access::{Actor, Permit, Role, Roles, decide};
use anyhow::{Result, bail};
use database::Database;
use model::{
    AccessEpisode, AuditPort, AuditUnavailable, InstitutionId, Operation, Purpose, Uid,
    search::{Condition, Cursor, Level, Matching, Search},
};
use query::Query;
use testkit::{
    fixture::{Dataset, Syntax},
    http::{Connection, encode},
    peer::{Association, Proposal},
    server::{Server, Setup},
};

use crate::{measure::Still, rows::INSTITUTION};

/// Study Root Query/Retrieve Information Model – FIND (PS3.4 §C.4.1).
const FIND: &str = "1.2.840.10008.5.1.4.1.2.2.1";
const IMPLICIT: &str = "1.2.840.10008.1.2";

/// A way of asking.
pub(crate) enum Door {
    Query(Box<(Query, Permit)>),
    Web(Connection, Vec<u8>),
    Find(Association),
}

/// What came.
pub(crate) struct Page {
    /// From the request to the whole answer.
    pub(crate) taken: Duration,
    pub(crate) matches: usize,
    /// Where the next page begins.
    pub(crate) next: Option<Cursor>,
}

#[derive(Debug)]
struct Unaudited;

#[async_trait::async_trait]
impl AuditPort for Unaudited {
    async fn open(&self, _: AccessEpisode) -> Result<(), AuditUnavailable> {
        Ok(())
    }
}

/// A server of `--dev` on an index.
pub(crate) fn server(binary: PathBuf, url: &str) -> Result<Server> {
    Setup {
        database: Some(url.into()),
        binary: Some(binary),
        quiet: true,
        ..Setup::default()
    }
    .start()
}

impl Door {
    /// No protocol at all.
    pub(crate) fn query(database: &Database) -> Result<Self> {
        let settings = query::Settings::default();
        let actor = Actor::User {
            name: "scale".into(),
            institution: InstitutionId::new(INSTITUTION)?,
            standing: model::Standing::Active,
            roles: Roles::new([Role::Physician])?,
        };
        let permit = decide(&actor, Purpose::Treatment, Operation::Query)?;
        let query = Query::new(
            database.clone(),
            Arc::new(Unaudited),
            Arc::new(Still),
            settings,
        );
        Ok(Self::Query(Box::new((query, permit))))
    }

    /// A connection that is kept.
    pub(crate) fn web(server: &Server) -> Result<Self> {
        Ok(Self::Web(Connection::open(&server.url())?, Vec::new()))
    }

    /// An association that is kept.
    pub(crate) fn find(server: &Server) -> Result<Self> {
        Ok(Self::Find(
            server.associate(&[Proposal::new(FIND, &[IMPLICIT])])?,
        ))
    }

    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Query(..) => "query",
            Self::Web(..) => "QIDO-RS",
            Self::Find(..) => "C-FIND",
        }
    }

    /// Whether the search can be said here: C-FIND has no pages, and fuzzy matching must be negotiated.
    pub(crate) fn can(&self, name: &str, search: &Search) -> bool {
        let paged = search.offset > 0 || name.contains("cursor");
        !matches!(self, Self::Find(..)) || !(search.fuzzy || paged)
    }

    pub(crate) async fn ask(&mut self, search: &Search) -> Result<Page> {
        match self {
            Self::Query(door) => {
                let began = Instant::now();
                let answer = door.0.search(&door.1, search).await?;
                Ok(Page {
                    taken: began.elapsed(),
                    matches: answer.records.len(),
                    next: answer.next,
                })
            }
            Self::Web(connection, body) => {
                let path = path(search);
                let began = Instant::now();
                let answer = connection.get(&path, "application/dicom+json", body)?;
                let taken = began.elapsed();
                let matches = match answer.status {
                    204 => 0,
                    200 => serde_json::from_slice::<Vec<serde_json::Value>>(body)?.len(),
                    status => bail!("{path}: {status}"),
                };
                let next = answer.header("link").and_then(cursor);
                Ok(Page {
                    taken,
                    matches,
                    next,
                })
            }
            Self::Find(association) => {
                let identifier = identifier(search);
                let most = search.limit.map_or(usize::MAX, |limit| limit as usize);
                let began = Instant::now();
                let matches = association.find_first(FIND, &identifier, most)?;
                Ok(Page {
                    taken: began.elapsed(),
                    matches,
                    next: None,
                })
            }
        }
    }
}

fn cursor(link: &str) -> Option<Cursor> {
    let (_, rest) = link.split_once("after=")?;
    Some(Cursor::new(rest.split(['>', '&']).next()?))
}

fn value(matching: &Matching) -> String {
    match matching {
        Matching::Single(text) | Matching::Wildcard(text) => text.clone(),
        Matching::List(values) => values.join("\\"),
        Matching::Range(from, to) => format!(
            "{}-{}",
            from.as_deref().unwrap_or_default(),
            to.as_deref().unwrap_or_default()
        ),
    }
}

/// As a QIDO-RS request (PS3.18 §10.6).
fn path(search: &Search) -> String {
    let mut path = String::from("/dicom-web/studies");
    if let Some(study) = &search.study {
        path.push_str(&format!("/{study}/series"));
    }
    if let Some(series) = &search.series {
        path.push_str(&format!("/{series}/instances"));
    }
    let mut query = vec![format!("limit={}", search.limit.unwrap_or(100))];
    for Condition { path, matching } in &search.conditions {
        let tags: Vec<String> = path.iter().map(|tag| format!("{tag:08X}")).collect();
        query.push(format!("{}={}", tags.join("."), encode(&value(matching))));
    }
    if search.offset > 0 {
        query.push(format!("offset={}", search.offset));
    }
    if search.fuzzy {
        query.push("fuzzymatching=true".into());
    }
    if let Some(after) = &search.after {
        query.push(format!("after={}", after.as_str()));
    }
    format!("{path}?{}", query.join("&"))
}

/// As the identifier of a C-FIND, with the return keys of a worklist (PS3.4 §C.6.2).
fn identifier(search: &Search) -> Vec<u8> {
    let (level, returned): (_, &[(u32, &str)]) = match search.level {
        Level::Series => (
            "SERIES",
            &[
                (0x0008_0060, "CS"),
                (0x0020_000E, "UI"),
                (0x0020_0011, "IS"),
            ],
        ),
        Level::Instance => ("IMAGE", &[(0x0008_0018, "UI"), (0x0020_0013, "IS")]),
        _ => (
            "STUDY",
            &[
                (0x0008_0020, "DA"),
                (0x0008_0030, "TM"),
                (0x0008_0050, "SH"),
                (0x0008_0061, "CS"),
                (0x0008_1030, "LO"),
                (0x0010_0010, "PN"),
                (0x0010_0020, "LO"),
                (0x0020_1206, "IS"),
                (0x0020_1208, "IS"),
            ],
        ),
    };
    let uid = |uid: &Option<Uid>| uid.as_ref().map(Uid::to_string).unwrap_or_default();
    let mut identifier = Dataset::default()
        .text(0x0008_0005, "CS", "ISO_IR 192")
        .text(0x0008_0052, "CS", level)
        .text(0x0020_000D, "UI", uid(&search.study));
    for &(tag, vr) in returned {
        let asked = search.conditions.iter().find(|key| key.path == [tag]);
        let text = asked.map(|key| value(&key.matching)).unwrap_or_default();
        identifier = identifier.text(tag, vr, text);
    }
    if search.series.is_some() {
        identifier = identifier.text(0x0020_000E, "UI", uid(&search.series));
    }
    identifier.encode(Syntax::Implicit)
}
