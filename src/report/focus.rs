//! Focus: charges in the columns of FOCUS 1.2.
//!
//! In:    charges of a day with their costs, the trail of moves, books and findings.
//! Out:   a [`Report`] of one table: every column of the specification, then ours as `x_`.
//! Never: makes up what the bill does not tell; such cells stay empty.

use serde_json::{Map, Value};

use super::table::{Cell, Column, ColumnKind, Row, RowKind, Table};
use super::{Caption, Owners, Report, Section};
use crate::diagnostic::Finding;
use crate::model::answer::{Books, Provenance};
use crate::model::charges::column;
use crate::model::dimension::Dimension;
use crate::model::focus::{Charge, charge_of, service_of};
use crate::model::frame::{Frame, Texts};
use crate::model::metric::CostMetric;
use crate::model::money::{Currency, Money, Quantity};
use crate::model::period::{BillingPeriod, Day};
use crate::model::trail::Trail;

/// `BilledCost`; plain unblended on lines that have no net cost.
pub const BILLED: CostMetric = CostMetric::NetUnblended;
/// `EffectiveCost`, the one cost that rules move.
pub const EFFECTIVE: CostMetric = CostMetric::NetAmortized;
/// `ListCost`.
pub const LIST: CostMetric = CostMetric::List;

/// The charges of a run.
#[derive(Debug, Clone)]
pub struct Found {
    /// A row per charge; the three costs and hours.
    pub charges: Frame,
    /// What tells charges apart.
    pub dimensions: Vec<Dimension>,
    /// Every move of shared cost.
    pub trail: Trail,
    /// The proof that nothing was lost.
    pub books: Books,
    /// Where the charges come from.
    pub provenance: Provenance,
    /// What was odd.
    pub findings: Vec<Finding>,
}

/// What cells of a column are made of.
#[derive(Clone, Copy)]
enum Cells {
    /// CUR does not tell.
    Nothing,
    /// The same, of an amount.
    NoAmount,
    /// The same in every row.
    Always(&'static str),
    /// A dimension as it is.
    Is(&'static Dimension),
    /// A cost.
    Cost(CostMetric),
    /// What follows from the line item type.
    Type(fn(&Charge) -> Option<&'static str>),
    /// Text that is made of others.
    Text(fn(&Line<'_>) -> Option<String>),
    /// A moment that is made of days.
    Moment(fn(&Line<'_>) -> Option<String>),
    /// Hours of usage.
    Hours,
    /// Source rows.
    Lines,
}

use Cells::{Always, Cost, Hours, Is, Lines, Moment, NoAmount, Nothing, Text, Type};

/// Every column: those of FOCUS 1.2 in the order of the specification's names, then ours.
const COLUMNS: &[(&str, Cells)] = &[
    ("AvailabilityZone", Nothing),
    ("BilledCost", Cost(BILLED)),
    ("BillingAccountId", Is(&Dimension::Payer)),
    ("BillingAccountName", Nothing),
    ("BillingAccountType", Always("Payer")),
    ("BillingCurrency", Text(|line| line.of(column::CURRENCY).map(str::to_owned))),
    ("BillingPeriodEnd", Moment(|line| line.month().map(|month| moment(Day(month.end()))))),
    ("BillingPeriodStart", Moment(|line| line.month().map(|month| moment(Day(month.start()))))),
    ("CapacityReservationId", Nothing),
    ("CapacityReservationStatus", Nothing),
    ("ChargeCategory", Type(|charge| Some(charge.category))),
    ("ChargeClass", Type(|charge| charge.class)),
    ("ChargeDescription", Nothing),
    ("ChargeFrequency", Type(|charge| Some(charge.frequency))),
    ("ChargePeriodEnd", Moment(|line| Some(moment(Day(line.day()?.0.succ_opt()?))))),
    ("ChargePeriodStart", Moment(|line| line.day().map(moment))),
    ("CommitmentDiscountCategory", Type(|charge| charge.commitment)),
    ("CommitmentDiscountId", Nothing),
    ("CommitmentDiscountName", Nothing),
    ("CommitmentDiscountQuantity", NoAmount),
    ("CommitmentDiscountStatus", Type(|charge| charge.status)),
    ("CommitmentDiscountType", Nothing),
    ("CommitmentDiscountUnit", Nothing),
    ("ConsumedQuantity", NoAmount),
    ("ConsumedUnit", Nothing),
    // CUR has no contracted cost, and the column must not be null: what was billed.
    ("ContractedCost", Cost(BILLED)),
    ("ContractedUnitPrice", NoAmount),
    ("EffectiveCost", Cost(EFFECTIVE)),
    ("InvoiceId", Nothing),
    ("InvoiceIssuerName", Always("AWS")),
    ("ListCost", Cost(LIST)),
    ("ListUnitPrice", NoAmount),
    ("PricingCategory", Text(pricing)),
    ("PricingCurrency", Nothing),
    ("PricingCurrencyContractedUnitPrice", NoAmount),
    ("PricingCurrencyEffectiveCost", NoAmount),
    ("PricingCurrencyListUnitPrice", NoAmount),
    ("PricingQuantity", NoAmount),
    ("PricingUnit", Nothing),
    ("ProviderName", Always("AWS")),
    ("PublisherName", Always("AWS")),
    ("RegionId", Is(&Dimension::Region)),
    ("RegionName", Nothing),
    ("ResourceId", Is(&Dimension::Resource)),
    ("ResourceName", Nothing),
    ("ResourceType", Nothing),
    ("ServiceCategory", Text(|line| Some(service_of(line.service()).0.to_owned()))),
    ("ServiceName", Text(|line| Some(line.service().to_owned()))),
    ("ServiceSubcategory", Text(|line| Some(service_of(line.service()).1.to_owned()))),
    ("SkuId", Nothing),
    ("SkuMeter", Is(&Dimension::UsageType)),
    ("SkuPriceDetails", Nothing),
    ("SkuPriceId", Nothing),
    ("SubAccountId", Is(&Dimension::Account)),
    ("SubAccountName", Nothing),
    ("SubAccountType", Text(|line| line.at(&Dimension::Account).map(|_| "Usage".to_owned()))),
    ("Tags", Text(tags)),
    ("x_Discounts", Nothing),
    ("x_Operation", Is(&Dimension::Operation)),
    ("x_ServiceCode", Is(&Dimension::Service)),
    ("x_UsageType", Is(&Dimension::UsageType)),
    ("x_LineItemType", Is(&Dimension::LineItemType)),
    ("x_Component", Is(&Dimension::Component)),
    ("x_InstanceType", Is(&Dimension::InstanceType)),
    ("x_SageMakerDomainArn", Is(&Dimension::Domain)),
    ("x_SageMakerUserProfileArn", Is(&Dimension::User)),
    ("x_SageMakerSpaceArn", Is(&Dimension::Space)),
    ("x_OwnerReason", Is(&Dimension::OwnerReason)),
    ("x_Tenant", Is(&Dimension::Tenant)),
    ("x_TenantRule", Is(&Dimension::TenantRule)),
    ("x_SharedPool", Is(&Dimension::Pool)),
    ("x_AllocatedMethodId", Text(method)),
    ("x_AllocatedMethodDetails", Nothing),
    ("x_AllocatedResourceId", Nothing),
    ("x_AllocatedResourceName", Nothing),
    ("x_AllocatedTags", Nothing),
    ("x_UsageHours", Hours),
    ("x_LineItems", Lines),
];

/// Composes the data set.
pub fn compose(found: &Found) -> Report {
    let columns = COLUMNS.iter().map(|(name, cells)| {
        // The names are the specification's in every language.
        Column::new(*name, (*name).to_owned(), kind(*cells))
    });
    let mut rows: Vec<Row> =
        (0..found.charges.height()).map(|at| row(&Line { found, at })).collect();
    rows.sort_by_cached_key(|row| row.cells.iter().map(order).collect::<Vec<String>>());
    let table = Table { columns: columns.collect(), rows, ..Table::default() };
    let mut currencies: Vec<Currency> =
        found.books.currencies.iter().map(|of| of.currency.clone()).collect();
    currencies.sort();
    let caption = Caption {
        periods: found.provenance.periods.clone(),
        days: found.provenance.days.clone(),
        metric: Some(EFFECTIVE),
        currencies,
        filters: found.provenance.filters.clone(),
        source_rows: Some(found.books.source_rows),
        owners: Owners::Asked,
        ..Caption::default()
    };
    Report {
        title: "Charges".to_owned().into(),
        caption,
        sections: vec![Section { table, ..Section::default() }],
        books: Some(found.books.clone()),
        findings: found.findings.clone(),
        ..Report::default()
    }
}

fn kind(cells: Cells) -> ColumnKind {
    match cells {
        Cost(_) => ColumnKind::Money,
        Moment(_) => ColumnKind::Moment,
        Hours | NoAmount => ColumnKind::Quantity,
        Lines => ColumnKind::Count,
        Nothing | Always(_) | Is(_) | Type(_) | Text(_) => ColumnKind::Text,
    }
}

/// Rows come in the order of their words; amounts do not matter.
fn order(cell: &Cell) -> String {
    match cell {
        Cell::Text { full, .. } => full.clone(),
        _ => String::new(),
    }
}

fn row(line: &Line<'_>) -> Row {
    let currency = line.of(column::CURRENCY).map(|code| Currency(code.to_owned()));
    let charge = charge_of(line.at(&Dimension::LineItemType).unwrap_or_default());
    let cells = COLUMNS.iter().map(|(_, cells)| line.cell(*cells, &charge)).collect();
    Row { kind: RowKind::Data, currency, cells }
}

fn moment(day: Day) -> String {
    format!("{day}T00:00:00Z")
}

/// Spot capacity is priced anew all the time; only its usage type tells.
fn pricing(line: &Line<'_>) -> Option<String> {
    let charge = charge_of(line.at(&Dimension::LineItemType).unwrap_or_default());
    let usage_type = line.at(&Dimension::UsageType).unwrap_or_default();
    let is_spot = usage_type.contains("SpotUsage") || usage_type.contains("TrSpt");
    let pricing = charge.pricing?;
    let is_plain = charge.category == "Usage" && pricing == "Standard";
    Some(if is_plain && is_spot { "Dynamic" } else { pricing }.to_owned())
}

/// One charge.
struct Line<'a> {
    found: &'a Found,
    at: usize,
}

impl<'a> Line<'a> {
    fn cell(&self, cells: Cells, charge: &Charge) -> Cell {
        let text = |text: Option<String>| text.map_or(Cell::Nothing, Cell::text);
        match cells {
            Nothing | NoAmount => Cell::Nothing,
            Always(word) => Cell::text(word),
            Is(dimension) => text(self.at(dimension).map(str::to_owned)),
            Type(of) => text(of(charge).map(str::to_owned)),
            Text(of) | Moment(of) => text(of(self)),
            Cost(metric) => Cell::Money(Money(self.amount(metric.column()))),
            Hours => Cell::Quantity(Quantity(self.amount(column::USAGE_HOURS))),
            Lines => Cell::Count(self.found.charges.line_items()[self.at]),
        }
    }

    /// The word in a column; `None` also when the question had no use for it.
    fn of(&self, name: &str) -> Option<&'a str> {
        self.found.charges.texts(name).ok().and_then(|texts: &Texts| texts.get(self.at))
    }

    fn at(&self, dimension: &Dimension) -> Option<&'a str> {
        self.of(&dimension.key())
    }

    fn amount(&self, name: &str) -> i128 {
        self.found.charges.amounts(name).map(|all| all[self.at]).unwrap_or_default()
    }

    fn month(&self) -> Option<BillingPeriod> {
        self.at(&Dimension::Month).and_then(BillingPeriod::parse)
    }

    /// A line without a day is a charge of its billing period, and begins with it.
    fn day(&self) -> Option<Day> {
        let day = self.at(&Dimension::Day).and_then(Day::parse);
        day.or_else(|| self.month().map(|month| Day(month.start())))
    }

    /// Lines without a product are the provider's.
    fn service(&self) -> &'a str {
        self.at(&Dimension::Service).unwrap_or("AWS")
    }
}

/// The tags that tell charges apart, as a JSON object.
fn tags(line: &Line<'_>) -> Option<String> {
    let mut tags = Map::new();
    for dimension in &line.found.dimensions {
        if let (Dimension::Tag(key), Some(value)) = (dimension, line.at(dimension)) {
            tags.insert(key.clone(), Value::from(value));
        }
    }
    (!tags.is_empty()).then(|| Value::Object(tags).to_string())
}

/// How the pool of a moved cost is divided.
fn method(line: &Line<'_>) -> Option<String> {
    let pool = line.at(&Dimension::Pool)?;
    let found = line.found.trail.pools.iter().find(|of| of.split == pool);
    found.map(|pool| pool.method.to_owned())
}
