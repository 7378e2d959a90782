//! Hybrid: Parquet's runs and bit-packed groups, as integers.
//!
//! In:    the bytes of a hybrid stream, its bit width, how many values it must hold.
//! Out:   the values, or `None` when the bytes do not hold them.
//! Never: reads beyond the bytes, or reserves more than the count that was checked before.
//!
//! Format: "Run Length Encoding / Bit-Packing Hybrid" of apache/parquet-format 2.12.

/// The widest value: dictionary indices are at most 32 bits.
const WIDEST: u32 = 32;

/// Something that a stream is decoded into.
pub(super) trait Code: Copy {
    /// The value as this type; wider values than it holds do not occur at its widths.
    fn of(value: u32) -> Self;
}

impl Code for u8 {
    #[expect(clippy::cast_possible_truncation, reason = "levels are at most 3")]
    fn of(value: u32) -> Self {
        value as u8
    }
}

impl Code for i32 {
    fn of(value: u32) -> Self {
        // An index beyond i32 becomes negative and is refused with those beyond the dictionary.
        value.cast_signed()
    }
}

/// A part of a stream.
#[derive(Clone, Copy)]
pub(super) enum Run<'a> {
    /// One value, so many times.
    Repeated(u32, usize),
    /// Values side by side.
    Packed(Packed<'a>),
}

impl Run<'_> {
    pub(super) fn count(&self) -> usize {
        match self {
            Self::Repeated(_, count) => *count,
            Self::Packed(packed) => packed.count,
        }
    }
}

/// Bit-packed values; the bytes hold all of them.
#[derive(Clone, Copy)]
pub(super) struct Packed<'a> {
    pub(super) bytes: &'a [u8],
    pub(super) width: u32,
    pub(super) count: usize,
}

impl Packed<'_> {
    /// A value by its position; zeros follow the last one.
    pub(super) fn at(&self, position: usize) -> u32 {
        let bit = position * self.width as usize;
        let bytes = self.bytes.get(bit / 8..).unwrap_or_default();
        let window = bytes.first_chunk().copied().unwrap_or_else(|| {
            let mut window = [0; 8];
            window[..bytes.len()].copy_from_slice(bytes);
            window
        });
        let value = u64::from_le_bytes(window) >> (bit % 8) & ((1 << self.width) - 1);
        #[expect(clippy::cast_possible_truncation, reason = "masked to at most 32 bits")]
        let value = value as u32;
        value
    }
}

/// The runs of a stream of a known number of values.
#[derive(Clone)]
pub(super) struct Runs<'a> {
    bytes: &'a [u8],
    width: u32,
    left: usize,
}

impl<'a> Runs<'a> {
    /// `None` when no value is so wide.
    pub(super) fn new(bytes: &'a [u8], width: u32, count: usize) -> Option<Self> {
        (width <= WIDEST).then_some(Self { bytes, width, left: count })
    }

    pub(super) fn width(&self) -> u32 {
        self.width
    }

    /// How many values are still to come.
    pub(super) fn left(&self) -> usize {
        self.left
    }

    /// The next run, cut where the values end; `None` when the bytes do not hold it.
    pub(super) fn take(&mut self) -> Option<Run<'a>> {
        let (header, bytes) = varint(self.bytes)?;
        let run = if header & 1 == 0 {
            let (value, rest) = bytes.split_at_checked((self.width as usize).div_ceil(8))?;
            self.bytes = rest;
            let count = (header >> 1).min(self.left as u64) as usize;
            (count > 0).then(|| Run::Repeated(little_endian(value), count))?
        } else {
            let groups = usize::try_from(header >> 1).ok()?;
            // A last group may be cut short by the writer.
            let end = groups.checked_mul(self.width as usize)?.min(bytes.len());
            let (bytes, rest) = bytes.split_at(end);
            self.bytes = rest;
            let count = groups.checked_mul(8)?.min(self.left);
            let is_whole = bytes.len() * 8 >= count * self.width as usize;
            is_whole.then_some(Run::Packed(Packed { bytes, width: self.width, count }))?
        };
        self.left -= run.count();
        Some(run)
    }
}

/// Appends exactly `count` values to `out`.
pub(super) fn decode<T: Code>(
    bytes: &[u8],
    width: u32,
    count: usize,
    out: &mut Vec<T>,
) -> Option<()> {
    let mut runs = Runs::new(bytes, width, count)?;
    out.reserve(count);
    while runs.left() > 0 {
        match runs.take()? {
            Run::Repeated(value, count) => out.resize(out.len() + count, T::of(value)),
            Run::Packed(packed) => unpack(packed, out),
        }
    }
    Some(())
}

/// The one value that a stream of `count` values holds, when it is a single run.
pub(super) fn constant(bytes: &[u8], width: u32, count: usize) -> Option<u32> {
    let (header, rest) = varint(bytes)?;
    let is_whole_run = header & 1 == 0 && header >> 1 >= count as u64;
    let value = rest.get(..(width as usize).div_ceil(8))?;
    is_whole_run.then(|| little_endian(value))
}

fn varint(bytes: &[u8]) -> Option<(u64, &[u8])> {
    let mut value = 0_u64;
    for (at, byte) in bytes.iter().enumerate().take(9) {
        value |= u64::from(byte & 0x7f) << (7 * at);
        if byte & 0x80 == 0 {
            return Some((value, &bytes[at + 1..]));
        }
    }
    None
}

fn little_endian(bytes: &[u8]) -> u32 {
    bytes.iter().rev().fold(0, |value, byte| value << 8 | u32::from(*byte))
}

/// Appends the values of a bit-packed run.
fn unpack<T: Code>(packed: Packed, out: &mut Vec<T>) {
    macro_rules! by_width {
        ($($width:literal)+) => {
            match packed.width {
                0 => out.resize(out.len() + packed.count, T::of(0)),
                $($width => groups_of::<T, $width>(packed, out),)+
                _ => one_by_one(packed, 0, out),
            }
        };
    }
    by_width!(1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16);
}

/// Eight values of a known width fit 128 bits; the compiler makes them eight shifts.
fn groups_of<T: Code, const WIDTH: usize>(packed: Packed, out: &mut Vec<T>) {
    let mask = (1_u32 << WIDTH) - 1;
    let whole = packed.count / 8;
    let start = out.len();
    out.resize(start + whole * 8, T::of(0));
    let (slots, _) = out[start..].as_chunks_mut::<8>();
    for (slots, group) in slots.iter_mut().zip(packed.bytes.chunks_exact(WIDTH)) {
        let mut bits = [0; 16];
        bits[..WIDTH].copy_from_slice(group);
        // Up to eight bits, eight values fit one register.
        if WIDTH <= 8 {
            let low = u64::from_le_bytes([
                bits[0], bits[1], bits[2], bits[3], bits[4], bits[5], bits[6], bits[7],
            ]);
            #[expect(clippy::cast_possible_truncation, reason = "masked to the width right away")]
            let value = |at: usize| T::of((low >> (at * WIDTH)) as u32 & mask);
            *slots = std::array::from_fn(value);
        } else {
            let bits = u128::from_le_bytes(bits);
            #[expect(clippy::cast_possible_truncation, reason = "masked to the width right away")]
            let value = |at: usize| T::of((bits >> (at * WIDTH)) as u32 & mask);
            *slots = std::array::from_fn(value);
        }
    }
    one_by_one(packed, whole * 8, out);
}

fn one_by_one<T: Code>(packed: Packed, start: usize, out: &mut Vec<T>) {
    out.extend((start..packed.count).map(|at| T::of(packed.at(at))));
}

#[cfg(test)]
#[allow(clippy::cast_possible_truncation, reason = "numbers of a test are small")]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Packs values bit by bit: the format's definition, slowly.
    fn pack(values: &[u32], width: u32) -> Vec<u8> {
        let mut bytes = vec![0_u8; (values.len() * width as usize).div_ceil(8)];
        for (at, value) in values.iter().enumerate() {
            for bit in 0..width {
                let position = at * width as usize + bit as usize;
                bytes[position / 8] |= u8::from(value >> bit & 1 == 1) << (position % 8);
            }
        }
        bytes
    }

    fn put_varint(mut value: u64, bytes: &mut Vec<u8>) {
        while value > 0x7f {
            bytes.push(value.to_le_bytes()[0] | 0x80);
            value >>= 7;
        }
        bytes.push(value.to_le_bytes()[0]);
    }

    proptest! {
        #[test]
        fn runs_and_packed_groups_come_back_as_they_went_in(
            width in 0..=32_u32,
            parts in prop::collection::vec((any::<bool>(), 1..40_usize, any::<u32>()), 1..8),
        ) {
            let mask = if width == 32 { u32::MAX } else { (1 << width) - 1 };
            let (mut bytes, mut expected) = (Vec::new(), Vec::new());
            for (is_run, length, seed) in parts {
                if is_run {
                    put_varint((length as u64) << 1, &mut bytes);
                    let value = seed & mask;
                    bytes.extend(&value.to_le_bytes()[..(width as usize).div_ceil(8)]);
                    expected.extend(std::iter::repeat_n(value.cast_signed(), length));
                } else {
                    let values: Vec<u32> = (0_u32..)
                        .take(length.div_ceil(8) * 8)
                        .map(|at| seed.wrapping_mul(at | 1) & mask)
                        .collect();
                    put_varint((values.len() as u64 / 8) << 1 | 1, &mut bytes);
                    bytes.extend(pack(&values, width));
                    expected.extend(values.iter().map(|value| value.cast_signed()));
                }
            }
            let mut found: Vec<i32> = Vec::new();
            prop_assert_eq!(decode(&bytes, width, expected.len(), &mut found), Some(()));
            prop_assert_eq!(&found, &expected);
            let mut too_many: Vec<i32> = Vec::new();
            prop_assert_eq!(decode(&bytes, width, expected.len() + 1, &mut too_many), None);
        }

        #[test]
        fn any_bytes_end_in_values_or_in_nothing(
            bytes in prop::collection::vec(any::<u8>(), 0..64),
            width in 0..=40_u32,
            count in 0..200_usize,
        ) {
            let mut found: Vec<i32> = Vec::new();
            if decode(&bytes, width, count, &mut found).is_some() {
                prop_assert_eq!(found.len(), count);
            }
        }
    }
}
