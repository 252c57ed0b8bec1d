//! Yingyun and Orthanc hold the same files and answer the same questions (PS3.18 §10.4, §10.6):
//! `tests/differential.toml` lists every difference, who is right, and the clause.
//!
//! `YINGYUN_DIFFERENTIAL=long` compares every file, and then a listed difference that is none any
//! more fails too.

use std::time::Duration;

use anyhow::{Result, ensure};
use testkit::{python, scratch::Scratch, server::Setup, services::orthanc::Orthanc};

use crate::objects::survey::folders;

#[test]
fn every_difference_to_orthanc_is_explained() -> Result<()> {
    let long = std::env::var("YINGYUN_DIFFERENTIAL").is_ok_and(|form| form == "long");
    let mut folders = folders(&[
        "public",
        "fileset",
        "generated/charset",
        "generated/object",
        "generated/codec",
        "generated/modality",
    ])?;
    ensure!(
        !(long && folders.is_empty()),
        "the long form needs the files that YINGYUN_TESTDATA names"
    );
    if folders.is_empty() {
        folders.push(python::package_folder("pydicom")?);
    }
    let server = Setup {
        quiet: true,
        ..Setup::default()
    }
    .start()?;
    let settings = serde_json::json!({ "SyncStorageArea": false });
    let orthanc = Orthanc::with_dicom_web(Scratch::new("orthanc")?, &settings)?;
    let table = python::project().join("tests/differential.toml");
    let mut arguments = vec![
        server.url(),
        orthanc.url(),
        table.display().to_string(),
        if long { "long" } else { "short" }.to_owned(),
    ];
    arguments.extend(folders);
    let limit = Duration::from_secs(if long { 1800 } else { 240 });
    let finished = python::run("differential.py", arguments, limit)?;
    ensure!(finished.status.success(), "{}", finished.text);
    println!("{}", finished.stdout);
    Ok(())
}
