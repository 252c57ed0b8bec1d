//! Rejecting and restoring instances (IHE RAD TF-2 §4.66, Imaging Object Change Management;
//! docs/adr/0014): by a rejection note that comes in as an object, and by who may delete.

use std::collections::{BTreeMap, BTreeSet};

use access::Permit;
use database::{Committed, RejectedRow, Scope};
use dataset::{Element, Header, Tag, Value};
use model::{
    AuditPort, InstanceKey, ObjectKey, Operation, Rejection, StudyKey, TransferSyntax, Uid,
};

use crate::{
    Ingest, IngestError,
    service::Parts,
    upkeep::{JournalEntry, Unindexable, read_row},
};

/// Key Object Selection Document Storage (PS3.4 §B.5).
pub(crate) const KEY_OBJECTS: &str = "1.2.840.10008.5.1.4.1.1.88.59";

const CONCEPT_NAME: Tag = Tag(0x0040, 0xA043);
const CODE_VALUE: Tag = Tag(0x0008, 0x0100);
const CODING_SCHEME: Tag = Tag(0x0008, 0x0102);
const EVIDENCE: Tag = Tag(0x0040, 0xA375);
const REFERENCED_SERIES: Tag = Tag(0x0008, 0x1115);
const REFERENCED_SOPS: Tag = Tag(0x0008, 0x1199);
const REFERENCED_SOP: Tag = Tag(0x0008, 0x1155);
const STUDY: Tag = Tag(0x0020, 0x000D);
const SERIES: Tag = Tag(0x0020, 0x000E);

/// A rejection note: a Key Object Selection whose title rejects what it refers to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Note {
    pub(crate) rejection: Rejection,
    /// Series and instances by study.
    references: BTreeMap<Uid, BTreeSet<(Uid, Uid)>>,
}

impl Note {
    /// The note that a data set of `sop_class` is (PS3.3 §C.17.6.2.1, PS3.16 CID 7011), if it is one.
    pub(crate) fn of(header: &Header, sop_class: &Uid) -> Option<Self> {
        if sop_class.as_str() != KEY_OBJECTS {
            return None;
        }
        let text = |item: &[Element], tag| {
            let element = item.iter().find(|element| element.tag == tag)?;
            element.texts(header.charset()).into_iter().next()
        };
        let title = items(&header.elements, CONCEPT_NAME).next()?;
        if text(title, CODING_SCHEME)? != "DCM" {
            return None;
        }
        let rejection = text(title, CODE_VALUE)?.parse().ok()?;
        let uid = |item: &[Element], tag| Uid::new(&text(item, tag)?).ok();
        let mut references: BTreeMap<Uid, BTreeSet<(Uid, Uid)>> = BTreeMap::new();
        for of_study in items(&header.elements, EVIDENCE) {
            let Some(study) = uid(of_study, STUDY) else {
                continue;
            };
            let instances = references.entry(study).or_default();
            for of_series in items(of_study, REFERENCED_SERIES) {
                let Some(series) = uid(of_series, SERIES) else {
                    continue;
                };
                let sops = items(of_series, REFERENCED_SOPS);
                let sops = sops.filter_map(|item| uid(item, REFERENCED_SOP));
                instances.extend(sops.map(|sop| (series.clone(), sop)));
            }
        }
        Some(Self {
            rejection,
            references,
        })
    }
}

/// The items of a sequence.
fn items(elements: &[Element], tag: Tag) -> impl Iterator<Item = &[Element]> {
    let found = elements.iter().find(|element| element.tag == tag);
    let items = match found.map(|element| &element.value) {
        Some(Value::Items(items)) => items.as_slice(),
        _ => &[],
    };
    items.iter().map(Vec::as_slice)
}

/// Does what a note says that is stored as `own`: the versions of what it refers to that are here,
/// and the note itself, are out of sight from then on. What it refers to that is not here is passed
/// over. A note that was obeyed already, and comes in another encoding, is put out of sight alone:
/// what it refers to may have been restored since.
pub(crate) async fn obey(
    parts: &Parts,
    note: &Note,
    own: &InstanceKey,
    actor: &str,
) -> Result<(), IngestError> {
    let same = Scope {
        study: own.study.clone(),
        series: Some(own.series.clone()),
        sop: Some(own.sop.clone()),
    };
    let before = parts.database.rejected_in(&own.institution, &same).await;
    let is_obeyed = !before.map_err(IngestError::Database)?.is_empty();
    let references = note.references.iter().filter(|_| !is_obeyed);
    for (study, instances) in references {
        let study = StudyKey {
            institution: own.institution.clone(),
            study: study.clone(),
        };
        reject(parts, note.rejection, &study, actor, |key| {
            let instance = (key.series.clone(), key.sop.clone());
            key != own && instances.contains(&instance)
        })
        .await?;
    }
    // The note last: as long as it is in sight, its sender tries again.
    let study = own.study_key();
    reject(parts, note.rejection, &study, actor, |key| key == own).await?;
    tracing::info!(code = note.rejection.code(), "a rejection note was obeyed");
    Ok(())
}

/// Decision first (a journal object), then the rows: all versions of `which` instances of a study
/// that are not rejected already.
async fn reject(
    parts: &Parts,
    rejection: Rejection,
    study: &StudyKey,
    actor: &str,
    which: impl Fn(&InstanceKey) -> bool,
) -> Result<u64, IngestError> {
    let (database, at) = (&parts.database, parts.clock.now());
    let all = Scope {
        study: study.study.clone(),
        series: None,
        sop: None,
    };
    let before = database.rejected_in(&study.institution, &all).await;
    let before = before.map_err(IngestError::Database)?;
    let before: BTreeSet<ObjectKey> = before.into_iter().map(|row| row.key).collect();
    let versions = database.versions(study).await;
    let mut objects = versions.map_err(IngestError::Database)?;
    objects.retain(|key| which(&key.instance) && !before.contains(key));
    if objects.is_empty() {
        return Ok(0);
    }
    JournalEntry::Reject {
        institution: study.institution.to_string(),
        study: study.study.to_string(),
        code: rejection.code().to_owned(),
        actor: actor.to_owned(),
        at,
        objects: objects.iter().map(ToString::to_string).collect(),
    }
    .write(&parts.archive, parts.identifiers.next())
    .await
    .map_err(IngestError::Archive)?;
    let rejected = database.reject(&objects, rejection, at).await;
    rejected.map_err(IngestError::Database)
}

/// Decision first, then each row from its object, then it is rejected no longer: cut off, it can be
/// done again.
async fn restore(
    parts: &Parts,
    study: &StudyKey,
    rows: &[RejectedRow],
    actor: &str,
) -> Result<u64, IngestError> {
    JournalEntry::Restore {
        institution: study.institution.to_string(),
        study: study.study.to_string(),
        actor: actor.to_owned(),
        at: parts.clock.now(),
        objects: rows.iter().map(|row| row.key.to_string()).collect(),
    }
    .write(&parts.archive, parts.identifiers.next())
    .await
    .map_err(IngestError::Archive)?;
    let mut count = 0;
    for rejected in rows {
        let scanner = &parts.settings.scanner;
        let row = read_row(&parts.archive, &rejected.key, rejected.length, scanner).await;
        let row = row.map_err(|error| match error {
            Unindexable::Archive(error) => IngestError::Archive(error),
            Unindexable::DataSet(error) => IngestError::Unreadable(error),
            _ => IngestError::Interrupted,
        })?;
        let database = &parts.database;
        database.commit(row).await.map_err(IngestError::Database)?;
        let restored = database.restored(&rejected.key).await;
        count += u64::from(restored.map_err(IngestError::Database)?);
    }
    Ok(count)
}

/// What becomes of an object that came again after it was rejected; `copy` is durable and has no
/// row. Data whose retention had expired are restored: somebody wants them back. Rejected for
/// quality, a resend is acknowledged and stays out of sight. The others are refused. A rejection
/// note that comes again was obeyed already.
pub(crate) async fn resent(
    parts: &Parts,
    copy: &ObjectKey,
    (digest, transfer_syntax): &([u8; 32], TransferSyntax),
    actor: &str,
) -> Result<Committed, IngestError> {
    let instance = &copy.instance;
    let found = parts
        .database
        .rejected_with(instance, digest, transfer_syntax)
        .await
        .map_err(IngestError::Database)?;
    if let Err(error) = parts.archive.delete(&copy.to_string()).await {
        tracing::warn!(object.key = %copy.ulid, %error, "a copy without a row is left for sweep");
    }
    // Restored in the meantime: the sender tries again.
    let row = found.ok_or(IngestError::Interrupted)?;
    let is_note = row.sop_class.as_str() == KEY_OBJECTS;
    match row.rejection {
        _ if is_note => Ok(Committed::Identical),
        Rejection::Quality => Ok(Committed::Identical),
        Rejection::RetentionExpired => {
            restore(parts, &instance.study_key(), &[row], actor).await?;
            Ok(Committed::Stored)
        }
        rejection @ (Rejection::PatientSafety | Rejection::WorklistEntry) => {
            Err(IngestError::Rejected(rejection))
        }
    }
}

impl Ingest {
    /// Rejects all versions of the instances in `scope`; gives how many there were. Audit first,
    /// then the decision, then the rows. The permit is one for [`Operation::Delete`].
    pub async fn reject(
        &self,
        permit: &Permit,
        audit: &dyn AuditPort,
        scope: &Scope,
        rejection: Rejection,
    ) -> Result<u64, IngestError> {
        let study = self.decided(permit, audit, scope).await?;
        let actor = permit.actor().label();
        reject(&self.parts, rejection, &study, &actor, |key| {
            covers(scope, key)
        })
        .await
    }

    /// Shows again what was rejected in `scope`, notes left out; gives how many versions it were.
    /// The permit is one for [`Operation::Delete`].
    pub async fn restore(
        &self,
        permit: &Permit,
        audit: &dyn AuditPort,
        scope: &Scope,
    ) -> Result<u64, IngestError> {
        let study = self.decided(permit, audit, scope).await?;
        let rows = self.parts.database.rejected_in(&study.institution, scope);
        let mut rows = rows.await.map_err(IngestError::Database)?;
        rows.retain(|row| row.sop_class.as_str() != KEY_OBJECTS);
        if rows.is_empty() {
            return Ok(0);
        }
        restore(&self.parts, &study, &rows, &permit.actor().label()).await
    }

    async fn decided(
        &self,
        permit: &Permit,
        audit: &dyn AuditPort,
        scope: &Scope,
    ) -> Result<StudyKey, IngestError> {
        permit
            .require(Operation::Delete)
            .map_err(IngestError::Denied)?;
        let study = StudyKey {
            institution: permit.institution().clone(),
            study: scope.study.clone(),
        };
        let episode = permit.episode(Some(study.clone()), self.parts.clock.now());
        audit.open(episode).await.map_err(IngestError::Audit)?;
        Ok(study)
    }
}

fn covers(scope: &Scope, key: &InstanceKey) -> bool {
    scope.series.as_ref().is_none_or(|own| *own == key.series)
        && scope.sop.as_ref().is_none_or(|own| *own == key.sop)
}
