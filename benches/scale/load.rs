//! Loading an index past the server: COPY into PostgreSQL, one transaction into SQLite; indexes are
//! made afterwards, triggers stand aside.

use std::fmt::Write;

use anyhow::{Context, Result};
use rusqlite::types::Value;
use sqlx::{AssertSqlSafe, Connection, PgConnection, Row};
use testkit::{scratch::Scratch, services::postgres::Postgres};

use crate::{
    holdings::Study,
    rows::{Cell, Name, TABLES, Table},
};

/// Where indexes are made.
pub(crate) enum Backend {
    Postgres(Box<Postgres>),
    Sqlite(Scratch),
}

/// Bytes sent at a time.
const CHUNK: usize = 1 << 20;

impl Backend {
    /// The URL of a new, empty database.
    pub(crate) fn database(&self, studies: u64) -> Result<String> {
        match self {
            Self::Postgres(postgres) => postgres.database(),
            Self::Sqlite(folder) => {
                let file = folder.path().join(format!("{studies}.db"));
                Ok(format!("sqlite://{}", file.display()))
            }
        }
    }

    /// Names, readings and terms as the server has written them.
    pub(crate) async fn names(&self, url: &str) -> Result<Vec<Name>> {
        const SQL: &str =
            "SELECT name, readings, terms, attributes, patient_id FROM patients ORDER BY 5";
        let name = |row: [String; 5]| {
            let [folded, readings, terms, attributes, id] = row;
            Name {
                folded,
                readings,
                terms,
                attributes: attributes.replace(&id, "{id}"),
            }
        };
        match self {
            Self::Postgres(_) => {
                let mut connection = PgConnection::connect(url).await?;
                let rows = sqlx::query(SQL).fetch_all(&mut connection).await?;
                rows.iter()
                    .map(|row| {
                        Ok(name([
                            row.try_get(0)?,
                            row.try_get(1)?,
                            row.try_get(2)?,
                            row.try_get(3)?,
                            row.try_get(4)?,
                        ]))
                    })
                    .collect()
            }
            Self::Sqlite(_) => {
                let connection = sqlite(url)?;
                let mut statement = connection.prepare(SQL)?;
                let rows = statement.query_map([], |row| {
                    Ok(name([
                        row.get(0)?,
                        row.get(1)?,
                        row.get(2)?,
                        row.get(3)?,
                        row.get(4)?,
                    ]))
                })?;
                Ok(rows.collect::<Result<_, _>>()?)
            }
        }
    }

    /// Loads so many studies.
    pub(crate) async fn load(&self, url: &str, studies: u64, names: &[Name]) -> Result<()> {
        match self {
            Self::Postgres(postgres) => {
                postgres.sql("postgres", "alter system set fsync = off")?;
                postgres.sql("postgres", "alter system set max_wal_size = '8GB'")?;
                postgres.sql("postgres", "select pg_reload_conf()")?;
                into_postgres(url, studies, names).await?;
                postgres.sql("postgres", "alter system reset fsync")?;
                postgres.sql("postgres", "select pg_reload_conf()")?;
                Ok(())
            }
            Self::Sqlite(_) => into_sqlite(url, studies, names),
        }
    }
}

async fn into_postgres(url: &str, studies: u64, names: &[Name]) -> Result<()> {
    let mut connection = PgConnection::connect(url).await?;
    for sql in [
        "SET session_replication_role = replica",
        "SET maintenance_work_mem = '1GB'",
        "SET synchronous_commit = off",
    ] {
        sqlx::query(sql).execute(&mut connection).await?;
    }
    let tables: Vec<String> = TABLES.iter().map(|table| table.name.to_owned()).collect();
    let indexes = sqlx::query(
        "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public' \
         AND tablename = ANY($1) AND indexname NOT IN (SELECT conname FROM pg_constraint)",
    )
    .bind(&tables)
    .fetch_all(&mut connection)
    .await?;
    let mut made = Vec::new();
    for index in &indexes {
        let name: String = index.try_get(0)?;
        made.push(index.try_get::<String, _>(1)?);
        let sql = AssertSqlSafe(format!("DROP INDEX {name}"));
        sqlx::query(sql).execute(&mut connection).await?;
    }
    for table in TABLES {
        let sql = format!("COPY {} ({}) FROM STDIN", table.name, table.columns);
        let mut copy = connection.copy_in_raw(&sql).await?;
        let mut lines = String::with_capacity(CHUNK + CHUNK / 4);
        for number in 0..studies {
            for row in rows(table, number, studies, names) {
                line(&mut lines, &row);
            }
            if lines.len() >= CHUNK {
                copy.send(lines.as_bytes()).await?;
                lines.clear();
            }
        }
        copy.send(lines.as_bytes()).await?;
        let count = copy.finish().await?;
        eprintln!("{}: {count} rows", table.name);
    }
    for sql in made {
        sqlx::query(AssertSqlSafe(sql))
            .execute(&mut connection)
            .await?;
    }
    sqlx::query("VACUUM (ANALYZE)")
        .execute(&mut connection)
        .await?;
    sqlx::query("CHECKPOINT").execute(&mut connection).await?;
    warm(&mut connection).await
}

/// Reads once what searches read, as an archive at work has: the large table of instances has pushed
/// it out of memory.
async fn warm(connection: &mut PgConnection) -> Result<()> {
    sqlx::query("CREATE EXTENSION pg_prewarm")
        .execute(&mut *connection)
        .await?;
    sqlx::query(
        "SELECT sum(pg_prewarm(c.oid, 'read')) FROM pg_class c \
         JOIN pg_tables t ON t.schemaname = 'public' AND t.tablename <> 'instances' \
         LEFT JOIN pg_index i ON i.indrelid = t.tablename::regclass AND i.indexrelid = c.oid \
         WHERE c.oid = t.tablename::regclass OR i.indexrelid IS NOT NULL",
    )
    .execute(connection)
    .await?;
    Ok(())
}

fn rows(table: &Table, number: u64, of: u64, names: &[Name]) -> Vec<Vec<Cell>> {
    (table.rows)(&Study::new(number, of), names, of)
}

/// A line of COPY's text format.
fn line(lines: &mut String, row: &[Cell]) {
    for (at, cell) in row.iter().enumerate() {
        if at > 0 {
            lines.push('\t');
        }
        match cell {
            Cell::Text(text) => lines.push_str(&text.replace('\\', "\\\\")),
            Cell::Number(number) => {
                write!(lines, "{number}").ok();
            }
            Cell::Bytes(bytes) => {
                lines.push_str("\\\\x");
                for byte in *bytes {
                    write!(lines, "{byte:02x}").ok();
                }
            }
            Cell::Null => lines.push_str("\\N"),
        }
    }
    lines.push('\n');
}

fn sqlite(url: &str) -> Result<rusqlite::Connection> {
    let file = url.strip_prefix("sqlite://").context("a file's URL")?;
    Ok(rusqlite::Connection::open(file)?)
}

fn into_sqlite(url: &str, studies: u64, names: &[Name]) -> Result<()> {
    let mut connection = sqlite(url)?;
    connection.pragma_update(None, "foreign_keys", false)?;
    connection.pragma_update(None, "synchronous", "OFF")?;
    connection.pragma_update(None, "cache_size", -500_000)?;
    let mut made = Vec::new();
    {
        let mut statement = connection.prepare(
            "SELECT type, name, sql FROM sqlite_master WHERE type IN ('index', 'trigger') \
             AND sql IS NOT NULL",
        )?;
        let found = statement.query_map([], |row| {
            Ok((
                row.get::<_, String>(0)?,
                row.get::<_, String>(1)?,
                row.get::<_, String>(2)?,
            ))
        })?;
        for one in found {
            made.push(one?);
        }
    }
    for (kind, name, _) in &made {
        connection.execute(&format!("DROP {kind} {name}"), [])?;
    }
    let transaction = connection.transaction()?;
    for table in TABLES {
        let width = table.columns.split(',').count();
        let places = vec!["?"; width].join(", ");
        let mut insert = transaction.prepare(&format!(
            "INSERT INTO {} ({}) VALUES ({places})",
            table.name, table.columns
        ))?;
        for number in 0..studies {
            for row in rows(table, number, studies, names) {
                insert.execute(rusqlite::params_from_iter(row.into_iter().map(value)))?;
            }
        }
        eprintln!("{}", table.name);
    }
    transaction.commit()?;
    for (_, _, sql) in &made {
        connection.execute(sql, [])?;
    }
    connection
        .pragma_update(None, "wal_checkpoint", "TRUNCATE")
        .ok();
    // What was loaded is on the disk before commits are measured.
    let file = url.strip_prefix("sqlite://").context("a file's URL")?;
    Ok(std::fs::File::open(file)?.sync_all()?)
}

fn value(cell: Cell) -> Value {
    match cell {
        Cell::Text(text) => Value::Text(text),
        Cell::Number(number) => Value::Integer(number.cast_signed()),
        Cell::Bytes(bytes) => Value::Blob(bytes.to_vec()),
        Cell::Null => Value::Null,
    }
}
