//! Text: a flat column of strings as codes into one dictionary.
//!
//! In:    the chunk of a `BYTE_ARRAY` column.
//! Out:   one code per row, negative for NULL, and the dictionary as an Arrow array.
//! Never: holds a string per row; values that a writer stored plain are given codes as they come.

use std::hash::BuildHasher;

use arrow::array::StringArray;
use arrow::buffer::{Buffer, OffsetBuffer, ScalarBuffer};
use hashbrown::{DefaultHashBuilder, HashTable};

use super::chunk::{Chunk, DataPage, Levels, Values};
use crate::model::line_items::{Codes, Tells};

/// Codes and their texts.
pub(super) struct Texts {
    /// Codes of the rows, or of those alone that have one.
    pub(super) codes: Found,
    /// The dictionary.
    pub(super) dictionary: Dictionary,
}

/// Texts by code: the dictionary page, then whatever came plain.
pub(super) struct Dictionary {
    offsets: Vec<i32>,
    bytes: Vec<u8>,
    /// Codes of what came plain, by hash of the text; a file must not be able to foresee it.
    plain: HashTable<i32>,
    hasher: DefaultHashBuilder,
    /// Which of what comes plain is worth a code.
    tells: Option<Tells>,
}

impl Dictionary {
    /// The entries of a dictionary page; `None` when it does not hold as many as it says.
    pub(super) fn of<L>(chunk: &Chunk<L>) -> Option<Self> {
        let mut dictionary = Self {
            offsets: vec![0],
            bytes: Vec::new(),
            plain: HashTable::new(),
            hasher: DefaultHashBuilder::default(),
            tells: None,
        };
        if let Some((page, entries)) = &chunk.dictionary {
            // Every text has its length before it; a page cannot have more entries than bytes.
            dictionary.offsets.reserve(*entries.min(&page.len()));
            dictionary.bytes.reserve(page.len());
            let mut rest = page.as_ref();
            for _ in 0..*entries {
                dictionary.push(take_text(&mut rest)?)?;
            }
        }
        Some(dictionary)
    }

    pub(super) fn len(&self) -> usize {
        self.offsets.len() - 1
    }

    fn push(&mut self, text: &[u8]) -> Option<i32> {
        let code = i32::try_from(self.len()).ok()?;
        self.bytes.extend_from_slice(text);
        self.offsets.push(i32::try_from(self.bytes.len()).ok()?);
        Some(code)
    }

    fn code_of_plain(&mut self, text: &[u8]) -> Option<i32> {
        let hash = self.hasher.hash_one(text);
        if let Some(code) = self.plain.find(hash, |code| self.text(*code) == Some(text)) {
            return Some(*code);
        }
        let code = self.push(text)?;
        // The table is out while it grows, because growing asks for the texts in it.
        let mut plain = std::mem::take(&mut self.plain);
        plain.insert_unique(hash, code, |code| {
            self.hasher.hash_one(self.text(*code).unwrap_or_default())
        });
        self.plain = plain;
        Some(code)
    }

    fn text(&self, code: i32) -> Option<&[u8]> {
        let code = usize::try_from(code).ok()?;
        let ends = self.offsets.get(code..code.checked_add(2)?)?;
        self.bytes.get(usize::try_from(ends[0]).ok()?..usize::try_from(ends[1]).ok()?)
    }

    /// The Arrow array; `None` when a text is not UTF-8.
    pub(super) fn into_array(self) -> Option<StringArray> {
        let offsets = OffsetBuffer::new(ScalarBuffer::from(self.offsets));
        StringArray::try_new(offsets, Buffer::from_vec(self.bytes), None).ok()
    }

    /// The codes of the values of a page, in order, appended.
    pub(super) fn codes_of<L>(
        &mut self,
        page: &DataPage<L>,
        count: usize,
        out: &mut Vec<i32>,
    ) -> Option<()> {
        let start = out.len();
        match &page.values {
            Values::Indices(_) => page.values.indices(count, out)?,
            Values::Plain(bytes) => {
                let mut rest = bytes.as_ref();
                for _ in 0..count {
                    let text = take_text(&mut rest)?;
                    let is_mute = self.tells.is_some_and(|tells| !tells(text));
                    out.push(if is_mute { -1 } else { self.code_of_plain(text)? });
                }
                return Some(());
            }
            Values::Split(_) => return None,
        }
        is_known(&out[start..], self.len()).then_some(())
    }
}

/// Codes of a column so far.
pub(super) enum Found {
    /// One per row; negative for nothing.
    Each(Vec<i32>),
    /// Of the rows that have one.
    Few {
        /// Their numbers.
        rows: Vec<u32>,
        /// The code of each.
        codes: Vec<i32>,
        /// How many rows there are.
        length: usize,
    },
}

impl Found {
    /// As a column of so many rows; `None` when it has others.
    pub(super) fn whole(self, rows: usize) -> Option<Codes> {
        match self {
            Self::Each(codes) => {
                (codes.len() == rows).then(|| Codes::Each { codes: codes.into(), nulls: None })
            }
            Self::Few { rows: numbers, codes, length } => (length == rows).then(|| Codes::Few {
                rows: numbers.into(),
                codes: codes.into(),
                first: 0,
            }),
        }
    }
}

/// A column with a value on fewer rows than one in so many is told by those rows alone.
const FEW: usize = 2;

/// Decodes a flat column; `None` when it is left to the plain way.
pub(super) fn decode(chunk: &Chunk, tells: Option<Tells>) -> Option<Texts> {
    let mut dictionary = Dictionary { tells, ..Dictionary::of(chunk)? };
    let entries: usize = chunk.pages.iter().map(|page| page.entries).sum();
    let defined: usize = chunk.pages.iter().map(|page| page.defined(chunk.defined)).sum();
    let codes = if defined < entries / FEW {
        few(chunk, &mut dictionary, defined)?
    } else {
        Found::Each(each(chunk, &mut dictionary, entries)?)
    };
    Some(Texts { codes, dictionary })
}

fn each(chunk: &Chunk, dictionary: &mut Dictionary, entries: usize) -> Option<Vec<i32>> {
    let mut codes = Vec::with_capacity(entries);
    for page in &chunk.pages {
        let count = page.defined(chunk.defined);
        match &page.definition {
            Levels::Constant(level) if *level == chunk.defined => {
                dictionary.codes_of(page, count, &mut codes)?;
            }
            Levels::Constant(_) => codes.resize(codes.len() + page.entries, -1),
            Levels::Each(levels) => {
                let mut dense = Vec::with_capacity(count);
                dictionary.codes_of(page, count, &mut dense)?;
                let mut dense = dense.into_iter();
                codes.extend(levels.iter().map(|level| {
                    if *level == chunk.defined { dense.next().unwrap_or(-1) } else { -1 }
                }));
            }
        }
    }
    Some(codes)
}

fn few(chunk: &Chunk, dictionary: &mut Dictionary, defined: usize) -> Option<Found> {
    let (mut rows, mut codes) = (Vec::with_capacity(defined), Vec::with_capacity(defined));
    let mut length = 0;
    for page in &chunk.pages {
        let count = page.defined(chunk.defined);
        dictionary.codes_of(page, count, &mut codes)?;
        // A row group of the fast way has at most 2^22 rows.
        let first = u32::try_from(length).ok()?;
        match &page.definition {
            Levels::Constant(_) => rows.extend((first..).take(count)),
            Levels::Each(levels) => {
                let numbered = (first..).zip(levels);
                let is_there = |(_, level): &(u32, &u8)| **level == chunk.defined;
                rows.extend(numbered.filter(is_there).map(|(row, _)| row));
            }
        }
        length += page.entries;
    }
    Some(Found::Few { rows, codes, length })
}

/// The distinct texts of a column; pages of codes add nothing to the dictionary.
pub(super) fn distinct(chunk: &Chunk) -> Option<StringArray> {
    let mut dictionary = Dictionary::of(chunk)?;
    let mut codes = Vec::new();
    for page in chunk.pages.iter().filter(|page| matches!(page.values, Values::Plain(_))) {
        codes.clear();
        dictionary.codes_of(page, page.defined(chunk.defined), &mut codes)?;
    }
    dictionary.into_array()
}

/// Whether every code is one of a dictionary; a code beyond `i32` has become negative.
pub(super) fn is_known(codes: &[i32], entries: usize) -> bool {
    // The largest is found without a branch; negative codes are larger than any dictionary.
    let largest = codes.iter().map(|code| code.cast_unsigned()).max();
    largest.is_none_or(|code| (code as usize) < entries)
}

/// A length of four bytes and as many bytes of text.
fn take_text<'a>(rest: &mut &'a [u8]) -> Option<&'a [u8]> {
    let (length, after) = rest.split_first_chunk()?;
    let (text, after) = after.split_at_checked(u32::from_le_bytes(*length) as usize)?;
    *rest = after;
    Some(text)
}
