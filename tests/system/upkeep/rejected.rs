//! Rejection notes and what becomes of rejected instances (IHE RAD TF-2 §4.66; docs/adr/0014).

use anyhow::{Result, ensure};
use testkit::{
    fixture::{Dataset, Object, Syntax, fresh_uid},
    server::{Server, Setup},
    services::postgres,
};

use super::series;
use crate::support::{associate_for, dump, qido, send_all, store, verify_clean};

const KEY_OBJECTS: &str = "1.2.840.10008.5.1.4.1.1.88.59";

/// A Key Object Selection titled `code` that refers to `objects` of one series (PS3.3 §A.35.4).
fn note(code: &str, objects: &[Object]) -> Result<Object> {
    let (sop, own) = (fresh_uid()?, fresh_uid()?);
    let of = &objects[0];
    let title = Dataset::default()
        .text(0x0008_0100, "SH", code)
        .text(0x0008_0102, "SH", "DCM")
        .text(0x0008_0104, "LO", "Rejected");
    let sops = objects.iter().map(|object| {
        Dataset::default()
            .text(0x0008_1150, "UI", &object.sop_class)
            .text(0x0008_1155, "UI", &object.sop)
    });
    let of_series = Dataset::default()
        .text(0x0020_000E, "UI", &of.series)
        .sequence(0x0008_1199, sops.collect());
    let of_study = Dataset::default()
        .text(0x0020_000D, "UI", &of.study)
        .sequence(0x0008_1115, vec![of_series]);
    let dataset = Dataset::default()
        .text(0x0008_0016, "UI", KEY_OBJECTS)
        .text(0x0008_0018, "UI", &sop)
        .text(0x0008_0060, "CS", "KO")
        .text(0x0010_0020, "LO", "REJECT")
        .text(0x0020_000D, "UI", &of.study)
        .text(0x0020_000E, "UI", &own)
        .sequence(0x0040_A043, vec![title])
        .sequence(0x0040_A375, vec![of_study])
        .encode(Syntax::Explicit);
    Ok(Object {
        sop_class: KEY_OBJECTS.into(),
        sop,
        study: of.study.clone(),
        series: own,
        transfer_syntax: "1.2.840.10008.1.2.1".into(),
        dataset,
    })
}

fn count(server: &Server, study: &str) -> Result<usize> {
    Ok(qido(server, &format!("/studies/{study}/instances"))?.len())
}

/// The status of a C-STORE.
fn sent(server: &Server, object: &Object) -> Result<u16> {
    let mut association = associate_for(server, object)?;
    let outcome = store(&mut association, object)?;
    association.release()?;
    Ok(outcome.status)
}

fn post(server: &Server, path: &str) -> Result<u16> {
    Ok(server.dicom_web("POST", path).send_bytes(b"")?.status)
}

#[test]
fn what_a_note_rejects_is_out_of_sight_and_comes_back() -> Result<()> {
    comes_back(Setup::default())
}

#[test]
fn what_a_note_rejects_is_out_of_sight_and_comes_back_on_postgresql() -> Result<()> {
    let database = Some(postgres::shared()?.database()?);
    comes_back(Setup {
        database,
        ..Setup::default()
    })
}

fn comes_back(setup: Setup) -> Result<()> {
    let server = setup.start()?;
    let objects = series("REJECT-1", 4)?;
    let study = &objects[0].study;
    send_all(&server, &objects)?;
    let rejection = note("113001", &objects[..2])?;
    ensure!(sent(&server, &rejection)? == 0);
    // Neither the instances nor the note are found or given (IOCM), and counts are right.
    ensure!(count(&server, study)? == 2);
    let found = &qido(&server, &format!("/studies?StudyInstanceUID={study}"))?[0];
    ensure!(found["00201208"]["Value"][0] == 2, "{found}");
    ensure!(
        found["00080061"]["Value"].as_array().map(Vec::len) == Some(1),
        "{found}"
    );
    let path = format!(
        "/studies/{study}/series/{}/instances/{}",
        objects[0].series, objects[0].sop
    );
    ensure!(server.dicom_web("GET", &path).send()?.status == 404);
    verify_clean(&server)?;
    // The archive alone gives the same index, from a journal and objects that nobody swept.
    server
        .verb(&["sweep", "--older-than", "1h"])?
        .successful()?;
    let before = dump(&server)?;
    server.verb(&["reindex"])?.successful()?;
    ensure!(before == dump(&server)?, "reindex differs");
    let listed = server.verb(&["rejected", "list"])?.successful()?.stdout;
    ensure!(listed.lines().count() == 3, "{listed}");
    // For quality: a resend is acknowledged and stays out of sight; so does the note's.
    ensure!(sent(&server, &objects[0])? == 0);
    ensure!(sent(&server, &rejection)? == 0);
    ensure!(count(&server, study)? == 2);
    // One by one, and the rest by the command line; the note stays away.
    ensure!(post(&server, &format!("{path}/restore"))? == 200);
    ensure!(count(&server, study)? == 3);
    server
        .verb(&["rejected", "restore", "--study", study])?
        .successful()?;
    ensure!(count(&server, study)? == 4);
    ensure!(post(&server, &format!("/studies/{study}/restore"))? == 404);
    let before = dump(&server)?;
    server.verb(&["reindex"])?.successful()?;
    ensure!(before == dump(&server)?, "reindex differs after a restore");
    verify_clean(&server)
}

#[test]
fn a_study_that_is_rejected_is_gone_and_each_code_has_its_answer() -> Result<()> {
    let server = Setup {
        environment: vec![("YINGYUN_REJECTION__PATIENT_SAFETY_DAYS".into(), "0".into())],
        ..Setup::default()
    }
    .start()?;
    for (code, status) in [
        ("113037", 0x0124),
        ("113038^DCM", 0x0124),
        ("113039^DCM", 0),
    ] {
        let objects = series(&format!("REJECT-{}", &code[..6]), 2)?;
        let study = &objects[0].study;
        send_all(&server, &objects)?;
        ensure!(post(&server, &format!("/studies/{study}/reject/1234"))? == 400);
        let path = format!("/studies/{study}/reject/{}", code.replace('^', "%5E"));
        ensure!(post(&server, &path)? == 200, "{code}");
        ensure!(post(&server, &path)? == 409, "{code} again");
        ensure!(qido(&server, &format!("/studies?StudyInstanceUID={study}"))?.is_empty());
        let answer = sent(&server, &objects[0])?;
        ensure!(answer == status, "{code}: {answer:04X}H");
        ensure!(count(&server, study)? == usize::from(status == 0), "{code}");
        // Another content is a correction.
        let mut corrected = objects[1].clone();
        let at = corrected.dataset.len() - 1;
        corrected.dataset[at] ^= 1;
        ensure!(sent(&server, &corrected)? == 0);
        ensure!(
            count(&server, study)? == 1 + usize::from(status == 0),
            "{code}"
        );
    }
    let before = server.files("objects")?.len();
    let removed = server.verb(&["rejected", "remove"])?.successful()?.stdout;
    ensure!(
        removed.starts_with("2 rejected objects removed"),
        "{removed}"
    );
    // Two objects less, and the decision more.
    ensure!(server.files("objects")?.len() == before - 1, "{before}");
    let before = dump(&server)?;
    server.verb(&["reindex"])?.successful()?;
    ensure!(before == dump(&server)?, "reindex differs");
    verify_clean(&server)
}
