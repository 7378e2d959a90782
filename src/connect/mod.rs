//! Connect: statements sent to an existing Spark, their answers fetched as Arrow.
//!
//! In:    an address `sc://host:port/;key=value`, statements.
//! Out:   [`Answer`]s that are whole by the server's own word.
//! Never: takes the end of a stream for the end of an answer, or tells a secret.
//!
//! Protocol: Spark Connect, the messages of 3.5 that 4.x still has. `distributed.md` says why this
//! is not one of the published crates.

mod address;
mod channel;
mod error;
mod execution;
mod messages;
mod session;
#[cfg(test)]
mod tests;

pub use address::{BadRemote, Remote};
pub use error::ConnectError;
pub use execution::{Answer, Progress};
pub use session::{Session, Stop};
