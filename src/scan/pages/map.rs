//! Map: the values of a few wanted keys of a map column, as codes per row.
//!
//! In:    the chunks of the key leaf and of the value leaf of a map of text to text.
//! Out:   one code column per wanted field and spelling that the key dictionary knows.
//! Never: builds the map; keys that nobody wants are stepped over by their code.

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
        let begun = |page: &DataPage| begun_rows(&page.repetition.levels()?, page.entries);
        self.pages.iter().map(begun).sum()
    }
}

/// Rows that begin in a page; `None` when its first entry continues a row of the page before,
/// which the format allows and writers avoid.
fn begun_rows(repetition: &Levels, entries: usize) -> Option<usize> {
    match repetition {
        Levels::Constant(0) => Some(entries),
        Levels::Each(levels) if levels.first() == Some(&0) => Some(count_of(levels, 0)),
        _ => (entries == 0).then_some(0),
    }
}

/// Walks key and value entries side by side; their pages may be cut at different entries.
///
/// Returns the rows walked; `None` when the leaves do not have the same entries, or a page begins
/// in the middle of a row.
fn fill(
    keys: &Leaf,
    values: &Leaf,
    slots_of_key: &[Vec<usize>],
    slots: &mut [Slot],
) -> Option<usize> {
    let mut walk = Walk::new(keys, values, slots_of_key);
    let mut value_pages = values.pages.iter().filter(|page| page.entries > 0);
    let mut value_page = value_pages.next();
    let (mut value_at, mut value_levels) = (0, None);
    for key_page in keys.pages {
        let repetition = key_page.repetition.levels()?;
        begun_rows(&repetition, key_page.entries)?;
        let mut key_at = 0;
        while key_at < key_page.entries {
            let page = value_page?;
            let length = (key_page.entries - key_at).min(page.entries - value_at);
            let stretch = repetition.stretch(key_at, length);
            let are_alike = length == page.entries && page.repetition == key_page.repetition;
            if !are_alike {
                if value_levels.is_none() {
                    value_levels = page.repetition.levels();
                }
                if stretch != value_levels.as_ref()?.stretch(value_at, length) {
                    return None;
                }
            }
            let key_levels = key_page.definition.stretch(key_at, length);
            let levels_of_values = page.definition.stretch(value_at, length);
            for hit in walk.over(&stretch, &key_levels, &levels_of_values)? {
                hit.put(keys, values, slots_of_key, slots)?;
            }
            (key_at, value_at) = (key_at + length, value_at + length);
            if value_at == page.entries {
                (value_page, value_at, value_levels) = (value_pages.next(), 0, None);
            }
        }
    }
    // What a value belongs to must be there.
    (value_page.is_none() && !walk.is_orphaned).then_some(walk.rows as usize)
}

/// An entry that somebody wants: its row, and the positions of its key and its value.
#[derive(Clone, Copy, Default)]
struct Hit {
    row: u32,
    key: u32,
    value: u32,
}

impl Hit {
    fn put(
        self,
        keys: &Leaf,
        values: &Leaf,
        slots_of_key: &[Vec<usize>],
        slots: &mut [Slot],
    ) -> Option<()> {
        let key = usize::try_from(*keys.codes.get(self.key as usize)?).ok()?;
        let value = *values.codes.get(self.value as usize)?;
        for slot in &slots_of_key[key] {
            let code = slots[*slot].codes.get_mut(self.row as usize)?;
            // Of two keys of one slot on one row the first keeps its value.
            if *code < 0 {
                *code = value;
            }
        }
        Some(())
    }
}

/// A way over the entries of two leaves; a row group of the fast way has at most 2^24.
struct Walk {
    /// The levels of a key and of a value that are there.
    defined: [u8; 2],
    /// Whether each defined key is wanted, and one more for entries after the last of them.
    is_wanted: Vec<bool>,
    hits: Vec<Hit>,
    rows: u32,
    /// Keys and values passed so far.
    passed: [u32; 2],
    is_orphaned: bool,
}

impl Walk {
    fn new(keys: &Leaf, values: &Leaf, slots_of_key: &[Vec<usize>]) -> Self {
        let of_key: Vec<bool> = slots_of_key.iter().map(|slots| !slots.is_empty()).collect();
        // Codes were found to be keys of the dictionary when they were decoded.
        let is_wanted = |code: &i32| of_key.get(code.cast_unsigned() as usize).copied();
        let of_entries = keys.codes.iter().map(|code| is_wanted(code).unwrap_or(false));
        Self {
            defined: [keys.defined, values.defined],
            is_wanted: of_entries.chain([false]).collect(),
            hits: Vec::new(),
            rows: 0,
            passed: [0; 2],
            is_orphaned: false,
        }
    }

    /// Walks over a stretch; returns the entries that are wanted.
    ///
    /// Every entry is written down, and stays only when it is wanted: no processor can foresee
    /// which ones are.
    fn over(&mut self, repetition: &[u8], keys: &[u8], values: &[u8]) -> Option<&[Hit]> {
        self.hits.clear();
        self.hits.resize(repetition.len() + 1, Hit::default());
        let (mut found, mut rows, [mut key, mut value]) = (0, self.rows, self.passed);
        let [key_defined, value_defined] = self.defined;
        for ((repetition, key_level), value_level) in repetition.iter().zip(keys).zip(values) {
            rows += u32::from(*repetition == 0);
            let (has_key, has_value) = (*key_level == key_defined, *value_level == value_defined);
            self.is_orphaned |= has_value && !has_key;
            let is_wanted = has_key & has_value & *self.is_wanted.get(key as usize)?;
            *self.hits.get_mut(found)? = Hit { row: rows.wrapping_sub(1), key, value };
            found += usize::from(is_wanted);
            key += u32::from(has_key);
            value += u32::from(has_value);
        }
        (self.rows, self.passed) = (rows, [key, value]);
        self.hits.get(..found)
    }
}
