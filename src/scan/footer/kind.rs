//! Kind: what a file is when it is not Parquet.
//!
//! In:    the first and the last bytes of a file.
//! Out:   nothing when both ends are Parquet's; else a refusal that names what they look like.
//! Never: decides by the file's name.

use super::{ENCRYPTED_MAGIC, MAGIC, MAGIC_BYTES, Result, TAIL_BYTES, read_at, refuse};
use crate::diagnostic::Refusal;
use crate::origin::ReadAt;

/// Bytes at either end that tell enough.
const GLIMPSE: u64 = 512;

/// First bytes, and what begins so.
const MAGICS: [(&[u8], &str); 13] = [
    (b"\x1F\x8B", "gzip; decompress it first"),
    (b"PK\x03\x04", "a zip archive; unpack it first"),
    (b"BZh", "bzip2; decompress it first"),
    (b"\x28\xB5\x2F\xFD", "zstd; decompress it first"),
    (b"\xFD7zXZ\0", "xz; decompress it first"),
    (b"ORC", "an ORC file"),
    (b"Obj\x01", "an Avro file"),
    (b"ARROW1", "an Arrow IPC file"),
    (b"\xFF\xFF\xFF\xFF", "an Arrow IPC stream"),
    (b"FEA1", "a Feather file"),
    (b"SQLite format 3\0", "an SQLite database"),
    (b"%PDF", "a PDF"),
    (b"\0\0\0\0", "zeros, as after a power cut"),
];

/// Checks that a file begins and ends like Parquet and has room for a footer.
pub(super) fn check_ends(file: &impl ReadAt, file_bytes: u64) -> Result<()> {
    if file_bytes == 0 {
        return Err(refuse("PQ-EMPTY", "a Parquet file", "an empty one"));
    }
    let head = read_at(file, 0, file_bytes.min(GLIMPSE))?;
    let tail = read_at(file, file_bytes - file_bytes.min(GLIMPSE), file_bytes.min(GLIMPSE))?;
    if head.starts_with(ENCRYPTED_MAGIC) && tail.ends_with(ENCRYPTED_MAGIC) {
        return Err(refuse("PQ-ENCRYPTED", "a plain file", "an encrypted footer"));
    }
    match (head.starts_with(MAGIC), tail.ends_with(MAGIC)) {
        (true, true) if file_bytes >= MAGIC_BYTES + TAIL_BYTES => Ok(()),
        (true, true) => {
            let found = format!("{file_bytes} bytes, too short for one");
            Err(refuse("PQ-TRUNCATED", "a Parquet file", found))
        }
        (true, false) => Err(cut_off(&tail, file_bytes)),
        (false, true) => {
            let found = "other bytes, as if overwritten";
            Err(refuse("PQ-MAGIC", "`PAR1` at the beginning", found))
        }
        (false, false) => Err(refuse("PQ-NOT-PARQUET", "a Parquet file", kind_of(&head))),
    }
}

/// A file that begins as Parquet and ends otherwise.
fn cut_off(tail: &[u8], file_bytes: u64) -> Refusal {
    let last = tail.windows(MAGIC.len()).rposition(|window| window == MAGIC);
    let behind = last.map_or(0, |at| tail.len() - at - MAGIC.len());
    // In a short file the magic found is the one it begins with.
    let is_end = last.is_some_and(|at| at > 0 || file_bytes > GLIMPSE);
    if is_end && behind > 0 {
        let found = format!("other bytes behind it, {behind} of them");
        return refuse("PQ-TRAILING", "`PAR1` at the end", found);
    }
    let found = format!("another end, after {file_bytes} bytes: it is cut off or damaged");
    refuse("PQ-TRUNCATED", "`PAR1` at the end", found)
}

/// What the first bytes of a file look like.
fn kind_of(head: &[u8]) -> String {
    if let Some((_, kind)) = MAGICS.iter().find(|(magic, _)| head.starts_with(magic)) {
        return (*kind).to_owned();
    }
    if head.get(257..262) == Some(b"ustar".as_slice()) {
        return "a tar archive; unpack it first".to_owned();
    }
    let text = match std::str::from_utf8(head) {
        Ok(text) => text,
        // A character may be cut at the end of the glimpse.
        Err(error) if error.error_len().is_none() => {
            std::str::from_utf8(&head[..error.valid_up_to()]).unwrap_or_default()
        }
        Err(_) => return "bytes of an unknown kind".to_owned(),
    };
    if text.chars().any(|c| c.is_control() && !c.is_whitespace()) {
        return "bytes of an unknown kind".to_owned();
    }
    kind_of_text(text.trim_start_matches('\u{FEFF}').trim_start())
}

fn kind_of_text(text: &str) -> String {
    if text.starts_with('<') {
        let code = text.split_once("<Code>").and_then(|(_, rest)| rest.split_once("</Code>"));
        return match code {
            Some((code, _)) => format!("an XML error page: {code}; check the permissions"),
            None => "an XML or HTML page".to_owned(),
        };
    }
    if text.starts_with(['{', '[']) {
        return "JSON".to_owned();
    }
    if text.lines().next().is_some_and(|line| line.contains([',', '\t', ';'])) {
        return "text that looks like CSV; CSV exports are not read yet".to_owned();
    }
    "text".to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_of_another_kind_is_named() {
        let tar = [vec![b'x'; 257], b"ustar\0".to_vec()].concat();
        for (head, expected) in [
            (b"\x1F\x8B\x08".as_slice(), "gzip"),
            (b"PK\x03\x04..", "zip"),
            (b"ORC\x01", "ORC"),
            (b"Obj\x01", "Avro"),
            (b"ARROW1\0\0", "Arrow"),
            (&tar, "tar"),
            (b"<?xml version=\"1.0\"?><Error><Code>AccessDenied</Code>", "AccessDenied"),
            (b"<!DOCTYPE html>", "HTML"),
            ("\u{FEFF}identity/LineItemId,bill/InvoiceId\n".as_bytes(), "CSV"),
            (b"{\"a\":1}", "JSON"),
            (b"hello", "text"),
            (b"\x01\x02\x03", "unknown"),
            (b"\0\0\0\0\0", "zeros"),
        ] {
            assert!(kind_of(head).contains(expected), "{}", kind_of(head));
        }
    }
}
