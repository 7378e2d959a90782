//! Change: two billing periods of one subject, read in one go and compared.
//!
//! In:    a source, a filter that names the subject, two months, a metric.
//! Out:   a [`Report`] of the parts of the change.
//! Never: reads other months, or adds two currencies.

use std::collections::BTreeMap;

use super::{Pass, PipelineError, Source};
use crate::aggregate;
use crate::change::{self, Item, Kind};
use crate::diagnostic::{Diagnose, ErrorKind, nearest};
use crate::model::answer::{Answer, AnswerRow, Standing};
use crate::model::charges::coded;
use crate::model::dimension::Dimension;
use crate::model::metric::CostMetric;
use crate::model::money::{Currency, Money, Quantity};
use crate::model::period::BillingPeriod;
use crate::model::question::{Filter, Question, Wanted};
use crate::report::Report;
use crate::report::change::{self as composer, Found};

/// Neither month has a charge of the subject.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("no charge of {what} `{asked}` in {before} or {after}")]
pub struct NothingToCompare {
    /// The dimension.
    pub what: String,
    /// What was typed.
    pub asked: String,
    /// The earlier month.
    pub before: BillingPeriod,
    /// The later month.
    pub after: BillingPeriod,
    /// The one that was most likely meant.
    pub near: Option<String>,
}

impl Diagnose for NothingToCompare {
    fn kind(&self) -> ErrorKind {
        ErrorKind::Input
    }

    fn code(&self) -> &'static str {
        "CHANGE-ABSENT"
    }

    fn hints(&self) -> Vec<String> {
        match &self.near {
            Some(near) => vec![format!("did you mean `{near}`?")],
            None => vec![format!("`curtail spend --by {}` lists what there is", self.what)],
        }
    }
}

/// Where the keys of a row stand: those of [`question`], in order.
const MONTH: usize = 0;
const RESOURCE: usize = 1;
const USAGE_TYPE: usize = 2;
const LINE_TYPE: usize = 3;
const POOL: usize = 4;

/// `explain --against`: why the cost of a tenant, a user or a resource changed.
///
/// # Errors
/// The first room's that could not go on; or when neither month knows the subject.
pub fn change(
    source: &Source,
    subject: &Filter,
    month: BillingPeriod,
    against: BillingPeriod,
    metric: CostMetric,
) -> Result<Report, PipelineError> {
    let whole = question(subject, metric, vec![against, month]);
    let pass = Pass::over(source, &whole)?;
    let subject = pass.named(subject);
    let whole = Question { filters: vec![subject.clone()], ..whole };
    let answered = aggregate::answer(&pass.charges, &whole)?;
    let books = pass.books(&answered)?;
    pass.provenance(&answered, &whole)?;
    if answered.answer.rows.is_empty() {
        return Err(pass.nothing(&subject, [against, month])?.into());
    }
    let list = match metric {
        CostMetric::List => answered.answer.clone(),
        _ => list_costs(source, &whole)?,
    };
    let list = by_keys(&list);
    let items = |month: BillingPeriod| -> Vec<Item> {
        let text = month.to_string();
        let rows = answered.answer.rows.iter();
        let own = rows.filter(|row| row.keys[MONTH].as_deref() == Some(text.as_str()));
        own.map(|row| item(row, &list)).collect()
    };
    let changes = change::explain(&items(against), &items(month))?;
    let value = subject.value.clone().unwrap_or_default();
    let short = value.rsplit('/').next().unwrap_or_default();
    Ok(composer::compose(Found {
        name: format!("{} {short}", subject.dimension),
        before: against.to_string(),
        after: month.to_string(),
        metric,
        changes,
        source_rows: books.source_rows,
        findings: pass.findings(&answered),
    })?)
}

fn question(subject: &Filter, metric: CostMetric, months: Vec<BillingPeriod>) -> Question {
    let mut dimensions =
        vec![Dimension::Month, Dimension::Resource, Dimension::UsageType, Dimension::LineItemType];
    if subject.dimension.is_tenancy() {
        dimensions.push(Dimension::Pool);
    }
    let filters = vec![subject.clone()];
    Question { dimensions, metric, filters, months, hours: Wanted::Yes }
}

/// The same rows at public prices; received cost is of no interest there.
fn list_costs(source: &Source, whole: &Question) -> Result<Answer, PipelineError> {
    let list = Question { metric: CostMetric::List, ..whole.clone() };
    let pass = Pass::over(source, &list)?;
    let answered = aggregate::answer(&pass.charges, &list)?;
    pass.books(&answered)?;
    Ok(answered.answer)
}

/// Currency, standing, keys.
type Key<'a> = (&'a Currency, Standing, &'a [Option<String>]);

fn by_keys(list: &Answer) -> BTreeMap<Key<'_>, Money> {
    let rows = list.rows.iter();
    rows.map(|row| ((&row.currency, row.standing, row.keys.as_slice()), row.cost)).collect()
}

fn item(row: &AnswerRow, list: &BTreeMap<Key<'_>, Money>) -> Item {
    let line_type = row.keys[LINE_TYPE].clone();
    let kind = Kind::of(row.standing, line_type.as_deref());
    let (resource, usage_type) = match kind {
        Kind::Fee => (line_type, None),
        Kind::Shared => (row.keys.get(POOL).cloned().flatten(), None),
        _ => (row.keys[RESOURCE].clone(), row.keys[USAGE_TYPE].clone()),
    };
    let key = (&row.currency, row.standing, row.keys.as_slice());
    Item {
        resource,
        usage_type,
        kind,
        currency: row.currency.clone(),
        quantity: row.usage_hours.unwrap_or(Quantity(0)),
        list: list.get(&key).copied().unwrap_or_default(),
        cost: row.cost,
    }
}

impl Pass {
    /// A tenant may be asked for by its name or an alias; data knows its id.
    fn named(&self, subject: &Filter) -> Filter {
        let Some(value) = subject.value.as_ref().filter(|_| subject.dimension == Dimension::Tenant)
        else {
            return subject.clone();
        };
        let is_called = |name: &String| name == value;
        let mut of_id = self.tenancy.tenants.iter().filter(|tenant| tenant.id == *value);
        let mut of_name = self
            .tenancy
            .tenants
            .iter()
            .filter(|tenant| tenant.name == *value || tenant.aliases.iter().any(is_called));
        let id = of_id.next().or_else(|| of_name.next()).map(|tenant| tenant.id.clone());
        Filter { value: id.or_else(|| subject.value.clone()), ..subject.clone() }
    }

    fn nothing(
        &self,
        subject: &Filter,
        [before, after]: [BillingPeriod; 2],
    ) -> Result<NothingToCompare, PipelineError> {
        let asked = subject.value.clone().unwrap_or_default();
        let seen = coded(&self.charges.frame, &subject.dimension.key());
        let seen = seen.map_err(aggregate::AggregateError::from)?;
        let last = |value: &str| value.rsplit('/').next().map(ToOwned::to_owned);
        let is_arn = asked.starts_with("arn:");
        let values = seen.values.into_iter().flatten();
        let known: Vec<String> = values
            .filter_map(|value| if is_arn { Some(value.to_owned()) } else { last(value) })
            .collect();
        let near = nearest(&asked, known.iter().map(String::as_str)).map(ToOwned::to_owned);
        Ok(NothingToCompare { what: subject.dimension.to_string(), asked, before, after, near })
    }
}
