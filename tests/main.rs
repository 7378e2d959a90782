//! The integration tests: one binary, because every further one would link the whole house again.
//! This file is its table of contents; `tidy` fails when a test file is not listed here.

// Tests may stop at the first surprise; a panic is how they say so.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

// The vocabulary of the tests: a sandbox, a command line in it, and what came out.
mod support;

// The style guide as failing tests: layering, sizes, words that are banned.
mod tidy;

// Which files make up a delivery: manifests, executions, layouts, odd entries.
mod delivery;
#[cfg(unix)]
mod delivery_odd_entries;
mod delivery_real;

// Files that lie about themselves: their ends, their footers, their pages.
mod hostile;
mod hostile_footers;
mod hostile_pages;
#[cfg(unix)]
mod footers_real;

// The generator's truth against the pipeline, in all metrics and both schemas.
mod sample_truth;

// The main job: whose a charge is, what it costs, how a bill may be written, what can be asked.
mod spend;

// Questions in SQL: what they find, what they may not do, the queries that come along.
mod query;

// The same questions as text for other engines.
mod statements_elsewhere;

// What people with habits do for once.
mod anomalies;

// What may run by a policy, what does not keep to it, and how AWS would stop it.
mod guardrails;
mod idle;

// Charges for people who load them elsewhere, as FOCUS names them.
mod focus;

// What tenants are told they pay, and why.
mod statement;

// What people read, in six languages.
mod languages;

// What is ingested, what it answers, and what happens to it.
mod store;

// Months that are frozen, and what is delivered of them afterwards.
mod closing;

// What people write about tenants: rules, maps, drivers.
mod rules;

// What rules do to a bill, and which of them do nothing.
mod rules_on_a_bill;

// Owners and tenants by what people wrote beside the data.
mod attribute;

// Who pays for what is shared, and why a cost changed.
mod shared_cost;

// Bills that we did not make, against totals that others computed.
mod real_data;

// Random bills: any layout gives the answer of a naive loop, and nothing is lost.
mod money;

// What questions cost, in things counted.
mod effort;

// What we rely on Polars and Arrow for, tried directly.
mod engine_contract;

// One answer says the same numbers in every format.
mod formats;

// Every mistake of a user, and the words that answer it.
mod complaints;
