//! The routes over a real archive and index in a temporary folder.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod feed;
mod house;
mod metadata;
mod retrieve;
mod search;
mod session;
mod sign_in;
mod store;
mod viewer;
mod whole;
