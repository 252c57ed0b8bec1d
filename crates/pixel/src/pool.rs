//! Work on many frames or files at once: threads of rayon, results in order, memory bounded.

use std::{
    collections::BTreeMap,
    iter::Peekable,
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

use rayon::{ScopeFifo, ThreadPool, ThreadPoolBuilder};

use crate::PixelError;

#[cfg(test)]
mod tests;

/// Threads, and the memory that all work on them shares.
#[derive(Debug)]
pub struct Pool {
    threads: ThreadPool,
    memory: u64,
    used: AtomicU64,
}

/// Stack of a thread, bytes: as large as that of a program's first.
const STACK: usize = 8 << 20;

impl Pool {
    /// `threads` threads, 0 for as many as the machine has cores; `memory`: bytes that the jobs under
    /// way and the results that wait may take together, by what the jobs say of themselves.
    ///
    /// # Errors
    /// Threads that cannot be begun.
    pub fn new(threads: usize, memory: u64) -> Result<Self, PixelError> {
        let threads = ThreadPoolBuilder::new()
            .num_threads(threads)
            .stack_size(STACK)
            .thread_name(|index| format!("pixel-{index}"))
            .build()
            .map_err(|error| PixelError::unsupported(format!("no threads: {error}")))?;
        Ok(Self {
            threads,
            memory,
            used: AtomicU64::new(0),
        })
    }

    /// Does `work` on `jobs`, each with the bytes that it will take, several at a time, and gives the
    /// results to `take` in the order of the jobs. No more than two jobs a thread are under way or
    /// wait for `take`. A job that finds too little memory waits, but one of each call always goes on:
    /// what is larger than all of it goes alone. `work` may call this again; `jobs` and `take` may not.
    ///
    /// # Errors
    /// The first of `take`; no further job is begun then.
    ///
    /// # Panics
    /// Where `work`, `jobs` or `take` does, once all jobs under way have ended.
    pub fn in_order<J: Send, R: Send, E: Send>(
        &self,
        jobs: impl Iterator<Item = (u64, J)> + Send,
        work: impl Fn(J) -> R + Sync,
        take: impl FnMut(R) -> Result<(), E> + Send,
    ) -> Result<(), E> {
        let line = Line {
            pool: self,
            most: 2 * self.threads.current_num_threads() as u64,
            work,
            jobs: Mutex::new(jobs.peekable()),
            take: Mutex::new(take),
            state: Mutex::new(State {
                begun: 0,
                taken: 0,
                done: BTreeMap::new(),
                failure: None,
            }),
        };
        self.threads.scope_fifo(|scope| line.feed(scope));
        let state = line.state.into_inner();
        let failure = state.unwrap_or_else(PoisonError::into_inner).failure;
        failure.map_or(Ok(()), Err)
    }

    /// Takes `bytes` of the memory, if they are there or if they must be.
    fn hold(&self, bytes: u64, must: bool) -> Option<Held<'_>> {
        let room = |used: u64| {
            let sum = used.saturating_add(bytes);
            (must || sum <= self.memory).then_some(sum)
        };
        let before = self
            .used
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, room);
        before.ok().map(|before| Held {
            used: &self.used,
            bytes: before.saturating_add(bytes) - before,
        })
    }
}

/// Memory that a job has; given back when dropped.
struct Held<'p> {
    used: &'p AtomicU64,
    bytes: u64,
}

impl Drop for Held<'_> {
    fn drop(&mut self) {
        self.used.fetch_sub(self.bytes, Ordering::Relaxed);
    }
}

/// One call: no thread waits in it but for another to read the next job.
struct Line<'p, I: Iterator, W, T, R, E> {
    pool: &'p Pool,
    /// Jobs that may be under way or wait to be taken.
    most: u64,
    work: W,
    jobs: Mutex<Peekable<I>>,
    take: Mutex<T>,
    state: Mutex<State<'p, R, E>>,
}

struct State<'p, R, E> {
    begun: u64,
    taken: u64,
    /// What waits for those before it, by number.
    done: BTreeMap<u64, (R, Held<'p>)>,
    failure: Option<E>,
}

impl<'p, I, J, W, T, R, E> Line<'p, I, W, T, R, E>
where
    I: Iterator<Item = (u64, J)> + Send,
    J: Send,
    W: Fn(J) -> R + Sync,
    T: FnMut(R) -> Result<(), E> + Send,
    R: Send,
    E: Send,
{
    /// Begins jobs while there is room for them. Whoever makes room calls it afterwards, so that no
    /// job is forgotten.
    fn feed<'s>(&'s self, scope: &ScopeFifo<'s>)
    where
        J: 's,
    {
        let mut jobs = lock(&self.jobs);
        while self.has_place() {
            let Some(&(bytes, _)) = jobs.peek() else {
                return;
            };
            let Some((number, held)) = self.admit(bytes) else {
                return;
            };
            if let Some((_, job)) = jobs.next() {
                scope.spawn_fifo(move |scope| self.run(number, job, held, scope));
            }
        }
    }

    fn has_place(&self) -> bool {
        let state = lock(&self.state);
        state.failure.is_none() && state.begun - state.taken < self.most
    }

    fn admit(&self, bytes: u64) -> Option<(u64, Held<'p>)> {
        let mut state = lock(&self.state);
        let must = state.begun == state.taken;
        let held = self.pool.hold(bytes, must)?;
        let number = state.begun;
        state.begun += 1;
        Some((number, held))
    }

    fn run<'s>(&'s self, number: u64, job: J, held: Held<'p>, scope: &ScopeFifo<'s>)
    where
        J: 's,
    {
        let result = (self.work)(job);
        lock(&self.state).done.insert(number, (result, held));
        // Where another thread hands over, it looks once more after it has ended.
        while self.is_due() {
            let Ok(mut take) = self.take.try_lock() else {
                break;
            };
            while let Some((result, held)) = self.due() {
                let taken = take(result);
                drop(held);
                self.note(taken);
                self.feed(scope);
            }
        }
        self.feed(scope);
    }

    fn is_due(&self) -> bool {
        let state = lock(&self.state);
        state.failure.is_none() && state.done.contains_key(&state.taken)
    }

    /// The next result in order, if it is there.
    fn due(&self) -> Option<(R, Held<'p>)> {
        let mut state = lock(&self.state);
        let next = state.taken;
        match state.failure {
            None => state.done.remove(&next),
            Some(_) => None,
        }
    }

    fn note(&self, taken: Result<(), E>) {
        let mut state = lock(&self.state);
        match taken {
            Ok(()) => state.taken += 1,
            Err(error) => state.failure = Some(error),
        }
    }
}

/// What a panic has left is as good as before: it is changed in one step.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
