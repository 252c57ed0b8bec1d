//! The metadata of a series or a study as one answer, made of exactly the instances that were shown when
//! it was asked for, so that it can be named by an ETag (docs/adr/0013).

mod encoded;
mod keep;
mod piece;

pub(crate) use encoded::Answers;
pub use encoded::{Coding, Envelope};

use std::{collections::HashMap, sync::Arc};

use access::Permit;
use bytes::Bytes;
use database::{Database, Scope, SeriesSet};
use model::{InstitutionId, SeriesKey, StudyKey, Uid};
use tokio::sync::Semaphore;

use self::piece::Piece;
use crate::{Retrieve, RetrieveError, Settings};

/// Bounds of whole answers, and those that are kept.
#[derive(Clone, Debug)]
pub(crate) struct Whole {
    database: Database,
    answers: Answers,
    /// So many are made at once.
    makers: Arc<Semaphore>,
    most_instances: usize,
    most_bytes: u64,
    least_instances: usize,
}

impl Whole {
    pub(crate) fn new(database: Database, settings: &Settings) -> Self {
        Self {
            database,
            answers: Answers::new(settings.whole_memory_bytes),
            makers: Arc::new(Semaphore::new(settings.whole_at_once.max(1))),
            most_instances: settings.whole_instances as usize,
            most_bytes: settings.whole_bytes,
            least_instances: settings.manifest_instances as usize,
        }
    }
}

/// Which instances an answer tells of: the access is permitted and recorded.
#[derive(Clone, Debug)]
pub struct WholeMetadata {
    study: StudyKey,
    scope: Scope,
    sets: Vec<SeriesSet>,
}

impl WholeMetadata {
    /// Names the instances: equal versions, equal metadata.
    pub fn version(&self) -> [u8; 32] {
        let mut hash = blake3::Hasher::new();
        for set in &self.sets {
            hash.update(&set.version());
        }
        *hash.finalize().as_bytes()
    }

    fn series(&self, series: &Uid) -> SeriesKey {
        SeriesKey {
            study: self.study.clone(),
            series: series.clone(),
        }
    }
}

impl Retrieve {
    /// Which instances of a study or series are shown now: one statement. None: too many for one
    /// answer, [`Retrieve::metadata`] gives them page by page. [`RetrieveError::NotFound`] where there
    /// is none.
    pub async fn whole_metadata(
        &self,
        permit: &Permit,
        scope: &Scope,
    ) -> Result<Option<WholeMetadata>, RetrieveError> {
        self.record(permit, &scope.study).await?;
        let permit = self.sight(permit, &scope.study).await?;
        let institution = permit.institution();
        let sets = self.whole.database.shown(institution, scope).await?;
        let instances: usize = sets.iter().map(|set| set.ulids.len()).sum();
        match instances {
            0 => Err(RetrieveError::NotFound),
            n if n > self.whole.most_instances => Ok(None),
            _ => Ok(Some(WholeMetadata {
                study: StudyKey {
                    institution: institution.clone(),
                    study: scope.study.clone(),
                },
                scope: scope.clone(),
                sets,
            })),
        }
    }

    /// The metadata of those instances as DICOM JSON (PS3.18 §F), by series and instance number,
    /// encoded: an answer made before, or made of the pieces that are kept and of the headers that they
    /// lack. None: it is too long, or an instance went since; [`Retrieve::metadata`] gives what there
    /// is.
    pub async fn metadata_answer(
        &self,
        metadata: &WholeMetadata,
        envelope: &Envelope,
    ) -> Result<Option<Bytes>, RetrieveError> {
        let whole = &self.whole;
        let name = envelope.name(metadata);
        if let Some(answer) = whole.answers.get(&name) {
            return Ok(Some(answer));
        }
        // A closed semaphore: nobody closes it.
        let Ok(_turn) = whole.makers.acquire().await else {
            return Err(RetrieveError::Interrupted);
        };
        if let Some(answer) = whole.answers.get(&name) {
            return Ok(Some(answer));
        }
        let Some(pieces) = whole.pieces(metadata).await? else {
            return Ok(None);
        };
        let envelope = envelope.clone();
        let answer = tokio::task::spawn_blocking(move || encoded::encode(&pieces, &envelope))
            .await
            .map_err(|_| RetrieveError::Interrupted)?
            .map_err(|_| RetrieveError::Interrupted)?;
        whole.answers.keep(name, answer.clone());
        Ok(Some(answer))
    }
}

impl Whole {
    /// A piece a series, each exactly of its set.
    async fn pieces(&self, metadata: &WholeMetadata) -> Result<Option<Vec<Piece>>, RetrieveError> {
        let mut kept = self
            .manifests(&metadata.study.institution, &metadata.scope)
            .await?;
        let mut pieces = Vec::with_capacity(metadata.sets.len());
        let mut left = self.most_bytes;
        for set in &metadata.sets {
            let series = metadata.series(&set.series);
            let body = kept.remove(&set.series);
            let Some(piece) = self.piece(&series, set, body, left).await? else {
                return Ok(None);
            };
            left = left.saturating_sub(piece.bytes());
            pieces.push(piece);
        }
        Ok(Some(pieces))
    }

    async fn manifests(
        &self,
        institution: &InstitutionId,
        scope: &Scope,
    ) -> Result<HashMap<Uid, Vec<u8>>, RetrieveError> {
        Ok(self.database.manifests(institution, scope).await?)
    }

    /// The piece of exactly `set`: what is kept, if it holds nothing else, and the headers that it
    /// lacks. None: it is longer than `most` bytes, or an instance went.
    async fn piece(
        &self,
        series: &SeriesKey,
        set: &SeriesSet,
        kept: Option<Vec<u8>>,
        most: u64,
    ) -> Result<Option<Piece>, RetrieveError> {
        let ulids = set.ulids.clone();
        let (base, missing) = off_thread(move || {
            let kept = kept.and_then(|body| Piece::unpack(&body, most));
            let base = kept.filter(|piece| piece.is_within(&ulids));
            let base = base.unwrap_or_default();
            let missing = base.missing(&ulids);
            Ok((base, missing))
        })
        .await?;
        if missing.is_empty() {
            return Ok(Some(base));
        }
        let Some(rows) = self.database.headers_of(series, &missing, most).await? else {
            return Ok(None);
        };
        if rows.len() != missing.len() {
            return Ok(None);
        }
        let series = series.clone();
        off_thread(move || base.with(rows, &series, most)).await
    }
}

async fn off_thread<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, RetrieveError> + Send + 'static,
) -> Result<T, RetrieveError> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|_| RetrieveError::Interrupted)?
}
