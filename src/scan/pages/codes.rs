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
pub(super) struct Codes<'a> {
    pages: Vec<Page<'a>>,
    /// Texts of the dictionary page; what came plain has codes after theirs.
    coded: usize,
}

/// Codes of one page.
enum Page<'a> {
    /// As they were written: nobody has looked at them.
    Written(Runs<'a>),
    /// Codes that a dictionary gave to what came plain.
    Given(Vec<i32>),
}

impl<'a> Codes<'a> {
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
                Page::Given(codes)
            }
        };
        self.pages.push(codes);
        Some(())
    }

    /// Which values have a wanted code; `None` when one has a code beyond the dictionary.
    pub(super) fn wanted(&self, is_wanted: &[bool], values: usize) -> Option<Bits> {
        let is_coded_wanted = is_wanted.get(..self.coded)?;
        let flags = Flags::of(is_coded_wanted);
        let mut bits = Bits::with_capacity(values);
        for page in &self.pages {
            match page {
                Page::Given(codes) => {
                    for code in codes {
                        let code = usize::try_from(*code).ok()?;
                        bits.push(u64::from(*is_wanted.get(code)?), 1);
                    }
                }
                Page::Written(runs) => {
                    let mut runs = runs.clone();
                    while runs.left() > 0 {
                        match runs.take()? {
                            Run::Packed(packed) => flags.over(packed, &mut bits)?,
                            Run::Repeated(code, count) => {
                                bits.push_run(*is_coded_wanted.get(code as usize)?, count);
                            }
                        }
                    }
                }
            }
        }
        Some(bits)
    }

    pub(super) fn cursor(&self) -> Cursor<'_, 'a> {
        let pages = self.pages.iter();
        Cursor { pages, runs: None, run: Stretch::Each(&[]), coded: self.coded, start: 0, end: 0 }
    }
}

const WANTED: u8 = 1;
const UNKNOWN: u8 = 2;

/// What is to know of a code of up to eight bits, in a table that no such code is beyond.
struct Flags<'a> {
    of_code: [u8; 256],
    is_wanted: &'a [bool],
}

impl<'a> Flags<'a> {
    fn of(is_wanted: &'a [bool]) -> Self {
        let mut of_code = [UNKNOWN; 256];
        for (flags, is_wanted) in of_code.iter_mut().zip(is_wanted) {
            *flags = if *is_wanted { WANTED } else { 0 };
        }
        Self { of_code, is_wanted }
    }

    /// Appends a bit for each packed code; `None` when one of them is unknown.
    fn over(&self, packed: Packed, bits: &mut Bits) -> Option<()> {
        macro_rules! by_width {
            ($($width:literal)+) => {
                match packed.width {
                    $($width => self.over_groups::<$width>(packed, bits),)+
                    _ => self.one_by_one(packed, 0, bits),
                }
            };
        }
        by_width!(1 2 3 4 5 6 7 8)
    }

    /// Eight codes of a known width fit a word and give a byte of bits.
    fn over_groups<const WIDTH: usize>(&self, packed: Packed, bits: &mut Bits) -> Option<()> {
        let mask = u8::MAX >> (8 - WIDTH);
        let whole = packed.count / 8;
        let mut seen = 0;
        for block in packed.bytes.get(..whole * WIDTH)?.chunks(8 * WIDTH) {
            let mut word = 0;
            for (at, group) in block.chunks_exact(WIDTH).enumerate() {
                let mut bytes = [0; 8];
                bytes[..WIDTH].copy_from_slice(group);
                let codes = u64::from_le_bytes(bytes);
                let mut wanted = 0;
                for place in 0..8 {
                    let [code, ..] = (codes >> (place * WIDTH)).to_le_bytes();
                    let flags = self.of_code[usize::from(code & mask)];
                    seen |= flags;
                    wanted |= (flags & WANTED) << place;
                }
                word |= u64::from(wanted) << (8 * at);
            }
            bits.push(word, block.len() / WIDTH * 8);
        }
        self.one_by_one(packed, whole * 8, bits).filter(|()| seen & UNKNOWN == 0)
    }

    /// Codes of many bits, and those at the end of a page that fill no group.
    fn one_by_one(&self, packed: Packed, start: usize, bits: &mut Bits) -> Option<()> {
        for at in start..packed.count {
            bits.push(u64::from(*self.is_wanted.get(packed.at(at) as usize)?), 1);
        }
        Some(())
    }
}

/// A way over the codes of a leaf, in order.
pub(super) struct Cursor<'c, 'a> {
    pages: std::slice::Iter<'c, Page<'a>>,
    /// What comes after the present stretch in its page.
    runs: Option<Runs<'a>>,
    run: Stretch<'c, 'a>,
    coded: usize,
    /// The values of the present stretch.
    start: usize,
    end: usize,
}

/// Codes that are looked at in one way.
enum Stretch<'c, 'a> {
    Written(Run<'a>),
    Each(&'c [i32]),
}

impl Cursor<'_, '_> {
    /// The code of a value that is not before the last one asked for; `None` when it has none.
    pub(super) fn at(&mut self, value: usize) -> Option<i32> {
        while value >= self.end {
            self.step()?;
        }
        let at = value.checked_sub(self.start)?;
        let code = match &self.run {
            Stretch::Each(codes) => return codes.get(at).copied(),
            Stretch::Written(Run::Repeated(code, _)) => *code,
            Stretch::Written(Run::Packed(packed)) => packed.at(at),
        };
        i32::try_from(code).ok().filter(|_| (code as usize) < self.coded)
    }

    /// Goes past all that is left; `None` when a page does not hold its values.
    pub(super) fn finish(mut self) -> Option<()> {
        while self.runs.as_ref().is_some_and(|runs| runs.left() > 0) || self.pages.len() > 0 {
            self.step()?;
        }
        Some(())
    }

    /// The next stretch; `None` after the last one, or when the bytes do not hold it.
    fn step(&mut self) -> Option<()> {
        self.start = self.end;
        if let Some(runs) = self.runs.as_mut().filter(|runs| runs.left() > 0) {
            let run = runs.take()?;
            self.end += run.count();
            self.run = Stretch::Written(run);
            return Some(());
        }
        match self.pages.next()? {
            Page::Written(runs) => self.runs = Some(runs.clone()),
            Page::Given(codes) => {
                self.runs = None;
                self.end += codes.len();
                self.run = Stretch::Each(codes);
            }
        }
        Some(())
    }
}
