//! The viewer in Debian's Chromium: its own specs, against real servers, one open and one with a door.

mod ohif;

use std::{process::Command, time::Duration};

use anyhow::{Context, Result, ensure};
use serde_json::Value;
use testkit::{
    process::{run_command, tool},
    python::project,
    server::{AE_TITLE, Server, Setup},
    services::openid::OpenId,
};

/// In so many tests the specs are parted, each with servers of its own and one browser at a time: the test runner
/// lets as many stand side by side as the machine has cores.
const PARTS: u32 = 4;

#[test]
fn the_viewer_does_in_a_browser_what_the_first_quarter_of_its_specs_says() -> Result<()> {
    specs(1)
}

#[test]
fn the_viewer_does_in_a_browser_what_the_second_quarter_of_its_specs_says() -> Result<()> {
    specs(2)
}

#[test]
fn the_viewer_does_in_a_browser_what_the_third_quarter_of_its_specs_says() -> Result<()> {
    specs(3)
}

#[test]
fn the_viewer_does_in_a_browser_what_the_last_quarter_of_its_specs_says() -> Result<()> {
    specs(PARTS)
}

/// A server of two institutions, whose own people have an OpenID provider.
fn region(provider: &OpenId) -> Result<Server> {
    let more = format!(
        "[[openid]]\nid = \"city\"\nlabel = \"City login\"\nissuer = {:?}\nclient_id = \"yingyun\"\n\
         client_secret_file = {:?}\nscopes = [\"profile\", \"groups\"]\nroles_claim = \"groups\"\n\
         roles = {{ imaging = \"radiologist\" }}\n",
        provider.issuer(),
        provider.secret_file()?,
    );
    let server = Setup {
        guarded: true,
        more,
        ..Setup::default()
    }
    .start()?;
    let back = format!("{}/api/session/openid/city/callback", server.url());
    provider.begin(&back, None, "kept")?;
    for words in [
        "institutions put east --credit-code 123502004266007916 --name East --region 350200",
        "institutions standing east testing",
        "institutions standing east active",
    ] {
        let words: Vec<&str> = words.split(' ').collect();
        server.verb(&words)?.successful()?;
    }
    Ok(server)
}

/// The one-time password of a physician of the other institution.
fn doctor(server: &Server) -> Result<String> {
    let words = "users add wang.wu --role physician --institution east";
    let words: Vec<&str> = words.split(' ').collect();
    let printed = server.verb(&words)?.successful()?.text;
    let line = printed.lines().find(|line| line.starts_with('{'));
    let made: Value = serde_json::from_str(line.context("no account was printed")?)?;
    let password = made["one_time_password"].as_str();
    Ok(password.context("no password was printed")?.to_owned())
}

fn specs(part: u32) -> Result<()> {
    let server = Server::dev()?;
    let guarded = Setup {
        guarded: true,
        ..Setup::default()
    }
    .start()?;
    let one_time = guarded.account("zhang.san", &["radiologist"])?;
    let keeper = guarded.account("keeper", &["security_administrator"])?;
    let provider = OpenId::start()?;
    let region = region(&provider)?;
    for needed in ["chromium", "dcmsend"] {
        tool(needed)?;
    }
    let page = testkit::http::get(&server.url()).send()?.expect(200)?;
    ensure!(
        page.text().contains("<script"),
        "no viewer in the binary: `make viewer` builds it"
    );
    let mut command = Command::new(tool("npm")?);
    command.current_dir(project().join("web-viewer")).args([
        "run",
        "e2e",
        "--",
        &format!("--shard={part}/{PARTS}"),
    ]);
    command.env("YINGYUN_URL", server.url());
    command.env("YINGYUN_DICOM", server.dicom().to_string());
    command.env("YINGYUN_AET", AE_TITLE);
    command.env("YINGYUN_GUARDED_URL", guarded.url());
    command.env("YINGYUN_GUARDED_DICOM", guarded.dicom().to_string());
    command.env("YINGYUN_ONE_TIME_PASSWORD", one_time);
    command.env("YINGYUN_KEEPER_PASSWORD", keeper);
    command.env("YINGYUN_REGION_URL", region.url());
    command.env(
        "YINGYUN_REGION_RECORDS",
        region.account("records", &["archivist"])?,
    );
    command.env(
        "YINGYUN_REGION_AUDITOR",
        region.account("auditor", &["audit_administrator"])?,
    );
    command.env("YINGYUN_REGION_DOCTOR", doctor(&region)?);
    let finished = run_command(command, Duration::from_secs(600))?;
    ensure!(finished.status.success(), "{}", finished.text);
    Ok(())
}
