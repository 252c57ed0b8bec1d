//! ULIDs that rise, also within a millisecond and when the clock steps back.

use std::sync::{Arc, Mutex, PoisonError};

use model::{Clock, Identifiers};
use ulid::Ulid;

/// Rising ULIDs of this process.
#[derive(Debug)]
pub(crate) struct UlidIdentifiers {
    clock: Arc<dyn Clock>,
    last: Mutex<Ulid>,
}

impl UlidIdentifiers {
    pub(crate) fn new(clock: Arc<dyn Clock>) -> Self {
        Self {
            clock,
            last: Mutex::new(Ulid::nil()),
        }
    }
}

impl Identifiers for UlidIdentifiers {
    fn next(&self) -> Ulid {
        let now = self.clock.now().unix_timestamp_nanos() / 1_000_000;
        let fresh = Ulid::from_parts(u64::try_from(now).unwrap_or_default(), random());
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        *last = if fresh > *last {
            fresh
        } else {
            // Counting on from the last one keeps the order; 80 bits do not run over.
            Ulid::from(u128::from(*last) + 1)
        };
        *last
    }
}

fn random() -> u128 {
    Ulid::generate().random()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug)]
    struct Standing;

    impl Clock for Standing {
        fn now(&self) -> time::OffsetDateTime {
            time::OffsetDateTime::UNIX_EPOCH + time::Duration::days(20_000)
        }
    }

    #[test]
    fn identifiers_rise_while_the_clock_stands() {
        let identifiers = UlidIdentifiers::new(Arc::new(Standing));
        let given: Vec<Ulid> = (0..1000).map(|_| identifiers.next()).collect();
        assert!(given.is_sorted_by(|a, b| a < b));
        assert!(
            given
                .iter()
                .all(|ulid| ulid.timestamp_ms() == 1_728_000_000_000)
        );
    }
}
