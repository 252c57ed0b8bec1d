//! Who asks, what for, and what they want to do.

use std::net::IpAddr;

use crate::{AeTitle, InstitutionId};

/// Who asks. Made only by the code that established it: sign-in, the association acceptor, the
/// command line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Actor {
    /// Nobody: no credential was given.
    Anonymous,
    /// A person or system that signed in.
    User {
        /// Account name.
        name: String,
        /// The institution that the account belongs to.
        institution: InstitutionId,
    },
    /// A DICOM application entity of the peer table.
    Peer {
        /// Calling AE title.
        ae_title: AeTitle,
        /// Address that the association came from.
        address: IpAddr,
        /// The institution that the peer belongs to.
        institution: InstitutionId,
        /// What the peer table lets it do.
        operations: Vec<Operation>,
    },
    /// Anybody on the loopback interface of a server started with `--dev`.
    Developer {
        /// The institution that the server serves.
        institution: InstitutionId,
    },
    /// The operator at the command line of the machine.
    Operator {
        /// The institution that the command works for.
        institution: InstitutionId,
    },
}

/// What for the data is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Purpose {
    /// Care of the patient.
    Treatment,
    /// Keeping the archive itself (import, verify, reindex).
    Operation,
}

/// What is done with patient data.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Operation {
    /// Putting objects in (C-STORE, STOW, import).
    Store,
    /// Searching (C-FIND, QIDO).
    Query,
    /// Reading objects (C-MOVE, C-GET, WADO).
    Retrieve,
    /// Deleting a study.
    Delete,
    /// Reading the worklist and following it (UPS-RS search, retrieve, subscribe).
    Worklist,
    /// Putting workitems on the worklist, changing and performing them (UPS-RS).
    Schedule,
}

impl Actor {
    /// A short name for audit and logs; never patient data.
    pub fn label(&self) -> String {
        match self {
            Self::Anonymous => "anonymous".into(),
            Self::User { name, .. } => format!("user:{name}"),
            Self::Peer {
                ae_title, address, ..
            } => format!("ae:{ae_title}@{address}"),
            Self::Developer { .. } => "developer".into(),
            Self::Operator { .. } => "operator".into(),
        }
    }

    /// The institution that the actor acts for.
    pub fn institution(&self) -> Option<&InstitutionId> {
        match self {
            Self::Anonymous => None,
            Self::User { institution, .. }
            | Self::Peer { institution, .. }
            | Self::Developer { institution }
            | Self::Operator { institution } => Some(institution),
        }
    }
}
