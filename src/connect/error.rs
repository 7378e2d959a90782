//! Error: what went wrong between us and a cluster.
//!
//! In:    what the transport or the server said.
//! Out:   [`ConnectError`] in our words, with the place in the statement where the server tells it.
//! Never: repeats an address's parts: they may be secrets.

use tonic::{Code, Status};

use super::address::{BadRemote, Remote};
use crate::diagnostic::{Diagnose, ErrorKind};

/// No answer, or none that is whole.
#[derive(Debug, Clone, thiserror::Error)]
pub enum ConnectError {
    /// The address is none.
    #[error(transparent)]
    Remote(#[from] BadRemote),
    /// Nobody answers at the address.
    #[error("nobody answers at `{remote}`: {why}")]
    Unreachable {
        /// Where.
        remote: String,
        /// What the transport said.
        why: String,
    },
    /// The server does not let us in.
    #[error("`{remote}` does not let us in: {why}")]
    Denied {
        /// Where.
        remote: String,
        /// What it said.
        why: String,
    },
    /// The server went away in the middle of a statement and did not come back.
    #[error("the cluster went away in the middle of a statement: {why}")]
    Lost {
        /// What was heard last.
        why: String,
    },
    /// The server knows nothing of our session any more.
    #[error("the cluster has forgotten our session: it was started anew, or closed it")]
    Forgotten,
    /// The cluster cannot do what the statement asks.
    #[error("the cluster refused the statement: {message}")]
    Statement {
        /// What it said.
        message: String,
        /// The line it means, with a mark under the place.
        place: Option<String>,
    },
    /// What came is not what the server says it sent.
    #[error("the cluster's answer is not whole: {why}")]
    Answer {
        /// What does not fit.
        why: String,
    },
    /// Somebody at this end wanted no answer any more.
    #[error("the statement was stopped, and the cluster was told")]
    Stopped,
}

impl Diagnose for ConnectError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Remote(_) => ErrorKind::Usage,
            _ => ErrorKind::Environment,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Remote(_) => "SPARK-REMOTE",
            Self::Unreachable { .. } => "SPARK-UNREACHABLE",
            Self::Denied { .. } => "SPARK-DENIED",
            Self::Lost { .. } => "SPARK-LOST",
            Self::Forgotten => "SPARK-SESSION",
            Self::Statement { .. } => "SPARK-STATEMENT",
            Self::Answer { .. } => "SPARK-ANSWER",
            Self::Stopped => "SPARK-STOPPED",
        }
    }

    fn details(&self) -> Vec<String> {
        match self {
            Self::Statement { place: Some(place), .. } => {
                place.lines().map(ToOwned::to_owned).collect()
            }
            _ => Vec::new(),
        }
    }

    fn hints(&self) -> Vec<String> {
        let hint = match self {
            Self::Remote(BadRemote::OpenToken) => "leave `use_ssl` out, or set it to true",
            Self::Remote(_) => "write sc://host:15002/;use_ssl=true;token=...",
            Self::Unreachable { .. } => {
                "is the Spark Connect server running, and is its port open?"
            }
            Self::Denied { .. } => "check the token and the headers of the address",
            Self::Lost { .. } | Self::Forgotten => "ask again; the cluster's log says more",
            Self::Statement { .. } => "can the cluster read the table, and is it a raw export?",
            Self::Answer { .. } => "ask again; if it repeats, please report it",
            Self::Stopped => return Vec::new(),
        };
        vec![hint.to_owned()]
    }
}

/// Whether the same may be asked again, from where the answer stopped.
pub(super) fn is_passing(status: &Status) -> bool {
    let is_told = status.message().contains("INVALID_CURSOR.DISCONNECTED");
    let is_refused = status.message().contains("invalid compression flag");
    let is_code = matches!(status.code(), Code::Unavailable | Code::Unknown | Code::Cancelled);
    (is_code && !is_refused) || is_told
}

/// Whether the server never heard of the operation.
pub(super) fn is_unheard_of(status: &Status) -> bool {
    status.message().contains("INVALID_HANDLE.OPERATION_NOT_FOUND")
}

/// What the server said, in our words.
pub(super) fn said(status: &Status, remote: &Remote, statement: &str) -> ConnectError {
    let message = status.message().trim();
    let why = message.lines().next().unwrap_or_default().to_owned();
    let remote = remote.to_string();
    match status.code() {
        Code::Unauthenticated | Code::PermissionDenied => ConnectError::Denied { remote, why },
        // A gate that answers in HTML.
        _ if message.contains("invalid compression flag: 60") => {
            ConnectError::Denied { remote, why: "it answers with a page, not with data".to_owned() }
        }
        _ if message.contains("INVALID_HANDLE.SESSION") => ConnectError::Forgotten,
        _ if message.contains("OPERATION_CANCELED") => ConnectError::Stopped,
        Code::Unavailable | Code::Unknown | Code::Cancelled | Code::DeadlineExceeded => {
            ConnectError::Lost { why }
        }
        _ => ConnectError::Statement { place: place(message, statement), message: why },
    }
}

/// The line of the statement that a message speaks of: `...; line 3 pos 17`.
fn place(message: &str, statement: &str) -> Option<String> {
    let (_, told) = message.rsplit_once("line ")?;
    let mut words =
        told.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    let line: usize = words.next()?.parse().ok()?;
    let at: usize = words.nth(1)?.parse().ok()?;
    let text = statement.lines().nth(line.checked_sub(1)?)?;
    let (before, after) = (text.get(..at)?, text.get(at..)?);
    // A line may be as long as a book.
    let skipped = before.chars().count().saturating_sub(30);
    let before: String = before.chars().skip(skipped).collect();
    let after: String = after.chars().take(80).collect();
    let start = format!("line {line}: {before}");
    Some(format!("{start}{after}\n{}^", " ".repeat(start.chars().count())))
}
