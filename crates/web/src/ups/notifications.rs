//! Open Notification Connection and Send Event Report (PS3.18 §8.10.4, §8.10.5, §11.13).

use std::time::Duration;

use axum::{
    body::Bytes,
    extract::{
        Path, State, WebSocketUpgrade,
        ws::{CloseFrame, Message, WebSocket, close_code, rejection::WebSocketUpgradeRejection},
    },
    http::request::Parts,
    response::Response,
};
use model::Operation;
use tokio::time::{Instant, MissedTickBehavior, interval, timeout};
use workitems::Feed;

use super::{failure::Failure, subscribers::title};
use crate::{WebError, WebState, address::Address, error::Problem, session::Caller};

/// How often a silent connection is tried, and its credential looked at again.
const TRIED: Duration = Duration::from_secs(30);
/// How long a client may say nothing, and how long it may take to read a report.
const PATIENCE: Duration = Duration::from_secs(90);

/// Opens the WebSocket of a subscriber's event reports: a text frame of DICOM JSON each. A report
/// counts as received when the client answers the ping behind it; until then it comes again on the
/// next connection.
#[utoipa::path(get, path = "/dicom-web/ws/subscribers/{ae_title}", tag = "UPS-RS",
    params(("ae_title" = String, Path, description = "AE title that event reports are for")), responses(
    (status = 101, description = "The WebSocket is open"),
    (status = 400, description = "The handshake of the WebSocket is wrong, or there is no AE title", body = Problem),
    (status = 401, description = "Not signed in", body = Problem),
    (status = 403, description = "Another site's page asks", body = Problem),
    (status = 426, description = "No WebSocket is asked for, or the connection can become none", body = Problem),
    (status = 503, description = "Too many connections, or the database does not answer", body = Problem)))]
pub(crate) async fn notifications(
    State(state): State<WebState>,
    caller: Caller,
    Path(ae_title): Path<String>,
    parts: Parts,
    socket: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Result<Response, Failure> {
    let permit = caller.permit(Operation::Worklist)?;
    let socket = socket.map_err(WebError::NoWebSocket)?;
    Caller::require_own_page(&parts.headers, &state)?;
    let subscriber = title(&ae_title)?;
    let address = Address::new(state.settings.base_url.as_deref(), &parts.headers);
    let feed = state.workitems.feed(&permit, &subscriber).await;
    let feed = feed.map_err(|error| Failure::of(error, &address, ""))?;
    // Clients have nothing to say but pongs.
    let socket = socket.max_message_size(4 << 10).max_frame_size(4 << 10);
    Ok(socket.on_upgrade(|socket| async move { serve(socket, feed, state, parts).await }))
}

/// Why a connection ends.
enum End {
    /// The client is gone.
    Gone,
    /// Said to the client.
    Said(u16, &'static str),
}

async fn serve(mut socket: WebSocket, mut feed: Feed, state: WebState, parts: Parts) {
    if let End::Said(code, reason) = run(&mut socket, &mut feed, &state, &parts).await {
        let frame = CloseFrame {
            code,
            reason: reason.into(),
        };
        // A client that is gone needs no farewell.
        drop(timeout(PATIENCE, socket.send(Message::Close(Some(frame)))).await);
    }
}

async fn run(socket: &mut WebSocket, feed: &mut Feed, state: &WebState, parts: &Parts) -> End {
    let mut tried = interval(TRIED);
    tried.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut heard = Instant::now();
    loop {
        let sent = tokio::select! {
            event = feed.next() => match event {
                Ok(Some((number, report))) => {
                    // The pong says that the report before it came through.
                    let number = Bytes::copy_from_slice(&number.to_be_bytes());
                    let report = Message::Text(report.into());
                    send(socket, [report, Message::Ping(number)]).await
                }
                Ok(None) => {
                    let farewell = Message::Text(feed.farewell().into());
                    if send(socket, [farewell]).await.is_none() {
                        return End::Gone;
                    }
                    return End::Said(close_code::AWAY, "the server goes down");
                }
                Err(error) => {
                    tracing::error!(error = &error as &dyn std::error::Error, "event reports cannot be read");
                    return End::Said(close_code::ERROR, "event reports cannot be read");
                }
            },
            message = socket.recv() => {
                heard = Instant::now();
                match message {
                    Some(Ok(Message::Pong(number))) => acknowledge(feed, &number).await,
                    Some(Ok(Message::Close(_)) | Err(_)) | None => return End::Gone,
                    Some(Ok(_)) => Some(()),
                }
            }
            _ = tried.tick() => {
                let known = Caller::establish(parts, state).await;
                if known.is_ok_and(|caller| caller.permit(Operation::Worklist).is_err()) {
                    return End::Said(close_code::POLICY, "the sign-in has ended");
                }
                if heard.elapsed() > PATIENCE {
                    return End::Gone;
                }
                send(socket, [Message::Ping(Bytes::new())]).await
            }
        };
        if sent.is_none() {
            return End::Gone;
        }
    }
}

/// None if the client is gone or takes too long.
async fn send<const N: usize>(socket: &mut WebSocket, messages: [Message; N]) -> Option<()> {
    for message in messages {
        timeout(PATIENCE, socket.send(message)).await.ok()?.ok()?;
    }
    Some(())
}

/// An acknowledgement that is lost only makes a report come twice.
async fn acknowledge(feed: &Feed, number: &[u8]) -> Option<()> {
    if let Ok(number) = number.try_into() {
        let number = i64::from_be_bytes(number);
        if let Err(error) = feed.acknowledge(number).await {
            tracing::warn!(
                error = &error as &dyn std::error::Error,
                "an event report is not acknowledged"
            );
        }
    }
    Some(())
}
