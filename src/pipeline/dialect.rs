//! Dialect: our rules and questions as SQL for another engine.
//!
//! In:    a dialect, the table that the engine knows the export by, a question of ours.
//! Out:   the text of one statement.
//! Never: runs it; of files only the footers are read.

use arrow::datatypes::DataType;

use super::{Bill, PipelineError, Source};
use crate::delivery;
use crate::diagnostic::{Diagnose, ErrorKind};
use crate::dialect::{self, Dialect, Kind, Question, Relation, Table, Wanted};
use crate::model::delivery::PeriodDelivery;
use crate::model::dimension::Dimension;
use crate::model::line_items::TagHome;
use crate::model::metric::CostMetric;
use crate::model::money::Currency;
use crate::model::period::BillingPeriod;
use crate::model::tag_key::TagKey;
use crate::query::{CHARGES, Mentions, NamedQuery, PRIOR_CHARGES};
use crate::scan::SourceFile;

pub use crate::dialect::Documented;

/// What a statement is to be about.
#[derive(Debug, Clone)]
pub struct Spoken {
    /// Whose SQL.
    pub dialect: Dialect,
    /// What `cost` means.
    pub metric: CostMetric,
    /// The billing periods; none means all.
    pub months: Vec<BillingPeriod>,
    /// Tags and cost categories beside those that a question names.
    pub keyed: Vec<Dimension>,
    /// The only currency that a question sees.
    pub currency: Currency,
}

/// Why a question cannot be asked elsewhere.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unspoken {
    /// It reads what only curtail makes.
    #[error("the query `{query}` reads `{table}`, which is made by rules that only curtail knows")]
    Table {
        /// The query.
        query: String,
        /// The table.
        table: String,
    },
    /// It compares, and nobody says which months.
    #[error("the query `{query}` compares months, and none is named")]
    Months {
        /// The query.
        query: String,
    },
}

impl Diagnose for Unspoken {
    fn kind(&self) -> ErrorKind {
        ErrorKind::Usage
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Table { .. } => "DIALECT-TABLE",
            Self::Months { .. } => "DIALECT-MONTHS",
        }
    }

    fn hints(&self) -> Vec<String> {
        match self {
            Self::Table { query, .. } => {
                vec![format!("ask curtail itself: `curtail query {query}`")]
            }
            Self::Months { .. } => vec!["name one: `--month 2026-10`".to_owned()],
        }
    }
}

/// The statement: of a question, else of everything that charges tell.
///
/// # Errors
/// When the question needs what another engine cannot have.
pub fn statement(
    spoken: &Spoken,
    table: &Table,
    query: Option<&NamedQuery>,
) -> Result<String, Unspoken> {
    let Spoken { dialect, metric, months, keyed, currency } = spoken;
    let Some(query) = query else {
        let everything = Mentions::everything().into_iter().filter(|of| !of.is_tenancy());
        let wanted = Wanted {
            dimensions: everything.chain(keyed.iter().cloned()).collect(),
            metrics: CostMetric::ALL.to_vec(),
            cost: None,
            hours: true,
            currency: None,
        };
        return Ok(dialect::charges(*dialect, table, &wanted, months));
    };
    let mentions = query.statement.mentions();
    let is_foreign = |of: &&&str| ![CHARGES, PRIOR_CHARGES].contains(*of);
    if let Some(foreign) = mentions.tables.iter().find(is_foreign) {
        let (query, table) = (query.name.clone(), (*foreign).to_owned());
        return Err(Unspoken::Table { query, table });
    }
    let prior = match (mentions.reads(PRIOR_CHARGES), months.as_slice()) {
        (false, _) => None,
        (true, []) => return Err(Unspoken::Months { query: query.name.clone() }),
        (true, months) => Some(before(months)),
    };
    let wanted = Wanted {
        dimensions: mentions.dimensions,
        metrics: mentions.metrics,
        cost: Some(*metric),
        hours: mentions.hours,
        currency: Some(currency.to_string()),
    };
    let question = Question { text: query.statement.text(), months, prior: prior.as_deref() };
    Ok(dialect::question(*dialect, table, &wanted, &question))
}

/// The table of an export as AWS documents it; a legacy one has a column per tag, those that the
/// statement looks for.
pub fn documented(
    of: Documented,
    name: String,
    spoken: &Spoken,
    query: Option<&NamedQuery>,
) -> Table {
    let asked = query.map(|query| query.statement.mentions().dimensions).unwrap_or_default();
    let keyed = asked.iter().chain(&spoken.keyed).filter_map(|dimension| match dimension {
        Dimension::Tag(key) => Some((TagHome::ResourceTags, TagKey::new(key))),
        Dimension::CostCategory(name) => Some((TagHome::CostCategory, TagKey::new(name))),
        _ => None,
    });
    Table::documented(of, Relation::Named(name), &keyed.collect::<Vec<_>>())
}

/// The table of an export as its files are, under the name of a table, else as the files
/// themselves.
///
/// # Errors
/// Those of finding a delivery and of opening its files.
pub fn like(
    source: &Source,
    spoken: &Spoken,
    name: Option<String>,
) -> Result<Table, PipelineError> {
    let Bill::Export(path) = &source.bill else { return Err(super::NoMonth.into()) };
    let found = delivery::find(&source.origin, path, None)?;
    let mut columns: Vec<(String, Kind)> = Vec::new();
    let mut files = Vec::new();
    // A comparison also reads the months before.
    let wanted: Vec<_> = spoken.months.iter().copied().chain(before(&spoken.months)).collect();
    let is_wanted = |period: &&PeriodDelivery| {
        wanted.is_empty() || period.period.is_none_or(|month| wanted.contains(&month))
    };
    for file in found.periods.iter().filter(is_wanted).flat_map(|period| &period.files) {
        let opened = SourceFile::open(&source.origin, &file.path, &[])?;
        for (column, data_type) in opened.columns() {
            if !columns.iter().any(|(known, _)| known == column) {
                columns.push((column.to_owned(), kind(data_type)));
            }
        }
        files.push(file.path.display().to_string());
    }
    let relation = name.map_or(Relation::Files(files), Relation::Named);
    Ok(Table { relation, columns })
}

/// What a column holds, as far as a statement depends on it.
pub(super) fn kind(data_type: &DataType) -> Kind {
    match data_type {
        DataType::Float64 => Kind::Double,
        DataType::Decimal128(..) => Kind::Decimal,
        DataType::Timestamp(..) | DataType::Date32 => Kind::Instant,
        DataType::Map(..) => Kind::Map,
        found if found.is_integer() => Kind::Number,
        _ => Kind::Text,
    }
}

/// As many months before.
fn before(months: &[BillingPeriod]) -> Vec<BillingPeriod> {
    let earlier = |month: &BillingPeriod| (0..months.len()).fold(*month, |month, _| month.before());
    months.iter().map(earlier).collect()
}
