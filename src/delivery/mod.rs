//! delivery: to be furnished.
