//! Session: a conversation with one server.
//!
//! In:    an address; who wants to know how far it is, and who may stop it.
//! Out:   [`Session`], which answers statements one after the other.
//! Never: runs a statement before time zone and arithmetic are set.

use std::collections::BTreeMap;
use std::collections::hash_map::RandomState;
use std::fmt;
use std::hash::BuildHasher;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::runtime::{Builder, Runtime};

use super::address::Remote;
use super::channel::Channel;
use super::error::ConnectError;
use super::execution::{Answer, Execution, Progress};
use super::messages::{ReleaseSessionRequest, UserContext};

/// What we call ourselves in every request.
pub(super) const CLIENT: &str = concat!("curtail/", env!("CARGO_PKG_VERSION"));

/// What every session begins with: days are UTC's, an overflow is an error, and a backslash in a
/// text is written twice.
const SETTINGS: [&str; 3] = [
    "SET spark.sql.session.timeZone=UTC",
    "SET spark.sql.ansi.enabled=true",
    "SET spark.sql.parser.escapedStringLiterals=false",
];

/// Set when nobody wants an answer any more.
pub type Stop = Arc<AtomicBool>;

type Told = Box<dyn Fn(Progress) + Send + Sync>;

/// The connection, and the thread's way to wait for it.
pub(super) struct Talk {
    runtime: Runtime,
    pub(super) channel: Channel,
}

/// A session of a server.
pub struct Session {
    pub(super) remote: Remote,
    pub(super) id: String,
    /// The server's own name of the session: it changes when the server is started anew.
    server: Mutex<Option<String>>,
    talk: Mutex<Talk>,
    told: Told,
    stop: Stop,
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.remote)
    }
}

impl Session {
    /// Connects, and sets what every statement relies on.
    ///
    /// # Errors
    /// When nobody answers, or we are not let in.
    pub fn open(
        remote: Remote,
        stop: Stop,
        told: impl Fn(Progress) + Send + Sync + 'static,
    ) -> Result<Self, ConnectError> {
        let runtime = Builder::new_current_thread().enable_all().build();
        let runtime = runtime.map_err(|error| ConnectError::Unreachable {
            remote: remote.to_string(),
            why: error.to_string(),
        })?;
        let channel = runtime.block_on(Channel::open(&remote))?;
        let session = Self {
            id: remote.session.clone().unwrap_or_else(random_id),
            remote,
            server: Mutex::default(),
            talk: Mutex::new(Talk { runtime, channel }),
            told: Box::new(told),
            stop,
        };
        for setting in SETTINGS {
            session.run(setting, &BTreeMap::new())?;
        }
        Ok(session)
    }

    /// The whole answer to a statement with named parameters.
    ///
    /// # Errors
    /// When the cluster refuses it, is gone for good, or its answer is not whole.
    pub fn run(
        &self,
        statement: &str,
        values: &BTreeMap<String, String>,
    ) -> Result<Answer, ConnectError> {
        let talk = self.talk.lock().unwrap_or_else(PoisonError::into_inner);
        talk.runtime.block_on(Execution::of(self, &talk, (statement, values)).run())
    }

    pub(super) fn user(&self) -> UserContext {
        let user = self.remote.user.clone().unwrap_or_else(|| "curtail".to_owned());
        UserContext { user_id: user.clone(), user_name: user }
    }

    pub(super) fn tell(&self, progress: Progress) {
        (self.told)(progress);
    }

    pub(super) fn is_stopped(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }

    /// A server that was started anew has none of our settings. Before 4.0 servers have no name.
    pub(super) fn is_same_server(&self, name: &str) -> Result<(), ConnectError> {
        let mut known = self.server.lock().unwrap_or_else(PoisonError::into_inner);
        match known.as_deref() {
            _ if name.is_empty() => Ok(()),
            None => {
                *known = Some(name.to_owned());
                Ok(())
            }
            Some(known) if known == name => Ok(()),
            Some(_) => Err(ConnectError::Forgotten),
        }
    }
}

impl Drop for Session {
    /// The server need not keep the session; one of 3.5 does not know how to forget it.
    fn drop(&mut self) {
        // A session that somebody named is theirs, and may be counted.
        if self.remote.session.is_some() {
            return;
        }
        let request =
            ReleaseSessionRequest { session_id: self.id.clone(), user_context: Some(self.user()) };
        let talk = self.talk.lock().unwrap_or_else(PoisonError::into_inner);
        let told = talk.channel.tell("ReleaseSession", request);
        let wait = std::time::Duration::from_secs(2);
        let _ = talk.runtime.block_on(async { tokio::time::timeout(wait, told).await });
    }
}

/// A random UUID, as servers want the names of sessions and operations to look.
pub(super) fn random_id() -> String {
    let [a, b] = [0_u8, 1].map(|salt| RandomState::new().hash_one(salt));
    let (a, b) = (a & !0xf000 | 0x4000, b & !(0b11 << 62) | 0b10 << 62);
    format!(
        "{:08x}-{:04x}-{:04x}-{:04x}-{:012x}",
        a >> 32,
        a >> 16 & 0xffff,
        a & 0xffff,
        b >> 48,
        b & 0xffff_ffff_ffff
    )
}
