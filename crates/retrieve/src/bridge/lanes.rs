//! What waits: interactive before bulk, and within each the clients in turn. One turn in sixteen is
//! bulk's all the same, so that it goes on where pictures are always asked for.

use std::collections::{HashMap, VecDeque};

use super::{Client, Priority, Turn};

/// Jobs that wait for a worker.
#[derive(Debug)]
pub(super) struct Lanes<J> {
    interactive: Lane<J>,
    bulk: Lane<J>,
    /// Interactive jobs taken while bulk ones waited, since the last of those.
    passed: u32,
}

#[derive(Debug)]
struct Lane<J> {
    /// Clients that have something waiting, the next one first.
    turns: VecDeque<Client>,
    waiting: HashMap<Client, VecDeque<(u64, J)>>,
    length: usize,
}

impl<J> Lanes<J> {
    pub(super) fn new() -> Self {
        let lane = || Lane {
            turns: VecDeque::new(),
            waiting: HashMap::new(),
            length: 0,
        };
        Self {
            interactive: lane(),
            bulk: lane(),
            passed: 0,
        }
    }

    /// How many jobs wait.
    pub(super) fn len(&self) -> usize {
        self.interactive.length + self.bulk.length
    }

    /// Puts a job behind the others of its client.
    pub(super) fn push(&mut self, turn: &Turn, id: u64, job: J) {
        let lane = self.lane(turn.priority);
        let jobs = lane.waiting.entry(turn.client.clone()).or_default();
        if jobs.is_empty() {
            lane.turns.push_back(turn.client.clone());
        }
        jobs.push_back((id, job));
        lane.length += 1;
    }

    /// The next job: of the client whose turn it is, which then goes behind the others.
    pub(super) fn pop(&mut self) -> Option<(u64, J)> {
        const BULK_TURN: u32 = 16;
        if self.bulk.length == 0 || self.passed + 1 < BULK_TURN {
            let next = self.interactive.pop();
            if next.is_some() {
                self.passed += u32::from(self.bulk.length > 0);
                return next;
            }
        }
        self.passed = 0;
        let next = self.bulk.pop();
        next.or_else(|| self.interactive.pop())
    }

    /// Takes a job out again, if it still waits.
    pub(super) fn remove(&mut self, turn: &Turn, id: u64) -> Option<J> {
        let lane = self.lane(turn.priority);
        let jobs = lane.waiting.get_mut(&turn.client)?;
        let position = jobs.iter().position(|(other, _)| *other == id)?;
        let (_, job) = jobs.remove(position)?;
        lane.length -= 1;
        if jobs.is_empty() {
            lane.waiting.remove(&turn.client);
            lane.turns.retain(|client| *client != turn.client);
        }
        Some(job)
    }

    fn lane(&mut self, priority: Priority) -> &mut Lane<J> {
        match priority {
            Priority::Interactive => &mut self.interactive,
            Priority::Bulk => &mut self.bulk,
        }
    }
}

impl<J> Lane<J> {
    fn pop(&mut self) -> Option<(u64, J)> {
        let client = self.turns.pop_front()?;
        let jobs = self.waiting.get_mut(&client)?;
        let next = jobs.pop_front()?;
        self.length -= 1;
        if jobs.is_empty() {
            self.waiting.remove(&client);
        } else {
            self.turns.push_back(client);
        }
        Some(next)
    }
}
