//! `[dicom]`: the DICOM network's door, and the table of peers.

use std::net::{Ipv4Addr, SocketAddr};

use model::{AeTitle, InstitutionId, Operation};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{ConfigError, error::within, http::loopback_in_dev};

/// The DICOM network's door.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Dicom {
    /// Our AE title.
    #[schemars(with = "String")]
    pub ae_title: AeTitle,
    /// The address and port to listen on; port 0 takes a free one.
    pub address: SocketAddr,
    /// The longest P-DATA-TF PDU that a sender may use (PS3.8 §D.1).
    pub max_pdu_bytes: u32,
    /// Associations at a time; more are rejected as transient (PS3.8 §9.3.4).
    pub max_associations: u32,
    /// An association without a message for so long is aborted.
    pub idle_timeout_seconds: u32,
    /// How long a peer may take for its side of opening and closing (PS3.8 §9.1.5, ARTIM).
    pub artim_seconds: u32,
    /// Who may call. Without `--dev` nobody else is answered.
    pub peers: Vec<Peer>,
}

/// A DICOM application entity that may call, and that C-MOVE may send to.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Peer {
    /// Its AE title.
    #[schemars(with = "String")]
    pub ae_title: AeTitle,
    /// Host name or address: what it calls from, and where it is reached. `*`: it calls from
    /// anywhere, and cannot be reached.
    pub host: String,
    /// The port on which it is reached (C-MOVE, storage commitment).
    pub port: u16,
    /// What it may do: `store`, `query`, `retrieve`, `delete`, `worklist`, `schedule`.
    #[schemars(with = "Vec<OperationName>")]
    pub operations: Vec<Operation>,
    /// The institution it belongs to; the archive's own if none is given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub institution: Option<InstitutionId>,
}

/// The schema of [`Operation`], which knows nothing of schemas.
#[derive(JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(rename = "Operation")]
#[expect(dead_code, reason = "only its schema is used")]
pub(crate) enum OperationName {
    Store,
    Query,
    Retrieve,
    Delete,
    Worklist,
    Schedule,
}

impl Default for Dicom {
    fn default() -> Self {
        Self {
            ae_title: AeTitle::new("YINGYUN").expect("a constant AE title is valid"),
            address: (Ipv4Addr::LOCALHOST, 11112).into(),
            max_pdu_bytes: 256 << 10,
            max_associations: 64,
            idle_timeout_seconds: 300,
            artim_seconds: 30,
            peers: Vec::new(),
        }
    }
}

impl Dicom {
    pub(crate) fn validate(&self, dev: bool) -> Result<(), ConfigError> {
        loopback_in_dev("dicom.address", self.address, dev)?;
        within(
            "dicom.max_pdu_bytes",
            self.max_pdu_bytes.into(),
            16 << 10..=16 << 20,
        )?;
        within(
            "dicom.max_associations",
            self.max_associations.into(),
            1..=4096,
        )?;
        within(
            "dicom.idle_timeout_seconds",
            self.idle_timeout_seconds.into(),
            1..=86_400,
        )?;
        within("dicom.artim_seconds", self.artim_seconds.into(), 1..=3600)?;
        for (number, peer) in self.peers.iter().enumerate() {
            let key = format!("dicom.peers[{number}]");
            if peer.host.trim().is_empty() {
                let mend = "give the peer's host name or address";
                return Err(ConfigError::value(&format!("{key}.host"), &peer.host, mend));
            }
            within(&format!("{key}.port"), peer.port.into(), 1..=65_535)?;
            let same = |other: &Peer| other.ae_title == peer.ae_title && other.host == peer.host;
            if self.peers[..number].iter().any(same) {
                let mend = "a row with this AE title and host stands before: leave one out";
                return Err(ConfigError::value(&key, peer.ae_title.as_str(), mend));
            }
        }
        Ok(())
    }
}
