//! The status and code of what other crates refuse.

use access::Denial;
use accounts::{AccountsError, PasswordError};
use axum::{extract::ws::rejection::WebSocketUpgradeRejection, http::StatusCode};
use grants::GrantsError;
use ingest::IngestError;
use registry::RegistryError;
use retrieve::RetrieveError;
use workitems::{Refusal, WorkitemError};

pub(super) const BAD_REQUEST: (StatusCode, &str) = (StatusCode::BAD_REQUEST, "bad_request");
pub(super) const NOT_FOUND: (StatusCode, &str) = (StatusCode::NOT_FOUND, "not_found");
pub(super) const NOT_ACCEPTABLE: (StatusCode, &str) =
    (StatusCode::NOT_ACCEPTABLE, "not_acceptable");
pub(super) const INTERNAL: (StatusCode, &str) = (StatusCode::INTERNAL_SERVER_ERROR, "internal");
pub(super) const UNAVAILABLE: (StatusCode, &str) = (StatusCode::SERVICE_UNAVAILABLE, "unavailable");

/// RFC 9110 §15.5.22, where the client asks for no upgrade at all.
pub(super) fn no_websocket(error: &WebSocketUpgradeRejection) -> StatusCode {
    match error {
        WebSocketUpgradeRejection::InvalidConnectionHeader(_)
        | WebSocketUpgradeRejection::InvalidUpgradeHeader(_) => StatusCode::UPGRADE_REQUIRED,
        other => other.status(),
    }
}

pub(super) fn denied(denial: &Denial) -> (StatusCode, &'static str) {
    match denial {
        Denial::NotAuthenticated => (StatusCode::UNAUTHORIZED, "not_authenticated"),
        Denial::NotAllowed { .. } | Denial::NotAdministrator { .. } => {
            (StatusCode::FORBIDDEN, "not_allowed")
        }
        Denial::NotAtWork { .. } => (StatusCode::FORBIDDEN, "institution_not_at_work"),
    }
}

pub(super) fn password(error: &PasswordError) -> (StatusCode, &'static str) {
    match error {
        PasswordError::TooShort | PasswordError::TooLong | PasswordError::NotNew => {
            (StatusCode::BAD_REQUEST, "new_password_refused")
        }
        PasswordError::Hash => INTERNAL,
    }
}

pub(super) fn accounts(error: &AccountsError) -> (StatusCode, &'static str) {
    match error {
        AccountsError::Denied(denial) => denied(denial),
        AccountsError::Exists { .. } => (StatusCode::CONFLICT, "exists"),
        AccountsError::Unknown { .. } | AccountsError::NoInstitution(_) => NOT_FOUND,
        AccountsError::HasAccounts(_) => (StatusCode::CONFLICT, "exists"),
        AccountsError::Own(_) => (StatusCode::CONFLICT, "own_account"),
        AccountsError::NoOperation | AccountsError::Days { .. } => BAD_REQUEST,
        AccountsError::Password(error) => password(error),
        AccountsError::Database(_) => UNAVAILABLE,
    }
}

pub(super) fn grants(error: &GrantsError) -> (StatusCode, &'static str) {
    match error {
        GrantsError::Denied(denial) => denied(denial),
        GrantsError::Faults(_) => BAD_REQUEST,
        GrantsError::Unknown(_) => NOT_FOUND,
        GrantsError::NoPerson => (StatusCode::FORBIDDEN, "not_allowed"),
        GrantsError::Reviewed => (StatusCode::CONFLICT, "reviewed"),
        GrantsError::Audit(_) | GrantsError::Facts(_) | GrantsError::Database(_) => UNAVAILABLE,
    }
}

pub(super) fn registry(error: &RegistryError) -> (StatusCode, &'static str) {
    match error {
        RegistryError::Denied(denial) => denied(denial),
        RegistryError::Faults(_) => BAD_REQUEST,
        RegistryError::Unknown { .. } => NOT_FOUND,
        RegistryError::Standing { .. } | RegistryError::Home(_) => {
            (StatusCode::CONFLICT, "wrong_standing")
        }
        RegistryError::Database(_) => UNAVAILABLE,
    }
}

/// A store that fails as a whole; what becomes of single objects is said by `stow::reason`.
pub(super) fn ingest(error: &IngestError) -> (StatusCode, &'static str) {
    match error {
        error if error.is_out_of_resources() => (StatusCode::INSUFFICIENT_STORAGE, "out_of_space"),
        IngestError::Denied(denial) => denied(denial),
        IngestError::Unreadable(_)
        | IngestError::MissingAttribute { .. }
        | IngestError::InvalidUid { .. }
        | IngestError::ClassMismatch { .. }
        | IngestError::InstanceMismatch { .. }
        | IngestError::StudyMismatch { .. } => BAD_REQUEST,
        IngestError::TooLarge { .. } => (StatusCode::PAYLOAD_TOO_LARGE, "too_large"),
        IngestError::Rejected(_) => (StatusCode::CONFLICT, "rejected"),
        IngestError::BelowWatermark
        | IngestError::Archive(_)
        | IngestError::Audit(_)
        | IngestError::Database(_) => UNAVAILABLE,
        IngestError::Interrupted => INTERNAL,
    }
}

pub(super) fn workitem(error: &WorkitemError) -> (StatusCode, &'static str) {
    match error {
        WorkitemError::Denied(denial) => denied(denial),
        WorkitemError::Audit(_) | WorkitemError::Database(_) => UNAVAILABLE,
        WorkitemError::Dataset(_) => (StatusCode::BAD_REQUEST, "invalid_workitem"),
        WorkitemError::Refused(Refusal::Unknown) => NOT_FOUND,
        WorkitemError::Refused(Refusal::WrongTransaction) => {
            (StatusCode::BAD_REQUEST, "wrong_transaction")
        }
        WorkitemError::TransactionMissing => (StatusCode::BAD_REQUEST, "transaction_missing"),
        WorkitemError::Refused(_)
        | WorkitemError::Incomplete { .. }
        | WorkitemError::Unreachable => (StatusCode::CONFLICT, "conflict"),
        WorkitemError::Gone => (StatusCode::GONE, "gone"),
        WorkitemError::NotFollowed => NOT_FOUND,
        WorkitemError::Busy | WorkitemError::Full => (StatusCode::SERVICE_UNAVAILABLE, "busy"),
    }
}

pub(super) fn retrieve(error: &RetrieveError) -> (StatusCode, &'static str) {
    match error {
        RetrieveError::Denied(denial) => denied(denial),
        RetrieveError::NotFound
        | RetrieveError::NoFrame { .. }
        | RetrieveError::NoBulkData { .. } => NOT_FOUND,
        RetrieveError::NotConvertible { .. } | RetrieveError::NotRenderable { .. } => {
            NOT_ACCEPTABLE
        }
        RetrieveError::TooSlow { .. } => (StatusCode::SERVICE_UNAVAILABLE, "too-slow"),
        RetrieveError::Busy => (StatusCode::SERVICE_UNAVAILABLE, "busy"),
        RetrieveError::Audit(_)
        | RetrieveError::Archive(_)
        | RetrieveError::Database(_)
        | RetrieveError::Facts(_) => UNAVAILABLE,
        RetrieveError::Dataset(_) | RetrieveError::Damaged { .. } | RetrieveError::Interrupted => {
            INTERNAL
        }
    }
}
