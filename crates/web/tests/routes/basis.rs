//! What another institution holds, by every route, on every basis in every state it can be in, for every role that
//! reads. The table is written apart from the code: `docs/security.md` says the same.

use std::collections::{HashMap, hash_map::Entry};

use access::{Prohibitor, Role};
use axum::{
    body::Body,
    http::{Request, header},
};
use database::grants::{NewGrant, NewProhibition, Terms};
use model::{Basis, InstitutionId, Operation, PatientIdentity, Standing, StudyKey, Uid};
use testkit::{
    fixture::{Ct, Object},
    multipart,
};
use time::{Duration, OffsetDateTime, macros::datetime};
use ulid::Ulid;

use crate::{
    house::House,
    matrix::{NAMED, deed, routes, told},
};

/// The tests' clock stands.
const NOON: OffsetDateTime = datetime!(2026-07-01 12:00 UTC);

/// How a grant stands, and on which bases something is seen then.
const STATES: [(&str, &[&str]); 14] = [
    ("none", &[]),
    ("active", &EVERY),
    ("of this account", &EVERY),
    ("of another account", &[]),
    ("to another institution", &[]),
    ("for another patient", &[]),
    ("for another study", &[]),
    ("for another holder", &[]),
    ("not begun", &[]),
    ("expired", &[]),
    ("ended", &[]),
    ("prohibited by the patient", &["emergency"]),
    ("prohibited by law", &[]),
    ("of a sensitive study", &["emergency"]),
];
const EVERY: [&str; 5] = ["consent", "encounter", "referral", "consult", "emergency"];

/// A study of the home institution, and a grant of it to `reader` in a state.
struct Case {
    name: String,
    object: Object,
    is_seen: bool,
}

fn identity(patient: &str) -> PatientIdentity {
    PatientIdentity {
        issuer: "local".into(),
        id: patient.into(),
    }
}

fn terms(patient: &str) -> Terms {
    Terms {
        patients: vec![identity(patient)],
        holder: None,
        studies: Vec::new(),
        study_from: String::new(),
        study_to: String::new(),
        from: NOON - Duration::hours(2),
        until: NOON + Duration::hours(2),
        evidence: "form 7".into(),
    }
}

/// Puts a case into the house: number `at`.
async fn case(
    house: &House,
    reader: &InstitutionId,
    at: usize,
    basis: Basis,
    state: &'static str,
) -> Case {
    let patient = format!("C{at:03}");
    let object = Ct::new(&patient).unwrap().object();
    let (home, study) = (house.institution.clone(), Uid::new(&object.study).unwrap());
    let is_seen = STATES
        .iter()
        .any(|(name, bases)| *name == state && bases.contains(&basis.as_str()));
    let mut grant = NewGrant {
        id: Ulid(1000 + at as u128),
        basis,
        reader: reader.clone(),
        account: None,
        categories: Vec::new(),
        reference: String::new(),
        terms: terms(&patient),
    };
    let (mut by, mut ends) = (None, false);
    match state {
        "of this account" => grant.account = Some("physician".into()),
        "of another account" => grant.account = Some("somebody".into()),
        "to another institution" => grant.reader = home.clone(),
        "for another patient" => grant.terms.patients = vec![identity("NOBODY")],
        "for another study" => grant.terms.studies = vec![Uid::new("1.2.3").unwrap()],
        "for another holder" => grant.terms.holder = Some(reader.clone()),
        "not begun" => grant.terms.from = NOON + Duration::SECOND,
        "expired" => grant.terms.until = NOON,
        "ended" => ends = true,
        "prohibited by the patient" => by = Some(Prohibitor::Patient),
        "prohibited by law" => by = Some(Prohibitor::Law),
        "of a sensitive study" => {
            let key = StudyKey {
                institution: home.clone(),
                study,
            };
            let marked = deed(&home);
            let category = ["psychiatry".to_owned()];
            // It is marked once it is there.
            store(house, &object).await;
            let marking = house.database.set_categories(&marked, &key, &category);
            assert!(marking.await.unwrap());
        }
        _ => {}
    }
    store(house, &object).await;
    let written = deed(&home);
    if state != "none" {
        house.database.add_grant(&written, &grant).await.unwrap();
    }
    if ends {
        let ending = house.database.end_grant(&written, &home, grant.id, NOON);
        assert!(ending.await.unwrap());
    }
    if let Some(by) = by {
        let prohibition = NewProhibition {
            id: grant.id,
            by,
            reader: None,
            category: String::new(),
            terms: terms(&patient),
        };
        let forbidding = house.database.add_prohibition(&written, &prohibition);
        forbidding.await.unwrap();
    }
    Case {
        name: format!("{} {state}", basis.as_str()),
        object,
        is_seen,
    }
}

async fn store(house: &House, object: &Object) {
    let stow = Request::post("/dicom-web/studies")
        .header(header::AUTHORIZATION, "Bearer owner")
        .header(header::CONTENT_TYPE, multipart::STOW_TYPE)
        .body(Body::from(multipart::stow_body(&[&object.file()])));
    assert_eq!(house.send(stow.unwrap()).await.status, 200);
}

/// What reads: of the matrix, and what names what is sought. Of the changes an institution reads its own only.
fn reading() -> impl Iterator<Item = (&'static str, &'static str)> {
    let reads = |what: &str| what.ends_with("query") || what.ends_with("retrieve");
    let all = routes().chain(NAMED);
    let some = all.filter(move |(what, _, path)| reads(what) && !path.contains("PatientID="));
    some.filter(|(.., path)| !is_apart(path))
        .map(|(_, method, path)| (method, path))
}

#[tokio::test]
async fn every_route_shows_what_a_basis_lets_see() {
    let house = House::new(|_| {}).await;
    let home = house.institution.clone();
    let made = deed(&home);
    let hash = accounts::hash("owner");
    let owner = database::Deed {
        subject: "owner",
        ..made
    };
    let end = NOON + Duration::hours(9);
    let created = house
        .database
        .create_token(&owner, &hash, &Operation::ALL, end);
    assert!(created.await.unwrap());
    let east = house.institution(Standing::Active).await;
    let mut readers = Vec::new();
    for role in [
        Role::Physician,
        Role::Radiologist,
        Role::Technologist,
        Role::Archivist,
        Role::QualityOfficer,
    ] {
        readers.push((role.as_str(), house.session(&east, role).await));
    }
    let program = [Operation::Query, Operation::Retrieve];
    readers.push(("program", house.program(&east, &program).await));
    let unheld = Ct::new("C999").unwrap().object();

    let (mut wrong, mut seen, mut at) = (Vec::new(), 0, 0);
    let mut of_nobody: HashMap<(usize, (&str, &str)), String> = HashMap::new();
    for basis in Basis::ALL {
        for (state, _) in STATES {
            at += 1;
            let case = case(&house, &east, at, basis, state).await;
            for (number, (who, token)) in readers.iter().enumerate() {
                let of_account = state == "of this account";
                let is_seen = case.is_seen && (!of_account || *who == "physician");
                let why = ("GET", "/api/studies/{study}/basis");
                let why = told(&house, token, why, &case.object).await;
                let says = format!("\"basis\":\"{}\"", basis.as_str());
                if why.starts_with("200") != is_seen || why.contains(&says) != is_seen {
                    wrong.push(format!("{} by {who}: {why}", case.name));
                }
                for (nth, route) in reading().enumerate() {
                    // One reader goes by every route on two bases, the others by some each.
                    let is_whole =
                        number == 0 && [Basis::Consent, Basis::Emergency].contains(&basis);
                    if !is_whole && (nth + at) % readers.len() != number {
                        continue;
                    }
                    let told_here = told(&house, token, route, &case.object).await;
                    let like = match is_seen {
                        true => told(&house, "owner", route, &case.object).await,
                        false => match of_nobody.entry((number, route)) {
                            Entry::Occupied(told_before) => told_before.get().clone(),
                            Entry::Vacant(place) => {
                                let told_now = told(&house, token, route, &unheld).await;
                                place.insert(told_now).clone()
                            }
                        },
                    };
                    seen += usize::from(is_seen && told_here.starts_with("200"));
                    if told_here != like {
                        wrong.push(format!("{} {route:?} by {who}: {told_here}", case.name));
                    }
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}:\n{}", wrong.len(), wrong.join("\n"));
    assert!(seen > 150, "what is seen is seen: {seen}");
}

/// Changes are the own institution's; a basis is told of below; a search without a key tells of all cases at once, and
/// `database` compares it with the rule.
fn is_apart(path: &str) -> bool {
    let is_unbounded =
        path.starts_with("/dicom-web/") && !path.contains("{study}") && !path.contains('?');
    is_unbounded || path.starts_with("/api/changes") || path.ends_with("/basis")
}
