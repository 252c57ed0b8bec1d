//! Where messages may go: only to hosts that the configuration names, so that nobody who may subscribe
//! can have the server call what only the server can reach.

use reqwest::Url;

use crate::WebhookError;

/// The hosts that the configuration names: `hooks.example.org`, `*.example.org`, `10.0.0.7:8443`; over
/// plain HTTP only as `http://10.0.0.7:8080`.
#[derive(Clone, Debug, Default)]
pub struct Hosts(Vec<String>);

impl Hosts {
    /// Those hosts.
    pub fn new(hosts: impl IntoIterator<Item = String>) -> Self {
        let hosts = hosts.into_iter().map(|host| {
            let host = host.to_ascii_lowercase();
            host.strip_prefix("https://")
                .map_or(host.clone(), str::to_owned)
        });
        Self(hosts.collect())
    }

    /// Whether a message may go to `url`.
    pub fn check(&self, url: &str) -> Result<Url, WebhookError> {
        let url = Url::parse(url).map_err(|_| WebhookError::Url)?;
        let plain = match url.scheme() {
            "https" => false,
            "http" => true,
            _ => return Err(WebhookError::Url),
        };
        let unusual =
            !url.username().is_empty() || url.password().is_some() || url.fragment().is_some();
        let host = url.host_str().ok_or(WebhookError::Url)?;
        if unusual {
            return Err(WebhookError::Url);
        }
        let named = match url.port() {
            Some(port) => format!("{host}:{port}"),
            None => host.to_owned(),
        };
        let allowed = self.0.iter().any(|entry| {
            let (entry, own) = match entry.strip_prefix("http://") {
                Some(entry) => (entry, plain),
                None => (entry.as_str(), !plain),
            };
            own && (entry == named || under(entry, &named))
        });
        if allowed {
            Ok(url)
        } else {
            let scheme = if plain { "http://" } else { "" };
            let host = format!("{scheme}{named}");
            Err(WebhookError::Host { host })
        }
    }
}

/// Whether `host` lies below `*.domain`.
fn under(entry: &str, host: &str) -> bool {
    entry
        .strip_prefix('*')
        .filter(|domain| domain.starts_with('.'))
        .is_some_and(|domain| host.len() > domain.len() && host.ends_with(domain))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_named_hosts_are_reached() {
        let hosts = [
            "hooks.example.org",
            "*.Clinic.example",
            "http://10.0.0.7:8080",
            "https://10.0.0.8:8443",
        ];
        let hosts = Hosts::new(hosts.map(String::from));
        for good in [
            "https://hooks.example.org/a?b=c",
            "https://HOOKS.example.org/",
            "https://hooks.example.org:443/",
            "https://a.b.clinic.example/x",
            "http://10.0.0.7:8080/x",
            "https://10.0.0.8:8443/x",
        ] {
            assert!(hosts.check(good).is_ok(), "{good}");
        }
        for bad in [
            "http://hooks.example.org/",
            "https://hooks.example.org:8443/",
            "https://example.org/",
            "https://clinic.example/",
            "https://evilclinic.example/",
            "https://10.0.0.7:8080/x",
            "http://10.0.0.8:8443/x",
            "http://10.0.0.7/x",
            "http://10.0.0.7:8080@169.254.169.254/",
            "https://hooks.example.org@evil.example/",
            "https://u:p@hooks.example.org/",
            "https://hooks.example.org/#x",
            "file:///etc/passwd",
            "hooks.example.org",
            "",
        ] {
            assert!(hosts.check(bad).is_err(), "{bad}");
        }
        assert!(
            Hosts::default()
                .check("https://hooks.example.org/")
                .is_err()
        );
    }
}
