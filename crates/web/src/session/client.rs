//! The address that a request comes from, also through a proxy.

use std::net::IpAddr;

use axum::http::HeaderMap;

/// The address of the connection; where that is a trusted proxy's, the last one of X-Forwarded-For
/// that is not: what stands before it, the client may have written itself.
pub(super) fn address(connection: IpAddr, headers: &HeaderMap, proxies: &[IpAddr]) -> IpAddr {
    let mut address = connection.to_canonical();
    let lines = headers.get_all("x-forwarded-for").iter();
    let lines: Vec<&str> = lines.filter_map(|line| line.to_str().ok()).collect();
    let hops = lines.iter().rev().flat_map(|line| line.rsplit(','));
    for hop in hops {
        if !proxies.contains(&address) {
            break;
        }
        match hop.trim().parse::<IpAddr>() {
            Ok(before) => address = before.to_canonical(),
            Err(_) => break,
        }
    }
    address
}

#[cfg(test)]
mod tests {
    use super::*;

    fn from(connection: &str, lines: &[&str]) -> String {
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append("x-forwarded-for", line.parse().unwrap());
        }
        let proxies = ["127.0.0.1", "10.0.0.1"].map(|proxy| proxy.parse().unwrap());
        address(connection.parse().unwrap(), &headers, &proxies).to_string()
    }

    #[test]
    fn only_what_a_trusted_proxy_adds_is_believed() {
        assert_eq!(from("192.0.2.1", &[]), "192.0.2.1");
        assert_eq!(from("192.0.2.1", &["192.0.2.9"]), "192.0.2.1");
        assert_eq!(from("127.0.0.1", &[]), "127.0.0.1");
        assert_eq!(from("::ffff:127.0.0.1", &["192.0.2.9"]), "192.0.2.9");
        assert_eq!(from("127.0.0.1", &["192.0.2.6, 192.0.2.9"]), "192.0.2.9");
        assert_eq!(
            from("127.0.0.1", &["192.0.2.6", "192.0.2.9,10.0.0.1"]),
            "192.0.2.9"
        );
        assert_eq!(from("127.0.0.1", &["192.0.2.6, unknown"]), "127.0.0.1");
    }
}
