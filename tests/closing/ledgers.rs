//! Ledgers: a store, its rules and its deliveries, on a day that the test names.
//!
//! In:    tables of text per month, rule files, a day.
//! Out:   statements, closings and differences by the library's own pipeline.
//! Never: asks a clock.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use curtail::model::metric::CostMetric;
use curtail::model::money::Money;
use curtail::model::period::{BillingPeriod, Day};
use curtail::model::stored::{Closing, Instant, Keep, Pins, VersionId};
use curtail::origin::Origin;
use curtail::pipeline::{self, Bill, Close, Diff, IngestSettings, PipelineError, Source};
use curtail::render::{Format, Style, render};
use curtail::report::statement::{Ledger, Settings};
use curtail::report::{Report, diff};
use curtail::store::{Holder, Home, Store, Writer};
use tempfile::TempDir;

use crate::support::export::Export;

/// Every month of these tests is over and settled.
const LATER: &str = "2027-03-01";

/// Tenant (`-` for nobody), with its currency unless that is USD, and its exact amount.
pub(crate) type Totals = BTreeMap<String, i128>;

pub(crate) struct Books {
    folder: TempDir,
    deliveries: std::cell::Cell<u32>,
    pub(crate) today: Day,
    pub(crate) metric: CostMetric,
}

pub(crate) fn month(text: &str) -> BillingPeriod {
    BillingPeriod::parse(text).unwrap()
}

/// The pico-units of all amounts.
pub(crate) fn sum(totals: &Totals) -> i128 {
    totals.values().sum()
}

impl Books {
    pub(crate) fn new(rules: &str) -> Self {
        let books = Self {
            folder: TempDir::new().unwrap(),
            deliveries: std::cell::Cell::new(0),
            today: Day::parse(LATER).unwrap(),
            metric: CostMetric::Unblended,
        };
        books.rules(rules);
        books
    }

    pub(crate) fn store(&self) -> Home {
        Home::of(&self.folder.path().join("store"))
    }

    /// Writes the rules of today.
    pub(crate) fn rules(&self, text: &str) {
        self.write("tenants.toml", text);
    }

    /// A file beside the rules.
    pub(crate) fn write(&self, name: &str, text: &str) {
        let folder = self.folder.path().join("rules");
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join(name), text).unwrap();
    }

    fn rule_file(&self) -> PathBuf {
        self.folder.path().join("rules/tenants.toml")
    }

    pub(crate) fn holder(&self) -> Holder {
        Holder {
            pid: 7,
            started: self.now(),
            tool: "0.0.0-test".to_owned(),
            command: "test".to_owned(),
        }
    }

    fn now(&self) -> Instant {
        Instant(format!("{}T10:00:{:02}Z", self.today, self.deliveries.get()))
    }

    /// Delivers a month: the lines of a table without `month` and `day`.
    pub(crate) fn deliver(&self, period: &str, table: &str) -> VersionId {
        let number = self.deliveries.get() + 1;
        self.deliveries.set(number);
        let mut lines = table.trim().lines().map(str::trim);
        let header = format!("month | day | {}\n", lines.next().unwrap());
        let line = |line: &str| format!("{period}-01 | {period}-03 | {line}\n");
        let table: String = lines.map(line).fold(header, |table, line| table + &line);
        let path = format!("delivery-{number}/data/BILLING_PERIOD={period}/bill.parquet");
        Export::cur2(&table).write(&self.folder.path().join(path));
        let settings = IngestSettings {
            home: self.store(),
            months: Vec::new(),
            keep: Keep::Owners,
            threads: 1,
            at: self.now(),
            holder: self.holder(),
            origin: Origin::Disk,
        };
        let source = self.folder.path().join(format!("delivery-{number}"));
        let ingested = pipeline::ingest(&[source], &settings, &|_| {});
        let ingested = ingested.unwrap_or_else(|error| panic!("{error}: {:?}", error.hints()));
        ingested[0].version.id
    }

    /// The store under today's rules.
    fn source(&self, tenants: Option<PathBuf>) -> Source {
        let bill = Bill::Store { home: self.store(), versions: Pins::new() };
        Source::of(bill, 1, tenants)
    }

    pub(crate) fn close(&self, period: &str) -> Result<Report, PipelineError> {
        self.close_by(period, None)
    }

    pub(crate) fn close_by(
        &self,
        period: &str,
        force: Option<&str>,
    ) -> Result<Report, PipelineError> {
        pipeline::close(&Close {
            home: self.store(),
            month: month(period),
            metric: self.metric,
            tenants: Some(self.rule_file()),
            threads: 1,
            force: force.map(str::to_owned),
            today: self.today,
            at: self.now(),
            holder: self.holder(),
        })
    }

    /// Closes a month that nothing speaks against.
    #[track_caller]
    pub(crate) fn closed(&self, period: &str) {
        let closed = self.close(period);
        closed.unwrap_or_else(|error| panic!("{error}: {:?}", error.details()));
    }

    /// The statements of an open month, under the rules of today.
    #[track_caller]
    pub(crate) fn open(&self, period: &str) -> Ledger {
        let source = self.source(Some(self.rule_file()));
        let ledger =
            pipeline::statements(&source, Some(month(period)), Some(self.metric), self.today);
        ledger.unwrap_or_else(|error| panic!("{error}: {:?}", error.details()))
    }

    /// The statements of a closed month.
    pub(crate) fn frozen(
        &self,
        period: &str,
        metric: Option<CostMetric>,
        tenants: Option<PathBuf>,
    ) -> Result<Ledger, PipelineError> {
        pipeline::statements(&self.source(tenants), Some(month(period)), metric, self.today)
    }

    #[track_caller]
    pub(crate) fn again(&self, period: &str) -> Ledger {
        let ledger = self.frozen(period, None, None);
        ledger.unwrap_or_else(|error| panic!("{error}: {:?}", error.details()))
    }

    /// Keeps the closings of another store, changed.
    pub(crate) fn keep(&self, other: &Self, change: impl Fn(&mut Closing)) {
        let mut writer = Writer::open(&self.store(), &self.holder()).unwrap();
        for mut closing in Store::open(&other.store()).unwrap().closings().unwrap() {
            change(&mut closing);
            writer.close(&closing).unwrap();
        }
    }

    pub(crate) fn diff(&self, period: &str, versions: Option<[VersionId; 2]>) -> Report {
        let asked = Diff {
            home: self.store(),
            threads: 1,
            tenants: None,
            month: month(period),
            versions,
            metric: Some(self.metric),
            settings: diff::Settings::default(),
        };
        let report = pipeline::diff(&asked);
        report.unwrap_or_else(|error| panic!("{error}: {:?}", error.hints()))
    }
}

/// Everything that statements say, in every format, one after the other.
pub(crate) fn text(ledger: &Ledger) -> String {
    let settings = Settings::default();
    let mut text = String::new();
    let mut reports = vec![ledger.everything(settings).unwrap()];
    for account in ledger.accounts().iter().chain([ledger.unassigned()]) {
        reports.push(ledger.statement(account, settings).unwrap());
    }
    for report in &reports {
        for format in [Format::Table, Format::Markdown, Format::Csv, Format::Json] {
            text += &String::from_utf8(render(report, format, &Style::default()).unwrap()).unwrap();
        }
    }
    text
}

fn of(ledger: &Ledger, amount: impl Fn(Money, Money) -> i128) -> Totals {
    let totals = ledger.totals().unwrap().into_iter().map(|total| {
        let tenant = total.tenant.unwrap_or_else(|| "-".to_owned());
        let key = match total.currency.as_str() {
            "USD" => tenant,
            other => format!("{tenant} {other}"),
        };
        (key, amount(total.exact, total.adjustments))
    });
    totals.filter(|(_, amount)| *amount != 0).collect()
}

/// What statements say of the month itself.
pub(crate) fn months_own(ledger: &Ledger) -> Totals {
    of(ledger, |exact, _| exact.0)
}

/// What statements adjust of closed months.
pub(crate) fn adjustments(ledger: &Ledger) -> Totals {
    of(ledger, |_, adjustments| adjustments.0)
}

/// Two sets of totals in one.
pub(crate) fn plus(mut one: Totals, other: &Totals) -> Totals {
    for (tenant, amount) in other {
        *one.entry(tenant.clone()).or_default() += amount;
    }
    one.retain(|_, amount| *amount != 0);
    one
}
