//! OHIF as npm has it, in Debian's Chromium: behind one proxy with the archive, and on another origin.

use std::{process::Command, time::Duration};

use anyhow::{Result, ensure};
use testkit::{
    ports,
    process::{run_command, tool},
    python::project,
    server::{AE_TITLE, Setup},
};

#[test]
fn ohif_opens_what_is_kept_and_keeps_what_it_measures() -> Result<()> {
    let origin = format!("http://{}", ports::free()?);
    let allowed = (
        "YINGYUN_HTTP__CORS__ALLOWED_ORIGINS".to_owned(),
        format!("[\"{origin}\"]"),
    );
    let server = Setup {
        environment: vec![allowed],
        ..Setup::default()
    }
    .start()?;
    ensure!(
        project().join(".ohif/dist/index.html").is_file(),
        "OHIF is not there: `make deps` fetches it"
    );
    for needed in ["chromium", "dcmsend"] {
        tool(needed)?;
    }
    let mut command = Command::new(tool("npm")?);
    command
        .current_dir(project().join("web-viewer"))
        .args(["run", "ohif"]);
    command.env("YINGYUN_URL", server.url());
    command.env("YINGYUN_DICOM", server.dicom().to_string());
    command.env("YINGYUN_AET", AE_TITLE);
    command.env("YINGYUN_OHIF_ORIGIN", origin);
    let finished = run_command(command, Duration::from_secs(400))?;
    ensure!(finished.status.success(), "{}", finished.text);
    Ok(())
}
