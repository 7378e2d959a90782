//! Seal: the last line of a catalogue file, by which a single wrong byte of it is found.
//!
//! In:    the bytes of an SQLite database.
//! Out:   the same bytes and a line with their digest; SQLite ignores what follows its pages.
//! Never: lets SQLite see bytes that do not fit their seal.

use crate::model::digest::Digest;

/// How the line begins, in every format of the store there will ever be.
const WORD: &str = "\ncurtail seal ";
/// The line: the word, 64 hexadecimal digits, a line feed.
const LENGTH: usize = WORD.len() + 64 + 1;

fn line(database: &[u8]) -> String {
    format!("{WORD}{}\n", Digest::of(database))
}

/// The bytes of the file for a database.
pub(in crate::store) fn sealed(database: &[u8]) -> Vec<u8> {
    [database, line(database).as_bytes()].concat()
}

/// The database of a file, if every byte is as it was written.
pub(super) fn opened(file: &[u8]) -> Option<&[u8]> {
    let (database, found) = file.split_at_checked(file.len().checked_sub(LENGTH)?)?;
    (found == line(database).as_bytes()).then_some(database)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_flipped_bit_and_every_cut_breaks_the_seal() {
        let file = sealed(b"a database");
        assert_eq!(opened(&file), Some(&b"a database"[..]));
        for at in 0..file.len() {
            assert_eq!(opened(&file[..at]), None);
            for bit in 0..8 {
                let mut flipped = file.clone();
                flipped[at] ^= 1 << bit;
                assert_eq!(opened(&flipped), None, "byte {at}, bit {bit}");
            }
        }
    }
}
