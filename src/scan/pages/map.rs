//! Map: the values of a few wanted keys of a map column, as codes per row.
//!
//! In:    the chunks of the key leaf and of the value leaf of a map of text to text.
//! Out:   one code column per wanted field and spelling that the key dictionary knows.
//! Never: builds the map, or looks at a value whose key nobody wants.
//!
//! Whatever an entry is, is a bit: whether it begins a row, has a key, has a value. So sixty-four
//! entries are walked over at once, and most of them hold no key that somebody wants.

use arrow::array::StringArray;

use super::bits::{Bits, lowest, positions, spread};
use super::chunk::Chunk;
use super::codes::PackedCodes;
use super::levels::Written;
use super::text::Dictionary;
use crate::model::line_items::TextColumn;
use crate::scan::map_column::{Slot, Wanted, slots_of};

/// The entries of one leaf.
struct Leaf<'a> {
    /// Which of them have a value.
    defined: Bits,
    /// The codes of those that have.
    codes: PackedCodes<'a>,
    dictionary: StringArray,
}

/// Decodes the wanted fields of a map; `None` when it is left to the plain way.
pub(super) fn decode(
    keys: &Chunk<Written>,
    values: &Chunk<Written>,
    wanted: &[Wanted],
    rows: usize,
) -> Option<Vec<TextColumn>> {
    let starts = starts(keys)?;
    if starts.ones() != rows {
        return None;
    }
    let key_leaf = Leaf::of(keys)?;
    let (mut slots, slots_of_key) = slots_of(&key_leaf.dictionary, wanted);
    if slots.is_empty() {
        return Some(Vec::new());
    }
    if !is_repeated(keys, values, &starts)? {
        return None;
    }
    let value_leaf = Leaf::of(values)?;
    fill(&starts, &key_leaf, &value_leaf, &slots_of_key, &mut slots)?;
    slots.sort_by_key(Slot::order);
    Some(slots.into_iter().map(|slot| slot.column(wanted, &value_leaf.dictionary)).collect())
}

/// Which entries begin a row; `None` when a page begins in the middle of one, which the format
/// allows and writers avoid.
fn starts(chunk: &Chunk<Written>) -> Option<Bits> {
    let mut starts = Bits::with_capacity(entries_of(chunk));
    for page in chunk.pages.iter().filter(|page| page.entries > 0) {
        let bits = page.repetition.bits_of(0)?;
        if bits.from(0) & 1 == 0 {
            return None;
        }
        starts.append(&bits);
    }
    Some(starts)
}

/// Whether the entries of the values are those of the keys; their pages may be cut elsewhere.
fn is_repeated(keys: &Chunk<Written>, values: &Chunk<Written>, starts: &Bits) -> Option<bool> {
    let [of_keys, of_values] =
        [keys, values].map(|chunk| chunk.pages.iter().map(|page| &page.repetition));
    if of_keys.eq(of_values.clone()) {
        return Some(true);
    }
    let mut found = Bits::with_capacity(entries_of(values));
    for repetition in of_values {
        found.append(&repetition.bits_of(0)?);
    }
    Some(found == *starts)
}

fn entries_of(chunk: &Chunk<Written>) -> usize {
    chunk.pages.iter().map(|page| page.entries).sum()
}

impl<'a> Leaf<'a> {
    fn of(chunk: &'a Chunk<Written>) -> Option<Self> {
        let mut dictionary = Dictionary::of(chunk)?;
        let mut codes = PackedCodes::of(&dictionary);
        let mut defined = Bits::with_capacity(entries_of(chunk));
        for page in &chunk.pages {
            let bits = page.definition.bits_of(chunk.defined)?;
            codes.push(page, bits.ones(), &mut dictionary)?;
            defined.append(&bits);
        }
        Some(Self { defined, codes, dictionary: dictionary.into_array()? })
    }
}

/// Walks over the entries of both leaves, which are the same.
///
/// `None` when a code is not in its dictionary, or a value has no key: what a value belongs to
/// must be there.
fn fill(
    starts: &Bits,
    keys: &Leaf,
    values: &Leaf,
    slots_of_key: &[Vec<usize>],
    slots: &mut [Slot],
) -> Option<()> {
    let is_wanted: Vec<bool> = slots_of_key.iter().map(|slots| !slots.is_empty()).collect();
    let wanted = keys.codes.wanted(&is_wanted, keys.defined.ones())?;
    let (mut key_codes, mut value_codes) = (keys.codes.cursor(), values.codes.cursor());
    // Passed so far; a row group of the fast way has at most 2^22 rows.
    let (mut rows, mut key_count, mut value_count) = (0, 0, 0);
    let (with_key, with_value) = (keys.defined.words(), values.defined.words());
    for ((starts, has_key), has_value) in starts.words().iter().zip(with_key).zip(with_value) {
        if has_value & !has_key != 0 {
            return None;
        }
        let hits = spread(wanted.from(key_count), *has_key) & has_value;
        for entry in positions(hits) {
            let below = lowest(entry as usize);
            // Every page begins a row, so that there is one.
            let row = rows + (starts & (below << 1 | 1)).count_ones() - 1;
            let keys_below = (has_key & below).count_ones() as usize;
            // Nearly every key has a value.
            let values_below = if has_value == has_key {
                keys_below
            } else {
                (has_value & below).count_ones() as usize
            };
            let key = key_codes.at(key_count + keys_below)?;
            let code = value_codes.at(value_count + values_below)?;
            for slot in slots_of_key.get(usize::try_from(key).ok()?)? {
                slots[*slot].put(row, code);
            }
        }
        rows += starts.count_ones();
        key_count += has_key.count_ones() as usize;
        value_count += has_value.count_ones() as usize;
    }
    value_codes.finish()
}
