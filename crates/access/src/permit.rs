//! The one place where a [`Permit`] is minted.

use model::{AccessEpisode, InstitutionId, Operation, Purpose, Standing, StudyKey};
use time::OffsetDateTime;

use crate::{Actor, Administration, Ground, Reader};

/// Proof that an actor may do an operation for a purpose. `query`, `retrieve` and `ingest` accept
/// nothing else (ARCHITECTURE.md, invariant 4); only [`decide`] makes one.
#[derive(Clone, Debug)]
pub struct Permit {
    actor: Actor,
    institution: InstitutionId,
    purpose: Purpose,
    operation: Operation,
    ground: Option<Ground>,
}

/// Why no permit was given.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Denial {
    /// No credential was given.
    #[error("no credential was given")]
    NotAuthenticated,
    /// The actor is known, but not allowed to do this.
    #[error("{actor} may not {operation:?}")]
    NotAllowed {
        /// Who asked.
        actor: String,
        /// What was asked.
        operation: Operation,
    },
    /// The actor's institution is not at work.
    #[error("{institution} is {standing}: nobody there may {operation:?}")]
    NotAtWork {
        /// The institution.
        institution: InstitutionId,
        /// Where it stands.
        standing: Standing,
        /// What was asked.
        operation: Operation,
    },
    /// The actor is known, but does not keep this.
    #[error("{actor} does not keep {administration:?}")]
    NotAdministrator {
        /// Who asked.
        actor: String,
        /// What was to be kept.
        administration: Administration,
    },
}

/// Decides whether `actor` may do `operation` for `purpose`. A person may do in the institution what one of the
/// roles says, a program what its token says, a DICOM peer what its row of the peer table says, each as far as the
/// institution's standing lets; the developer of `--dev` and the operator everything.
pub fn decide(actor: &Actor, purpose: Purpose, operation: Operation) -> Result<Permit, Denial> {
    let institution = actor.institution().ok_or(Denial::NotAuthenticated)?;
    let allowed = match actor {
        Actor::Anonymous => false,
        Actor::Peer { operations, .. } | Actor::Program { operations, .. } => {
            operations.contains(&operation)
        }
        Actor::User { roles, .. } => roles.allow(operation),
        Actor::Developer { .. } | Actor::Operator { .. } => true,
    };
    if !allowed {
        return Err(Denial::NotAllowed {
            actor: actor.label(),
            operation,
        });
    }
    if let Some(standing) = actor
        .standing()
        .filter(|standing| !lets(*standing, operation))
    {
        return Err(Denial::NotAtWork {
            institution: institution.clone(),
            standing,
            operation,
        });
    }
    Ok(Permit {
        institution: institution.clone(),
        actor: actor.clone(),
        purpose,
        operation,
        ground: None,
    })
}

/// Whether an institution that stands so may do anything of the kind: one at work everything, one that was stopped
/// what changes nothing.
fn lets(standing: Standing, operation: Operation) -> bool {
    match standing {
        Standing::Active => true,
        Standing::Suspended => matches!(operation, Operation::Query | Operation::Retrieve),
        Standing::Pending | Standing::Testing | Standing::Retired => false,
    }
}

impl Permit {
    /// Who may.
    pub fn actor(&self) -> &Actor {
        &self.actor
    }

    /// Whose holdings are seen.
    pub fn institution(&self) -> &InstitutionId {
        &self.institution
    }

    /// Who reads: the institution that the actor acts for, which is not the one whose holdings are seen where there
    /// is a [`Permit::ground`].
    pub fn reader(&self) -> Reader {
        let institution = self.actor.institution().unwrap_or(&self.institution);
        Reader {
            institution: institution.clone(),
            account: match &self.actor {
                Actor::User { name, .. } => Some(name.clone()),
                _ => None,
            },
        }
    }

    /// On what another institution's holding is seen; none for the own institution's.
    pub fn ground(&self) -> Option<&Ground> {
        self.ground.as_ref()
    }

    /// The same permit for the holding that `ground` lets see.
    pub(crate) fn under(&self, ground: Ground) -> Self {
        Self {
            institution: ground.holder().clone(),
            ground: Some(ground),
            ..self.clone()
        }
    }

    /// The episode that begins when `study` is accessed by it at `began`; none for a search over studies.
    pub fn episode(&self, study: Option<StudyKey>, began: OffsetDateTime) -> AccessEpisode {
        AccessEpisode {
            actor: self.actor.label(),
            reader: Some(self.reader().institution),
            purpose: self.purpose,
            operation: self.operation,
            study,
            basis: self
                .ground
                .as_ref()
                .map(|ground| (ground.basis(), ground.grant())),
            began,
        }
    }

    /// What for.
    pub fn purpose(&self) -> Purpose {
        self.purpose
    }

    /// What may be done.
    pub fn operation(&self) -> Operation {
        self.operation
    }

    /// Refuses a permit that was given for another operation.
    pub fn require(&self, operation: Operation) -> Result<(), Denial> {
        if self.operation == operation {
            Ok(())
        } else {
            Err(Denial::NotAllowed {
                actor: self.actor.label(),
                operation,
            })
        }
    }
}

#[cfg(test)]
mod tests {
    use model::AeTitle;

    use super::*;
    use crate::{Role, Roles};

    fn local() -> InstitutionId {
        InstitutionId::new("local").unwrap()
    }

    #[test]
    fn nobody_gets_nothing() {
        for operation in Operation::ALL {
            let denial = decide(&Actor::Anonymous, Purpose::Treatment, operation).unwrap_err();
            assert_eq!(denial, Denial::NotAuthenticated);
        }
    }

    #[test]
    fn a_person_does_what_the_roles_say() {
        for role in Role::ALL {
            let user = Actor::User {
                name: "somebody".into(),
                institution: local(),
                standing: Standing::Active,
                roles: Roles::new([role]).unwrap(),
            };
            for operation in Operation::ALL {
                let is_allowed = decide(&user, Purpose::Treatment, operation).is_ok();
                let is_said = role.operations().contains(&operation);
                assert_eq!(is_allowed, is_said, "{role} {operation:?}");
            }
        }
    }

    #[test]
    fn peers_and_programs_do_what_their_row_says() {
        let operations = vec![Operation::Store];
        let peer = Actor::Peer {
            ae_title: AeTitle::new("CT1").unwrap(),
            address: [127, 0, 0, 1].into(),
            institution: local(),
            standing: Standing::Active,
            operations: operations.clone(),
        };
        let program = Actor::Program {
            name: "his".into(),
            institution: local(),
            standing: Standing::Active,
            operations,
        };
        for actor in [peer, program] {
            assert!(decide(&actor, Purpose::Treatment, Operation::Store).is_ok());
            assert!(decide(&actor, Purpose::Treatment, Operation::Retrieve).is_err());
        }
    }

    #[test]
    fn only_an_institution_at_work_changes_anything() {
        let may = |standing, operation| {
            let program = Actor::Program {
                name: "his".into(),
                institution: local(),
                standing,
                operations: Operation::ALL.to_vec(),
            };
            decide(&program, Purpose::Treatment, operation).is_ok()
        };
        for operation in Operation::ALL {
            let reads = [Operation::Query, Operation::Retrieve].contains(&operation);
            let allowed = Standing::ALL.map(|standing| may(standing, operation));
            assert_eq!(allowed, [false, false, true, reads, false], "{operation:?}");
        }
    }

    #[test]
    fn a_permit_serves_its_operation_only() {
        let operator = Actor::Operator {
            institution: local(),
        };
        let permit = decide(&operator, Purpose::Operation, Operation::Store).unwrap();
        assert!(permit.require(Operation::Retrieve).is_err());
    }
}
