//! Dialect: our rules as SQL for the user's own engine.
//!
//! In:    the raw export as the engine knows it, the columns that are wanted, a question.
//! Out:   one statement: the table of charges, or a question over it.
//! Never: runs anything, or holds a rule that is not one of `model`'s tables.

mod bound;
mod charges;
mod costs;
mod kinds;
mod layers;
mod named;
mod owners;
mod segments;
mod steps;
mod table;
#[cfg(test)]
mod tests;
mod words;

pub use bound::Bound;
pub use charges::Wanted;
pub use segments::{Rolled, UNINVOICED, WITHOUT_COST};
pub use table::{Documented, HOME, KEY, Kind, MONTH, Relation, Table};
pub use words::Dialect;

use crate::model::period::BillingPeriod;
use charges::Bill;
use owners::Names;
use steps::Steps;

/// The name of the table of charges, and of that of the months before.
const CHARGES: &str = "charges";
const PRIOR_CHARGES: &str = "prior_charges";

/// Everything that a table of charges can hold, as one statement.
pub fn charges(
    dialect: Dialect,
    table: &Table,
    wanted: &Wanted,
    months: &[BillingPeriod],
) -> String {
    let mut steps = Steps::default();
    let names = Names::of("bill");
    Bill { dialect, table, wanted, months, names }.add(&mut steps, CHARGES);
    let statement = steps.statement(&format!("SELECT *\nFROM {CHARGES}"));
    format!("{}{statement}", dialect.settings(&table.relation))
}

/// A question over the charges of some months, and over those of the months before when it
/// compares.
pub struct Question<'a> {
    /// Its text.
    pub text: &'a str,
    /// The months; none means all.
    pub months: &'a [BillingPeriod],
    /// The months before, if it compares.
    pub prior: Option<&'a [BillingPeriod]>,
}

/// A question as one statement over the raw export.
pub fn question(dialect: Dialect, table: &Table, wanted: &Wanted, question: &Question) -> String {
    let mut steps = Steps::default();
    let mut add = |months, names, name| {
        Bill { dialect, table, wanted, months, names }.add(&mut steps, name);
    };
    add(question.months, Names::of("bill"), CHARGES);
    if let Some(prior) = question.prior {
        add(prior, Names::of("prior_bill"), PRIOR_CHARGES);
    }
    format!("{}{}", dialect.settings(&table.relation), named::over(dialect, &steps, question.text))
}
