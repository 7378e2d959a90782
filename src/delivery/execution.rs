//! Execution: which of several deliveries of one month is the newest, by folder names.
//!
//! In:    folder names such as `2026-04-16T15:24:15.653Z-04e9e487-...` or `20220503T120125Z`.
//! Out:   the newest, when the names tell.
//! Never: reads a clock or the times of files, which a copy changes.

/// The newest of several names, or `None` when a name has no time or two have the same.
pub(super) fn newest<'a>(names: &[&'a str]) -> Option<&'a str> {
    if let [only] = names {
        return Some(only);
    }
    let mut stamped = Vec::new();
    for name in names {
        stamped.push((stamp(name)?, *name));
    }
    stamped.sort_unstable();
    match stamped.as_slice() {
        [.., before, last] if before.0 != last.0 => Some(last.1),
        _ => None,
    }
}

/// The time at the head of a folder's name as the digits `yyyymmddhhmmssfff`.
///
/// Colons are illegal in the file names of some systems, so copies have anything in their place.
pub(super) fn stamp(name: &str) -> Option<String> {
    let plain = name.replace("%3A", ":").replace("%3a", ":");
    let (time, _) = plain.split_once('Z')?;
    let (day, clock) = time.split_once('T')?;
    let digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
    let (day, clock) = (digits(day), digits(clock));
    (day.len() == 8 && clock.len() >= 6).then(|| format!("{day}{clock:0<9}"))
}

/// A name without the characters that copying may change.
pub(super) fn folded(name: &str) -> String {
    let plain = name.replace("%3A", "").replace("%3a", "");
    plain.chars().filter(|c| c.is_alphanumeric() || matches!(c, '.' | '=')).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_latest_time_is_the_newest_however_colons_were_copied() {
        for [older, newer] in [
            ["2026-04-16T15:24:15.653Z-ffff", "2026-04-16T15:24:15.700Z-0000"],
            ["2026-04-16T15_24_15.653Z-ffff", "2026-04-17T01_00_00.000Z-0000"],
            ["2026-04-16T15%3A24%3A15.653Z-a", "2026-04-16T15:24:16Z-b"],
            ["20220503T120125Z", "20220503T120126Z"],
        ] {
            assert_eq!(newest(&[newer, older]), Some(newer));
            assert_eq!(newest(&[older, newer]), Some(newer));
        }
    }

    #[test]
    fn names_without_a_time_do_not_tell() {
        assert_eq!(newest(&["9b810e76-6ec9", "e4b06ce6-0741"]), None);
        assert_eq!(newest(&["20220503T120125Z", "20220503T120125Z-copy"]), None);
        assert_eq!(newest(&["9b810e76-6ec9"]), Some("9b810e76-6ec9"));
    }

    #[test]
    fn a_copied_name_folds_to_the_original() {
        let original = folded("2026-04-16T15:24:15.653Z-04e9e487");
        for copy in ["2026-04-16T15_24_15.653Z-04e9e487", "2026-04-16T15%3A24%3A15.653Z-04e9e487"] {
            assert_eq!(folded(copy), original);
        }
    }
}
