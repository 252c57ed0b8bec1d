//! One connection.

use std::{
    net::SocketAddr,
    pin::pin,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use axum::{
    Router,
    body::Body,
    extract::ConnectInfo,
    http::{HeaderValue, Request, StatusCode, header},
    response::{IntoResponse, Response},
};
use hyper::{body::Incoming, service::service_fn};
use hyper_util::{
    rt::{TokioExecutor, TokioIo},
    server::conn::auto::Builder,
};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::TcpStream,
    time::{Instant, timeout},
};
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;

use super::{Serving, Tls};

/// A connection that was accepted.
pub(super) struct Connection {
    pub(super) builder: Builder<TokioExecutor>,
    pub(super) router: Router,
    pub(super) serving: Serving,
    pub(super) address: SocketAddr,
    pub(super) stop: CancellationToken,
}

/// Marks requests that came over TLS.
#[derive(Clone, Copy, Debug)]
pub(crate) struct OverTls;

impl Connection {
    /// Serves it to its end. What goes wrong is the client's affair.
    pub(super) async fn serve(self, stream: TcpStream, tls: Option<Tls>) {
        let Some(tls) = tls else {
            return self.speak(stream, false).await;
        };
        match timeout(self.serving.head_time, tls.accept(stream)).await {
            Ok(Ok(stream)) => self.speak(stream, true).await,
            Ok(Err(error)) => tracing::debug!(%error, "no TLS"),
            Err(_) => tracing::debug!("TLS took too long"),
        }
    }

    async fn speak(self, stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static, tls: bool) {
        let Self {
            builder,
            router,
            serving,
            address,
            stop,
        } = self;
        // When the last request began; none before the first.
        let last: Arc<Mutex<Option<Instant>>> = Arc::default();
        let head_bytes = serving.head_bytes;
        let service = service_fn({
            let last = last.clone();
            move |request: Request<Incoming>| {
                *last.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
                let router = router.clone();
                async move {
                    if head_length(&request) > head_bytes {
                        return Ok::<_, std::convert::Infallible>(too_long());
                    }
                    let mut request = prepared(request.map(Body::new), tls);
                    request.extensions_mut().insert(ConnectInfo(address));
                    router.oneshot(request).await
                }
            }
        });
        let connection = builder.serve_connection_with_upgrades(TokioIo::new(stream), service);
        let mut connection = pin!(connection);
        let mut ending = false;
        // Before its first request a connection has no longer than for a head; it is never asked to
        // end before something was read.
        let mut wait = serving.head_time;
        loop {
            tokio::select! {
                ended = connection.as_mut() => {
                    if let Err(error) = ended {
                        tracing::debug!(%error, "a connection broke");
                    }
                    return;
                }
                () = stop.cancelled(), if !ending => {
                    ending = true;
                    connection.as_mut().graceful_shutdown();
                }
                () = tokio::time::sleep(wait), if !ending => {
                    let last = *last.lock().unwrap_or_else(PoisonError::into_inner);
                    let Some(last) = last else {
                        return;
                    };
                    let quiet = last.elapsed();
                    if quiet >= serving.idle {
                        // Answers under way are ended first.
                        ending = true;
                        connection.as_mut().graceful_shutdown();
                    }
                    wait = serving.idle.saturating_sub(quiet).max(Duration::from_millis(100));
                }
            }
        }
    }
}

/// Bytes of the target and of the fields' names and values.
fn head_length<B>(request: &Request<B>) -> usize {
    let target = request.uri();
    let target = target.path().len() + target.query().map_or(0, str::len);
    let fields = request.headers().iter();
    target
        + fields
            .map(|(name, value)| name.as_str().len() + value.len())
            .sum::<usize>()
}

fn too_long() -> Response {
    let status = StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE;
    (status, [(header::CONNECTION, "close")]).into_response()
}

/// What HTTP/2 names in its own way is put where HTTP/1.1 has it, and TLS is noted.
fn prepared(mut request: Request<Body>, tls: bool) -> Request<Body> {
    if !request.headers().contains_key(header::HOST) {
        let authority = request.uri().authority();
        let host = authority.and_then(|host| HeaderValue::from_str(host.as_str()).ok());
        if let Some(host) = host {
            request.headers_mut().insert(header::HOST, host);
        }
    }
    if tls {
        request.extensions_mut().insert(OverTls);
        // Links in answers begin with https.
        request
            .headers_mut()
            .insert("x-forwarded-proto", HeaderValue::from_static("https"));
    }
    request
}
