//! pynetdicom, also as SCU of storage commitment (PS3.4 annex J).

use std::time::Duration;

use anyhow::{Result, ensure};
use testkit::{
    fixture::{Ct, slices},
    ports,
    process::write_file,
    python,
    scratch::Scratch,
    server::{AE_TITLE, Peer, Setup},
};

#[test]
fn pynetdicom_stores_finds_gets_moves_and_has_its_objects_committed() -> Result<()> {
    let scu = ports::free()?;
    let server = Setup {
        peers: vec![Peer {
            ae_title: "PYNETDICOM".into(),
            address: scu,
            operations: vec!["store", "query", "retrieve"],
        }],
        ..Setup::default()
    }
    .start()?;
    let folder = Scratch::new("pynetdicom")?;
    for object in slices(
        Ct {
            size: 64,
            ..Ct::new("PYNETDICOM-1")?
        },
        3,
    )? {
        write_file(
            &folder.path().join(format!("{}.dcm", object.sop)),
            &object.file(),
        )?;
    }
    let arguments = [
        server.dicom().port().to_string(),
        AE_TITLE.to_owned(),
        scu.port().to_string(),
        folder.path().display().to_string(),
    ];
    let finished = python::run("pynetdicom_peer.py", arguments, Duration::from_secs(90))?;
    ensure!(
        finished.status.success(),
        "{}\nserver:\n{}",
        finished.text,
        server.log()
    );
    Ok(())
}
