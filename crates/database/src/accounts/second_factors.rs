//! What an authenticator app shares with an account.

use model::InstitutionId;

use crate::{Database, DatabaseError, Deed, sql::Bind};

/// What an account and an authenticator app share.
#[derive(Clone, PartialEq, Eq)]
pub struct SecondFactor {
    /// The secret.
    pub secret: Vec<u8>,
    /// Whether its owner has shown that the app knows it: from then on sign-in asks for a code.
    pub confirmed: bool,
}

impl std::fmt::Debug for SecondFactor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SecondFactor")
            .field("confirmed", &self.confirmed)
            .finish_non_exhaustive()
    }
}

impl Database {
    /// Keeps a secret that is not confirmed yet, in place of another such. False: a confirmed one is there.
    pub async fn offer_second_factor(
        &self,
        institution: &InstitutionId,
        user: &str,
        secret: &[u8],
    ) -> Result<bool, DatabaseError> {
        let sql = "INSERT INTO second_factors \
                   (institution_id, user_name, secret, confirmed, last_step) \
                   VALUES ($1, $2, $3, 0, 0) ON CONFLICT (institution_id, user_name) \
                   DO UPDATE SET secret = $3, last_step = 0 WHERE second_factors.confirmed = 0";
        let mut binds = key(institution, user);
        binds.push(Bind::bytes(secret));
        Ok(self.change(sql, binds).await? == 1)
    }

    /// What an account shares with an app, confirmed or not.
    pub async fn second_factor(
        &self,
        institution: &InstitutionId,
        user: &str,
    ) -> Result<Option<SecondFactor>, DatabaseError> {
        let sql = "SELECT secret, confirmed FROM second_factors \
                   WHERE institution_id = $1 AND user_name = $2";
        let mut reader = self.reader().await?;
        let mut connection = reader.connection();
        let row = connection.fetch_first(sql, key(institution, user));
        let read = row.await?.map(|row| {
            Ok(SecondFactor {
                secret: row.bytes(0)?,
                confirmed: row.number(1)? != 0,
            })
        });
        read.transpose()
    }

    /// Takes the code of a step, and confirms the secret by it. False: it, or a later one, was taken before, on
    /// whichever node.
    pub async fn take_step(
        &self,
        institution: &InstitutionId,
        user: &str,
        step: i64,
    ) -> Result<bool, DatabaseError> {
        let sql = "UPDATE second_factors SET last_step = $3, confirmed = 1 \
                   WHERE institution_id = $1 AND user_name = $2 AND last_step < $3";
        let mut binds = key(institution, user);
        binds.push(Bind::number(step));
        Ok(self.change(sql, binds).await? == 1)
    }

    /// Forgets the secret, as its owner wishes. False: there is none.
    pub async fn remove_second_factor(
        &self,
        institution: &InstitutionId,
        user: &str,
    ) -> Result<bool, DatabaseError> {
        Ok(self.change(REMOVE, key(institution, user)).await? == 1)
    }

    /// Forgets the secret of somebody else. False: there is none.
    pub async fn reset_second_factor(&self, deed: &Deed<'_>) -> Result<bool, DatabaseError> {
        self.done(deed, REMOVE, deed.key().to_vec()).await
    }
}

const REMOVE: &str = "DELETE FROM second_factors WHERE institution_id = $1 AND user_name = $2";

fn key(institution: &InstitutionId, user: &str) -> Vec<Bind> {
    vec![Bind::text(institution.as_str()), Bind::text(user)]
}
