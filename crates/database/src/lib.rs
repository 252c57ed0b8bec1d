//! The index database: all SQL, a folder a domain, SQLite and PostgreSQL behind one API.

pub mod accounts;
mod audit;
mod changes;
mod database;
mod error;
mod migrations;
mod moment;
pub mod outbox;
mod sql;
mod store;
mod studies;
mod upkeep;
pub mod workitems;
mod writer;

pub use accounts::{Session, User};
pub use database::{Database, Settings};
pub use error::DatabaseError;
pub use studies::{
    Committed, Found, HeaderPage, InstanceRow, NewInstance, PageBounds, Place, PreparedInstance,
    Record, RejectedRow, Scope,
};
pub use upkeep::{IndexOf, IndexState, Lock, ObjectRow};
