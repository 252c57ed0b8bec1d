//! TLS 1.2 and 1.3 by rustls, with the certificate of two files that may be replaced at any time.

use std::{
    io,
    path::{Path, PathBuf},
    sync::{Arc, PoisonError, RwLock},
    time::{Duration, SystemTime},
};

use rustls::{
    ServerConfig,
    crypto::ring,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject},
    version::{TLS12, TLS13},
};
use tokio::net::TcpStream;
use tokio_rustls::{TlsAcceptor, server::TlsStream};

/// How often the files are looked at.
const LOOK: Duration = Duration::from_secs(5);

/// Why there is no TLS.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// A file cannot be read or holds no PEM of its kind.
    #[error("{} cannot be read as PEM", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: rustls::pki_types::pem::Error,
    },
    /// The file of the certificate holds none.
    #[error("{} holds no certificate", path.display())]
    Empty {
        /// The file.
        path: PathBuf,
    },
    /// Key and certificate do not fit together, or are of a kind that is not supported.
    #[error("the certificate and the key cannot be used")]
    Unfit(#[from] rustls::Error),
}

/// TLS with what its files hold. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Tls {
    certificate: PathBuf,
    key: PathBuf,
    current: Arc<RwLock<Arc<ServerConfig>>>,
}

impl Tls {
    /// Reads the PEM files of a certificate with its chain, its own first, and of its private key.
    pub fn open(certificate: &Path, key: &Path) -> Result<Self, TlsError> {
        let current = Arc::new(RwLock::new(read(certificate, key)?));
        Ok(Self {
            certificate: certificate.into(),
            key: key.into(),
            current,
        })
    }

    /// Shakes hands; HTTP/2 or HTTP/1.1 is agreed on by ALPN (RFC 7301).
    pub(super) async fn accept(&self, stream: TcpStream) -> io::Result<TlsStream<TcpStream>> {
        let current = self.current().clone();
        TlsAcceptor::from(current).accept(stream).await
    }

    /// Reads the files again whenever they change; connections that are open go on with what they
    /// began with. Files that cannot be used are passed over until they change again.
    pub(super) async fn watch(self) {
        let mut seen = self.state().await;
        loop {
            tokio::time::sleep(LOOK).await;
            let state = self.state().await;
            if state == seen {
                continue;
            }
            seen = state;
            let (certificate, key) = (self.certificate.clone(), self.key.clone());
            let read = tokio::task::spawn_blocking(move || read(&certificate, &key)).await;
            match read {
                Ok(Ok(config)) => {
                    *self.current.write().unwrap_or_else(PoisonError::into_inner) = config;
                    tracing::info!("the TLS certificate was read again");
                }
                Ok(Err(error)) => tracing::error!(
                    error = &error as &dyn std::error::Error,
                    "the new TLS certificate cannot be used, the old one goes on"
                ),
                Err(error) => tracing::error!(%error, "the TLS certificate was not read"),
            }
        }
    }

    fn current(&self) -> std::sync::RwLockReadGuard<'_, Arc<ServerConfig>> {
        self.current.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// When the files were written last, and how long they are.
    async fn state(&self) -> [Option<(SystemTime, u64)>; 2] {
        let mut states = [None, None];
        for (state, path) in states.iter_mut().zip([&self.certificate, &self.key]) {
            let metadata = tokio::fs::metadata(path).await.ok();
            *state = metadata.and_then(|data| Some((data.modified().ok()?, data.len())));
        }
        states
    }
}

fn read(certificate: &Path, key: &Path) -> Result<Arc<ServerConfig>, TlsError> {
    let fault = |path: &Path| {
        let path = path.to_owned();
        move |source| TlsError::File { path, source }
    };
    let chain: Result<Vec<_>, _> = CertificateDer::pem_file_iter(certificate)
        .map_err(fault(certificate))?
        .collect();
    let chain = chain.map_err(fault(certificate))?;
    if chain.is_empty() {
        let path = certificate.to_owned();
        return Err(TlsError::Empty { path });
    }
    let key = PrivateKeyDer::from_pem_file(key).map_err(fault(key))?;
    let mut config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_protocol_versions(&[&TLS13, &TLS12])?
        .with_no_client_auth()
        .with_single_cert(chain, key)?;
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(Arc::new(config))
}
