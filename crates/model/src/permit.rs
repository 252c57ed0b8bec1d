//! The one place where a [`Permit`] is minted.

use crate::{Actor, InstitutionId, Operation, Purpose};

/// Proof that an actor may do an operation for a purpose. `query`, `retrieve` and `ingest` accept
/// nothing else (ARCHITECTURE.md, invariant 4); only [`decide`] makes one.
#[derive(Clone, Debug)]
pub struct Permit {
    actor: Actor,
    institution: InstitutionId,
    purpose: Purpose,
    operation: Operation,
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
}

/// Decides whether `actor` may do `operation` for `purpose`: the first access model. Signed-in
/// users, the developer of `--dev` and the operator may do everything in their institution, a
/// DICOM peer what its row of the peer table says.
pub fn decide(actor: &Actor, purpose: Purpose, operation: Operation) -> Result<Permit, Denial> {
    let institution = actor.institution().ok_or(Denial::NotAuthenticated)?;
    let allowed = match actor {
        Actor::Anonymous => false,
        Actor::Peer { operations, .. } => operations.contains(&operation),
        Actor::User { .. } | Actor::Developer { .. } | Actor::Operator { .. } => true,
    };
    if !allowed {
        return Err(Denial::NotAllowed {
            actor: actor.label(),
            operation,
        });
    }
    Ok(Permit {
        institution: institution.clone(),
        actor: actor.clone(),
        purpose,
        operation,
    })
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
    use super::*;
    use crate::AeTitle;

    #[test]
    fn nobody_gets_nothing() {
        for operation in [
            Operation::Store,
            Operation::Query,
            Operation::Retrieve,
            Operation::Delete,
            Operation::Worklist,
            Operation::Schedule,
        ] {
            let denial = decide(&Actor::Anonymous, Purpose::Treatment, operation).unwrap_err();
            assert_eq!(denial, Denial::NotAuthenticated);
        }
    }

    #[test]
    fn a_peer_does_what_its_row_says() {
        let peer = Actor::Peer {
            ae_title: AeTitle::new("CT1").unwrap(),
            address: [127, 0, 0, 1].into(),
            institution: InstitutionId::new("local").unwrap(),
            operations: vec![Operation::Store],
        };
        assert!(decide(&peer, Purpose::Treatment, Operation::Store).is_ok());
        assert!(decide(&peer, Purpose::Treatment, Operation::Retrieve).is_err());
    }

    #[test]
    fn a_permit_serves_its_operation_only() {
        let operator = Actor::Operator {
            institution: InstitutionId::new("local").unwrap(),
        };
        let permit = decide(&operator, Purpose::Operation, Operation::Store).unwrap();
        assert!(permit.require(Operation::Retrieve).is_err());
    }
}
