//! Sign-in, sessions, and who a request comes from.

mod caller;
mod client;
mod gate;
mod guesses;
mod info;
mod login;
mod logout;
mod providers;
mod second_factor;
mod settings;
mod token;
mod turns;

pub(crate) use caller::Caller;
pub(crate) use gate::Gate;
use gate::Proof;
pub(crate) use guesses::Guesses;
pub(crate) use info::{__path_info, info};
pub(crate) use login::{__path_login, LONGEST_BODY, login};
pub(crate) use logout::{__path_logout, logout};
pub(crate) use providers::{__path_begin, __path_callback, begin, callback};
pub use providers::{OpenId, OpenIds};
pub(crate) use second_factor::{
    __path_confirm, __path_factor, __path_offer, __path_remove, confirm, factor, offer, remove,
};
pub use settings::SignIn;

/// The name of the session cookie.
pub(crate) const COOKIE: &str = "yingyun_session";
