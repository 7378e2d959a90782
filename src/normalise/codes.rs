//! Codes: the values of one part as small integers, alike across batches and files.
//!
//! In:    text columns of a batch, each with a dictionary of its own.
//! Out:   [`PartCodes`]: one code per row, 0 for nothing; [`Interner`] knows their text.
//! Never: reads a string more than once per dictionary.

use arrow::array::{Array, StringArray};

pub(super) use crate::model::frame::{Interner, NOTHING};
use crate::model::line_items::TextColumn;
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
}

impl PartCodes {
    /// The code of a row.
    pub(super) fn at(&self, row: usize) -> u32 {
        match self {
            Self::Constant(code) => *code,
            Self::PerRow(codes) => codes[row],
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
        if silenced.is_none()
            && let Some(code) = only_code(column)
        {
            return PartCodes::Constant(self.read(code, reading, interner));
        }
        // Three plain passes: what is known, what is masked, then the few that are still to read.
        let known = |code: &i32| {
            let at = code.cast_unsigned() as usize;
            self.codes.get(at).copied().unwrap_or(NOTHING)
        };
        let mut codes: Vec<u32> = column.codes.iter().map(known).collect();
        if let Some(silenced) = silenced {
            for (code, silenced) in codes.iter_mut().zip(silenced) {
                *code = if *silenced { NOTHING } else { *code };
            }
        }
        if let Some(nulls) = column.nulls.as_ref().filter(|nulls| nulls.null_count() > 0) {
            for (row, code) in codes.iter_mut().enumerate() {
                *code = if nulls.is_null(row) { NOTHING } else { *code };
            }
        }
        // A sum is found without a branch per row; most batches have nothing left to read.
        if codes.iter().map(|code| usize::from(*code == UNREAD)).sum::<usize>() > 0 {
            for (row, code) in codes.iter_mut().enumerate() {
                if *code == UNREAD {
                    *code = self.read(column.codes[row], reading, interner);
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

    #[cold]
    fn read(&mut self, code: i32, reading: Reading, interner: &mut Interner) -> u32 {
        let Ok(at) = usize::try_from(code) else { return NOTHING };
        let Some(known) = self.codes.get_mut(at) else { return NOTHING };
        if *known == UNREAD {
            self.readings += 1;
            let text = self.dictionary.as_ref().map(|values| values.value(at));
            *known = text
                .filter(|text| !text.is_empty())
                .and_then(reading)
                .map_or(NOTHING, |text| interner.code(&text));
        }
        *known
    }

    fn refresh(&mut self, values: &StringArray) {
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
fn only_code(column: &TextColumn) -> Option<i32> {
    match &column.nulls {
        Some(nulls) if nulls.null_count() == column.codes.len() => return Some(-1),
        Some(nulls) if nulls.null_count() > 0 => return None,
        _ => {}
    }
    let first = column.codes.first().copied()?;
    column.codes.iter().all(|code| *code == first).then_some(first)
}
