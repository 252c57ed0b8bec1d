//! `yingyun render`: pictures against the formulas of PS3.3 computed in numpy, frames, errors.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};

use anyhow::{Context, Result, ensure};
use serde_json::Value;
use testkit::{process::run_command, python, scratch::Scratch, server::binary};

use super::survey::folders;

const LIMIT: Duration = Duration::from_secs(60);

fn render(input: &Path, output: &Path, flags: &[&str]) -> Result<testkit::process::Finished> {
    let mut command = Command::new(binary()?);
    command.arg("render").arg(input).arg(output).args(flags);
    run_command(command, LIMIT)
}

/// Files of the test data that are lossless, one row of each: path below the data, and what it shows.
fn files(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut files: Vec<PathBuf> = fs::read_dir(folder)?
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<Result<_, _>>()?;
    files.retain(|path| {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        name.starts_with("native_") || name.starts_with("rle_") || name.starts_with("jpeg_lossless")
    });
    files.sort();
    Ok(files)
}

#[test]
fn pictures_are_what_the_formulas_give() -> Result<()> {
    let Some(folder) = folders(&["generated/codec"])?.pop() else {
        return Ok(());
    };
    let scratch = Scratch::new("render")?;
    let mut pairs = Vec::new();
    for (index, path) in files(Path::new(&folder))?.into_iter().enumerate() {
        let picture = scratch.path().join(format!("{index}.png"));
        // What cannot be decoded is named by the test of `pixels`.
        if render(&path, &picture, &[])?.successful().is_ok() {
            pairs.extend([path, picture]);
        }
    }
    let judged = python::run("render_judge.py", &pairs, LIMIT)?.successful()?;
    let mut kinds: BTreeMap<String, u32> = BTreeMap::new();
    for line in judged.stdout.lines() {
        let row: Value = serde_json::from_str(line)?;
        if let Some(reason) = row["skipped"].as_str() {
            println!("{}: not judged: {reason}", row["path"]);
            continue;
        }
        let farthest = row["farthest"].as_f64().with_context(|| line.to_owned())?;
        // Half a gray is rounding. Of colours the standard gives the matrix in four digits, and a
        // palette of 16 bits is cut.
        let gray = row["kind"]
            .as_str()
            .is_some_and(|kind| !kind.starts_with("YBR"));
        ensure!(farthest <= if gray { 0.51 } else { 1.1 }, "{line}");
        *kinds.entry(row["kind"].to_string()).or_default() += 1;
    }
    println!("{kinds:?}");
    ensure!(kinds.values().sum::<u32>() >= 20, "{kinds:?}");
    Ok(())
}

#[test]
fn a_rendering_that_cannot_be_is_named() -> Result<()> {
    let scratch = Scratch::new("render-errors")?;
    let demo = scratch.path().join("demo");
    let mut command = Command::new(binary()?);
    command.arg("demo").arg(&demo);
    run_command(command, LIMIT)?.successful()?;
    let slice = demo.join("001.dcm");
    let out = |name: &str| scratch.path().join(name);
    for (input, output, flags, named) in [
        (&slice, out("a.bmp"), &[][..], ".webp"),
        (&slice, out("a.jpg"), &["--frame", "2"], "frame 2"),
        (&slice, out("a.jpg"), &["--frame", "0"], "--frame"),
        (&slice, out("a.jpg"), &["--window", "40"], "40,400"),
        (&slice, out("no/a.jpg"), &[], "cannot be written"),
        (&out("none.dcm"), out("a.jpg"), &[], "none.dcm"),
        (&slice, out("a.jpg"), &["--max-frame-bytes", "9"], "9 bytes"),
    ] {
        let finished = render(input, &output, flags)?;
        let text = finished.text.clone();
        ensure!(finished.successful().is_err(), "{named}");
        ensure!(text.contains(named), "{named}: {text}");
    }
    for (name, magic) in [
        ("a.jpg", &b"\xFF\xD8\xFF"[..]),
        ("a.png", b"\x89PNG"),
        ("a.webp", b"RIFF"),
        ("a.gif", b"GIF89a"),
        ("a.apng", b"\x89PNG"),
    ] {
        let flags = ["--window=-600,1500", "--size", "100x100"];
        render(&slice, &out(name), &flags)?.successful()?;
        ensure!(fs::read(out(name))?.starts_with(magic), "{name}");
    }
    Ok(())
}
