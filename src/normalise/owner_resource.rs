//! Owner resource: what the resource of a charge tells about owners, found out once for the store.
//!
//! In:    a table of charges with resource ids and identity tags.
//! Out:   one more column, [`segment::OWNER_RESOURCE`].
//! Never: decides who owns a charge; it keeps what `attribute` would have looked at, and no more.

use std::borrow::Cow;

use rayon::prelude::*;
use rustc_hash::FxHashMap;

use crate::model::arn::{StudioArn, file_system_of};
use crate::model::line_items::TagHome;
use crate::model::segment;
use crate::model::tag_key::{TagKey, sagemaker};
use crate::normalise::grain::is_history_resource;
use crate::normalise::table::{Ranked, Table};

/// Tags beside which a resource tells nothing.
const IDENTITY_TAGS: [&str; 4] =
    [sagemaker::DOMAIN, sagemaker::USER_PROFILE, sagemaker::SPACE, sagemaker::SHARED_SPACE];

/// What one resource id tells.
#[derive(Debug, Clone)]
enum Tells<'a> {
    Nothing,
    /// An owner, by itself.
    Owner(Cow<'a, str>),
    /// Nothing by itself, but charges with tags may tell of it.
    Others,
}

/// Adds the column to a table.
pub(super) fn add_to(table: &mut Table) {
    let Some(resource) = table.position("resource_id") else { return };
    let tags: Vec<usize> = (0..table.columns.len())
        .filter(|column| is_identity_tag(&table.columns[*column].name))
        .collect();
    let tells: Vec<Tells> =
        table.columns[resource].texts.par_iter().map(|text| tells(text)).collect();
    let is_tagged: Vec<bool> =
        (0..table.rows()).map(|row| tags.iter().any(|tag| table.rank(row, *tag) != 0)).collect();
    // A resource matters to history when some of its charges have tags and others have none.
    let mut sides = vec![[false; 2]; tells.len()];
    for (row, tagged) in is_tagged.iter().enumerate() {
        sides[table.rank(row, resource) as usize][usize::from(*tagged)] = true;
    }
    let is_told = |rank: usize| matches!(tells[rank], Tells::Others) && sides[rank] == [true; 2];
    let speaks = spokesmen(table, resource, &tags, &is_tagged, is_told);
    let text_of = |rank: usize, is_tagged: bool| -> Option<Cow<str>> {
        let text = &table.columns[resource].texts[rank];
        match &tells[rank] {
            Tells::Owner(owner) if !is_tagged => Some(owner.clone()),
            Tells::Others if is_told(rank) => {
                let spokesman = speaks[rank];
                let is_asked = !is_tagged || spokesman == rank;
                is_asked.then(|| table.columns[resource].texts[spokesman].clone())
            }
            Tells::Others if !is_tagged && file_system_of(text).is_some() => Some(text.clone()),
            _ => None,
        }
    };
    let mut texts: Vec<Cow<str>> = vec!["".into()];
    texts.extend(
        (0..tells.len()).flat_map(|rank| [text_of(rank, false), text_of(rank, true)]).flatten(),
    );
    texts.par_sort_unstable();
    texts.dedup();
    let rank_of = |text: Option<Cow<str>>| {
        let found = text.map_or(Ok(0), |text| texts.binary_search(&text));
        found.ok().and_then(|at| u32::try_from(at).ok()).unwrap_or(0)
    };
    let ranks: Vec<[u32; 2]> = (0..tells.len())
        .into_par_iter()
        .map(|rank| [false, true].map(|is_tagged| rank_of(text_of(rank, is_tagged))))
        .collect();
    let width = table.columns.len();
    let mut wider = Vec::with_capacity(table.ranks.len() + table.rows());
    for (row, key) in table.ranks.chunks_exact(width).enumerate() {
        wider.extend_from_slice(key);
        wider.push(ranks[key[resource] as usize][usize::from(is_tagged[row])]);
    }
    let texts = texts.into_iter().map(|text| Cow::Owned(text.into_owned())).collect();
    table.ranks = wider;
    table.columns.push(Ranked { name: segment::OWNER_RESOURCE.to_owned(), texts });
}

/// Of all resources whose tags tell the same owner, the first speaks for the others, so that their
/// charges need not be told apart; one whose tags disagree speaks for itself.
fn spokesmen(
    table: &Table,
    resource: usize,
    tags: &[usize],
    is_tagged: &[bool],
    is_told: impl Fn(usize) -> bool,
) -> Vec<usize> {
    let mut told: Vec<Option<Vec<u32>>> = vec![None; table.columns[resource].texts.len()];
    let mut disagrees = vec![false; told.len()];
    for row in (0..table.rows()).filter(|row| is_tagged[*row]) {
        let rank = table.rank(row, resource) as usize;
        if !is_told(rank) {
            continue;
        }
        let owner: Vec<u32> = tags.iter().map(|tag| table.rank(row, *tag)).collect();
        disagrees[rank] |= told[rank].as_ref().is_some_and(|known| *known != owner);
        told[rank] = Some(owner);
    }
    let mut first: FxHashMap<Vec<u32>, usize> = FxHashMap::default();
    let spokesman = |(rank, owner): (usize, Option<Vec<u32>>)| match owner {
        Some(owner) if !disagrees[rank] => *first.entry(owner).or_insert(rank),
        _ => rank,
    };
    told.into_iter().enumerate().map(spokesman).collect()
}

fn is_identity_tag(column: &str) -> bool {
    let key_of = |home: TagHome| column.strip_prefix(home.prefix());
    let key = key_of(TagHome::Tags).or_else(|| key_of(TagHome::ResourceTags));
    key.is_some_and(|key| IDENTITY_TAGS.iter().any(|tag| TagKey::new(tag).rank_of(key).is_some()))
}

fn tells(resource_id: &str) -> Tells<'_> {
    match StudioArn::parse(resource_id) {
        Some(arn) => Tells::Owner(arn.owner_text()),
        None if is_history_resource(resource_id) => Tells::Others,
        None => Tells::Nothing,
    }
}
