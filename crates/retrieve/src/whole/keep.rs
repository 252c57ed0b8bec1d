//! Putting the metadata of a series in one piece, once it has settled.

use access::Permit;
use database::Scope;
use model::{Operation, SeriesKey, StudyKey, Uid};

use super::off_thread;
use crate::{Retrieve, RetrieveError};

impl Retrieve {
    /// Keeps the metadata of a series in one piece, made of what is shown now; nothing is done where the
    /// kept one is. A series of few instances, and one that is too long for one answer, keeps none.
    pub async fn keep_manifest(
        &self,
        permit: &Permit,
        study: &Uid,
        series: &Uid,
    ) -> Result<(), RetrieveError> {
        permit.require(Operation::Retrieve)?;
        let whole = &self.whole;
        let scope = Scope {
            study: study.clone(),
            series: Some(series.clone()),
            sop: None,
        };
        let key = SeriesKey {
            study: StudyKey {
                institution: permit.institution().clone(),
                study: study.clone(),
            },
            series: series.clone(),
        };
        let sets = whole.database.shown(permit.institution(), &scope).await?;
        let fits = whole.least_instances..=whole.most_instances;
        let Some(set) = sets.first().filter(|set| fits.contains(&set.ulids.len())) else {
            whole.database.forget_manifest(&key).await?;
            return Ok(());
        };
        let version = set.version();
        if whole.database.manifest_version(&key).await? == Some(version) {
            return Ok(());
        }
        let kept = whole.manifests(permit.institution(), &scope).await?;
        let body = kept.into_values().next();
        let Some(piece) = whole.piece(&key, set, body, whole.most_bytes).await? else {
            // Too long, or it changed meanwhile, and then the job is asked for again.
            whole.database.forget_manifest(&key).await?;
            return Ok(());
        };
        let body = off_thread(move || piece.pack()).await?;
        whole.database.keep_manifest(&key, &version, body).await?;
        Ok(())
    }
}
