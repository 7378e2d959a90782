//! Codes: the dictionary codes of a leaf, looked at where they are written.
//!
//! In:    the pages of a leaf, and how many values each of them has.
//! Out:   which values have a wanted code, as bits; single codes, in ascending order.
//! Never: holds a code per value, but for pages without a dictionary; or gives a code beyond the
//! dictionary. Packed codes that nobody asks for are not looked at.

use super::bits::Bits;
use super::chunk::{DataPage, Values};
use super::hybrid::{Packed, Run, Runs};
use super::text::Dictionary;

/// Codes of all pages of a leaf.
pub(super) struct PackedCodes<'a> {
    pages: Vec<Page<'a>>,
    /// Texts of the dictionary page; what came plain has codes after theirs.
    coded: usize,
}

/// Codes of one page.
enum Page<'a> {
    /// As they were written: nobody has looked at them.
    Written(Runs<'a>),
    /// Codes that a dictionary gave to what came plain, each in its four bytes.
    Given(Vec<u8>),
}

impl<'a> PackedCodes<'a> {
    /// No pages yet, and a dictionary with the texts of its page alone.
    pub(super) fn of(dictionary: &Dictionary) -> Self {
        Self { pages: Vec::new(), coded: dictionary.len() }
    }

    /// Appends a page with so many values.
    pub(super) fn push<L>(
        &mut self,
        page: &'a DataPage<L>,
        count: usize,
        dictionary: &mut Dictionary,
    ) -> Option<()> {
        let codes = match &page.values {
            Values::Indices(_) if count == 0 => return Some(()),
            Values::Indices(bytes) => {
                let (width, stream) = bytes.split_first()?;
                Page::Written(Runs::new(stream, u32::from(*width), count)?)
            }
            _ => {
                let mut codes = Vec::with_capacity(count);
                dictionary.codes_of(page, count, &mut codes)?;
                Page::Given(codes.into_iter().flat_map(i32::to_le_bytes).collect())
            }
        };
        self.pages.push(codes);
        Some(())
    }

    /// Which values have a wanted code; `None` when one has a code beyond the dictionary.
    pub(super) fn wanted(&self, is_wanted: &[bool], values: usize) -> Option<Bits> {
        let mut bits = Bits::with_capacity(values);
        for page in &self.pages {
            let mut runs = match page {
                Page::Written(runs) => runs.clone(),
                Page::Given(codes) => {
                    one_by_one(given(codes), 0, is_wanted, &mut bits)?;
                    continue;
                }
            };
            let flags = Flags::of(is_wanted.get(..self.coded)?, runs.width());
            while runs.left() > 0 {
                match runs.take()? {
                    Run::Packed(packed) => flags.over(packed, &mut bits)?,
                    Run::Repeated(code, count) => {
                        bits.push_run(*flags.is_wanted.get(code as usize)?, count);
                    }
                }
            }
        }
        Some(bits)
    }

    pub(super) fn cursor(&self) -> Cursor<'_, 'a> {
        let (pages, packed) = (self.pages.iter(), given(&[]));
        Cursor { pages, coded: self.coded, runs: None, packed, base: 0, start: 0, end: 0, known: 0 }
    }
}

fn given(codes: &[u8]) -> Packed<'_> {
    Packed { bytes: codes, width: i32::BITS, count: codes.len() / 4 }
}

/// A code that is not in the dictionary.
const UNKNOWN: u16 = 1 << 8;

/// What is to know of packed codes: as many of them at once as fill a byte.
struct Flags<'a> {
    /// By the bits of the codes: a bit for each that is wanted, and whether one is unknown.
    of_codes: [u16; 256],
    is_wanted: &'a [bool],
}

impl<'a> Flags<'a> {
    fn of(is_wanted: &'a [bool], width: u32) -> Self {
        let mask = 1_usize.checked_shl(width).map_or(usize::MAX, |end| end - 1);
        // Codes of more than eight bits do without.
        let at_once = u8::BITS.checked_div(width).unwrap_or(0);
        let flags_of = |codes: usize| {
            (0..at_once).fold(0, |flags, place| {
                match is_wanted.get(codes >> (place * width) & mask) {
                    Some(is_wanted) => flags | u16::from(*is_wanted) << place,
                    None => flags | UNKNOWN,
                }
            })
        };
        Self { of_codes: std::array::from_fn(flags_of), is_wanted }
    }

    /// Appends a bit for each packed code; `None` when one of them is unknown.
    fn over(&self, packed: Packed, bits: &mut Bits) -> Option<()> {
        macro_rules! by_width {
            ($($width:literal)+) => {
                match packed.width {
                    $($width => self.over_groups::<$width>(packed, bits),)+
                    _ => one_by_one(packed, 0, self.is_wanted, bits),
                }
            };
        }
        by_width!(1 2 3 4 5 6 7 8)
    }

    /// Eight codes of a known width fit a word and give a byte of bits.
    fn over_groups<const WIDTH: usize>(&self, packed: Packed, bits: &mut Bits) -> Option<()> {
        let at_once = 8 / WIDTH;
        let mask = u8::MAX >> (8 - at_once * WIDTH);
        let whole = packed.count / 8;
        let mut seen = 0;
        for block in packed.bytes.get(..whole * WIDTH)?.chunks(8 * WIDTH) {
            let mut word = 0;
            for (at, group) in block.chunks_exact(WIDTH).enumerate() {
                let mut bytes = [0; 8];
                bytes[..WIDTH].copy_from_slice(group);
                let codes = u64::from_le_bytes(bytes);
                for first in (0..8).step_by(at_once) {
                    let [some, ..] = (codes >> (first * WIDTH)).to_le_bytes();
                    let flags = self.of_codes[usize::from(some & mask)];
                    seen |= flags;
                    word |= u64::from(flags & !UNKNOWN) << (8 * at + first);
                }
            }
            bits.push(word, block.len() / WIDTH * 8);
        }
        one_by_one(packed, whole * 8, self.is_wanted, bits).filter(|()| seen & UNKNOWN == 0)
    }
}

/// Codes of many bits, and those at the end of a page that fill no group.
fn one_by_one(packed: Packed, start: usize, is_wanted: &[bool], bits: &mut Bits) -> Option<()> {
    for at in start..packed.count {
        bits.push(u64::from(*is_wanted.get(packed.at(at) as usize)?), 1);
    }
    Some(())
}

/// A way over the codes of a leaf, in order.
pub(super) struct Cursor<'c, 'a> {
    pages: std::slice::Iter<'c, Page<'a>>,
    /// As in [`PackedCodes`].
    coded: usize,
    /// What comes after the present run in its page.
    runs: Option<Runs<'a>>,
    /// The present run: a code is the base and what is packed. Codes that are all the same are
    /// packed in no bits at all, so that no processor has to foresee which kind of run comes.
    packed: Packed<'c>,
    base: u32,
    /// The values of the present run.
    start: usize,
    end: usize,
    /// Codes of the present run are below this.
    known: usize,
}

impl Cursor<'_, '_> {
    /// The code of a value that is not before the last one asked for; `None` when it has none.
    pub(super) fn at(&mut self, value: usize) -> Option<i32> {
        while value >= self.end {
            self.step()?;
        }
        let code = self.base | self.packed.at(value.checked_sub(self.start)?);
        ((code as usize) < self.known).then_some(code.cast_signed())
    }

    /// Goes past all that is left; `None` when a page does not hold its values.
    pub(super) fn finish(mut self) -> Option<()> {
        while self.runs.as_ref().is_some_and(|runs| runs.left() > 0) || self.pages.len() > 0 {
            self.step()?;
        }
        Some(())
    }

    /// The next run, or the page that it is in; `None` after the last one, or when the bytes do
    /// not hold it.
    #[cold] // A run has many values.
    fn step(&mut self) -> Option<()> {
        self.start = self.end;
        if let Some(runs) = self.runs.as_mut().filter(|runs| runs.left() > 0) {
            let run = runs.take()?;
            self.known = self.coded;
            self.end += run.count();
            (self.base, self.packed) = match run {
                Run::Packed(packed) => (0, packed),
                Run::Repeated(code, count) => (code, Packed { bytes: &[0; 8], width: 0, count }),
            };
            return Some(());
        }
        match self.pages.next()? {
            Page::Written(runs) => self.runs = Some(runs.clone()),
            Page::Given(codes) => {
                (self.runs, self.base, self.packed) = (None, 0, given(codes));
                // The dictionary gave them.
                self.known = usize::MAX;
                self.end += self.packed.count;
            }
        }
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Codes and flags of a stream that is decoded from its beginning to its end.
    fn decoded(runs: &Runs, bytes: &[u8], known: usize) -> Option<Vec<i32>> {
        let mut codes = Vec::new();
        crate::scan::pages::hybrid::decode(bytes, runs.width(), runs.left(), &mut codes)?;
        crate::scan::pages::text::is_known(&codes, known).then_some(codes)
    }

    proptest! {
        /// Any bytes are a stream, most of them a broken one.
        #[test]
        fn codes_are_found_as_if_all_were_decoded(
            bytes in prop::collection::vec(prop_oneof![any::<u8>(), 0..24_u8], 0..120),
            (width, count) in (0..=12_u32, 0..400_usize),
            is_wanted in prop::collection::vec(any::<bool>(), 0..300),
            given in prop::collection::vec(0..300_i32, 0..20),
            step in 1..40_usize,
        ) {
            let runs = Runs::new(&bytes, width, count).unwrap();
            let of_page = decoded(&runs, &bytes, is_wanted.len());
            let bytes_given = given.iter().copied().flat_map(i32::to_le_bytes).collect();
            let pages = vec![Page::Written(runs), Page::Given(bytes_given)];
            let codes = PackedCodes { pages, coded: is_wanted.len() };
            let all = of_page.map(|codes| [codes, given].concat());
            let mut flags = is_wanted.clone();
            flags.resize(300, true);

            let expected = all.as_ref().map(|codes| {
                let mut bits = Bits::default();
                for code in codes {
                    bits.push(u64::from(flags[usize::try_from(*code).unwrap()]), 1);
                }
                bits
            });
            prop_assert_eq!(codes.wanted(&flags, 0), expected);

            let Some(all) = all else { return Ok(()) };
            let mut cursor = codes.cursor();
            for value in (0..all.len()).step_by(step) {
                prop_assert_eq!(cursor.at(value), Some(all[value]));
            }
            prop_assert_eq!(codes.cursor().at(all.len()), None);
            prop_assert_eq!(cursor.finish(), Some(()));
        }
    }
}
