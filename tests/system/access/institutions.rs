//! Institutions beside the archive's own, on the real binary: by a table, the command line, REST and DICOM.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use testkit::{
    fixture::Ct,
    http::{Request, post},
    multipart::{STOW_TYPE, stow_body},
    peer::{Association, Proposal},
    scratch::Scratch,
    server::{AE_TITLE, Server, Setup},
};

use crate::support::store;

pub(super) const PASSWORD: &str = "a-longer-passphrase-7";

/// Signs in by a one-time password, as somebody of `institution`; what authorises.
pub(super) fn signed_in(server: &Server, institution: &str, made: &str) -> Result<String> {
    let made: Value = serde_json::from_str(made.trim())?;
    let body = json!({
        "user": made["name"],
        "institution": institution,
        "password": made["one_time_password"],
        "new_password": PASSWORD,
    });
    let answer = post(&format!("{}/api/session", server.url()))
        .header("Content-Type", "application/json")
        .send_bytes(body.to_string().as_bytes())?
        .expect(200)?
        .json()?;
    let token = answer["token"].as_str().context("no token")?;
    Ok(format!("Bearer {token}"))
}

#[test]
fn an_institution_joins_sees_its_own_and_is_stopped() -> Result<()> {
    let server = Setup {
        guarded: true,
        ..Setup::default()
    }
    .start()?;
    let verb = |words: &str| -> Result<String> {
        let words: Vec<&str> = words.split(' ').collect();
        Ok(server.verb(&words)?.successful()?.text)
    };
    let folder = Scratch::new("institutions")?;
    let table = folder.path().join("institutions.csv");
    let table = table.to_str().context("a path")?;
    std::fs::write(
        table,
        "id,credit_code,name,region\neast,123502004266007917,East,350200\n",
    )?;
    let wrong = server.verb(&["institutions", "import", table])?;
    let named = "line 2: credit_code: the credit code ends in 7, but 6 is due";
    ensure!(
        !wrong.status.success() && wrong.text.contains(named),
        "{}",
        wrong.text
    );
    // As a spreadsheet in China saves it, in GB 18030: 市第一医院.
    let saved = b"id,credit_code,name,region\r\neast,123502004266007916,\xCA\xD0\xB5\xDA\xD2\xBB\xD2\xBD\xD4\xBA,350200\r\n";
    std::fs::write(table, saved)?;
    verb(&format!("institutions import {table}"))?;
    let listed = verb("institutions list")?;
    ensure!(
        listed.contains("市第一医院") && listed.contains("pending"),
        "{listed}"
    );
    verb("entities put east CTEAST --host 127.0.0.1 --port 104 --operation store")?;

    // What is only entered stores nothing.
    let slice = |number| -> Result<_> {
        let slice = Ct {
            size: 64,
            number,
            ..Ct::new("EAST")?
        };
        Ok(slice.object())
    };
    let first = slice(1)?;
    let proposal = Proposal::new(&first.sop_class, &[&first.transfer_syntax]);
    let mut modality = Association::request(server.dicom(), "CTEAST", AE_TITLE, &[proposal])?;
    ensure!(
        store(&mut modality, &first)?.status == 0x0124,
        "it is pending"
    );
    verb("institutions standing east testing")?;
    verb("institutions standing east active")?;
    stored_with(&server, &mut modality, 0)?;

    // Its people see it, the archive's own do not.
    let doctor = verb("users add zhang.san --role radiologist --institution east")?;
    let doctor = signed_in(&server, "east", &doctor)?;
    let own = verb("users add zhang.san --role radiologist")?;
    let own = signed_in(&server, "local", &own)?;
    let found = |who: &str| -> Result<u16> {
        let search = server.dicom_web("GET", "/studies?PatientID=EAST");
        Ok(search.header("Authorization", who).send()?.status)
    };
    ensure!(found(&doctor)? == 200 && found(&own)? == 204);

    // Stopped by the system administrator, while the modality is connected.
    let system = verb("users add system --role system_administrator")?;
    let system = signed_in(&server, "local", &system)?;
    let standing = |institution: &str| -> Result<u16> {
        let path = format!(
            "{}/api/admin/institutions/{institution}/standing",
            server.url()
        );
        let asked = Request::new("PUT", &path)
            .header("Authorization", &system)
            .header("Content-Type", "application/json");
        Ok(asked.send_bytes(br#"{"standing": "suspended"}"#)?.status)
    };
    ensure!(standing("east")? == 204);
    ensure!(standing("local")? == 409, "the archive's own stays");
    stored_with(&server, &mut modality, 0x0124)?;
    modality.release()?;
    ensure!(found(&doctor)? == 200, "what is there is read");
    let stow = server
        .dicom_web("POST", "/studies")
        .header("Authorization", &doctor)
        .header("Content-Type", STOW_TYPE)
        .send_bytes(&stow_body(&[&first.file()]))?;
    let said = String::from_utf8_lossy(&stow.body).into_owned();
    ensure!(
        stow.status == 403 && said.contains("east is suspended"),
        "{said}"
    );
    Ok(())
}

/// Stores until the answer is `status`: an open association is looked at again after some seconds.
fn stored_with(server: &Server, modality: &mut Association, status: u16) -> Result<()> {
    let began = Instant::now();
    loop {
        let object = Ct {
            size: 64,
            ..Ct::new("EAST")?
        }
        .object();
        let answer = store(modality, &object)?;
        if answer.status == status {
            return Ok(());
        }
        ensure!(
            began.elapsed() < Duration::from_secs(60),
            "{answer:?}: {}",
            server.log()
        );
        std::thread::sleep(Duration::from_millis(200));
    }
}
