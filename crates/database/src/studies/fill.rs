//! Giving rows of an older release the terms they are searched by. Until a row has them, searches of
//! its institution go by the names themselves: slower, and as right.

use std::time::Duration;

use super::{readings, retries::Retries, terms};
use crate::{
    Database, DatabaseError,
    sql::{Bind, Dialect},
};

/// Rows of one transaction: short enough that who stores does not notice.
const BATCH: usize = 100;

/// Between two of them.
const PAUSE: Duration = Duration::from_millis(5);

/// A table with a name: its key's columns, and the column of the name.
struct Named {
    table: &'static str,
    key: &'static [&'static str],
    name: &'static str,
}

const NAMED: [Named; 2] = [
    Named {
        table: "patients",
        key: &["institution_id", "issuer", "patient_id"],
        name: "name",
    },
    Named {
        table: "studies",
        key: &["institution_id", "study_uid"],
        name: "referring_physician",
    },
];

/// A table by its index of rows without terms, which SQLite would not choose.
pub(super) fn without_terms(dialect: Dialect, table: &str) -> String {
    match dialect {
        Dialect::Sqlite => format!("{table} INDEXED BY {table}_without_terms"),
        Dialect::Postgres => table.to_owned(),
    }
}

impl Database {
    /// Whether rows of an older release have no terms yet.
    pub(crate) async fn lacks_terms(&self) -> Result<bool, DatabaseError> {
        let dialect = self.store().dialect();
        let sql = format!(
            "SELECT 1 FROM {} WHERE terms IS NULL UNION ALL \
             SELECT 1 FROM {} WHERE terms IS NULL LIMIT 1",
            without_terms(dialect, "patients"),
            without_terms(dialect, "studies"),
        );
        let mut reader = self.reader().await?;
        let row = reader.connection().fetch_first(&sql, Vec::new()).await?;
        Ok(row.is_some())
    }

    /// Gives every row its terms, a batch a transaction; may be cut short and begun again anywhere.
    /// Returns how many rows had none.
    pub(crate) async fn fill_terms(&self) -> Result<u64, DatabaseError> {
        let mut filled = 0;
        for named in &NAMED {
            let mut retries = Retries::default();
            loop {
                match self.fill_batch(named).await {
                    Ok(0) => break,
                    Ok(rows) => {
                        filled += rows;
                        retries = Retries::default();
                        tokio::time::sleep(PAUSE).await;
                    }
                    Err(error) if retries.again(&error).await => {}
                    Err(error) => return Err(error),
                }
            }
        }
        Ok(filled)
    }

    async fn fill_batch(&self, named: &Named) -> Result<u64, DatabaseError> {
        let lock = match self.store().dialect() {
            Dialect::Sqlite => "",
            Dialect::Postgres => "FOR UPDATE SKIP LOCKED",
        };
        let (key, width) = (named.key, named.key.len());
        let read = format!(
            "SELECT {}, {} FROM {} WHERE terms IS NULL LIMIT {BATCH} {lock}",
            key.join(", "),
            named.name,
            without_terms(self.store().dialect(), named.table),
        );
        let places: Vec<String> = (0..width)
            .map(|at| format!("{} = ${}", key[at], at + 1))
            .collect();
        let write = format!(
            "UPDATE {} SET readings = ${}, terms = ${} WHERE {} AND terms IS NULL",
            named.table,
            width + 1,
            width + 2,
            places.join(" AND "),
        );
        let mut transaction = self.begin().await?;
        let mut connection = transaction.connection();
        let rows = connection.fetch(&read, Vec::new()).await?;
        for row in &rows {
            let name = row.text(width)?;
            let readings = readings::of(&name);
            let terms = terms::of(&name, &readings);
            let mut binds = Vec::with_capacity(width + 2);
            for column in 0..width {
                binds.push(Bind::text(row.text(column)?));
            }
            binds.extend([Bind::text(readings), Bind::text(terms)]);
            connection.execute(&write, binds).await?;
        }
        transaction.commit().await?;
        Ok(rows.len() as u64)
    }
}
