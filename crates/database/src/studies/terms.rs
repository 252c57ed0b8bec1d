//! The terms that a name is indexed by and a key is looked up by (`study_terms`): of ideographs and
//! the like one or two, of letters two or three, in the order of the text and without what stands
//! between words; `^` and a letter for the beginning of a word; `&` and two letters for the beginnings of
//! two words: of `wang fang` each word leads to a tenth of all people, both together to few.
//!
//! A text that holds another has all its terms, so that terms find candidates, never fewer than
//! match; the name itself decides.

use std::collections::BTreeSet;

use super::readings;

/// Characters of a group that are indexed: twice what PS3.5 §6.2 allows.
const CHARACTERS: usize = 128;

/// The terms of a folded name (`fold::names`) with its readings, as a JSON array.
pub(crate) fn of(folded: &str, readings: &str) -> String {
    let (mut terms, mut starts) = (BTreeSet::new(), BTreeSet::new());
    for group in folded.split('=') {
        runs(group, |run, wide| grams(run, wide, &mut terms));
        starts.extend(words(group).filter_map(start));
    }
    for reading in readings.split(['/', '=', ' ']) {
        runs(reading, |run, wide| grams(run, wide, &mut terms));
        starts.extend(start(reading));
    }
    terms.extend(starts.iter().map(|letter| format!("^{letter}")));
    terms.extend(pairs(&starts));
    serde_json::json!(terms).to_string()
}

/// The terms that every name holding `text` somewhere has; `begins` tells that a word begins with
/// it. Empty when nothing can be told.
pub(crate) fn within(text: &str, begins: bool) -> Vec<String> {
    let mut terms = BTreeSet::new();
    let mut first = true;
    runs(text, |run, wide| {
        match (run.len(), wide) {
            (0, _) => {}
            (1, true) => {
                terms.insert(run.iter().collect());
            }
            (1, false) => {
                if first && begins {
                    terms.insert(format!("^{}", run[0]));
                }
            }
            (2, _) => {
                terms.insert(run.iter().collect());
            }
            (_, wide) => {
                let width = if wide { 2 } else { 3 };
                terms.extend(
                    run.windows(width)
                        .map(|gram| gram.iter().collect::<String>()),
                );
            }
        }
        first = false;
    });
    terms.into_iter().collect()
}

/// Every term of a run.
fn grams(run: &[char], wide: bool, terms: &mut BTreeSet<String>) {
    for width in if wide { [1, 2] } else { [2, 3] } {
        terms.extend(
            run.windows(width)
                .map(|gram| gram.iter().collect::<String>()),
        );
    }
}

/// The letter that a word begins with.
fn start(word: &str) -> Option<char> {
    word.chars().next().filter(|c| is_narrow(*c))
}

/// A term for each two letters that words begin with.
fn pairs(starts: &BTreeSet<char>) -> Vec<String> {
    let behind = |a: &char| starts.range(*a..).skip(1);
    starts
        .iter()
        .flat_map(|a| behind(a).map(move |b| format!("&{a}{b}")))
        .collect()
}

/// The terms that every name has in which each of `words` begins a word.
pub(crate) fn of_words<'w>(words: impl Iterator<Item = &'w str>) -> Vec<String> {
    let mut starts = BTreeSet::new();
    let mut terms = Vec::new();
    for word in words {
        terms.extend(within(word, true));
        starts.extend(start(word));
    }
    let mut all = pairs(&starts);
    all.extend(terms);
    all
}

/// The words of a group: what fuzzy matching takes for one.
pub(crate) fn words(group: &str) -> impl Iterator<Item = &str> {
    group
        .split(|c: char| c.is_whitespace() || matches!(c, '^' | '=' | ',' | '*' | '?' | '-' | '/'))
        .filter(|word| !word.is_empty())
}

/// Letters and digits of a text in runs of one kind, longer ones cut.
fn runs(text: &str, mut take: impl FnMut(&[char], bool)) {
    let joined: Vec<char> = readings::joined(text).chars().take(CHARACTERS).collect();
    for run in joined.chunk_by(|a, b| is_wide(*a) == is_wide(*b)) {
        take(run, is_wide(run[0]));
    }
}

fn is_narrow(c: char) -> bool {
    c.is_alphanumeric() && !is_wide(c)
}

/// Ideographs, kana, bopomofo, hangul: one character says much.
pub(crate) fn is_wide(c: char) -> bool {
    matches!(c, '\u{1100}'..='\u{11ff}' | '\u{2e80}'..='\u{a4cf}' | '\u{ac00}'..='\u{d7af}'
        | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_has_the_terms_of_all_that_may_be_asked_of_it() {
        let folded = "=zhang^san=张^三=张三=";
        let terms: Vec<String> = serde_json::from_str(&of(folded, &readings::of(folded))).unwrap();
        for (key, begins) in [
            ("张三", false),
            ("三", false),
            ("zhang^san", false),
            ("zhang san", false),
            ("zhangsan", true),
            ("zs", true),
            ("ngs", false),
            ("z", true),
            ("s", true),
        ] {
            let wanted = within(key, begins);
            assert!(!wanted.is_empty(), "{key}");
            assert!(
                wanted.iter().all(|term| terms.contains(term)),
                "{key}: {wanted:?} of {terms:?}"
            );
        }
        for word in ["zhang san", "san zhang", "s z"] {
            let wanted = of_words(words(word));
            assert!(wanted.contains(&"&sz".to_owned()), "{word}: {wanted:?}");
            assert!(wanted.iter().all(|term| terms.contains(term)), "{word}");
        }
        assert_eq!(within("z", false), Vec::<String>::new());
        assert!(within("李", false).iter().all(|term| !terms.contains(term)));
    }
}
