//! Who the caller is to us, and where a title is reached: by the peer table of the configuration, then by the index.

use std::{
    net::IpAddr,
    sync::Arc,
    time::{Duration, Instant},
};

use access::{Actor, Denial, Permit, decide};
use database::{Database, DatabaseError};
use model::{AeTitle, InstitutionId, Operation, Purpose, Standing};
use tokio::{net::lookup_host, sync::Mutex, time::timeout};
use tracing::warn;

use crate::{Peer, Settings, association::Refusal};

/// The peer table and the index.
#[derive(Clone, Debug)]
pub(crate) struct Directory {
    settings: Arc<Settings>,
    database: Database,
}

/// A peer, and where its institution stands.
struct Known {
    peer: Peer,
    standing: Standing,
}

impl Directory {
    pub(crate) fn new(settings: Arc<Settings>, database: Database) -> Self {
        Self { settings, database }
    }

    /// Whom a peer that calls from `address` is to us (PS3.8 §7.1.1.3, §7.1.1.4).
    async fn actor(&self, calling: &AeTitle, address: IpAddr) -> Result<Actor, Refusal> {
        let settings = &self.settings;
        if settings.open {
            return Ok(Actor::Developer {
                institution: settings.institution.clone(),
            });
        }
        let known = self.known(calling).await.map_err(|error| {
            warn!(
                error = &error as &dyn std::error::Error,
                "the index does not say who calls"
            );
            Refusal::Unavailable
        })?;
        let mut anywhere = Vec::new();
        let mut here = Vec::new();
        for known in known {
            if known.peer.host == "*" {
                anywhere.push(known);
            } else if is_at(&known.peer.host, address, settings.artim).await {
                here.push(known);
            }
        }
        // Whose address is known goes before whoever may call from anywhere.
        let found = if here.is_empty() { anywhere } else { here };
        let mut found = found.into_iter();
        let Some(Known { peer, standing }) = found.next() else {
            return Err(Refusal::UnknownCalling);
        };
        if found.any(|other| other.peer.institution != peer.institution) {
            warn!(
                association.calling_aet = %calling,
                association.peer_address = %address,
                "several institutions have this title at this address: nobody knows who calls"
            );
            return Err(Refusal::UnknownCalling);
        }
        Ok(Actor::Peer {
            ae_title: calling.clone(),
            address,
            institution: peer.institution,
            standing,
            operations: peer.operations,
        })
    }

    /// Where `ae_title` is reached for `institution`: a row of the configuration, else one of its own, else that of
    /// the one institution that has the title. Whoever calls from anywhere, or is not at work, is reached nowhere.
    pub(crate) async fn reach(
        &self,
        ae_title: &AeTitle,
        institution: &InstitutionId,
    ) -> Result<Option<Peer>, DatabaseError> {
        let mut known = self.known(ae_title).await?;
        known.retain(|known| {
            known.peer.host != "*" && matches!(known.standing, Standing::Active | Standing::Testing)
        });
        let is_ours = |known: &Known| known.peer.institution == *institution;
        let at = known.iter().position(is_ours);
        let is_one = known
            .windows(2)
            .all(|pair| pair[0].peer.institution == pair[1].peer.institution);
        Ok(match at {
            Some(at) => Some(known.swap_remove(at).peer),
            None if is_one => known.into_iter().next().map(|known| known.peer),
            None => None,
        })
    }

    /// Everybody who bears a title. A title that the configuration names is the configuration's alone.
    async fn known(&self, ae_title: &AeTitle) -> Result<Vec<Known>, DatabaseError> {
        let mut known = Vec::new();
        let peers = self.settings.peers.iter();
        for peer in peers.filter(|peer| peer.ae_title == *ae_title) {
            let institution = self.database.institution(&peer.institution).await?;
            if let Some(institution) = institution {
                known.push(Known {
                    peer: peer.clone(),
                    standing: institution.standing,
                });
            }
        }
        if !known.is_empty() {
            return Ok(known);
        }
        let entities = self.database.entities_titled(ae_title).await?;
        let entered = entities.into_iter().map(|of| Known {
            peer: Peer {
                ae_title: of.entity.ae_title,
                host: of.entity.host,
                port: of.entity.port,
                operations: of.entity.operations,
                institution: of.entity.institution,
            },
            standing: of.standing,
        });
        Ok(entered.collect())
    }
}

/// Who calls on one association: looked up when it begins, and again while it lasts, so that nobody goes on for long
/// with what was taken away.
#[derive(Debug)]
pub(crate) struct Caller {
    directory: Directory,
    calling: AeTitle,
    address: IpAddr,
    recheck: Duration,
    last: Mutex<(Actor, Instant)>,
}

impl Caller {
    /// Lets a caller in, or says why not.
    pub(crate) async fn admit(
        directory: Directory,
        calling: &AeTitle,
        called: &AeTitle,
        address: IpAddr,
    ) -> Result<Self, Refusal> {
        let settings = &directory.settings;
        if !settings.open && *called != settings.ae_title {
            return Err(Refusal::UnknownCalled);
        }
        let address = address.to_canonical();
        let recheck = settings.recheck;
        let actor = directory.actor(calling, address).await?;
        Ok(Self {
            directory,
            calling: calling.clone(),
            address,
            recheck,
            last: Mutex::new((actor, Instant::now())),
        })
    }

    /// The AE title that called.
    pub(crate) fn calling(&self) -> &AeTitle {
        &self.calling
    }

    /// A permit for one request or sub-operation; asked for every time.
    pub(crate) async fn permit(&self, operation: Operation) -> Result<Permit, Denial> {
        let mut last = self.last.lock().await;
        if last.1.elapsed() >= self.recheck {
            match self.directory.actor(&self.calling, self.address).await {
                Ok(actor) => *last = (actor, Instant::now()),
                // Without the index nothing is stored, found or sent: it says so itself, and is asked again.
                Err(Refusal::Unavailable) => {}
                Err(_) => *last = (Actor::Anonymous, Instant::now()),
            }
        }
        decide(&last.0, Purpose::Treatment, operation)
    }

    /// Where `ae_title` is reached for the caller's institution.
    pub(crate) async fn reach(&self, ae_title: &AeTitle) -> Result<Option<Peer>, DatabaseError> {
        let institution = {
            let last = self.last.lock().await;
            last.0.institution().cloned()
        };
        match institution {
            Some(institution) => self.directory.reach(ae_title, &institution).await,
            None => Ok(None),
        }
    }
}

/// Whether `host` of the peer table is `address`.
async fn is_at(host: &str, address: IpAddr, patience: Duration) -> bool {
    if let Ok(literal) = host.parse::<IpAddr>() {
        return literal.to_canonical() == address;
    }
    match timeout(patience, lookup_host((host, 0))).await {
        Ok(Ok(mut found)) => found.any(|found| found.ip().to_canonical() == address),
        Ok(Err(error)) => {
            warn!(peer.host = host, %error, "a host of the peer table cannot be resolved");
            false
        }
        Err(_) => false,
    }
}
