//! sample: to be furnished.
