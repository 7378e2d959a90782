//! Batches: decoded Arrow columns as line items.
//!
//! In:    record batches of one row group's reader.
//! Out:   [`LineItems`] with every needed field as codes, amounts or days.
//! Never: drops a row or makes one up.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use arrow::array::{Array, ArrayRef, AsArray, DictionaryArray, RecordBatch, StringArray};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Decimal128Type, Float64Type, Int32Type};
use parquet::file::reader::ChunkReader;

use crate::diagnostic::{Place, Refusal};
use crate::model::line_items::{Amounts, Codes, Field, LineItems, Tells, TextColumn};
use crate::model::metric::CostMetric;
use crate::model::question::Wanted;
use crate::model::segment;
use crate::model::source_column::{SourceColumn, SourceKind};
use crate::scan::Request;
use crate::scan::days::{days_of, hours_of};
use crate::scan::dictionary;
use crate::scan::error::{ScanError, undecodable};
use crate::scan::locate::{self, MapKeys, Source};
use crate::scan::map_column;
use crate::scan::pages::RowGroup;
use crate::scan::source_file::{SourceFile, coded_text};

/// What to take from a row group, column by column.
///
/// Maps come first: a value of the `tags` map is nearer to the key than a legacy column.
pub(super) struct Plan {
    items: Vec<Item>,
}

/// One top-level column and what is wanted of it.
struct Item {
    root: usize,
    want: Want,
}

enum Want {
    Map(Vec<(Field, MapKeys)>),
    Text(Field),
    Amount(SourceColumn),
    Instant(SourceColumn),
    Hour(SourceColumn),
    Measure(Measure),
}

/// What a column of a segment adds up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Measure {
    /// Unblended cost itself, of other metrics the difference to it.
    Cost(CostMetric),
    Hours,
    LineItems,
}

/// What one item gives, for a whole row group or for a batch of it.
enum Output {
    Texts(Vec<TextColumn>),
    Amounts(SourceColumn, Amounts),
    Days(SourceColumn, Vec<Option<i32>>),
    Hours(SourceColumn, Vec<Option<i32>>),
    Sums(Measure, Vec<i128>),
    Counts(Vec<i64>),
    Nothing,
}

/// The columns of a row group that came straight from the pages; `None` for those that did not.
pub(super) struct Whole {
    outputs: Vec<Option<Output>>,
}

impl Plan {
    /// Plans the fields of the question and the amounts that the row group needs beside them.
    pub(super) fn new(
        file: &SourceFile,
        amounts: &BTreeSet<SourceColumn>,
        place: &Place,
    ) -> Result<Self, ScanError> {
        let mut plan = Self { items: Vec::new() };
        for location in &file.locations {
            for source in &location.sources {
                plan.add(&location.field, source);
            }
        }
        for column in amounts {
            let field = Field::Column(*column);
            if file.locations.iter().any(|location| location.field == field) {
                continue;
            }
            let sources = locate::column_sources(place, file.metadata.schema(), *column)?;
            for source in sources.iter().take(1) {
                plan.add(&field, source);
            }
        }
        plan.items.sort_by_key(|item| !matches!(item.want, Want::Map(_)));
        Ok(plan)
    }

    /// Plans the fields of the question and the measures of a segment.
    pub(super) fn of_charges(
        file: &SourceFile,
        request: &Request,
        place: &Place,
    ) -> Result<Self, ScanError> {
        let mut plan = Self::new(file, &BTreeSet::new(), place)?;
        let mut measures: Vec<(Measure, String)> =
            vec![(Measure::LineItems, segment::LINE_ITEMS.to_owned())];
        // A base comes before what is a difference to it.
        let with_bases = |metric: &CostMetric| {
            let mut chain = vec![*metric];
            while let Some(base) = chain.last().copied().and_then(segment::base_of) {
                chain.push(base);
            }
            chain.into_iter().rev()
        };
        for metric in request.metrics.iter().flat_map(with_bases) {
            let measure = (Measure::Cost(metric), segment::measure_column(metric));
            if !measures.contains(&measure) {
                measures.push(measure);
            }
        }
        if request.hours == Wanted::Yes {
            measures.push((Measure::Hours, segment::USAGE_HOURS.to_owned()));
        }
        for (measure, name) in measures {
            let root = file.metadata.schema().index_of(&name);
            let root = root.map_err(|_| misshapen(&place.in_column(&name), "a measure"))?;
            plan.items.push(Item { root, want: Want::Measure(measure) });
        }
        Ok(plan)
    }

    fn add(&mut self, field: &Field, source: &Source) {
        let root = source.root();
        let want = match (source, field) {
            (Source::Map { keys, .. }, _) => {
                let wanted = (field.clone(), keys.clone());
                for item in &mut self.items {
                    if let Want::Map(fields) = &mut item.want
                        && item.root == root
                    {
                        fields.push(wanted);
                        return;
                    }
                }
                Want::Map(vec![wanted])
            }
            (Source::Flat { .. }, Field::Column(column)) => match column.kind() {
                SourceKind::Text => Want::Text(field.clone()),
                SourceKind::Amount | SourceKind::Quantity => Want::Amount(*column),
                SourceKind::Instant => Want::Instant(*column),
            },
            (Source::Flat { .. }, Field::Hour(column)) => Want::Hour(*column),
            (Source::Flat { .. }, _) => Want::Text(field.clone()),
        };
        self.items.push(Item { root, want });
    }

    /// The top-level columns of the plan, ascending.
    pub(super) fn roots(&self) -> Vec<usize> {
        sorted(self.items.iter().map(|item| item.root).collect())
    }

    /// Decodes straight from the pages what can be.
    pub(super) fn whole<R: ChunkReader + 'static>(
        &self,
        file: &SourceFile,
        pages: &RowGroup<R>,
        telling: &BTreeMap<Field, Tells>,
        place: &Place,
    ) -> Result<Whole, Refusal> {
        let mut outputs = Vec::with_capacity(self.items.len());
        for item in &self.items {
            let leaves = file.leaves_of(item.root);
            let column = file.metadata.schema().field(item.root);
            let is_text = matches!(column.data_type(), DataType::Dictionary(..));
            let found = match (&item.want, leaves.as_slice()) {
                (Want::Map(wanted), [keys, _]) => {
                    pages.map(*keys, &borrowed(wanted)).map(|found| found.map(Output::Texts))
                }
                (Want::Text(field), [leaf]) if is_text => pages
                    .text(*leaf, field, telling.get(field).copied())
                    .map(|found| found.map(|text| Output::Texts(vec![text]))),
                (Want::Amount(column), [leaf]) => {
                    pages.amounts(*leaf).map(|found| found.map(|a| Output::Amounts(*column, a)))
                }
                (Want::Instant(of), [leaf]) if *column.data_type() == DataType::Date32 => {
                    pages.days(*leaf).map(|found| found.map(|days| Output::Days(*of, days)))
                }
                (Want::Measure(Measure::LineItems), [leaf]) => {
                    pages.counts(*leaf).map(|found| found.map(Output::Counts))
                }
                (Want::Measure(measure), [leaf]) => {
                    pages.decimals(*leaf).map(|found| found.map(|s| Output::Sums(*measure, s)))
                }
                _ => Ok(None),
            };
            let column = place.in_column(column.name());
            outputs.push(found.map_err(|error| undecodable(&column, &error.to_string()))?);
        }
        Ok(Whole { outputs })
    }

    /// The line items of some rows: slices of what is whole, and the rest from a decoded batch.
    pub(super) fn line_items(
        &self,
        whole: &Whole,
        decoded: Option<&RecordBatch>,
        rows: Range<usize>,
        place: &Place,
    ) -> Result<LineItems, Refusal> {
        let mut items = LineItems {
            place: place.clone(),
            first_row: rows.start as u64,
            rows: rows.len(),
            texts: Vec::new(),
            amounts: Vec::new(),
            days: Vec::new(),
            hours: Vec::new(),
            sums: None,
        };
        let rest = whole.rest(self);
        for (item, whole) in self.items.iter().zip(&whole.outputs) {
            let output = match (whole, decoded) {
                (Some(output), _) => output.slice(&rows),
                (None, Some(decoded)) => {
                    item.output(decoded.column(rest.partition_point(|at| *at < item.root)), place)?
                }
                (None, None) => Output::Nothing,
            };
            match output {
                Output::Texts(texts) => items.texts.extend(texts),
                Output::Amounts(column, amounts) => items.amounts.push((column, amounts)),
                Output::Days(column, days) => items.days.push((column, days)),
                Output::Hours(column, hours) => items.hours.push((column, hours)),
                Output::Sums(measure, sums) => add_measure(&mut items, measure, sums),
                Output::Counts(counts) => {
                    let sums = items.sums.get_or_insert_default();
                    sums.line_items = counts.into_iter().map(i64::cast_unsigned).collect();
                }
                Output::Nothing => {}
            }
        }
        Ok(items)
    }
}

impl Whole {
    /// Forgets what came straight from the pages unless the choice, made per column, is to keep
    /// it: the column goes the plain way then.
    #[cfg(test)]
    pub(super) fn keep(&mut self, mut choice: impl FnMut() -> bool) {
        for output in &mut self.outputs {
            output.take_if(|_| !choice());
        }
    }

    /// The top-level columns that are left to the plain way, ascending.
    pub(super) fn rest(&self, plan: &Plan) -> Vec<usize> {
        let items = plan.items.iter().zip(&self.outputs);
        sorted(items.filter(|(_, output)| output.is_none()).map(|(item, _)| item.root).collect())
    }
}

impl Output {
    fn slice(&self, rows: &Range<usize>) -> Self {
        let (start, length) = (rows.start, rows.len());
        match self {
            Self::Texts(texts) => {
                Self::Texts(texts.iter().map(|text| text.slice(start, length)).collect())
            }
            Self::Amounts(column, amounts) => Self::Amounts(*column, amounts.slice(start, length)),
            Self::Days(column, days) => Self::Days(*column, days[rows.clone()].to_vec()),
            Self::Hours(column, hours) => Self::Hours(*column, hours[rows.clone()].to_vec()),
            Self::Sums(measure, sums) => Self::Sums(*measure, sums[rows.clone()].to_vec()),
            Self::Counts(counts) => Self::Counts(counts[rows.clone()].to_vec()),
            Self::Nothing => Self::Nothing,
        }
    }
}

impl Item {
    /// The plain way: what parquet-rs decoded into an Arrow array.
    fn output(&self, array: &ArrayRef, place: &Place) -> Result<Output, Refusal> {
        let refuse = |what: &str| misshapen(place, what);
        let instants = |of: Option<Vec<Option<i32>>>| of.ok_or_else(|| refuse("an instant"));
        Ok(match &self.want {
            Want::Map(wanted) => {
                let map = array.as_map_opt().ok_or_else(|| refuse("a map"))?;
                let found = map_column::extract(map, &borrowed(wanted));
                Output::Texts(found.ok_or_else(|| refuse("a map of texts in UTF-8"))?)
            }
            Want::Text(field) => {
                Output::Texts(text_column(field, array, place)?.into_iter().collect())
            }
            Want::Amount(column) => {
                amounts_of(array).map_or(Output::Nothing, |found| Output::Amounts(*column, found))
            }
            // Segments are written by us, in ways that the pages are read from.
            Want::Measure(_) => return Err(refuse("a column as this program writes it")),
            Want::Instant(column) => Output::Days(*column, instants(days_of(array))?),
            Want::Hour(column) => Output::Hours(*column, instants(hours_of(array))?),
        })
    }
}

/// A metric's base comes before it in a plan, so that its difference has something to be added to.
fn add_measure(items: &mut LineItems, measure: Measure, sums: Vec<i128>) {
    let of = items.sums.get_or_insert_default();
    match measure {
        Measure::Hours => of.hours = Some(sums),
        Measure::LineItems => {}
        Measure::Cost(metric) => {
            let base = segment::base_of(metric);
            let base = base.and_then(|base| of.costs.iter().find(|(known, _)| *known == base));
            let costs = match base {
                Some((_, base)) => base.iter().zip(sums).map(|(cost, more)| cost + more).collect(),
                None => sums,
            };
            of.costs.push((metric, costs));
        }
    }
}

fn borrowed(wanted: &[(Field, MapKeys)]) -> Vec<map_column::Wanted<'_>> {
    wanted.iter().map(|(field, keys)| (field, keys)).collect()
}

fn sorted(mut roots: Vec<usize>) -> Vec<usize> {
    roots.sort_unstable();
    roots.dedup();
    roots
}

fn misshapen(place: &Place, expected: &str) -> Refusal {
    Refusal {
        code: "PQ-DECODE",
        place: place.clone(),
        expected: expected.to_owned(),
        found: "a column of another shape".into(),
        hint: "export the column as AWS delivers it".into(),
    }
}

/// A text column; one that was all NULL when written has no type and no values.
fn text_column(
    field: &Field,
    array: &ArrayRef,
    place: &Place,
) -> Result<Option<TextColumn>, Refusal> {
    let array = match array.data_type() {
        DataType::Null => return Ok(None),
        DataType::Dictionary(..) => array.clone(),
        // Account ids are sometimes stored as numbers; text is what they are.
        _ => {
            let text = cast(array, &DataType::Utf8).map_err(|_| misshapen(place, "text"))?;
            cast(&padded(field, &text), &coded_text()).map_err(|_| misshapen(place, "text"))?
        }
    };
    let column = array
        .as_any()
        .downcast_ref::<DictionaryArray<Int32Type>>()
        .ok_or_else(|| misshapen(place, "dictionary codes"))?;
    let values =
        dictionary::texts(column.values()).ok_or_else(|| misshapen(place, "text in UTF-8"))?;
    let nulls = column.keys().nulls().cloned();
    let codes = Codes::Each { codes: column.keys().values().clone(), nulls };
    Ok(Some(TextColumn { field: field.clone(), codes, values }))
}

/// Account ids are 12 digits and may begin with zeros that a number forgets.
fn padded(field: &Field, text: &ArrayRef) -> ArrayRef {
    let is_account =
        matches!(field, Field::Column(SourceColumn::UsageAccount | SourceColumn::PayerAccount));
    match text.as_string_opt::<i32>() {
        Some(ids) if is_account => {
            let ids: StringArray = ids.iter().map(|id| id.map(|id| format!("{id:0>12}"))).collect();
            std::sync::Arc::new(ids)
        }
        _ => text.clone(),
    }
}

fn amounts_of(array: &ArrayRef) -> Option<Amounts> {
    match array.data_type() {
        DataType::Float64 => Some(Amounts::Double(array.as_primitive::<Float64Type>().clone())),
        DataType::Decimal128(_, scale) => {
            Some(Amounts::Decimal(array.as_primitive::<Decimal128Type>().clone(), *scale))
        }
        _ => None,
    }
}
