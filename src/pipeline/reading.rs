//! Reading: a bill as charges, whether it is an export or comes from the store.
//!
//! In:    a bill, the months asked for, what must be told apart.
//! Out:   [`Reading`]: charges, and everything that is told beside them.
//! Never: lets a question see where its charges come from.

use std::collections::BTreeMap;
use std::path::Path;

use super::{Bill, PipelineError, Source, cluster, stored};
use crate::delivery::{self, DeliveryError};
use crate::diagnostic::Finding;
use crate::model::charges::Charges;
use crate::model::delivery::{Delivery, PeriodDelivery};
use crate::model::line_items::Field;
use crate::model::metric::CostMetric;
use crate::model::period::BillingPeriod;
use crate::model::source_column::SourceColumn;
use crate::model::tenancy::Needs;
use crate::model::watch::Moment;
use crate::normalise::{self, Control, Grain, Months, Oddities, Resources, Rolled, Roller};
use crate::origin::Origin;
use crate::scan::{self, Missing, Request, SourceFile};

/// What was read.
#[derive(Clone)]
pub(super) struct Reading {
    /// The billing periods, in order.
    pub(super) delivered: Vec<Delivered>,
    /// What was odd about the delivery.
    pub(super) findings: Vec<Finding>,
    /// What lines would have needed.
    pub(super) missing: Missing,
    /// The charges.
    pub(super) charges: Charges,
    /// What the source holds by currency: the metrics of the grain in order.
    pub(super) control: BTreeMap<String, Control>,
    /// What was odd about rows.
    pub(super) oddities: Oddities,
    /// Whether resource ids of other services were left out when it was stored.
    pub(super) is_dropped: bool,
    /// How it was told apart, for whoever needs less of it.
    pub(super) told: Told,
}

/// What, beside the needs of a question, decided how a bill was read.
#[derive(Debug, Clone)]
pub(super) struct Told {
    pub(super) months: Months,
    pub(super) resources: Resources,
    /// The metrics of every sum of the control, in order.
    pub(super) metrics: Vec<CostMetric>,
}

/// One billing period of a bill.
#[derive(Clone)]
pub(super) struct Delivered {
    /// `None` when only the rows can tell.
    pub(super) period: Option<BillingPeriod>,
    /// The execution or assembly.
    pub(super) execution: Option<String>,
    /// The file name of the manifest.
    pub(super) manifest: Option<String>,
    /// The files that AWS delivered.
    pub(super) files: Vec<FileShape>,
}

/// What a delivered file looked like.
#[derive(Clone)]
pub(super) struct FileShape {
    /// Which kind of export.
    pub(super) schema: String,
    /// Its top-level columns.
    pub(super) columns: Vec<String>,
    /// Columns of ours that it lacks.
    pub(super) missing: Vec<SourceColumn>,
    /// Rows that its footer promises.
    pub(super) rows: u64,
}

impl Source {
    /// The months to read: the one asked for, or the latest, and the one before if it is there;
    /// none when only the rows can tell.
    pub(super) fn months(
        &self,
        month: Option<BillingPeriod>,
    ) -> Result<Vec<BillingPeriod>, PipelineError> {
        match &self.bill {
            Bill::Export(path) => months_of_export(&self.origin, path, month),
            Bill::Store { home, .. } => stored::months(home, month),
            Bill::Cluster(cluster) => cluster::months(cluster, month),
        }
    }
}

fn months_of_export(
    origin: &Origin,
    path: &Path,
    month: Option<BillingPeriod>,
) -> Result<Vec<BillingPeriod>, PipelineError> {
    let asked = month.map(|month| [month]);
    let delivery = delivery::find(origin, path, asked.as_ref().map(<[_; 1]>::as_slice))?;
    let present: Option<Vec<BillingPeriod>> =
        delivery.periods.iter().map(|period| period.period).collect();
    // A file of unknown period may hold any month.
    let Some(present) = present else {
        return Ok(month.map_or_else(Vec::new, |month| vec![month.before(), month]));
    };
    let Some(month) = month.or_else(|| present.iter().max().copied()) else {
        return Ok(Vec::new());
    };
    let before = month.before();
    let is_there = match delivery::find(origin, path, Some(&[before])) {
        Ok(found) => found.periods.iter().any(|period| period.period == Some(before)),
        Err(DeliveryError::NoSuchMonth { .. }) => false,
        Err(other) => return Err(other.into()),
    };
    Ok(if is_there { vec![before, month] } else { vec![month] })
}

impl Reading {
    /// Reads a bill as far as a question and its rules need.
    pub(super) fn of(
        source: &Source,
        months: &[BillingPeriod],
        needs: &Needs,
    ) -> Result<Self, PipelineError> {
        match &source.bill {
            Bill::Export(path) => of_export(path, months, needs, source),
            Bill::Store { home, versions } => stored::read(home, versions, months, needs, source),
            Bill::Cluster(of) => cluster::read(of, months, needs, source),
        }
    }

    /// What a question with fewer needs would have read.
    pub(super) fn narrowed(&self, needs: &Needs) -> Result<Self, PipelineError> {
        let Told { months, resources, metrics } = &self.told;
        let grain = Grain::of(needs, *months, *resources);
        let sum = |control: &Control, metric: &CostMetric| {
            let at = metrics.iter().position(|of| of == metric)?;
            control.sums.get(at).copied()
        };
        let control = |(currency, of): (&String, &Control)| {
            let sums = grain.metrics.iter().map(|metric| sum(of, metric).unwrap_or_default());
            (currency.clone(), Control { sums: sums.collect(), ..of.clone() })
        };
        Ok(Self {
            delivered: self.delivered.clone(),
            findings: self.findings.clone(),
            missing: self.missing.clone(),
            charges: normalise::narrowed(&self.charges, &grain)?,
            control: self.control.iter().map(control).collect(),
            oddities: self.oddities.clone(),
            is_dropped: self.is_dropped,
            told: Told { months: *months, resources: *resources, metrics: grain.metrics },
        })
    }
}

fn of_export(
    path: &Path,
    months: &[BillingPeriod],
    needs: &Needs,
    source: &Source,
) -> Result<Reading, PipelineError> {
    let delivery = delivery::find(&source.origin, path, (!months.is_empty()).then_some(months))?;
    let who_tells = who_tells_months(&delivery, months);
    let resources = Resources::AsDelivered;
    let grain = Grain::of(needs, who_tells, resources);
    let fields = grain.fields();
    let paths = delivery.files().map(|file| &file.path);
    let files = SourceFile::open_all(&source.origin, paths, &fields)?;
    let (rolled, missing) = rolled(&files, &grain, fields, source)?;
    Ok(Reading {
        delivered: delivered(&delivery, &files),
        findings: delivery.findings,
        missing,
        charges: rolled.charges,
        control: rolled.control,
        oddities: rolled.oddities,
        is_dropped: false,
        told: Told { months: who_tells, resources, metrics: grain.metrics },
    })
}

/// Reads and unpacks the bytes that a question needs of an export, and does nothing with them.
pub(super) fn unpacked(
    source: &Source,
    path: &Path,
    months: &[BillingPeriod],
    needs: &Needs,
) -> Result<usize, PipelineError> {
    let delivery = delivery::find(&source.origin, path, (!months.is_empty()).then_some(months))?;
    let grain = Grain::of(needs, who_tells_months(&delivery, months), Resources::AsDelivered);
    let fields = grain.fields();
    let paths = delivery.files().map(|file| &file.path);
    let files = SourceFile::open_all(&source.origin, paths, &fields)?;
    let (metrics, hours, telling) = (grain.metrics.clone(), grain.hours, grain.telling());
    let threads = source.threads;
    Ok(scan::unpack(&files, &Request { fields, telling, metrics, hours, threads })?)
}

/// Rolls files up to a grain; what they lack of its fields.
pub(super) fn rolled(
    files: &[SourceFile],
    grain: &Grain,
    fields: Vec<Field>,
    source: &Source,
) -> Result<(Rolled, Missing), PipelineError> {
    let Source { threads, watch, .. } = source;
    watch.tell(Moment::Opened);
    let (metrics, hours, threads) = (grain.metrics.clone(), grain.hours, *threads);
    let request = Request { fields, telling: grain.telling(), metrics, hours, threads };
    let scanned = scan::scan(files, &request, || Roller::new(grain))?;
    watch.tell(Moment::Scanned);
    let mut effort = scanned.effort;
    scanned.sinks.iter().for_each(|share| effort += share.effort());
    let rolled = normalise::finish(grain, scanned.sinks)?;
    watch.tell(Moment::RolledUp(effort));
    Ok((rolled, scanned.missing))
}

/// Rows must tell their month when the question filters by it or no folder does.
fn who_tells_months(delivery: &Delivery, months: &[BillingPeriod]) -> Months {
    let is_unknown = delivery.periods.iter().any(|period| period.period.is_none());
    if is_unknown || !months.is_empty() { Months::FromRows } else { Months::FromFolders }
}

/// The files of a delivery come in the order in which they were opened.
fn delivered(delivery: &Delivery, files: &[SourceFile]) -> Vec<Delivered> {
    let mut files = files.iter();
    let of_period = |period: &PeriodDelivery| Delivered {
        period: period.period,
        execution: period.execution.clone(),
        manifest: period.manifest_name(),
        files: files.by_ref().take(period.files.len()).map(shape).collect(),
    };
    delivery.periods.iter().map(of_period).collect()
}

fn shape(file: &SourceFile) -> FileShape {
    FileShape {
        schema: file.schema.name().to_owned(),
        columns: file.column_names().map(str::to_owned).collect(),
        missing: file.missing.clone(),
        rows: file.rows,
    }
}
