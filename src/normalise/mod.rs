//! normalise: to be furnished.
