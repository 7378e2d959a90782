//! Thrift: the compact encoding of footers and page headers, one value at a time.
//!
//! In:    bytes, untrusted.
//! Out:   fields, integers, strings and list lengths, each within the bytes that are left.
//! Never: recurses; nesting costs a counter, not stack.

use super::{Result, refuse};
use crate::diagnostic::Refusal;

/// The types of the compact protocol.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    True,
    False,
    Byte,
    Integer,
    Double,
    Binary,
    List,
    Map,
    Struct,
    Uuid,
}

impl Kind {
    fn of(code: u8) -> Option<Self> {
        Some(match code {
            1 => Self::True,
            2 => Self::False,
            3 => Self::Byte,
            4..=6 => Self::Integer,
            7 => Self::Double,
            8 => Self::Binary,
            9 | 10 => Self::List,
            11 => Self::Map,
            12 => Self::Struct,
            13 => Self::Uuid,
            _ => return None,
        })
    }
}

/// A position in encoded bytes.
pub(super) struct Cursor<'a> {
    bytes: &'a [u8],
    at: usize,
    depth: usize,
}

impl<'a> Cursor<'a> {
    /// Structs nest at most `depth` deep.
    pub(super) fn new(bytes: &'a [u8], depth: usize) -> Self {
        Self { bytes, at: 0, depth }
    }

    pub(super) fn position(&self) -> usize {
        self.at
    }

    fn left(&self) -> usize {
        self.bytes.len() - self.at
    }

    fn byte(&mut self) -> Result<u8> {
        let byte = self.bytes.get(self.at).copied().ok_or_else(|| self.broken("its end"))?;
        self.at += 1;
        Ok(byte)
    }

    fn take(&mut self, length: u64) -> Result<&'a [u8]> {
        let length = usize::try_from(length).ok().filter(|length| *length <= self.left());
        let length = length.ok_or_else(|| self.broken("a length past its end"))?;
        let taken = &self.bytes[self.at..self.at + length];
        self.at += length;
        Ok(taken)
    }

    fn varint(&mut self) -> Result<u64> {
        let mut value = 0_u64;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            let part = u64::from(byte & 0x7F);
            if shift == 63 && part > 1 {
                break;
            }
            value |= part << shift;
            if byte < 0x80 {
                return Ok(value);
            }
        }
        Err(self.broken("a number of more than 64 bits"))
    }

    fn zigzag(&mut self) -> Result<i64> {
        let value = self.varint()?;
        Ok((value >> 1).cast_signed() ^ -(value & 1).cast_signed())
    }

    /// A 16, 32 or 64 bit integer.
    pub(super) fn integer(&mut self, kind: Kind) -> Result<i64> {
        self.must_be(kind, Kind::Integer)?;
        self.zigzag()
    }

    /// A 32 bit integer; a larger one would be cut by readers that believe its type.
    pub(super) fn int32(&mut self, kind: Kind) -> Result<i32> {
        let value = self.integer(kind)?;
        i32::try_from(value).map_err(|_| self.broken("a number of more than 32 bits"))
    }

    pub(super) fn binary(&mut self, kind: Kind) -> Result<&'a [u8]> {
        self.must_be(kind, Kind::Binary)?;
        let length = self.varint()?;
        self.take(length)
    }

    /// The head of a list: how many values follow, at most one for each byte left.
    pub(super) fn list(&mut self, kind: Kind, of: Kind) -> Result<usize> {
        self.must_be(kind, Kind::List)?;
        let (length, element) = self.list_head()?;
        if length > 0 {
            self.must_be(element.unwrap_or(Kind::True), of)?;
        }
        Ok(length)
    }

    fn list_head(&mut self) -> Result<(usize, Option<Kind>)> {
        let head = self.byte()?;
        let length = if head >> 4 == 15 { self.varint()? } else { u64::from(head >> 4) };
        Ok((self.fitting(length)?, Kind::of(head & 15)))
    }

    /// A number of values that the bytes left can hold: each needs one at least.
    fn fitting(&self, length: u64) -> Result<usize> {
        let left = self.left();
        usize::try_from(length).ok().filter(|length| *length <= left).ok_or_else(|| {
            let found = format!("{length} of them, with {left} bytes left");
            refuse("PQ-FOOTER", "a list that fits into its footer", found)
        })
    }

    pub(super) fn must_be(&self, found: Kind, expected: Kind) -> Result<()> {
        if found == expected { Ok(()) } else { Err(self.broken("a value of another type")) }
    }

    /// Passes over a value of any type.
    pub(super) fn skip(&mut self, kind: Kind) -> Result<()> {
        let mut open = Vec::new();
        self.pass(kind, &mut open)?;
        while let Some(top) = open.last_mut() {
            let next = match top {
                Open::Struct(fields) => fields.next(self)?.map(|(_, kind)| kind),
                Open::Values { left: 0, .. } => None,
                Open::Values { left, kinds } => {
                    *left -= 1;
                    Some(kinds[*left % 2])
                }
            };
            match next {
                // Inside lists a boolean takes a byte; as a field it is in the head.
                Some(Kind::True | Kind::False) if matches!(top, Open::Values { .. }) => {
                    self.byte()?;
                }
                Some(kind) => self.pass(kind, &mut open)?,
                None => {
                    open.pop();
                }
            }
        }
        Ok(())
    }

    /// Passes over a plain value, or opens one that holds others.
    fn pass(&mut self, kind: Kind, open: &mut Vec<Open>) -> Result<()> {
        match kind {
            Kind::True | Kind::False => {}
            Kind::Byte => drop(self.byte()?),
            Kind::Integer => drop(self.varint()?),
            Kind::Double => drop(self.take(8)?),
            Kind::Uuid => drop(self.take(16)?),
            Kind::Binary => {
                let length = self.varint()?;
                self.take(length)?;
            }
            Kind::Struct => open.push(Open::Struct(Field::first())),
            Kind::List => {
                let (left, kind) = self.list_head()?;
                if left > 0 {
                    let kind = kind.ok_or_else(|| self.broken("an unknown type"))?;
                    open.push(Open::Values { left, kinds: [kind; 2] });
                }
            }
            Kind::Map => {
                let pairs = self.varint()?;
                let left = self.fitting(pairs.saturating_mul(2))?;
                if left > 0 {
                    let head = self.byte()?;
                    let (Some(key), Some(value)) = (Kind::of(head >> 4), Kind::of(head & 15))
                    else {
                        return Err(self.broken("an unknown type"));
                    };
                    open.push(Open::Values { left, kinds: [value, key] });
                }
            }
        }
        if open.len() > self.depth {
            let expected = format!("values nested at most {} deep", self.depth);
            return Err(refuse("PQ-LIMIT", expected, "deeper ones"));
        }
        Ok(())
    }

    fn broken(&self, found: &str) -> Refusal {
        let found = format!("{found} at byte {}", self.at);
        refuse("PQ-FOOTER", "a well-formed footer", found)
    }
}

/// A value that is being passed over.
enum Open {
    Struct(Field),
    /// How many values are left; those of a map alternate, its keys at even places from the start.
    Values {
        left: usize,
        kinds: [Kind; 2],
    },
}

/// The fields of a struct, in the order of their numbers.
pub(super) struct Field {
    last: i64,
}

impl Field {
    pub(super) fn first() -> Self {
        Self { last: 0 }
    }

    /// The next field's number and type; its value must be taken or skipped.
    ///
    /// Every writer keeps the order. A number that comes twice would let two readers see two files.
    pub(super) fn next(&mut self, cursor: &mut Cursor) -> Result<Option<(i64, Kind)>> {
        let head = cursor.byte()?;
        if head == 0 {
            return Ok(None);
        }
        let kind = Kind::of(head & 15).ok_or_else(|| cursor.broken("an unknown type"))?;
        let id = match head >> 4 {
            0 => cursor.zigzag()?,
            delta => self.last + i64::from(delta),
        };
        if id <= self.last || id > i64::from(i16::MAX) {
            return Err(cursor.broken("a field out of order"));
        }
        self.last = id;
        Ok(Some((id, kind)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn skipped(bytes: &[u8]) -> Result<usize> {
        let mut cursor = Cursor::new(bytes, 32);
        cursor.skip(Kind::Struct).map(|()| cursor.position())
    }

    #[test]
    fn every_type_is_passed_over_to_its_end() {
        let values: [&[u8]; 9] = [
            &[0x11],                                  // true, in the head
            &[0x13, 7],                               // byte
            &[0x15, 0x80, 1],                         // integer of two bytes
            &[0x17, 0, 0, 0, 0, 0, 0, 0, 0],          // double
            &[0x18, 2, b'h', b'i'],                   // string
            &[0x19, 0x21, 1, 2],                      // list of two booleans
            &[0x1B, 2, 0x85, 1, b'a', 4, 1, b'b', 6], // map of string to integer, two pairs
            &[0x1B, 0],                               // empty map
            &[0x1C, 0x15, 2, 0],                      // struct with one integer
        ];
        for value in values {
            let bytes = [value, &[0]].concat();
            assert_eq!(skipped(&bytes).unwrap(), bytes.len(), "{value:?}");
        }
        let together = [values.concat(), vec![0]].concat();
        assert_eq!(skipped(&together).unwrap(), together.len());
    }

    #[test]
    fn no_length_is_believed() {
        let cases: [&[u8]; 8] = [
            &[],
            &[0x15],                                                    // no value
            &[0x18, 0xFF, 0xFF, 0xFF, 0xFF, 0x0F],                      // string of 4 GiB
            &[0x19, 0xFC, 0xFF, 0xFF, 0xFF, 0xFF, 0x0F, 0],             // list of 2^32 structs
            &[0x1B, 0xFF, 0xFF, 0xFF, 0xFF, 0x0F, 0x55, 0],             // map of 2^32 pairs
            &[0x16, 255, 255, 255, 255, 255, 255, 255, 255, 255, 2, 0], // 65 bits
            &[0x15, 0, 0x05, 2, 0, 0],                                  // field 1 again
            &[0x1E, 0],                                                 // type 14
        ];
        for bytes in cases {
            assert_eq!(skipped(bytes).unwrap_err().code, "PQ-FOOTER", "{bytes:?}");
        }
    }

    #[test]
    fn nesting_ends_at_the_limit() {
        for (opening, count) in [(&[0x1C_u8][..], 200_000), (&[0x19, 0x19][..], 40)] {
            let bytes = opening.repeat(count);
            assert_eq!(skipped(&bytes).unwrap_err().code, "PQ-LIMIT");
        }
    }
}
