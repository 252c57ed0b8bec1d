//! One picture being drawn for all who ask for it meanwhile.

use std::{
    collections::HashMap,
    future::Future,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use tokio::sync::OnceCell;

use super::Picture;
use crate::RetrieveError;

/// Pictures that are being drawn.
#[derive(Debug, Default)]
pub(super) struct Flights {
    open: Mutex<HashMap<String, Arc<OnceCell<Picture>>>>,
}

impl Flights {
    /// The picture of `key`, by `make` or by whoever makes it already. Where that one goes or fails,
    /// the next who waits makes it.
    pub(super) async fn join<F>(&self, key: &str, make: F) -> Result<Picture, RetrieveError>
    where
        F: Future<Output = Result<Picture, RetrieveError>>,
    {
        let seat = Seat::take(self, key);
        let Some(flight) = &seat.flight else {
            return make.await;
        };
        Ok(flight.get_or_try_init(|| make).await?.clone())
    }

    /// How many are under way.
    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.open().len()
    }

    fn open(&self) -> MutexGuard<'_, HashMap<String, Arc<OnceCell<Picture>>>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One who waits. The last who leaves ends the flight.
struct Seat<'a> {
    flights: &'a Flights,
    key: &'a str,
    /// None once it is left.
    flight: Option<Arc<OnceCell<Picture>>>,
}

impl<'a> Seat<'a> {
    fn take(flights: &'a Flights, key: &'a str) -> Self {
        let mut open = flights.open();
        let flight = Arc::clone(open.entry(key.to_owned()).or_default());
        Self {
            flights,
            key,
            flight: Some(flight),
        }
    }
}

impl Drop for Seat<'_> {
    fn drop(&mut self) {
        let mut open = self.flights.open();
        // Under the lock, so that the last who leaves sees that only the map has it.
        self.flight = None;
        if open
            .get(self.key)
            .is_some_and(|left| Arc::strong_count(left) == 1)
        {
            open.remove(self.key);
        }
    }
}
