//! curtail: who spent what on Amazon SageMaker Studio, from the AWS bill itself.
//!
//! Rooms are walked through once, from top to bottom; only [`pipeline`] knows their order.

pub mod diagnostic;
pub mod model;
pub mod origin;
pub mod connect;

pub mod rules;
pub mod delivery;
pub mod scan;
pub mod normalise;
pub mod store;
pub mod attribute;
pub mod allocate;
pub mod reconcile;
pub mod aggregate;
pub mod change;
pub mod query;
pub mod dialect;
pub mod forecast;
pub mod guardrails;
pub mod idle;
pub mod anomaly;
pub mod report;
pub mod render;
pub mod sample;

pub mod pipeline;
pub mod cli;
