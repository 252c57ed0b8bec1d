//! What the browser keeps while somebody is at the provider: a secret, and where to go afterwards.

use accounts::Secrets;
use axum::http::{HeaderMap, HeaderValue};
use openid::Errand;

use crate::{WebError, session::token::cookie};

/// The cookie's name.
const COOKIE: &str = "yingyun_openid";
/// How long somebody may be at the provider, seconds.
const SECONDS: u32 = 600;
/// The longest address to go to afterwards, bytes.
const LONGEST: usize = 1024;

/// What the browser keeps.
pub(super) struct Kept {
    secret: String,
    to: String,
}

impl Kept {
    /// A new secret; `to` where it is a place of this site, else the start.
    pub(super) fn new(secrets: &dyn Secrets, to: Option<&str>) -> Self {
        Self {
            secret: accounts::new_token(secrets),
            to: to.filter(|to| is_local(to)).unwrap_or("/").to_owned(),
        }
    }

    /// What a browser brings back.
    pub(super) fn read(headers: &HeaderMap) -> Option<Self> {
        let kept = cookie(headers, COOKIE)?;
        let (secret, to) = kept.split_once('.')?;
        let is_secret = secret.len() >= 32 && secret.bytes().all(|b| b.is_ascii_alphanumeric());
        let to = decode(to).filter(|to| is_local(to))?;
        is_secret.then(|| Self {
            secret: secret.to_owned(),
            to,
        })
    }

    /// What the provider is asked with.
    pub(super) fn errand(&self) -> Errand {
        Errand::new(&self.secret)
    }

    /// Where to go afterwards.
    pub(super) fn to(&self) -> &str {
        &self.to
    }

    /// The cookie. Lax: the browser comes back from another site, and must bring it.
    pub(super) fn cookie(&self, secure: bool) -> Result<HeaderValue, WebError> {
        let value = format!("{}.{}", self.secret, encode(&self.to));
        set(&value, SECONDS, secure)
    }
}

/// Takes the cookie away.
pub(super) fn forget(secure: bool) -> Result<HeaderValue, WebError> {
    set("", 0, secure)
}

fn set(value: &str, seconds: u32, secure: bool) -> Result<HeaderValue, WebError> {
    let secure = if secure { "; Secure" } else { "" };
    let text =
        format!("{COOKIE}={value}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}");
    HeaderValue::from_str(&text).map_err(|_| WebError::Internal)
}

/// Whether it is a path of this site, which no browser takes for another's address.
fn is_local(to: &str) -> bool {
    to.len() <= LONGEST
        && to.starts_with('/')
        && !to.starts_with("//")
        && to
            .bytes()
            .all(|byte| byte.is_ascii_graphic() && byte != b'\\')
}

/// A path as two letters a byte: nothing in it ends a cookie.
fn encode(text: &str) -> String {
    text.bytes().map(|byte| format!("{byte:02x}")).collect()
}

fn decode(text: &str) -> Option<String> {
    let pairs = text.as_bytes().chunks(2);
    let bytes = pairs.map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok());
    String::from_utf8(bytes.collect::<Option<_>>()?).ok()
}

#[cfg(test)]
mod tests {
    use axum::http::header;

    use super::*;

    #[test]
    fn only_a_place_of_this_site_is_gone_to() {
        for (to, expected) in [
            ("/viewer?study=1.2#a", "/viewer?study=1.2#a"),
            ("//elsewhere.example.org", "/"),
            ("/\\elsewhere.example.org", "/"),
            ("https://elsewhere.example.org", "/"),
            ("/a\r\nSet-Cookie: b", "/"),
            ("/\t/elsewhere", "/"),
            ("", "/"),
        ] {
            let kept = Kept::new(&accounts::SystemSecrets, Some(to));
            let cookie = kept.cookie(true).unwrap();
            let (pair, _) = cookie.to_str().unwrap().split_once(';').unwrap();
            let back = HeaderMap::from_iter([(header::COOKIE, pair.parse().unwrap())]);
            let back = Kept::read(&back).unwrap();
            assert_eq!((back.to(), &back.secret), (expected, &kept.secret));
        }
    }

    #[test]
    fn a_made_up_cookie_is_none() {
        let secret = "a".repeat(64);
        for value in [
            String::new(),
            "a.2f".into(),
            format!("{secret}."),
            format!("{secret}.2"),
            format!("{secret}.2f2f"),
        ] {
            let pair = format!("{COOKIE}={value}");
            let headers = HeaderMap::from_iter([(header::COOKIE, pair.parse().unwrap())]);
            assert!(Kept::read(&headers).is_none(), "{value}");
        }
    }
}
