//! Every route for every role, in an institution of every standing; and what another institution holds.
//!
//! The tables are written apart from the code. A route that is in none of them fails.

use std::collections::BTreeSet;

use access::{Role, Roles};
use axum::{
    body::Body,
    http::{Method, Request, header},
};
use database::{Deed, registry::Details};
use model::{InstitutionId, Operation, Standing};
use testkit::{
    fixture::{Ct, Object},
    multipart,
};
use time::macros::datetime;

use crate::house::{Answer, House};

/// What a route is for: an operation on patients' data, something of the house that is kept, or neither.
const ROUTES: &[(&str, &str)] = &[
    ("open", "GET /healthz"),
    ("open", "GET /readyz"),
    ("open", "GET /api/info"),
    ("open", "POST /api/session"),
    ("open", "DELETE /api/session"),
    ("open", "GET /api/session/openid/{provider}"),
    ("open", "GET /api/session/openid/{provider}/callback"),
    ("own account", "GET /api/session/second-factor"),
    ("own account", "POST /api/session/second-factor"),
    ("own account", "PUT /api/session/second-factor"),
    ("own account", "DELETE /api/session/second-factor"),
    ("open", "GET /metrics"),
    ("open", "GET /api/openapi.json"),
    ("known", "GET /dicom-web"),
    ("known", "OPTIONS /dicom-web"),
    ("store", "POST /dicom-web/studies"),
    ("store", "POST /dicom-web/studies/{study}"),
    ("query", "GET /api/changes"),
    ("query", "GET /dicom-web/patients"),
    ("query", "GET /dicom-web/studies"),
    ("query", "GET /dicom-web/series"),
    ("query", "GET /dicom-web/instances"),
    ("query", "GET /dicom-web/studies/{study}/series"),
    ("query", "GET /dicom-web/studies/{study}/instances"),
    (
        "query",
        "GET /dicom-web/studies/{study}/series/{series}/instances",
    ),
    ("query and retrieve", "GET /api/studies/{study}/bootstrap"),
    ("retrieve", "GET /wado"),
    ("retrieve", "GET /dicom-web/studies/{study}"),
    ("retrieve", "GET /dicom-web/studies/{study}/metadata"),
    ("retrieve", "GET /dicom-web/studies/{study}/bulkdata"),
    ("retrieve", "GET /dicom-web/studies/{study}/rendered"),
    ("retrieve", "GET /dicom-web/studies/{study}/thumbnail"),
    ("retrieve", "GET /dicom-web/studies/{study}/series/{series}"),
    (
        "retrieve",
        "GET /dicom-web/studies/{study}/series/{series}/metadata",
    ),
    (
        "retrieve",
        "GET /dicom-web/studies/{study}/series/{series}/bulkdata",
    ),
    (
        "retrieve",
        "GET /dicom-web/studies/{study}/series/{series}/rendered",
    ),
    (
        "retrieve",
        "GET /dicom-web/studies/{study}/series/{series}/thumbnail",
    ),
    (
        "retrieve",
        "GET /dicom-web/studies/{study}/series/{series}/instances/{instance}",
    ),
    (
        "retrieve",
        "GET /dicom-web/studies/{study}/series/{series}/instances/{instance}/metadata",
    ),
    (
        "retrieve",
        "GET /dicom-web/studies/{study}/series/{series}/instances/{instance}/bulkdata",
    ),
    (
        "retrieve",
        "GET /dicom-web/studies/{study}/series/{series}/instances/{instance}/bulkdata/{path}",
    ),
    (
        "retrieve",
        "GET /dicom-web/studies/{study}/series/{series}/instances/{instance}/rendered",
    ),
    (
        "retrieve",
        "GET /dicom-web/studies/{study}/series/{series}/instances/{instance}/thumbnail",
    ),
    (
        "retrieve",
        "GET /dicom-web/studies/{study}/series/{series}/instances/{instance}/frames/{frames}",
    ),
    (
        "retrieve",
        "GET /dicom-web/studies/{study}/series/{series}/instances/{instance}/frames/{frames}/rendered",
    ),
    (
        "retrieve",
        "GET /dicom-web/studies/{study}/series/{series}/instances/{instance}/frames/{frames}/thumbnail",
    ),
    ("delete", "POST /dicom-web/studies/{study}/reject/{code}"),
    (
        "delete",
        "POST /dicom-web/studies/{study}/series/{series}/reject/{code}",
    ),
    (
        "delete",
        "POST /dicom-web/studies/{study}/series/{series}/instances/{instance}/reject/{code}",
    ),
    ("delete", "POST /dicom-web/studies/{study}/restore"),
    (
        "delete",
        "POST /dicom-web/studies/{study}/series/{series}/restore",
    ),
    (
        "delete",
        "POST /dicom-web/studies/{study}/series/{series}/instances/{instance}/restore",
    ),
    ("worklist", "GET /dicom-web/workitems"),
    ("worklist", "GET /dicom-web/workitems/{workitem}"),
    ("worklist", "GET /dicom-web/ws/subscribers/{ae_title}"),
    (
        "worklist",
        "POST /dicom-web/workitems/{workitem}/subscribers/{ae_title}",
    ),
    (
        "worklist",
        "DELETE /dicom-web/workitems/{workitem}/subscribers/{ae_title}",
    ),
    (
        "worklist",
        "POST /dicom-web/workitems/{workitem}/subscribers/{ae_title}/suspend",
    ),
    ("schedule", "POST /dicom-web/workitems"),
    ("schedule", "POST /dicom-web/workitems/{workitem}"),
    (
        "schedule",
        "POST /dicom-web/workitems/{workitem}/cancelrequest",
    ),
    ("schedule", "PUT /dicom-web/workitems/{workitem}/state"),
    ("subscriptions", "GET /api/webhooks"),
    ("subscriptions", "POST /api/webhooks"),
    ("subscriptions", "DELETE /api/webhooks/{webhook}"),
    ("subscriptions", "GET /api/webhooks/{webhook}/deliveries"),
    ("subscriptions", "POST /api/webhooks/{webhook}/replay"),
    ("accounts", "GET /api/admin/users"),
    ("accounts", "POST /api/admin/users"),
    ("accounts", "PUT /api/admin/users/{user}/roles"),
    ("accounts", "PUT /api/admin/users/{user}/lock"),
    ("accounts", "DELETE /api/admin/users/{user}/lock"),
    ("accounts", "POST /api/admin/users/{user}/password"),
    ("accounts", "DELETE /api/admin/users/{user}/second-factor"),
    ("accounts", "GET /api/admin/tokens"),
    ("accounts", "POST /api/admin/tokens"),
    ("accounts", "DELETE /api/admin/tokens/{token}"),
    ("deeds", "GET /api/admin/deeds"),
    ("reviews", "GET /api/admin/emergencies"),
    ("reviews", "PUT /api/admin/emergencies/{grant}/review"),
    ("consent or refer or encounter", "GET /api/grants"),
    ("consent or refer", "POST /api/grants"),
    (
        "consent or refer or encounter or emergency",
        "DELETE /api/grants/{grant}",
    ),
    ("encounter", "PUT /api/encounters/{visit}"),
    ("encounter", "DELETE /api/encounters/{visit}"),
    ("consent", "GET /api/prohibitions"),
    ("consent", "POST /api/prohibitions"),
    ("consent", "DELETE /api/prohibitions/{prohibition}"),
    ("emergency of a person", "POST /api/emergencies"),
    ("retrieve", "GET /api/studies/{study}/basis"),
    ("consent", "GET /api/studies/{study}/categories"),
    ("consent", "PUT /api/studies/{study}/categories"),
    // Of the archive's own institution only.
    ("institutions", "GET /api/admin/institutions"),
    ("institutions", "POST /api/admin/institutions"),
    ("institutions", "PUT /api/admin/institutions/{institution}"),
    (
        "institutions",
        "PUT /api/admin/institutions/{institution}/standing",
    ),
    (
        "first accounts",
        "POST /api/admin/institutions/{institution}/administrator",
    ),
    ("institutions", "GET /api/admin/entities"),
    ("institutions", "POST /api/admin/entities"),
    (
        "institutions",
        "PUT /api/admin/entities/{institution}/{ae_title}",
    ),
    (
        "institutions",
        "DELETE /api/admin/entities/{institution}/{ae_title}",
    ),
];

/// What each role is for (docs/security.md).
const ROLES: [(&str, &[&str]); 8] = [
    (
        "physician",
        &["store", "query", "retrieve", "refer", "emergency"],
    ),
    (
        "radiologist",
        &[
            "store",
            "query",
            "retrieve",
            "worklist",
            "schedule",
            "refer",
            "emergency",
        ],
    ),
    (
        "technologist",
        &["store", "query", "retrieve", "worklist", "schedule"],
    ),
    (
        "archivist",
        &[
            "store",
            "query",
            "retrieve",
            "delete",
            "encounter",
            "consent",
            "refer",
        ],
    ),
    ("quality_officer", &["query", "retrieve"]),
    ("system_administrator", &["subscriptions", "institutions"]),
    ("security_administrator", &["accounts", "first accounts"]),
    ("audit_administrator", &["deeds", "reviews"]),
];

const PATIENTS_DATA: [&str; 10] = [
    "store",
    "query",
    "retrieve",
    "delete",
    "worklist",
    "schedule",
    "encounter",
    "consent",
    "refer",
    "emergency",
];

/// What an institution's standing leaves: of patients' data, and whether its house is kept.
const STANDINGS: [(&str, &[&str], bool); 5] = [
    ("pending", &[], true),
    ("testing", &[], true),
    ("active", &PATIENTS_DATA, true),
    ("suspended", &["query", "retrieve"], true),
    ("retired", &[], false),
];

/// Somebody with a credential.
struct Somebody {
    name: String,
    token: String,
    uses: Vec<&'static str>,
    standing: &'static str,
    is_home: bool,
    is_person: bool,
}

impl Somebody {
    /// Whether a route for `what` answers.
    fn may(&self, what: &str) -> bool {
        let (_, left, is_kept) = STANDINGS
            .into_iter()
            .find(|(standing, ..)| *standing == self.standing)
            .unwrap();
        match what {
            "open" | "known" => true,
            "own account" => self.is_person,
            "query and retrieve" => self.may("query") && self.may("retrieve"),
            "emergency of a person" => self.is_person && self.may("emergency"),
            some if some.contains(" or ") => some.split(" or ").any(|one| self.may(one)),
            _ if !self.uses.contains(&what) => false,
            "institutions" | "first accounts" => self.is_home,
            what if PATIENTS_DATA.contains(&what) => left.contains(&what),
            _ => is_kept,
        }
    }
}

pub(crate) fn deed(institution: &InstitutionId) -> Deed<'_> {
    Deed {
        institution,
        actor: "operator".into(),
        deed: "user_made",
        subject: "somebody",
        detail: String::new(),
    }
}

const END: time::OffsetDateTime = datetime!(2026-07-02 12:00 UTC);

impl House {
    /// Enters an institution that stands so.
    pub(crate) async fn institution(&self, standing: Standing) -> InstitutionId {
        let id = InstitutionId::new(standing.as_str()).unwrap();
        let details = Details {
            id: id.clone(),
            credit_code: None,
            campus: String::new(),
            name: standing.to_string(),
            level: String::new(),
            ownership: String::new(),
            region: String::new(),
        };
        let home = self.institution.clone();
        let rows = [(deed(&home), details)];
        let put = self.database.put_institutions(&rows).await;
        assert_eq!(put.unwrap(), []);
        let pending = Standing::Pending;
        self.database
            .set_standing(&deed(&home), &id, pending, standing)
            .await
            .unwrap();
        id
    }

    /// A session of somebody with one role.
    pub(crate) async fn session(&self, institution: &InstitutionId, role: Role) -> String {
        let token = format!("{institution}-{role}");
        let deed = Deed {
            subject: role.as_str(),
            ..deed(institution)
        };
        let roles = Roles::new([role]).unwrap();
        assert!(
            self.database
                .create_user(&deed, "none", &roles)
                .await
                .unwrap()
        );
        let hash = accounts::hash(&token);
        self.database
            .open_session(institution, role.as_str(), &hash, END)
            .await
            .unwrap();
        token
    }

    /// A program's token.
    pub(crate) async fn program(
        &self,
        institution: &InstitutionId,
        operations: &[Operation],
    ) -> String {
        let names: Vec<&str> = operations.iter().map(|one| one.as_str()).collect();
        let token = format!("{institution}-{}", names.join("-"));
        let deed = Deed {
            subject: &token,
            ..deed(institution)
        };
        let hash = accounts::hash(&token);
        let made = self.database.create_token(&deed, &hash, operations, END);
        assert!(made.await.unwrap());
        token
    }

    async fn everybody(&self) -> Vec<Somebody> {
        let mut places = vec![(self.institution.clone(), Standing::Active, true)];
        for standing in Standing::ALL {
            places.push((self.institution(standing).await, standing, false));
        }
        let mut everybody = Vec::new();
        for (place, standing, is_home) in places {
            let somebody = |name: String, token: String, uses: Vec<&'static str>| Somebody {
                is_person: ROLES.iter().any(|(role, _)| *role == name),
                name: format!("{name} of {place}"),
                token,
                uses,
                standing: standing.as_str(),
                is_home,
            };
            for (role, uses) in ROLES {
                let token = self.session(&place, role.parse().unwrap()).await;
                everybody.push(somebody(role.into(), token, uses.to_vec()));
            }
            for operation in Operation::ALL {
                let token = self.program(&place, &[operation]).await;
                let name = format!("a program that may {}", operation.as_str());
                everybody.push(somebody(name, token, vec![operation.as_str()]));
            }
        }
        everybody
    }

    async fn ask(&self, token: Option<&str>, method: &str, path: &str) -> Answer {
        let method: Method = method.parse().unwrap();
        let mut request = Request::builder().method(method).uri(path);
        if let Some(token) = token {
            request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
        }
        self.send(request.body(Body::empty()).unwrap()).await
    }
}

/// A route with everything filled in.
fn filled(path: &str, object: &Object) -> String {
    let values = [
        ("{study}", object.study.as_str()),
        ("{series}", &object.series),
        ("{instance}", &object.sop),
        ("{frames}", "1"),
        ("{path}", "7FE00010"),
        ("{code}", "113001"),
        ("{workitem}", "1.2.3"),
        ("{ae_title}", "NOBODY"),
        ("{webhook}", "01ARZ3NDEKTSV4RRFFQ69G5FAV"),
        ("{user}", "nobody"),
        ("{token}", "nothing"),
        ("{institution}", "nowhere"),
        ("{grant}", "01ARZ3NDEKTSV4RRFFQ69G5FAV"),
        ("{prohibition}", "01ARZ3NDEKTSV4RRFFQ69G5FAV"),
        ("{visit}", "V1"),
        ("{provider}", "nobody"),
    ];
    values
        .into_iter()
        .fold(path.to_owned(), |path, (name, value)| {
            path.replace(name, value)
        })
}

pub(crate) fn routes() -> impl Iterator<Item = (&'static str, &'static str, &'static str)> {
    ROUTES.iter().map(|(what, route)| {
        let (method, path) = route.split_once(' ').unwrap();
        (*what, method, path)
    })
}

#[tokio::test]
async fn every_route_asks_what_the_table_says() {
    let described = web::openapi();
    let described = serde_json::to_value(described).unwrap();
    let methods = ["get", "post", "put", "delete", "options", "patch", "head"];
    let mut served = BTreeSet::new();
    for (path, item) in described["paths"].as_object().unwrap() {
        let of_path = methods.iter().filter(|method| item.get(**method).is_some());
        served.extend(of_path.map(|method| format!("{} {path}", method.to_uppercase())));
    }
    let known: BTreeSet<String> = ROUTES.iter().map(|(_, route)| (*route).into()).collect();
    assert_eq!(
        known.len(),
        ROUTES.len(),
        "a route stands twice in the table"
    );
    assert_eq!(served, known, "every route is in the table");

    let house = House::new(|_| {}).await;
    let nothing = Ct::new("NOBODY").unwrap().object();
    let everybody = house.everybody().await;
    let mut wrong = Vec::new();
    for (what, method, path) in routes() {
        // It ends whoever asks.
        if (method, path) == ("DELETE", "/api/session") {
            continue;
        }
        let path = filled(path, &nothing);
        for credential in [None, Some("guessed")] {
            let status = house.ask(credential, method, &path).await.status;
            if (status == 401) != (what != "open") {
                wrong.push(format!("{method} {path} with {credential:?}: {status}"));
            }
        }
        for somebody in &everybody {
            let status = house.ask(Some(&somebody.token), method, &path).await.status;
            if status == 401 || (status == 403) == somebody.may(what) || status >= 500 {
                wrong.push(format!("{method} {path} by {}: {status}", somebody.name));
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "{} differ:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

/// Searches and retrievals that name what is held.
pub(crate) const NAMED: [(&str, &str, &str); 7] = [
    (
        "query",
        "GET",
        "/dicom-web/studies?StudyInstanceUID={study}",
    ),
    ("query", "GET", "/dicom-web/studies?PatientID=HELD"),
    ("query", "GET", "/dicom-web/patients?PatientID=H*"),
    (
        "query",
        "GET",
        "/dicom-web/series?SeriesInstanceUID={series}&includefield=all",
    ),
    (
        "query",
        "GET",
        "/dicom-web/instances?SOPInstanceUID={instance}",
    ),
    ("query", "GET", "/api/changes?after=0"),
    (
        "retrieve",
        "GET",
        "/wado?requestType=WADO&studyUID={study}&seriesUID={series}&objectUID={instance}&contentType=application/dicom",
    ),
];

/// What is told to somebody who may do everything in an institution; the identifiers of `object` are blotted out.
pub(crate) async fn told(
    house: &House,
    token: &str,
    route: (&str, &str),
    object: &Object,
) -> String {
    let (method, path) = route;
    let answer = house.ask(Some(token), method, &filled(path, object)).await;
    let tag = answer.header("etag").to_owned();
    let mut body = String::from_utf8_lossy(&answer.body).into_owned();
    // Boundaries are drawn by lot.
    if let Some(boundary) = answer.header("content-type").split("boundary=").nth(1) {
        body = body.replace(boundary.trim_matches('"'), "BOUNDARY");
    }
    for identifier in [&object.study, &object.series, &object.sop] {
        body = body.replace(identifier.as_str(), "UID");
    }
    format!("{} {tag} {body}", answer.status)
}

#[tokio::test]
async fn what_another_institution_holds_is_like_what_nobody_holds() {
    let house = House::new(|_| {}).await;
    let held = Ct::new("HELD").unwrap().object();
    let unheld = Ct::new("HELD").unwrap().object();
    let owner = house.program(&house.institution, &Operation::ALL).await;
    let active = house.institution(Standing::Active).await;
    let stranger = house.program(&active, &Operation::ALL).await;
    let stow = Request::post("/dicom-web/studies")
        .header(header::AUTHORIZATION, format!("Bearer {owner}"))
        .header(header::CONTENT_TYPE, multipart::STOW_TYPE)
        .body(Body::from(multipart::stow_body(&[&held.file()])));
    assert_eq!(house.send(stow.unwrap()).await.status, 200);

    let (mut seen, mut leaks) = (0, Vec::new());
    let of_patients = routes().filter(|(what, ..)| {
        let operation = what.rsplit(" and ").next().unwrap_or_default();
        PATIENTS_DATA.contains(&operation)
    });
    // Whoever holds it comes last: rejecting it changes what is there.
    for (what, method, path) in of_patients.chain(NAMED) {
        let strange = told(&house, &stranger, (method, path), &held).await;
        if strange != told(&house, &stranger, (method, path), &unheld).await {
            leaks.push(format!("{method} {path}: {strange}"));
        }
        if what.ends_with("query") || what.ends_with("retrieve") {
            let own = told(&house, &owner, (method, path), &held).await;
            seen += usize::from(own.starts_with("200") && own != strange);
        }
    }
    assert!(leaks.is_empty(), "{}", leaks.join("\n"));
    assert!(seen >= 25, "only {seen} routes show the owner anything");
    let still = told(
        &house,
        &owner,
        ("GET", "/dicom-web/studies/{study}/metadata"),
        &held,
    )
    .await;
    assert!(
        still.starts_with("200"),
        "a stranger changed nothing: {still}"
    );
}
