//! Tests of the store: what comes back out is what went in, whatever happened between.
//!
//! In:    small months in temporary folders.
//! Out:   one sentence per test.
//! Never: looks into SQL where a value tells the same.

mod fixture;
mod commits;
mod crash;
mod damage;
mod housekeeping;
mod random;
