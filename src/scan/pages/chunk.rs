//! Chunk: the pages of one column chunk, cut into levels and values.
//!
//! In:    parquet-rs's page reader, which decompresses and checks checksums.
//! Out:   [`Chunk`]: the dictionary page and the data pages, levels decoded.
//! Never: decodes a value, or accepts an encoding that it does not know: `None` sends the column
//! the plain way, through parquet-rs's own Arrow reader.

use bytes::Bytes;
use parquet::basic::Encoding;
use parquet::column::page::{Page, PageReader};
use parquet::schema::types::ColumnDescriptor;

use super::hybrid;
use super::levels::Written;
use crate::model::watch::Effort;

/// Pages of one column chunk, whose definition levels are kept in one way or another.
pub(super) struct Chunk<Definition = Levels> {
    /// The dictionary page's bytes (PLAIN) and how many entries it has.
    pub(super) dictionary: Option<(Bytes, usize)>,
    /// The data pages, in order.
    pub(super) pages: Vec<DataPage<Definition>>,
    /// The definition level of a value that is there.
    pub(super) defined: u8,
    /// Bytes of all pages, unpacked.
    bytes: usize,
}

/// One data page.
pub(super) struct DataPage<Definition = Levels> {
    /// Rows, nulls and place holders of empty lists.
    pub(super) entries: usize,
    /// 0 begins a row.
    pub(super) repetition: Written,
    /// Below the chunk's `defined` there is no value.
    pub(super) definition: Definition,
    /// What is left of the page.
    pub(super) values: Values,
}

/// What definition levels are kept as.
pub(super) trait Kept: Sized {
    /// `None` when the bytes do not hold them.
    fn of(written: Written) -> Option<Self>;
}

/// For maps, which make bits of them.
impl Kept for Written {
    fn of(written: Written) -> Option<Self> {
        Some(written)
    }
}

/// For flat columns.
impl Kept for Levels {
    fn of(written: Written) -> Option<Self> {
        levels(&written.bytes, written.highest, written.entries)
    }
}

/// Levels of a page.
pub(super) enum Levels {
    /// One for all entries.
    Constant(u8),
    /// One per entry.
    Each(Vec<u8>),
}

/// Encoded values of a page: as many as there are defined entries.
pub(super) enum Values {
    /// Indices into the dictionary: a bit width, then a hybrid stream.
    Indices(Bytes),
    /// PLAIN values.
    Plain(Bytes),
    /// `BYTE_STREAM_SPLIT` values: all first bytes, then all second bytes, and so on.
    Split(Bytes),
}

impl Levels {
    pub(super) fn at(&self, entry: usize) -> u8 {
        match self {
            Self::Constant(level) => *level,
            Self::Each(levels) => levels[entry],
        }
    }
}

impl DataPage {
    /// How many entries have a value.
    pub(super) fn defined(&self, level: u8) -> usize {
        match &self.definition {
            Levels::Constant(found) if *found == level => self.entries,
            Levels::Constant(_) => 0,
            Levels::Each(levels) => levels.iter().map(|found| usize::from(*found == level)).sum(),
        }
    }
}

impl Values {
    /// Dictionary indices of a page, appended; `None` when there are too few.
    pub(super) fn indices(&self, count: usize, out: &mut Vec<i32>) -> Option<()> {
        let Self::Indices(bytes) = self else { return None };
        if count == 0 {
            return Some(());
        }
        let (width, stream) = bytes.split_first()?;
        hybrid::decode(stream, u32::from(*width), count, out)
    }
}

impl<Definition: Kept> Chunk<Definition> {
    /// Reads all pages of a chunk. `Ok(None)` when a page is encoded in a way we leave to others.
    pub(super) fn read(
        pages: &mut impl PageReader,
        column: &ColumnDescriptor,
    ) -> parquet::errors::Result<Option<Self>> {
        let (repetition, definition) = (column.max_rep_level(), column.max_def_level());
        let Some((repeated, defined)) =
            u8::try_from(repetition).ok().zip(u8::try_from(definition).ok())
        else {
            return Ok(None);
        };
        let mut chunk = Self { dictionary: None, pages: Vec::new(), defined, bytes: 0 };
        while let Some(page) = pages.get_next_page()? {
            chunk.bytes += page.buffer().len();
            if let Page::DictionaryPage { buf, num_values, encoding, .. } = page {
                let is_plain = matches!(encoding, Encoding::PLAIN | Encoding::PLAIN_DICTIONARY);
                if !is_plain || chunk.dictionary.is_some() || !chunk.pages.is_empty() {
                    return Ok(None);
                }
                chunk.dictionary = Some((buf, num_values as usize));
                continue;
            }
            match data_page(page, repeated, defined) {
                Some(page) => chunk.pages.push(page),
                None => return Ok(None),
            }
        }
        Ok(Some(chunk))
    }

    /// What it took to have the pages.
    pub(super) fn effort(&self) -> Effort {
        let values = self.pages.iter().map(|page| page.entries).sum();
        Effort { bytes_unpacked: self.bytes, values, ..Effort::default() }
    }
}

fn data_page<Definition: Kept>(
    page: Page,
    repeated: u8,
    defined: u8,
) -> Option<DataPage<Definition>> {
    let entries = page.num_values() as usize;
    let encoding = page.encoding();
    let (repetition, definition, values) = match page {
        Page::DataPage { mut buf, def_level_encoding, rep_level_encoding, .. } => {
            let is_known = |level, encoding| level == 0 || encoding == Encoding::RLE;
            if !is_known(repeated, rep_level_encoding) || !is_known(defined, def_level_encoding) {
                return None;
            }
            let repetition = prefixed_levels(&mut buf, repeated)?;
            (repetition, prefixed_levels(&mut buf, defined)?, buf)
        }
        Page::DataPageV2 { buf, rep_levels_byte_len, def_levels_byte_len, .. } => {
            let cut = rep_levels_byte_len as usize;
            let end = cut.checked_add(def_levels_byte_len as usize)?;
            if end > buf.len() {
                return None;
            }
            (buf.slice(..cut), buf.slice(cut..end), buf.slice(end..))
        }
        Page::DictionaryPage { .. } => return None,
    };
    let values = match encoding {
        Encoding::PLAIN => Values::Plain(values),
        Encoding::RLE_DICTIONARY | Encoding::PLAIN_DICTIONARY => Values::Indices(values),
        Encoding::BYTE_STREAM_SPLIT => Values::Split(values),
        _ => return None,
    };
    let repetition = Written { bytes: repetition, highest: repeated, entries };
    let definition = Kept::of(Written { bytes: definition, highest: defined, entries })?;
    Some(DataPage { entries, repetition, definition, values })
}

/// Levels of a version 1 page: a length, then a hybrid stream; nothing when the level is always 0.
fn prefixed_levels(page: &mut Bytes, highest: u8) -> Option<Bytes> {
    if highest == 0 {
        return Some(Bytes::new());
    }
    let length = u32::from_le_bytes(page.get(..4)?.try_into().ok()?) as usize;
    let end = length.checked_add(4).filter(|end| *end <= page.len())?;
    let found = page.slice(4..end);
    *page = page.slice(end..);
    Some(found)
}

fn levels(bytes: &[u8], highest: u8, entries: usize) -> Option<Levels> {
    if highest == 0 || entries == 0 {
        return Some(Levels::Constant(highest));
    }
    let width = u8::BITS - highest.leading_zeros();
    if let Some(level) = hybrid::constant(bytes, width, entries) {
        return u8::try_from(level).ok().filter(|level| *level <= highest).map(Levels::Constant);
    }
    let mut levels = Vec::new();
    hybrid::decode(bytes, width, entries, &mut levels)?;
    // The largest is found without a branch per level.
    let largest = levels.iter().copied().max();
    (largest <= Some(highest)).then_some(Levels::Each(levels))
}
