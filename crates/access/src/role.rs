//! What people do in an institution, and what that lets them do.

use std::{collections::BTreeSet, fmt, str::FromStr};

use model::Operation;

use crate::Administration;

/// What somebody does in an institution. Three administrators keep the house, and see no patient's data by that
/// (三员分立, GB/T 22239).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// Treats patients: searches, reads, keeps what was measured, refers, and sees what an emergency needs.
    Physician,
    /// Reads and reports: also works through the worklist.
    Radiologist,
    /// Makes images and sends them.
    Technologist,
    /// Looks after the holdings: also rejects, restores and deletes, and writes down what patients allow.
    Archivist,
    /// Looks at images to judge their quality.
    QualityOfficer,
    /// Keeps the system: institutions and their application entities, and who is told of changes.
    SystemAdministrator,
    /// Keeps accounts, their roles, and tokens.
    SecurityAdministrator,
    /// Reads what the administrators did, and reviews emergencies.
    AuditAdministrator,
}

impl Role {
    /// Every role.
    pub const ALL: [Self; 8] = [
        Self::Physician,
        Self::Radiologist,
        Self::Technologist,
        Self::Archivist,
        Self::QualityOfficer,
        Self::SystemAdministrator,
        Self::SecurityAdministrator,
        Self::AuditAdministrator,
    ];

    /// Its name in the index, in answers and at the command line.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Physician => "physician",
            Self::Radiologist => "radiologist",
            Self::Technologist => "technologist",
            Self::Archivist => "archivist",
            Self::QualityOfficer => "quality_officer",
            Self::SystemAdministrator => "system_administrator",
            Self::SecurityAdministrator => "security_administrator",
            Self::AuditAdministrator => "audit_administrator",
        }
    }

    /// What it may do with patients' data.
    pub fn operations(self) -> &'static [Operation] {
        use Operation::{
            Consent, Delete, Emergency, Encounter, Query, Refer, Retrieve, Schedule, Store,
            Worklist,
        };
        match self {
            Self::Physician => &[Store, Query, Retrieve, Refer, Emergency],
            Self::Radiologist => &[Store, Query, Retrieve, Worklist, Schedule, Refer, Emergency],
            Self::Technologist => &[Store, Query, Retrieve, Worklist, Schedule],
            Self::Archivist => &[Store, Query, Retrieve, Delete, Encounter, Consent, Refer],
            Self::QualityOfficer => &[Query, Retrieve],
            Self::SystemAdministrator | Self::SecurityAdministrator | Self::AuditAdministrator => {
                &[]
            }
        }
    }

    /// What of the house it keeps.
    pub fn administration(self) -> &'static [Administration] {
        match self {
            Self::SystemAdministrator => {
                &[Administration::Subscriptions, Administration::Institutions]
            }
            Self::SecurityAdministrator => &[Administration::Accounts],
            Self::AuditAdministrator => &[Administration::Deeds, Administration::Reviews],
            Self::Physician
            | Self::Radiologist
            | Self::Technologist
            | Self::Archivist
            | Self::QualityOfficer => &[],
        }
    }

    /// Whether it is one of the three that stand alone.
    pub fn is_administrator(self) -> bool {
        !self.administration().is_empty()
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// No role has that name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no role: {names}", names = Role::ALL.map(Role::as_str).join(", "))]
pub struct UnknownRole(pub String);

impl FromStr for Role {
    type Err = UnknownRole;

    fn from_str(text: &str) -> Result<Self, UnknownRole> {
        let named = Self::ALL.into_iter().find(|role| role.as_str() == text);
        named.ok_or_else(|| UnknownRole(text.to_owned()))
    }
}

/// Why roles cannot be held together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidRoles {
    /// There is none.
    #[error("an account has a role at least")]
    None,
    /// An administrator does something else too.
    #[error("{0} stands alone: who has it has no other role")]
    Joined(Role),
}

/// The roles of an account: one at least, and an administrator's alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Roles(BTreeSet<Role>);

impl Roles {
    /// These, if they may be held together.
    pub fn new(roles: impl IntoIterator<Item = Role>) -> Result<Self, InvalidRoles> {
        let roles: BTreeSet<Role> = roles.into_iter().collect();
        let administrator = roles.iter().find(|role| role.is_administrator());
        match administrator {
            _ if roles.is_empty() => Err(InvalidRoles::None),
            Some(role) if roles.len() > 1 => Err(InvalidRoles::Joined(*role)),
            _ => Ok(Self(roles)),
        }
    }

    /// Each, in the order of [`Role::ALL`].
    pub fn iter(&self) -> impl Iterator<Item = Role> + '_ {
        self.0.iter().copied()
    }

    /// Whether one of them may do `operation`.
    pub fn allow(&self, operation: Operation) -> bool {
        self.iter()
            .any(|role| role.operations().contains(&operation))
    }

    /// Whether one of them keeps `administration`.
    pub fn keep(&self, administration: Administration) -> bool {
        let keeps = |role: Role| role.administration().contains(&administration);
        self.iter().any(keeps)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_one_role() {
        for role in Role::ALL {
            assert_eq!(role.as_str().parse(), Ok(role));
        }
        let error = "doctor".parse::<Role>().unwrap_err().to_string();
        assert!(
            error.starts_with("\"doctor\" is no role: physician, "),
            "{error}"
        );
    }

    #[test]
    fn whoever_keeps_the_house_sees_no_patient() {
        for role in Role::ALL {
            let sees = !role.operations().is_empty();
            assert_ne!(sees, role.is_administrator(), "{role}");
        }
    }

    #[test]
    fn an_administrator_stands_alone() {
        assert_eq!(Roles::new([]), Err(InvalidRoles::None));
        for administrator in Role::ALL.into_iter().filter(|role| role.is_administrator()) {
            assert!(Roles::new([administrator]).is_ok());
            for other in Role::ALL.into_iter().filter(|role| *role != administrator) {
                let joined = Roles::new([other, administrator]);
                assert!(matches!(joined, Err(InvalidRoles::Joined(_))), "{other}");
            }
        }
        let both = Roles::new([Role::Radiologist, Role::Archivist]).unwrap();
        assert!(both.allow(Operation::Delete) && both.allow(Operation::Schedule));
    }
}
