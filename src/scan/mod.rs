//! scan: to be furnished.
