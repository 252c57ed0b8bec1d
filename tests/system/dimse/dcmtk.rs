//! DCMTK's clients (PS3.4 annexes A to C).

use std::fs;

use anyhow::{Context, Result, ensure};
use testkit::{
    fixture::{Ct, Object, slices, split},
    ports,
    process::write_file,
    scratch::Scratch,
    server::{AE_TITLE, Peer, Server, Setup, walk},
    services::storescp::Storescp,
};

use crate::support::send_all;

/// A series on disk, one file a slice.
fn on_disk(folder: &Scratch, objects: &[Object]) -> Result<()> {
    for object in objects {
        write_file(
            &folder.path().join(format!("{}.dcm", object.sop)),
            &object.file(),
        )?;
    }
    Ok(())
}

fn small_series(patient_id: &str, count: u32) -> Result<Vec<Object>> {
    slices(
        Ct {
            size: 64,
            ..Ct::new(patient_id)?
        },
        count,
    )
}

#[test]
fn echoscu_storescu_dcmsend_and_findscu_work() -> Result<()> {
    let server = Server::dev()?;
    let port = &server.dicom().port().to_string();
    let to = ["-aet", "DCMTK", "-aec", AE_TITLE, "127.0.0.1", port];
    let arguments = |rest: &[&str]| -> Vec<String> {
        rest.iter().chain(&to).map(|a| (*a).to_owned()).collect()
    };
    run("echoscu", arguments(&["-v"]))?;

    let folder = Scratch::new("dcmtk")?;
    let objects = small_series("DCMTK-1", 5)?;
    on_disk(&folder, &objects)?;
    let path = folder.path().display().to_string();
    let mut storing = arguments(&["-v", "--scan-directories"]);
    storing.push(path.clone());
    run("storescu", storing)?;
    // The same again: identical objects are success.
    let mut sending = arguments(&["-v", "--scan-directories"]);
    sending.push(path);
    let said = run("dcmsend", sending)?;
    ensure!(!said.contains("with status FAILED"), "{said}");

    let study = format!("StudyInstanceUID={}", objects[0].study);
    let keys = [
        "-v",
        "-S",
        "-k",
        "QueryRetrieveLevel=STUDY",
        "-k",
        &study,
        "-k",
        "PatientName",
        "-k",
        "PatientID",
        "-k",
        "NumberOfStudyRelatedInstances",
        "-k",
        "ModalitiesInStudy",
    ];
    let said = run("findscu", arguments(&keys))?;
    for expected in ["DCMTK-1", "Zhang^Wei", "[5", "[CT"] {
        ensure!(said.contains(expected), "{expected} is not in:\n{said}");
    }
    Ok(())
}

#[test]
fn movescu_and_getscu_bring_the_bytes_that_were_sent() -> Result<()> {
    let destination = Storescp::start(Scratch::new("storescp")?, &[])?;
    let server = Setup {
        peers: vec![Peer {
            ae_title: "STORESCP".into(),
            address: destination.address(),
            operations: vec!["store"],
        }],
        ..Setup::default()
    }
    .start()?;
    let objects = small_series("DCMTK-2", 4)?;
    send_all(&server, &objects)?;
    let study = format!("StudyInstanceUID={}", objects[0].study);
    let port = server.dicom().port().to_string();
    let fetched = Scratch::new("getscu")?;
    let fetched_to = fetched.path().display().to_string();
    let common = [
        "-v",
        "-S",
        "-aet",
        "DCMTK",
        "-aec",
        AE_TITLE,
        "-k",
        "QueryRetrieveLevel=STUDY",
        "-k",
        &study,
    ];
    let common = common.iter();

    let moving = common
        .clone()
        .copied()
        .chain(["-aem", "STORESCP", "127.0.0.1", &port]);
    run("movescu", moving)?;
    arrived(&objects, destination.folder()).context("movescu")?;
    let getting = common
        .copied()
        .chain(["+B", "-od", &fetched_to, "127.0.0.1", &port]);
    run("getscu", getting)?;
    arrived(&objects, fetched.path()).context("getscu")
}

/// Every object is a file of the folder, its data set as it was sent.
fn arrived(objects: &[Object], folder: &std::path::Path) -> Result<()> {
    let mut files = Vec::new();
    walk(folder, &mut files)?;
    for object in objects {
        let (path, _) = files
            .iter()
            .find(|(path, _)| path.to_string_lossy().contains(&object.sop))
            .with_context(|| format!("{} did not arrive: {files:?}", object.sop))?;
        let file = fs::read(path)?;
        let (syntax, dataset) = split(&file)?;
        ensure!(
            syntax == object.transfer_syntax && dataset == object.dataset,
            "changed on its way"
        );
    }
    Ok(())
}

#[test]
fn a_move_to_an_unknown_destination_is_refused() -> Result<()> {
    let server = Server::dev()?;
    let objects = small_series("DCMTK-3", 1)?;
    send_all(&server, &objects)?;
    let identifier = testkit::fixture::Dataset::default()
        .text(0x0008_0052, "CS", "STUDY")
        .text(0x0020_000D, "UI", &objects[0].study)
        .encode(testkit::fixture::Syntax::Implicit);
    let model = testkit::peer::STUDY_ROOT[1];
    let mut association = server.associate(&[testkit::peer::Proposal::new(
        model,
        &[testkit::peer::IMPLICIT],
    )])?;
    let (outcome, _) = association.r#move(model, "NOBODY", &identifier)?;
    ensure!(outcome.status == 0xA801, "{outcome:?}");
    association.release()
}

#[test]
fn a_destination_that_does_not_answer_fails_every_sub_operation() -> Result<()> {
    let peers = vec![Peer {
        ae_title: "GONE".into(),
        address: ports::free()?,
        operations: vec!["store"],
    }];
    let server = Setup {
        peers,
        ..Setup::default()
    }
    .start()?;
    let objects = small_series("DCMTK-4", 2)?;
    send_all(&server, &objects)?;
    let identifier = testkit::fixture::Dataset::default()
        .text(0x0008_0052, "CS", "STUDY")
        .text(0x0020_000D, "UI", &objects[0].study)
        .encode(testkit::fixture::Syntax::Implicit);
    let model = testkit::peer::STUDY_ROOT[1];
    let mut association = server.associate(&[testkit::peer::Proposal::new(
        model,
        &[testkit::peer::IMPLICIT],
    )])?;
    let (outcome, _) = association.r#move(model, "GONE", &identifier)?;
    ensure!(outcome.status >= 0xA700, "{outcome:?}");
    association.release()
}

/// Runs a tool of DCMTK without Nagle's delay; what it said, if it ended well.
fn run<S: AsRef<std::ffi::OsStr>>(
    name: &str,
    arguments: impl IntoIterator<Item = S>,
) -> Result<String> {
    let mut command = std::process::Command::new(testkit::process::tool(name)?);
    command.args(arguments).env("TCP_NODELAY", "1");
    let limit = std::time::Duration::from_secs(60);
    let finished = testkit::process::run_command(command, limit)?.successful();
    Ok(finished.with_context(|| name.to_owned())?.text)
}
