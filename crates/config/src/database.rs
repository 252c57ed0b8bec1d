//! `[database]`: where the index is kept.

use std::path::{Path, PathBuf};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{ConfigError, Secret, error::within};

/// Where the index is kept.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Database {
    /// `sqlite://PATH` or `postgres://USER@HOST/NAME`; none: `index.sqlite` in the data folder.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// Password of the PostgreSQL user, from the environment only: `YINGYUN_DATABASE__PASSWORD`.
    #[serde(skip_serializing)]
    pub password: Option<Secret>,
    /// A file whose first line is the password of the PostgreSQL user.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub password_file: Option<PathBuf>,
    /// Connections for reading; writing has one of its own.
    pub readers: u32,
}

impl Default for Database {
    fn default() -> Self {
        Self {
            url: None,
            password: None,
            password_file: None,
            readers: 8,
        }
    }
}

impl Database {
    pub(crate) fn validate(&self) -> Result<(), ConfigError> {
        within("database.readers", self.readers.into(), 1..=512)?;
        match &self.url {
            Some(url) if !is_sqlite(url) && !is_postgres(url) => {
                let mend = "give sqlite://PATH or postgres://USER@HOST/NAME";
                Err(ConfigError::value("database.url", redact(url), mend))
            }
            Some(url) if is_postgres(url) && self.has_password() && !url.contains('@') => {
                let mend = "name the user the password is of: postgres://USER@HOST/NAME";
                Err(ConfigError::value("database.url", url, mend))
            }
            _ => Ok(()),
        }
    }

    fn has_password(&self) -> bool {
        self.password.is_some() || self.password_file.is_some()
    }

    /// The whole URL, with the password put in.
    pub(crate) fn resolve(&self, data_dir: &Path) -> Result<String, ConfigError> {
        let Some(url) = &self.url else {
            let file = data_dir.join("index.sqlite");
            return Ok(format!("sqlite://{}", file.display()));
        };
        let file = self.password_file.as_deref();
        let password = Secret::resolve(self.password.as_ref(), "database.password_file", file)?;
        Ok(match (password, url.split_once('@')) {
            (Some(password), Some((user, host))) => {
                format!("{user}:{}@{host}", percent_encode(password.expose()))
            }
            _ => url.clone(),
        })
    }

    pub(crate) fn redacted(&self) -> Self {
        Self {
            url: self.url.as_deref().map(redact),
            ..self.clone()
        }
    }
}

fn is_sqlite(url: &str) -> bool {
    url.starts_with("sqlite:")
}

fn is_postgres(url: &str) -> bool {
    url.starts_with("postgres://") || url.starts_with("postgresql://")
}

/// Whether a URL carries a password: `scheme://user:password@host`.
pub(crate) fn carries_password(url: &str) -> bool {
    redact(url) != url
}

fn redact(url: &str) -> String {
    let parts = url.split_once("://").and_then(|(scheme, rest)| {
        let (login, host) = rest.rsplit_once('@')?;
        let (user, _) = login.split_once(':')?;
        Some((scheme, user, host))
    });
    match parts {
        Some((scheme, user, host)) => format!("{scheme}://{user}:(secret)@{host}"),
        None => url.into(),
    }
}

fn percent_encode(text: &str) -> String {
    text.bytes()
        .map(|b| match b {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => {
                char::from(b).to_string()
            }
            _ => format!("%{b:02X}"),
        })
        .collect()
}
