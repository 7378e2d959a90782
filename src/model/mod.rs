//! Model: the words of the house.
//!
//! In:    nothing.
//! Out:   the vocabulary that rooms exchange, and the rules that are data.
//! Never: reads a file, prints, or knows a room.
//!
//! ```text
//! Delivery ─► LineItems ─► Charges ─► AttributedCharges ─► AllocatedCharges ─► Answer ─► Report
//!   files      as AWS       one         owner, tenant       shared cost         rows      tables,
//!   of months  wrote them   schema      and why             moved, + Trail      + Books   charts
//!                                           ▲                   ▲
//!                                           ╰───── Tenancy ─────╯  what people wrote: rules, maps
//! ```

pub mod money;
pub mod rounding;
pub mod apportion;
pub mod period;
pub mod delivery;
pub mod metric;
pub mod dimension;
pub mod answer;
pub mod source_column;
pub mod cost_rules;
pub mod focus;
pub mod component;
pub mod tag_key;
pub mod arn;
pub mod line_items;
pub mod question;
pub mod reason;
pub mod frame;
pub mod charges;
pub mod glob;
pub mod condition;
pub mod split;
pub mod maps;
pub mod tenancy;
pub mod trail;
pub mod change;
pub mod restatement;
pub mod rule_use;
pub mod digest;
pub mod stored;
pub mod timeline;
pub mod segment;
pub mod result_set;
pub mod phrase;
pub mod lang;
pub mod forecast;
pub mod budget;
pub mod policy;
pub mod idle;
pub mod anomaly;
pub mod watch;
