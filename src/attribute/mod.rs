//! attribute: to be furnished.
