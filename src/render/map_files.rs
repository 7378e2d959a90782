//! Map files: `spaces.csv`, `profiles.csv` and `efs-usage.csv` as `rules` reads them.
//!
//! In:    [`Maps`].
//! Out:   one [`MapFile`] each: its name, its bytes, and how much of it is filled in.
//! Never: changes a text; a cell that CSV would misread is quoted.

use crate::model::maps::{EfsUsage, Maps, Profile, SpaceOwner};
use crate::model::period::Day;

/// A file to write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MapFile {
    /// Its name, beside the rule file.
    pub name: &'static str,
    /// Its text: UTF-8, a header, one row per line.
    pub text: String,
    /// How many rows there are.
    pub rows: usize,
    /// How many of them say something.
    pub filled: usize,
    /// What a row that says something has.
    pub filled_by: &'static str,
}

/// Every map file.
pub fn map_files(maps: &Maps) -> Vec<MapFile> {
    let file = |name, filled_by, header: &str, rows: Vec<(Vec<String>, bool)>| {
        let filled = rows.iter().filter(|(_, is_filled)| *is_filled).count();
        let lines = rows.iter().map(|(cells, _)| line(cells));
        let text = std::iter::once(format!("{header}\n")).chain(lines).collect();
        MapFile { name, text, rows: rows.len(), filled, filled_by }
    };
    vec![
        file(
            "spaces.csv",
            "an owner",
            "space_arn,owner_profile_arn,from,to",
            maps.spaces.iter().map(space).collect(),
        ),
        file(
            "profiles.csv",
            "a uid, a person or a tenant",
            "profile_arn,home_efs_file_system_uid,person,tenant,from,to",
            maps.profiles.iter().map(profile).collect(),
        ),
        file(
            "efs-usage.csv",
            "a uid",
            "date,file_system_id,uid,bytes",
            maps.efs_usage.iter().map(usage).collect(),
        ),
    ]
}

fn space(row: &SpaceOwner) -> (Vec<String>, bool) {
    let SpaceOwner { space_arn, owner_profile_arn, during, .. } = row;
    let cells =
        vec![space_arn.clone(), owner_profile_arn.clone(), day(during.from), day(during.to)];
    (cells, !owner_profile_arn.is_empty())
}

fn profile(row: &Profile) -> (Vec<String>, bool) {
    let Profile { profile_arn, efs_uid, person, tenant, during, .. } = row;
    let [uid, person, tenant] =
        [efs_uid, person, tenant].map(|text| text.clone().unwrap_or_default());
    let is_filled = [&uid, &person, &tenant].iter().any(|text| !text.is_empty());
    (vec![profile_arn.clone(), uid, person, tenant, day(during.from), day(during.to)], is_filled)
}

fn usage(row: &EfsUsage) -> (Vec<String>, bool) {
    let EfsUsage { day, file_system_id, uid, bytes, .. } = row;
    let cells = vec![day.to_string(), file_system_id.clone(), uid.clone(), bytes.to_string()];
    (cells, !uid.is_empty())
}

fn day(day: Option<Day>) -> String {
    day.map(|day| day.to_string()).unwrap_or_default()
}

fn line(cells: &[String]) -> String {
    let cells: Vec<String> = cells.iter().map(|cell| quoted(cell)).collect();
    cells.join(",") + "\n"
}

fn quoted(cell: &str) -> String {
    let is_plain = !cell.contains(['"', ',', '\n', '\r']) && cell.trim() == cell;
    if is_plain { cell.to_owned() } else { format!("\"{}\"", cell.replace('"', "\"\"")) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::period::Days;

    #[test]
    fn a_cell_that_csv_would_misread_is_quoted_and_no_other_is_touched() {
        let maps = Maps {
            spaces: vec![SpaceOwner {
                space_arn: "arn:a/b,\"c\"".into(),
                owner_profile_arn: "=1+1".into(),
                during: Days { from: Day::parse("2026-10-12"), to: None },
                line: 0,
            }],
            ..Maps::default()
        };
        let files = map_files(&maps);
        assert_eq!(
            files[0].text,
            "space_arn,owner_profile_arn,from,to\n\"arn:a/b,\"\"c\"\"\",=1+1,2026-10-12,\n"
        );
        assert_eq!((files[0].rows, files[0].filled, files[1].rows), (1, 1, 0));
        assert_eq!(files[2].text, "date,file_system_id,uid,bytes\n");
    }
}
