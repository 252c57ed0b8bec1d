//! The routes over a real archive and index in a temporary folder.

mod house;
mod retrieve;
mod search;
mod session;
mod store;
mod viewer;
