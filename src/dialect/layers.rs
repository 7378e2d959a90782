//! Layers: expressions that are computed once and then called by name.
//!
//! In:    names, expressions, and what they stand on: the raw table, or the layer below.
//! Out:   tables that follow from each other.
//! Never: knows what an expression means.
//!
//! Engines compute a name once where they would compute an expression wherever it is written.

use crate::dialect::steps::{Columns, Steps};

/// How many tables may stand on each other.
const HEIGHT: usize = 4;

/// Names by the table in which they are made.
#[derive(Debug, Default)]
pub(super) struct Layers([Vec<(String, String)>; HEIGHT]);

impl Layers {
    /// Makes a name in a layer, unless it is there; the first expression stays.
    pub(super) fn name(&mut self, layer: usize, name: &str, expression: String) -> String {
        let names = &mut self.0[layer];
        if !names.iter().any(|(known, _)| known == name) {
            names.push((name.to_owned(), expression));
        }
        name.to_owned()
    }

    /// Adds the tables over a raw one, and gives the name of the last; `table` names each.
    pub(super) fn add(
        &self,
        steps: &mut Steps,
        raw: &str,
        condition: Option<&str>,
        table: impl Fn(&str) -> String,
    ) -> String {
        let mut from = raw.to_owned();
        for (layer, names) in self.0.iter().enumerate() {
            if names.is_empty() && layer > 0 {
                continue;
            }
            let mut columns = Columns::default();
            for name in self.0[..layer].iter().flatten().map(|(name, _)| name) {
                columns.add(name, name);
            }
            for (name, expression) in names {
                columns.add_own(expression, name);
            }
            let mut select = format!("{}\nFROM {from}", columns.select());
            if let (0, Some(condition)) = (layer, condition) {
                select = format!("{select}\nWHERE {condition}");
            }
            from = table(["rows", "parts", "products", "rests"][layer]);
            steps.add(&from, select);
        }
        from
    }
}
