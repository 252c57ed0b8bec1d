//! Who gets room for pixel work: a place in the queue, then memory. A client has half of either at
//! most.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError, Weak},
};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::{Client, Priority, Turn};
use crate::RetrieveError;

/// What may wait of one priority.
#[derive(Debug)]
pub(super) struct Gate {
    all: Shares,
    clients: Mutex<HashMap<Client, Weak<Shares>>>,
}

/// Places and memory.
#[derive(Debug)]
struct Shares {
    places: Arc<Semaphore>,
    queue: usize,
    /// In KiB.
    memory: Arc<Semaphore>,
    memory_kib: u32,
}

impl Shares {
    fn new(queue: usize, memory_kib: u32) -> Self {
        Self {
            places: Arc::new(Semaphore::new(queue)),
            queue,
            memory: Arc::new(Semaphore::new(memory_kib as usize)),
            memory_kib,
        }
    }

    fn half(&self) -> Self {
        Self::new(self.queue.div_ceil(2), self.memory_kib.div_ceil(2))
    }

    async fn place(&self, priority: Priority) -> Result<OwnedSemaphorePermit, RetrieveError> {
        let places = Arc::clone(&self.places);
        match priority {
            Priority::Interactive => places.try_acquire_owned().map_err(|_| priority.refused()),
            Priority::Bulk => {
                let place = places.acquire_owned().await;
                place.map_err(|_| RetrieveError::Interrupted)
            }
        }
    }

    /// What is larger than all of it goes alone.
    async fn memory(&self, kib: u32) -> Result<OwnedSemaphorePermit, RetrieveError> {
        let memory = Arc::clone(&self.memory);
        let taken = memory.acquire_many_owned(kib.min(self.memory_kib)).await;
        taken.map_err(|_| RetrieveError::Interrupted)
    }
}

/// A place in the queue.
#[derive(Debug)]
pub(crate) struct Place {
    pub(super) turn: Turn,
    of_client: Arc<Shares>,
    _places: [OwnedSemaphorePermit; 2],
}

/// Memory for the work, while this lives.
#[derive(Debug)]
pub(super) struct Memory {
    _of_client: Arc<Shares>,
    _taken: [OwnedSemaphorePermit; 2],
}

impl Gate {
    pub(super) fn new(queue: usize, memory_bytes: u64) -> Self {
        let kib = u32::try_from(memory_bytes.div_ceil(1024)).unwrap_or(u32::MAX);
        Self {
            all: Shares::new(queue.clamp(1, Semaphore::MAX_PERMITS), kib.max(1)),
            clients: Mutex::default(),
        }
    }

    /// A place. Bulk work waits for one; a picture for which there is none is refused.
    pub(super) async fn place(&self, turn: &Turn) -> Result<Place, RetrieveError> {
        let of_client = self.of(&turn.client);
        let places = [
            of_client.place(turn.priority).await?,
            self.all.place(turn.priority).await?,
        ];
        Ok(Place {
            turn: turn.clone(),
            of_client,
            _places: places,
        })
    }

    /// Memory for work of `bytes`. Waits for it: no more can wait than have places.
    pub(super) async fn memory(&self, place: &Place, bytes: u64) -> Result<Memory, RetrieveError> {
        let kib = u32::try_from(bytes.div_ceil(1024)).unwrap_or(u32::MAX);
        let of_client = Arc::clone(&place.of_client);
        let taken = [of_client.memory(kib).await?, self.all.memory(kib).await?];
        Ok(Memory {
            _of_client: of_client,
            _taken: taken,
        })
    }

    fn of(&self, client: &Client) -> Arc<Shares> {
        let mut clients = self.clients.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(shares) = clients.get(client).and_then(Weak::upgrade) {
            return shares;
        }
        clients.retain(|_, shares| shares.strong_count() > 0);
        let shares = Arc::new(self.all.half());
        clients.insert(client.clone(), Arc::downgrade(&shares));
        shares
    }
}
