//! Normalise: AWS's columns become one schema, doubles become money, hours become the grain.
//!
//! In:    batches of line items, and the [`Grain`] of a question.
//! Out:   [`Charges`](crate::model::charges::Charges) with exact sums, and control totals.
//! Never: decides who owns a charge, drops a row, or lets a float past `exact`.

mod exact;
mod codes;
mod cost;
mod costs;
mod totals;
mod grain;
mod layout;
mod groups;
mod history;
mod control;
mod hours;
mod clock;
mod fold;
mod together;
mod finish;
mod whole;
mod table;
mod owner_resource;

pub use control::Control;
pub use finish::{FinishError, NO_CURRENCY, Rolled, finish, narrowed};
pub use fold::{Oddities, Roller};
pub use grain::{Grain, Months, Resources};
pub use whole::{ControlKey, WholePeriod, WholeRolled, finish_whole};
