//! Tests: the fast way through the pages against the plain way, and both against damage.
//!
//! In:    Parquet files written for the occasion by parquet-rs's own writer.
//! Out:   the promises of the room: equal rows either way, refusals instead of wrong rows.
//! Never: reads a committed file; the integration tests read real ones.

mod shape;
mod export;
mod twins;
mod damage;
mod chunks;

use std::collections::BTreeMap;
use std::path::Path;

use crate::diagnostic::{Place, Refusal};
use crate::model::line_items::{Amounts, Field, LineItems, Sink};
use crate::model::metric::CostMetric;
use crate::model::question::Wanted;
use crate::model::source_column::SourceColumn;
use crate::model::tag_key::{TagKey, sagemaker};
use crate::origin::Origin;
use crate::scan::row_group::Ready;
use crate::scan::{Request, ScanError, SourceFile};

/// How many random files to try; `CURTAIL_CASES` asks for more.
fn cases() -> u64 {
    std::env::var("CURTAIL_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(60)
}

/// Everything that the files of these tests have.
fn request() -> Request {
    use SourceColumn::{
        InstanceType, LineItemType, Operation, PayerAccount, Region, ResourceId, UsageAmount,
        UsageStart, UsageType,
    };
    let columns = [
        LineItemType,
        UsageType,
        Operation,
        PayerAccount,
        ResourceId,
        Region,
        InstanceType,
        UsageAmount,
        UsageStart,
    ];
    let tags = ["team", sagemaker::DOMAIN, "accountTag/owner"];
    let fields = columns.into_iter().map(Field::Column);
    let fields = fields.chain(tags.iter().map(|key| Field::Tag(TagKey::new(key)))).collect();
    let (metrics, telling) = (CostMetric::ALL.to_vec(), BTreeMap::new());
    Request { fields, telling, metrics, hours: Wanted::No, threads: 1 }
}

fn open(path: &Path) -> Result<SourceFile, ScanError> {
    SourceFile::open(&Origin::Disk, path, &request().fields)
}

/// What a row group holds, row by row, however its columns were coded.
#[derive(Default, PartialEq)]
struct Rows {
    count: usize,
    /// The texts of a field on a row, best first, without what is nothing.
    texts: BTreeMap<Field, Vec<Vec<String>>>,
    amounts: BTreeMap<SourceColumn, Vec<Option<String>>>,
    days: BTreeMap<SourceColumn, Vec<Option<i32>>>,
}

impl Sink for Rows {
    fn take(&mut self, items: &LineItems) -> Result<(), Refusal> {
        assert_eq!(items.first_row, self.count as u64);
        self.count += items.rows;
        for field in request().fields {
            let text_of = |row: usize| {
                items.texts_of(&field).filter_map(move |column| column.text(row)).map(str::to_owned)
            };
            let found = (0..items.rows).map(|row| text_of(row).collect());
            self.texts.entry(field.clone()).or_default().extend(found);
        }
        for (column, amounts) in &items.amounts {
            assert_eq!(amounts.len(), items.rows);
            self.amounts.entry(*column).or_default().extend(exact(amounts));
        }
        for (column, days) in &items.days {
            self.days.entry(*column).or_default().extend(days);
        }
        Ok(())
    }
}

impl Rows {
    /// The first thing that two row groups do not share, in words.
    fn difference(&self, other: &Self) -> String {
        fn first<K: std::fmt::Debug + Ord, V: std::fmt::Debug + PartialEq>(
            left: &BTreeMap<K, Vec<V>>,
            right: &BTreeMap<K, Vec<V>>,
        ) -> Option<String> {
            if !left.keys().eq(right.keys()) {
                return Some(format!("{:?} and {:?}", left.keys(), right.keys()));
            }
            left.iter().zip(right.values()).find_map(|((key, left), right)| {
                let row = left.iter().zip(right).position(|(left, right)| left != right)?;
                Some(format!("{key:?}, row {row}: {:?} and {:?}", left[row], right[row]))
            })
        }
        let counts = (self.count != other.count).then(|| format!("{} rows", other.count));
        counts
            .or_else(|| first(&self.texts, &other.texts))
            .or_else(|| first(&self.amounts, &other.amounts))
            .or_else(|| first(&self.days, &other.days))
            .unwrap_or_default()
    }
}

/// Every amount to its last bit.
fn exact(amounts: &Amounts) -> Vec<Option<String>> {
    match amounts {
        Amounts::Coded { codes, values } => {
            let value = |code: &i32| usize::try_from(*code).ok().map(|code| values[code]);
            codes.iter().map(|code| value(code).map(|v| format!("{v:e}"))).collect()
        }
        Amounts::Double(values) => values.iter().map(|v| v.map(|v| format!("{v:e}"))).collect(),
        Amounts::Decimal(values, scale) => {
            values.iter().map(|v| v.map(|v| format!("{v}e-{scale}"))).collect()
        }
    }
}

/// A row group by both ways: by the fast one for the columns that are chosen, as far as it goes.
fn read(
    file: &SourceFile,
    row_group: usize,
    choice: impl FnMut() -> bool,
) -> Result<Rows, ScanError> {
    let place = Place::file(&file.path).in_row_group(row_group);
    let mut ready = Ready::new(file, row_group, &request(), &place)?;
    ready.whole.keep(choice);
    let mut rows = Rows::default();
    ready.hand_over(&mut rows)?;
    Ok(rows)
}

/// The needed columns that the fast way left to the plain one.
fn declined(file: &SourceFile, row_group: usize) -> Vec<String> {
    let place = Place::file(&file.path).in_row_group(row_group);
    let ready = Ready::new(file, row_group, &request(), &place).unwrap();
    let rest = ready.whole.rest(&ready.plan);
    rest.into_iter().map(|root| file.metadata.schema().field(root).name().clone()).collect()
}
