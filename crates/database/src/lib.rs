//! The index database: all SQL, a folder a domain, SQLite and PostgreSQL behind one API.

pub mod accounts;
mod audit;
pub mod changes;
mod database;
mod deeds;
mod error;
mod generation;
pub mod grants;
pub mod jobs;
mod migrations;
mod moment;
pub mod outbox;
pub mod registry;
mod sql;
mod store;
mod studies;
mod upkeep;
pub mod webhooks;
pub mod workitems;
mod writer;

pub use accounts::{SecondFactor, Session, Subject, Token, User};
pub use database::{Database, Settings};
pub use deeds::{Deed, DeedRow};
pub use error::DatabaseError;
pub use studies::{
    Committed, Found, HeaderPage, HeaderRow, InstanceRow, NewInstance, PageBounds, Place,
    PreparedInstance, Record, RejectedRow, Scope, SeriesSet,
};
pub use upkeep::{IndexOf, IndexState, Lock, ObjectRow};
