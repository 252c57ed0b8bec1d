//! A whole service behind a router, and requests to it.

use std::sync::{Arc, Mutex};

use access::{Actor, Administration, Role, Roles};
use accounts::{Accounts, SystemSecrets};
use axum::{
    Router,
    body::Body,
    extract::connect_info::MockConnectInfo,
    http::{HeaderMap, Request, header},
    response::Response,
};
use model::{AeTitle, Clock, Identifiers, InstitutionId};
use testkit::{fixture::Object, multipart};
use time::{OffsetDateTime, macros::datetime};
use tower::ServiceExt;
use ulid::Ulid;
use web::{DicomDoor, Settings, WebState};

#[derive(Debug)]
struct Noon;

impl Clock for Noon {
    fn now(&self) -> OffsetDateTime {
        datetime!(2026-07-01 12:00 UTC)
    }
}

#[derive(Debug, Default)]
struct Counter(Mutex<u128>);

impl Identifiers for Counter {
    fn next(&self) -> Ulid {
        let mut last = self.0.lock().unwrap();
        *last += 1;
        Ulid(*last)
    }
}

/// The service.
pub(crate) struct House {
    router: Router,
    pub(crate) database: database::Database,
    pub(crate) institution: InstitutionId,
    pub(crate) retrieve: retrieve::Retrieve,
    pub(crate) archive: archive::Archive,
    _folder: tempfile::TempDir,
}

/// An answer.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map_or("", |value| value.to_str().unwrap())
    }

    pub(crate) fn parts(self) -> Vec<multipart::Part> {
        let headers = self.headers.iter();
        multipart::parts(&testkit::http::Response {
            status: self.status,
            headers: headers
                .map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned()))
                .collect(),
            body: self.body,
        })
        .unwrap()
    }
}

impl House {
    pub(crate) async fn dev() -> Self {
        Self::new(|settings| settings.dev = true).await
    }

    pub(crate) async fn new(adjust: impl FnOnce(&mut Settings)) -> Self {
        let few = retrieve::Settings {
            metadata_page_instances: 3,
            whole_instances: 4,
            ..retrieve::Settings::default()
        };
        Self::with(adjust, few).await
    }

    pub(crate) async fn with(
        adjust: impl FnOnce(&mut Settings),
        retrieving: retrieve::Settings,
    ) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let clock: Arc<dyn Clock> = Arc::new(Noon);
        let url = format!("sqlite://{}", folder.path().join("index.db").display());
        let database = database::Database::open(&database::Settings::new(url), clock.clone())
            .await
            .unwrap();
        let archive = archive::Archive::memory();
        let institution = InstitutionId::new("local").unwrap();
        database.ensure_institution(&institution).await.unwrap();
        let dicom = DicomDoor {
            ae_title: AeTitle::new("HOSPITAL").unwrap(),
            port: 104,
        };
        let mut settings = Settings::new(institution.clone(), dicom);
        adjust(&mut settings);
        let audit: Arc<dyn model::AuditPort> = Arc::new(database.clone());
        let retrieve = retrieve::Retrieve::new(
            archive.clone(),
            database.clone(),
            audit.clone(),
            clock.clone(),
            retrieve::Pictures::open(&retrieve::PictureSettings::default())
                .await
                .unwrap(),
            retrieving,
        );
        let router = web::router(WebState {
            ingest: ingest::Ingest::new(
                archive.clone(),
                database.clone(),
                clock.clone(),
                Arc::new(Counter::default()),
                ingest::Settings::default(),
            ),
            query: query::Query::new(
                database.clone(),
                audit,
                clock.clone(),
                query::Settings::default(),
            ),
            retrieve: retrieve.clone(),
            grants: grants::Grants::new(
                database.clone(),
                Arc::new(database.clone()),
                clock.clone(),
                Arc::new(Counter::default()),
                grants::Settings::default(),
            ),
            workitems: workitems::Workitems::new(
                database.clone(),
                Arc::new(database.clone()),
                clock.clone(),
                Arc::new(Counter::default()),
                workitems::Settings::new(AeTitle::new("HOSPITAL").unwrap()),
            ),
            database: database.clone(),
            clock,
            secrets: Arc::new(SystemSecrets),
            openid: web::OpenIds::default(),
            settings,
            metrics: Arc::new(|| "one_metric 1\n".into()),
            ready: Arc::new(|| Box::pin(async { Ok(()) })),
        });
        let client = MockConnectInfo(std::net::SocketAddr::from(([192, 0, 2, 1], 5000)));
        Self {
            router: router.layer(client),
            database,
            institution,
            retrieve,
            archive,
            _folder: folder,
        }
    }

    /// Makes an account; its one-time password.
    pub(crate) async fn person(&self, name: &str, roles: &[Role]) -> String {
        let institution = self.institution.clone();
        let operator = Actor::Operator { institution };
        let authority = access::administer(&operator, Administration::Accounts).unwrap();
        let accounts = Accounts::new(self.database.clone(), Arc::new(SystemSecrets));
        let (name, roles) = (
            name.parse().unwrap(),
            Roles::new(roles.iter().copied()).unwrap(),
        );
        let made = accounts.make_user(&authority, &name, &roles);
        made.await.unwrap()
    }

    pub(crate) async fn send(&self, request: Request<Body>) -> Answer {
        let response = self.begun(request).await;
        Self::taken(response).await
    }

    /// An answer whose body is not read yet.
    pub(crate) async fn begun(&self, request: Request<Body>) -> Response {
        self.router.clone().oneshot(request).await.unwrap()
    }

    pub(crate) async fn taken(response: Response) -> Answer {
        let (parts, body) = response.into_parts();
        Answer {
            status: parts.status.as_u16(),
            headers: parts.headers,
            body: axum::body::to_bytes(body, 64 << 20).await.unwrap().to_vec(),
        }
    }

    /// The same behind a socket of its own.
    pub(crate) async fn listen(&self) -> std::net::SocketAddr {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let serve = axum::serve(listener, self.router.clone());
        tokio::spawn(async { serve.await });
        address
    }

    pub(crate) async fn get(&self, path: &str, accept: &str) -> Answer {
        let request = Request::get(path)
            .header(header::HOST, "localhost:8080")
            .header(header::ACCEPT, accept);
        self.send(request.body(Body::empty()).unwrap()).await
    }

    pub(crate) async fn post(&self, path: &str, content_type: &str, body: Vec<u8>) -> Answer {
        let request = Request::post(path)
            .header(header::HOST, "localhost:8080")
            .header(header::CONTENT_TYPE, content_type);
        self.send(request.body(Body::from(body)).unwrap()).await
    }

    pub(crate) async fn store(&self, path: &str, files: &[&[u8]]) -> Answer {
        self.post(path, multipart::STOW_TYPE, multipart::stow_body(files))
            .await
    }

    /// Stores objects that must all be taken.
    pub(crate) async fn stored(&self, objects: &[Object]) {
        let files: Vec<Vec<u8>> = objects.iter().map(Object::file).collect();
        let files: Vec<&[u8]> = files.iter().map(Vec::as_slice).collect();
        let answer = self.store("/dicom-web/studies", &files).await;
        assert_eq!(
            answer.status,
            200,
            "{}",
            String::from_utf8_lossy(&answer.body)
        );
    }
}
