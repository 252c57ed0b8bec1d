//! A body that a task makes piece by piece, no faster than it is taken.

use std::future::Future;

use bytes::Bytes;
use futures::{StreamExt, stream};
use tokio::sync::mpsc;

use crate::{Body, RetrieveError};

/// Where a task puts the pieces of a body. One waits to be taken at any time.
#[derive(Debug)]
pub(crate) struct Outlet {
    sender: mpsc::Sender<Result<Bytes, RetrieveError>>,
}

impl Outlet {
    /// Hands a piece over; an error where nobody takes it any more.
    pub(crate) async fn send(&self, piece: Bytes) -> Result<(), RetrieveError> {
        if piece.is_empty() {
            return Ok(());
        }
        let sent = self.sender.send(Ok(piece)).await;
        sent.map_err(|_| RetrieveError::Interrupted)
    }
}

/// The body that `work` makes in a task of its own; its error ends the body.
pub(crate) fn body<W, F>(work: W) -> Body
where
    W: FnOnce(Outlet) -> F,
    F: Future<Output = Result<(), RetrieveError>> + Send + 'static,
{
    let (sender, receiver) = mpsc::channel(1);
    let failures = sender.clone();
    let work = work(Outlet { sender });
    tokio::spawn(async move {
        if let Err(error) = work.await {
            // Nobody hears it when the receiver is gone.
            let _gone = failures.send(Err(error)).await;
        }
    });
    stream::unfold(receiver, |mut receiver| async move {
        receiver.recv().await.map(|piece| (piece, receiver))
    })
    .boxed()
}
