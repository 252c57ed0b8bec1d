//! The routes over a real archive and index in a temporary folder.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod house;
mod metadata;
mod pages;
mod retrieve;
mod search;
mod session;
mod sign_in;
mod store;
mod viewer;
