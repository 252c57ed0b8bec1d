//! A provider's public keys (RFC 7517), fetched again as it changes them.

use std::time::{Duration, Instant};

use jsonwebtoken::jwk::{Jwk, JwkSet, KeyOperations, PublicKeyUse};
use reqwest::{Client, Url};
use serde_json::Value;
use tokio::sync::Mutex;

use crate::{OpenIdError, fetch};

/// Keys are asked for again after so long.
const FRESH: Duration = Duration::from_secs(600);
/// A key that is not known is asked for at most so often.
const AGAIN: Duration = Duration::from_secs(10);
/// Keys of a provider that does not answer are used no longer than this.
const KEPT: Duration = Duration::from_secs(3600);

/// The keys as they were last seen.
#[derive(Debug, Default)]
pub(crate) struct Keys(Mutex<Kept>);

#[derive(Debug, Default)]
struct Kept {
    keys: Vec<Jwk>,
    fetched: Option<Instant>,
    /// When it was last asked, with whatever result.
    asked: Option<Instant>,
}

impl Keys {
    /// The keys that may have signed a token: the one that it names, or all where it names none.
    pub(crate) async fn find(
        &self,
        client: &Client,
        url: &Url,
        kid: Option<&str>,
    ) -> Result<Vec<Jwk>, OpenIdError> {
        // Whoever comes meanwhile waits for the one answer.
        let mut kept = self.0.lock().await;
        let is_fresh = kept.age(kept.fetched).is_some_and(|age| age < FRESH);
        let found = kept.named(kid);
        if is_fresh && !found.is_empty() {
            return Ok(found);
        }
        if kept.age(kept.asked).is_some_and(|age| age < AGAIN) {
            return kept.usable(found);
        }
        kept.asked = Some(Instant::now());
        match fetch::json::<Answer>("its keys", client.get(url.clone())).await {
            Ok(answer) => {
                kept.keys = answer.readable();
                kept.fetched = Some(Instant::now());
                Ok(kept.named(kid))
            }
            Err(error) => {
                tracing::warn!(%error, "the keys of an OpenID provider cannot be read");
                kept.usable(found).map_err(|_| error)
            }
        }
    }
}

impl Kept {
    fn age(&self, since: Option<Instant>) -> Option<Duration> {
        since.map(|since| since.elapsed())
    }

    fn named(&self, kid: Option<&str>) -> Vec<Jwk> {
        let keys = self.keys.iter();
        let is_named = |key: &&Jwk| kid.is_none() || key.common.key_id.as_deref() == kid;
        keys.filter(is_named).cloned().collect()
    }

    /// What was found, while the keys are not too old to tell.
    fn usable(&self, found: Vec<Jwk>) -> Result<Vec<Jwk>, OpenIdError> {
        let is_kept = self.age(self.fetched).is_some_and(|age| age < KEPT);
        is_kept.then_some(found).ok_or(OpenIdError::Down)
    }
}

/// A key set; keys of kinds that nobody here knows are passed over (RFC 7517 §5).
#[derive(serde::Deserialize)]
struct Answer {
    keys: Vec<Value>,
}

impl Answer {
    fn readable(self) -> Vec<Jwk> {
        let keys = self.keys.into_iter();
        let keys = keys.filter_map(|key| serde_json::from_value(key).ok());
        let set = JwkSet {
            keys: keys.collect(),
        };
        set.keys.into_iter().filter(is_for_signatures).collect()
    }
}

fn is_for_signatures(key: &Jwk) -> bool {
    let common = &key.common;
    let by_use = match &common.public_key_use {
        None => true,
        Some(stated) => *stated == PublicKeyUse::Signature,
    };
    let by_operation = match &common.key_operations {
        None => true,
        Some(stated) => stated.contains(&KeyOperations::Verify),
    };
    by_use && by_operation
}
