//! Arguments: words of the command line that several commands share.
//!
//! In:    text, as typed.
//! Out:   words of the model, or what was wrong with the text.
//! Never: touches a file or the environment, so that `--help` cannot fail.

use std::path::PathBuf;

use clap::Args;

use crate::cli::bucket::BucketArguments;
use crate::cli::complaint::Complaint;
use crate::cli::engine::EngineArguments;
use crate::diagnostic::nearest;
use crate::model::dimension::Dimension;
use crate::model::lang::Lang;
use crate::model::metric::CostMetric;
use crate::model::period::BillingPeriod;
use crate::model::question::Filter;
use crate::render::Format;

/// Where the bill is.
#[derive(Debug, Args)]
pub(super) struct SourceArguments {
    /// A Parquet file, a folder, or an export in S3, `s3://bucket/prefix` [default: the store]
    #[arg(value_name = "SOURCE", conflicts_with = "store")]
    pub(super) source: Option<PathBuf>,

    /// The same, as an option
    #[arg(long, value_name = "PATH", conflicts_with_all = ["source", "store"])]
    pub(super) from: Option<PathBuf>,

    #[command(flatten)]
    pub(super) store: StoreArguments,

    #[command(flatten)]
    pub(super) engine: EngineArguments,

    #[command(flatten)]
    months: MonthArguments,

    /// Tenants, rules and splits [default: `tenants.toml` beside the data]
    #[arg(long, value_name = "FILE")]
    pub(super) tenants: Option<PathBuf>,

    /// Worker threads [default: all cores]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub(super) threads: Option<u16>,
}

/// Which billing periods are meant.
#[derive(Debug, Args)]
pub(super) struct MonthArguments {
    /// Billing period, such as 2026-10; may be given several times
    #[arg(long, value_name = "MONTH", value_parser = month)]
    month: Vec<BillingPeriod>,

    /// Billing periods from one to another, such as 2026-07..2026-10
    #[arg(long, value_name = "A..B", value_parser = period, conflicts_with = "month")]
    period: Option<Period>,
}

/// Which store is meant.
#[derive(Debug, Args)]
pub(super) struct StoreArguments {
    /// The store's folder [default: `CURTAIL_STORE`, else `curtail` in the user's data folder]
    #[arg(long, value_name = "DIR")]
    pub(super) store: Option<PathBuf>,

    #[command(flatten)]
    pub(super) bucket: BucketArguments,
}

/// Where the answer goes and how it looks.
#[derive(Debug, Args)]
pub(super) struct OutputArguments {
    /// table, markdown, csv, json, jsonl, parquet, xlsx, html, pdf, svg or png; focus for `spend`
    /// [default: by the name of --output, else table]
    #[arg(long, short, value_name = "FORMAT", value_parser = format)]
    pub(super) format: Option<Format>,

    /// Write to a file, whole or not at all
    #[arg(long, short, value_name = "FILE")]
    pub(super) output: Option<PathBuf>,

    /// Show every column and every name uncut, however wide
    #[arg(long)]
    pub(super) wide: bool,

    /// Colour: auto, always or never
    #[arg(long, value_name = "WHEN", default_value = "auto")]
    pub(super) color: ColorChoice,

    /// Write CSV text as it is, without guarding spreadsheets against formulas
    #[arg(long)]
    pub(super) csv_raw: bool,

    /// Language of what people read: en, fr, es, id, zh or de
    #[arg(long, value_name = "LANG", default_value = "en", value_parser = lang)]
    pub(super) lang: Lang,

    /// Exit with 1 when anything about the data is odd
    #[arg(long)]
    pub(super) strict: bool,
}

/// When to colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum ColorChoice {
    Auto,
    Always,
    Never,
}

/// A run of billing periods, both ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Period {
    first: BillingPeriod,
    last: BillingPeriod,
}

impl SourceArguments {
    /// Whether a bill is named on the command line.
    pub(super) fn is_named(&self) -> bool {
        self.source.is_some() || self.from.is_some() || self.store.store.is_some()
    }

    /// The billing periods asked for; empty for all.
    pub(super) fn months(&self) -> Vec<BillingPeriod> {
        self.months.months()
    }
}

impl MonthArguments {
    /// The billing periods asked for; empty for all.
    pub(super) fn months(&self) -> Vec<BillingPeriod> {
        self.period.map_or_else(|| self.month.clone(), Period::months)
    }
}

impl Period {
    fn months(self) -> Vec<BillingPeriod> {
        let next = |month: &BillingPeriod| Some(BillingPeriod::containing(month.end()));
        let all = std::iter::successors(Some(self.first), next);
        all.take_while(|month| *month <= self.last).collect()
    }
}

impl SourceArguments {
    /// The one billing period asked for, of a command that tells one at a time.
    pub(super) fn one_month(&self) -> Result<Option<BillingPeriod>, Complaint> {
        match self.months().as_slice() {
            [] => Ok(None),
            [only] => Ok(Some(*only)),
            _ => Err(Complaint::usage("one month at a time", "give a single `--month`")),
        }
    }
}

pub(super) fn month(text: &str) -> Result<BillingPeriod, String> {
    BillingPeriod::parse(text).ok_or_else(|| "expected a month such as 2026-10".to_owned())
}

/// Months and runs of months, with blanks between them.
pub(super) fn months(text: &str) -> Result<Vec<BillingPeriod>, String> {
    let mut months = Vec::new();
    for word in text.split_whitespace() {
        if word.contains("..") {
            months.extend(period(word)?.months());
        } else {
            months.push(month(word)?);
        }
    }
    Ok(months)
}

fn period(text: &str) -> Result<Period, String> {
    let (first, last) =
        text.split_once("..").ok_or("expected two months, such as 2026-07..2026-10")?;
    let (first, last) = (month(first)?, month(last)?);
    if first > last {
        return Err(format!("{first} comes after {last}"));
    }
    Ok(Period { first, last })
}

pub(super) fn dimension(text: &str) -> Result<Dimension, String> {
    Dimension::parse(text).ok_or_else(|| {
        let known: Vec<&str> = Dimension::words().collect();
        let near = nearest(text, known.iter().copied())
            .map_or_else(String::new, |word| format!("; did you mean `{word}`?"));
        format!("expected one of {}{near}", known.join(", "))
    })
}

pub(super) fn metric(text: &str) -> Result<CostMetric, String> {
    CostMetric::parse(text).ok_or_else(|| {
        let known: Vec<&str> = CostMetric::ALL.iter().map(|metric| metric.name()).collect();
        format!("expected one of {}", known.join(", "))
    })
}

pub(super) fn format(text: &str) -> Result<Format, String> {
    Format::parse(text).ok_or_else(|| {
        let known: Vec<&str> = Format::ALL.iter().map(|format| format.name()).collect();
        format!("expected one of {}", known.join(", "))
    })
}

fn lang(text: &str) -> Result<Lang, String> {
    Lang::parse(text).ok_or_else(|| {
        let known: Vec<&str> = Lang::ALL.iter().map(|lang| lang.tag()).collect();
        format!("expected one of {}", known.join(", "))
    })
}

pub(super) fn filter(text: &str) -> Result<Filter, String> {
    let (key, value) = text.split_once('=').ok_or(
        "expected DIMENSION=VALUE, such as domain=d-abc123; nothing after `=` asks for none",
    )?;
    let dimension = dimension(key)?;
    Ok(Filter { dimension, value: (!value.is_empty()).then(|| value.to_owned()) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mistyped_dimension_is_answered_with_the_one_meant() {
        for (typed, meant) in [("usr", "user"), ("componet", "component"), ("domian", "domain")] {
            assert!(dimension(typed).unwrap_err().contains(&format!("did you mean `{meant}`")));
        }
        assert!(!dimension("weather").unwrap_err().contains("did you mean"));
    }

    #[test]
    fn a_period_holds_both_its_ends() {
        let Period { first, last } = period("2025-11..2026-02").unwrap();
        assert_eq!((first.to_string(), last.to_string()), ("2025-11".into(), "2026-02".into()));
        assert!(period("2026-02..2025-11").is_err());
    }
}
