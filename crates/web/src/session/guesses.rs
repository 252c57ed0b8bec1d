//! What failed sign-ins cost: after the free ones, each doubles the wait before the next, of the
//! account named (whether there is one or not) and of the address it came from.

use std::{
    collections::HashMap,
    hash::Hash,
    net::IpAddr,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use time::OffsetDateTime;

use super::SignIn;

/// The wait after the first failure that is not free.
const FIRST_DELAY: Duration = Duration::from_secs(1);

/// Failures in memory, of bounded number.
#[derive(Debug)]
pub(crate) struct Guesses {
    settings: SignIn,
    failures: Mutex<Failures>,
}

#[derive(Debug, Default)]
struct Failures {
    accounts: HashMap<[u8; 32], Failure>,
    addresses: HashMap<IpAddr, Failure>,
}

#[derive(Clone, Copy, Debug)]
struct Failure {
    count: u32,
    last: OffsetDateTime,
}

/// A sign-in that goes on; counted as failed until it is said to be otherwise.
#[derive(Debug)]
pub(crate) struct Attempt {
    account: [u8; 32],
    address: IpAddr,
}

impl Guesses {
    pub(crate) fn new(settings: SignIn) -> Self {
        Self {
            settings,
            failures: Mutex::default(),
        }
    }

    /// Lets a sign-in try, or says how long it must wait. What is tried at the same time counts too.
    pub(crate) fn admit(
        &self,
        account: &str,
        address: IpAddr,
        now: OffsetDateTime,
    ) -> Result<Attempt, Duration> {
        // Of the name only a hash is kept: it may be a password typed into the wrong field.
        let account = *blake3::hash(account.as_bytes()).as_bytes();
        let address = network(address);
        let settings = &self.settings;
        let mut failures = self.failures.lock().unwrap_or_else(PoisonError::into_inner);
        let of_account = failures.accounts.get(&account);
        let of_address = failures.addresses.get(&address);
        let wait = self
            .wait(of_account, settings.account_failures, now)
            .max(self.wait(of_address, settings.address_failures, now));
        if !wait.is_zero() {
            return Err(wait);
        }
        self.count(&mut failures.accounts, account, now);
        self.count(&mut failures.addresses, address, now);
        Ok(Attempt { account, address })
    }

    /// The password was right: the account begins anew, and the address has one failure less.
    pub(crate) fn succeeded(&self, attempt: Attempt) {
        let mut failures = self.failures.lock().unwrap_or_else(PoisonError::into_inner);
        failures.accounts.remove(&attempt.account);
        take_back(&mut failures.addresses, &attempt.address);
    }

    /// The password was not looked at.
    pub(crate) fn withdrawn(&self, attempt: Attempt) {
        let mut failures = self.failures.lock().unwrap_or_else(PoisonError::into_inner);
        take_back(&mut failures.accounts, &attempt.account);
        take_back(&mut failures.addresses, &attempt.address);
    }

    fn wait(&self, failure: Option<&Failure>, free: u32, now: OffsetDateTime) -> Duration {
        let Some(failure) = failure.filter(|failure| !self.is_forgotten(failure, now)) else {
            return Duration::ZERO;
        };
        let Some(doubled) = failure.count.checked_sub(free) else {
            return Duration::ZERO;
        };
        let delay = FIRST_DELAY
            .saturating_mul(1_u32.checked_shl(doubled).unwrap_or(u32::MAX))
            .min(self.settings.max_delay);
        // A clock that was set back makes nobody wait longer than that.
        Duration::try_from(failure.last + delay - now)
            .map_or(Duration::ZERO, |left| left.min(delay))
    }

    fn count<K: Copy + Eq + Hash>(
        &self,
        failures: &mut HashMap<K, Failure>,
        key: K,
        now: OffsetDateTime,
    ) {
        if !failures.contains_key(&key) {
            self.make_room(failures, now);
        }
        let failure = failures.entry(key).or_insert(Failure {
            count: 0,
            last: now,
        });
        if self.is_forgotten(failure, now) {
            failure.count = 0;
        }
        failure.count = failure.count.saturating_add(1);
        failure.last = now;
    }

    /// Forgets what is over, and where that is nothing, the oldest.
    fn make_room<K: Copy + Eq + Hash>(
        &self,
        failures: &mut HashMap<K, Failure>,
        now: OffsetDateTime,
    ) {
        let most = self.settings.remembered.max(1);
        if failures.len() < most {
            return;
        }
        failures.retain(|_, failure| !self.is_forgotten(failure, now));
        if failures.len() >= most
            && let Some((&oldest, _)) = failures.iter().min_by_key(|(_, failure)| failure.last)
        {
            failures.remove(&oldest);
        }
    }

    fn is_forgotten(&self, failure: &Failure, now: OffsetDateTime) -> bool {
        failure.last + self.settings.forget <= now
    }
}

fn take_back<K: Eq + Hash>(failures: &mut HashMap<K, Failure>, key: &K) {
    if let Some(failure) = failures.get_mut(key) {
        failure.count = failure.count.saturating_sub(1);
        if failure.count == 0 {
            failures.remove(key);
        }
    }
}

/// An IPv4 address, or the 64 bits of an IPv6 address that one site has all below of.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(address) => IpAddr::V4(address),
        IpAddr::V6(address) => IpAddr::V6((u128::from(address) >> 64 << 64).into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ADDRESS: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(192, 0, 2, 7));

    fn guesses(adjust: impl FnOnce(&mut SignIn)) -> Guesses {
        let mut settings = SignIn::default();
        adjust(&mut settings);
        Guesses::new(settings)
    }

    fn at(seconds: i64) -> OffsetDateTime {
        OffsetDateTime::UNIX_EPOCH + Duration::from_secs(seconds.unsigned_abs())
    }

    fn wait(guesses: &Guesses, account: &str, address: IpAddr, seconds: i64) -> u64 {
        let admitted = guesses.admit(account, address, at(seconds));
        admitted.err().map_or(0, |wait| wait.as_secs())
    }

    #[test]
    fn each_failure_of_an_account_doubles_the_wait_to_its_bound() {
        let guesses = guesses(|settings| {
            settings.account_failures = 2;
            settings.address_failures = 100;
            settings.max_delay = Duration::from_secs(5);
        });
        let mut now = 100;
        for expected in [0, 1, 2, 4, 5, 5] {
            assert_eq!(wait(&guesses, "admin", ADDRESS, now), 0);
            now += expected;
            if expected > 0 {
                assert_eq!(wait(&guesses, "admin", ADDRESS, now - 1), 1);
            }
        }
        assert_eq!(wait(&guesses, "other", ADDRESS, now), 0);
        assert_eq!(wait(&guesses, "admin", ADDRESS, 0), 5, "a clock set back");
        let forgotten = now + 900;
        for _ in 0..2 {
            assert_eq!(wait(&guesses, "admin", ADDRESS, forgotten), 0);
        }
        assert_eq!(wait(&guesses, "admin", ADDRESS, forgotten), 1);
    }

    #[test]
    fn an_address_waits_whatever_names_it_tries() {
        let guesses = guesses(|settings| settings.address_failures = 3);
        for name in ["a", "b", "c"] {
            assert_eq!(wait(&guesses, name, ADDRESS, 1), 0);
        }
        assert_eq!(wait(&guesses, "d", ADDRESS, 1), 1);
        assert_eq!(
            wait(&guesses, "d", "::ffff:192.0.2.7".parse().unwrap(), 1),
            1
        );
        assert_eq!(wait(&guesses, "d", "192.0.2.8".parse().unwrap(), 1), 0);
        for host in ["2001:db8::1", "2001:db8::2", "2001:db8::3"] {
            assert_eq!(wait(&guesses, host, host.parse().unwrap(), 1), 0);
        }
        assert_eq!(wait(&guesses, "e", "2001:db8::4".parse().unwrap(), 1), 1);
        assert_eq!(wait(&guesses, "e", "2001:db8:0:1::".parse().unwrap(), 1), 0);
    }

    #[test]
    fn a_right_password_and_one_not_looked_at_cost_nothing() {
        let guesses = guesses(|settings| {
            settings.account_failures = 1;
            settings.address_failures = 2;
        });
        for _ in 0..9 {
            guesses.succeeded(guesses.admit("a", ADDRESS, at(1)).unwrap());
            guesses.withdrawn(guesses.admit("a", ADDRESS, at(1)).unwrap());
        }
        assert_eq!(wait(&guesses, "a", ADDRESS, 1), 0);
        assert_eq!(wait(&guesses, "a", ADDRESS, 1), 1);
        // An address's own account does not pay for its guesses at others.
        guesses.succeeded(guesses.admit("own", ADDRESS, at(1)).unwrap());
        assert_eq!(wait(&guesses, "b", ADDRESS, 1), 0);
        assert_eq!(wait(&guesses, "own", ADDRESS, 1), 1);
    }

    #[test]
    fn no_more_is_remembered_than_allowed() {
        let guesses = guesses(|settings| {
            settings.remembered = 3;
            settings.account_failures = 1;
        });
        for (second, name) in (1..).zip(["a", "b", "c", "d"]) {
            let address = IpAddr::from([192, 0, 2, second]);
            assert_eq!(wait(&guesses, name, address, second.into()), 0);
        }
        let failures = guesses.failures.lock().unwrap();
        assert_eq!((failures.accounts.len(), failures.addresses.len()), (3, 3));
        drop(failures);
        assert_eq!(wait(&guesses, "d", ADDRESS, 4), 1, "the newest stays");
        assert_eq!(wait(&guesses, "a", ADDRESS, 4), 0, "the oldest went");
    }
}
