//! Grants, encounters, prohibitions, categories and emergencies as they are written down and ended.

use access::Prohibitor;
use database::{
    Deed,
    grants::{NewGrant, NewProhibition, Outcome, Page, Terms},
};
use model::{
    AccessEpisode, AuditPort, Basis, Clock, InstitutionId, Operation, PatientIdentity, Purpose,
    StudyKey, Uid,
};
use time::Duration;
use ulid::Ulid;

use crate::fixture::{House, Object, institution, study_key, ulid};

crate::on_both!(
    a_grant_is_told_as_it_was_written_and_ended,
    a_visit_is_one_grant_however_often_it_is_told,
    a_prohibition_is_lifted_by_who_wrote_it_down,
    an_emergency_is_reviewed_once_by_those_it_concerns,
    categories_are_of_what_is_held,
);

fn id(text: &str) -> InstitutionId {
    InstitutionId::new(text).unwrap()
}

fn deed<'a>(home: &'a InstitutionId, what: &'static str) -> Deed<'a> {
    Deed {
        institution: home,
        actor: "user:keeper".into(),
        deed: what,
        subject: "somebody",
        detail: String::new(),
    }
}

fn page(institution: &InstitutionId) -> Page<'_> {
    Page {
        institution,
        before: None,
        limit: 10,
    }
}

fn grant(house: &House, basis: Basis) -> NewGrant {
    let now = house.clock.now();
    let patient = |id: &str| PatientIdentity {
        issuer: "EHC".into(),
        id: id.into(),
    };
    NewGrant {
        id: ulid(),
        basis,
        reader: id("east"),
        account: Some("doctor".into()),
        categories: vec!["hiv".into(), "psychiatry".into()],
        reference: String::new(),
        terms: Terms {
            patients: vec![patient("P1"), patient("P2")],
            holder: Some(institution()),
            studies: vec![Uid::new("1.1").unwrap(), Uid::new("1.2").unwrap()],
            study_from: "20230101".into(),
            study_to: "20240101".into(),
            from: now,
            until: now + Duration::hours(8),
            evidence: "form 7".into(),
        },
    }
}

async fn with_institutions(house: &House) {
    for name in ["east", "west"] {
        house.database.ensure_institution(&id(name)).await.unwrap();
    }
}

async fn a_grant_is_told_as_it_was_written_and_ended(house: House) {
    with_institutions(&house).await;
    let (database, home) = (&house.database, institution());
    let written = grant(&house, Basis::Consent);
    let made = deed(&home, "grant_made");
    database.add_grant(&made, &written).await.unwrap();
    for (who, sees) in [
        (home.clone(), true),
        (id("east"), true),
        (id("west"), false),
    ] {
        let listed = database.grants(&page(&who)).await.unwrap();
        let told = listed.into_iter().map(|row| row.grant);
        let expected = sees.then(|| written.clone());
        assert_eq!(told.collect::<Vec<_>>(), Vec::from_iter(expected), "{who}");
    }
    let end = house.clock.now() + Duration::hours(2);
    let ended = deed(&home, "grant_ended");
    let other = id("west");
    let by_other = database.end_grant(&ended, &other, written.id, end).await;
    assert!(!by_other.unwrap(), "another institution does not end it");
    assert!(
        database
            .end_grant(&ended, &home, written.id, end)
            .await
            .unwrap()
    );
    let again = database.end_grant(&ended, &home, written.id, end).await;
    assert!(!again.unwrap(), "it was ended");
    let row = database.grant(written.id).await.unwrap().unwrap();
    assert_eq!(row.grant.terms.until, end);
    assert_eq!(row.recorded.ended, Some(house.clock.now()));
    assert_eq!(row.recorded.by, "user:keeper");
    let deeds = database.deeds(&home, None, 10).await.unwrap();
    let deeds: Vec<&str> = deeds.iter().map(|row| row.deed.as_str()).collect();
    assert_eq!(deeds, ["grant_ended", "grant_made"]);
    assert!(database.grant(Ulid(1)).await.unwrap().is_none());
}

async fn a_visit_is_one_grant_however_often_it_is_told(house: House) {
    with_institutions(&house).await;
    let (database, east) = (&house.database, id("east"));
    let told = |visit: &str| NewGrant {
        reference: visit.into(),
        ..grant(&house, Basis::Encounter)
    };
    let opened = deed(&east, "encounter_opened");
    let first = database.put_encounter(&opened, &told("V1")).await.unwrap();
    let mut later = told("V1");
    later.terms.patients.truncate(1);
    later.terms.holder = Some(id("west"));
    later.terms.study_from = "20230601".into();
    later.terms.study_to = "20230701".into();
    let again = database.put_encounter(&opened, &later).await.unwrap();
    let other = database.put_encounter(&opened, &told("V2")).await.unwrap();
    assert_eq!(first, again);
    assert_ne!(first, other);
    let row = database.encounter(&east, "V1").await.unwrap().unwrap();
    assert_eq!(row.grant.terms, later.terms, "what was told last");
    assert!(database.encounter(&east, "").await.unwrap().is_none());
    let elsewhere = database.encounter(&institution(), "V1").await.unwrap();
    assert!(elsewhere.is_none(), "a visit is of one institution");
}

async fn a_prohibition_is_lifted_by_who_wrote_it_down(house: House) {
    with_institutions(&house).await;
    let (database, home) = (&house.database, institution());
    let written = NewProhibition {
        id: ulid(),
        by: Prohibitor::Law,
        reader: Some(id("west")),
        category: "hiv".into(),
        terms: grant(&house, Basis::Consent).terms,
    };
    let made = deed(&home, "prohibition_made");
    database.add_prohibition(&made, &written).await.unwrap();
    let listed = database.prohibitions(&page(&home)).await.unwrap();
    assert_eq!(listed.len(), 1);
    assert_eq!(listed[0].prohibition, written);
    let east = id("east");
    assert!(
        database
            .prohibitions(&page(&east))
            .await
            .unwrap()
            .is_empty()
    );
    let lifted = deed(&home, "prohibition_lifted");
    let lift = async |by: &InstitutionId| {
        let lifting = database.lift_prohibition(&lifted, by, written.id).await;
        lifting.unwrap()
    };
    assert!(!lift(&east).await);
    assert!(lift(&home).await);
    assert!(!lift(&home).await);
    let listed = database.prohibitions(&page(&home)).await.unwrap();
    assert_eq!(listed[0].prohibition.terms.until, house.clock.now());
}

async fn an_emergency_is_reviewed_once_by_those_it_concerns(house: House) {
    with_institutions(&house).await;
    let (database, east, home) = (&house.database, id("east"), institution());
    let broken = grant(&house, Basis::Emergency);
    let due = house.clock.now() + Duration::hours(72);
    let opened = deed(&east, "emergency_opened");
    let added = database.add_emergency(&opened, &broken, "unconscious", due);
    added.await.unwrap();
    let concerns = async |who: &InstitutionId| {
        let listed = database.emergencies(&page(who)).await.unwrap();
        let seen = listed.iter().map(|one| one.studies_seen);
        seen.collect::<Vec<u64>>()
    };
    assert_eq!(concerns(&east).await, [0]);
    assert!(
        concerns(&home).await.is_empty(),
        "nothing of theirs was opened"
    );
    for study in ["1.1", "1.1", "1.2"] {
        let episode = AccessEpisode {
            actor: "user:doctor".into(),
            reader: Some(east.clone()),
            purpose: Purpose::Treatment,
            operation: Operation::Retrieve,
            study: Some(study_key(study)),
            basis: Some((Basis::Emergency, broken.id)),
            began: house.clock.now(),
        };
        AuditPort::open(database, episode).await.unwrap();
    }
    assert_eq!(concerns(&home).await, [2]);
    house.clock.advance(73 * 3600);
    assert_eq!(database.overdue_reviews().await.unwrap(), 1);
    let west = id("west");
    let reviewed = deed(&home, "emergency_reviewed");
    let review = async |who: &InstitutionId, outcome: Outcome| {
        let reviewing = database.review_emergency(&reviewed, who, broken.id, outcome, "noted");
        reviewing.await.unwrap()
    };
    assert!(!review(&west, Outcome::Justified).await, "not theirs");
    assert!(review(&home, Outcome::Violation).await);
    assert!(!review(&east, Outcome::Justified).await, "it was reviewed");
    assert_eq!(database.overdue_reviews().await.unwrap(), 0);
    let told = database.emergencies(&page(&east)).await.unwrap();
    let review = told[0].review.as_ref().unwrap();
    assert_eq!(review.outcome, Outcome::Violation);
    assert_eq!(told[0].reason, "unconscious");
}

async fn categories_are_of_what_is_held(house: House) {
    let (database, home) = (&house.database, institution());
    let marked = deed(&home, "study_marked");
    let categories = ["hiv".to_owned(), "psychiatry".to_owned()];
    let nobodys: StudyKey = study_key("1.9");
    let of_nobody = database.set_categories(&marked, &nobodys, &categories);
    assert!(!of_nobody.await.unwrap());
    assert_eq!(database.categories(&nobodys).await.unwrap(), None);
    database.commit(Object::new(1, 1, 1).build()).await.unwrap();
    let held = study_key("1.1");
    assert_eq!(database.categories(&held).await.unwrap(), Some(Vec::new()));
    for some in [&categories[..], &categories[..1]] {
        assert!(database.set_categories(&marked, &held, some).await.unwrap());
        let told = database.categories(&held).await.unwrap();
        assert_eq!(told.as_deref(), Some(some));
    }
}
