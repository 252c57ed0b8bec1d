//! The metadata of every object, compared with what pydicom reads in its file (PS3.18 annex F).

use std::time::Duration;

use anyhow::{Result, ensure};
use testkit::{python, server::Setup};

use crate::objects::survey::folders;

#[test]
fn metadata_says_what_pydicom_reads() -> Result<()> {
    let server = Setup {
        quiet: true,
        ..Setup::default()
    }
    .start()?;
    let mut folders = folders(&[
        "public",
        "generated/charset",
        "generated/object",
        "generated/modality",
    ])?;
    if folders.is_empty() {
        folders.push(python::package_folder("pydicom")?);
    }
    let mut import = vec!["import"];
    import.extend(folders.iter().map(String::as_str));
    // Some are refused, as they must be; the comparison counts what is there.
    let imported = server.verb(&import)?;
    let mut arguments = vec![format!("{}/dicom-web", server.url())];
    arguments.extend(folders);
    let finished = python::run("compare_metadata.py", arguments, Duration::from_secs(180))?;
    ensure!(
        finished.status.success(),
        "{}\nimport:\n{}",
        finished.text,
        imported.text
    );
    println!("{}", finished.stdout);
    Ok(())
}
