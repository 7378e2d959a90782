//! report: to be furnished.
