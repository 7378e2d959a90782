//! Virtual tag: a tag that the export does not have, made of what it has.
//!
//! In:    delivered columns, and the owner's.
//! Out:   one column per virtual tag that is asked for or that a rule looks at.
//! Never: sees another virtual tag; every one is made of what was delivered.

use std::collections::BTreeSet;

use polars::prelude::{Column, DataFrame};

use crate::attribute::AttributeError;
use crate::attribute::frame::{RowDays, matcher, texts};
use crate::model::charges::coded;
use crate::model::condition::{Coded, Condition, spellings};
use crate::model::dimension::Dimension;
use crate::model::glob::{BadGlob, Glob};
use crate::model::question::Question;
use crate::model::split::Split;
use crate::model::tenancy::{Tenancy, VirtualTag};

/// The columns of the virtual tags that matter to a question.
pub(super) fn columns(
    frame: &DataFrame,
    tenancy: &Tenancy,
    question: &Question,
) -> Result<Vec<Column>, AttributeError> {
    let mut looked_at: BTreeSet<&Dimension> = question.all_dimensions().collect();
    if question.asks_tenancy() {
        let conditions = tenancy.rules.iter().map(|rule| &rule.condition);
        let conditions = conditions.chain(tenancy.splits.iter().flat_map(Split::conditions));
        looked_at.extend(conditions.flat_map(Condition::dimensions));
    }
    let is_looked_at = |tag: &&VirtualTag| looked_at.contains(&Dimension::Tag(tag.key.clone()));
    let tags = tenancy.virtual_tags.iter().filter(is_looked_at);
    tags.map(|tag| column(frame, tag)).collect()
}

fn column(frame: &DataFrame, tag: &VirtualTag) -> Result<Column, AttributeError> {
    let matcher = matcher(frame, tag.rules.iter().map(|rule| (&rule.condition, rule.during)))?;
    let renames = tag.renames.iter().map(|(pattern, to)| Ok((Glob::parse(pattern)?, to.as_str())));
    let renames: Vec<(Glob, &str)> = renames.collect::<Result<_, BadGlob>>()?;
    let mut sources = Vec::with_capacity(tag.first_of.len());
    for dimension in &tag.first_of {
        let Coded { codes, values } = coded(frame, &dimension.key())?;
        let values = values.into_iter();
        let values = values.map(|value| Some(rename(dimension, value?, &renames))).collect();
        sources.push(Coded { codes, values });
    }
    let days = RowDays::of(frame)?;
    let value_of = |row: usize| {
        let ruled = matcher.first(row, days.on(row)).map(|rule| tag.rules[rule].value.as_str());
        let delivered = || sources.iter().find_map(|source| source.value(row));
        let value = ruled.or_else(delivered).or(tag.default.as_deref());
        value.filter(|value| !value.is_empty())
    };
    let values: Vec<Option<&str>> = (0..frame.height()).map(value_of).collect();
    Ok(texts(&Dimension::Tag(tag.key.clone()).key(), &values))
}

/// What a value is called instead.
fn rename<'a>(dimension: &Dimension, value: &'a str, renames: &[(Glob, &'a str)]) -> &'a str {
    let texts = spellings(dimension, value);
    let fits = |glob: &Glob| texts.iter().any(|text| glob.fits(text));
    renames.iter().find(|(glob, _)| fits(glob)).map_or(value, |(_, to)| to)
}
