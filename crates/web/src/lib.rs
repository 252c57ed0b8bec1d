//! HTTP: DICOMweb (PS3.18), sign-in, the viewer, health and metrics. Handlers read the request,
//! call the domain and encode what it says.

mod accept;
mod address;
mod boundary;
mod error;
mod headers;
mod health;
mod media;
mod multipart;
mod notation;
mod observe;
mod openapi;
mod qido;
mod rejection;
mod router;
mod session;
mod state;
mod stow;
mod viewer;
mod wado;

pub(crate) use error::WebError;
pub use openapi::openapi;
pub use router::router;
pub use session::{
    PasswordError, Secrets, SignIn, SystemSecrets, hash_password, one_time_password,
};
pub use state::{DicomDoor, Settings, StowSettings, WebState};
