//! Codes: the values of one part as small integers, alike across batches and files.
//!
//! In:    text columns of a batch, each with a dictionary of its own.
//! Out:   [`PartCodes`]: one code per row, 0 for nothing; [`Interner`] knows their text.
//! Never: reads a string more than once per dictionary.

use std::borrow::Cow;

use arrow::array::{Array, StringArray};
use arrow::buffer::NullBuffer;

pub(super) use crate::model::frame::{Interner, NOTHING};
use crate::model::line_items::{Codes, TextColumn};
use crate::normalise::grain::Reading;

/// The code of "what the other part says", of parts that are told against another one.
pub(super) const SAME: u32 = 1;

/// What stands behind [`SAME`] among the texts of a part; no file can hold it as a value.
const SAME_MARK: &str = "\u{0}";

/// An interner of a part that is told against another one.
pub(super) fn against_another() -> Interner {
    let mut interner = Interner::default();
    // The first text that is given a code.
    interner.code(SAME_MARK);
    interner
}

/// The codes of one part over a batch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum PartCodes {
    /// Every row has this code.
    Constant(u32),
    /// One code per row.
    PerRow(Vec<u32>),
    /// Rows that are not nothing, ascending, each with its code.
    Few(Vec<(u32, u32)>),
}

impl PartCodes {
    /// The code of a row.
    pub(super) fn at(&self, row: usize) -> u32 {
        match self {
            Self::Constant(code) => *code,
            Self::PerRow(codes) => codes[row],
            Self::Few(few) => {
                let found = few.binary_search_by_key(&row, |(row, _)| *row as usize);
                found.map_or(NOTHING, |at| few[at].1)
            }
        }
    }

    /// One code per row, of so many rows.
    pub(super) fn per_row(&self, rows: usize) -> Cow<'_, [u32]> {
        match self {
            Self::Constant(code) => vec![*code; rows].into(),
            Self::PerRow(codes) => codes.into(),
            Self::Few(few) => {
                let mut codes = vec![NOTHING; rows];
                for (row, code) in few {
                    codes[*row as usize] = *code;
                }
                codes.into()
            }
        }
    }

    /// The codes of rows that are asked for in ascending order.
    pub(super) fn ascending(&self) -> impl FnMut(usize) -> u32 {
        let mut passed = 0;
        move |row| match self {
            Self::Constant(code) => *code,
            Self::PerRow(codes) => codes[row],
            Self::Few(few) => {
                let before = few[passed..].iter().take_while(|(other, _)| (*other as usize) < row);
                passed += before.count();
                few.get(passed)
                    .filter(|(other, _)| *other as usize == row)
                    .map_or(NOTHING, |of| of.1)
            }
        }
    }

    /// Marks the rows whose code is a value.
    pub(super) fn mark(&self, marks: &mut [bool], is_value: impl Fn(u32) -> bool) {
        match self {
            Self::Constant(code) => {
                if is_value(*code) {
                    marks.fill(true);
                }
            }
            Self::PerRow(codes) => {
                for (mark, code) in marks.iter_mut().zip(codes) {
                    *mark |= is_value(*code);
                }
            }
            Self::Few(few) => {
                for (row, code) in few {
                    marks[*row as usize] |= is_value(*code);
                }
            }
        }
    }
}

/// Remembers what the entries of the last dictionary of one input became.
#[derive(Debug, Default)]
pub(super) struct DictionaryCache {
    /// Kept alive, so that no other dictionary can appear at its address.
    dictionary: Option<StringArray>,
    codes: Vec<u32>,
    /// How many entries were read.
    pub(super) readings: usize,
}

/// Dictionaries of so few entries are read whole: line item types, operations, products.
const SMALL: usize = 1_024;

/// An entry of a dictionary that no row has asked for yet.
const UNREAD: u32 = u32::MAX;

impl DictionaryCache {
    /// The codes of a column's rows; rows that are `silenced` are nothing and cost nothing.
    pub(super) fn part_codes(
        &mut self,
        column: &TextColumn,
        reading: Reading,
        interner: &mut Interner,
        silenced: Option<&[bool]>,
    ) -> PartCodes {
        self.refresh(&column.values);
        if self.is_nothing(reading, interner) {
            return PartCodes::Constant(NOTHING);
        }
        match &column.codes {
            Codes::Each { codes, nulls } => {
                let nulls = nulls.as_ref().filter(|nulls| nulls.null_count() > 0);
                self.of_each(codes, nulls, reading, interner, silenced)
            }
            Codes::Few { rows, codes, first } => {
                let is_heard = |row: &u32| !silenced.is_some_and(|of| of[(row - first) as usize]);
                let heard = rows.iter().zip(codes).filter(|(row, _)| is_heard(row));
                self.read_ahead(heard.map(|(_, code)| *code), reading, interner);
                let mut few = Vec::with_capacity(rows.len());
                for (row, code) in rows.iter().zip(codes) {
                    let row = row - first;
                    if silenced.is_some_and(|silenced| silenced[row as usize]) {
                        continue;
                    }
                    let code = self.read(*code, reading, interner);
                    if code != NOTHING {
                        few.push((row, code));
                    }
                }
                PartCodes::Few(few)
            }
        }
    }

    fn of_each(
        &mut self,
        found: &[i32],
        nulls: Option<&NullBuffer>,
        reading: Reading,
        interner: &mut Interner,
        silenced: Option<&[bool]>,
    ) -> PartCodes {
        if silenced.is_none()
            && let Some(code) = only_code(found, nulls)
        {
            return PartCodes::Constant(self.read(code, reading, interner));
        }
        // Three plain passes: what is known, what is masked, then the few that are still to read.
        let known = |code: &i32| {
            let at = code.cast_unsigned() as usize;
            self.codes.get(at).copied().unwrap_or(NOTHING)
        };
        let mut codes: Vec<u32> = found.iter().map(known).collect();
        if let Some(silenced) = silenced {
            for (code, silenced) in codes.iter_mut().zip(silenced) {
                *code = if *silenced { NOTHING } else { *code };
            }
        }
        if let Some(nulls) = nulls {
            for (row, code) in codes.iter_mut().enumerate() {
                *code = if nulls.is_null(row) { NOTHING } else { *code };
            }
        }
        // A sum is found without a branch per row; most batches have nothing left to read.
        if codes.iter().map(|code| usize::from(*code == UNREAD)).sum::<usize>() > 0 {
            let unread = codes.iter().zip(found).filter(|(code, _)| **code == UNREAD);
            self.read_ahead(unread.map(|(_, found)| *found), reading, interner);
            for (row, code) in codes.iter_mut().enumerate() {
                if *code == UNREAD {
                    *code = self.read(found[row], reading, interner);
                }
            }
        }
        PartCodes::PerRow(codes)
    }

    /// Whether no entry means anything; asked of small dictionaries only, which are read whole.
    fn is_nothing(&mut self, reading: Reading, interner: &mut Interner) -> bool {
        if self.codes.len() > SMALL {
            return false;
        }
        for at in 0..self.codes.len() {
            if self.codes[at] == UNREAD {
                self.read(i32::try_from(at).unwrap_or(i32::MAX), reading, interner);
            }
        }
        self.codes.iter().all(|code| *code == NOTHING)
    }

    /// Reads entries of the dictionary of the last column together, as [`Self::read`] would one by
    /// one.
    pub(super) fn read_ahead(
        &mut self,
        wanted: impl Iterator<Item = i32>,
        reading: Reading,
        interner: &mut Interner,
    ) {
        let Some(values) = self.dictionary.clone() else { return };
        let (mut places, mut texts) = (Vec::new(), Vec::new());
        for code in wanted {
            let at = code.cast_unsigned() as usize;
            if self.codes.get(at) != Some(&UNREAD) {
                continue;
            }
            // Until its text is looked up, so that nothing is read twice.
            self.codes[at] = NOTHING;
            self.readings += 1;
            let text = Some(values.value(at)).filter(|text| !text.is_empty());
            if let Some(text) = text.and_then(reading) {
                places.push(at);
                texts.push(text);
            }
        }
        for (at, code) in places.into_iter().zip(interner.codes(&texts)) {
            self.codes[at] = code;
        }
    }

    /// The code of an entry of the dictionary of the last column.
    pub(super) fn read(&mut self, code: i32, reading: Reading, interner: &mut Interner) -> u32 {
        match self.codes.get(code.cast_unsigned() as usize) {
            Some(&UNREAD) => self.read_anew(code.cast_unsigned() as usize, reading, interner),
            Some(known) => *known,
            None => NOTHING,
        }
    }

    #[cold]
    fn read_anew(&mut self, at: usize, reading: Reading, interner: &mut Interner) -> u32 {
        self.readings += 1;
        let text = self.dictionary.as_ref().map(|values| values.value(at));
        let text = text.filter(|text| !text.is_empty()).and_then(reading);
        let code = text.map_or(NOTHING, |text| interner.code(&text));
        self.codes[at] = code;
        code
    }

    /// Looks at the dictionary of a column; nothing of another one is remembered.
    pub(super) fn refresh(&mut self, values: &StringArray) {
        let is_same = self.dictionary.as_ref().is_some_and(|known| {
            known.len() == values.len()
                && std::ptr::eq(known.value_offsets().as_ptr(), values.value_offsets().as_ptr())
                && std::ptr::eq(known.value_data().as_ptr(), values.value_data().as_ptr())
        });
        if !is_same {
            self.dictionary = Some(values.clone());
            self.codes.clear();
            self.codes.resize(values.len(), UNREAD);
        }
    }
}

/// The code that all rows hold, if there is only one; negative when all of them are nothing.
fn only_code(codes: &[i32], nulls: Option<&NullBuffer>) -> Option<i32> {
    match nulls {
        Some(nulls) if nulls.null_count() == codes.len() => return Some(-1),
        Some(_) => return None,
        None => {}
    }
    let first = codes.first().copied()?;
    codes.iter().all(|code| *code == first).then_some(first)
}
