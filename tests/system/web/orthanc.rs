//! Orthanc's DICOMweb plugin as the other hospital: it pushes to us by STOW-RS, searches us by
//! QIDO-RS and pulls from us by WADO-RS, with and without a credential.

use std::{collections::BTreeSet, fs};

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use testkit::{
    fixture::{Ct, Object, slices, split},
    http::{Request, get},
    scratch::Scratch,
    server::{Server, Setup},
    services::orthanc::Orthanc,
};

use crate::{
    objects::survey::{folders, survey},
    support::first,
};

/// Transfer syntaxes that Orthanc takes and passes on: Explicit VR LE, deflated, JPEG, lossless
/// JPEG, JPEG-LS, JPEG 2000 twice and RLE.
const SYNTAXES: [&str; 8] = [
    "1.2.840.10008.1.2.1",
    "1.2.840.10008.1.2.1.99",
    "1.2.840.10008.1.2.4.50",
    "1.2.840.10008.1.2.4.70",
    "1.2.840.10008.1.2.4.80",
    "1.2.840.10008.1.2.4.90",
    "1.2.840.10008.1.2.4.91",
    "1.2.840.10008.1.2.5",
];

/// Those of them whose pixels are in no fragments.
const NATIVE: [&str; 2] = ["1.2.840.10008.1.2.1", "1.2.840.10008.1.2.1.99"];

/// An Orthanc that knows `server`, with `credential` in the headers it sends.
fn knowing(server: &Server, credential: Option<&str>) -> Result<Orthanc> {
    let mut row = json!({ "Url": format!("{}/dicom-web/", server.url()) });
    if let Some(token) = credential {
        row["HttpHeaders"] = json!({ "Authorization": format!("Bearer {token}") });
    }
    let settings = json!({ "DicomWeb": { "Servers": { "yingyun": row } } });
    Orthanc::with_dicom_web(Scratch::new("orthanc")?, &settings)
}

/// What Orthanc's REST interface answers to a request for its server `yingyun`.
fn ask(orthanc: &Orthanc, verb: &str, body: &Value) -> Result<Value> {
    let path = format!("/dicom-web/servers/yingyun/{verb}");
    orthanc
        .post(&path, body.to_string().as_bytes())
        .with_context(|| orthanc.log())
}

/// Of an instance: SOP Instance UID, transfer syntax, and the pixels as they are stored.
type Held = BTreeSet<(String, String, Vec<Vec<u8>>)>;

/// The value of Pixel Data, or its fragments; nothing where there is none.
fn pixels(orthanc: &Orthanc, instance: &str, native: bool) -> Result<Vec<Vec<u8>>> {
    let path = format!("{instance}/content/7fe0-0010");
    let answer = get(&format!("{}{path}", orthanc.url())).send()?;
    if answer.status == 404 {
        return Ok(Vec::new());
    }
    let answer = answer.expect(200)?;
    if native {
        return Ok(vec![answer.body]);
    }
    let fragments = answer.json()?;
    let fragments = fragments.as_array().context("no list of fragments")?;
    let fragment = |number: &Value| -> Result<Vec<u8>> {
        orthanc.bytes(&format!("{path}/{}", number.as_str().context("no number")?))
    };
    fragments.iter().map(fragment).collect()
}

/// All that Orthanc has.
fn held(orthanc: &Orthanc) -> Result<Held> {
    let ids = orthanc.get("/instances")?;
    let mut held = Held::new();
    for id in ids.as_array().context("no list")? {
        let path = format!("/instances/{}", id.as_str().context("no id")?);
        let uid = orthanc.get(&path)?["MainDicomTags"]["SOPInstanceUID"].clone();
        let syntax = orthanc.bytes(&format!("{path}/metadata/TransferSyntax"))?;
        let syntax = String::from_utf8(syntax)?;
        held.insert((
            uid.as_str().context("no UID")?.to_owned(),
            syntax.clone(),
            pixels(orthanc, &path, NATIVE.contains(&&*syntax))?,
        ));
    }
    Ok(held)
}

/// Puts `files` into an empty Orthanc; what it has then.
fn filled(orthanc: &Orthanc, files: &[Vec<u8>]) -> Result<Held> {
    for file in files {
        orthanc.post("/instances", file)?;
    }
    let held = held(orthanc)?;
    ensure!(held.len() == files.len(), "Orthanc took {}", held.len());
    Ok(held)
}

/// Orthanc pushes all that it has to us.
fn push(orthanc: &Orthanc) -> Result<Value> {
    let studies = orthanc.get("/studies")?;
    let push = json!({ "Resources": studies, "Synchronous": true });
    ask(orthanc, "stow", &push)
}

/// The Study Instance UIDs of all that Orthanc has, by its own names.
fn studies(orthanc: &Orthanc) -> Result<Vec<(String, Value)>> {
    let ids = orthanc.get("/studies")?;
    let mut found = Vec::new();
    for id in ids.as_array().context("no studies")? {
        let path = format!("/studies/{}", id.as_str().context("no id")?);
        let uid = orthanc.get(&path)?["MainDicomTags"]["StudyInstanceUID"].clone();
        found.push((path, uid));
    }
    Ok(found)
}

/// Orthanc searches us for a study.
fn search(orthanc: &Orthanc, study: &Value) -> Result<Value> {
    let query = json!({ "Uri": "/studies", "Arguments": { "StudyInstanceUID": study } });
    ask(orthanc, "qido", &query)
}

/// Orthanc pulls studies from us, asking for `accept`.
fn pull(orthanc: &Orthanc, studies: &[Value], accept: Option<&str>) -> Result<Value> {
    let wanted: Vec<_> = studies.iter().map(|uid| json!({ "Study": uid })).collect();
    let mut pull = json!({ "Resources": wanted, "Synchronous": true });
    if let Some(accept) = accept {
        pull["HttpHeaders"] = json!({ "Accept": accept });
    }
    ask(orthanc, "retrieve", &pull)
}

/// A request to us, with a credential where there is one.
fn here(server: &Server, url: &str, credential: Option<&str>) -> Request {
    let path = url.split_once("/dicom-web").map_or(url, |(_, path)| path);
    let request = server.dicom_web("GET", path);
    match credential {
        Some(token) => request.header("Authorization", &format!("Bearer {token}")),
        None => request,
    }
}

/// The transfer syntax in which we keep an instance: that of the file that we give as it is stored.
fn kept(server: &Server, sop: &str, credential: Option<&str>) -> Result<String> {
    let query = format!("/instances?SOPInstanceUID={sop}");
    let found = here(server, &query, credential).send()?.expect(200)?;
    let found = found.json()?;
    let url = first(&found[0], "00081190").as_str().context("no URL")?;
    let file = here(server, url, credential)
        .header("Accept", "application/dicom; transfer-syntax=*")
        .send()?
        .expect(200)?;
    Ok(split(&file.body)?.0)
}

/// Orthanc pushes `files` to us, finds them here, loses its own and pulls them again, asking for
/// `accept`. What it had before and what it has in the end; what we keep is as it had it.
fn there_and_back(
    (server, credential): (&Server, Option<&str>),
    orthanc: &Orthanc,
    files: &[Vec<u8>],
    accept: Option<&str>,
) -> Result<(Held, Held)> {
    let before = filled(orthanc, files)?;
    push(orthanc)?;
    for (uid, syntax, _) in &before {
        let kept = kept(server, uid, credential)?;
        ensure!(kept == *syntax, "{uid}: {syntax} is kept as {kept}");
    }
    let mut wanted = Vec::new();
    for (path, uid) in studies(orthanc)? {
        let found = search(orthanc, &uid)?;
        ensure!(
            found.as_array().is_some_and(|found| found.len() == 1),
            "{uid}: {found}"
        );
        ensure!(found[0]["0020000D"]["Value"] == uid, "{found}");
        wanted.push(uid);
        Request::new("DELETE", &format!("{}{path}", orthanc.url()))
            .send()?
            .expect(200)?;
    }
    ensure!(orthanc.instances()? == 0, "Orthanc still holds something");
    pull(orthanc, &wanted, accept)?;
    Ok((before, held(orthanc)?))
}

/// Three slices of a CT, without compression.
fn computed_tomography(patient: &str) -> Result<Vec<Vec<u8>>> {
    let first = Ct {
        size: 64,
        ..Ct::new(patient)?
    };
    Ok(slices(first, 3)?.iter().map(Object::file).collect())
}

#[test]
fn orthanc_pushes_searches_and_pulls_over_the_web() -> Result<()> {
    let server = Server::dev()?;
    let orthanc = knowing(&server, None)?;
    let mut files = computed_tomography("ORTHANC-WEB")?;
    let mut folders = folders(&["generated/codec"])?;
    if folders.is_empty() {
        folders.push("pydicom".into());
    }
    let mut taken: Vec<(String, String)> = Vec::new();
    for file in survey(&folders)? {
        let small = fs::metadata(&file.path)?.len() < 1_000_000;
        let syntax = file.transfer_syntax.as_str();
        let few = taken.iter().filter(|(of, _)| of == syntax).count() < 3;
        let new = taken.iter().all(|(_, sop)| *sop != file.sop);
        if file.storable && small && few && new && SYNTAXES.contains(&syntax) {
            taken.push((syntax.to_owned(), file.sop.clone()));
            files.push(file.file()?);
        }
    }
    ensure!(files.len() >= 10, "{} files", files.len());
    let as_stored = "multipart/related; type=\"application/dicom\"; transfer-syntax=*";
    let (before, after) = there_and_back((&server, None), &orthanc, &files, Some(as_stored))?;
    let syntaxes: BTreeSet<&str> = before.iter().map(|(_, syntax, _)| &**syntax).collect();
    ensure!(syntaxes.len() >= 4, "only {syntaxes:?}");
    for (uid, syntax, frames) in &before {
        let back = after.iter().find(|(other, ..)| other == uid);
        let (_, other, back) = back.with_context(|| format!("{uid} did not come back"))?;
        ensure!(other == syntax, "{uid}: {syntax} came back as {other}");
        ensure!(frames == back, "{uid} {syntax}: other pixels came back");
    }
    ensure!(before.len() == after.len(), "more came back");
    Ok(())
}

#[test]
fn orthanc_shows_its_credential() -> Result<()> {
    let server = Setup {
        guarded: true,
        ..Setup::default()
    }
    .start()?;
    let token = server.sign_in("orthanc", &["radiologist"], "a-longer-passphrase-7")?;
    let files = computed_tomography("ORTHANC-STRANGER")?;
    // Nobody's, and one that is none (RFC 9110 §15.5.2).
    for credential in [None, Some("no-token-of-ours")] {
        let stranger = knowing(&server, credential)?;
        filled(&stranger, &files)?;
        let known = studies(&stranger)?;
        let [(_, study)] = &known[..] else {
            anyhow::bail!("{known:?}");
        };
        let answers = [
            push(&stranger),
            search(&stranger, study),
            pull(&stranger, std::slice::from_ref(study), None),
        ];
        for (request, answer) in ["push", "search", "pull"].iter().zip(answers) {
            ensure!(answer.is_err(), "a {request} of a stranger: {answer:?}");
        }
        // Of a retrieval it tells only that what came was no object.
        let refused = stranger.log().matches("401 (Unauthorized)").count();
        ensure!(refused >= 2, "{refused} times: {}", stranger.log());
    }
    let everything = here(&server, "/instances", Some(&token)).send()?;
    ensure!(everything.status == 204, "{}", everything.text());

    let orthanc = knowing(&server, Some(&token))?;
    let files = computed_tomography("ORTHANC-GUARDED")?;
    let ours = (&server, Some(&*token));
    let (before, after) = there_and_back(ours, &orthanc, &files, None)?;
    ensure!(before.len() == 3 && before == after, "changed on its way");
    Ok(())
}
