//! One way to speak to SQLite and to PostgreSQL: the same statements with `$1 …` placeholders, values
//! and rows of three types.

mod bind;
mod connection;
pub(crate) mod direct;
mod row;

pub(crate) use bind::Bind;
pub(crate) use connection::{Connection, Dialect, Transaction};
pub(crate) use row::Row;
