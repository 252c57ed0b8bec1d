//! The viewer in Debian's Chromium: its own specs, against a real server.

use std::{process::Command, time::Duration};

use anyhow::{Result, ensure};
use testkit::{
    process::{run_command, tool},
    python::project,
    server::{AE_TITLE, Server},
};

#[test]
fn a_study_sent_by_c_store_is_seen_in_the_browser() -> Result<()> {
    let server = Server::dev()?;
    for needed in ["chromium", "dcmsend"] {
        tool(needed)?;
    }
    let page = testkit::http::get(&server.url()).send()?.expect(200)?;
    ensure!(
        page.text().contains("<script"),
        "no viewer in the binary: `make viewer` builds it"
    );
    let mut command = Command::new(tool("npm")?);
    command
        .current_dir(project().join("web-viewer"))
        .args(["run", "e2e"]);
    command.env("YINGYUN_URL", server.url());
    command.env("YINGYUN_DICOM", server.dicom().to_string());
    command.env("YINGYUN_AET", AE_TITLE);
    let finished = run_command(command, Duration::from_secs(300))?;
    ensure!(finished.status.success(), "{}", finished.text);
    Ok(())
}
