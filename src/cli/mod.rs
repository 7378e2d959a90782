//! cli: to be furnished.
