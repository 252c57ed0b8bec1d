//! HTTP: DICOMweb (PS3.18), sign-in, the viewer, health and metrics. Handlers read the request,
//! call the domain and encode what it says.

mod accept;
mod address;
mod admin;
mod bootstrap;
mod boundary;
mod conditional;
mod conformance;
mod cors;
mod dicom_json;
mod error;
mod feed;
mod grants;
mod headers;
mod health;
mod media;
mod multipart;
mod notation;
mod observe;
mod openapi;
mod options;
mod qido;
mod rejection;
mod representations;
mod response_headers;
mod router;
mod serving;
mod session;
mod state;
mod stow;
mod subscriptions;
mod tagged;
mod ups;
mod viewer;
mod wado;
mod whole;

pub use conformance::{conformance, media_type_of_frames};
pub(crate) use error::WebError;
pub use openapi::openapi;
pub use router::router;
pub use serving::{Serving, Tls, TlsError, serve};
pub use session::{OpenId, OpenIds, SignIn};
pub use state::{Changes, DicomDoor, Settings, StowSettings, WebState, Webhooks};
