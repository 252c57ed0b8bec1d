//! Where instances lie that were asked for lately: a viewer asks for one frame of an instance after the
//! other. What this process changes is seen at once, what another node does after the time that is
//! configured. Permits are checked and accesses recorded at every request all the same.

use std::{
    collections::HashMap,
    fmt,
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use model::{InstanceKey, Uid};

use crate::Instance;

/// Instances that were looked up lately, of bounded size and age.
pub(crate) struct Located {
    lifetime: Duration,
    capacity: u64,
    kept: Mutex<Kept>,
}

#[derive(Default)]
struct Kept {
    /// The count of changes of the index that all of these are of.
    changes: u64,
    /// By SOP Instance UID; one UID in two studies is one entry, the later.
    instances: HashMap<Uid, (Instance, Instant)>,
    bytes: u64,
}

impl Located {
    /// `lifetime` of zero: nothing is kept.
    pub(crate) fn new(lifetime: Duration, capacity: u64) -> Self {
        Self {
            lifetime,
            capacity,
            kept: Mutex::default(),
        }
    }

    /// The instance of `key` as it was found no longer ago than the lifetime, if the index has not been
    /// changed since; `changes`: the count of its changes now.
    pub(crate) fn get(&self, key: &InstanceKey, changes: u64) -> Option<Instance> {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.changes != changes {
            return None;
        }
        let (instance, found) = kept.instances.get(&key.sop)?;
        let is_fresh = found.elapsed() < self.lifetime && instance.key() == key;
        is_fresh.then(|| instance.clone())
    }

    /// Keeps what was read after the count of changes was `changes`.
    pub(crate) fn put(&self, instance: &Instance, changes: u64) {
        let bytes = weight(instance);
        if self.lifetime.is_zero() || bytes > self.capacity {
            return;
        }
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.changes > changes {
            return;
        }
        if kept.changes < changes || kept.bytes + bytes > self.capacity {
            // Seconds old at most, all of it: it is soon found again.
            kept.instances.clear();
            kept.bytes = 0;
            kept.changes = changes;
        }
        let entry = (instance.clone(), Instant::now());
        let before = kept.instances.insert(instance.key().sop.clone(), entry);
        kept.bytes += bytes;
        kept.bytes -= before.map_or(0, |(instance, _)| weight(&instance));
    }
}

/// Bytes that an entry takes, about.
fn weight(instance: &Instance) -> u64 {
    const ENTRY: u64 = 1024;
    let frames = instance.row().frames.as_ref().map_or(0, Vec::len);
    ENTRY + frames as u64
}

impl fmt::Debug for Located {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Located")
            .field("lifetime", &self.lifetime)
            .field("capacity", &self.capacity)
            .finish_non_exhaustive()
    }
}
