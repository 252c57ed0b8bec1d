//! Who asks.

use std::net::IpAddr;

use model::{AeTitle, InstitutionId, Operation, Standing};

use crate::Roles;

/// Who asks. Made only by the code that established it: sign-in, the association acceptor, the
/// command line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Actor {
    /// Nobody: no credential was given.
    Anonymous,
    /// A person who signed in.
    User {
        /// Account name.
        name: String,
        /// The institution that the account belongs to.
        institution: InstitutionId,
        /// Where it stands.
        standing: Standing,
        /// What the person does there.
        roles: Roles,
    },
    /// A program that came with a token of its own.
    Program {
        /// The token's name.
        name: String,
        /// The institution that the token belongs to.
        institution: InstitutionId,
        /// Where it stands.
        standing: Standing,
        /// What the token lets it do.
        operations: Vec<Operation>,
    },
    /// A DICOM application entity of the peer table.
    Peer {
        /// Calling AE title.
        ae_title: AeTitle,
        /// Address that the association came from.
        address: IpAddr,
        /// The institution that the peer belongs to.
        institution: InstitutionId,
        /// Where it stands.
        standing: Standing,
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

impl Actor {
    /// A short name for audit and logs; never patient data.
    pub fn label(&self) -> String {
        match self {
            Self::Anonymous => "anonymous".into(),
            Self::User { name, .. } => format!("user:{name}"),
            Self::Program { name, .. } => format!("token:{name}"),
            Self::Peer {
                ae_title, address, ..
            } => format!("ae:{ae_title}@{address}"),
            Self::Developer { .. } => "developer".into(),
            Self::Operator { .. } => "operator".into(),
        }
    }

    /// Where that institution stands; none for those who keep the server itself.
    pub(crate) fn standing(&self) -> Option<Standing> {
        match self {
            Self::User { standing, .. }
            | Self::Program { standing, .. }
            | Self::Peer { standing, .. } => Some(*standing),
            Self::Anonymous | Self::Developer { .. } | Self::Operator { .. } => None,
        }
    }

    /// The institution that the actor acts for.
    pub fn institution(&self) -> Option<&InstitutionId> {
        match self {
            Self::Anonymous => None,
            Self::User { institution, .. }
            | Self::Program { institution, .. }
            | Self::Peer { institution, .. }
            | Self::Developer { institution }
            | Self::Operator { institution } => Some(institution),
        }
    }
}
