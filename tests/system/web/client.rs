//! dicomweb-client: STOW, QIDO, WADO.

use std::time::Duration;

use anyhow::{Result, ensure};
use testkit::{
    fixture::{Ct, slices},
    process::write_file,
    python,
    scratch::Scratch,
    server::Server,
};

#[test]
fn dicomweb_client_stores_searches_and_retrieves() -> Result<()> {
    let server = Server::dev()?;
    let folder = Scratch::new("dicomweb")?;
    for object in slices(
        Ct {
            size: 128,
            ..Ct::new("DICOMWEB-1")?
        },
        3,
    )? {
        write_file(
            &folder.path().join(format!("{}.dcm", object.sop)),
            &object.file(),
        )?;
    }
    let arguments = [
        format!("{}/dicom-web", server.url()),
        folder.path().display().to_string(),
    ];
    let finished = python::run("dicomweb_peer.py", arguments, Duration::from_secs(60))?;
    ensure!(
        finished.status.success(),
        "{}\nserver:\n{}",
        finished.text,
        server.log()
    );
    Ok(())
}
