//! What several tests do.

use std::{
    sync::{Barrier, Mutex},
    thread,
};

use anyhow::{Context, Result, anyhow, ensure};
use serde_json::Value;
use testkit::{
    fixture::{Object, split},
    multipart,
    peer::{Association, Outcome, Proposal},
    server::Server,
};

/// An association on which an object can be sent.
pub(crate) fn associate_for(server: &Server, object: &Object) -> Result<Association> {
    server.associate(&[
        Proposal::new(&object.sop_class, &[&object.transfer_syntax]),
        Proposal::new(testkit::peer::VERIFICATION, &[testkit::peer::IMPLICIT]),
    ])
}

/// C-STORE of an object.
pub(crate) fn store(association: &mut Association, object: &Object) -> Result<Outcome> {
    association.store(
        &object.sop_class,
        &object.sop,
        &object.transfer_syntax,
        &object.dataset,
    )
}

/// Sends objects one after another and insists on success.
pub(crate) fn send_all(server: &Server, objects: &[Object]) -> Result<()> {
    let mut association = associate_for(server, objects.first().context("nothing to send")?)?;
    for object in objects {
        let outcome = store(&mut association, object)?;
        ensure!(outcome.status == 0, "{outcome:?}");
    }
    association.release()
}

/// Runs `work` in `count` threads that start at the same moment.
pub(crate) fn at_once<T: Send>(
    count: usize,
    work: impl Fn(usize) -> Result<T> + Sync,
) -> Result<Vec<T>> {
    let barrier = Barrier::new(count);
    let results = Mutex::new(Vec::new());
    thread::scope(|scope| {
        for number in 0..count {
            let (barrier, results, work) = (&barrier, &results, &work);
            scope.spawn(move || {
                barrier.wait();
                let result = work(number);
                if let Ok(mut results) = results.lock() {
                    results.push((number, result));
                }
            });
        }
    });
    let mut results = results
        .into_inner()
        .map_err(|_| anyhow!("a thread panicked"))?;
    ensure!(results.len() == count, "a thread panicked");
    results.sort_by_key(|(number, _)| *number);
    results.into_iter().map(|(_, result)| result).collect()
}

/// The data set of an instance as stored, by WADO-RS.
pub(crate) fn fetch(server: &Server, study: &str, series: &str, sop: &str) -> Result<Vec<u8>> {
    let path = format!("/studies/{study}/series/{series}/instances/{sop}");
    let accept = "multipart/related; type=\"application/dicom\"; transfer-syntax=*";
    let answer = server
        .dicom_web("GET", &path)
        .header("Accept", accept)
        .send()?
        .expect(200)?;
    let parts = multipart::parts(&answer)?;
    ensure!(parts.len() == 1, "{} parts", parts.len());
    Ok(split(&parts[0].body)?.1.to_vec())
}

/// The answer of a QIDO-RS search; none found is an empty list.
pub(crate) fn qido(server: &Server, path: &str) -> Result<Vec<Value>> {
    let answer = server.dicom_web("GET", path).send()?;
    if answer.status == 204 {
        return Ok(Vec::new());
    }
    let Value::Array(found) = answer.expect(200)?.json()? else {
        anyhow::bail!("no array");
    };
    Ok(found)
}

/// The first value of an attribute of a QIDO-RS answer.
pub(crate) fn first<'a>(attributes: &'a Value, tag: &str) -> &'a Value {
    &attributes[tag]["Value"][0]
}

/// `yingyun verify`, which must find nothing.
pub(crate) fn verify_clean(server: &Server) -> Result<()> {
    let verified = server.verb(&["verify"])?;
    ensure!(
        verified.status.success(),
        "verify found:\n{}",
        verified.text
    );
    Ok(())
}

/// `yingyun index dump`.
pub(crate) fn dump(server: &Server) -> Result<String> {
    Ok(server.verb(&["index", "dump"])?.successful()?.stdout)
}
