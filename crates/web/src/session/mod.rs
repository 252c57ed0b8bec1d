//! Sign-in, sessions, and who a request comes from.

mod caller;
mod info;
mod login;
mod logout;
mod password;
mod secrets;
mod token;

pub(crate) use caller::Caller;
pub(crate) use info::{__path_info, info};
pub(crate) use login::{__path_login, login};
pub(crate) use logout::{__path_logout, logout};
pub use password::{PasswordError, hash_password, one_time_password};
pub(crate) use secrets::random_hex;
pub use secrets::{Secrets, SystemSecrets};

/// The name of the session cookie.
pub(crate) const COOKIE: &str = "yingyun_session";
