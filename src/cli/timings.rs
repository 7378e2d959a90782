//! Timings: how long each stage of a question took, and what it did.
//!
//! In:    moments, as the pipeline passes them.
//! Out:   a few lines on stderr, for people who wonder where the time goes.
//! Never: changes an answer, or stands on stdout.

#![expect(clippy::print_stderr, reason = "the report has stdout")]

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::model::question::Question;
use crate::model::watch::{Effort, Moment, Watch};
use crate::pipeline::{self, PipelineError, Source};
use crate::render::number;

/// Looks at the clock whenever a stage ends.
pub(super) struct Timings {
    began: Instant,
    passed: Arc<Mutex<Vec<(Moment, Instant)>>>,
}

impl Timings {
    pub(super) fn begin() -> Self {
        Self { began: Instant::now(), passed: Arc::default() }
    }

    pub(super) fn watch(&self) -> Watch {
        let passed = Arc::clone(&self.passed);
        Watch::by(move |moment| {
            let mut passed = passed.lock().unwrap_or_else(PoisonError::into_inner);
            passed.push((moment, Instant::now()));
        })
    }

    /// Tells the stages so far, and what follows the last of them as writing.
    pub(super) fn tell(&self) {
        let passed = self.passed.lock().unwrap_or_else(PoisonError::into_inner);
        let mut before = self.began;
        for (moment, at) in passed.iter() {
            tell(name(*moment), at.duration_since(before));
            before = *at;
        }
        tell("write the report", before.elapsed());
        tell("all", self.began.elapsed());
        let effort = passed.iter().filter_map(|(moment, _)| effort(*moment));
        for (what, count) in effort.flat_map(|effort| effort.counts()) {
            tell_count(what, count);
        }
    }
}

/// Does the least that any answer takes, reading and unpacking, and tells how long it took.
pub(super) fn tell_floor(source: &Source, question: &Question) -> Result<(), PipelineError> {
    let began = Instant::now();
    if let Some(bytes) = pipeline::floor(source, question)? {
        tell("read and unpack", began.elapsed());
        tell_count("unpacked bytes", bytes);
    }
    Ok(())
}

fn tell(stage: &str, took: Duration) {
    let micros = took.as_micros();
    eprintln!("{stage:<18} {:>11}.{:03} ms", micros / 1_000, micros % 1_000);
}

fn tell_count(what: &str, count: usize) {
    let count = u64::try_from(count).unwrap_or(u64::MAX);
    eprintln!("{what:<18} {:>15}", number::count(count));
}

fn name(moment: Moment) -> &'static str {
    match moment {
        Moment::Rules => "read rules",
        Moment::Opened => "open files",
        Moment::Scanned => "scan and fold",
        Moment::RolledUp(_) => "merge workers",
        Moment::Attributed => "attribute, move",
        Moment::Answered => "add up the answer",
    }
}

fn effort(moment: Moment) -> Option<Effort> {
    match moment {
        Moment::RolledUp(effort) => Some(effort),
        _ => None,
    }
}
