//! Tokens of programs: what they may do, until when. The index holds their hashes.

use model::{InstitutionId, Operation, Standing};
use time::OffsetDateTime;

use crate::{
    Database, DatabaseError, Deed, moment,
    sql::{Bind, Row},
};

/// A program's token, without what it is made of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    /// The institution that it belongs to.
    pub institution: InstitutionId,
    /// Its name.
    pub name: String,
    /// What it lets a program do.
    pub operations: Vec<Operation>,
    /// When it was made.
    pub created: OffsetDateTime,
    /// When it ends.
    pub expires: OffsetDateTime,
}

const COLUMNS: &str = "institution_id, tokens.name, operations, created, expires";

fn read(row: &Row) -> Result<Token, DatabaseError> {
    Ok(Token {
        institution: row.parsed(0, |text| InstitutionId::new(text).ok())?,
        name: row.text(1)?,
        operations: row.parsed(2, crate::registry::operations)?,
        created: moment::from_column(row.number(3)?)?,
        expires: moment::from_column(row.number(4)?)?,
    })
}

impl Database {
    /// Makes a token; false (and nothing done) when there is one of that name.
    pub async fn create_token(
        &self,
        deed: &Deed<'_>,
        token_hash: &[u8; 32],
        operations: &[Operation],
        expires: OffsetDateTime,
    ) -> Result<bool, DatabaseError> {
        let sql = "INSERT INTO tokens \
                   (institution_id, name, token_hash, operations, created, expires) \
                   VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING";
        let mut binds = deed.key().to_vec();
        binds.extend([
            Bind::bytes(*token_hash),
            crate::registry::named(operations),
            Bind::number(moment::to_column(self.now())?),
            Bind::number(moment::to_column(expires)?),
        ]);
        self.done(deed, sql, binds).await
    }

    /// The tokens of an institution, by name; those that have ended too.
    pub async fn tokens(&self, institution: &InstitutionId) -> Result<Vec<Token>, DatabaseError> {
        let sql =
            format!("SELECT {COLUMNS} FROM tokens WHERE institution_id = $1 ORDER BY tokens.name");
        let mut reader = self.reader().await?;
        let binds = vec![Bind::text(institution.as_str())];
        let rows = reader.connection().fetch(&sql, binds).await?;
        rows.iter().map(read).collect()
    }

    /// The token of a hash and where its institution stands, unless it has ended by the database's clock.
    pub async fn token(
        &self,
        token_hash: &[u8; 32],
    ) -> Result<Option<(Token, Standing)>, DatabaseError> {
        let sql = format!(
            "SELECT {COLUMNS}, i.standing FROM tokens JOIN institutions i ON i.id = institution_id \
             WHERE token_hash = $1 AND expires > $2"
        );
        let binds = vec![
            Bind::bytes(*token_hash),
            Bind::number(moment::to_column(self.now())?),
        ];
        let mut reader = self.reader().await?;
        let row = reader.connection().fetch_first(&sql, binds).await?;
        row.map(|row| Ok((read(&row)?, row.parsed(5, |text| text.parse().ok())?)))
            .transpose()
    }

    /// Takes a token away, in force at once. False: there is none of that name.
    pub async fn revoke_token(&self, deed: &Deed<'_>) -> Result<bool, DatabaseError> {
        let sql = "DELETE FROM tokens WHERE institution_id = $1 AND name = $2";
        self.done(deed, sql, deed.key().to_vec()).await
    }
}
