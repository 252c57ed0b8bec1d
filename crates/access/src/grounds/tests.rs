//! The rule against cases written out by hand.

use time::Duration;

use super::*;

fn id(text: &str) -> InstitutionId {
    InstitutionId::new(text).unwrap()
}

fn patient(text: &str) -> PatientIdentity {
    PatientIdentity {
        issuer: "EHC".into(),
        id: text.into(),
    }
}

fn at(hour: i64) -> OffsetDateTime {
    OffsetDateTime::UNIX_EPOCH + Duration::hours(hour)
}

/// Of patient P, in force from hour 1 to hour 9.
fn reach() -> Reach {
    Reach {
        patient: patient("P"),
        holder: None,
        study: None,
        study_from: String::new(),
        study_to: String::new(),
        from: at(1),
        until: at(9),
    }
}

fn holding(institution: &str, first: u128) -> Holding {
    Holding {
        institution: id(institution),
        patient: patient("P"),
        study: Uid::new("1.2").unwrap(),
        study_date: "20240301".into(),
        categories: Vec::new(),
        first: Ulid(first),
    }
}

fn grant(basis: Basis) -> Grant {
    Grant {
        id: Ulid(basis as u128),
        basis,
        reader: id("b"),
        account: None,
        reach: reach(),
        categories: Vec::new(),
    }
}

fn prohibition(by: Prohibitor) -> Prohibition {
    Prohibition {
        by,
        reader: None,
        reach: reach(),
        category: String::new(),
    }
}

/// What a doctor of `b` sees at an hour: the basis and the holder.
fn seen(facts: &Facts, hour: i64) -> Option<(Basis, String)> {
    let reader = Reader {
        institution: id("b"),
        account: Some("doctor".into()),
    };
    let ground = ground(&reader, at(hour), facts)?;
    Some((ground.basis(), ground.holder().to_string()))
}

fn facts(grants: &[Grant], prohibitions: &[Prohibition]) -> Facts {
    Facts {
        is_held: false,
        holdings: vec![holding("a", 1)],
        grants: grants.to_vec(),
        prohibitions: prohibitions.to_vec(),
    }
}

#[test]
fn without_a_basis_nothing_is_seen_and_with_one_while_it_lasts() {
    assert_eq!(seen(&facts(&[], &[]), 5), None);
    for basis in Basis::ALL {
        let facts = facts(&[grant(basis)], &[]);
        let during = Some((basis, "a".to_owned()));
        let at = [0, 1, 8, 9].map(|hour| seen(&facts, hour));
        assert_eq!(at, [None, during.clone(), during, None], "{basis:?}");
    }
}

#[test]
fn the_own_holding_comes_first_then_the_origins() {
    let mut facts = facts(&[grant(Basis::Consent)], &[]);
    facts.holdings = vec![holding("c", 7), holding("a", 9), holding("b", 1)];
    assert_eq!(seen(&facts, 5), Some((Basis::Consent, "c".into())));
    facts.is_held = true;
    assert_eq!(
        seen(&facts, 5),
        None,
        "a permit for the own one is as it is"
    );
}

#[test]
fn the_law_stands_before_the_patient_and_the_patient_before_the_basis() {
    for basis in Basis::ALL {
        let forbidden = facts(&[grant(basis)], &[prohibition(Prohibitor::Patient)]);
        assert_eq!(seen(&forbidden, 5).is_some(), basis == Basis::Emergency);
        let blocked = facts(&[grant(basis)], &[prohibition(Prohibitor::Law)]);
        assert_eq!(seen(&blocked, 5), None, "{basis:?}");
    }
}

#[test]
fn what_is_sensitive_needs_a_consent_that_names_it() {
    for basis in Basis::ALL {
        let mut named = facts(&[grant(basis)], &[]);
        named.holdings[0].categories = vec!["psychiatry".into()];
        assert_eq!(seen(&named, 5).is_some(), basis == Basis::Emergency);
        named.grants[0].categories = vec!["psychiatry".into()];
        let is_seen = matches!(basis, Basis::Emergency | Basis::Consent);
        assert_eq!(seen(&named, 5).is_some(), is_seen, "{basis:?}");
    }
}

#[test]
fn every_bound_of_a_grant_holds() {
    let bound = |change: fn(&mut Grant)| {
        let mut grant = grant(Basis::Consent);
        change(&mut grant);
        seen(&facts(&[grant], &[]), 5).is_some()
    };
    assert!(bound(|grant| grant.reach.holder = Some(id("a"))));
    assert!(!bound(|grant| grant.reach.holder = Some(id("c"))));
    assert!(bound(|grant| grant.account = Some("doctor".into())));
    assert!(!bound(|grant| grant.account = Some("other".into())));
    assert!(!bound(|grant| grant.reader = id("c")));
    assert!(!bound(|grant| grant.reach.patient = patient("Q")));
    assert!(!bound(|grant| grant.reach.study = Uid::new("1.3").ok()));
    assert!(bound(|grant| grant.reach.study_from = "20240301".into()));
    assert!(!bound(|grant| grant.reach.study_from = "20240302".into()));
    assert!(!bound(|grant| grant.reach.study_to = "20240229".into()));
}

#[test]
fn a_study_of_no_day_is_forbidden_rather_than_allowed() {
    let mut dated = prohibition(Prohibitor::Patient);
    dated.reach.study_from = "20300101".into();
    let mut facts = facts(&[grant(Basis::Consent)], &[dated]);
    assert!(seen(&facts, 5).is_some());
    facts.holdings[0].study_date.clear();
    assert_eq!(seen(&facts, 5), None);
    facts.prohibitions.clear();
    facts.grants[0].reach.study_to = "20300101".into();
    assert_eq!(seen(&facts, 5), None);
}
