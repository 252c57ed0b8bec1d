//! When an access is written, and when it counts into what is written already.

use std::{
    pin::pin,
    sync::atomic::{AtomicBool, Ordering},
    task::{Context, Poll, Waker},
};

use super::*;
use crate::{Actor, Role, Roles, decide};

/// What is written, unless it is broken.
#[derive(Debug, Default)]
struct Ledger {
    written: Mutex<Vec<AccessEpisode>>,
    broken: AtomicBool,
}

#[async_trait::async_trait]
impl AuditPort for Ledger {
    async fn open(&self, episode: AccessEpisode) -> Result<(), AuditUnavailable> {
        if self.broken.load(Ordering::SeqCst) {
            return Err(AuditUnavailable("the disk is full".into()));
        }
        self.written.lock().unwrap().push(episode);
        Ok(())
    }
}

/// A clock that is set by hand, in seconds.
#[derive(Debug, Default)]
struct Hands(Mutex<f64>);

impl Clock for Hands {
    fn now(&self) -> OffsetDateTime {
        OffsetDateTime::UNIX_EPOCH + Duration::seconds_f64(*self.0.lock().unwrap())
    }
}

struct House {
    episodes: Episodes,
    ledger: Arc<Ledger>,
    clock: Arc<Hands>,
}

impl House {
    fn new() -> Self {
        let (ledger, clock) = (Arc::new(Ledger::default()), Arc::new(Hands::default()));
        Self {
            episodes: Episodes::new(ledger.clone(), clock.clone()),
            ledger,
            clock,
        }
    }

    fn access(&self, permit: &Permit, study: Option<&str>) -> Result<(), AuditUnavailable> {
        let study = study.map(|study| Uid::new(study).unwrap());
        let recording = pin!(self.episodes.record(permit, study.as_ref()));
        // The ledger never waits.
        match recording.poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(recorded) => recorded,
            Poll::Pending => panic!("it waits for nothing"),
        }
    }

    /// Episodes written after an access at `second`.
    fn after(&self, second: f64, permit: &Permit, study: Option<&str>) -> usize {
        *self.clock.0.lock().unwrap() = second;
        self.access(permit, study).unwrap();
        self.ledger.written.lock().unwrap().len()
    }
}

fn permit_of(name: &str, institution: &str, purpose: Purpose, operation: Operation) -> Permit {
    let actor = Actor::User {
        name: name.into(),
        institution: InstitutionId::new(institution).unwrap(),
        standing: model::Standing::Active,
        roles: Roles::new(
            Role::ALL
                .into_iter()
                .filter(|role| !role.is_administrator()),
        )
        .unwrap(),
    };
    decide(&actor, purpose, operation).unwrap()
}

fn permit() -> Permit {
    permit_of("wang", "local", Purpose::Treatment, Operation::Retrieve)
}

#[test]
fn an_episode_lasts_five_minutes_from_its_beginning() {
    let (house, permit) = (House::new(), permit());
    for (second, written) in [
        (0.0, 1),
        (299.999, 1),
        // It is not the last access that counts.
        (300.0, 2),
        (599.999, 2),
        (600.0, 3),
    ] {
        assert_eq!(
            house.after(second, &permit, Some("1.2")),
            written,
            "{second}"
        );
    }
    let written = house.ledger.written.lock().unwrap();
    let second = &written[1];
    assert_eq!(second.began.unix_timestamp(), 300);
    assert_eq!(second.actor, "user:wang");
    assert_eq!(second.operation, Operation::Retrieve);
    assert_eq!(second.study.as_ref().unwrap().study.as_str(), "1.2");
}

#[test]
fn a_clock_that_was_set_back_ends_an_episode() {
    let (house, permit) = (House::new(), permit());
    assert_eq!(house.after(1000.0, &permit, None), 1);
    assert_eq!(house.after(999.0, &permit, None), 2);
    assert_eq!(house.after(1000.0, &permit, None), 2);
}

#[test]
fn who_what_for_what_and_of_which_study_are_episodes_of_their_own() {
    use Operation::{Query, Retrieve};
    use Purpose::Treatment;
    let house = House::new();
    let other = [
        (permit_of("wang", "local", Treatment, Retrieve), Some("1.2")),
        (permit_of("wang", "local", Treatment, Retrieve), Some("1.3")),
        (permit_of("wang", "local", Treatment, Retrieve), None),
        (permit_of("wang", "local", Treatment, Query), Some("1.2")),
        (permit_of("li", "local", Treatment, Retrieve), Some("1.2")),
        (
            permit_of("wang", "local", Purpose::Operation, Retrieve),
            Some("1.2"),
        ),
        (permit_of("wang", "east", Treatment, Retrieve), Some("1.2")),
        (permit_of("wang", "east", Treatment, Retrieve), None),
    ];
    for (index, (permit, study)) in other.iter().enumerate() {
        assert_eq!(house.after(0.0, permit, *study), index + 1, "{permit:?}");
    }
    for (permit, study) in &other {
        assert_eq!(house.after(1.0, permit, *study), other.len(), "{permit:?}");
    }
}

/// ARCHITECTURE.md, invariant 5: nothing leaves when it cannot be written.
#[test]
fn what_could_not_be_written_is_no_episode() {
    let (house, permit) = (House::new(), permit());
    house.ledger.broken.store(true, Ordering::SeqCst);
    for _ in 0..2 {
        assert!(house.access(&permit, Some("1.2")).is_err());
    }
    house.ledger.broken.store(false, Ordering::SeqCst);
    assert_eq!(house.after(0.0, &permit, Some("1.2")), 1);
}

#[test]
fn what_is_remembered_is_bounded_and_what_has_ended_goes_first() {
    let (house, permit) = (House::new(), permit());
    let fill = |second: f64, root: &str| {
        for number in 0..REMEMBERED {
            house.after(second, &permit, Some(&format!("{root}.{number}")));
        }
        house.ledger.written.lock().unwrap().len()
    };
    assert_eq!(fill(0.0, "1.1"), REMEMBERED);
    // At 300 s all of them have ended: they make room, and what comes stays known.
    assert_eq!(house.after(300.0, &permit, Some("1.2")), REMEMBERED + 1);
    assert_eq!(house.episodes.lock().len(), 1);
    assert_eq!(house.after(301.0, &permit, Some("1.2")), REMEMBERED + 1);
    // None of these has ended: all are forgotten, and written once more when they come again.
    let full = fill(302.0, "1.3");
    assert!(house.episodes.lock().len() <= REMEMBERED);
    assert_eq!(house.after(303.0, &permit, Some("1.2")), full + 1);
}
