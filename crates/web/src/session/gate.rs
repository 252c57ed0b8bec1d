//! What everybody passes who comes with a password: guesses are slowed down, checks take turns, codes are taken once.

use std::{net::IpAddr, sync::Arc};

use accounts::TotpSecret;
use database::User;
use model::InstitutionId;

use super::{Guesses, SignIn, turns::Turns};
use crate::{WebError, WebState};

/// What every sign-in passes.
#[derive(Clone, Debug)]
pub(crate) struct Gate {
    guesses: Arc<Guesses>,
    turns: Arc<Turns>,
}

/// What somebody shows.
pub(super) struct Proof<'a> {
    /// None: the id that was given cannot be one.
    pub(super) institution: Option<&'a InstitutionId>,
    /// Account name.
    pub(super) user: &'a str,
    pub(super) password: &'a str,
    /// What the authenticator app shows.
    pub(super) code: Option<&'a str>,
}

impl Gate {
    pub(crate) fn new(settings: &SignIn) -> Self {
        Self {
            guesses: Arc::new(Guesses::new(settings.clone())),
            turns: Arc::new(Turns::new(settings)),
        }
    }

    /// Whose account it is, if the proof holds. What was wrong counts as a guess, what was not looked at does not.
    pub(super) async fn check(
        &self,
        state: &WebState,
        proof: &Proof<'_>,
        address: IpAddr,
    ) -> Result<User, WebError> {
        let account = match proof.institution {
            Some(institution) => format!("{institution}/{}", proof.user),
            None => proof.user.to_owned(),
        };
        let now = state.clock.now();
        let attempt = self.guesses.admit(&account, address, now);
        let attempt = attempt.map_err(|wait| WebError::SignInDelayed {
            seconds: wait.as_secs() + u64::from(wait.subsec_nanos() > 0),
        })?;
        let proved = self.prove(state, proof).await;
        match &proved {
            Ok(_) | Err(WebError::AccountLocked) => self.guesses.succeeded(attempt),
            Err(WebError::WrongPassword | WebError::WrongCode) => {}
            Err(_) => self.guesses.withdrawn(attempt),
        }
        proved
    }

    async fn prove(&self, state: &WebState, proof: &Proof<'_>) -> Result<User, WebError> {
        let turn = self.turns.take().await.ok_or(WebError::SignInBusy)?;
        let user = match proof.institution {
            None => None,
            Some(institution) => state.database.user(institution, proof.user).await?,
        };
        let hash = user
            .as_ref()
            .map_or(accounts::NO_PASSWORD, |user| &user.password_hash);
        let (given, hash) = (proof.password.to_owned(), hash.to_owned());
        // The turn goes with the work: a client that hangs up makes no room for one more.
        let matches = tokio::task::spawn_blocking(move || {
            let matches = accounts::verify(&given, &hash);
            drop(turn);
            matches
        });
        let matches = matches.await.map_err(|_| WebError::Internal)?;
        let user = user.filter(|_| matches).ok_or(WebError::WrongPassword)?;
        if user.locked {
            return Err(WebError::AccountLocked);
        }
        if user.second_factor {
            let code = proof.code.ok_or(WebError::CodeRequired)?;
            take(state, &user.institution, &user.name, code).await?;
        }
        Ok(user)
    }

    /// The hash of a new password.
    pub(super) async fn hash(&self, state: &WebState, new: String) -> Result<String, WebError> {
        let turn = self.turns.take().await.ok_or(WebError::SignInBusy)?;
        let secrets = state.secrets.clone();
        let hash = tokio::task::spawn_blocking(move || {
            let hash = accounts::hash_password(&new, secrets.as_ref());
            drop(turn);
            hash
        });
        Ok(hash.await.map_err(|_| WebError::Internal)??)
    }
}

/// Takes a code of an account's app; each once only.
pub(super) async fn take(
    state: &WebState,
    institution: &InstitutionId,
    user: &str,
    code: &str,
) -> Result<(), WebError> {
    let factor = state.database.second_factor(institution, user).await?;
    let secret = factor.and_then(|factor| TotpSecret::from_bytes(&factor.secret));
    let step = secret.and_then(|secret| secret.step(code, state.clock.now()));
    let step = step.ok_or(WebError::WrongCode)?;
    if state.database.take_step(institution, user, step).await? {
        Ok(())
    } else {
        Err(WebError::WrongCode)
    }
}
