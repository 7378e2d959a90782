//! Words: what the dialects of SQL say differently.
//!
//! In:    names, texts, columns of a table.
//! Out:   expressions of one [`Dialect`].
//! Never: knows a rule of billing.

use crate::diagnostic::nearest;
use crate::dialect::table::{Kind, Relation};

/// An engine's SQL.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    /// Spark SQL with ANSI mode on: EMR, Glue, Databricks, an own cluster.
    Spark,
    /// Athena, engine version 3, which is Trino.
    Athena,
    /// `DuckDB`.
    DuckDb,
}

/// Digits of an amount of one line before the point: less than 10^15 units.
const LINE_DIGITS: u8 = 27;

impl Dialect {
    /// Every dialect and its word on the command line.
    pub const WORDS: [(&'static str, Self); 3] =
        [("spark", Self::Spark), ("athena", Self::Athena), ("duckdb", Self::DuckDb)];

    /// The dialect of a word.
    ///
    /// # Errors
    /// The words that are known, when it is none of them.
    pub fn parse(text: &str) -> Result<Self, String> {
        let word = text.to_ascii_lowercase();
        let known = Self::WORDS.iter().find(|(known, _)| *known == word);
        known.map(|(_, dialect)| *dialect).ok_or_else(|| {
            let words = Self::WORDS.map(|(known, _)| known);
            match nearest(&word, words) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("expected one of {}", words.join(", ")),
            }
        })
    }

    /// The word on the command line.
    pub fn name(self) -> &'static str {
        Self::WORDS.iter().find(|(_, of)| *of == self).map_or("", |(word, _)| word)
    }

    /// What must hold in a session for a text over a table to mean what it says, as a comment.
    pub(super) fn settings(self, relation: &Relation) -> String {
        let all = match self {
            Self::Spark => {
                let own =
                    ["SET spark.sql.ansi.enabled = true", "SET spark.sql.session.timeZone = UTC"];
                own.into_iter().chain(relation.setting(self)).collect::<Vec<_>>().join("; ")
            }
            Self::DuckDb => "SET TimeZone = 'UTC'".to_owned(),
            Self::Athena => return String::new(),
        };
        format!("-- Needs: {all}\n")
    }

    /// A name of a column or a table, whatever is in it.
    pub(super) fn identifier(self, name: &str) -> String {
        let is_plain = name.chars().next().is_some_and(|first| first.is_ascii_lowercase())
            && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
        match self {
            _ if is_plain => name.to_owned(),
            Self::Spark => format!("`{}`", name.replace('`', "``")),
            Self::Athena | Self::DuckDb => format!("\"{}\"", name.replace('"', "\"\"")),
        }
    }

    /// A text as a literal.
    pub(super) fn text(self, text: &str) -> String {
        match self {
            // Spark knows escapes, and joins two literals that touch.
            Self::Spark => format!("'{}'", text.replace('\\', "\\\\").replace('\'', "\\'")),
            Self::Athena | Self::DuckDb => format!("'{}'", text.replace('\'', "''")),
        }
    }

    /// Texts as a list of literals.
    pub(super) fn texts(self, texts: &[&str]) -> String {
        texts.iter().map(|text| self.text(text)).collect::<Vec<_>>().join(", ")
    }

    /// A value that is told beside the statement; Athena counts instead of naming.
    pub(super) fn parameter(self, name: &str) -> String {
        match self {
            Self::Spark => format!(":{name}"),
            Self::DuckDb => format!("${name}"),
            Self::Athena => "?".to_owned(),
        }
    }

    /// Text of anything.
    pub(super) fn as_text(self, expression: &str) -> String {
        match self {
            Self::Spark => format!("CAST({expression} AS STRING)"),
            Self::Athena | Self::DuckDb => format!("CAST({expression} AS VARCHAR)"),
        }
    }

    /// The value of a key in a map, NULL when it has none.
    pub(super) fn in_map(self, map: &str, key: &str) -> String {
        let key = self.text(key);
        match self {
            Self::Spark => format!("try_element_at({map}, {key})"),
            Self::Athena => format!("element_at({map}, {key})"),
            Self::DuckDb => format!("{map}[{key}]"),
        }
    }

    /// Whether the engine goes through a map for every key that is looked up, so that it is better
    /// narrowed first. Trino and `DuckDB` are fast without.
    pub(super) fn narrows_maps(self) -> bool {
        self == Self::Spark
    }

    /// A map with those of these keys alone that say something.
    pub(super) fn narrowed(self, map: &str, keys: &[&str]) -> String {
        let keys = self.texts(keys);
        format!("map_filter({map}, (k, v) -> k IN ({keys}) AND v <> '')")
    }

    /// The keys of a map column, a row for each and under that name.
    pub(super) fn keys(self, map: &str, from: &str, key: &str) -> String {
        match self {
            Self::Spark => format!("SELECT explode(map_keys({map})) AS {key} FROM {from}"),
            Self::DuckDb => format!("SELECT unnest(map_keys({map})) AS {key} FROM {from}"),
            Self::Athena => {
                let keys = format!("UNNEST(map_keys({map})) AS of_line ({key})");
                format!("SELECT {key} FROM {from} CROSS JOIN {keys}")
            }
        }
    }

    /// An amount of a line as a decimal, by the rule of `ARCHITECTURE.md`: the shortest text of the
    /// double, rounded half away from zero to twelve places. Spark and Trino cast so; `DuckDB` does
    /// when it is given the text.
    pub(super) fn amount(self, column: &str, kind: Kind) -> String {
        match (self, kind) {
            (Self::DuckDb, Kind::Double) => {
                format!("CAST(CAST({column} AS VARCHAR) AS DECIMAL({LINE_DIGITS}, 12))")
            }
            _ => format!("CAST({column} AS DECIMAL({LINE_DIGITS}, 12))"),
        }
    }

    /// A sum of amounts. Spark would give up places of sums of sums, so its sums are narrower.
    pub(super) fn sum(self, amounts: &str) -> String {
        match self {
            Self::Spark => format!("CAST(SUM({amounts}) AS DECIMAL(26, 12))"),
            Self::Athena | Self::DuckDb => {
                format!("CAST(SUM({amounts}) AS DECIMAL(38, 12))")
            }
        }
    }

    /// One sum less another.
    pub(super) fn difference(self, sum: &str, base: &str) -> String {
        match self {
            Self::Spark => format!("CAST({sum} - {base} AS DECIMAL(26, 12))"),
            Self::Athena | Self::DuckDb => format!("CAST({sum} - {base} AS DECIMAL(38, 12))"),
        }
    }

    /// An amount in pico-units, as an integer.
    pub(super) fn picos(self, amount: &str) -> String {
        let picos =
            format!("CAST({amount} AS DECIMAL(25, 12)) * CAST(1000000000000 AS DECIMAL(13, 0))");
        match self {
            Self::DuckDb => format!("CAST({picos} AS HUGEINT)"),
            Self::Spark | Self::Athena => format!("CAST({picos} AS DECIMAL(38, 0))"),
        }
    }

    /// `product / divisor` of pico-units, rounded half away from zero; `rest` is their remainder.
    pub(super) fn rounded(self, product: &str, divisor: &str, rest: &str) -> String {
        let divide = match self {
            Self::DuckDb => "//",
            Self::Spark | Self::Athena => "/",
        };
        let away = format!(
            "CASE WHEN 2 * abs({rest}) >= abs({divisor}) \
             THEN sign({product}) * sign({divisor}) ELSE 0 END"
        );
        format!(
            "CAST(CAST(({product} - {rest}) {divide} {divisor} + {away} AS DECIMAL(25, 0)) \
             * CAST('0.000000000001' AS DECIMAL(12, 12)) AS DECIMAL({LINE_DIGITS}, 12))"
        )
    }

    /// The month of a day, `2026-10`.
    pub(super) fn month(self, day: &str) -> String {
        format!("substr({}, 1, 7)", self.as_text(day))
    }

    /// Whether a text fits a regular expression somewhere.
    pub(super) fn fits(self, text: &str, pattern: &str) -> String {
        let pattern = self.text(pattern);
        match self {
            Self::Spark | Self::Athena => format!("regexp_like({text}, {pattern})"),
            Self::DuckDb => format!("regexp_matches({text}, {pattern})"),
        }
    }

    /// What a group of a regular expression holds; nothing, which is `''` or NULL, without a fit.
    pub(super) fn group(self, text: &str, pattern: &str, group: u8) -> String {
        let pattern = self.text(pattern);
        format!("regexp_extract({text}, {pattern}, {group})")
    }
}

/// No money at all.
pub(super) fn nothing() -> String {
    format!("CAST(0 AS DECIMAL({LINE_DIGITS}, 12))")
}

/// The UTC day of an instant.
pub(super) fn day(column: &str, kind: Kind) -> String {
    match kind {
        Kind::Text => format!("CAST(substr({column}, 1, 10) AS DATE)"),
        _ => format!("CAST({column} AS DATE)"),
    }
}

/// The first of some expressions that is not NULL.
pub(super) fn first_of(expressions: &[String]) -> String {
    match expressions {
        [] => "NULL".to_owned(),
        [only] => only.clone(),
        several => format!("coalesce({})", several.join(", ")),
    }
}
