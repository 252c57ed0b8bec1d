//! Threads of our own that do pixel work, begun when there is something to do.

use std::{
    collections::HashMap,
    fmt, io,
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    thread,
    time::{Duration, Instant},
};

use super::{Turn, lanes::Lanes};

/// Decoders recurse: as much as a main thread has.
const STACK: usize = 8 << 20;

/// Pixel work. It does not panic: what it calls may, and it catches that.
type Job = Box<dyn FnOnce() + Send>;

/// The threads. They end when this is dropped.
#[derive(Debug)]
pub(super) struct Workers {
    shared: Arc<Shared>,
}

struct Shared {
    state: Mutex<State>,
    work: Condvar,
    /// Threads at most.
    count: usize,
    /// How long a job may run before its thread is given up and replaced.
    patience: Duration,
}

struct State {
    lanes: Lanes<Job>,
    /// When each job began that runs on a thread that counts.
    running: HashMap<u64, Instant>,
    threads: usize,
    idle: usize,
    /// Threads that were given up and still run.
    overdue: usize,
    next: u64,
    closed: bool,
}

impl Workers {
    pub(super) fn new(count: usize, patience: Duration) -> Self {
        let state = State {
            lanes: Lanes::new(),
            running: HashMap::new(),
            threads: 0,
            idle: 0,
            overdue: 0,
            next: 0,
            closed: false,
        };
        Self {
            shared: Arc::new(Shared {
                state: Mutex::new(state),
                work: Condvar::new(),
                count: count.max(1),
                patience,
            }),
        }
    }

    /// Has `job` done in its turn; an error where there is no thread and none can be begun.
    pub(super) fn submit(&self, turn: &Turn, job: Job) -> io::Result<Ticket> {
        let mut state = self.shared.lock();
        state.give_up_overdue(&self.shared);
        let id = state.next;
        state.next += 1;
        state.lanes.push(turn, id, job);
        if let Err(error) = state.grow(&self.shared)
            && state.threads == 0
        {
            state.lanes.remove(turn, id);
            return Err(error);
        }
        drop(state);
        self.shared.work.notify_one();
        Ok(Ticket {
            shared: Arc::clone(&self.shared),
            turn: turn.clone(),
            id,
        })
    }

    /// Replaces the threads whose job runs for too long.
    pub(super) fn give_up_overdue(&self) {
        let mut state = self.shared.lock();
        state.give_up_overdue(&self.shared);
        if let Err(error) = state.grow(&self.shared) {
            tracing::warn!(%error, "a thread for pixel work cannot be begun");
        }
    }
}

impl Drop for Workers {
    fn drop(&mut self) {
        self.shared.lock().closed = true;
        self.shared.work.notify_all();
    }
}

/// A job that was taken. Where this is dropped while the job waits, it is not done.
#[derive(Debug)]
pub(super) struct Ticket {
    shared: Arc<Shared>,
    turn: Turn,
    id: u64,
}

impl Drop for Ticket {
    fn drop(&mut self) {
        let cancelled = self.shared.lock().lanes.remove(&self.turn, self.id);
        if cancelled.is_some() {
            metrics::counter!("yingyun_pixel_cancelled_total").increment(1);
        }
    }
}

impl State {
    /// Begins threads where more jobs wait than threads do.
    fn grow(&mut self, shared: &Arc<Shared>) -> io::Result<()> {
        let more = self.lanes.len().saturating_sub(self.idle);
        for _ in 0..more.min(shared.count.saturating_sub(self.threads)) {
            let of_thread = Arc::clone(shared);
            thread::Builder::new()
                .name("pixel".into())
                .stack_size(STACK)
                .spawn(move || of_thread.run())?;
            self.threads += 1;
        }
        Ok(())
    }

    /// As many threads as there are may be given up and still run: more would take the machine.
    fn give_up_overdue(&mut self, shared: &Shared) {
        let overdue: Vec<u64> = self
            .running
            .iter()
            .filter(|(_, began)| began.elapsed() >= shared.patience)
            .map(|(id, _)| *id)
            .take(shared.count - self.overdue.min(shared.count))
            .collect();
        for id in overdue {
            self.running.remove(&id);
            self.threads -= 1;
            self.overdue += 1;
            metrics::counter!("yingyun_pixel_overdue_total").increment(1);
            tracing::warn!("a frame takes longer than limits.render_seconds");
        }
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A thread: does what comes until the workers are dropped or it is given up.
    fn run(&self) {
        while let Some((id, job)) = self.take() {
            job();
            let mut state = self.lock();
            if state.running.remove(&id).is_none() {
                state.overdue -= 1;
                return;
            }
        }
    }

    fn take(&self) -> Option<(u64, Job)> {
        let mut state = self.lock();
        loop {
            if state.closed {
                return None;
            }
            if let Some((id, job)) = state.lanes.pop() {
                state.running.insert(id, Instant::now());
                return Some((id, job));
            }
            state.idle += 1;
            let woken = self.work.wait(state);
            state = woken.unwrap_or_else(PoisonError::into_inner);
            state.idle -= 1;
        }
    }
}

impl fmt::Debug for Shared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Shared")
            .field("count", &self.count)
            .finish_non_exhaustive()
    }
}
