//! Columns: what every column of the data set is made of.
//!
//! In:    a [`Line`] of the charges.
//! Out:   [`COLUMNS`]: those of FOCUS 1.2 in the order of their names, then ours as `x_`.
//! Never: fills a cell that the specification wants null.
//!
//! Source: FOCUS 1.2, every column's requirements, and the rules of its validator (model 1.2.0.1);
//! `x_Allocated*` after FOCUS 1.3; read 2026-11. Null although the specification wants a value,
//! because a roll-up of CUR does not tell it: names of accounts, invoices, SKUs and their prices,
//! quantities that are no hours, commitments of the usage that they cover. `SkuMeter` has to be
//! null without a `SkuId`; usage types are in `x_UsageType`.

use super::line::{Line, moment};
use super::{BILLED, EFFECTIVE, LIST};
use crate::model::charges::column;
use crate::model::dimension::Dimension;
use crate::model::focus::{Basis, Charge, Commitment};
use crate::model::metric::CostMetric;
use crate::model::money::{Money, Quantity};
use crate::model::period::Day;
use crate::report::table::{Cell, ColumnKind};

/// What cells of a column are made of.
#[derive(Clone, Copy)]
pub(super) enum Cells {
    /// CUR does not tell.
    Nothing,
    /// The same, of an amount.
    NoAmount,
    /// The same in every row.
    Always(&'static str),
    /// A dimension as it is.
    Is(&'static Dimension),
    /// A cost as it is.
    Cost(CostMetric),
    /// A cost that is taken from one that CUR has.
    CostBy(fn(&Charge) -> Basis),
    /// The effective cost, where the price list is in the currency of the bill.
    PricedEffective,
    /// What follows from the line item type.
    Type(fn(&Charge) -> Option<&'static str>),
    /// What follows from the commitment that is bought, where its id is known.
    Commitment(fn(&Commitment) -> &'static str),
    /// Text that is made of others.
    Text(fn(&Line<'_>) -> Option<String>),
    /// A moment that is made of days.
    Moment(fn(&Line<'_>) -> Option<String>),
    /// Hours of usage; none at all is 0.
    Hours,
    /// Hours of usage, if there are any and the condition holds.
    HoursIf(fn(&Line<'_>) -> bool),
    /// The unit of the same.
    HourUnitIf(fn(&Line<'_>) -> bool),
    /// Source rows.
    Lines,
}

use Cells::{
    Always, Commitment as Bought, Cost, CostBy, HourUnitIf, Hours, HoursIf, Is, Lines, Moment,
    NoAmount, Nothing, PricedEffective, Text, Type,
};

/// Every column.
#[expect(
    clippy::redundant_closure_for_method_calls,
    reason = "a method is of one lifetime, a closure of any"
)]
pub(super) const COLUMNS: &[(&str, Cells)] = &[
    ("AvailabilityZone", Nothing),
    ("BilledCost", Cost(BILLED)),
    ("BillingAccountId", Is(&Dimension::Payer)),
    ("BillingAccountName", Nothing),
    ("BillingAccountType", Text(|line| line.at(&Dimension::Payer).map(|_| "Payer".to_owned()))),
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
    ("CommitmentDiscountCategory", Bought(|commitment| commitment.category)),
    ("CommitmentDiscountId", Text(|line| line.commitment_id().map(str::to_owned))),
    ("CommitmentDiscountName", Nothing),
    ("CommitmentDiscountQuantity", NoAmount),
    ("CommitmentDiscountStatus", Text(|line| line.commitment_status())),
    ("CommitmentDiscountType", Bought(|commitment| commitment.kind)),
    ("CommitmentDiscountUnit", Nothing),
    ("ConsumedQuantity", HoursIf(|line| line.is_usage())),
    ("ConsumedUnit", HourUnitIf(|line| line.is_usage())),
    ("ContractedCost", CostBy(|charge| charge.contracted)),
    ("ContractedUnitPrice", NoAmount),
    ("EffectiveCost", Cost(EFFECTIVE)),
    ("InvoiceId", Nothing),
    ("InvoiceIssuerName", Always("AWS")),
    ("ListCost", CostBy(|charge| charge.list)),
    ("ListUnitPrice", NoAmount),
    ("PricingCategory", Text(|line| line.pricing())),
    ("PricingCurrency", Text(|line| line.pricing_currency().map(str::to_owned))),
    ("PricingCurrencyContractedUnitPrice", NoAmount),
    ("PricingCurrencyEffectiveCost", PricedEffective),
    ("PricingCurrencyListUnitPrice", NoAmount),
    ("PricingQuantity", HoursIf(|_| true)),
    ("PricingUnit", HourUnitIf(|_| true)),
    ("ProviderName", Always("AWS")),
    ("PublisherName", Always("AWS")),
    ("RegionId", Is(&Dimension::Region)),
    ("RegionName", Text(|line| line.region_name())),
    ("ResourceId", Is(&Dimension::Resource)),
    ("ResourceName", Nothing),
    ("ResourceType", Text(|line| line.resource_type())),
    ("ServiceCategory", Text(|line| Some(line.service_categories().0.to_owned()))),
    ("ServiceName", Text(|line| Some(line.service().to_owned()))),
    ("ServiceSubcategory", Text(|line| Some(line.service_categories().1.to_owned()))),
    ("SkuId", Nothing),
    ("SkuMeter", Nothing),
    ("SkuPriceDetails", Nothing),
    ("SkuPriceId", Nothing),
    ("SubAccountId", Is(&Dimension::Account)),
    ("SubAccountName", Nothing),
    ("SubAccountType", Text(|line| line.at(&Dimension::Account).map(|_| "Usage".to_owned()))),
    ("Tags", Text(|line| line.tags())),
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
    // In FOCUS 1.3 `ResourceId` stays that of the origin, and this is what receives.
    ("x_AllocatedMethodId", Text(|line| line.method())),
    ("x_AllocatedMethodDetails", Text(|line| line.method_details())),
    ("x_AllocatedResourceId", Text(|line| line.receiver())),
    // Tenants have no other name here, and no tags.
    ("x_AllocatedResourceName", Nothing),
    ("x_AllocatedTags", Nothing),
    ("x_UsageHours", Hours),
    ("x_LineItems", Lines),
];

impl Cells {
    /// What all cells of the column are.
    pub(super) fn kind(self) -> ColumnKind {
        match self {
            Cost(_) | CostBy(_) | PricedEffective => ColumnKind::Money,
            Moment(_) => ColumnKind::Moment,
            Hours | HoursIf(_) | NoAmount => ColumnKind::Quantity,
            Lines => ColumnKind::Count,
            Nothing | Always(_) | Is(_) | Type(_) | Bought(_) | Text(_) | HourUnitIf(_) => {
                ColumnKind::Text
            }
        }
    }

    /// The cell of a line.
    pub(super) fn of(self, line: &Line<'_>) -> Cell {
        let text = |text: Option<String>| text.map_or(Cell::Nothing, Cell::text);
        let hours = line.hours();
        match self {
            Nothing | NoAmount => Cell::Nothing,
            Always(word) => Cell::text(word),
            Is(dimension) => text(line.at(dimension).map(str::to_owned)),
            Type(of) => text(of(&line.charge).map(str::to_owned)),
            Bought(of) => {
                let known = line.charge.bought.filter(|_| line.commitment_id().is_some());
                text(known.map(|commitment| of(&commitment).to_owned()))
            }
            Text(of) | Moment(of) => text(of(line)),
            Cost(metric) => Cell::Money(line.cost(metric)),
            CostBy(of) => Cell::Money(match of(&line.charge) {
                Basis::Public => line.cost(LIST),
                Basis::Billed => line.cost(BILLED),
                Basis::Nothing => Money::ZERO,
            }),
            PricedEffective if line.pricing_currency().is_none() => Cell::Nothing,
            PricedEffective => Cell::Money(line.cost(EFFECTIVE)),
            HoursIf(holds) if hours == Quantity(0) || !holds(line) => Cell::Nothing,
            Hours | HoursIf(_) => Cell::Quantity(hours),
            HourUnitIf(holds) => {
                text((hours != Quantity(0) && holds(line)).then(|| "Hours".into()))
            }
            Lines => Cell::Count(line.line_items()),
        }
    }
}
