//! Sample: a bill that never was, with the truth about it.
//!
//! In:    a [`SamplePlan`].
//! Out:   an export as AWS lays it out, and `truth.json` with its exact totals.
//! Never: overwrites anything, asks a clock, or takes chance from anywhere but the seed.
//!
//! ```text
//! plan ─► cast ─► world ─► month (+ commitment, monthly) ─► lines ─► chunk ─► arrays ─► writer
//!                                                            └─► truth (owner)      manifest
//! ```

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use parquet::errors::ParquetError;

use crate::diagnostic::{Diagnose, ErrorKind};
use crate::model::period::BillingPeriod;

mod plan;
mod dice;
mod amount;
mod calendar;
mod cast;
mod price_list;
mod profile;
mod owner;
mod cost;
mod world;
mod resource;
mod commitment;
mod month;
mod monthly;
mod chunk;
mod columns;
mod commitment_columns;
mod cur2;
mod legacy;
mod arrays;
mod writer;
mod manifest;
mod truth;
mod guarded;
mod habits;
mod idled;

use calendar::{Span, midnight, slices};
use cast::Cast;
use commitment::{Plan, Reservation};
use dice::Dice;
use manifest::Delivery;
use month::{Month, Organisation};
use truth::Truth;
use world::World;
use writer::MonthWriter;

pub use plan::{DeliveryFolders, EXPORT_NAME, Granularity, SamplePlan, SampleSchema};

/// The day of the first month on which the `SageMaker` tags begin to show.
const ACTIVATION_DAY: u64 = 12;

/// What was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SampleSummary {
    /// Line items, as planned.
    pub rows: u64,
    /// Data files of the newest deliveries, in order.
    pub files: Vec<PathBuf>,
    /// The billing periods.
    pub periods: Vec<BillingPeriod>,
    /// The file with the exact totals.
    pub truth: PathBuf,
}

/// Why no export was written.
#[derive(Debug, thiserror::Error)]
pub enum SampleError {
    /// The plan contradicts itself.
    #[error("{problem}")]
    Plan {
        /// What is wrong, as a sentence.
        problem: &'static str,
    },
    /// There is something in the way.
    #[error("`{}` is not an empty folder", path.display())]
    OutNotEmpty {
        /// The folder or file that exists.
        path: PathBuf,
    },
    /// The disk refused.
    #[error("`{}` cannot be written: {source}", path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A Parquet file could not be written.
    #[error("`{}` cannot be written: {source}", path.display())]
    Parquet {
        /// The file.
        path: PathBuf,
        /// What the writer said.
        source: ParquetError,
    },
}

impl SampleError {
    fn io(path: &Path) -> impl FnOnce(io::Error) -> Self {
        move |source| Self::Io { path: path.to_owned(), source }
    }

    fn parquet(path: &Path) -> impl FnOnce(ParquetError) -> Self {
        move |source| Self::Parquet { path: path.to_owned(), source }
    }
}

impl Diagnose for SampleError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Plan { .. } => ErrorKind::Usage,
            Self::OutNotEmpty { .. } => ErrorKind::Input,
            Self::Io { .. } | Self::Parquet { .. } => ErrorKind::Environment,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Plan { .. } => "SAMPLE-PLAN",
            Self::OutNotEmpty { .. } => "SAMPLE-OUT",
            Self::Io { .. } | Self::Parquet { .. } => "SAMPLE-WRITE",
        }
    }

    fn hints(&self) -> Vec<String> {
        match self {
            Self::OutNotEmpty { .. } => {
                vec!["name a folder that does not exist yet; nothing is overwritten".to_owned()]
            }
            Self::Plan { .. } | Self::Io { .. } | Self::Parquet { .. } => Vec::new(),
        }
    }
}

/// Writes a whole export. `progress` hears the rows on disk after every row group.
///
/// Memory holds one row group and the totals; it does not grow with the rows.
///
/// # Errors
/// When the plan contradicts itself, when `plan.out` is not a new or empty folder, or when the
/// disk refuses. What was written until then stays.
pub fn write_export(
    plan: &SamplePlan,
    progress: &mut dyn FnMut(u64),
) -> Result<SampleSummary, SampleError> {
    plan.check()?;
    claim(&plan.out)?;
    let mut organisation = organisation(plan);
    let mut truth = Truth::new(&organisation.world.cast, plan.policy, &organisation.planted);
    let mut ids = Dice::new(plan.seed, 3);
    let mut files = Vec::new();
    let mut written = 0;
    let periods = plan.periods();
    for (index, period) in (0..).zip(&periods) {
        let month = Month {
            period: *period,
            index,
            is_last: index + 1 == plan.months,
            rows: plan.rows_of(index),
            granularity: plan.granularity,
        };
        truth.begin_month(*period);
        let delivery = Delivery::newest(*period, &mut ids);
        let mut writer = MonthWriter::new(plan, delivery.data_folder(plan), Span::of(*period))?;
        organisation.run(&month, &mut |line| {
            truth.note(line);
            let flushed = writer.push(line)?;
            if flushed > 0 {
                written += flushed;
                progress(written);
            }
            Ok(())
        })?;
        if month.is_last && plan.folders == DeliveryFolders::Overwrite {
            written += writer.add_empty_file()?;
        }
        let (of_month, rest) = writer.finish()?;
        written += rest;
        progress(written);
        deliver(plan, &delivery, (&of_month, &mut ids))?;
        files.extend(of_month);
    }
    let path = plan.out.join("truth.json");
    let text = truth.text(plan, &organisation.world.cast, organisation.habits.as_ref());
    fs::write(&path, text).map_err(SampleError::io(&path))?;
    if plan.policy {
        let path = plan.out.join("policy.toml");
        fs::write(&path, guarded::POLICY).map_err(SampleError::io(&path))?;
    }
    Ok(SampleSummary { rows: written, files, periods, truth: path })
}

/// Everybody before the first day.
fn organisation(plan: &SamplePlan) -> Organisation {
    let slices = slices(plan.first_month, plan.granularity, plan.rows_of(0));
    let busiest = slices.iter().map(|slice| slice.rows).max().unwrap_or(0);
    let cast = Cast::new(&mut Dice::new(plan.seed, 1), busiest);
    let activation = plan.first_month.start() + chrono::Days::new(ACTIVATION_DAY - 1);
    let mut world = World::new(cast, Dice::new(plan.seed, 2), midnight(activation));
    let sagemaker_lines = busiest * u64::from(plan.sagemaker_percent) / 100;
    let commitment = Plan::new(&mut world, sagemaker_lines);
    let reservations = Reservation::all(&mut world, busiest);
    let mut organisation =
        Organisation::new(world, commitment, reservations, plan.sagemaker_percent);
    if plan.idle {
        organisation.planted = idled::plant(&mut organisation.world);
    }
    if plan.anomalies {
        let last = plan.periods().last().copied().unwrap_or(plan.first_month);
        organisation.habits = Some(habits::plant(&mut organisation.world, last));
    }
    organisation
}

/// Makes sure that the folder is ours: new, or empty.
fn claim(out: &Path) -> Result<(), SampleError> {
    fs::create_dir_all(out).map_err(|source| match source.kind() {
        io::ErrorKind::AlreadyExists => SampleError::OutNotEmpty { path: out.to_owned() },
        _ => SampleError::io(out)(source),
    })?;
    let mut entries = fs::read_dir(out).map_err(SampleError::io(out))?;
    match entries.next() {
        None => Ok(()),
        Some(_) => Err(SampleError::OutNotEmpty { path: out.to_owned() }),
    }
}

/// Manifests, and what else lies beside the data of a month.
fn deliver(
    plan: &SamplePlan,
    delivery: &Delivery,
    (files, ids): (&[PathBuf], &mut Dice),
) -> Result<(), SampleError> {
    delivery.write_manifest(plan, files)?;
    if plan.schema == SampleSchema::Legacy {
        let folder = plan.out.join(EXPORT_NAME).join("cost_and_usage_data_status");
        fs::create_dir_all(&folder).map_err(SampleError::io(&folder))?;
        writer::write_status(&folder.join("cost_and_usage_data_status.parquet"))?;
    }
    if plan.folders == DeliveryFolders::PerExecution {
        delivery.write_copy(plan, files)?;
        supersede(plan, &Delivery::superseded(delivery.period, ids), files)?;
    }
    Ok(())
}

/// An older delivery of the same month: the first data file again, which must not count twice.
fn supersede(plan: &SamplePlan, older: &Delivery, files: &[PathBuf]) -> Result<(), SampleError> {
    let folder = older.data_folder(plan);
    fs::create_dir_all(&folder).map_err(SampleError::io(&folder))?;
    let mut copies = Vec::new();
    if let Some(first) = files.first()
        && let Some(name) = first.file_name()
    {
        let copy = folder.join(name);
        fs::copy(first, &copy).map_err(SampleError::io(&copy))?;
        copies.push(copy);
    }
    older.write_copy(plan, &copies)
}

#[cfg(test)]
mod tests;
