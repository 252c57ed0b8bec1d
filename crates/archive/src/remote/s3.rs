//! The client of an S3 service.

use object_store::{
    ClientOptions,
    aws::{AmazonS3, AmazonS3Builder, S3ConditionalPut},
};

use crate::{ArchiveError, key};

/// Where an S3 service is and who we are there.
#[derive(Clone)]
pub struct S3Settings {
    /// Its address, as `https://host:port`; none: Amazon's of the region.
    pub endpoint: Option<String>,
    /// The region to sign for.
    pub region: String,
    /// The bucket, which exists.
    pub bucket: String,
    /// The access key's id.
    pub access_key: String,
    /// The access key's secret.
    pub secret_key: String,
    /// Whether plain HTTP is allowed.
    pub allow_http: bool,
    /// Put before every key; may be empty.
    pub prefix: String,
}

impl std::fmt::Debug for S3Settings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("S3Settings")
            .field("endpoint", &self.endpoint)
            .field("region", &self.region)
            .field("bucket", &self.bucket)
            .field("prefix", &self.prefix)
            .finish_non_exhaustive()
    }
}

impl S3Settings {
    /// The prefix without outer slashes.
    pub(super) fn checked_prefix(&self) -> Result<String, ArchiveError> {
        let prefix = self.prefix.trim_matches('/');
        if !prefix.is_empty() {
            key::parse(prefix)?;
        }
        Ok(prefix.to_owned())
    }

    /// The address of the bucket, by path.
    pub(super) fn bucket_url(&self) -> String {
        let endpoint = match &self.endpoint {
            Some(endpoint) => endpoint.trim_end_matches('/').to_owned(),
            None => format!("https://s3.{}.amazonaws.com", self.region),
        };
        format!("{endpoint}/{}", self.bucket)
    }

    pub(super) fn client_options(&self) -> ClientOptions {
        ClientOptions::new().with_allow_http(self.allow_http)
    }

    pub(super) fn client(&self) -> Result<AmazonS3, ArchiveError> {
        install_tls_provider();
        let mut builder = AmazonS3Builder::new()
            .with_client_options(self.client_options())
            .with_region(&self.region)
            .with_bucket_name(&self.bucket)
            .with_access_key_id(&self.access_key)
            .with_secret_access_key(&self.secret_key)
            .with_allow_http(self.allow_http)
            .with_conditional_put(S3ConditionalPut::Disabled);
        if let Some(endpoint) = &self.endpoint {
            builder = builder.with_endpoint(endpoint);
        }
        builder.build().map_err(|error| ArchiveError::Settings {
            reason: error.to_string(),
        })
    }
}

/// rustls takes its cryptography from the process; ours is ring. One that is installed stays.
pub(super) fn install_tls_provider() {
    if rustls::crypto::CryptoProvider::get_default().is_none() {
        // Another thread may have been first, with the same one.
        let _installed = rustls::crypto::ring::default_provider().install_default();
    }
}
