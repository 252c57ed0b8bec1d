//! How the ideographs of a name are read: pinyin without tones, every reading of every character.

use pinyin::ToPinyinMulti;

/// At most so many readings of one name.
const READINGS: usize = 32;

/// Characters of a group that are read; a component group has 64 at most (PS3.5 §6.2).
const CHARACTERS: usize = 64;

/// Surnames of two characters; every other is taken to have one where no caret tells.
const COMPOUND: [&str; 16] = [
    "欧阳", "歐陽", "司马", "司馬", "诸葛", "諸葛", "上官", "夏侯", "东方", "皇甫", "尉迟", "公孙",
    "令狐", "慕容", "司徒", "端木",
];

/// The readings of a folded name (`fold::names`): `/word word …/=reading=reading=`. Readings are
/// those of a whole group, its syllables joined, once with a caret behind the surname: what a key
/// without fuzzy matching may say in place of the ideographs. Words are what a fuzzy key may begin: each reading from each syllable on, its
/// initials likewise, and names of several words written as one. Empty when there is none of it.
pub(crate) fn of(folded: &str) -> String {
    let mut whole: Vec<String> = Vec::new();
    let mut words: Vec<String> = Vec::new();
    for group in folded.split('=').filter(|group| !group.is_empty()) {
        if group.contains(['^', ' ', '-']) && group.is_ascii() {
            push(&mut words, joined(group));
        }
        for syllables in spelled(group) {
            push(&mut whole, syllables.concat());
            push(&mut whole, with_caret(group, &syllables));
            let initials: Vec<char> = syllables.iter().filter_map(|s| s.chars().next()).collect();
            for at in 0..syllables.len() {
                if at > 0 {
                    push(&mut words, syllables[at..].concat());
                }
                push(&mut words, initials.iter().skip(at).collect());
            }
        }
    }
    if whole.is_empty() && words.is_empty() {
        return String::new();
    }
    let mut text = format!("/{}/", words.join(" "));
    for reading in whole {
        text.push('=');
        text.push_str(&reading);
    }
    text.push('=');
    text
}

/// Without what stands between the parts of a name.
pub(crate) fn joined(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).collect()
}

/// The syllables joined, a caret where the group has one or its surname ends.
fn with_caret(group: &str, syllables: &[String]) -> String {
    let surname = if COMPOUND.iter().any(|name| group.starts_with(name)) {
        2
    } else {
        1
    };
    let mut text = String::new();
    let mut syllables = syllables.iter().enumerate();
    for c in group.chars() {
        if c == '^' {
            text.push('^');
        } else if c.is_alphanumeric() {
            let Some((at, syllable)) = syllables.next() else {
                break;
            };
            if at == surname && !group.contains('^') {
                text.push('^');
            }
            text.push_str(syllable);
        }
    }
    text
}

fn push(list: &mut Vec<String>, text: String) {
    if !text.is_empty() && !list.contains(&text) {
        list.push(text);
    }
}

/// Every reading of a group that has ideographs, by syllables; what is no ideograph stands for
/// itself. The first character, the surname, varies last: where readings are left out for their
/// number, all of its own are there.
fn spelled(group: &str) -> Vec<Vec<String>> {
    let mut readings: Vec<Vec<String>> = vec![Vec::new()];
    let mut any = false;
    for c in group
        .chars()
        .filter(|c| c.is_alphanumeric())
        .take(CHARACTERS)
    {
        let syllables = match c.to_pinyin_multi() {
            Some(read) => {
                any = true;
                let mut syllables = Vec::new();
                for one in read {
                    for form in forms(one.plain()) {
                        push(&mut syllables, form);
                    }
                }
                syllables
            }
            None => vec![c.to_string()],
        };
        // The most common reading comes first in both.
        readings = syllables
            .iter()
            .flat_map(|syllable| {
                readings.iter().map(move |before| {
                    let mut reading = before.clone();
                    reading.push(syllable.clone());
                    reading
                })
            })
            .take(READINGS)
            .collect();
    }
    if any { readings } else { Vec::new() }
}

/// A syllable as it is typed: `ü` as `v` (input methods), `u` (without the dots) and `yu` (passports).
fn forms(syllable: &str) -> Vec<String> {
    if syllable.contains('ü') {
        ["v", "u", "yu"]
            .map(|instead| syllable.replace('ü', instead))
            .to_vec()
    } else {
        vec![syllable.replace('ê', "e")]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ideographs_are_read_in_all_their_ways() {
        assert_eq!(
            of("=zhang^san=张^三="),
            "/zhangsan zs san s/=zhangsan=zhang^san="
        );
        assert_eq!(of("=smith="), "");
        // Outside of the basic plane: four bytes, no reading.
        assert_eq!(of("=𠮷^一="), "/𠮷y yi y/=𠮷yi=𠮷^yi=");
        for (name, readings) in [
            ("=单^雄信=", ["shanxiongxin", "danxiongxin"]),
            ("=曾^国藩=", ["zengguofan", "cengguofan"]),
            ("=仇^英=", ["qiuying", "chouying"]),
            ("=解^缙=", ["xiejin", "jiejin"]),
            ("=吕^布=", ["lvbu", "lyubu"]),
            ("=欧阳修=", ["ouyangxiu", "ouyang^xiu"]),
        ] {
            let text = of(name);
            for reading in readings {
                assert!(text.contains(&format!("={reading}=")), "{name}: {text}");
            }
        }
    }

    #[test]
    fn readings_are_bounded() {
        let text = of(&format!("={}=", "曾仇解单重行长乐".repeat(8)));
        assert!(
            text.split('/')
                .nth(2)
                .is_some_and(|whole| whole.matches('=').count() <= 65)
        );
    }
}
