//! HTTP: DICOMweb (PS3.18), sign-in, the viewer, health and metrics. Handlers read the request,
//! call the domain and encode what it says.

mod accept;
mod address;
mod bootstrap;
mod boundary;
mod error;
mod feed;
mod headers;
mod health;
mod media;
mod multipart;
mod observe;
mod openapi;
mod qido;
mod router;
mod session;
mod state;
mod stow;
mod subscriptions;
mod viewer;
mod wado;
mod whole;

pub(crate) use error::WebError;
pub use openapi::openapi;
pub use router::router;
pub use session::{
    PasswordError, Secrets, SignIn, SystemSecrets, hash_password, one_time_password,
};
pub use state::{Changes, DicomDoor, Settings, WebState, Webhooks};
