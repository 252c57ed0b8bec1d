//! The data sets of a JSON array, found without reading them: one at a time becomes a tree.

use std::ops::Range;

/// Commas and colons of one data set: each is a value, of which a tree takes some hundred bytes.
const MOST_VALUES: usize = 2_000_000;
/// How deep arrays and objects may nest; readers of JSON allow some 128.
const DEEPEST: usize = 127;

/// Where each data set of a text lies: the text is one object, or an array of them. What lies
/// within is not looked at but for its nesting, its length in values, and that every bracket closes.
pub(super) fn data_sets(text: &[u8]) -> Result<Vec<Range<usize>>, &'static str> {
    let mut found = Vec::new();
    let mut depth = 0;
    let mut values = 0;
    let mut begun = 0;
    let mut quoted = false;
    let mut escaped = false;
    let mut outer = 0;
    let mut due = true;
    let mut ended = false;
    for (at, &byte) in text.iter().enumerate() {
        if quoted {
            match byte {
                _ if escaped => escaped = false,
                b'\\' => escaped = true,
                b'"' => quoted = false,
                _ => {}
            }
            continue;
        }
        if ended && !byte.is_ascii_whitespace() {
            return Err("something follows the metadata");
        }
        match byte {
            b'[' if depth == 0 => {
                outer = 1;
                depth = 1;
            }
            b'{' | b'[' => {
                if depth == outer {
                    if byte == b'[' || !due {
                        return Err("the metadata is no array of objects");
                    }
                    (begun, values, due) = (at, 0, false);
                }
                depth += 1;
                if depth > DEEPEST + outer {
                    return Err("the metadata nests too deep");
                }
            }
            b'}' | b']' => {
                if depth == 0 || depth == outer && byte == b'}' {
                    return Err("the metadata closes what it did not open");
                }
                depth -= 1;
                if depth == outer && byte == b'}' {
                    found.push(begun..at + 1);
                }
                ended = depth == 0;
            }
            b',' if depth == outer && !due => due = true,
            _ if depth == outer && !byte.is_ascii_whitespace() => {
                return Err("the metadata is no array of objects");
            }
            b',' | b':' => {
                values += 1;
                if values > MOST_VALUES {
                    return Err("a data set has too many values");
                }
            }
            b'"' => quoted = true,
            _ => {}
        }
    }
    match ended {
        true => Ok(found),
        false => Err("the metadata ends early"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(text: &str) -> Result<Vec<&str>, &'static str> {
        let ranges = data_sets(text.as_bytes())?;
        Ok(ranges.into_iter().map(|range| &text[range]).collect())
    }

    #[test]
    fn objects_are_found_where_they_lie() {
        assert_eq!(
            texts(" [ {\"a\":[{}]} , {\"]}\\\"\":1}]\n").unwrap(),
            ["{\"a\":[{}]}", "{\"]}\\\"\":1}"]
        );
        assert_eq!(texts("{\"a\":[1,2]}").unwrap(), ["{\"a\":[1,2]}"]);
        assert_eq!(texts("[]").unwrap(), Vec::<&str>::new());
    }

    #[test]
    fn what_is_no_array_of_objects_is_refused() {
        for text in [
            "", "[", "[1]", "{}{}", "[{} {}]", "[,]", "[[{}]]", "}", "[}", "{\"a", "[{},{}",
            "\"{}\"",
        ] {
            assert!(texts(text).is_err(), "{text}");
        }
        let deep = format!("{}{}", "[{\"a\":".repeat(1000), "}]".repeat(1000));
        assert_eq!(texts(&deep), Err("the metadata nests too deep"));
        let long = format!("[{{\"a\":[{}1]}}]", "1,".repeat(MOST_VALUES));
        assert_eq!(texts(&long), Err("a data set has too many values"));
    }
}
