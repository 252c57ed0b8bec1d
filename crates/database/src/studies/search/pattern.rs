//! DICOM wildcards as patterns of the database at hand: GLOB on SQLite, LIKE on PostgreSQL, both of
//! which regard case and take `?` for one character, not one byte.

use crate::sql::Dialect;

/// A pattern under construction.
#[derive(Debug)]
pub(super) struct Pattern {
    dialect: Dialect,
    text: String,
}

impl Pattern {
    pub(super) fn new(dialect: Dialect) -> Self {
        Self {
            dialect,
            text: String::new(),
        }
    }

    /// Any text.
    pub(super) fn anything(mut self) -> Self {
        self.text.push(match self.dialect {
            Dialect::Sqlite => '*',
            Dialect::Postgres => '%',
        });
        self
    }

    /// `text` as it is.
    pub(super) fn literal(mut self, text: &str) -> Self {
        for c in text.chars() {
            match (self.dialect, c) {
                (Dialect::Sqlite, '*' | '?' | '[') => {
                    self.text.push('[');
                    self.text.push(c);
                    self.text.push(']');
                }
                (Dialect::Postgres, '%' | '_' | '\\') => {
                    self.text.push('\\');
                    self.text.push(c);
                }
                _ => self.text.push(c),
            }
        }
        self
    }

    /// `text` with `*` for any text and `?` for one character (PS3.4 §C.2.2.2.4).
    pub(super) fn wildcard(mut self, text: &str) -> Self {
        let mut from = 0;
        for (at, c) in text.char_indices() {
            if c == '*' || c == '?' {
                self = self.literal(&text[from..at]);
                from = at + 1;
                match (self.dialect, c) {
                    (_, '*') => self = self.anything(),
                    (Dialect::Sqlite, _) => self.text.push('?'),
                    (Dialect::Postgres, _) => self.text.push('_'),
                }
            }
        }
        self.literal(&text[from..])
    }

    pub(super) fn into_text(self) -> String {
        self.text
    }
}

/// The operator that such patterns are for.
pub(super) fn operator(dialect: Dialect) -> &'static str {
    match dialect {
        Dialect::Sqlite => "GLOB",
        Dialect::Postgres => "LIKE",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_database_takes_for_wildcards_is_escaped() {
        let sqlite = Pattern::new(Dialect::Sqlite)
            .wildcard("a_%[b*c?")
            .into_text();
        assert_eq!(sqlite, "a_%[[]b*c?");
        let postgres = Pattern::new(Dialect::Postgres)
            .wildcard("a_%[b*c?")
            .into_text();
        assert_eq!(postgres, "a\\_\\%[b%c_");
        assert_eq!(
            Pattern::new(Dialect::Sqlite).literal("*").into_text(),
            "[*]"
        );
    }
}
