//! Serving connections: HTTP/1.1 and HTTP/2, in clear or over TLS, within bounds, until told to stop.

mod connection;
mod tls;

use std::{io, sync::Arc, time::Duration};

use axum::Router;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use tokio::{net::TcpListener, sync::Semaphore};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

pub(crate) use connection::OverTls;
pub use tls::{Tls, TlsError};

/// What bounds connections.
#[derive(Clone, Debug)]
pub struct Serving {
    /// Connections at a time; more wait in the system's queue.
    pub connections: usize,
    /// Requests of one HTTP/2 connection at a time.
    pub streams: u32,
    /// The longest head of a request: target, names and values of its fields, bytes.
    pub head_bytes: usize,
    /// How long a client may take for TLS, and for the head of a request; a kept HTTP/1.1 connection
    /// waits as long for the next one.
    pub head_time: Duration,
    /// How long an HTTP/2 connection stays without a new request.
    pub idle: Duration,
}

impl Default for Serving {
    fn default() -> Self {
        Self {
            connections: 4096,
            streams: 128,
            head_bytes: 64 << 10,
            head_time: Duration::from_secs(30),
            idle: Duration::from_secs(300),
        }
    }
}

/// How long accepting rests after an error that concerns no single connection (no descriptors left).
const REST: Duration = Duration::from_millis(500);

/// Serves until `stop` is cancelled, and then until the requests that run are answered. HTTP/2 is
/// spoken by prior knowledge in clear and by ALPN over TLS.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    serving: Serving,
    tls: Option<Tls>,
    stop: CancellationToken,
) -> io::Result<()> {
    let builder = builder(&serving);
    let places = Arc::new(Semaphore::new(serving.connections));
    let tracker = TaskTracker::new();
    if let Some(tls) = tls.clone() {
        let watch = stop.clone();
        tracker.spawn(async move { watch.run_until_cancelled(tls.watch()).await });
    }
    loop {
        let accepted = async {
            // Never closed.
            let place = places.clone().acquire_owned().await.ok();
            (listener.accept().await, place)
        };
        let (accepted, place) = tokio::select! {
            accepted = accepted => accepted,
            () = stop.cancelled() => break,
        };
        let (stream, address) = match accepted {
            Ok(accepted) => accepted,
            Err(error) => {
                let single = [
                    io::ErrorKind::ConnectionAborted,
                    io::ErrorKind::ConnectionReset,
                    io::ErrorKind::ConnectionRefused,
                ];
                if !single.contains(&error.kind()) {
                    tracing::error!(%error, "connections cannot be accepted");
                    tokio::time::sleep(REST).await;
                }
                continue;
            }
        };
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(%error, "TCP_NODELAY is not set");
        }
        let connection = connection::Connection {
            builder: builder.clone(),
            router: router.clone(),
            serving: serving.clone(),
            address,
            stop: stop.clone(),
        };
        let tls = tls.clone();
        tracker.spawn(async move {
            connection.serve(stream, tls).await;
            drop(place);
        });
    }
    drop(listener);
    tracker.close();
    tracker.wait().await;
    Ok(())
}

fn builder(serving: &Serving) -> Builder<TokioExecutor> {
    let mut builder = Builder::new(TokioExecutor::new());
    builder
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(serving.head_time);
    let list = u32::try_from(serving.head_bytes).unwrap_or(u32::MAX);
    builder
        .http2()
        .timer(TokioTimer::new())
        .max_concurrent_streams(serving.streams)
        .max_header_list_size(list)
        // A peer that is gone without a word is found out.
        .keep_alive_interval(Duration::from_secs(30))
        .keep_alive_timeout(Duration::from_secs(30));
    builder
}
