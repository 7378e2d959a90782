//! Volumes: what is paid for storage after the last app of its owner.
//!
//! In:    every resource, a volume.
//! Out:   the hours of the volume after that app.
//! Never: judges a volume whose owner nobody tells, or a bill without any app.

use super::Stretch;
use super::apps::Found;
use super::resources::{Bill, Class, Resource};
use crate::model::idle::Pattern;

/// Hours after the last app in which its volume is not worth a word.
const WEEK: i64 = 168;

/// The hours of a volume after the last app of its space, else of its user, else of its domain.
pub(super) fn without_app(bill: &Bill, resources: &[Resource], volume: &Resource) -> Found {
    let owner = bill.owner(volume.row);
    let Some(level) = (0..owner.len()).rev().find(|level| owner[*level].is_some()) else {
        return Vec::new();
    };
    let is_app = |of: &&Resource| of.class == Class::App;
    if !resources.iter().any(|of| is_app(&of)) {
        return Vec::new();
    }
    let apps = resources.iter().filter(is_app);
    let own = apps.filter(|app| bill.owner(app.row)[level] == owner[level]);
    let of_app = |app: &Resource| app.hours.keys().next_back().copied();
    let Some((first, last)) = volume.hours.keys().next().zip(volume.hours.keys().next_back())
    else {
        return Vec::new();
    };
    let since = own.filter_map(of_app).max().map_or(*first, |hour| hour.saturating_add(1));
    let since = since.max(*first);
    let outlived: Stretch = volume.hours.range(since..).map(|(hour, _)| *hour).collect();
    if last.saturating_sub(since) < WEEK || outlived.is_empty() {
        return Vec::new();
    }
    vec![(Pattern::VolumeWithoutApp, vec![outlived])]
}
