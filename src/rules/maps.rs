//! Map files: `spaces.csv`, `profiles.csv`, `efs-usage.csv`.
//!
//! In:    their paths, the tenants' names.
//! Out:   [`Maps`]; mistakes by line; findings about rows that name nobody.
//! Never: lets a row with an empty id match anything.

use rustc_hash::FxHashMap;

use crate::diagnostic::Finding;
use crate::model::maps::{EfsUsage, Maps, Profile, SpaceOwner};
use crate::model::period::{Day, Days};
use crate::rules::page::Mistake;
use crate::rules::papers::Paper;
use crate::rules::rows::{self, Column, found};
use crate::rules::tenants::Names;

const SPACES: &[Column] =
    &[("space_arn", true), ("owner_profile_arn", true), ("from", false), ("to", false)];
const PROFILES: &[Column] = &[
    ("profile_arn", true),
    ("home_efs_file_system_uid", false),
    ("person", false),
    ("tenant", false),
    ("from", false),
    ("to", false),
];
const EFS_USAGE: &[Column] =
    &[("date", true), ("file_system_id", true), ("uid", true), ("bytes", true)];

/// Lines that a finding names.
const NAMED_LINES: usize = 5;

/// Maps while they are read.
#[derive(Debug, Default)]
pub(super) struct MapFiles {
    pub(super) maps: Maps,
    pub(super) mistakes: Vec<Mistake>,
    pub(super) findings: Vec<Finding>,
}

impl MapFiles {
    /// Reads `spaces.csv`.
    pub(super) fn spaces(&mut self, paper: &Paper) -> Result<(), String> {
        let (mut rows, mut nameless) = (Vec::new(), Vec::new());
        let sheet = rows::read(paper, SPACES, |cells| {
            let during = cells.days(2, 3)?;
            match (cells.some(0), cells.some(1)) {
                (Some(space_arn), Some(owner_profile_arn)) => {
                    let line = cells.line;
                    rows.push(SpaceOwner { space_arn, owner_profile_arn, during, line });
                }
                _ => nameless.push(cells.line),
            }
            Ok(())
        })?;
        self.mistakes.extend(sheet.mistakes);
        let said = |row: &SpaceOwner| row.owner_profile_arn.to_lowercase();
        let entries = rows.iter().map(|row| Entry {
            id: row.space_arn.to_lowercase(),
            during: row.during,
            line: row.line,
            says: said(row),
        });
        self.mistakes.extend(contradictions(paper, entries.collect()));
        self.tell_nameless(paper, &nameless);
        self.maps.spaces = rows;
        Ok(())
    }

    /// Reads `profiles.csv`; without a rule file its tenants are the tenants.
    pub(super) fn profiles(&mut self, paper: &Paper, names: Option<&Names>) -> Result<(), String> {
        let (mut rows, mut nameless) = (Vec::new(), Vec::new());
        let sheet = rows::read(paper, PROFILES, |cells| {
            let during = cells.days(4, 5)?;
            let tenant = match (cells.some(3), names) {
                (Some(spelling), Some(names)) => {
                    let id = names.id(&spelling).ok_or_else(|| names.unknown(&spelling))?;
                    Some(id.to_owned())
                }
                (tenant, _) => tenant,
            };
            let Some(profile_arn) = cells.some(0) else {
                nameless.push(cells.line);
                return Ok(());
            };
            let (efs_uid, person, line) = (cells.some(1), cells.some(2), cells.line);
            rows.push(Profile { profile_arn, efs_uid, person, tenant, during, line });
            Ok(())
        })?;
        self.mistakes.extend(sheet.mistakes);
        let entries = rows.iter().map(|row| Entry {
            id: row.profile_arn.to_lowercase(),
            during: row.during,
            line: row.line,
            says: format!("{:?}", (&row.efs_uid, &row.person, &row.tenant)),
        });
        self.mistakes.extend(contradictions(paper, entries.collect()));
        self.tell_nameless(paper, &nameless);
        self.maps.profiles = rows;
        self.maps.profiles_file = Some(paper.last.clone());
        Ok(())
    }

    /// Reads `efs-usage.csv`.
    pub(super) fn efs_usage(&mut self, paper: &Paper) -> Result<(), String> {
        let (mut rows, mut nameless) = (Vec::new(), Vec::new());
        let mut seen: FxHashMap<(Day, String, String), u64> = FxHashMap::default();
        let sheet = rows::read(paper, EFS_USAGE, |cells| {
            let Some(day) = Day::parse(cells.at(0)) else {
                let found = found(cells.at(0));
                return Err(format!("`date` must be a day such as 2026-10-12; {found}"));
            };
            let Some(bytes) = whole(cells.at(3)) else {
                let found = found(cells.at(3));
                return Err(format!("`bytes` must be a whole number, 0 or more; {found}"));
            };
            let (Some(file_system_id), Some(uid)) = (cells.some(1), cells.some(2)) else {
                nameless.push(cells.line);
                return Ok(());
            };
            let short = file_system_id.rsplit('/').next().unwrap_or_default().to_lowercase();
            if let Some(line) = seen.insert((day, short, uid.clone()), cells.line) {
                return Err(format!("uid `{uid}` has bytes for this day in line {line}"));
            }
            rows.push(EfsUsage { day, file_system_id, uid, bytes, line: cells.line });
            Ok(())
        })?;
        self.mistakes.extend(sheet.mistakes);
        self.tell_nameless(paper, &nameless);
        self.maps.efs_usage = rows;
        Ok(())
    }

    fn tell_nameless(&mut self, paper: &Paper, lines: &[u64]) {
        if lines.is_empty() {
            return;
        }
        let named: Vec<String> = lines.iter().take(NAMED_LINES).map(ToString::to_string).collect();
        let more = if lines.len() > NAMED_LINES { ", ..." } else { "" };
        let message = format!(
            "`{}`: {} rows have an empty id and match nothing: lines {}{more}",
            paper.shown,
            lines.len(),
            named.join(", ")
        );
        self.findings.push(Finding::new("map-empty-id", message));
    }
}

fn whole(text: &str) -> Option<u64> {
    text.parse().ok().filter(|_| !text.starts_with('+'))
}

/// What a row says of an id, on which days.
struct Entry {
    id: String,
    during: Days,
    line: u64,
    says: String,
}

/// Rows that say something twice, or two things of one day.
fn contradictions(paper: &Paper, mut entries: Vec<Entry>) -> Vec<Mistake> {
    let mut mistakes = Vec::new();
    entries.sort_by(|a, b| (&a.id, a.during.from, a.line).cmp(&(&b.id, b.during.from, b.line)));
    let mut latest: Option<&Entry> = None;
    for entry in &entries {
        let before = latest.filter(|before| before.id == entry.id);
        if let Some(before) = before.filter(|before| before.during.overlaps(entry.during)) {
            let (first, second) = (before.line.min(entry.line), before.line.max(entry.line));
            let message = if before.says != entry.says {
                Some(format!("line {first} says something else for some of the same days"))
            } else if before.during == entry.during {
                Some(format!("line {first} says this already"))
            } else {
                None
            };
            let file = paper.shown.clone();
            let mistake = |message| Mistake { file, line: second, column: None, message };
            mistakes.extend(message.map(mistake));
        }
        // Of the rows so far, the one that reaches furthest meets the next first.
        let reaches = |entry: &Entry| entry.during.to.map_or((1, None), |to| (0, Some(to)));
        if before.is_none_or(|before| reaches(entry) >= reaches(before)) {
            latest = Some(entry);
        }
    }
    mistakes
}
