//! `yingyun pixels`: digests of samples, against those of the pixels that were encoded.

use std::{collections::HashMap, fs, process::Command, time::Duration};

use anyhow::{Context, Result, ensure};
use testkit::{process::run_command, scratch::Scratch, server::binary};

use super::survey::folders;

#[test]
fn each_file_gets_a_line_with_its_digest_or_its_reason() -> Result<()> {
    let scratch = Scratch::new("pixels")?;
    let no_dicom = scratch.path().join("no, dicom.txt");
    fs::write(&no_dicom, "not a data set")?;
    let mut command = Command::new(binary()?);
    command.arg("pixels").arg(&no_dicom);
    let folder = folders(&["generated/codec"])?.pop();
    command.args(&folder);
    let output = run_command(command, Duration::from_secs(120))?.successful()?;
    let mut lines = output.stdout.lines();
    let first = lines.next().context("no line")?;
    ensure!(
        first.starts_with(&format!("\"{}\",error: ", no_dicom.display())),
        "{first}"
    );
    let Some(folder) = folder else {
        return Ok(());
    };
    // With one thread, or no memory for two frames, the lines are the same and in the same order.
    for flags in [["--threads", "1"], ["--memory", "1"]] {
        let mut command = Command::new(binary()?);
        command
            .arg("pixels")
            .args(flags)
            .arg(&no_dicom)
            .arg(&folder);
        let again = run_command(command, Duration::from_secs(120))?.successful()?;
        ensure!(again.stdout == output.stdout, "other lines with {flags:?}");
    }
    let told: HashMap<&str, &str> = lines.filter_map(|line| line.rsplit_once(',')).collect();
    // The sources of both are one image: native and compressed digests are equal.
    let digest = |name: &str| {
        let path = format!("{folder}/{name}.dcm");
        told.get(path.as_str()).copied().context(path)
    };
    let native = digest("native_ct_explicit")?;
    ensure!(native.len() == 64, "{native}");
    for name in [
        "native_ct_big",
        "native_ct_deflated",
        "rle_s16",
        "jpeg_lossless_sv1_s16",
        "j2k_lossless_s16",
        "htj2k_lossless_ct_s16",
    ] {
        ensure!(digest(name)? == native, "{name} differs from the native");
    }
    Ok(())
}
