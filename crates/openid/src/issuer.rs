//! Where a provider may be: reached by TLS, or on this machine.

use std::net::IpAddr;

use reqwest::Url;

/// Whether what is fetched from an address can be believed: `https`, or `http` on the loopback.
pub(crate) fn is_trusted(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']);
    match url.scheme() {
        "https" => !host.is_empty(),
        "http" => {
            host == "localhost" || host.parse::<IpAddr>().is_ok_and(|host| host.is_loopback())
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_http_is_for_the_loopback() {
        for (url, trusted) in [
            ("https://login.example.org/realms/a", true),
            ("http://127.0.0.1:9000", true),
            ("http://[::1]:9000/", true),
            ("http://localhost:9000", true),
            ("http://localhost.example.org", false),
            ("http://login.example.org", false),
            ("file:///etc/passwd", false),
        ] {
            assert_eq!(is_trusted(&url.parse().unwrap()), trusted, "{url}");
        }
    }
}
