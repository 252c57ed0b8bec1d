//! Keeping the house itself, which shows nobody's images.

use model::{InstitutionId, Standing};

use crate::{Actor, Denial};

/// What of the house is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Administration {
    /// Accounts, their roles, and tokens.
    Accounts,
    /// Who is told of changes.
    Subscriptions,
    /// Institutions, and the application entities that are theirs.
    Institutions,
    /// What administrators did.
    Deeds,
    /// What came of emergencies.
    Reviews,
}

/// Proof that an actor may keep something of the house; only [`administer`] makes one.
#[derive(Clone, Debug)]
pub struct Authority {
    actor: Actor,
    institution: InstitutionId,
    administration: Administration,
}

/// Decides whether `actor` may keep `administration`: an administrator what the role says, the developer of `--dev`
/// and the operator everything in their institution, programs and peers nothing. Nobody keeps the house of an
/// institution that is gone.
pub fn administer(actor: &Actor, administration: Administration) -> Result<Authority, Denial> {
    let institution = actor.institution().ok_or(Denial::NotAuthenticated)?;
    let allowed = match actor {
        Actor::Anonymous | Actor::Peer { .. } | Actor::Program { .. } => false,
        Actor::User {
            roles, standing, ..
        } => roles.keep(administration) && *standing != Standing::Retired,
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

    /// Refuses an authority of another institution than `home`: only the archive's own keeps the others.
    pub fn require_at(&self, home: &InstitutionId) -> Result<(), Denial> {
        if self.institution == *home {
            return Ok(());
        }
        Err(Denial::NotAdministrator {
            actor: self.actor.label(),
            administration: self.administration,
        })
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

    const EVERYTHING: [Administration; 5] = [
        Administration::Accounts,
        Administration::Institutions,
        Administration::Subscriptions,
        Administration::Deeds,
        Administration::Reviews,
    ];

    #[test]
    fn each_administrator_keeps_something_else_and_nobody_else_anything() {
        for role in Role::ALL {
            let user = Actor::User {
                name: "somebody".into(),
                institution: InstitutionId::new("local").unwrap(),
                standing: Standing::Testing,
                roles: Roles::new([role]).unwrap(),
            };
            let kept: Vec<Administration> = EVERYTHING
                .into_iter()
                .filter(|what| administer(&user, *what).is_ok())
                .collect();
            let expected: &[Administration] = match role {
                Role::SystemAdministrator => {
                    &[Administration::Institutions, Administration::Subscriptions]
                }
                Role::SecurityAdministrator => &[Administration::Accounts],
                Role::AuditAdministrator => &[Administration::Deeds, Administration::Reviews],
                _ => &[],
            };
            assert_eq!(kept, expected, "{role}");
        }
        for what in EVERYTHING {
            let denial = administer(&Actor::Anonymous, what).unwrap_err();
            assert_eq!(denial, Denial::NotAuthenticated);
        }
    }

    #[test]
    fn nobody_keeps_what_is_gone() {
        let keeper = |standing| Actor::User {
            name: "admin".into(),
            institution: InstitutionId::new("local").unwrap(),
            standing,
            roles: Roles::new([Role::SecurityAdministrator]).unwrap(),
        };
        let keeps = |standing| administer(&keeper(standing), Administration::Accounts).is_ok();
        assert_eq!(Standing::ALL.map(keeps), [true, true, true, true, false]);
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
