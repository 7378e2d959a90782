//! aggregate: to be furnished.
