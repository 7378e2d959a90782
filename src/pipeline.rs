//! pipeline: to be furnished.
