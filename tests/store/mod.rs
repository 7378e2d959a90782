//! Store: billing periods that are kept, closed, adjusted.
//!
//! In:    small exports, delivered one after the other.
//! Out:   what the store says of them, to the pico-unit and to the byte.
//! Never: looks into the store's files.

// Months that are frozen, and what AWS changes afterwards.
mod closing;
// The command line of `close` and `diff`.
mod closing_commands;
// A store, its rules and its deliveries, on a day that the test names.
mod ledgers;
