//! The limits of the listener, and the table of peers.

use std::time::Duration;

use model::{AeTitle, InstitutionId, Operation};

/// How the DICOM listener behaves.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Our AE title.
    pub ae_title: AeTitle,
    /// The longest P-DATA-TF PDU that we ask peers to send, bytes (PS3.8 §D.1).
    pub max_pdu: u32,
    /// Associations at a time; more are rejected as transient.
    pub max_associations: usize,
    /// A peer that sends or takes nothing for so long is aborted.
    pub idle_timeout: Duration,
    /// How long association establishment and closing may take (PS3.8 §9.1.5).
    pub artim: Duration,
    /// How long running associations may go on after a shutdown began.
    pub drain: Duration,
    /// Who may call, and where C-MOVE and storage commitment reach them; the index knows of more.
    pub peers: Vec<Peer>,
    /// After how long the index is asked once more who a caller is, while the association lasts.
    pub recheck: Duration,
    /// Anyone may call, by any called title, and do everything (`--dev`).
    pub open: bool,
    /// The institution that the server serves.
    pub institution: InstitutionId,
}

impl Settings {
    /// The defaults for one AE title: 256 KiB PDUs, 64 associations, 5 minutes of silence, nobody
    /// in the table.
    pub fn new(ae_title: AeTitle, institution: InstitutionId) -> Self {
        Self {
            ae_title,
            max_pdu: 256 << 10,
            max_associations: 64,
            idle_timeout: Duration::from_secs(300),
            artim: Duration::from_secs(30),
            drain: Duration::from_secs(30),
            peers: Vec::new(),
            recheck: Duration::from_secs(4),
            open: false,
            institution,
        }
    }
}

/// A row of the peer table.
#[derive(Clone, Debug)]
pub struct Peer {
    /// Its AE title.
    pub ae_title: AeTitle,
    /// Host name or address: what it calls from, and where it is reached; `*`: it calls from
    /// anywhere, and cannot be reached.
    pub host: String,
    /// The port on which it is reached.
    pub port: u16,
    /// What it may do.
    pub operations: Vec<Operation>,
    /// The institution that it belongs to.
    pub institution: InstitutionId,
}

impl Peer {
    /// Where it is reached, `host:port`.
    pub(crate) fn address(&self) -> String {
        if self.host.contains(':') {
            format!("[{}]:{}", self.host, self.port)
        } else {
            format!("{}:{}", self.host, self.port)
        }
    }
}
