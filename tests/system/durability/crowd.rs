//! Sixteen associations with the sixteen first objects of one new study: one patient, one study.

use anyhow::{Result, ensure};
use testkit::{
    fixture::{Ct, Dataset, Syntax, fresh_uid},
    peer::{IMPLICIT, PATIENT_ROOT, Proposal},
    server::{Server, Setup},
    services::postgres,
};

use crate::support::{associate_for, at_once, first, qido, store, verify_clean};

#[test]
fn sixteen_first_objects_make_one_patient_and_one_study_on_sqlite() -> Result<()> {
    one_patient_one_study(&Server::dev()?)
}

#[test]
fn sixteen_first_objects_make_one_patient_and_one_study_on_postgresql() -> Result<()> {
    let database = Some(postgres::shared()?.database()?);
    one_patient_one_study(
        &Setup {
            database,
            ..Setup::default()
        }
        .start()?,
    )
}

fn one_patient_one_study(server: &Server) -> Result<()> {
    for attempt in 0..5 {
        let id = format!("CROWD-{attempt}");
        let model = Ct {
            size: 64,
            ..Ct::new(&id)?
        };
        let mut slices = Vec::new();
        for number in 0..16 {
            // Half of them in one series, the others in series of their own.
            let series = if number < 8 {
                model.series.clone()
            } else {
                fresh_uid()?
            };
            slices.push(Ct {
                series,
                sop: fresh_uid()?,
                number: number + 1,
                ..model.clone()
            });
        }
        at_once(16, |number| {
            let object = slices[number].object();
            let mut association = associate_for(server, &object)?;
            let outcome = store(&mut association, &object)?;
            ensure!(outcome.status == 0, "{outcome:?}");
            association.release()
        })?;
        let studies = qido(server, &format!("/studies?PatientID={id}"))?;
        ensure!(studies.len() == 1, "{} studies", studies.len());
        ensure!(first(&studies[0], "00201208") == 16, "{}", studies[0]);
        ensure!(first(&studies[0], "00201206") == 9, "{}", studies[0]);
        let identifier = Dataset::default()
            .text(0x0008_0052, "CS", "PATIENT")
            .text(0x0010_0020, "LO", &id)
            .encode(Syntax::Implicit);
        let mut association = server.associate(&[Proposal::new(PATIENT_ROOT[0], &[IMPLICIT])])?;
        let (patients, outcome) = association.find(PATIENT_ROOT[0], &identifier)?;
        ensure!(
            outcome.status == 0 && patients.len() == 1,
            "{} patients",
            patients.len()
        );
        association.release()?;
    }
    verify_clean(server)
}
