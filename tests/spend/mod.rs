//! Spend: what the main job makes of a bill, told as tables of line items and tables of answers.
//!
//! In:    exports written in the fixture language.
//! Out:   the lines of an answer, and what was found odd.
//! Never: looks at how an answer is shown, but in `command`.
//!
//! `B-..` in a comment is a bug that a neighbour of ours had with this data, and `case ..` a case
//! that the shapes of the data suggest; both are numbered in the project's notes.

// Whose a charge is: tags, ARNs, volumes, and nobody's.
mod owners;
// What a charge costs: line item types and metrics.
mod costs;
// How a bill can be written: schemas, types, spellings, files.
mod shapes;
// What is counted: filters, months, components, hours.
mod questions;
// The command itself, as a transcript.
mod command;
