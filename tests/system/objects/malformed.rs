//! What is broken or hostile is refused with a reason or read whole, in bounded time and memory,
//! and nothing of it is left behind.

use std::{
    collections::HashMap,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, ensure};
use testkit::{
    fixture::{CT_IMAGE, fresh_uid, split},
    multipart::{self, STOW_TYPE, stow_body},
    peer::{EXPLICIT, Proposal, VERIFICATION},
    server::{Server, Setup},
};

use super::survey::{Surveyed, folders, survey};

const LONGEST: Duration = Duration::from_secs(20);
const MOST_MEMORY: u64 = 400 << 20;

#[test]
fn what_is_broken_has_a_reason_and_leaves_nothing() -> Result<()> {
    let malformed = folders(&["generated/malformed"])?;
    let mut files = if malformed.is_empty() {
        Vec::new()
    } else {
        survey(&malformed)?
    };
    ensure!(
        malformed.is_empty() || files.len() > 80,
        "only {} malformed files",
        files.len()
    );
    let mut others = folders(&["public", "fileset"])?;
    others.push("pydicom".into());
    files.extend(survey(&others)?.into_iter().filter(|f| !f.storable));
    ensure!(!files.is_empty(), "no file that cannot be stored");

    let mut server = Setup {
        quiet: true,
        ..Setup::default()
    }
    .start()?;
    let (mut failures, mut taken) = (Vec::new(), 0);
    let mut sent = Sent::new();
    for file in &files {
        for (how, outcome) in [
            ("STOW", by_stow(file, &server, &mut sent)),
            ("C-STORE", by_store(file, &server)),
        ] {
            match outcome {
                Ok(was_taken) => taken += u32::from(was_taken),
                Err(error) => failures.push(format!("{} by {how}: {error:#}", file.shown())),
            }
        }
    }
    let verified = server.verb(&["verify"])?;
    ensure!(verified.status.success(), "not clean:\n{}", verified.text);
    let peak = server.peak_memory()?;
    println!(
        "{} files, {taken} taken, peak {} MiB",
        files.len(),
        peak >> 20
    );
    ensure!(peak < MOST_MEMORY, "{} MiB resident", peak >> 20);
    ensure!(failures.is_empty(), "{}", failures.join("\n"));
    Ok(())
}

/// The files that were taken, by their RetrieveURL: several say that they are the same instance.
type Sent = HashMap<String, Vec<Vec<u8>>>;

/// Whether it was taken; an error if it was neither taken whole nor refused with a reason.
fn by_stow(file: &Surveyed, server: &Server, sent: &mut Sent) -> Result<bool> {
    let bytes = file.file()?;
    let began = Instant::now();
    let answer = server
        .dicom_web("POST", "/studies")
        .header("Content-Type", STOW_TYPE)
        .header("Accept", "application/dicom+json")
        .send_bytes(&stow_body(&[&bytes]))?;
    ensure!(began.elapsed() < LONGEST, "took {:?}", began.elapsed());
    if answer.status != 200 {
        ensure!(
            (400..500).contains(&answer.status),
            "{} {}",
            answer.status,
            answer.text()
        );
        ensure!(!answer.body.is_empty(), "refused without a reason");
        return Ok(false);
    }
    let stored = answer.json()?;
    let url = stored["00081199"]["Value"][0]["00081190"]["Value"][0]
        .as_str()
        .with_context(|| format!("no RetrieveURL: {stored}"))?;
    let accept = "multipart/related; type=\"application/dicom\"; transfer-syntax=*";
    let back = testkit::http::get(url)
        .header("Accept", accept)
        .send()?
        .expect(200)?;
    let parts = multipart::parts(&back)?;
    let part = parts.first().context("no part")?;
    let (_, dataset) = split(&part.body)?;
    let all = sent.entry(url.into()).or_default();
    all.push(bytes);
    ensure!(
        all.iter().any(|bytes| bytes.ends_with(dataset)),
        "other bytes came back"
    );
    Ok(true)
}

/// The same by C-STORE; the association must live on.
fn by_store(file: &Surveyed, server: &Server) -> Result<bool> {
    let bytes = file.file()?;
    let or = |text: &str, default: String| {
        if text.is_empty() {
            default
        } else {
            text.into()
        }
    };
    let sop_class = or(&file.sop_class, CT_IMAGE.into());
    let sop = or(&file.sop, fresh_uid()?);
    let syntax = or(&file.transfer_syntax, EXPLICIT.into());
    let mut association = server.associate(&[
        Proposal::new(&sop_class, &[&syntax]),
        Proposal::new(VERIFICATION, &[EXPLICIT]),
    ])?;
    if association.accepted_syntax(&sop_class).is_none() {
        // Some abstract syntaxes are no UIDs; refused before it was sent.
        ensure!(association.echo()? == 0, "the association did not survive");
        association.release()?;
        return Ok(false);
    }
    let began = Instant::now();
    let outcome = association.store(&sop_class, &sop, &syntax, &bytes[file.offset..])?;
    ensure!(began.elapsed() < LONGEST, "took {:?}", began.elapsed());
    let taken = outcome.status == 0;
    if !taken {
        ensure!(
            outcome.status >= 0xA000,
            "{:04X}H {:?}",
            outcome.status,
            outcome.comment
        );
        ensure!(
            outcome.comment.is_some_and(|c| !c.is_empty()),
            "refused without a reason"
        );
    }
    ensure!(association.echo()? == 0, "the association did not survive");
    association.release()?;
    Ok(taken)
}
