//! Chunk: the lines of one row group, waiting to become columns.
//!
//! In:    lines, one by one.
//! Out:   rows beside a short list of profiles: texts are held once per profile, not per row.
//! Never: grows beyond one row group.

use std::sync::Arc;

use rustc_hash::FxHashMap;

use crate::sample::amount::Units;
use crate::sample::calendar::Span;
use crate::sample::profile::{Detail, Line, Profile, Written};

/// What changes from row to row.
#[derive(Debug, Clone, Copy)]
pub(super) struct Row {
    pub(super) span: Span,
    pub(super) usage: Units,
    pub(super) written: Written,
    pub(super) detail: Detail,
}

/// The lines of one row group of one month.
pub(super) struct Chunk {
    pub(super) month: Span,
    pub(super) rows: Vec<Row>,
    /// Of every row, the index of its profile and of its span.
    pub(super) profile_of: Vec<i32>,
    pub(super) span_of: Vec<i32>,
    pub(super) profiles: Vec<Arc<Profile>>,
    pub(super) spans: Vec<Span>,
    known_profiles: FxHashMap<u64, i32>,
    known_spans: FxHashMap<Span, i32>,
}

impl Chunk {
    /// An empty chunk of a month.
    pub(super) fn new(month: Span) -> Self {
        Self {
            month,
            rows: Vec::new(),
            profile_of: Vec::new(),
            span_of: Vec::new(),
            profiles: Vec::new(),
            spans: Vec::new(),
            known_profiles: FxHashMap::default(),
            known_spans: FxHashMap::default(),
        }
    }

    /// Takes a line in.
    pub(super) fn push(&mut self, line: &Line) {
        let profile = *self.known_profiles.entry(line.profile.number).or_insert_with(|| {
            self.profiles.push(Arc::clone(&line.profile));
            index(self.profiles.len() - 1)
        });
        let span = *self.known_spans.entry(line.span).or_insert_with(|| {
            self.spans.push(line.span);
            index(self.spans.len() - 1)
        });
        self.profile_of.push(profile);
        self.span_of.push(span);
        let Line { span, usage, written, detail, .. } = *line;
        self.rows.push(Row { span, usage, written, detail });
    }

    /// Forgets all lines, keeps the memory.
    pub(super) fn clear(&mut self) {
        self.rows.clear();
        self.profile_of.clear();
        self.span_of.clear();
        self.profiles.clear();
        self.spans.clear();
        self.known_profiles.clear();
        self.known_spans.clear();
    }
}

/// A dictionary index. Row groups hold at most sixteen million rows, so it always fits.
fn index(position: usize) -> i32 {
    i32::try_from(position).unwrap_or(i32::MAX)
}
