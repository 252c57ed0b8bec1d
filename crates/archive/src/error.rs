//! Why the archive could not do what was asked.

use std::{io, ops::Range};

/// Why the archive could not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum ArchiveError {
    /// No space is left on the device, or the quota is used up.
    #[error("no space is left for {key:?}")]
    Full {
        /// The object that did not fit.
        key: String,
        /// What the store said.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// There is no such object.
    #[error("there is no object {key:?}")]
    NotFound {
        /// The object asked for.
        key: String,
    },
    /// The object exists already; keys are never reused.
    #[error("the object {key:?} exists already")]
    Exists {
        /// The object that was to be written.
        key: String,
    },
    /// The object ends before the bytes asked for.
    #[error("the object {key:?} ends before byte {end}", end = range.end)]
    Short {
        /// The object asked for.
        key: String,
        /// The bytes asked for.
        range: Range<u64>,
    },
    /// The text is no key: segments of letters, digits, `.`, `-` and `_`, joined by `/`.
    #[error("{key:?} is no object key")]
    InvalidKey {
        /// The text.
        key: String,
    },
    /// The settings of the object store are wrong.
    #[error("the object store cannot be set up: {reason}")]
    Settings {
        /// What is wrong with them.
        reason: String,
    },
    /// The local file system failed.
    #[error("{action} {key:?} failed")]
    Local {
        /// What was tried.
        action: &'static str,
        /// The object or folder.
        key: String,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// The object store failed.
    #[error("the object store failed on {key:?}")]
    Store {
        /// The object.
        key: String,
        /// What it said.
        #[source]
        source: Box<object_store::Error>,
    },
    /// The object store answered a request of ours with something unexpected.
    #[error("the object store answered unexpectedly: {reason}")]
    Answer {
        /// What was unexpected.
        reason: String,
    },
    /// A task ended before its work was done: the process is shutting down.
    #[error("the work on {key:?} was interrupted")]
    Interrupted {
        /// The object.
        key: String,
    },
}

impl ArchiveError {
    /// Whether the store is full: later, with space back, the same may succeed.
    pub fn is_full(&self) -> bool {
        matches!(self, Self::Full { .. })
    }

    /// Whether the object asked for does not exist.
    pub fn is_not_found(&self) -> bool {
        matches!(self, Self::NotFound { .. })
    }

    pub(crate) fn local(action: &'static str, key: &str, source: io::Error) -> Self {
        let key = key.to_owned();
        match source.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Self::Full {
                key,
                source: source.into(),
            },
            io::ErrorKind::NotFound => Self::NotFound { key },
            io::ErrorKind::AlreadyExists => Self::Exists { key },
            _ => Self::Local {
                action,
                key,
                source,
            },
        }
    }

    pub(crate) fn store(key: &str, source: object_store::Error) -> Self {
        let key = key.to_owned();
        match source {
            object_store::Error::NotFound { .. } => Self::NotFound { key },
            object_store::Error::AlreadyExists { .. } => Self::Exists { key },
            source if says_full(&source) => Self::Full {
                key,
                source: source.into(),
            },
            source => Self::Store {
                key,
                source: source.into(),
            },
        }
    }
}

/// Whether an object store's answer means that it is full: HTTP 507, or S3's error codes for it.
fn says_full(error: &object_store::Error) -> bool {
    let mut cause: Option<&dyn std::error::Error> = Some(error);
    while let Some(error) = cause {
        let text = error.to_string();
        if [
            "507 Insufficient",
            "QuotaExceeded",
            "StorageFull",
            "InsufficientCapacity",
        ]
        .iter()
        .any(|code| text.contains(code))
        {
            return true;
        }
        cause = error.source();
    }
    false
}
