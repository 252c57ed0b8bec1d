//! What every retrieval is asked with, and the answers that they all give alike.

use access::Permit;
use axum::{
    body::Body,
    extract::{FromRequestParts, Query},
    http::{HeaderMap, HeaderValue, Method, StatusCode, header, request::Parts},
    response::Response,
};
use database::Scope;
use futures::stream;
use model::{Operation, TransferSyntax, Uid};
use retrieve::{Instance, Unread};

use crate::{
    WebError, WebState,
    accept::Accepted,
    address::Address,
    conditional::{EntityTag, Extent, extent},
    session::Caller,
};

/// A retrieval as it came.
#[derive(Clone)]
pub(crate) struct Asked {
    /// What is reached.
    pub(super) state: WebState,
    caller: Caller,
    headers: HeaderMap,
    /// The query, percent-decoded.
    pub(super) query: Vec<(String, String)>,
    /// HEAD: the answer without its body, and without making it (RFC 9110 §9.3.2).
    pub(super) is_head: bool,
}

impl FromRequestParts<WebState> for Asked {
    type Rejection = WebError;

    async fn from_request_parts(parts: &mut Parts, state: &WebState) -> Result<Self, WebError> {
        let caller = Caller::from_request_parts(parts, state).await?;
        let unreadable = |_| WebError::BadRequest("the query cannot be read".into());
        let Query(query) = Query::try_from_uri(&parts.uri).map_err(unreadable)?;
        Ok(Self {
            state: state.clone(),
            caller,
            headers: parts.headers.clone(),
            query,
            is_head: parts.method == Method::HEAD,
        })
    }
}

impl Asked {
    /// Leave to retrieve.
    pub(super) fn permit(&self) -> Result<Permit, WebError> {
        self.caller.permit(Operation::Retrieve)
    }

    /// What the client accepts.
    pub(super) fn accepted(&self) -> Accepted {
        Accepted::of(&self.headers, &self.query)
    }

    /// Makes links.
    pub(super) fn address(&self) -> Address {
        Address::new(self.state.settings.base_url.as_deref(), &self.headers)
    }

    /// The instance that `scope` names.
    pub(super) async fn instance(
        &self,
        permit: &Permit,
        scope: &Scope,
    ) -> Result<Instance, WebError> {
        let instances = self.state.retrieve.instances(permit, scope).await?;
        let first = instances.into_iter().next();
        first.ok_or(WebError::NotFound("the instance"))
    }

    /// Whether the pixels of `instance` may be expected to come uncompressed.
    pub(super) fn decodes(&self, instance: &Instance) -> bool {
        let explicit = TransferSyntax::explicit_little();
        self.state.retrieve.can_convert(instance, &explicit)
    }

    /// The answer where there is nothing to send: 304 to whom has it, and to HEAD the head. What
    /// tells that an instance is there is an access to it.
    pub(super) async fn without_body(
        &self,
        permit: &Permit,
        study: &Uid,
        tag: &EntityTag,
        content_type: &str,
    ) -> Result<Option<Response>, WebError> {
        let is_had = tag.is_had(&self.headers);
        if !is_had && !self.is_head {
            return Ok(None);
        }
        self.state.retrieve.record(permit, study).await?;
        if is_had {
            return Ok(Some(tag.not_modified()));
        }
        // A length of zero would be said of an empty body.
        let unknown = Body::from_stream(stream::empty::<Result<&[u8], WebError>>());
        let mut response = typed(unknown, content_type)?;
        tag.mark(&mut response);
        Ok(Some(response))
    }

    /// Bytes, or the part of them that is asked for.
    pub(super) async fn bytes(
        &self,
        unread: Unread,
        content_type: &str,
        tag: &EntityTag,
    ) -> Result<Response, WebError> {
        let (length, has_parts) = (unread.length(), unread.has_parts());
        let asked = match has_parts && !self.is_head {
            true => extent(&self.headers, tag, length),
            false => Extent::Whole,
        };
        let (range, is_part) = match asked {
            Extent::Whole => (0..length, false),
            Extent::Part(range) => (range, true),
            Extent::Outside => return Err(WebError::OutsideRange { length }),
        };
        let told = range.end - range.start;
        let body = if self.is_head {
            Body::empty()
        } else {
            let content = match is_part {
                true => unread.part(range.clone()).await?,
                false => unread.whole().await?,
            };
            super::objects::body(content)
        };
        let mut response = typed(body, content_type)?;
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_LENGTH, told.into());
        if has_parts {
            headers.insert(header::ACCEPT_RANGES, HeaderValue::from_static("bytes"));
        }
        if is_part {
            let told = format!("bytes {}-{}/{length}", range.start, range.end - 1);
            let told = HeaderValue::from_str(&told).map_err(|_| WebError::Internal)?;
            headers.insert(header::CONTENT_RANGE, told);
            *response.status_mut() = StatusCode::PARTIAL_CONTENT;
        }
        tag.mark(&mut response);
        Ok(response)
    }
}

/// A body of a media type.
pub(crate) fn typed(body: Body, content_type: &str) -> Result<Response, WebError> {
    let mut response = Response::new(body);
    let value = HeaderValue::from_str(content_type).map_err(|_| WebError::Internal)?;
    response.headers_mut().insert(header::CONTENT_TYPE, value);
    Ok(response)
}

/// Adds where the representation lies under an address of its own (RFC 9110 §8.7).
pub(super) fn located(response: &mut Response, location: &str) {
    if let Ok(location) = HeaderValue::from_str(location) {
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_LOCATION, location);
    }
}
