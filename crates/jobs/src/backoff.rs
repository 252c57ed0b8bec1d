//! How long a job that failed waits.

use std::{sync::Arc, time::Duration};

use crate::Settings;

/// Gives 64 random bits.
pub type Random = Arc<dyn Fn() -> u64 + Send + Sync>;

/// The wait after the failure number `failures`, counted from 1: twice as long each time up to the
/// longest, less a random part of its half, so that what failed together is not tried together.
pub(crate) fn delay(settings: &Settings, failures: u32, random: u64) -> Duration {
    let doubled = 1_u32.checked_shl(failures.saturating_sub(1));
    let whole = doubled
        .and_then(|times| settings.first_delay.checked_mul(times))
        .map_or(settings.longest_delay, |whole| {
            whole.min(settings.longest_delay)
        });
    let half = whole / 2;
    let spread = u64::try_from(half.as_millis()).unwrap_or(u64::MAX);
    half + Duration::from_millis(random.checked_rem(spread + 1).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_the_longest_and_are_spread() {
        let settings = Settings {
            workers: 1,
            lease: Duration::from_secs(30),
            attempts: 10,
            first_delay: Duration::from_secs(2),
            longest_delay: Duration::from_secs(60),
            poll: Duration::from_secs(1),
        };
        for (failures, whole) in [(1, 2), (2, 4), (3, 8), (5, 32), (6, 60), (40, 60)] {
            let whole = Duration::from_secs(whole);
            let least = delay(&settings, failures, 0);
            assert_eq!(least, whole / 2, "{failures}");
            let most = u64::try_from(whole.as_millis() / 2).unwrap();
            assert_eq!(delay(&settings, failures, most), whole, "{failures}");
            for random in [1, 77, u64::MAX] {
                let delay = delay(&settings, failures, random);
                assert!((least..=whole).contains(&delay), "{failures} {delay:?}");
            }
        }
    }
}
