//! Codes: the values of one part as small integers, alike across batches and files.
//!
//! In:    text columns of a batch, each with a dictionary of its own.
//! Out:   [`PartCodes`]: one code per row, 0 for nothing; [`Interner`] knows their text.
//! Never: reads a string more than once per dictionary.

use std::hash::BuildHasher;

use arrow::array::{Array, StringArray};
use hashbrown::{DefaultHashBuilder, HashTable};

use crate::model::line_items::TextColumn;
use crate::normalise::grain::Reading;

/// The code of "nothing".
pub(super) const NOTHING: u32 = 0;

/// The code of "what the other part says", of parts that are told against another one.
pub(super) const SAME: u32 = 1;

/// What stands behind [`SAME`] among the texts of a part; no file can hold it as a value.
const SAME_MARK: &str = "\u{0}";

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

/// Text and its code, for one part and one worker; every text is kept once.
#[derive(Debug)]
pub(super) struct Interner {
    /// Codes by the hash of their text, keyed by chance, so that no file can fill it with
    /// collisions.
    codes: HashTable<u32>,
    keyed: DefaultHashBuilder,
    /// The texts, one behind the other.
    texts: String,
    /// By code: where the text ends.
    ends: Vec<usize>,
}

impl Default for Interner {
    fn default() -> Self {
        let keyed = DefaultHashBuilder::default();
        Self { codes: HashTable::new(), keyed, texts: String::new(), ends: vec![0] }
    }
}

impl Interner {
    /// The code of a text; `''` is nothing.
    pub(super) fn code(&mut self, text: &str) -> u32 {
        if text.is_empty() {
            return NOTHING;
        }
        if let Some(code) = self.known(text) {
            return code;
        }
        // More than 2^32 distinct values of one column do not fit a bill.
        let code = u32::try_from(self.ends.len()).unwrap_or(u32::MAX);
        self.texts.push_str(text);
        self.ends.push(self.texts.len());
        let (keyed, texts, ends) = (&self.keyed, &self.texts, &self.ends);
        let rehash = |code: &u32| keyed.hash_one(text_of(texts, ends, *code));
        self.codes.insert_unique(keyed.hash_one(text), code, rehash);
        code
    }

    fn known(&self, text: &str) -> Option<u32> {
        let is_same = |code: &u32| text_of(&self.texts, &self.ends, *code) == text;
        self.codes.find(self.keyed.hash_one(text), is_same).copied()
    }

    /// Every text by code, `''` for nothing first.
    pub(super) fn texts(&self) -> impl Iterator<Item = &str> {
        (0..).take(self.ends.len()).map(|code| text_of(&self.texts, &self.ends, code))
    }

    /// An interner of a part that is told against another one.
    pub(super) fn against_another() -> Self {
        let mut interner = Self::default();
        // The first text that is given a code.
        interner.code(SAME_MARK);
        interner
    }

    /// How many codes there are, that of nothing included.
    pub(super) fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether a text has a code.
    pub(super) fn knows(&self, text: &str) -> bool {
        self.known(text).is_some()
    }

    /// How many bits hold every code given so far.
    pub(super) fn bits(&self) -> u32 {
        usize::BITS - (self.ends.len() - 1).leading_zeros()
    }

    /// The text of a code, `None` for nothing.
    pub(super) fn text(&self, code: u32) -> Option<&str> {
        let is_known = code != NOTHING && (code as usize) < self.ends.len();
        is_known.then(|| text_of(&self.texts, &self.ends, code))
    }
}

/// The text of a code that was given out.
fn text_of<'a>(texts: &'a str, ends: &[usize], code: u32) -> &'a str {
    let end = ends[code as usize];
    let start = (code as usize).checked_sub(1).map_or(0, |before| ends[before]);
    &texts[start..end]
}

/// Remembers what the entries of the last dictionary of one input became.
#[derive(Debug, Default)]
pub(super) struct DictionaryCache {
    /// Kept alive, so that no other dictionary can appear at its address.
    dictionary: Option<StringArray>,
    codes: Vec<u32>,
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
