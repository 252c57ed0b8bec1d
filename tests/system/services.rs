//! The services that the other tests stand on.

use anyhow::Result;
use testkit::services::{ceph, postgres};

#[test]
fn a_postgresql_and_an_s3_can_be_had() -> Result<()> {
    let url = postgres::shared()?.database()?;
    assert!(url.starts_with("postgres://"), "{url}");
    assert!(ceph::shared()?.bucket()?.starts_with("bucket-"));
    Ok(())
}
