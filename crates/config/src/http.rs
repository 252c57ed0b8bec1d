//! `[http]`: the browser's and DICOMweb's door.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{ConfigError, error::within, sign_in::SignIn};

/// The browser's and DICOMweb's door.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Http {
    /// The address and port to listen on; port 0 takes a free one.
    pub address: SocketAddr,
    /// The URL that clients know the server by, when a proxy stands before it: `https://pacs.example.org`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub base_url: Option<String>,
    /// How long a sign-in lasts.
    pub session_hours: u32,
    /// Proxies whose X-Forwarded-For is believed: for where a sign-in comes from, and nothing else.
    pub trusted_proxies: Vec<IpAddr>,
    /// What bounds signing in.
    pub sign_in: SignIn,
}

impl Default for Http {
    fn default() -> Self {
        Self {
            address: (Ipv4Addr::LOCALHOST, 8080).into(),
            base_url: None,
            session_hours: 12,
            trusted_proxies: Vec::new(),
            sign_in: SignIn::default(),
        }
    }
}

impl Http {
    pub(crate) fn validate(&self, dev: bool) -> Result<(), ConfigError> {
        loopback_in_dev("http.address", self.address, dev)?;
        within("http.session_hours", self.session_hours.into(), 1..=720)?;
        self.sign_in.validate()?;
        match &self.base_url {
            Some(url) if !(url.starts_with("http://") || url.starts_with("https://")) => {
                let mend = "give a URL that begins with http:// or https://";
                Err(ConfigError::value("http.base_url", url, mend))
            }
            Some(url) if url.ends_with('/') => {
                let mend = "leave the slash at its end out";
                Err(ConfigError::value("http.base_url", url, mend))
            }
            _ => Ok(()),
        }
    }
}

/// The door without a lock opens to this machine only.
pub(crate) fn loopback_in_dev(
    key: &str,
    address: SocketAddr,
    dev: bool,
) -> Result<(), ConfigError> {
    if dev && !address.ip().is_loopback() {
        let mend = "--dev asks for no login and listens on loopback addresses only: \
                    give 127.0.0.1, or leave --dev out";
        return Err(ConfigError::value(key, address, mend));
    }
    Ok(())
}
