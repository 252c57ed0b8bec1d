//! The routes over a real archive and index in a temporary folder.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod admin;
mod basis;
mod bulk;
mod converted;
mod cors;
mod described;
mod feed;
mod house;
mod keys;
mod matrix;
mod metadata;
mod objects;
mod pages;
mod pictures;
mod rejection;
mod representations;
mod retrieve;
mod search;
mod second_factor;
mod session;
mod sign_in;
mod store;
mod uri;
mod viewer;
mod whole;
mod worklist;
mod worklist_search;
mod worklist_xml;
