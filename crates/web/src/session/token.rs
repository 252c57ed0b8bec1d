//! The token that comes with a request.

use axum::http::{HeaderMap, header};

use super::COOKIE;

/// How a token came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Presented {
    /// `Authorization: Bearer`: no browser adds it by itself.
    Bearer(String),
    /// The cookie: browsers send it along.
    Cookie(String),
}

/// The token of a request; Authorization goes before the cookie.
pub(super) fn presented(headers: &HeaderMap) -> Option<Presented> {
    let bearer = headers
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.split_once(' '))
        .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
        .map(|(_, token)| Presented::Bearer(token.trim().to_owned()));
    bearer.or_else(|| cookie(headers, COOKIE).map(Presented::Cookie))
}

/// The value of a cookie.
pub(super) fn cookie(headers: &HeaderMap, wanted: &str) -> Option<String> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(name, _)| *name == wanted)
        .map(|(_, token)| token.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_token_is_found_in_either_place() {
        let mut headers = HeaderMap::new();
        assert_eq!(presented(&headers), None);
        headers.insert(header::COOKIE, "a=b; yingyun_session=t1".parse().unwrap());
        assert_eq!(presented(&headers), Some(Presented::Cookie("t1".into())));
        headers.insert(header::AUTHORIZATION, "bearer t2".parse().unwrap());
        assert_eq!(presented(&headers), Some(Presented::Bearer("t2".into())));
        headers.insert(header::AUTHORIZATION, "Basic dDI=".parse().unwrap());
        assert_eq!(presented(&headers), Some(Presented::Cookie("t1".into())));
    }
}
