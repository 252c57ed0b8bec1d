//! From what went wrong to what HTTP says: one exhaustive mapping.

mod status;

use access::Denial;
use accounts::{AccountsError, PasswordError};
use axum::{
    Json,
    extract::{
        rejection::{BytesRejection, JsonRejection},
        ws::rejection::WebSocketUpgradeRejection,
    },
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use database::DatabaseError;
use grants::GrantsError;
use ingest::IngestError;
use model::{InvalidUid, Rejection};
use openid::OpenIdError;
use query::QueryError;
use registry::RegistryError;
use retrieve::RetrieveError;
use serde::Serialize;
use utoipa::ToSchema;
use workitems::WorkitemError;

use self::status::{
    BAD_REQUEST, INTERNAL, NOT_ACCEPTABLE, NOT_FOUND, UNAVAILABLE, accounts, denied, grants,
    ingest, no_websocket, password, registry, retrieve, workitem,
};

/// Why a request was not answered as it asked.
#[derive(Debug, thiserror::Error)]
pub(crate) enum WebError {
    /// No permit was given.
    #[error(transparent)]
    Denied(#[from] Denial),
    /// A credential came that is none, or no longer one.
    #[error("the credential was not accepted")]
    CredentialRefused,
    /// A code of an authenticator app that does not match, or was taken before.
    #[error("wrong code")]
    WrongCode,
    /// The account has an authenticator app, and no code came.
    #[error("the account has a second factor: send the code of its authenticator app too")]
    CodeRequired,
    /// The account has a second factor already.
    #[error("the account has a second factor: take it away first")]
    SecondFactorStands,
    /// Only somebody with an account has what is asked for.
    #[error("only a person's session has this")]
    NoPerson,
    /// Name or password do not match.
    #[error("wrong name or password")]
    WrongPassword,
    /// The body of a sign-in cannot be read.
    #[error(
        "a sign-in is JSON with the texts user and password, {} bytes at most",
        crate::session::LONGEST_BODY
    )]
    Credentials(#[source] JsonRejection),
    /// Too many sign-ins failed.
    #[error("too many sign-ins failed: try again in {seconds} s")]
    SignInDelayed {
        /// How long to wait, seconds.
        seconds: u64,
    },
    /// Too many sign in at once.
    #[error("too many sign in at once: try again")]
    SignInBusy,
    /// A one-time password must be changed.
    #[error("the one-time password must be changed: send new_password too")]
    PasswordChangeRequired,
    /// Nobody signs in with that account.
    #[error("the account is locked: a security administrator unlocks it")]
    AccountLocked,
    /// An OpenID provider is needed and does not answer as it should.
    #[error("the OpenID provider does not answer as it should: try again")]
    OpenId(#[source] OpenIdError),
    /// A new password cannot be used.
    #[error(transparent)]
    Password(#[from] PasswordError),
    /// The request names a host that is not this machine.
    #[error("a server started with --dev answers on loopback names only")]
    ForeignHost,
    /// Another site had the browser send it.
    #[error("the request comes from another site")]
    ForeignSite,
    /// A parameter cannot be read; the text says which.
    #[error("{0}")]
    BadRequest(String),
    /// A path holds something else than UIDs.
    #[error(transparent)]
    Uid(#[from] InvalidUid),
    /// No WebSocket is asked for as it should be.
    #[error("a WebSocket is opened here, by Connection: Upgrade and Upgrade: websocket: {0}")]
    NoWebSocket(#[source] WebSocketUpgradeRejection),
    /// What the path names is not there.
    #[error("{0} not found")]
    NotFound(&'static str),
    /// The resource does not know the request's method; which it knows, the Allow header tells.
    #[error("the resource has no such method")]
    MethodNotAllowed,
    /// All that a rejection names is rejected; what is keeps its code.
    #[error("rejected already, as {0}^DCM: restore it before it is rejected anew")]
    AlreadyRejected(Rejection),
    /// A restore names nothing that could come back.
    #[error("nothing of it is rejected and still kept")]
    NotRejected,
    /// Nothing has that path.
    #[error("no such path")]
    NoSuchPath,
    /// Nothing that the client accepts can be made.
    #[error("available: {0}")]
    NotAcceptable(&'static str),
    /// The body is of a media type that is not taken.
    #[error("supported: {0}")]
    UnsupportedMediaType(&'static str),
    /// The body is longer than allowed.
    #[error("the body is longer than the {limit} bytes that limits.request_bytes allows")]
    TooLarge {
        /// The limit, bytes.
        limit: u64,
    },
    /// A range that begins behind the end was asked for.
    #[error("there are {length} bytes")]
    OutsideRange {
        /// How many there are.
        length: u64,
    },
    /// A workitem is longer than allowed.
    #[error("the data set is longer than the {limit} bytes that worklist.workitem_bytes allows")]
    WorkitemTooLarge {
        /// The limit, bytes.
        limit: u64,
    },
    /// A compressed body becomes more than anybody meant.
    #[error(
        "the body unpacks to more than the {ratio} times its length that limits.request_ratio allows"
    )]
    Bomb {
        /// The limit, bytes of one.
        ratio: u32,
    },
    /// The description of the objects is longer than allowed.
    #[error(
        "the metadata is longer than the {limit} bytes that limits.request_metadata_bytes allows"
    )]
    MetadataTooLarge {
        /// The limit, bytes.
        limit: u64,
    },
    /// Bulk data that waits for its object cannot be kept.
    #[error("bulk data could not be kept until its object is made")]
    Spool(#[source] std::io::Error),
    /// Changes that a reader has not seen are no longer kept, or were never there.
    #[error(
        "what follows change {after} is not kept: compare all studies with a search, then go on \
         after change {last}"
    )]
    ChangesGone {
        /// The number that the reader knows.
        after: u64,
        /// The number of the last change.
        last: u64,
    },
    /// There are as many subscriptions as are allowed.
    #[error("there are {most} webhooks already, as many as webhooks.most allows")]
    TooManyWebhooks {
        /// The limit.
        most: usize,
    },
    /// Something that cannot happen did.
    #[error("internal error")]
    Internal,
    /// An object was not taken.
    #[error(transparent)]
    Ingest(#[from] IngestError),
    /// A search failed.
    #[error(transparent)]
    Query(#[from] QueryError),
    /// An object could not be given.
    #[error(transparent)]
    Retrieve(#[from] RetrieveError),
    /// The worklist did not do what was asked.
    #[error(transparent)]
    Workitem(#[from] WorkitemError),
    /// An account or a token was not changed.
    #[error(transparent)]
    Accounts(#[from] AccountsError),
    /// A table that is too long, or broke off.
    #[error("the table cannot be read: {}", .0.body_text())]
    Table(#[from] BytesRejection),
    /// An institution or application entity was not changed.
    #[error(transparent)]
    Registry(#[from] RegistryError),
    /// A grant or prohibition was not changed.
    #[error(transparent)]
    Grants(#[from] GrantsError),
    /// The accounts could not be reached.
    #[error(transparent)]
    Database(#[from] DatabaseError),
}

/// What a client reads of an error.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Problem {
    /// A word for programs.
    code: &'static str,
    /// A sentence for people.
    message: String,
}

impl WebError {
    /// Status and code.
    fn status(&self) -> (StatusCode, &'static str) {
        match self {
            Self::Denied(denial) => denied(denial),
            Self::CredentialRefused => denied(&Denial::NotAuthenticated),
            Self::WrongPassword => (StatusCode::UNAUTHORIZED, "wrong_password"),
            Self::WrongCode => (StatusCode::UNAUTHORIZED, "wrong_code"),
            Self::CodeRequired => (StatusCode::FORBIDDEN, "code_required"),
            Self::SecondFactorStands => (StatusCode::CONFLICT, "exists"),
            Self::NoPerson => (StatusCode::FORBIDDEN, "not_allowed"),
            Self::Credentials(error) if error.status() == StatusCode::PAYLOAD_TOO_LARGE => {
                (StatusCode::PAYLOAD_TOO_LARGE, "too_large")
            }
            Self::Table(error) if error.status() == StatusCode::PAYLOAD_TOO_LARGE => {
                (StatusCode::PAYLOAD_TOO_LARGE, "too_large")
            }
            Self::Credentials(_) | Self::Table(_) => BAD_REQUEST,
            Self::SignInDelayed { .. } => (StatusCode::TOO_MANY_REQUESTS, "too_many_failures"),
            Self::SignInBusy => (StatusCode::TOO_MANY_REQUESTS, "busy"),
            Self::PasswordChangeRequired => (StatusCode::FORBIDDEN, "password_change_required"),
            Self::Password(error) => password(error),
            Self::AccountLocked => (StatusCode::FORBIDDEN, "account_locked"),
            Self::ForeignHost => (StatusCode::FORBIDDEN, "foreign_host"),
            Self::ForeignSite => (StatusCode::FORBIDDEN, "foreign_site"),
            Self::BadRequest(_) => BAD_REQUEST,
            Self::Uid(_) => (StatusCode::BAD_REQUEST, "invalid_uid"),
            Self::NoWebSocket(error) => (no_websocket(error), "no_websocket"),
            Self::NotFound(_) | Self::NoSuchPath | Self::NotRejected => NOT_FOUND,
            Self::AlreadyRejected(_) => (StatusCode::CONFLICT, "rejected"),
            Self::MethodNotAllowed => (StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed"),
            Self::NotAcceptable(_) => NOT_ACCEPTABLE,
            Self::UnsupportedMediaType(_) => {
                (StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported_media_type")
            }
            Self::OutsideRange { .. } => {
                (StatusCode::RANGE_NOT_SATISFIABLE, "range_not_satisfiable")
            }
            Self::TooLarge { .. }
            | Self::WorkitemTooLarge { .. }
            | Self::Bomb { .. }
            | Self::MetadataTooLarge { .. } => (StatusCode::PAYLOAD_TOO_LARGE, "too_large"),
            Self::Spool(_) => (StatusCode::INSUFFICIENT_STORAGE, "out_of_space"),
            Self::ChangesGone { .. } => (StatusCode::GONE, "changes_gone"),
            Self::TooManyWebhooks { .. } => (StatusCode::CONFLICT, "too_many_webhooks"),
            Self::Internal => INTERNAL,
            Self::Ingest(error) => ingest(error),
            Self::Query(error) => match error {
                QueryError::Denied(denial) => denied(denial),
                QueryError::Cursor => BAD_REQUEST,
                QueryError::Audit(_) | QueryError::Facts(_) | QueryError::Database(_) => {
                    UNAVAILABLE
                }
            },
            Self::Retrieve(error) => retrieve(error),
            Self::Workitem(error) => workitem(error),
            Self::Accounts(error) => accounts(error),
            Self::Registry(error) => registry(error),
            Self::Grants(error) => grants(error),
            Self::Database(_) | Self::OpenId(_) => UNAVAILABLE,
        }
    }
}

impl IntoResponse for WebError {
    fn into_response(self) -> Response {
        let (status, code) = self.status();
        if status.is_server_error() {
            tracing::error!(error = &self as &dyn std::error::Error, "a request failed");
        }
        let retry_after = match &self {
            Self::SignInDelayed { seconds } => Some(*seconds),
            Self::SignInBusy
            | Self::OpenId(_)
            | Self::Retrieve(RetrieveError::Busy)
            | Self::Workitem(WorkitemError::Busy | WorkitemError::Full) => Some(1),
            _ => None,
        };
        let length = match &self {
            Self::OutsideRange { length } => Some(format!("bytes */{length}")),
            _ => None,
        };
        let message = self.to_string();
        let mut response = (status, Json(Problem { code, message })).into_response();
        if let Some(seconds) = retry_after {
            let headers = response.headers_mut();
            headers.insert(header::RETRY_AFTER, seconds.into());
        }
        if let Some(Ok(length)) = length.map(HeaderValue::try_from) {
            response.headers_mut().insert(header::CONTENT_RANGE, length);
        }
        if status == StatusCode::UPGRADE_REQUIRED {
            let websocket = HeaderValue::from_static("websocket");
            response.headers_mut().insert(header::UPGRADE, websocket);
        }
        if status == StatusCode::UNAUTHORIZED {
            // RFC 6750 §3: no error where no credential came.
            let challenge = HeaderValue::from_static(match &self {
                Self::CredentialRefused => "Bearer realm=\"yingyun\", error=\"invalid_token\"",
                _ => "Bearer realm=\"yingyun\"",
            });
            response
                .headers_mut()
                .insert(header::WWW_AUTHENTICATE, challenge);
        }
        response
    }
}
