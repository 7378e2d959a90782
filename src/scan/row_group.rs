//! Row groups: the pages of the needed columns, decoded batch by batch.
//!
//! In:    an opened file and the number of a row group.
//! Out:   batches of line items, handed to a sink in row order.
//! Never: reads a column that no line of the row group needs, or lets a decoder's panic out.

use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use arrow::array::{Array, AsArray, RecordBatch, StringArray};
use arrow::datatypes::Int32Type;
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder};
use parquet::errors::ParquetError;

use crate::diagnostic::{Place, Refusal};
use crate::model::cost_rules;
use crate::model::line_items::{Field, Sink};
use crate::model::source_column::SourceColumn;
use crate::model::watch::Effort;
use crate::scan::chunks::Chunks;
use crate::scan::dictionary;
use crate::scan::error::{ScanError, undecodable};
use crate::scan::locate::Source;
use crate::scan::pages::RowGroup;
use crate::scan::source_file::{ExportSchema, SourceFile};
use crate::scan::{Request, batch};

/// Rows folded at a time: their codes and amounts stay in the cache between the passes over them.
const BATCH_ROWS: usize = 16_384;

/// The type of a line that names none: it costs what the default formula says.
const UNTYPED: &str = "";

/// Reads one row group and hands its batches to the sink.
///
/// Returns the line item types that occur, and the columns that their lines would have needed and
/// the file lacks.
pub(super) fn read(
    file: &SourceFile,
    row_group: usize,
    request: &Request,
    sink: &mut impl Sink,
) -> Result<Seen, ScanError> {
    let place = Place::file(&file.path).in_row_group(row_group);
    let decode = || read_guarded(file, row_group, request, sink, &place);
    catch_unwind(AssertUnwindSafe(decode)).unwrap_or_else(|panic| {
        let why = panic
            .downcast_ref::<&str>()
            .map(ToString::to_string)
            .or_else(|| panic.downcast_ref::<String>().cloned())
            .unwrap_or_else(|| "a page that the decoder cannot follow".into());
        Err(undecodable(&place, &why).into())
    })
}

fn read_guarded(
    file: &SourceFile,
    row_group: usize,
    request: &Request,
    sink: &mut impl Sink,
    place: &Place,
) -> Result<Seen, ScanError> {
    if file.parquet().row_group(row_group).num_rows() == 0 {
        return Ok(Seen::default());
    }
    let ready = Ready::new(file, row_group, request, place)?;
    ready.hand_over(sink)?;
    let Ready { types, amounts, effort, .. } = ready;
    let lacking = amounts.into_iter().filter(|column| file.missing.contains(column)).collect();
    Ok(Seen { types, lacking, effort })
}

/// What a row group turned out to hold, and to need.
#[derive(Debug, Default)]
pub(super) struct Seen {
    /// Line item types, `''` for lines without one.
    pub(super) types: BTreeSet<String>,
    /// Columns that lines would have needed and the file lacks.
    pub(super) lacking: Vec<SourceColumn>,
    /// What was done; columns that go the plain way count their bytes alone.
    pub(super) effort: Effort,
}

/// What a row group needs for a question, and the bytes of it.
struct Needed {
    types: BTreeSet<String>,
    amounts: BTreeSet<SourceColumn>,
    plan: batch::Plan,
    chunks: Arc<Chunks>,
    effort: Effort,
}

impl Needed {
    fn of(
        file: &SourceFile,
        row_group: usize,
        request: &Request,
        place: &Place,
    ) -> Result<Self, ScanError> {
        let (types, mut effort) = match file.schema {
            ExportSchema::Charges => (BTreeSet::new(), Effort::default()),
            _ => present_types(file, row_group, place)?,
        };
        let amounts = cost_rules::columns_for_all(&types, &request.metrics);
        let plan = match file.schema {
            ExportSchema::Charges => batch::Plan::of_charges(file, request, place)?,
            _ => batch::Plan::new(file, &amounts, place)?,
        };
        let chunks = Arc::new(Chunks::read(file, row_group, &mask(file, &plan.roots()), place)?);
        effort += chunks.effort();
        Ok(Self { types, amounts, plan, chunks, effort })
    }
}

/// Reads and unpacks the bytes that a row group needs for a question, and looks at none of them.
///
/// Returns how many bytes that gave.
pub(super) fn unpack(
    file: &SourceFile,
    row_group: usize,
    request: &Request,
) -> Result<usize, ScanError> {
    let place = Place::file(&file.path).in_row_group(row_group);
    let Needed { plan, chunks, .. } = Needed::of(file, row_group, request, &place)?;
    let pages = RowGroup::new(&chunks, file.parquet().row_group(row_group));
    let leaves = plan.roots().into_iter().flat_map(|root| file.leaves_of(root));
    let bytes = leaves.map(|leaf| pages.unpack(leaf)).sum::<Result<usize, ParquetError>>();
    bytes.map_err(|error| undecodable(&place, &error.to_string()).into())
}

/// A row group whose bytes are there and whose columns are decoded as far as the pages allow.
pub(super) struct Ready<'a> {
    file: &'a SourceFile,
    row_group: usize,
    place: &'a Place,
    types: BTreeSet<String>,
    amounts: BTreeSet<SourceColumn>,
    chunks: Arc<Chunks>,
    pub(super) plan: batch::Plan,
    pub(super) whole: batch::Whole,
    effort: Effort,
}

impl<'a> Ready<'a> {
    pub(super) fn new(
        file: &'a SourceFile,
        row_group: usize,
        request: &Request,
        place: &'a Place,
    ) -> Result<Self, ScanError> {
        let Needed { types, amounts, plan, chunks, mut effort } =
            Needed::of(file, row_group, request, place)?;
        let pages = RowGroup::new(&chunks, file.parquet().row_group(row_group));
        let whole = plan.whole(file, &pages, &request.telling, place)?;
        effort += pages.effort.get();
        Ok(Self { file, row_group, place, types, amounts, chunks, plan, whole, effort })
    }

    /// Hands all rows to the sink, batch by batch, the columns that are not whole yet included.
    pub(super) fn hand_over(&self, sink: &mut impl Sink) -> Result<(), ScanError> {
        let Self { file, row_group, place, chunks, plan, whole, .. } = self;
        let promised = file.parquet().row_group(*row_group).num_rows();
        let rows = usize::try_from(promised).unwrap_or(0);
        let mut first_row = 0;
        let rest = whole.rest(plan);
        if rest.is_empty() {
            while first_row < rows {
                let range = first_row..rows.min(first_row + BATCH_ROWS);
                first_row = range.end;
                sink.take(&plan.line_items(whole, None, range, place)?)?;
            }
        } else {
            for decoded in plain(file, *row_group, chunks, &rest, place)? {
                let decoded = decoded.map_err(|error| undecodable(place, &error.to_string()))?;
                let range = first_row..first_row + decoded.num_rows();
                if range.end > rows {
                    check_count(place, rows, range.end)?;
                }
                first_row = range.end;
                sink.take(&plan.line_items(whole, Some(&decoded), range, place)?)?;
            }
        }
        check_count(place, rows, first_row)
    }
}

/// Reads the keys of a map, without its values as far as the pages allow.
pub(super) struct KeyReader<'a> {
    file: &'a SourceFile,
    row_group: usize,
    root: usize,
    place: &'a Place,
    chunks: Arc<Chunks>,
}

impl<'a> KeyReader<'a> {
    pub(super) fn new(
        file: &'a SourceFile,
        row_group: usize,
        root: usize,
        place: &'a Place,
    ) -> Result<Self, ScanError> {
        let leaves = file.leaves_of(root).into_iter().take(1);
        let mask = ProjectionMask::leaves(file.metadata.parquet_schema(), leaves);
        let chunks = Arc::new(Chunks::read(file, row_group, &mask, place)?);
        Ok(Self { file, row_group, root, place, chunks })
    }

    /// The dictionary of the keys; `None` when the pages are left to the plain way.
    pub(super) fn quick(&self) -> Result<Option<StringArray>, ScanError> {
        let metadata = self.file.parquet().row_group(self.row_group);
        let pages = RowGroup::new(&self.chunks, metadata);
        let [keys, _] = self.file.leaves_of(self.root)[..] else { return Ok(None) };
        let distinct = || pages.distinct(keys);
        let found = catch_unwind(AssertUnwindSafe(distinct)).unwrap_or(Ok(None));
        found.map_err(|error| undecodable(self.place, &error.to_string()).into())
    }

    /// Batches of the map itself.
    pub(super) fn plain(&self) -> Result<ParquetRecordBatchReader, ScanError> {
        let roots = [self.root];
        let mask = mask(self.file, &roots);
        let chunks = Chunks::read(self.file, self.row_group, &mask, self.place)?;
        plain(self.file, self.row_group, &chunks, &roots, self.place)
    }
}

/// Never believes the footer: what was decoded must be what was promised.
fn check_count(place: &Place, promised: usize, decoded: usize) -> Result<(), ScanError> {
    if promised == decoded {
        return Ok(());
    }
    Err(ScanError::Refused(Refusal {
        code: "PQ-ROWS",
        place: place.clone(),
        expected: format!("{promised} rows, as the footer promises"),
        found: format!("{decoded} rows"),
        hint: "download the file again; if it repeats, ask AWS support for a re-delivery".into(),
    }))
}

fn present_types(
    file: &SourceFile,
    row_group: usize,
    place: &Place,
) -> Result<(BTreeSet<String>, Effort), ScanError> {
    let column = SourceColumn::LineItemType;
    let sources = super::locate::column_sources(place, file.metadata.schema(), column)?;
    let roots: Vec<usize> = sources.iter().take(1).map(Source::root).collect();
    let chunks = Arc::new(Chunks::read(file, row_group, &mask(file, &roots), place)?);
    let pages = RowGroup::new(&chunks, file.parquet().row_group(row_group));
    let leaves = roots.iter().flat_map(|root| file.leaves_of(*root));
    let mut types = BTreeSet::new();
    for leaf in leaves {
        let text = pages.text(leaf, &Field::Column(column), None);
        if let Some(text) = text.map_err(|error| undecodable(place, &error.to_string()))? {
            // Every entry of a dictionary counts as present: too many columns do no harm.
            types.extend(text.values.iter().flatten().map(ToOwned::to_owned));
            if text.codes.has_nothing(pages.rows) {
                types.insert(UNTYPED.into());
            }
            let mut effort = pages.effort.get();
            effort += chunks.effort();
            return Ok((types, effort));
        }
    }
    for decoded in plain(file, row_group, &chunks, &roots, place)? {
        let decoded = decoded.map_err(|error| undecodable(place, &error.to_string()))?;
        collect_present(&decoded, &mut types)
            .ok_or_else(|| undecodable(place, "bytes that are not UTF-8"))?;
    }
    Ok((types, chunks.effort()))
}

/// Adds the types of a batch, `''` for a line without one; `None` when they are not text.
fn collect_present(decoded: &RecordBatch, types: &mut BTreeSet<String>) -> Option<()> {
    let column = decoded.columns().first()?;
    let Some(coded) = column.as_dictionary_opt::<Int32Type>() else {
        // A column that was all NULL when written, or of numbers: no rule names such a type.
        types.insert(UNTYPED.into());
        return Some(());
    };
    let texts = dictionary::texts(coded.values())?;
    let mut seen = vec![false; texts.len()];
    for code in coded.keys() {
        match code.and_then(|code| seen.get_mut(usize::try_from(code).ok()?)) {
            Some(seen) => *seen = true,
            None => drop(types.insert(UNTYPED.into())),
        }
    }
    let present = texts.iter().zip(seen).filter(|(_, seen)| *seen);
    types.extend(present.filter_map(|(text, _)| text).map(ToOwned::to_owned));
    Some(())
}

fn mask(file: &SourceFile, roots: &[usize]) -> ProjectionMask {
    ProjectionMask::roots(file.metadata.parquet_schema(), roots.iter().copied())
}

/// The plain way: parquet-rs's own Arrow reader, over the bytes that are there already.
fn plain(
    file: &SourceFile,
    row_group: usize,
    chunks: &Chunks,
    roots: &[usize],
    place: &Place,
) -> Result<ParquetRecordBatchReader, ScanError> {
    ParquetRecordBatchReaderBuilder::new_with_metadata(chunks.clone(), file.metadata.clone())
        .with_row_groups(vec![row_group])
        .with_projection(mask(file, roots))
        .with_batch_size(BATCH_ROWS)
        .build()
        .map_err(|error| undecodable(place, &error.to_string()).into())
}
