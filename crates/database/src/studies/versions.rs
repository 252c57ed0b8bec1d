//! Which version of an instance is shown: a pure function of the set of versions, so that the order
//! in which they come in does not matter (ARCHITECTURE.md, invariant 2).
//!
//! Versions with the same data set in the same transfer syntax are one: the earliest stands for them.
//! The origin of the earliest version owns the instance; its newest version is shown, its others are
//! earlier ones, those of other origins are kept aside.

use crate::Committed;

/// What a version is to the instance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum State {
    Shown,
    Earlier,
    Aside,
}

impl State {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Shown => "shown",
            Self::Earlier => "earlier",
            Self::Aside => "aside",
        }
    }

    pub(crate) fn parse(text: &str) -> Option<Self> {
        match text {
            "shown" => Some(Self::Shown),
            "earlier" => Some(Self::Earlier),
            "aside" => Some(Self::Aside),
            _ => None,
        }
    }
}

/// What of a version decides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Version {
    pub(crate) ulid: String,
    pub(crate) origin: String,
    pub(crate) digest: [u8; 32],
    pub(crate) transfer_syntax: String,
}

impl Version {
    fn is_same_content(&self, other: &Self) -> bool {
        self.digest == other.digest && self.transfer_syntax == other.transfer_syntax
    }
}

/// What becomes of a new version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Decision {
    /// Its row is there.
    Known(State),
    /// An earlier version has the same content.
    Identical,
    /// It is written.
    Write {
        state: State,
        /// A later version of the same content that it takes the place of.
        instead_of: Option<String>,
        /// Versions whose state changes.
        changed: Vec<(String, State)>,
    },
}

/// The state of each version.
pub(crate) fn states(versions: &[&Version]) -> Vec<State> {
    let owner = versions
        .iter()
        .min_by(|a, b| a.ulid.cmp(&b.ulid))
        .map(|first| first.origin.as_str());
    let shown = versions
        .iter()
        .filter(|version| Some(version.origin.as_str()) == owner)
        .map(|version| version.ulid.as_str())
        .max();
    versions
        .iter()
        .map(|version| {
            if Some(version.ulid.as_str()) == shown {
                State::Shown
            } else if Some(version.origin.as_str()) == owner {
                State::Earlier
            } else {
                State::Aside
            }
        })
        .collect()
}

/// What becomes of `new` beside the versions that are there.
pub(crate) fn decide(there: &[(Version, State)], new: &Version) -> Decision {
    if let Some((_, state)) = there.iter().find(|(version, _)| version.ulid == new.ulid) {
        return Decision::Known(*state);
    }
    let twin = there
        .iter()
        .map(|(version, _)| version)
        .find(|version| version.is_same_content(new));
    if twin.is_some_and(|twin| twin.ulid < new.ulid) {
        return Decision::Identical;
    }
    let instead_of = twin.map(|twin| twin.ulid.clone());
    let kept: Vec<&(Version, State)> = there
        .iter()
        .filter(|(version, _)| Some(&version.ulid) != instead_of.as_ref())
        .collect();
    let all: Vec<&Version> = kept
        .iter()
        .map(|(version, _)| version)
        .chain([new])
        .collect();
    let mut states = states(&all);
    let state = states.pop().unwrap_or(State::Shown);
    let changed = kept
        .iter()
        .zip(states)
        .filter(|((_, before), after)| before != after)
        .map(|((version, _), after)| (version.ulid.clone(), after))
        .collect();
    Decision::Write {
        state,
        instead_of,
        changed,
    }
}

/// What the sender is told of a version that was written beside `others` more.
pub(crate) fn outcome(state: State, others: usize) -> Committed {
    match state {
        State::Shown if others == 0 => Committed::Stored,
        State::Shown | State::Earlier => Committed::Replaced,
        State::Aside => Committed::KeptAside,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn version(ulid: &str, origin: &str, content: u8) -> Version {
        Version {
            ulid: ulid.into(),
            origin: origin.into(),
            digest: [content; 32],
            transfer_syntax: "1.2".into(),
        }
    }

    /// Applies decisions in the order given; the result sorted by ULID.
    fn settle(order: &[&Version]) -> Vec<(String, State)> {
        let mut there: Vec<(Version, State)> = Vec::new();
        for new in order {
            if let Decision::Write {
                state,
                instead_of,
                changed,
            } = decide(&there, new)
            {
                there.retain(|(v, _)| Some(&v.ulid) != instead_of.as_ref());
                for (v, s) in &mut there {
                    if let Some((_, to)) = changed.iter().find(|(ulid, _)| *ulid == v.ulid) {
                        *s = *to;
                    }
                }
                there.push(((*new).clone(), state));
            }
        }
        let mut result: Vec<_> = there.into_iter().map(|(v, s)| (v.ulid, s)).collect();
        result.sort_by(|a, b| a.0.cmp(&b.0));
        result
    }

    #[test]
    fn every_order_of_arrival_ends_alike() {
        let set = [
            version("1", "a", 1),
            version("2", "b", 2),
            version("3", "a", 3),
            version("4", "b", 1),
            version("5", "a", 2),
        ];
        let expected = vec![
            ("1".to_owned(), State::Earlier),
            ("2".to_owned(), State::Aside),
            ("3".to_owned(), State::Shown),
        ];
        let mut orders = vec![vec![]];
        for n in 0..set.len() {
            orders = orders
                .into_iter()
                .flat_map(|order: Vec<usize>| {
                    (0..=n).map(move |at| {
                        let mut order = order.clone();
                        order.insert(at, n);
                        order
                    })
                })
                .collect();
        }
        assert_eq!(orders.len(), 120);
        for order in orders {
            let arrivals: Vec<&Version> = order.iter().map(|&at| &set[at]).collect();
            assert_eq!(settle(&arrivals), expected, "{order:?}");
        }
    }

    #[test]
    fn a_row_that_is_there_stays_as_it_is() {
        let one = version("1", "a", 1);
        assert_eq!(
            decide(&[(one.clone(), State::Shown)], &one),
            Decision::Known(State::Shown)
        );
    }
}
