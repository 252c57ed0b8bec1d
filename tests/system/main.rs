//! System tests: the real binary, real peers, real stores. The folders mirror the protocols.
//!
//! A missing tool fails the test that needs it and is named; nothing is skipped. `YINGYUN_KILLS`,
//! `YINGYUN_LARGE_BYTES` and `YINGYUN_CONTRACT_EXAMPLES` raise the tests of crashes, of memory and of
//! the description of the web interface from what fits into a routine run to what a release must
//! show.

mod access;
mod archive;
mod dimse;
mod durability;
mod jobs;
mod objects;
mod support;
mod upkeep;
mod viewer;
mod web;
