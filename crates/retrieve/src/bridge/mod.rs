//! The one bounded bridge from async code to the pixel core: work waits in a bounded queue, is
//! done on threads of its own, and is not begun for a client that has gone.

mod lanes;
mod workers;

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
    time::{Duration, Instant},
};

use model::Permit;
use pixel::PixelError;
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore, TryAcquireError, oneshot},
    time::timeout,
};

use self::workers::{Ticket, Untaken, Workers};
use crate::{RetrieveError, Settings};

/// Whose work it is. Clients of a priority take turns.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Client(Arc<str>);

/// What is done first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Priority {
    /// Somebody waits for one picture.
    Interactive,
    /// Whole objects; done while nothing interactive waits, and in one turn of sixteen.
    Bulk,
}

/// Where work stands in the queue.
#[derive(Clone, Debug)]
pub(crate) struct Turn {
    pub(crate) client: Client,
    pub(crate) priority: Priority,
    /// Waits where the queue is full, instead of being refused: an answer that has begun is not to
    /// break off. It has one job waiting at any time.
    pub(crate) patient: bool,
}

impl Turn {
    pub(crate) fn new(permit: &Permit, priority: Priority) -> Self {
        let actor = permit.actor().label();
        let client = format!("{} {actor}", permit.institution());
        Self {
            client: Client(client.into()),
            priority,
            patient: false,
        }
    }
}

/// What a job is, for the metrics.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Task {
    /// `decode` or `render`.
    pub(crate) kind: &'static str,
    /// Pixels of the frame.
    pub(crate) pixels: u64,
    /// Bytes of the frame, decoded.
    pub(crate) bytes: u64,
}

/// The bridge.
#[derive(Debug)]
pub(crate) struct Bridge {
    interactive: Gate,
    bulk: Gate,
    /// Jobs of one client that may wait.
    share: usize,
    patience: Duration,
    workers: Workers,
}

/// What may wait of one priority.
#[derive(Debug)]
struct Gate {
    places: Arc<Semaphore>,
    /// In KiB.
    memory: Arc<Semaphore>,
    memory_kib: u32,
}

/// A place in the queue, and the memory that the work will take.
#[derive(Debug)]
pub(crate) struct Room {
    turn: Turn,
    place: OwnedSemaphorePermit,
    memory: OwnedSemaphorePermit,
}

impl Bridge {
    pub(crate) fn new(settings: &Settings) -> Self {
        let queue = settings.render_queue.clamp(1, Semaphore::MAX_PERMITS);
        let memory_kib = settings.render_memory_bytes.div_ceil(1024);
        let memory_kib = u32::try_from(memory_kib).unwrap_or(u32::MAX).max(1);
        let gate = || Gate {
            places: Arc::new(Semaphore::new(queue)),
            memory: Arc::new(Semaphore::new(memory_kib as usize)),
            memory_kib,
        };
        Self {
            interactive: gate(),
            bulk: gate(),
            share: queue.div_ceil(2),
            patience: settings.render_time,
            workers: Workers::new(settings.render_concurrency, settings.render_time),
        }
    }

    /// Room for work that will take `bytes`; [`RetrieveError::Busy`] where there is none, unless the
    /// turn is a patient one.
    pub(crate) async fn room(&self, turn: &Turn, bytes: u64) -> Result<Room, RetrieveError> {
        let gate = match turn.priority {
            Priority::Interactive => &self.interactive,
            Priority::Bulk => &self.bulk,
        };
        // What is larger than all of it goes alone.
        let kib = u32::try_from(bytes.div_ceil(1024)).unwrap_or(u32::MAX);
        let kib = kib.min(gate.memory_kib);
        let (places, memory) = (Arc::clone(&gate.places), Arc::clone(&gate.memory));
        let (place, memory) = if turn.patient {
            let place = places.acquire_owned().await;
            let place = place.map_err(|_| RetrieveError::Interrupted)?;
            let memory = memory.acquire_many_owned(kib).await;
            (place, memory.map_err(|_| RetrieveError::Interrupted)?)
        } else {
            let refused = |error| match error {
                TryAcquireError::NoPermits => turn.refused(),
                TryAcquireError::Closed => RetrieveError::Interrupted,
            };
            let place = places.try_acquire_owned().map_err(refused)?;
            (place, memory.try_acquire_many_owned(kib).map_err(refused)?)
        };
        Ok(Room {
            turn: turn.clone(),
            place,
            memory,
        })
    }

    /// Does `work` in its turn. A codec that panics spoils its frame only; dropped before the work
    /// began, it is not done. [`RetrieveError::TooSlow`] for what runs longer than it may.
    pub(crate) async fn work<T: Send + 'static>(
        &self,
        room: Room,
        task: Task,
        work: impl FnOnce() -> Result<T, PixelError> + Send + 'static,
    ) -> Result<Result<T, PixelError>, RetrieveError> {
        let Room {
            turn,
            place,
            memory,
        } = room;
        let (begin, begun) = oneshot::channel();
        let (finish, finished) = oneshot::channel();
        let (queued, priority) = (Instant::now(), turn.priority);
        let job = Box::new(move || {
            drop(place);
            task.began(priority, queued.elapsed());
            // Nobody hears either where the client has gone meanwhile.
            let _gone = begin.send(());
            let start = Instant::now();
            let result = catch_unwind(AssertUnwindSafe(work));
            task.ended(start.elapsed());
            drop(memory);
            let _gone = finish.send(result);
        });
        let share = if turn.patient { usize::MAX } else { self.share };
        let _ticket: Ticket =
            self.workers
                .submit(&turn, share, job)
                .map_err(|untaken| match untaken {
                    Untaken::Share => turn.refused(),
                    Untaken::NoThread(error) => {
                        tracing::error!(%error, "a thread for pixel work cannot be begun");
                        turn.refused()
                    }
                })?;
        begun.await.map_err(|_| RetrieveError::Interrupted)?;
        match timeout(self.patience, finished).await {
            Ok(Ok(Ok(result))) => Ok(result),
            Ok(Ok(Err(_panic))) => Ok(Err(PixelError::Damaged(
                "the decoder failed on the frame".into(),
            ))),
            Ok(Err(_)) => Err(RetrieveError::Interrupted),
            Err(_) => {
                self.workers.give_up_overdue();
                Err(RetrieveError::TooSlow {
                    seconds: self.patience.as_secs(),
                })
            }
        }
    }
}

impl Turn {
    fn refused(&self) -> RetrieveError {
        let priority = self.priority.name();
        metrics::counter!("yingyun_pixel_refused_total", "priority" => priority).increment(1);
        RetrieveError::Busy
    }
}

impl Priority {
    fn name(self) -> &'static str {
        match self {
            Self::Interactive => "interactive",
            Self::Bulk => "bulk",
        }
    }
}

impl Task {
    fn began(self, priority: Priority, waited: Duration) {
        let labels = [("kind", self.kind), ("priority", priority.name())];
        metrics::histogram!("yingyun_pixel_queue_seconds", &labels).record(waited);
    }

    fn ended(self, took: Duration) {
        let kind = self.kind;
        let nanoseconds = took.as_nanos() as f64 / self.pixels.max(1) as f64;
        metrics::histogram!("yingyun_pixel_nanoseconds_per_pixel", "kind" => kind)
            .record(nanoseconds);
        metrics::counter!("yingyun_pixel_bytes_total", "kind" => kind).increment(self.bytes);
    }
}
