//! Orthanc as destination of C-MOVE and as a peer that sends.

use anyhow::{Context, Result, ensure};
use testkit::{
    fixture::{Ct, slices, split},
    peer::{IMPLICIT, Proposal, STUDY_ROOT},
    scratch::Scratch,
    server::{AE_TITLE, Peer, Server, Setup},
    services::orthanc::Orthanc,
};

use crate::support::{fetch, send_all};

fn with_orthanc() -> Result<(Orthanc, Server)> {
    let orthanc = Orthanc::start(Scratch::new("orthanc")?, &[])?;
    let server = Setup {
        peers: vec![Peer {
            ae_title: "ORTHANC".into(),
            address: orthanc.dicom(),
            operations: vec!["store", "query", "retrieve"],
        }],
        ..Setup::default()
    }
    .start()?;
    orthanc.know("yingyun", AE_TITLE, server.dicom())?;
    Ok((orthanc, server))
}

/// Orthanc writes sequences anew, with lengths: UIDs, text and pixels stay what they were.
fn same(one: &[u8], other: &[u8]) -> bool {
    const PIXELS: usize = 64 * 64 * 2;
    let uid = |bytes: &[u8]| {
        bytes
            .windows(8)
            .position(|w| w == [8, 0, 0x18, 0, b'U', b'I', 44, 0])
    };
    let value = |bytes: &[u8]| uid(bytes).map(|at| bytes[at + 8..at + 52].to_vec());
    one.len() > PIXELS
        && other.len() > PIXELS
        && one[one.len() - PIXELS..] == other[other.len() - PIXELS..]
        && value(one).is_some()
        && value(one) == value(other)
}

#[test]
fn orthanc_receives_by_c_move() -> Result<()> {
    let (orthanc, server) = with_orthanc()?;
    let objects = slices(
        Ct {
            size: 64,
            ..Ct::new("ORTHANC-1")?
        },
        3,
    )?;
    send_all(&server, &objects)?;
    let identifier = testkit::fixture::Dataset::default()
        .text(0x0008_0052, "CS", "STUDY")
        .text(0x0020_000D, "UI", &objects[0].study)
        .encode(testkit::fixture::Syntax::Implicit);
    let mut association = server.associate(&[Proposal::new(STUDY_ROOT[1], &[IMPLICIT])])?;
    let (outcome, pending) = association.r#move(STUDY_ROOT[1], "ORTHANC", &identifier)?;
    ensure!(outcome.status == 0, "{outcome:?}");
    ensure!(outcome.counts == [Some(3), Some(0), Some(0)], "{outcome:?}");
    ensure!(pending >= 1, "no pending response with counts");
    association.release()?;
    ensure!(
        orthanc.instances()? == 3,
        "Orthanc has {}",
        orthanc.instances()?
    );
    let ids = orthanc.get("/instances")?;
    for id in ids.as_array().context("no list")? {
        let file = orthanc.bytes(&format!("/instances/{}/file", id.as_str().unwrap_or("")))?;
        let (_, dataset) = split(&file)?;
        ensure!(
            objects.iter().any(|o| same(&o.dataset, dataset)),
            "changed on its way"
        );
    }
    Ok(())
}

#[test]
fn orthanc_sends_to_us() -> Result<()> {
    let (orthanc, server) = with_orthanc()?;
    let objects = slices(
        Ct {
            size: 64,
            ..Ct::new("ORTHANC-2")?
        },
        3,
    )?;
    let mut ids = Vec::new();
    for object in &objects {
        let stored = orthanc.post("/instances", &object.file())?;
        ids.push(stored["ID"].as_str().context("no ID")?.to_owned());
    }
    let body = serde_json::to_vec(&ids)?;
    orthanc.post("/modalities/yingyun/store", &body)?;
    for object in &objects {
        let back = fetch(&server, &object.study, &object.series, &object.sop)?;
        ensure!(same(&back, &object.dataset), "changed on its way");
    }
    // And it asks us: C-FIND by Orthanc, C-MOVE to itself.
    let query = serde_json::json!({
        "Level": "Study",
        "Query": { "PatientID": "ORTHANC-2", "PatientName": "", "StudyInstanceUID": "" },
    });
    let asked = orthanc.post("/modalities/yingyun/query", query.to_string().as_bytes())?;
    let id = asked["ID"].as_str().context("no ID")?;
    let answers = orthanc.get(&format!("/queries/{id}/answers"))?;
    ensure!(
        answers.as_array().is_some_and(|a| a.len() == 1),
        "{answers}"
    );
    Ok(())
}
