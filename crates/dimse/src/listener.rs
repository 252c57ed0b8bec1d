//! The listener: who may come in, how many at once, and how they leave at shutdown.

use std::{net::SocketAddr, sync::Arc, thread, time::Duration};

use tokio::{
    net::{TcpListener, TcpStream},
    runtime::Handle,
    sync::Semaphore,
    time::{sleep, timeout},
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tracing::{debug, info, warn};

use crate::{
    DimseError, Services, Settings,
    admission::{Caller, Directory},
    association::{Patience, Refusal, Requested},
    session::{Session, Stage},
};

/// Connections beyond the associations: room to reject in good manners.
const ANTEROOM: usize = 16;
/// The pause after the system refused to accept, mostly for want of file descriptors.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// Bytes of stack a connection's thread may use; touched pages alone take memory.
const STACK: usize = 2 << 20;

/// What the connections share.
#[derive(Debug)]
struct Door {
    services: Services,
    settings: Arc<Settings>,
    directory: Directory,
    places: Semaphore,
    stage: Stage,
}

/// Serves associations on `listener` until `shutdown`; then no new one is taken, and the running
/// ones may finish within [`Settings::drain`].
pub async fn serve(
    listener: TcpListener,
    services: Services,
    settings: Settings,
    shutdown: CancellationToken,
) {
    let drain = settings.drain;
    let connections = Arc::new(Semaphore::new(settings.max_associations + ANTEROOM));
    let stop = CancellationToken::new();
    let tasks = TaskTracker::new();
    let settings = Arc::new(settings);
    let door = Arc::new(Door {
        directory: Directory::new(settings.clone(), services.database.clone()),
        services,
        places: Semaphore::new(settings.max_associations),
        settings,
        stage: Stage {
            draining: shutdown.clone(),
            tasks: tasks.clone(),
        },
    });
    loop {
        let accepted = tokio::select! {
            biased;
            () = shutdown.cancelled() => break,
            accepted = listener.accept() => accepted,
        };
        let (stream, address) = match accepted {
            Ok(accepted) => accepted,
            Err(error) => {
                warn!(%error, "a connection could not be accepted");
                sleep(ACCEPT_PAUSE).await;
                continue;
            }
        };
        let Ok(connection) = connections.clone().try_acquire_owned() else {
            debug!(association.peer_address = %address, "too many connections: closed");
            continue;
        };
        let (door, stop) = (door.clone(), stop.clone());
        let conversation = tasks.track_future(async move {
            tokio::select! {
                () = stop.cancelled() => {}
                () = door.connection(stream, address) => {}
            }
            drop(connection);
        });
        on_own_thread(conversation);
    }
    drop(listener);
    tasks.close();
    if timeout(drain, tasks.wait()).await.is_err() {
        warn!(
            associations = tasks.len(),
            "associations still running at the end of the drain"
        );
        stop.cancel();
        tasks.wait().await;
    }
}

/// Runs a connection on a thread of its own: what the archive does with files blocks there and
/// nowhere else, and a stored object changes threads only for the index's commit.
fn on_own_thread(connection: impl Future<Output = ()> + Send + 'static) {
    let runtime = Handle::current();
    let spawned = thread::Builder::new()
        .name("association".into())
        .stack_size(STACK)
        .spawn(move || runtime.block_on(connection));
    if let Err(error) = spawned {
        warn!(%error, "no thread for a connection: closed");
    }
}

impl Door {
    async fn connection(&self, stream: TcpStream, address: SocketAddr) {
        if let Err(error) = self.association(stream, address).await {
            debug!(
                association.peer_address = %address,
                error = &error as &dyn std::error::Error,
                "no association came about"
            );
        }
    }

    async fn association(&self, stream: TcpStream, address: SocketAddr) -> Result<(), DimseError> {
        let patience = Patience {
            idle: self.settings.idle_timeout,
            artim: self.settings.artim,
        };
        let requested = Requested::read(stream, patience).await?;
        let admitted = match requested.titles() {
            Ok(titles) => {
                let directory = self.directory.clone();
                Caller::admit(directory, &titles.0, &titles.1, address.ip())
                    .await
                    .map(|caller| (caller, titles))
            }
            Err(refusal) => Err(refusal),
        };
        let place = self.places.try_acquire();
        let (caller, titles, _place) = match (admitted, place) {
            (Ok((caller, titles)), Ok(place)) => (caller, titles, place),
            (Err(refusal), _) => return reject(requested, refusal, address).await,
            (_, Err(_)) => return reject(requested, Refusal::TooMany, address).await,
        };
        let mut association = requested.accept(titles, self.settings.max_pdu).await?;
        metrics::gauge!("dimse_associations").increment(1.0);
        let mut session = Session::new(
            self.services.clone(),
            self.settings.clone(),
            caller,
            self.stage.clone(),
        );
        let ended = session.converse(&mut association).await;
        metrics::gauge!("dimse_associations").decrement(1.0);
        session.leave().await;
        match &ended {
            Ok(()) => info!(
                association.calling_aet = %association.calling,
                association.called_aet = %association.called,
                association.peer_address = %address,
                association.messages = session.messages,
                "association released"
            ),
            Err(error) => info!(
                association.calling_aet = %association.calling,
                association.called_aet = %association.called,
                association.peer_address = %address,
                association.messages = session.messages,
                error = error as &dyn std::error::Error,
                "association ended without a release"
            ),
        }
        match ended {
            Err(DimseError::Protocol { .. }) => association.abort(true).await,
            Err(DimseError::TimedOut { .. }) => association.abort(false).await,
            _ => {}
        }
        Ok(())
    }
}

async fn reject(
    requested: Requested,
    refusal: Refusal,
    address: SocketAddr,
) -> Result<(), DimseError> {
    let (calling, called) = requested.titles().ok().unzip();
    info!(
        association.peer_address = %address,
        association.calling_aet = calling.as_ref().map(tracing::field::display),
        association.called_aet = called.as_ref().map(tracing::field::display),
        reason = ?refusal,
        "association rejected"
    );
    requested.reject(refusal).await
}
