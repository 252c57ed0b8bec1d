//! `[http]`: the browser's and DICOMweb's door.

use std::{
    net::{IpAddr, Ipv4Addr, SocketAddr},
    path::{Path, PathBuf},
};

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
    /// Connections at a time; more wait.
    pub connections: u32,
    /// Requests of one HTTP/2 connection at a time.
    pub streams: u32,
    /// The longest head of a request: its target and fields.
    pub head_bytes: u32,
    /// How long a client may take for TLS and for the head of a request; a kept HTTP/1.1 connection
    /// waits as long for the next one.
    pub head_seconds: u32,
    /// How long an HTTP/2 connection stays without a new request.
    pub idle_seconds: u32,
    /// TLS on this port.
    pub tls: Tls,
    /// Other sites whose pages may ask.
    pub cors: Cors,
    /// What bounds signing in.
    pub sign_in: SignIn,
}

/// TLS on the port of HTTP: both files, or none for HTTP in clear.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Tls {
    /// The PEM file of the certificate with its chain.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub certificate_file: Option<PathBuf>,
    /// The PEM file of its private key.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key_file: Option<PathBuf>,
}

/// Cross-origin resource sharing (the Fetch standard): off while no origin is allowed.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Cors {
    /// Origins whose pages may ask and read answers: `https://viewer.example.org`.
    pub allowed_origins: Vec<String>,
}

impl Tls {
    /// The certificate's and the key's file, where TLS is on.
    pub fn files(&self) -> Option<(&Path, &Path)> {
        Some((self.certificate_file.as_deref()?, self.key_file.as_deref()?))
    }

    fn validate(&self) -> Result<(), ConfigError> {
        let (key, value) = match (&self.certificate_file, &self.key_file) {
            (Some(file), None) => ("http.tls.certificate_file", file),
            (None, Some(file)) => ("http.tls.key_file", file),
            _ => return Ok(()),
        };
        let mend = "give both http.tls.certificate_file and http.tls.key_file, or none";
        Err(ConfigError::value(key, value.display(), mend))
    }
}

impl Cors {
    fn validate(&self) -> Result<(), ConfigError> {
        for origin in &self.allowed_origins {
            let rest = origin.strip_prefix("https://");
            let rest = rest.or_else(|| origin.strip_prefix("http://"));
            let valid = rest.is_some_and(|host| {
                let known =
                    |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b"-.:[]".contains(&b);
                !host.is_empty() && host.bytes().all(known)
            });
            if !valid {
                let mend = "give scheme, host and port as browsers write them, in lower case and \
                            without a slash at the end: https://viewer.example.org";
                let key = "http.cors.allowed_origins";
                return Err(ConfigError::value(key, origin, mend));
            }
        }
        Ok(())
    }
}

impl Default for Http {
    fn default() -> Self {
        Self {
            address: (Ipv4Addr::LOCALHOST, 8080).into(),
            base_url: None,
            session_hours: 12,
            trusted_proxies: Vec::new(),
            connections: 4096,
            streams: 128,
            head_bytes: 64 << 10,
            head_seconds: 30,
            idle_seconds: 300,
            tls: Tls::default(),
            cors: Cors::default(),
            sign_in: SignIn::default(),
        }
    }
}

impl Http {
    pub(crate) fn validate(&self, dev: bool) -> Result<(), ConfigError> {
        loopback_in_dev("http.address", self.address, dev)?;
        within("http.session_hours", self.session_hours.into(), 1..=720)?;
        within("http.connections", self.connections.into(), 1..=1_000_000)?;
        within("http.streams", self.streams.into(), 1..=10_000)?;
        within(
            "http.head_bytes",
            self.head_bytes.into(),
            4 << 10..=256 << 10,
        )?;
        within("http.head_seconds", self.head_seconds.into(), 1..=3600)?;
        within("http.idle_seconds", self.idle_seconds.into(), 1..=86_400)?;
        self.tls.validate()?;
        self.cors.validate()?;
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
