//! What is sent comes back byte for byte, and is found.

use std::{
    collections::{HashMap, HashSet},
    sync::Mutex,
    thread,
};

use anyhow::{Context, Result, bail, ensure};
use testkit::{
    fixture::{Dataset, Syntax, split},
    http::encode,
    multipart::{self, STOW_TYPE, stow_body},
    peer::{IMPLICIT, Proposal, STUDY_ROOT},
    server::{Server, Setup},
};

use super::survey::{Surveyed, folders, survey};

/// Files that pydicom reads with a shrug, but that are cut short or lie about their own lengths:
/// they may be refused with a reason. Whatever is taken must still come back whole.
const CUT_SHORT: &[&str] = &[
    "pydicom/rtplan_truncated.dcm",
    "test_files/rtplan_truncated.dcm",
    "test_files/MR_truncated.dcm",
    "fo-dicom/GH179B.dcm",
];

/// How many files are under way at a time.
const WORKERS: usize = 4;

#[test]
fn every_readable_file_comes_back_byte_for_byte_and_is_found() -> Result<()> {
    let mut folders = folders(&[
        "public",
        "series",
        "fileset",
        "generated/codec",
        "generated/video",
        "generated/object",
        "generated/modality",
        "generated/wsi",
        "generated/charset",
    ])?;
    let least = if folders.is_empty() { 40 } else { 900 };
    folders.push("pydicom".into());
    let files: Vec<_> = survey(&folders)?
        .into_iter()
        .filter(|f| f.storable)
        // It is obeyed: the note itself and what it names are hidden (docs/adr/0014).
        .filter(|f| !f.shown().ends_with("key_object_rejection_note.dcm"))
        .collect();
    ensure!(files.len() > least, "only {} readable files", files.len());
    let total = files.len();
    let (mut failures, mut refused) = (Vec::new(), Vec::new());
    for round in rounds(files) {
        let setup = Setup {
            quiet: true,
            ..Setup::default()
        };
        let (by_dimse, by_web) = (setup.clone().start()?, setup.start()?);
        let results = Mutex::new(Vec::new());
        thread::scope(|scope| {
            for worker in 0..WORKERS {
                let (round, results) = (&round, &results);
                let (by_dimse, by_web) = (&by_dimse, &by_web);
                scope.spawn(move || {
                    for file in round.iter().skip(worker).step_by(WORKERS) {
                        let outcome = check(file, by_dimse, by_web);
                        if let Ok(mut results) = results.lock() {
                            results.push((file.shown(), outcome));
                        }
                    }
                });
            }
        });
        for (path, outcome) in results.into_inner()? {
            match outcome {
                Ok(()) => {}
                Err(error) if CUT_SHORT.iter().any(|end| path.ends_with(end)) => {
                    refused.push(format!("{path}: {error:#}"));
                }
                Err(error) => failures.push(format!("{path}: {error:#}")),
            }
        }
    }
    println!("{total} files; refused as cut short: {refused:#?}");
    ensure!(
        failures.is_empty(),
        "{} of {total} failed:\n{}",
        failures.len(),
        failures.join("\n")
    );
    Ok(())
}

/// Groups files so that within a group nobody contradicts another: one name a patient, one
/// patient a study, one object a SOP instance. The index shows the first that came.
fn rounds(files: Vec<Surveyed>) -> Vec<Vec<Surveyed>> {
    #[derive(Default)]
    struct Round {
        files: Vec<Surveyed>,
        patients: HashMap<(String, String), (Vec<u8>, String)>,
        studies: HashMap<String, (Vec<u8>, String)>,
        objects: HashSet<String>,
    }
    let mut rounds: Vec<Round> = Vec::new();
    for file in files {
        let name = (file.name_bytes.clone(), file.charset.clone());
        let fits = |round: &Round| {
            round.patients.get(&file.patient).is_none_or(|n| *n == name)
                && round.studies.get(&file.study).is_none_or(|n| *n == name)
                && !round.objects.contains(&file.url())
        };
        let at = rounds.iter().position(fits).unwrap_or_else(|| {
            rounds.push(Round::default());
            rounds.len() - 1
        });
        let round = &mut rounds[at];
        round.patients.insert(file.patient.clone(), name.clone());
        round.studies.insert(file.study.clone(), name);
        round.objects.insert(file.url());
        round.files.push(file);
    }
    rounds.into_iter().map(|round| round.files).collect()
}

fn check(file: &Surveyed, by_dimse: &Server, by_web: &Server) -> Result<()> {
    let bytes = file.file()?;
    let dataset = &bytes[file.offset..];
    send(file, dataset, by_dimse).context("C-STORE")?;
    stow(&bytes, by_web).context("STOW")?;
    for (how, server) in [("C-STORE", by_dimse), ("STOW", by_web)] {
        comes_back_by_wado(file, dataset, server).with_context(|| format!("WADO after {how}"))?;
        comes_back_by_get(file, dataset, server).with_context(|| format!("C-GET after {how}"))?;
    }
    is_found_by_uid(file, by_dimse).context("by UID")?;
    is_found_by_name(file, by_dimse).context("by name")
}

fn send(file: &Surveyed, dataset: &[u8], server: &Server) -> Result<()> {
    let Surveyed {
        sop_class,
        sop,
        transfer_syntax,
        ..
    } = file;
    let mut association = server.associate(&[Proposal::new(sop_class, &[transfer_syntax])])?;
    let outcome = association.store(sop_class, sop, transfer_syntax, dataset)?;
    ensure!(
        outcome.status == 0,
        "{:04X}H {:?}",
        outcome.status,
        outcome.comment
    );
    association.release()
}

fn stow(bytes: &[u8], server: &Server) -> Result<()> {
    let answer = server
        .dicom_web("POST", "/studies")
        .header("Content-Type", STOW_TYPE)
        .header("Accept", "application/dicom+json")
        .send_bytes(&stow_body(&[bytes]))?;
    answer.expect(200).map(drop)
}

fn comes_back_by_wado(file: &Surveyed, dataset: &[u8], server: &Server) -> Result<()> {
    let accept = "multipart/related; type=\"application/dicom\"; transfer-syntax=*";
    let answer = server
        .dicom_web("GET", &file.url())
        .header("Accept", accept)
        .send()?;
    let parts = multipart::parts(&answer.expect(200)?)?;
    let [part] = &parts[..] else {
        bail!("{} parts", parts.len())
    };
    let (syntax, back) = split(&part.body)?;
    ensure!(syntax == file.transfer_syntax, "came back in {syntax}");
    same(dataset, back)
}

fn comes_back_by_get(file: &Surveyed, dataset: &[u8], server: &Server) -> Result<()> {
    let mut association = server.associate(&[
        Proposal::new(STUDY_ROOT[2], &[IMPLICIT]),
        Proposal::providing(&file.sop_class, &[&file.transfer_syntax]),
    ])?;
    let identifier = Dataset::default()
        .text(0x0008_0018, "UI", &file.sop)
        .text(0x0008_0052, "CS", "IMAGE")
        .text(0x0020_000D, "UI", &file.study)
        .text(0x0020_000E, "UI", &file.series)
        .encode(Syntax::Implicit);
    let fetched = association.get(STUDY_ROOT[2], &identifier)?;
    ensure!(fetched.outcome.status == 0, "{:?}", fetched.outcome);
    let [object] = &fetched.objects[..] else {
        bail!("{} objects", fetched.objects.len())
    };
    ensure!(
        object.sop == file.sop && object.sop_class == file.sop_class,
        "another instance"
    );
    ensure!(
        object.transfer_syntax == file.transfer_syntax,
        "in {}",
        object.transfer_syntax
    );
    same(dataset, &object.dataset)?;
    association.release()
}

fn same(sent: &[u8], back: &[u8]) -> Result<()> {
    let differs = sent.iter().zip(back).position(|(a, b)| a != b);
    match differs {
        Some(at) => bail!("byte {at} of {} differs", sent.len()),
        None => ensure!(
            sent.len() == back.len(),
            "{} bytes of {}",
            back.len(),
            sent.len()
        ),
    }
    Ok(())
}

fn is_found_by_uid(file: &Surveyed, server: &Server) -> Result<()> {
    let query = format!(
        "/instances?SOPInstanceUID={}&StudyInstanceUID={}",
        file.sop, file.study
    );
    let found = server
        .dicom_web("GET", &query)
        .send()?
        .expect(200)?
        .json()?;
    let found = found.as_array().context("no array")?;
    ensure!(
        found
            .iter()
            .any(|i| i["0020000E"]["Value"][0] == file.series.as_str()),
        "QIDO: not among {}",
        found.len()
    );
    let identifier =
        Dataset::default()
            .text(0x0008_0052, "CS", "STUDY")
            .text(0x0020_000D, "UI", &file.study);
    one_study(&identifier, server)
}

fn is_found_by_name(file: &Surveyed, server: &Server) -> Result<()> {
    if file.name_bytes.iter().all(|b| b" \0^=".contains(b)) {
        return Ok(());
    }
    if let Some(name) = &file.name {
        let query = format!(
            "/studies?PatientName={}&StudyInstanceUID={}",
            encode(name),
            file.study
        );
        let found = server.dicom_web("GET", &query).send()?;
        ensure!(
            found.status == 200,
            "QIDO {name:?}: {} {}",
            found.status,
            found.text()
        );
    }
    let identifier = Dataset::default()
        .text(0x0008_0005, "CS", &file.charset)
        .text(0x0008_0052, "CS", "STUDY")
        .text(0x0010_0010, "PN", &file.name_bytes)
        .text(0x0020_000D, "UI", &file.study);
    one_study(&identifier, server).with_context(|| format!("{:?} in {:?}", file.name, file.charset))
}

fn one_study(identifier: &Dataset, server: &Server) -> Result<()> {
    let mut association = server.associate(&[Proposal::new(STUDY_ROOT[0], &[IMPLICIT])])?;
    let (found, outcome) = association.find(STUDY_ROOT[0], &identifier.encode(Syntax::Implicit))?;
    ensure!(outcome.status == 0, "C-FIND: {outcome:?}");
    ensure!(found.len() == 1, "C-FIND: {} studies", found.len());
    association.release()
}
