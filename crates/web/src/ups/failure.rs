//! Why a transaction of the worklist failed, with the Warning that PS3.18 chapter 11 has for it.

use access::Denial;
use axum::{
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};
use model::InvalidUid;
use workitems::{Refusal, WorkitemError};

use crate::{WebError, address::Address};

/// An error and its Warning.
#[derive(Debug)]
pub(crate) struct Failure {
    error: WebError,
    warning: Option<HeaderValue>,
}

/// An answer with a Warning.
pub(super) fn warned(mut response: Response, address: &Address, text: &str) -> Response {
    if let Some(value) = address.warning(text) {
        response.headers_mut().append(header::WARNING, value);
    }
    response
}

impl Failure {
    /// The failure of a transaction; `state` is what its table says of a request that the state of
    /// the workitem does not allow.
    pub(super) fn of(error: WorkitemError, address: &Address, state: &str) -> Self {
        let fault;
        let text = match &error {
            WorkitemError::Dataset(what) => {
                fault = what.clone();
                fault.as_str()
            }
            WorkitemError::Incomplete { .. } => state,
            WorkitemError::TransactionMissing => "The Transaction UID is missing.",
            WorkitemError::Unreachable => "The performer cannot be contacted.",
            WorkitemError::Refused(refusal) => match refusal {
                Refusal::WrongTransaction => "The Transaction UID is incorrect.",
                Refusal::Completed => "The UPS is already COMPLETED.",
                Refusal::Exists => "The Workitem already exists.",
                Refusal::Unknown => "The Target Workitem was not found.",
                Refusal::Final
                | Refusal::InProgress
                | Refusal::ScheduledByCreation
                | Refusal::Incomplete
                | Refusal::NotInProgress => state,
            },
            WorkitemError::Denied(_)
            | WorkitemError::Audit(_)
            | WorkitemError::Database(_)
            | WorkitemError::Gone
            | WorkitemError::NotFollowed
            | WorkitemError::Busy
            | WorkitemError::Full => "",
        };
        let warning = (!text.is_empty()).then(|| address.warning(text)).flatten();
        Self {
            error: error.into(),
            warning,
        }
    }

    /// The same failure with another error for its status.
    pub(super) fn with_error(self, error: WebError) -> Self {
        Self { error, ..self }
    }
}

impl From<WebError> for Failure {
    fn from(error: WebError) -> Self {
        Self {
            error,
            warning: None,
        }
    }
}

impl From<InvalidUid> for Failure {
    fn from(error: InvalidUid) -> Self {
        WebError::from(error).into()
    }
}

impl From<Denial> for Failure {
    fn from(error: Denial) -> Self {
        WebError::from(error).into()
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let mut response = self.error.into_response();
        if let Some(warning) = self.warning {
            response.headers_mut().append(header::WARNING, warning);
        }
        response
    }
}
