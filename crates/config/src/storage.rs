//! `[storage]`: where objects are kept.

use std::path::PathBuf;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{ConfigError, Secret};

/// Where objects are kept.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Storage {
    /// `local` keeps them in `objects/` of the data folder, `s3` in a bucket.
    pub kind: Kind,
    /// The bucket, for `s3`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub s3: Option<S3>,
}

/// The kinds of object store.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// A folder of this machine.
    #[default]
    Local,
    /// A bucket of an S3 service: Ceph RGW, MinIO, Garage, a cloud's.
    S3,
}

/// A bucket of an S3 service.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct S3 {
    /// URL of the service, without the bucket; none: Amazon's of the region.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub endpoint: Option<String>,
    /// Region; most services of one's own do not care.
    pub region: String,
    /// Bucket; it must exist.
    pub bucket: String,
    /// Put before every key, for a bucket that is shared.
    pub prefix: String,
    /// Access key, from the environment only: `YINGYUN_STORAGE__S3__ACCESS_KEY`.
    #[serde(skip_serializing)]
    pub access_key: Option<Secret>,
    /// A file whose first line is the access key.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub access_key_file: Option<PathBuf>,
    /// Secret key, from the environment only: `YINGYUN_STORAGE__S3__SECRET_KEY`.
    #[serde(skip_serializing)]
    pub secret_key: Option<Secret>,
    /// A file whose first line is the secret key.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub secret_key_file: Option<PathBuf>,
    /// Lets the endpoint be `http://`: the network between is trusted.
    pub allow_http: bool,
}

impl Default for S3 {
    fn default() -> Self {
        Self {
            endpoint: None,
            region: "us-east-1".into(),
            bucket: String::new(),
            prefix: String::new(),
            access_key: None,
            access_key_file: None,
            secret_key: None,
            secret_key_file: None,
            allow_http: false,
        }
    }
}

impl S3 {
    /// The access key and the secret key.
    pub fn credentials(&self) -> Result<(Secret, Secret), ConfigError> {
        let find = |name: &str, value: &Option<Secret>, file: &Option<PathBuf>| {
            let file_key = format!("storage.s3.{name}_file");
            Secret::resolve(value.as_ref(), &file_key, file.as_deref())?.ok_or_else(|| {
                let variable = format!("YINGYUN_STORAGE__S3__{}", name.to_uppercase());
                let mend = format!("name a file that holds it, or set {variable}");
                ConfigError::value(&file_key, "", mend)
            })
        };
        Ok((
            find("access_key", &self.access_key, &self.access_key_file)?,
            find("secret_key", &self.secret_key, &self.secret_key_file)?,
        ))
    }
}

impl Storage {
    pub(crate) fn validate(&self) -> Result<(), ConfigError> {
        if self.kind == Kind::Local {
            return Ok(());
        }
        let Some(s3) = &self.s3 else {
            let mend = "add a section [storage.s3] with endpoint and bucket";
            return Err(ConfigError::value("storage.kind", "s3", mend));
        };
        if let Some(endpoint) = &s3.endpoint {
            check_endpoint(endpoint, s3.allow_http)?;
        }
        if s3.bucket.is_empty() {
            let mend = "name a bucket that exists";
            return Err(ConfigError::value("storage.s3.bucket", "", mend));
        }
        s3.credentials().map(drop)
    }
}

fn check_endpoint(endpoint: &str, allow_http: bool) -> Result<(), ConfigError> {
    let mend = if endpoint.starts_with("https://") {
        return Ok(());
    } else if !endpoint.starts_with("http://") {
        "give the URL of the service, as https://s3.example.org"
    } else if !allow_http {
        "give an https URL, or set storage.s3.allow_http = true on a trusted network"
    } else {
        return Ok(());
    };
    Err(ConfigError::value("storage.s3.endpoint", endpoint, mend))
}
