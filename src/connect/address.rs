//! Address: where a Spark Connect server is, and how it is talked to.
//!
//! In:    `sc://host:port/;key=value;...`.
//! Out:   [`Remote`], or what is wrong with the text.
//! Never: shows a value of the text: it may be a secret.

use std::fmt;

use percent_encoding::percent_decode_str;

/// The port of Spark Connect.
const PORT: u16 = 15_002;

/// A server and what it wants to be told.
#[derive(Clone, PartialEq, Eq)]
pub struct Remote {
    /// Its name or address.
    pub(super) host: String,
    /// Its port.
    pub(super) port: u16,
    /// Whether the connection is encrypted.
    pub(super) is_tls: bool,
    /// Who asks.
    pub(super) user: Option<String>,
    /// How we call ourselves.
    pub(super) agent: Option<String>,
    /// The session, when somebody wants a certain one.
    pub(super) session: Option<String>,
    /// Headers of every request, the token among them.
    pub(super) headers: Vec<(String, String)>,
}

/// An address that is none.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadRemote {
    /// It does not begin with `sc://`, or names no host.
    #[error("this is no address of Spark Connect")]
    NoAddress,
    /// A word behind the host is not as it should be.
    #[error("the part `{key}` of the address is not right: {why}")]
    Part {
        /// Its key.
        key: String,
        /// What is wrong.
        why: &'static str,
    },
    /// A token would be sent in the open.
    #[error("a token would be sent without encryption")]
    OpenToken,
}

impl Remote {
    /// Reads an address. A token means TLS, unless `use_ssl=false` and the server is this machine.
    ///
    /// # Errors
    /// When it is none, or would send a token in the open.
    pub fn parse(text: &str) -> Result<Self, BadRemote> {
        let rest = text.strip_prefix("sc://").ok_or(BadRemote::NoAddress)?;
        let (place, parts) = match rest.split_once('/') {
            Some((place, parts)) => (place, parts),
            None => rest.split_once(';').map_or((rest, ""), |(place, parts)| (place, parts)),
        };
        let (host, port) = host_and_port(place)?;
        let mut remote = Self {
            host,
            port,
            is_tls: false,
            user: None,
            agent: None,
            session: None,
            headers: Vec::new(),
        };
        let (mut wants_tls, mut has_token) = (None, false);
        for part in parts.split(';').filter(|part| !part.is_empty()) {
            let (key, value) = part.split_once('=').ok_or_else(|| bad(part, "it has no value"))?;
            let value = percent_decode_str(value).decode_utf8();
            let value = value.map_err(|_| bad(key, "it is no text"))?.into_owned();
            match key {
                "use_ssl" => wants_tls = Some(is_true(key, &value)?),
                "user_id" => remote.user = Some(value),
                "user_agent" => remote.agent = Some(value),
                "session_id" => remote.session = Some(value),
                "token" => {
                    has_token = true;
                    remote.headers.push(("authorization".into(), format!("Bearer {value}")));
                }
                other => remote.headers.push((other.to_ascii_lowercase(), value)),
            }
        }
        remote.is_tls = wants_tls.unwrap_or(has_token);
        if has_token && !remote.is_tls && !remote.is_loopback() {
            return Err(BadRemote::OpenToken);
        }
        Ok(remote)
    }

    /// Whether the server is this machine.
    fn is_loopback(&self) -> bool {
        let host = self.host.trim_start_matches('[').trim_end_matches(']');
        host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback())
    }

    /// The address as the transport wants it.
    pub(super) fn url(&self) -> String {
        let scheme = if self.is_tls { "https" } else { "http" };
        format!("{scheme}://{}:{}", self.host, self.port)
    }
}

impl fmt::Display for Remote {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "sc://{}:{}", self.host, self.port)
    }
}

/// Values may be secrets.
impl fmt::Debug for Remote {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

fn bad(key: &str, why: &'static str) -> BadRemote {
    // What has no `=` may be a secret as a whole.
    let key = if why == "it has no value" { "..." } else { key };
    BadRemote::Part { key: key.to_owned(), why }
}

fn is_true(key: &str, value: &str) -> Result<bool, BadRemote> {
    match value.to_ascii_lowercase().as_str() {
        "true" => Ok(true),
        "false" => Ok(false),
        _ => Err(bad(key, "it is `true` or `false`")),
    }
}

fn host_and_port(place: &str) -> Result<(String, u16), BadRemote> {
    let (host, port) = match place.rsplit_once(':') {
        // The colons of an address of IPv6 stand in brackets.
        Some((host, port)) if !port.ends_with(']') => {
            let port = port.parse().map_err(|_| bad("port", "it is a number up to 65535"))?;
            (host, port)
        }
        _ => (place, PORT),
    };
    let is_host = |c: char| c.is_ascii_alphanumeric() || "-._[]:".contains(c);
    if host.is_empty() || !host.chars().all(is_host) {
        return Err(BadRemote::NoAddress);
    }
    Ok((host.to_owned(), port))
}
