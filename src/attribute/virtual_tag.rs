//! Virtual tag: a tag that the export does not have, made of what it has.
//!
//! In:    delivered columns, and the owner's.
//! Out:   one column per virtual tag that is asked for or that a rule looks at.
//! Never: sees another virtual tag; every one is made of what was delivered.

use std::collections::BTreeSet;

use crate::attribute::AttributeError;
use crate::attribute::frame::{RowDays, matcher};
use crate::model::condition::{Coded, Condition, spellings};
use crate::model::dimension::Dimension;
use crate::model::frame::{Frame, Texts};
use crate::model::glob::{BadGlob, Glob};
use crate::model::question::Question;
use crate::model::split::Split;
use crate::model::tenancy::{Tenancy, VirtualTag};

/// The columns of the virtual tags that matter to a question.
pub(super) fn columns(
    frame: &Frame,
    tenancy: &Tenancy,
    question: &Question,
) -> Result<Vec<(String, Texts)>, AttributeError> {
    let mut looked_at: BTreeSet<&Dimension> = question.all_dimensions().collect();
    if question.asks_tenancy() {
        let conditions = tenancy.rules.iter().map(|rule| &rule.condition);
        let conditions = conditions.chain(tenancy.splits.iter().flat_map(Split::conditions));
        looked_at.extend(conditions.flat_map(Condition::dimensions));
    }
    let is_looked_at = |tag: &&VirtualTag| looked_at.contains(&Dimension::Tag(tag.key.clone()));
    let tags = tenancy.virtual_tags.iter().filter(is_looked_at);
    let name = |tag: &VirtualTag| Dimension::Tag(tag.key.clone()).key();
    tags.map(|tag| Ok((name(tag), column(frame, tag)?))).collect()
}

fn column(frame: &Frame, tag: &VirtualTag) -> Result<Texts, AttributeError> {
    let matcher = matcher(frame, tag.rules.iter().map(|rule| (&rule.condition, rule.during)))?;
    let renames = tag.renames.iter().map(|(pattern, to)| Ok((Glob::parse(pattern)?, to.as_str())));
    let renames: Vec<(Glob, &str)> = renames.collect::<Result<_, BadGlob>>()?;
    let mut sources = Vec::with_capacity(tag.first_of.len());
    for dimension in &tag.first_of {
        let Coded { codes, values } = frame.coded(&dimension.key())?;
        let values = values.into_iter();
        let values = values.map(|value| Some(rename(dimension, value?, &renames))).collect();
        sources.push(Coded { codes, values });
    }
    let days = RowDays::of(frame);
    let value_of = |row: usize| {
        let ruled = matcher.first(row, days.on(row)).map(|rule| tag.rules[rule].value.as_str());
        let delivered = || sources.iter().find_map(|source| source.value(row));
        let value = ruled.or_else(delivered).or(tag.default.as_deref());
        value.filter(|value| !value.is_empty())
    };
    Ok(Texts::of((0..frame.height()).map(value_of)))
}

/// What a value is called instead.
fn rename<'a>(dimension: &Dimension, value: &'a str, renames: &[(Glob, &'a str)]) -> &'a str {
    let texts = spellings(dimension, value);
    let fits = |glob: &Glob| texts.iter().any(|text| glob.fits(text));
    renames.iter().find(|(glob, _)| fits(glob)).map_or(value, |(_, to)| to)
}
