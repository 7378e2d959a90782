//! Closing: months that are frozen, and what is delivered of them afterwards.
//!
//! In:    small exports, delivered one after the other into a store.
//! Out:   what statements say of them, to the pico-unit and to the byte.
//! Never: looks into the store's files.

// Closed and adjusted is the newest bill; what was closed stays.
mod adjusting;
// `close` and `diff` as people type them.
mod commands;
// Maps, drivers, the month before: all of it stays; currencies; a store that is cleaned.
mod frozen;
// A store, its rules and its deliveries, on a day that the test names.
mod ledgers;
