//! Tests: bills and rules as tables, allocated charges as tables.
//!
//! In:    the fixture language; random bills and rules.
//! Out:   failing tests.
//! Never: reads a file.

mod fixture;
mod methods;
mod properties;
mod random;
mod twin;
