//! Keeping the house itself, which shows nobody's images.

use model::InstitutionId;

use crate::{Actor, Denial};

/// What of the house is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Administration {
    /// Accounts, their roles, and tokens.
    Accounts,
    /// Who is told of changes.
    Subscriptions,
    /// What administrators did.
    Deeds,
}

/// Proof that an actor may keep something of the house; only [`administer`] makes one.
#[derive(Clone, Debug)]
pub struct Authority {
    actor: Actor,
    institution: InstitutionId,
    administration: Administration,
}

/// Decides whether `actor` may keep `administration`: an administrator what the role says, the developer of `--dev`
/// and the operator everything in their institution, programs and peers nothing.
pub fn administer(actor: &Actor, administration: Administration) -> Result<Authority, Denial> {
    let institution = actor.institution().ok_or(Denial::NotAuthenticated)?;
    let allowed = match actor {
        Actor::Anonymous | Actor::Peer { .. } | Actor::Program { .. } => false,
        Actor::User { roles, .. } => roles.keep(administration),
        Actor::Developer { .. } | Actor::Operator { .. } => true,
    };
    if !allowed {
        return Err(Denial::NotAdministrator {
            actor: actor.label(),
            administration,
        });
    }
    Ok(Authority {
        actor: actor.clone(),
        institution: institution.clone(),
        administration,
    })
}

impl Authority {
    /// Who may.
    pub fn actor(&self) -> &Actor {
        &self.actor
    }

    /// Whose house it is.
    pub fn institution(&self) -> &InstitutionId {
        &self.institution
    }

    /// Refuses an authority that was given for something else.
    pub fn require(&self, administration: Administration) -> Result<(), Denial> {
        if self.administration == administration {
            Ok(())
        } else {
            Err(Denial::NotAdministrator {
                actor: self.actor.label(),
                administration,
            })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Role, Roles};

    const EVERYTHING: [Administration; 3] = [
        Administration::Accounts,
        Administration::Subscriptions,
        Administration::Deeds,
    ];

    #[test]
    fn each_administrator_keeps_one_thing_and_nobody_else_any() {
        for role in Role::ALL {
            let user = Actor::User {
                name: "somebody".into(),
                institution: InstitutionId::new("local").unwrap(),
                roles: Roles::new([role]).unwrap(),
            };
            let kept = EVERYTHING
                .into_iter()
                .filter(|what| administer(&user, *what).is_ok());
            let expected = usize::from(role.is_administrator());
            assert_eq!(kept.count(), expected, "{role}");
        }
        for what in EVERYTHING {
            let denial = administer(&Actor::Anonymous, what).unwrap_err();
            assert_eq!(denial, Denial::NotAuthenticated);
        }
    }

    #[test]
    fn an_authority_serves_one_thing_only() {
        let operator = Actor::Operator {
            institution: InstitutionId::new("local").unwrap(),
        };
        let authority = administer(&operator, Administration::Accounts).unwrap();
        assert!(authority.require(Administration::Accounts).is_ok());
        assert!(authority.require(Administration::Deeds).is_err());
    }
}
