//! Stored: what the store keeps of a bill, as values.
//!
//! In:    nothing; `pipeline` fills them from an export, `store` from its catalogue.
//! Out:   [`NewVersion`], what one commit writes; [`Version`], what is there; [`Closing`].
//! Never: opens a file, or knows SQL.
//!
//! A *version* is the whole of one billing period as one delivery told it. Versions are never
//! changed, only followed by newer ones. A *closing* freezes a period: it pins every version that
//! its statements were made from.

use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;

use arrow::array::RecordBatch;

use crate::model::digest::Digest;
use crate::model::metric::CostMetric;
use crate::model::money::{Currency, Money, Quantity};
use crate::model::period::{BillingPeriod, Day};
use crate::model::source_column::SourceColumn;

/// The number of a version: a later commit has a larger one, in whatever period.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct VersionId(pub i64);

impl fmt::Display for VersionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

/// Versions that are meant instead of the newest ones, by period.
pub type Pins = BTreeMap<BillingPeriod, VersionId>;

/// An instant in UTC as RFC 3339 writes it, to the second: `2026-11-22T18:26:28Z`. Only shown;
/// order comes from [`VersionId`], because clocks jump.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Instant(pub String);

impl Instant {
    /// Its UTC day: `2026-11-22`.
    pub fn day(&self) -> &str {
        self.0.split('T').next().unwrap_or_default()
    }
}

/// Which resource ids are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum Keep {
    /// Those of SageMaker, those that a SageMaker tag names an owner for, and those that may tell
    /// an owner themselves; charges of other services are added up without.
    #[default]
    Owners,
    /// Every one.
    All,
    /// Those of [`Self::Owners`], and in which hour something was used.
    Hours,
}

impl Keep {
    /// Whether resource ids of other services are left out.
    pub fn drops(self) -> bool {
        self != Self::All
    }

    /// The word on the command line and in the catalogue.
    pub fn name(self) -> &'static str {
        match self {
            Self::Owners => "owners",
            Self::All => "all",
            Self::Hours => "hours",
        }
    }

    /// The choice of a word.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Owners, Self::All, Self::Hours].into_iter().find(|keep| keep.name() == text)
    }
}

/// Where a version came from.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Origin {
    /// The source as it was typed.
    pub source: String,
    /// The manifest's file name; `None` means that completeness is unverified.
    pub manifest: Option<String>,
    /// The execution or assembly, as the manifest or the folder names it.
    pub execution: Option<String>,
    /// The digest of the manifest.
    pub manifest_digest: Option<Digest>,
}

/// How a file looks from outside, which is enough to see that nothing new was delivered.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct FileStamp {
    /// The path below the source, `/` between its parts.
    pub name: String,
    /// Its size.
    pub bytes: u64,
    /// The time of its last change, in nanoseconds since 1970 (0 when the system does not tell).
    pub modified: i64,
}

/// One data file, as it was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileFacts {
    /// How it looked from outside.
    pub stamp: FileStamp,
    /// The digest of all its bytes.
    pub digest: Digest,
    /// Which kind of export it belongs to, as `check` names it.
    pub schema: String,
    /// Its top-level columns, lower case.
    pub columns: Vec<String>,
    /// Columns of ours that it lacks.
    pub missing: Vec<SourceColumn>,
    /// The line item types that occur in it, `''` for lines without one; sorted.
    pub line_item_types: Vec<String>,
    /// Rows that its footer promises and that were decoded.
    pub rows: u64,
    /// Rows that were refused.
    pub refused_rows: u64,
    /// What it holds, by currency and metric; sorted.
    pub sums: Vec<FileSum>,
}

/// What a file holds of one metric in one currency.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct FileSum {
    /// The currency.
    pub currency: Currency,
    /// The metric.
    pub metric: CostMetric,
    /// The sum over all its rows, taken before anything is grouped.
    pub delivered: Money,
    /// The part of it that was refused.
    pub refused: Money,
}

/// What a period holds in one currency; taken from the charges, the other side of the books.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PeriodTotal {
    /// The currency.
    pub currency: Currency,
    /// Source rows.
    pub line_items: u64,
    /// Usage hours.
    pub usage_hours: Quantity,
    /// One sum per metric of [`CostMetric::ALL`], in that order.
    pub costs: [Money; CostMetric::ALL.len()],
}

/// What was odd about a delivery, counted; the parts of an answer's findings that stored charges
/// cannot tell any more.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct StoredOddities {
    /// Rows without an unblended cost.
    pub rows_without_cost: u64,
    /// Findings about the delivery itself: code and message.
    pub findings: Vec<(String, String)>,
}

/// What is known of a period beside its charges.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PeriodFacts {
    /// The billing period.
    pub period: BillingPeriod,
    /// Where it came from.
    pub origin: Origin,
    /// The files, sorted by name.
    pub files: Vec<FileFacts>,
    /// What the charges add up to, sorted by currency.
    pub totals: Vec<PeriodTotal>,
    /// First and last UTC day with a charge.
    pub days: Option<(String, String)>,
    /// What was odd.
    pub oddities: StoredOddities,
    /// Which resource ids were kept.
    pub keep: Keep,
    /// Rows that no invoice is named for, which AWS may still change; `None` when the export does
    /// not tell invoices.
    pub uninvoiced_rows: Option<u64>,
    /// The version of this program that read it.
    pub tool: String,
    /// When it was read.
    pub at: Instant,
}

/// Days after its end in which AWS may still change a month.
///
/// Source: Data Exports user guide, "Processing": the previous month may still move during the
/// first two weeks of the next.
const UNSETTLED_DAYS: u64 = 14;

impl PeriodFacts {
    /// Whether AWS still adds to the month or has not finished its invoices.
    pub fn is_open(&self, today: Day) -> bool {
        let end = self.period.end();
        match self.uninvoiced_rows {
            _ if today.0 < end => true,
            Some(rows) => rows > 0,
            None => is_unsettled(self.period, today),
        }
    }
}

/// Whether AWS may still change a month, when only its age can tell.
pub fn is_unsettled(month: BillingPeriod, today: Day) -> bool {
    today.0 < month.end() + chrono::Days::new(UNSETTLED_DAYS)
}

/// The whole of one billing period: what one commit writes.
#[derive(Debug, Clone)]
pub struct NewVersion {
    /// What is known of it.
    pub facts: PeriodFacts,
    /// The charges, sorted for the questions people ask, and the same money of other kinds where
    /// that is much less; each batch becomes one segment.
    pub charges: BTreeMap<SegmentKind, Vec<RecordBatch>>,
}

/// A version that is in the store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version {
    /// Its number.
    pub id: VersionId,
    /// What is known of it.
    pub facts: PeriodFacts,
    /// Its segments, in order.
    pub segments: Vec<Segment>,
}

impl Version {
    /// The segments of a kind.
    pub fn segments_of(&self, kind: SegmentKind) -> impl Iterator<Item = &Segment> {
        self.segments.iter().filter(move |segment| segment.kind == kind)
    }

    /// Source rows behind the version.
    pub fn source_rows(&self) -> u64 {
        self.facts.files.iter().map(|file| file.rows).sum()
    }

    /// The bytes of its segments.
    pub fn stored_bytes(&self) -> u64 {
        self.segments.iter().map(|segment| segment.bytes).sum()
    }
}

/// What the charges of a segment are told apart by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SegmentKind {
    /// Everything that can be asked for.
    Charges,
    /// Everything but days, resources and the tags that people chose.
    Months,
    /// Owners, accounts, products and cost categories: who spent what.
    Owners,
    /// Everything, hour by hour; only where hours are kept.
    Hours,
}

impl SegmentKind {
    /// Every kind, the one that tells most first.
    pub const ALL: [Self; 4] = [Self::Hours, Self::Charges, Self::Months, Self::Owners];

    /// The word in the catalogue, and the folder.
    pub fn name(self) -> &'static str {
        match self {
            Self::Charges => "charges",
            Self::Months => "months",
            Self::Owners => "owners",
            Self::Hours => "hours",
        }
    }

    /// The kind of a word.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == text)
    }
}

/// One immutable file of charges.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Segment {
    /// What its charges are told apart by.
    pub kind: SegmentKind,
    /// Where it is.
    pub path: PathBuf,
    /// Its size.
    pub bytes: u64,
    /// Its charges.
    pub rows: u64,
    /// The digest of all its bytes.
    pub digest: Digest,
}

/// One file of rules as it was when a period was closed.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct RuleFile {
    /// The path below the folder of the rule file, `/` between its parts.
    pub name: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// What a tenant's statement of a closed period says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatementTotal {
    /// The tenant's id; `None` for what nobody answers for.
    pub tenant: Option<String>,
    /// The currency.
    pub currency: Currency,
    /// The exact sum of the month itself.
    pub exact: Money,
    /// The exact sum of adjustments of months closed before.
    pub adjustments: Money,
    /// What is booked: whole cents of both.
    pub booked: Money,
}

/// A period that was frozen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Closing {
    /// The period.
    pub period: BillingPeriod,
    /// When.
    pub at: Instant,
    /// By which version of this program.
    pub tool: String,
    /// Why it was closed although something spoke against it.
    pub forced: Option<String>,
    /// The metric of its statements.
    pub metric: CostMetric,
    /// The versions that its statements were made from: its own, and that of the month before.
    pub pins: Pins,
    /// What was adjusted in it: a month closed earlier, from which version to which.
    pub adjusted: BTreeMap<BillingPeriod, [VersionId; 2]>,
    /// The rule file first, then the maps and driver files that it used.
    pub rules: Vec<RuleFile>,
    /// The name of the rule file among them; `None` when there were no rules.
    pub rule_file: Option<String>,
    /// What its statements say.
    pub totals: Vec<StatementTotal>,
}

impl Closing {
    /// Every version that it names, with its period; they are kept for ever.
    pub fn named(&self) -> impl Iterator<Item = (BillingPeriod, VersionId)> {
        let adjusted = self.adjusted.iter().flat_map(|(of, ids)| ids.map(|id| (*of, id)));
        self.pins.iter().map(|(of, id)| (*of, *id)).chain(adjusted)
    }
}

/// The newest of some versions, by period.
pub fn newest(versions: &[Version]) -> Pins {
    let mut newest = Pins::new();
    for version in versions {
        let id = newest.entry(version.facts.period).or_insert(version.id);
        *id = version.id.max(*id);
    }
    newest
}
