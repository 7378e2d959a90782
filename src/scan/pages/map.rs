//! Map: the values of a few wanted keys of a map column, as codes per row.
//!
//! In:    the chunks of the key leaf and of the value leaf of a map of text to text.
//! Out:   one code column per wanted field and spelling that the key dictionary knows.
//! Never: builds the map; keys that nobody wants are stepped over by their code.

use std::borrow::Cow;

use arrow::array::StringArray;
use arrow::buffer::ScalarBuffer;

use super::chunk::{Chunk, DataPage, Levels, count_of};
use super::text::Dictionary;
use crate::model::line_items::TextColumn;
use crate::scan::map_column::{Slot, Wanted, slots_of};

/// The entries of one leaf: levels page by page, codes of defined entries in one run.
struct Leaf<'a> {
    pages: &'a [DataPage],
    defined: u8,
    codes: Vec<i32>,
    dictionary: StringArray,
}

/// Decodes the wanted fields of a map; `None` when it is left to the plain way.
pub(super) fn decode(
    keys: &Chunk,
    values: &Chunk,
    wanted: &[Wanted],
    rows: usize,
) -> Option<Vec<TextColumn>> {
    let keys = Leaf::decode(keys)?;
    let (mut slots, slots_of_key) = slots_of(&keys.dictionary, wanted, rows);
    if slots.is_empty() {
        return (keys.row_count()? == rows).then(Vec::new);
    }
    let values = Leaf::decode(values)?;
    let found = fill(&keys, &values, &slots_of_key, &mut slots)?;
    if found != rows {
        return None;
    }
    slots.sort_by_key(Slot::order);
    let column = |slot: Slot| TextColumn {
        field: wanted[slot.wanted].0.clone(),
        codes: ScalarBuffer::from(slot.codes),
        nulls: None,
        values: values.dictionary.clone(),
    };
    Some(slots.into_iter().map(column).collect())
}

impl<'a> Leaf<'a> {
    fn decode(chunk: &'a Chunk) -> Option<Self> {
        let mut dictionary = Dictionary::of(chunk)?;
        let mut codes = Vec::with_capacity(chunk.pages.iter().map(|page| page.entries).sum());
        for page in &chunk.pages {
            dictionary.codes_of(page, page.defined(chunk.defined), &mut codes)?;
        }
        let dictionary = dictionary.into_array()?;
        Some(Self { pages: &chunk.pages, defined: chunk.defined, codes, dictionary })
    }

    fn row_count(&self) -> Option<usize> {
        self.pages.iter().map(begun_rows).sum()
    }
}

/// Rows that begin in a page; `None` when its first entry continues a row of the page before,
/// which the format allows and writers avoid.
fn begun_rows(page: &DataPage) -> Option<usize> {
    match &page.repetition {
        Levels::Constant(0) => Some(page.entries),
        Levels::Each(levels) if levels.first() == Some(&0) => Some(count_of(levels, 0)),
        _ => (page.entries == 0).then_some(0),
    }
}

/// Walks key and value entries side by side; their pages may be cut at different entries.
///
/// Returns the rows walked; `None` when the leaves do not have the same entries.
fn fill(
    keys: &Leaf,
    values: &Leaf,
    slots_of_key: &[Vec<usize>],
    slots: &mut [Slot],
) -> Option<usize> {
    let is_wanted = wanted_entries(keys, slots_of_key);
    let (mut rows, mut key_at, mut value_at) = (0_usize, 0, 0);
    // What a value belongs to must be there.
    let mut is_orphaned = false;
    for (repetition, key_levels, value_levels) in side_by_side(keys.pages, values.pages)? {
        let levels = repetition.iter().zip(key_levels.iter()).zip(value_levels.iter());
        for ((repetition, key_level), value_level) in levels {
            rows += usize::from(*repetition == 0);
            let (key, value) = (key_at, value_at);
            let (has_key, has_value) = (*key_level == keys.defined, *value_level == values.defined);
            key_at += usize::from(has_key);
            value_at += usize::from(has_value);
            is_orphaned |= has_value && !has_key;
            // One branch per entry, and rarely taken.
            if !(has_key & has_value & *is_wanted.get(key)?) {
                continue;
            }
            let (key, value) = (usize::try_from(keys.codes[key]).ok()?, *values.codes.get(value)?);
            for slot in &slots_of_key[key] {
                let code = slots[*slot].codes.get_mut(rows - 1)?;
                // Of two keys of one slot on one row the first keeps its value.
                if *code < 0 {
                    *code = value;
                }
            }
        }
    }
    (!is_orphaned).then_some(rows)
}

/// Whether each defined entry has a wanted key, and one more for entries after the last of them:
/// one look-up per entry, without a branch.
fn wanted_entries(keys: &Leaf, slots_of_key: &[Vec<usize>]) -> Vec<bool> {
    let of_key: Vec<bool> = slots_of_key.iter().map(|slots| !slots.is_empty()).collect();
    // Codes were found to be keys of the dictionary when they were decoded.
    let is_wanted = |code: &i32| of_key.get(code.cast_unsigned() as usize).copied();
    let of_entries = keys.codes.iter().map(|code| is_wanted(code).unwrap_or(false));
    of_entries.chain([false]).collect()
}

/// A stretch of entries within one page of each leaf: repetition, key and value levels.
type Stretch<'a> = (Cow<'a, [u8]>, Cow<'a, [u8]>, Cow<'a, [u8]>);

/// Cuts two leaves into stretches; `None` when their entries are not those of the same rows, or a
/// page begins in the middle of a row.
fn side_by_side<'a>(keys: &'a [DataPage], values: &'a [DataPage]) -> Option<Vec<Stretch<'a>>> {
    let mut stretches = Vec::new();
    let mut values = values.iter().filter(|page| page.entries > 0);
    let (mut value_page, mut value_at) = (values.next(), 0);
    for key_page in keys {
        begun_rows(key_page)?;
        let mut key_at = 0;
        while key_at < key_page.entries {
            let page = value_page?;
            let length = (key_page.entries - key_at).min(page.entries - value_at);
            let repetition = key_page.repetition.stretch(key_at, length);
            if repetition != page.repetition.stretch(value_at, length) {
                return None;
            }
            stretches.push((
                repetition,
                key_page.definition.stretch(key_at, length),
                page.definition.stretch(value_at, length),
            ));
            (key_at, value_at) = (key_at + length, value_at + length);
            if value_at == page.entries {
                (value_page, value_at) = (values.next(), 0);
            }
        }
    }
    value_page.is_none().then_some(stretches)
}
