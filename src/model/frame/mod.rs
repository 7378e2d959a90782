//! Frame: charges as columns of numbers, with their texts behind codes.
//!
//! In:    columns of equal length.
//! Out:   [`Frame`]: columns by name, chosen rows, sums by group.
//! Never: holds a text once per row, or adds up past the range without saying so.
//!
//! A bill has millions of charges and thousands of names. Rooms that look at a name look once per
//! distinct value; rooms that add up compare numbers.

mod group;
mod texts;
mod words;

use std::sync::Arc;

use crate::model::condition::Coded;

pub use group::Groups;
pub use texts::Texts;
pub use words::{Interner, NOTHING, Words};

/// A frame was not what a room was promised.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FrameError {
    /// No column of that name and kind.
    #[error("there is no column `{0}`")]
    Absent(String),
    /// A sum leaves the range of `i128`.
    #[error("the sum of `{0}` leaves the range of 128-bit pico-units")]
    Overflow(String),
}

/// Columns of equal length.
///
/// Text columns and amounts are found by name; every charge knows how many source rows are behind
/// it. Invariant: every column has `line_items.len()` entries. A copy shares its columns.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Frame {
    texts: Vec<(String, Texts)>,
    amounts: Vec<(String, Arc<Vec<i128>>)>,
    line_items: Arc<Vec<u64>>,
}

impl Frame {
    /// A frame without a column: charges of which only the number of source rows is known.
    pub fn new(line_items: Vec<u64>) -> Self {
        Self { texts: Vec::new(), amounts: Vec::new(), line_items: Arc::new(line_items) }
    }

    /// How many charges there are.
    pub fn height(&self) -> usize {
        self.line_items.len()
    }

    /// Adds a text column, or takes the place of the one of that name.
    ///
    /// # Panics
    /// Only in debug builds, when it is not as long as the frame.
    pub fn set_texts(&mut self, name: impl Into<String>, texts: Texts) {
        debug_assert_eq!(texts.codes().len(), self.height());
        set(&mut self.texts, name.into(), texts);
    }

    /// Adds amounts in pico-units, or takes the place of those of that name.
    ///
    /// # Panics
    /// Only in debug builds, when they are not as many as the frame has rows.
    pub fn set_amounts(&mut self, name: impl Into<String>, amounts: Vec<i128>) {
        debug_assert_eq!(amounts.len(), self.height());
        set(&mut self.amounts, name.into(), Arc::new(amounts));
    }

    /// Says anew how many source rows are behind each charge.
    ///
    /// # Panics
    /// Only in debug builds, when they are not as many as the frame has rows.
    pub fn set_line_items(&mut self, line_items: Vec<u64>) {
        debug_assert_eq!(line_items.len(), self.height());
        self.line_items = Arc::new(line_items);
    }

    /// Whether there is a text column of that name.
    pub fn tells(&self, name: &str) -> bool {
        self.texts(name).is_ok()
    }

    /// A text column.
    ///
    /// # Errors
    /// When there is none of that name.
    pub fn texts(&self, name: &str) -> Result<&Texts, FrameError> {
        found(&self.texts, name)
    }

    /// A text column as rules look at it.
    ///
    /// # Errors
    /// When there is none of that name.
    pub fn coded(&self, name: &str) -> Result<Coded<'_>, FrameError> {
        self.texts(name).map(Texts::coded)
    }

    /// Amounts, in pico-units.
    ///
    /// # Errors
    /// When there are none of that name.
    pub fn amounts(&self, name: &str) -> Result<&[i128], FrameError> {
        found(&self.amounts, name).map(|amounts| amounts.as_slice())
    }

    /// How many source rows are behind each charge.
    pub fn line_items(&self) -> &[u64] {
        &self.line_items
    }

    /// Every text column, in the order in which they came.
    pub fn text_columns(&self) -> impl Iterator<Item = (&str, &Texts)> {
        self.texts.iter().map(|(name, texts)| (name.as_str(), texts))
    }

    /// Every column of amounts, in the order in which they came.
    pub fn amount_columns(&self) -> impl Iterator<Item = (&str, &[i128])> {
        self.amounts.iter().map(|(name, amounts)| (name.as_str(), amounts.as_slice()))
    }

    /// Rows by their numbers; one may be taken several times.
    #[must_use]
    pub fn take(&self, rows: &[usize]) -> Self {
        let text = |(name, texts): &(String, Texts)| (name.clone(), texts.take(rows));
        let amount = |(name, amounts): &(String, Arc<Vec<i128>>)| {
            (name.clone(), Arc::new(rows.iter().map(|row| amounts[*row]).collect()))
        };
        Self {
            texts: self.texts.iter().map(text).collect(),
            amounts: self.amounts.iter().map(amount).collect(),
            line_items: Arc::new(rows.iter().map(|row| self.line_items[*row]).collect()),
        }
    }

    /// The rows for which `keeps` holds.
    #[must_use]
    pub fn filter(&self, keeps: impl Fn(usize) -> bool) -> Self {
        let rows: Vec<usize> = (0..self.height()).filter(|row| keeps(*row)).collect();
        if rows.len() == self.height() { self.clone() } else { self.take(&rows) }
    }

    /// The rows of another frame behind those of this one, in the columns of this one.
    ///
    /// # Errors
    /// When the other one lacks a column.
    pub fn append(&mut self, other: &Self) -> Result<(), FrameError> {
        for (name, texts) in &mut self.texts {
            texts.append(other.texts(name)?);
        }
        for (name, amounts) in &mut self.amounts {
            Arc::make_mut(amounts).extend_from_slice(other.amounts(name)?);
        }
        Arc::make_mut(&mut self.line_items).extend_from_slice(&other.line_items);
        Ok(())
    }
}

fn set<T>(columns: &mut Vec<(String, T)>, name: String, column: T) {
    match columns.iter_mut().find(|(of, _)| *of == name) {
        Some((_, before)) => *before = column,
        None => columns.push((name, column)),
    }
}

fn found<'a, T>(columns: &'a [(String, T)], name: &str) -> Result<&'a T, FrameError> {
    let column = columns.iter().find(|(of, _)| of == name);
    column.map(|(_, column)| column).ok_or_else(|| FrameError::Absent(name.to_owned()))
}
