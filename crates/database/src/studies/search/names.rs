//! Person names as SQL (PS3.4 §C.2.2.2.1, PS3.18 §8.3.4.2), and the terms that find them.
//!
//! Without fuzzy matching a key is a value or a pattern of one component group, or of several; case
//! and diacritics do not count, and in place of an ideographic group stands its pinyin. Fuzzily, each
//! word of the key begins a word of the name, a syllable of its pinyin or its initials; ideographs
//! are sought anywhere.

use model::search::Matching;

use super::{
    super::{fold, readings, terms},
    condition::Where,
};

/// The terms that every name matching the key has, pairs of words first; empty when there are none
/// to go by.
pub(super) fn terms(matching: &Matching, fuzzy: bool) -> Vec<String> {
    let (Matching::Single(text) | Matching::Wildcard(text)) = matching else {
        return Vec::new();
    };
    let wild = matches!(matching, Matching::Wildcard(_));
    let mut all = Vec::new();
    for group in text.split('=').map(fold::name) {
        if fuzzy && !wild {
            all.extend(terms::of_words(terms::words(&group)));
        } else if fuzzy {
            for word in terms::words(&group) {
                all.extend(terms::within(word, false));
            }
        } else if wild {
            for (at, piece) in group.split(['*', '?']).enumerate() {
                all.extend(terms::within(piece, at == 0));
            }
        } else {
            all.extend(terms::within(&group, true));
        }
    }
    all.sort();
    all.dedup();
    all
}

impl Where {
    /// The name in `expression`; its readings are in the column beside it.
    pub(super) fn compare_name(&mut self, expression: &str, matching: &Matching) -> Option<String> {
        let (Matching::Single(text) | Matching::Wildcard(text)) = matching else {
            return None;
        };
        let (alias, _) = expression.split_once('.')?;
        let read = format!("{alias}.readings");
        let groups = text.split('=').map(fold::name);
        let groups: Vec<String> = groups.filter(|group| !group.is_empty()).collect();
        let wild = matches!(matching, Matching::Wildcard(_));
        let mut ways = Vec::new();
        if self.fuzzy {
            ways.extend(self.words(expression, &read, &groups.join("=")));
        }
        if !self.fuzzy || wild {
            ways.push(self.written(expression, &groups, wild));
            ways.extend(self.spoken(&read, &groups, wild));
        }
        (!ways.is_empty()).then(|| format!("({})", ways.join(" OR ")))
    }

    /// Group by group (`=group=group=`); a key of several groups as a whole.
    fn written(&mut self, expression: &str, groups: &[String], wild: bool) -> String {
        let key = groups.join("=");
        let start = self.pattern().anything().literal("=");
        let pattern = if wild {
            start.wildcard(&key)
        } else {
            start.literal(&key)
        };
        self.matches(expression, pattern.literal("=").anything())
    }

    /// The same of how a group is read. A caret in the key parts surname and given name; whatever
    /// else stands between words does not count.
    fn spoken(&mut self, read: &str, groups: &[String], wild: bool) -> Option<String> {
        let [group] = groups else { return None };
        let kept = |c: &char| c.is_alphanumeric() || matches!(c, '^' | '*' | '?');
        let key: String = group.chars().filter(kept).collect();
        if !key.is_ascii() || readings::joined(&key).is_empty() {
            return None;
        }
        let start = self.pattern().anything().literal("=");
        let pattern = if wild {
            start.wildcard(&key)
        } else {
            start.literal(&key)
        };
        Some(self.matches(read, pattern.literal("=").anything()))
    }

    /// Fuzzy: every word of the key begins a word of the name or of its readings.
    fn words(&mut self, expression: &str, read: &str, key: &str) -> Option<String> {
        let mut all = Vec::new();
        for word in terms::words(key) {
            let mut ways = Vec::new();
            if word.chars().any(terms::is_wide) {
                let pattern = self.pattern().anything().literal(word).anything();
                ways.push(self.matches(expression, pattern));
            } else {
                for (column, before) in [
                    (expression, ["=", "^", " ", "-"]),
                    (read, ["/", " ", "=", "^"]),
                ] {
                    for before in before {
                        let pattern = self.pattern().anything().literal(before).literal(word);
                        ways.push(self.matches(column, pattern.anything()));
                    }
                }
            }
            all.push(format!("({})", ways.join(" OR ")));
        }
        (!all.is_empty()).then(|| format!("({})", all.join(" AND ")))
    }
}
