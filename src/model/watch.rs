//! Watch: whoever wants to know how far a question has got, and at what effort.
//!
//! In:    moments, as the pipeline passes them.
//! Out:   [`Watch`], which tells them on; [`Effort`], counted.
//! Never: looks at a clock, or changes what is done.

use std::fmt;
use std::ops::AddAssign;
use std::sync::Arc;

/// A stage that has just ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moment {
    /// Rules are read.
    Rules,
    /// Files are found and their footers checked.
    Opened,
    /// All rows are decoded and folded.
    Scanned,
    /// The workers' shares are one frame of charges.
    RolledUp(Effort),
    /// Every charge has an owner, a tenant or a reason why not, and shared cost is moved.
    Attributed,
    /// The rows of the answer are added up.
    Answered,
}

/// What a reading did, counted: the same on every machine, however fast.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Effort {
    /// Compressed bytes that were read.
    pub bytes_read: usize,
    /// Bytes of the pages that were unpacked.
    pub bytes_unpacked: usize,
    /// Values of these pages.
    pub values: usize,
    /// Texts of the dictionaries that were built, and texts without a dictionary.
    pub texts: usize,
    /// Texts that were looked at for what they mean.
    pub readings: usize,
    /// Rows whose combination was looked up; a row that repeats the one before it is not.
    pub lookups: usize,
}

impl Effort {
    /// Every count with its name.
    pub fn counts(&self) -> [(&'static str, usize); 6] {
        [
            ("bytes read", self.bytes_read),
            ("bytes unpacked", self.bytes_unpacked),
            ("values", self.values),
            ("texts", self.texts),
            ("readings", self.readings),
            ("look-ups", self.lookups),
        ]
    }
}

impl AddAssign for Effort {
    fn add_assign(&mut self, other: Self) {
        self.bytes_read += other.bytes_read;
        self.bytes_unpacked += other.bytes_unpacked;
        self.values += other.values;
        self.texts += other.texts;
        self.readings += other.readings;
        self.lookups += other.lookups;
    }
}

/// Tells moments on, to whoever asked for them.
#[derive(Clone, Default)]
pub struct Watch(Option<Arc<dyn Fn(Moment) + Send + Sync>>);

impl Watch {
    /// One that tells somebody.
    pub fn by(told: impl Fn(Moment) + Send + Sync + 'static) -> Self {
        Self(Some(Arc::new(told)))
    }

    /// A stage has ended.
    pub fn tell(&self, moment: Moment) {
        if let Some(told) = &self.0 {
            told(moment);
        }
    }
}

impl fmt::Debug for Watch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_some() { "watched" } else { "unwatched" })
    }
}
