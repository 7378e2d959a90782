//! render: to be furnished.
