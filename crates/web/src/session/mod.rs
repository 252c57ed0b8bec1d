//! Sign-in, sessions, and who a request comes from.

mod caller;
mod client;
mod guesses;
mod info;
mod login;
mod logout;
mod settings;
mod token;
mod turns;

pub(crate) use caller::Caller;
pub(crate) use guesses::Guesses;
pub(crate) use info::{__path_info, info};
pub(crate) use login::{__path_login, Gate, LONGEST_BODY, login};
pub(crate) use logout::{__path_logout, logout};
pub use settings::SignIn;

/// The name of the session cookie.
pub(crate) const COOKIE: &str = "yingyun_session";
