//! Closing commands: `close` and `diff` as people type them.
//!
//! In:    a store in a sandbox, months that are long over.
//! Out:   what is said, in the words of the program.
//! Never: repeats what the library's tests show.
