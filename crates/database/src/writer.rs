//! The one writer of a process, on a thread of its own: takes what waits, writes it in one
//! transaction, answers each. It waits for nobody: alone, an object is committed at once; under load,
//! those that arrived during one commit share the next.

use std::{sync::Arc, thread};

use tokio::{
    runtime::Handle,
    sync::{Mutex, RwLock, mpsc, oneshot},
};

use crate::{
    DatabaseError, generation,
    store::Store,
    studies::{Done, Work, batch},
};

/// At most so many in one transaction.
const BATCH: usize = 256;

/// Senders wait when so many are in line.
const LINE: usize = 1024;

type Waiting = (Work, oneshot::Sender<Result<Done, DatabaseError>>);

/// The writer's end that callers hold.
#[derive(Debug)]
pub(crate) struct Writer {
    line: RwLock<Option<mpsc::Sender<Waiting>>>,
    /// Closed when the thread ends.
    ended: Mutex<Option<oneshot::Receiver<()>>>,
}

impl Writer {
    pub(crate) fn start(store: Arc<Store>) -> Result<Self, DatabaseError> {
        let (line, waiting) = mpsc::channel(LINE);
        let (end, ended) = oneshot::channel();
        let runtime = Handle::current();
        thread::Builder::new()
            .name("index-writer".into())
            .spawn(move || {
                runtime.block_on(run(&store, waiting));
                drop(end);
            })
            .map_err(|error| DatabaseError::open(sqlx::Error::from(error)))?;
        Ok(Self {
            line: RwLock::new(Some(line)),
            ended: Mutex::new(Some(ended)),
        })
    }

    /// Has `work` written durably. It is written even if the caller does not wait for the answer.
    pub(crate) async fn write(&self, work: Work) -> Result<Done, DatabaseError> {
        let (answer, answered) = oneshot::channel();
        let line = self
            .line
            .read()
            .await
            .clone()
            .ok_or(DatabaseError::Closed)?;
        line.send((work, answer))
            .await
            .map_err(|_| DatabaseError::Closed)?;
        drop(line);
        answered.await.map_err(|_| DatabaseError::Closed)?
    }

    /// Takes no more work and returns when all is done.
    pub(crate) async fn stop(&self) {
        self.line.write().await.take();
        if let Some(ended) = self.ended.lock().await.take() {
            // Nothing is ever sent: the channel closes.
            ended.await.ok();
        }
    }
}

async fn run(store: &Store, mut waiting: mpsc::Receiver<Waiting>) {
    let mut taken = Vec::with_capacity(BATCH);
    while waiting.recv_many(&mut taken, BATCH).await > 0 {
        let (work, answers): (Vec<_>, Vec<_>) = taken.drain(..).unzip();
        let done = batch(store, &work).await;
        generation::happened();
        for (answer, done) in answers.into_iter().zip(done) {
            // A caller that has gone needs no answer.
            answer.send(done).ok();
        }
    }
}
