//! The one bounded bridge from async code to the pixel core: work waits in a bounded queue, is
//! done on threads of its own, and is not begun for a client that has gone.

mod gate;
mod lanes;
mod workers;

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
    time::{Duration, Instant},
};

use access::Permit;
use pixel::PixelError;
use tokio::{sync::oneshot, time::timeout};

pub(crate) use self::gate::Place;
use self::{
    gate::{Gate, Memory},
    workers::{Ticket, Workers},
};
use crate::{RetrieveError, Settings};

/// Whose work it is. Clients of a priority take turns.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Client(Arc<str>);

/// What is done first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Priority {
    /// Somebody waits for one picture; refused where the queue is full.
    Interactive,
    /// Whole objects and lists of frames; done while nothing interactive waits, and in one turn of
    /// sixteen. Waits where the queue is full: an answer that has begun is not to break off.
    Bulk,
}

/// Where work stands in the queue.
#[derive(Clone, Debug)]
pub(crate) struct Turn {
    pub(crate) client: Client,
    pub(crate) priority: Priority,
}

impl Turn {
    pub(crate) fn new(permit: &Permit, priority: Priority) -> Self {
        let actor = permit.actor().label();
        let client = format!("{} {actor}", permit.reader().institution);
        Self {
            client: Client(client.into()),
            priority,
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
    patience: Duration,
    workers: Workers,
}

/// A place in the queue, and the memory that the work will take.
#[derive(Debug)]
pub(crate) struct Room {
    place: Place,
    memory: Memory,
}

impl Bridge {
    pub(crate) fn new(settings: &Settings) -> Self {
        let gate = || Gate::new(settings.render_queue, settings.render_memory_bytes);
        Self {
            interactive: gate(),
            bulk: gate(),
            patience: settings.render_time,
            workers: Workers::new(settings.render_concurrency, settings.render_time),
        }
    }

    /// A place in the queue: bulk work waits for one, a picture may be refused with
    /// [`RetrieveError::Busy`]. To be asked for before anything is read.
    pub(crate) async fn place(&self, turn: &Turn) -> Result<Place, RetrieveError> {
        self.gate(turn.priority).place(turn).await
    }

    /// Room for work that will take `bytes`, once there is.
    pub(crate) async fn room(&self, place: Place, bytes: u64) -> Result<Room, RetrieveError> {
        let gate = self.gate(place.turn.priority);
        let memory = gate.memory(&place, bytes).await?;
        Ok(Room { place, memory })
    }

    fn gate(&self, priority: Priority) -> &Gate {
        match priority {
            Priority::Interactive => &self.interactive,
            Priority::Bulk => &self.bulk,
        }
    }

    /// Does `work` in its turn. A codec that panics spoils its frame only; dropped before the work
    /// began, it is not done. [`RetrieveError::TooSlow`] for what runs longer than it may.
    pub(crate) async fn work<T: Send + 'static>(
        &self,
        room: Room,
        task: Task,
        work: impl FnOnce() -> Result<T, PixelError> + Send + 'static,
    ) -> Result<Result<T, PixelError>, RetrieveError> {
        let Room { place, memory } = room;
        let turn = place.turn.clone();
        let (begin, mut begun) = oneshot::channel();
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
        let _ticket: Ticket = self.workers.submit(&turn, job).map_err(|error| {
            tracing::error!(%error, "a thread for pixel work cannot be begun");
            priority.refused()
        })?;
        // Those whose work does not end may all have gone: who waits looks after the threads.
        let begun = loop {
            match timeout(self.patience, &mut begun).await {
                Ok(begun) => break begun,
                Err(_) => self.workers.give_up_overdue(),
            }
        };
        begun.map_err(|_| RetrieveError::Interrupted)?;
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

impl Priority {
    fn refused(self) -> RetrieveError {
        let priority = self.name();
        metrics::counter!("yingyun_pixel_refused_total", "priority" => priority).increment(1);
        RetrieveError::Busy
    }

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
