//! Map columns: the values of a few wanted keys, as dictionary codes.
//!
//! In:    a batch of a map column whose keys and values are dictionary-coded.
//! Out:   one code column per wanted field and spelling that the batch's dictionary knows.
//! Never: touches a string per row: a key is compared once per dictionary entry.

use arrow::array::{Array, DictionaryArray, MapArray, StringArray};
use arrow::buffer::NullBuffer;
use arrow::datatypes::Int32Type;

use crate::model::line_items::{Codes, Field, TextColumn};
use crate::model::tag_key::Rank;
use crate::scan::dictionary;
use crate::scan::locate::MapKeys;

/// What is wanted of one map.
pub(super) type Wanted<'a> = (&'a Field, &'a MapKeys);

/// One output column: a wanted field under one spelling, on the rows that have it.
pub(super) struct Slot {
    wanted: usize,
    rank: Rank,
    rows: Vec<u32>,
    codes: Vec<i32>,
}

impl Slot {
    /// The next value; rows come in order. Of two values on one row the first one stays.
    pub(super) fn put(&mut self, row: u32, code: i32) {
        if self.rows.last() != Some(&row) {
            self.rows.push(row);
            self.codes.push(code);
        }
    }

    /// The column, whose codes are of these values.
    pub(super) fn column(self, wanted: &[Wanted], values: &StringArray) -> TextColumn {
        TextColumn {
            field: wanted[self.wanted].0.clone(),
            codes: Codes::Few { rows: self.rows.into(), codes: self.codes.into(), first: 0 },
            values: values.clone(),
        }
    }

    /// Fields as they were wanted, and the best spelling of each first.
    pub(super) fn order(&self) -> (usize, Rank) {
        (self.wanted, self.rank)
    }
}

/// Extracts the wanted fields from a batch of a map; `None` when its children are not coded.
pub(super) fn extract(map: &MapArray, wanted: &[Wanted]) -> Option<Vec<TextColumn>> {
    let keys = map.keys().as_any().downcast_ref::<DictionaryArray<Int32Type>>()?;
    let values = map.values().as_any().downcast_ref::<DictionaryArray<Int32Type>>()?;
    let value_texts = dictionary::texts(values.values())?;
    let key_texts = dictionary::texts(keys.values())?;
    let (mut slots, slots_of_key) = slots_of(&key_texts, wanted);
    if !slots.is_empty() {
        fill(map, keys, values, &slots_of_key, &mut slots);
    }
    slots.sort_by_key(Slot::order);
    Some(slots.into_iter().map(|slot| slot.column(wanted, &value_texts)).collect())
}

/// Decides once per key of the dictionary which slots it feeds.
pub(super) fn slots_of(key_texts: &StringArray, wanted: &[Wanted]) -> (Vec<Slot>, Vec<Vec<usize>>) {
    let mut slots: Vec<Slot> = Vec::new();
    let mut slots_of_key = vec![Vec::new(); key_texts.len()];
    for (code, key) in key_texts.iter().enumerate() {
        let Some(key) = key else { continue };
        for (at, (_, map_keys)) in wanted.iter().enumerate() {
            let Some(rank) = map_keys.rank_of(key) else { continue };
            let known = slots.iter().position(|slot| slot.wanted == at && slot.rank == rank);
            let slot = known.unwrap_or_else(|| {
                slots.push(Slot { wanted: at, rank, rows: Vec::new(), codes: Vec::new() });
                slots.len() - 1
            });
            slots_of_key[code].push(slot);
        }
    }
    (slots, slots_of_key)
}

/// Walks the entries once.
fn fill(
    map: &MapArray,
    keys: &DictionaryArray<Int32Type>,
    values: &DictionaryArray<Int32Type>,
    slots_of_key: &[Vec<usize>],
    slots: &mut [Slot],
) {
    let is_wanted: Vec<bool> = slots_of_key.iter().map(|slots| !slots.is_empty()).collect();
    let (key_codes, value_codes) = (keys.keys().values(), values.keys().values());
    // Keys are never NULL in the format; some writers leave them optional all the same.
    let entry_nulls = NullBuffer::union(keys.nulls(), values.nulls());
    let entry_nulls = entry_nulls.filter(|nulls| nulls.null_count() > 0);
    let map_nulls = map.nulls().filter(|nulls| nulls.null_count() > 0);
    for (row, ends) in (0..).zip(map.value_offsets().windows(2)) {
        // Offsets of an Arrow map ascend and are never negative.
        let entries = usize::try_from(ends[0]).unwrap_or(0)..usize::try_from(ends[1]).unwrap_or(0);
        for entry in entries {
            let key = usize::try_from(key_codes[entry]).unwrap_or(usize::MAX);
            if !is_wanted.get(key).copied().unwrap_or(false)
                || entry_nulls.as_ref().is_some_and(|nulls| nulls.is_null(entry))
                || map_nulls.is_some_and(|nulls| nulls.is_null(row as usize))
            {
                continue;
            }
            for slot in &slots_of_key[key] {
                slots[*slot].put(row, value_codes[entry]);
            }
        }
    }
}
