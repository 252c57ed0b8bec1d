//! The verbs of the command line, beside a running server.

use std::{fs, path::PathBuf};

use anyhow::{Context, Result, ensure};
use testkit::{
    fixture::{Ct, Object, slices},
    process::write_file,
    scratch::Scratch,
    server::{Server, Setup},
    services::postgres,
};

use crate::support::{dump, fetch, first, qido, send_all, verify_clean};

fn series(patient_id: &str, count: u32) -> Result<Vec<Object>> {
    slices(
        Ct {
            size: 64,
            ..Ct::new(patient_id)?
        },
        count,
    )
}

mod custody;
mod rejected;

/// The one file that keeps an object.
fn file_of(server: &Server, object: &Object) -> Result<PathBuf> {
    let files = server.files("objects")?;
    let mut own = files
        .iter()
        .filter(|(path, _)| path.to_string_lossy().contains(&object.sop));
    let (path, _) = own
        .next()
        .with_context(|| format!("no file of {}", object.sop))?;
    ensure!(own.next().is_none(), "{} has several files", object.sop);
    Ok(path.clone())
}

#[test]
fn verify_finds_a_changed_byte_a_missing_file_and_nothing_else() -> Result<()> {
    let server = Server::dev()?;
    let objects = series("VERIFY", 4)?;
    send_all(&server, &objects)?;
    verify_clean(&server)?;

    let changed = file_of(&server, &objects[1])?;
    let bytes = fs::read(&changed)?;
    let mut other = bytes.clone();
    if let Some(last) = other.last_mut() {
        *last ^= 1;
    }
    fs::write(&changed, other)?;
    let found = server.verb(&["verify"])?;
    ensure!(
        !found.status.success(),
        "a changed byte is not found:\n{}",
        found.text
    );
    ensure!(
        found.text.contains(&objects[1].sop),
        "not named:\n{}",
        found.text
    );
    ensure!(
        !found.text.contains(&objects[0].sop),
        "another is named:\n{}",
        found.text
    );
    fs::write(&changed, &bytes)?;
    verify_clean(&server)?;

    fs::remove_file(&changed)?;
    let found = server.verb(&["verify"])?;
    ensure!(
        !found.status.success(),
        "a missing file is not found:\n{}",
        found.text
    );
    ensure!(
        found.text.contains(&objects[1].sop),
        "not named:\n{}",
        found.text
    );
    Ok(())
}

#[test]
fn sweep_takes_what_no_row_names_and_nothing_young() -> Result<()> {
    let mut server = Server::dev()?;
    let objects = series("SWEEP", 3)?;
    send_all(&server, &objects)?;
    let file = file_of(&server, &objects[0])?;
    // Received at the same moment as the object, but of another name.
    let name = file
        .file_name()
        .context("no name")?
        .to_string_lossy()
        .into_owned();
    let (moment, rest) = name.split_at(10);
    let orphan = file.with_file_name(format!(
        "{moment}{}",
        rest.chars().rev().collect::<String>()
    ));
    fs::copy(&file, &orphan)?;
    server.verb(&["sweep"])?.successful()?;
    ensure!(
        orphan.exists(),
        "a young orphan was taken: it may be on its way in"
    );
    let refused = server.verb(&["sweep", "--older-than", "0s"])?;
    ensure!(
        !refused.status.success() && refused.text.contains("--older-than"),
        "the server may be receiving:\n{}",
        refused.text
    );
    ensure!(orphan.exists(), "it was refused and done");
    server.stop()?;
    server
        .verb(&["sweep", "--older-than", "0s"])?
        .successful()?;
    ensure!(!orphan.exists(), "the orphan is still there");
    server.start()?;
    for object in &objects {
        let back = fetch(&server, &object.study, &object.series, &object.sop)?;
        ensure!(back == object.dataset, "an object was harmed");
    }
    verify_clean(&server)
}

#[test]
fn reindex_gives_the_same_index_on_sqlite() -> Result<()> {
    reindex_gives_the_same_index(Setup::default())
}

#[test]
fn reindex_gives_the_same_index_on_postgresql() -> Result<()> {
    let database = Some(postgres::shared()?.database()?);
    reindex_gives_the_same_index(Setup {
        database,
        ..Setup::default()
    })
}

/// Also when an instance came twice with other bytes, and after a deletion.
fn reindex_gives_the_same_index(setup: Setup) -> Result<()> {
    let server = setup.start()?;
    let objects = series("REINDEX-1", 5)?;
    send_all(&server, &objects)?;
    send_all(&server, &series("REINDEX-2", 2)?)?;
    let gone = series("REINDEX-3", 2)?;
    send_all(&server, &gone)?;
    delete(&server, &gone[0].study)?;
    let mut again = objects[2].clone();
    let at = again.dataset.len() - 1;
    again.dataset[at] ^= 1;
    send_all(&server, &[again])?;
    let before = dump(&server)?;
    ensure!(before.lines().count() > 7, "an empty dump:\n{before}");
    server.verb(&["reindex"])?.successful()?;
    let after = dump(&server)?;
    ensure!(before == after, "before:\n{before}\nafter:\n{after}");
    ensure!(qido(&server, "/studies?PatientID=REINDEX-*")?.len() == 2);
    verify_clean(&server)
}

fn delete(server: &Server, study: &str) -> Result<()> {
    server
        .verb(&["delete", "--study", study, "--reason", "a test"])?
        .successful()?;
    Ok(())
}

#[test]
fn a_deleted_study_is_gone_from_index_and_archive_and_may_come_again() -> Result<()> {
    let server = Server::dev()?;
    let (kept, gone) = (series("KEPT", 2)?, series("GONE", 3)?);
    send_all(&server, &kept)?;
    send_all(&server, &gone)?;
    let without_reason = server.verb(&["delete", "--study", &gone[0].study])?;
    ensure!(!without_reason.status.success(), "deleted without a reason");
    delete(&server, &gone[0].study)?;
    ensure!(qido(&server, "/studies?PatientID=GONE")?.is_empty());
    let path = format!("/studies/{}", gone[0].study);
    let status = server.dicom_web("GET", &path).send()?.status;
    ensure!(status == 404, "WADO of a deleted study: {status}");
    let left = server.files("objects")?;
    ensure!(
        !left
            .iter()
            .any(|(p, _)| p.to_string_lossy().contains(&gone[0].study)),
        "{left:?}"
    );
    ensure!(qido(&server, "/studies?PatientID=KEPT")?.len() == 1);
    verify_clean(&server)?;
    send_all(&server, &gone)?;
    let again = qido(&server, "/studies?PatientID=GONE")?;
    ensure!(
        again.len() == 1 && first(&again[0], "00201208") == 3,
        "{again:?}"
    );
    verify_clean(&server)
}

#[test]
fn import_loads_a_folder_names_what_it_refuses_and_goes_on_where_it_was() -> Result<()> {
    let server = Server::dev()?;
    let folder = Scratch::new("import")?;
    let objects = series("IMPORT", 4)?;
    for (number, object) in objects.iter().enumerate() {
        let name = format!(
            "{}/{number}",
            if number < 2 { "first" } else { "second/deep" }
        );
        write_file(&folder.path().join(name), &object.file())?;
    }
    write_file(
        &folder.path().join("note.txt"),
        b"not a DICOM file at all, only a note",
    )?;
    let mut cut = objects[0].file();
    cut.truncate(900);
    write_file(&folder.path().join("cut.dcm"), &cut)?;
    let path = folder.path().display().to_string();
    let imported = server.verb(&["import", &path])?;
    for expected in ["cut.dcm", "note.txt"] {
        ensure!(
            imported.text.contains(expected),
            "{expected} is not named:\n{}",
            imported.text
        );
    }
    let found = qido(&server, "/studies?PatientID=IMPORT")?;
    ensure!(
        found.len() == 1 && first(&found[0], "00201208") == 4,
        "{found:?}"
    );
    for object in &objects {
        let back = fetch(&server, &object.study, &object.series, &object.sop)?;
        ensure!(back == object.dataset, "changed on its way");
    }
    let before = dump(&server)?;
    server.verb(&["import", &path])?;
    ensure!(
        before == dump(&server)?,
        "a second import changed the index"
    );
    verify_clean(&server)
}
