//! System tests: the real binary, real peers, real stores. The folders mirror the protocols.
//!
//! A missing tool fails the test that needs it and is named; nothing is skipped. `YINGYUN_KILLS`
//! and `YINGYUN_LARGE_BYTES` raise the crash and memory tests from what fits into a routine run to
//! what a release must show; so does `YINGYUN_DIFFERENTIAL=long` the comparison with Orthanc.

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
