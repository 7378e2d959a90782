//! Change: two billing periods of one subject, read in one go and compared.
//!
//! In:    a source, a subject as typed, two months, a metric.
//! Out:   a [`Report`] of the parts of the change.
//! Never: reads other months, or adds two currencies.

use std::collections::BTreeMap;

use super::explain::of;
use super::{Pass, PipelineError, Source};
use crate::aggregate;
use crate::change::{self, Item, Kind};
use crate::model::answer::{Answer, AnswerRow, KeyText, Standing};
use crate::model::dimension::Dimension;
use crate::model::metric::CostMetric;
use crate::model::money::{Currency, Money, Quantity};
use crate::model::period::BillingPeriod;
use crate::model::question::{Filter, Question, Wanted};
use crate::report::Report;
use crate::report::change::{self as composer, Found};
use crate::report::explain::Subject;

/// Where the keys of a row stand: the first dimensions of [`question`], in order.
const MONTH: usize = 0;
const RESOURCE: usize = 1;
const USAGE_TYPE: usize = 2;
const LINE_TYPE: usize = 3;

/// `explain --against`: why the cost of a subject changed, up to the month that is named or the
/// latest one.
///
/// # Errors
/// The first room's that could not go on; or when the subject is in neither month.
pub fn change(
    source: &Source,
    asked: &Subject,
    month: Option<BillingPeriod>,
    against: BillingPeriod,
    metric: CostMetric,
) -> Result<Report, PipelineError> {
    let latest = match month {
        Some(month) => Some(month),
        None => source.months(None)?.last().copied(),
    };
    // Without folders only the rows can tell the latest month.
    let read = latest.map_or_else(Vec::new, |latest| vec![against, latest]);
    let whole = question(asked, metric, &read);
    let pass = Pass::over(source, &whole)?;
    let all = Question { dimensions: vec![of(asked)], hours: Wanted::No, ..whole.clone() };
    let all = aggregate::answer(&pass.charges, &all)?;
    let month = pass.settle(&all.months, &whole.months, latest)?[1];
    let whole = Question { months: vec![against, month], ..whole };
    let (subject, name) = pass.subject(asked, &all.answer)?;
    let whole = only(whole, &subject);
    let answered = aggregate::answer(&pass.charges, &whole)?;
    let books = pass.books(&answered)?;
    pass.provenance(&answered, &whole)?;
    let list = match metric {
        CostMetric::List => answered.answer.clone(),
        _ => list_costs(source, &whole)?,
    };
    let list = by_keys(&list);
    let is_meant = is_meant(&subject, &whole);
    let items = |month: BillingPeriod| -> Vec<Item> {
        let text = month.to_string();
        let rows = answered.answer.rows.iter().filter(|row| is_meant(row));
        let own = rows.filter(|row| row.keys[MONTH].as_deref() == Some(text.as_str()));
        own.map(|row| item(row, &whole, &list)).collect()
    };
    let changes = change::explain(&items(against), &items(month))?;
    Ok(composer::compose(Found {
        name: format!("{} {name}", subject.word()),
        before: against.to_string(),
        after: month.to_string(),
        metric,
        changes,
        source_rows: books.source_rows,
        findings: pass.findings(&answered),
    })?)
}

fn question(subject: &Subject, metric: CostMetric, months: &[BillingPeriod]) -> Question {
    let mut dimensions =
        vec![Dimension::Month, Dimension::Resource, Dimension::UsageType, Dimension::LineItemType];
    match subject {
        Subject::Tenant(_) => dimensions.extend([Dimension::Tenant, Dimension::Pool]),
        Subject::User(_) => dimensions.push(Dimension::User),
        Subject::Resource(_) => {}
    }
    Question { hours: Wanted::Yes, ..Question::of(dimensions, metric, months) }
}

fn only(whole: Question, subject: &Subject) -> Question {
    let (Subject::Tenant(value) | Subject::User(value) | Subject::Resource(value)) = subject;
    let filter = Filter { dimension: of(subject), value: Some(value.clone()) };
    Question { filters: vec![filter], ..whole }
}

/// The filter takes last parts of ARNs too; only a user is ever meant by one.
fn is_meant(subject: &Subject, whole: &Question) -> impl Fn(&AnswerRow) -> bool {
    let value = whole.filters.first().and_then(|filter| filter.value.clone());
    let at = whole.dimensions.iter().position(|dimension| *dimension == of(subject));
    let is_short = matches!(subject, Subject::User(name) if !name.starts_with("arn:"));
    move |row| is_short || at.is_none_or(|at| row.keys[at].as_deref() == value.as_deref())
}

/// The same rows at public prices.
fn list_costs(source: &Source, whole: &Question) -> Result<Answer, PipelineError> {
    let list = Question { metric: CostMetric::List, ..whole.clone() };
    let pass = Pass::over(source, &list)?;
    let answered = aggregate::answer(&pass.charges, &list)?;
    pass.books(&answered)?;
    Ok(answered.answer)
}

/// Currency, standing, keys.
type Combination<'a> = (&'a Currency, Standing, &'a [KeyText]);

fn by_keys(list: &Answer) -> BTreeMap<Combination<'_>, Money> {
    let rows = list.rows.iter();
    rows.map(|row| ((&row.currency, row.standing, row.keys.as_slice()), row.cost)).collect()
}

fn item(row: &AnswerRow, whole: &Question, list: &BTreeMap<Combination<'_>, Money>) -> Item {
    let line_type = row.keys[LINE_TYPE].clone();
    let kind = Kind::of(row.standing, line_type.as_deref());
    let pool = whole.dimensions.iter().position(|dimension| *dimension == Dimension::Pool);
    let (resource, usage_type) = match kind {
        Kind::Fee => (line_type, None),
        Kind::Shared => (pool.and_then(|at| row.keys[at].clone()), None),
        _ => (row.keys[RESOURCE].clone(), row.keys[USAGE_TYPE].clone()),
    };
    let key = (&row.currency, row.standing, row.keys.as_slice());
    Item {
        resource: resource.as_deref().map(str::to_owned),
        usage_type: usage_type.as_deref().map(str::to_owned),
        kind,
        currency: row.currency.clone(),
        quantity: row.usage_hours.unwrap_or(Quantity(0)),
        list: list.get(&key).copied().unwrap_or_default(),
        cost: row.cost,
    }
}
