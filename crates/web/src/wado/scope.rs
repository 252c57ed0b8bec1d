//! What a path names.

use database::Scope;
use model::Uid;

use crate::WebError;

/// `/studies/{study}`.
pub(super) fn study(study: &str) -> Result<Scope, WebError> {
    Ok(Scope {
        study: Uid::new(study)?,
        series: None,
        sop: None,
    })
}

/// `/studies/{study}/series/{series}`.
pub(super) fn series(study: &str, series: &str) -> Result<Scope, WebError> {
    Ok(Scope {
        study: Uid::new(study)?,
        series: Some(Uid::new(series)?),
        sop: None,
    })
}

/// `/studies/{study}/series/{series}/instances/{sop}`.
pub(super) fn instance(study: &str, series: &str, sop: &str) -> Result<Scope, WebError> {
    Ok(Scope {
        study: Uid::new(study)?,
        series: Some(Uid::new(series)?),
        sop: Some(Uid::new(sop)?),
    })
}
