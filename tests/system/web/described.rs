//! Objects as metadata and bulk data, both ways, over every object that there is (PS3.18 §10.4, §10.5).

use std::time::Duration;

use anyhow::{Result, ensure};
use testkit::{
    python,
    server::{Server, Setup},
};

use crate::objects::survey::folders;

fn with_objects(named: &[&str]) -> Result<(Server, Vec<String>)> {
    let server = Setup {
        quiet: true,
        ..Setup::default()
    }
    .start()?;
    let mut folders = folders(named)?;
    if folders.is_empty() {
        folders.push(python::package_folder("pydicom")?);
    }
    let mut import = vec!["import"];
    import.extend(folders.iter().map(String::as_str));
    // Some are refused, as they must be; the comparison counts what is there.
    server.verb(&import)?;
    Ok((server, folders))
}

#[test]
fn what_is_taken_apart_and_stored_again_is_the_same() -> Result<()> {
    let (first, _) = with_objects(&[
        "public",
        "generated/charset",
        "generated/object",
        "generated/modality",
        "generated/codec",
    ])?;
    let second = Setup {
        quiet: true,
        ..Setup::default()
    }
    .start()?;
    let arguments = [&first, &second].map(|server| format!("{}/dicom-web", server.url()));
    let finished = python::run(
        "described_round_trip.py",
        arguments,
        Duration::from_secs(400),
    )?;
    ensure!(finished.status.success(), "{}", finished.text);
    println!("{}", finished.stdout);
    let verified = second.verb(&["verify"])?;
    ensure!(verified.status.success(), "not clean:\n{}", verified.text);
    Ok(())
}

#[test]
fn metadata_as_xml_says_what_dcm2xml_reads() -> Result<()> {
    let (server, folders) = with_objects(&["public", "generated/object", "generated/modality"])?;
    let mut arguments = vec![format!("{}/dicom-web", server.url())];
    arguments.extend(folders);
    let finished = python::run("compare_xml.py", arguments, Duration::from_secs(300))?;
    ensure!(finished.status.success(), "{}", finished.text);
    println!("{}", finished.stdout);
    Ok(())
}
