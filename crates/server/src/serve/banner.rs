//! What a person who starts the server reads: where the doors are, and what to try.

use std::net::{IpAddr, SocketAddr};

use model::AeTitle;

/// What is said at the start, on standard output.
#[derive(Debug)]
pub(super) struct Banner {
    pub(super) http: SocketAddr,
    /// Whether that address speaks TLS.
    pub(super) tls: bool,
    /// The URL that clients use, where it is configured.
    pub(super) base_url: Option<String>,
    pub(super) dicom: SocketAddr,
    pub(super) ae_title: AeTitle,
    pub(super) dev: bool,
    /// How many rows the peer table has.
    pub(super) peers: usize,
    /// The first administrator's, at the first start.
    pub(super) password: Option<String>,
    /// The archive was empty at the start: whether the demo study was put in.
    pub(super) demo: Option<bool>,
}

impl Banner {
    pub(super) fn print(&self) {
        print!("{}", self.text());
    }

    fn text(&self) -> String {
        let Self {
            http,
            dicom,
            ae_title,
            ..
        } = self;
        let scheme = if self.tls { "https" } else { "http" };
        let viewer = match &self.base_url {
            Some(base) => base.trim_end_matches('/').to_owned(),
            None => format!("{scheme}://{http}"),
        };
        let mut text = format!(
            "Yingyun 影云 {version}\n\
             viewer   {viewer}/\n\
             dicom    {ae_title}@{dicom}\n",
            version = env!("CARGO_PKG_VERSION"),
        );
        // The calling title of dcmsend stands in nobody's table.
        text.push_str(&if self.dev {
            format!(
                "try      dcmsend --no-halt +sd +r --call {ae_title} {host} {port} FOLDER\n",
                host = reached(dicom.ip()),
                port = dicom.port(),
            )
        } else if self.peers > 0 {
            format!("peers    {} may call, see dicom.peers\n", self.peers)
        } else {
            "peers    none: nobody is answered by DICOM yet, see dicom.peers\n".to_owned()
        });
        match (self.demo, self.dev) {
            (Some(true), _) => text.push_str("demo     a phantom study of 影^云 was put in\n"),
            (Some(false), true) => {
                text.push_str("demo     the archive is empty; --demo puts a phantom study in\n");
            }
            _ => {}
        }
        if self.dev {
            text.push_str("warning  --dev: no login, anyone on this machine sees everything\n");
        }
        if let Some(password) = &self.password {
            text.push_str(&format!(
                "first    administrator admin, one-time password {password}\n"
            ));
        }
        text
    }
}

/// An address that a client on this machine can use.
fn reached(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(v4) if v4.is_unspecified() => IpAddr::V4(std::net::Ipv4Addr::LOCALHOST),
        IpAddr::V6(v6) if v6.is_unspecified() => IpAddr::V6(std::net::Ipv6Addr::LOCALHOST),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_to_try_can_be_pasted() {
        let banner = Banner {
            http: "127.0.0.1:8080".parse().unwrap(),
            dicom: "0.0.0.0:11112".parse().unwrap(),
            ae_title: AeTitle::new("YINGYUN").unwrap(),
            tls: false,
            base_url: None,
            dev: true,
            peers: 0,
            password: None,
            demo: None,
        };
        let text = banner.text();
        assert!(
            text.contains("dcmsend --no-halt +sd +r --call YINGYUN 127.0.0.1 11112 F"),
            "{text}"
        );
        assert!(text.contains("viewer   http://127.0.0.1:8080/\n"), "{text}");
        assert!(!text.contains("password"), "{text}");
        let nobody = Banner {
            dev: false,
            ..banner
        };
        let text = nobody.text();
        assert!(
            text.contains("peers    none") && !text.contains("dcmsend"),
            "{text}"
        );
        let encrypted = Banner {
            tls: true,
            peers: 2,
            ..nobody
        };
        let text = encrypted.text();
        assert!(
            text.contains("viewer   https://127.0.0.1:8080/\n"),
            "{text}"
        );
        // Who is not in the table is rejected: dcmsend as it is would be.
        assert!(
            text.contains("peers    2") && !text.contains("dcmsend"),
            "{text}"
        );
        let proxied = Banner {
            base_url: Some("https://pacs.example.org/".into()),
            ..encrypted
        };
        let text = proxied.text();
        assert!(
            text.contains("viewer   https://pacs.example.org/\n"),
            "{text}"
        );
    }
}
