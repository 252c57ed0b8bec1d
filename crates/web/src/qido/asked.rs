//! What every search is asked with: who asks, within what, and for what.

use std::collections::HashMap;

use axum::{
    extract::{FromRequestParts, Path, Query},
    http::{HeaderMap, Uri, request::Parts},
};
use model::Uid;

use crate::{WebError, WebState, session::Caller};

/// A search as it came, its level not yet said.
pub(crate) struct Asked {
    /// What is reached.
    pub(super) state: WebState,
    /// Who asks.
    pub(super) caller: Caller,
    /// The request's header fields.
    pub(super) headers: HeaderMap,
    /// The path behind the service's root and the query, as they came.
    pub(super) target: String,
    /// The query, percent-decoded.
    pub(super) query: Vec<(String, String)>,
    /// The study of the path.
    pub(super) study: Option<Uid>,
    /// The series of the path.
    pub(super) series: Option<Uid>,
}

impl FromRequestParts<WebState> for Asked {
    type Rejection = WebError;

    async fn from_request_parts(parts: &mut Parts, state: &WebState) -> Result<Self, WebError> {
        let caller = Caller::from_request_parts(parts, state).await?;
        let unreadable = |_| WebError::BadRequest("the query cannot be read".into());
        let Query(query) = Query::try_from_uri(&parts.uri).map_err(unreadable)?;
        let path = Path::<HashMap<String, String>>::from_request_parts(parts, state).await;
        let Path(path) = path.map_err(|_| WebError::BadRequest("the path is no text".into()))?;
        let uid = |name: &str| path.get(name).map(|text| Uid::new(text)).transpose();
        Ok(Self {
            state: state.clone(),
            caller,
            headers: parts.headers.clone(),
            target: target(&parts.uri),
            query,
            study: uid("study")?,
            series: uid("series")?,
        })
    }
}

fn target(uri: &Uri) -> String {
    let path = uri.path();
    let path = path.strip_prefix("/dicom-web").unwrap_or(path);
    format!("{path}?{}", uri.query().unwrap_or_default())
}
