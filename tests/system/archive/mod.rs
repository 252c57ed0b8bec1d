//! The archive's conformance suite on a real S3.

use anyhow::{Context, Result, bail};
use archive::{Archive, S3Settings, conformance::conformance};
use testkit::services::ceph;
use time::{OffsetDateTime, format_description::well_known::Rfc2822};

#[test]
fn ceph_keeps_objects_as_every_backend_must() -> Result<()> {
    let ceph = ceph::shared()?;
    let archive = Archive::s3(S3Settings {
        endpoint: Some(ceph.endpoint().into()),
        region: ceph::REGION.into(),
        bucket: ceph.bucket()?,
        access_key: ceph::ACCESS_KEY.into(),
        secret_key: ceph::SECRET_KEY.into(),
        allow_http: true,
        prefix: "shared/with-others".into(),
    })?;
    let now = time_of(ceph.endpoint())?;
    tokio::runtime::Runtime::new()?.block_on(conformance(&archive, "ceph", now));
    Ok(())
}

/// The service's own time: ages are counted by its clock.
fn time_of(endpoint: &str) -> Result<OffsetDateTime> {
    let answer = testkit::http::get(endpoint).send()?;
    let date = answer.header("date").context("the gateway tells no time")?;
    match OffsetDateTime::parse(date, &Rfc2822) {
        Ok(time) => Ok(time),
        Err(error) => bail!("{date:?}: {error}"),
    }
}
