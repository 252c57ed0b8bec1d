//! System tests: the real binary, real peers, real stores. The folders mirror the protocols.
//!
//! A missing tool fails the test that needs it and is named; nothing is skipped. `YINGYUN_KILLS`,
//! `YINGYUN_LARGE_BYTES`, `YINGYUN_CONTRACT_EXAMPLES` and `YINGYUN_DIFFERENTIAL=long` raise the tests
//! of crashes, of memory, of the description of the web interface and of the differences to Orthanc
//! from what fits into a routine run to what a release must show.

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
