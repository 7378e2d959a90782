//! Cluster: an export that another engine rolls up.
//!
//! In:    an engine, the export as it knows it, months, what must be told apart.
//! Out:   a [`Reading`], as our own scan would have given it.
//! Never: takes the engine's word for a sum: a statement of its own tells what it must be.

mod answer;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::path::Path;
use std::sync::Arc;

use arrow::array::RecordBatch;
use arrow::datatypes::{Field as ArrowField, SchemaRef};
use tempfile::NamedTempFile;

use super::reading::{Delivered, FileShape, Reading, Told, rolled};
use super::{MonthAbsent, PipelineError, Source, dialect};
use crate::delivery;
use crate::diagnostic::{Diagnose, ErrorKind};
use crate::dialect::{Bound, Dialect, Relation, Rolled, Table};
use crate::model::cost_rules;
use crate::model::line_items::{Field, TagHome};
use crate::model::metric::CostMetric;
use crate::model::period::BillingPeriod;
use crate::model::source_column::SourceColumn;
use crate::model::tenancy::Needs;
use crate::normalise::{Control, Grain, Months, Resources};
use crate::origin::Origin;
use crate::scan::{self, Missing, SourceFile};

/// Whoever answers statements in place of our own scan.
pub trait Engine: fmt::Debug + Send + Sync {
    /// Whose SQL it understands.
    fn dialect(&self) -> Dialect;

    /// The whole answer to a statement.
    ///
    /// # Errors
    /// When there is none, or it is not whole.
    fn run(&self, statement: &Bound) -> Result<Found, PipelineError>;
}

/// What an engine found.
#[derive(Debug, Clone)]
pub struct Found {
    /// The columns, also of no rows.
    pub schema: SchemaRef,
    /// The rows.
    pub batches: Vec<RecordBatch>,
}

/// An export that an engine reads.
#[derive(Debug, Clone)]
pub struct Cluster {
    /// The engine.
    pub engine: Arc<dyn Engine>,
    /// The export as it knows it.
    pub relation: Relation,
}

/// What an engine answered is not what was asked.
#[derive(Debug, thiserror::Error)]
pub enum ClusterError {
    /// A column is absent or of another type.
    #[error("the engine's answer has no column `{column}` of {expected}")]
    Shape {
        /// The column.
        column: String,
        /// What it should be.
        expected: String,
    },
    /// The charges could not be kept for a moment.
    #[error("the engine's answer could not be kept in a temporary file")]
    Kept(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl Diagnose for ClusterError {
    fn kind(&self) -> ErrorKind {
        ErrorKind::Environment
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Shape { .. } => "ENGINE-SHAPE",
            Self::Kept(_) => "ENGINE-KEPT",
        }
    }

    fn hints(&self) -> Vec<String> {
        let hint = match self {
            Self::Shape { .. } => "is the table a raw export, with the columns of AWS?",
            Self::Kept(_) => "check the space that is left in the folder for temporary files",
        };
        vec![hint.to_owned()]
    }
}

impl fmt::Display for Cluster {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.relation {
            Relation::Named(table) => f.write_str(table),
            Relation::Files(files) => write!(f, "{}", files.join(", ")),
        }
    }
}

impl Cluster {
    /// The export's columns, without a row of it.
    pub(super) fn table(&self) -> Result<Table, PipelineError> {
        let table = Table { relation: self.relation.clone(), columns: Vec::new() };
        let dialect = self.engine.dialect();
        if let Some(setting) = self.relation.setting(dialect) {
            self.engine.run(&setting.to_owned().into())?;
        }
        let found = self.engine.run(&table.nothing_of(dialect))?;
        let column = |field: &Arc<ArrowField>| {
            (field.name().to_lowercase(), dialect::kind(field.data_type()))
        };
        Ok(Table { columns: found.schema.fields().iter().map(column).collect(), ..table })
    }

    /// The billing periods and how many lines are of each; those of `None` are of no period.
    pub(super) fn present(
        &self,
        table: &Table,
    ) -> Result<BTreeMap<Option<BillingPeriod>, u64>, PipelineError> {
        Ok(answer::months(&self.engine.run(&table.months(self.engine.dialect()))?)?)
    }
}

/// The newest delivery of every month under a path that we can see, for an engine that can, too.
///
/// # Errors
/// Those of finding a delivery.
pub fn files_of(path: &Path) -> Result<Relation, PipelineError> {
    let found = delivery::find(&Origin::Disk, path, None)?;
    Ok(Relation::Files(found.files().map(|file| file.path.display().to_string()).collect()))
}

/// The months to read: the one asked for, or the latest, and the one before if it is there.
pub(super) fn months(
    cluster: &Cluster,
    month: Option<BillingPeriod>,
) -> Result<Vec<BillingPeriod>, PipelineError> {
    let present = cluster.present(&cluster.table()?)?;
    let present: Vec<BillingPeriod> = present.into_keys().flatten().collect();
    let Some(month) = month.or_else(|| present.last().copied()) else { return Ok(Vec::new()) };
    if !present.contains(&month) {
        let present = present.iter().map(ToString::to_string).collect();
        return Err(MonthAbsent { asked: month, present }.into());
    }
    let before = month.before();
    Ok(if present.contains(&before) { vec![before, month] } else { vec![month] })
}

/// Has an export rolled up as far as a question and its rules need.
pub(super) fn read(
    cluster: &Cluster,
    months: &[BillingPeriod],
    needs: &Needs,
    source: &Source,
) -> Result<Reading, PipelineError> {
    let table = cluster.table()?;
    let resources = Resources::AsDelivered;
    let grain = Grain::of(needs, Months::FromRows, resources);
    let fields = grain.fields();
    let found = cluster.rolled_up(&table, &fields, &grain.metrics, months)?;
    let columns = names_of(&table);
    let missing = missing(&found.line_item_types, &columns, &fields, &grain.metrics);
    let (rolled, _) = rolled(std::slice::from_ref(&found.file), &grain, fields, source)?;
    let mut oddities = rolled.oddities;
    oddities.rows_without_cost = found.control.values().map(|of| of.without_cost).sum();
    let shape = FileShape {
        schema: cluster.schema(),
        missing: lacking(&columns),
        columns,
        rows: found.rows(),
    };
    let delivered = Delivered { period: None, execution: None, manifest: None, files: vec![shape] };
    Ok(Reading {
        delivered: vec![delivered],
        findings: Vec::new(),
        missing,
        charges: rolled.charges,
        control: found.control,
        oddities,
        is_dropped: false,
        told: Told { months: Months::FromRows, resources, metrics: grain.metrics },
    })
}

/// What an engine made of an export.
pub(super) struct RolledUp {
    /// The charges, as our scan reads them.
    pub(super) file: SourceFile,
    /// The line item types among them, `''` for lines without one.
    pub(super) line_item_types: BTreeSet<String>,
    /// What the export holds by currency.
    pub(super) control: BTreeMap<String, Control>,
    /// The file, which is gone when this is.
    _kept: NamedTempFile,
}

impl RolledUp {
    /// The lines behind the charges.
    pub(super) fn rows(&self) -> u64 {
        self.control.values().map(|control| control.rows).sum()
    }
}

impl Cluster {
    /// Has the lines of some months rolled up by these fields, and added up on their own.
    pub(super) fn rolled_up(
        &self,
        table: &Table,
        fields: &[Field],
        metrics: &[CostMetric],
        months: &[BillingPeriod],
    ) -> Result<RolledUp, PipelineError> {
        let asked = Rolled { dialect: self.engine.dialect(), table, fields, metrics, months };
        let control = answer::control(&self.engine.run(&asked.control())?, metrics)?;
        let charges = self.engine.run(&asked.charges())?;
        let charges = answer::as_segment(&charges, &asked.names())?;
        let line_item_types = answer::line_item_types(&charges)?;
        let kept = tempfile::Builder::new().prefix("curtail-").suffix(".parquet").tempfile();
        let kept = kept.map_err(|error| ClusterError::Kept(error.into()))?;
        answer::write(kept.as_file(), &charges)
            .map_err(|error| ClusterError::Kept(error.into()))?;
        let file = SourceFile::open(&Origin::Disk, kept.path(), fields)?;
        Ok(RolledUp { file, line_item_types, control, _kept: kept })
    }

    /// Every tag and cost category that lines of some months have, as delivered.
    pub(super) fn tag_fields(
        &self,
        table: &Table,
        months: &[BillingPeriod],
    ) -> Result<Vec<Field>, PipelineError> {
        let mut found: BTreeSet<(TagHome, String)> = table.flat_keys().collect();
        if let Some(statement) = table.keys(self.engine.dialect(), months) {
            found.extend(answer::keys(&self.engine.run(&statement)?)?);
        }
        let told = found.into_iter().filter(|(_, key)| !key.is_empty());
        Ok(told.map(|(home, key)| Field::Delivered(home, key)).collect())
    }

    /// What stands where files have the name of their schema.
    pub(super) fn schema(&self) -> String {
        format!("a table of {}", self.engine.dialect().name())
    }
}

/// The columns of a table, lower case.
pub(super) fn names_of(table: &Table) -> Vec<String> {
    table.columns.iter().map(|(name, _)| name.clone()).collect()
}

/// Columns of ours that are not among these.
pub(super) fn lacking(columns: &[String]) -> Vec<SourceColumn> {
    let lacks = |of: &SourceColumn| scan::lacks(&Field::Column(*of), columns);
    SourceColumn::ALL.iter().copied().filter(lacks).collect()
}

/// What lines of the question would have needed and the table lacks.
fn missing(
    types: &BTreeSet<String>,
    columns: &[String],
    fields: &[Field],
    metrics: &[CostMetric],
) -> Missing {
    let mut missing = Missing::default();
    let lacks = |field: &Field| scan::lacks(field, columns);
    let types: BTreeSet<String> = types.iter().filter(|of| !of.is_empty()).cloned().collect();
    let needed = cost_rules::columns_for_all(&types, metrics).into_iter().map(Field::Column);
    for field in needed.chain(fields.iter().cloned()).filter(lacks) {
        missing.add(&field);
    }
    missing
}
