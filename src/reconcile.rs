//! reconcile: to be furnished.
