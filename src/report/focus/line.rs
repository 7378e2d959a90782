//! Line: one charge, as the columns of FOCUS look at it.
//!
//! In:    a row of the charges.
//! Out:   [`Line`]: its words, costs, commitment, allocation.
//! Never: loses or doubles an amount where a row becomes two.

use serde_json::{Map, Value};

use super::{BILLED, EFFECTIVE, Found, LIST};
use crate::model::charges::column;
use crate::model::dimension::Dimension;
use crate::model::focus::{Charge, charge_of, name_of, resource_type_of, service_of};
use crate::model::frame::Texts;
use crate::model::metric::CostMetric;
use crate::model::money::{Money, Quantity, UNIT};
use crate::model::period::{BillingPeriod, Day};
use crate::model::rounding::half_even;

/// Currencies of AWS's price lists: a bill in one of them needs no exchange rate.
const PRICE_LISTS: [&str; 2] = ["USD", "CNY"];

/// One charge.
pub(super) struct Line<'a> {
    found: &'a Found,
    at: usize,
    part: Part,
    /// What its line item type is.
    pub(super) charge: Charge,
}

/// Which amounts of a row are the line's.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    /// All of them.
    Whole,
    /// Those of a purchase for later, whose effective cost is 0.
    Purchase,
    /// The effective cost of what was bought and not used.
    Unused,
}

impl<'a> Line<'a> {
    /// The charges of a row. CUR says what of a commitment nobody used on the line of its fee;
    /// FOCUS wants a purchase without effective cost, and the unused part as usage of its own.
    pub(super) fn parts(found: &'a Found, at: usize) -> Vec<Self> {
        let whole = Self { found, at, part: Part::Whole, charge: charge_of("") };
        let charge = charge_of(whole.at(&Dimension::LineItemType).unwrap_or_default());
        let whole = Self { charge, ..whole };
        if charge.bought.is_none() || whole.cost(EFFECTIVE) == Money::ZERO {
            return vec![whole];
        }
        let unused = Self { found, at, part: Part::Unused, charge: charge.unused() };
        let purchase = Self { part: Part::Purchase, ..whole };
        let is_moved = [BILLED, LIST].iter().all(|of| purchase.cost(*of) == Money::ZERO)
            && purchase.line_items() == 0;
        if is_moved { vec![unused] } else { vec![purchase, unused] }
    }

    /// The word in a column; `None` also when the question had no use for it.
    pub(super) fn of(&self, name: &str) -> Option<&'a str> {
        self.found.charges.texts(name).ok().and_then(|texts: &Texts| texts.get(self.at))
    }

    /// The value of a dimension.
    pub(super) fn at(&self, dimension: &Dimension) -> Option<&'a str> {
        self.of(&dimension.key())
    }

    fn amount(&self, name: &str) -> i128 {
        self.found.charges.amounts(name).map(|all| all[self.at]).unwrap_or_default()
    }

    /// A cost, if it is this part's.
    pub(super) fn cost(&self, metric: CostMetric) -> Money {
        let is_ours = match self.part {
            Part::Whole => true,
            Part::Purchase => metric != EFFECTIVE,
            Part::Unused => metric == EFFECTIVE,
        };
        Money(if is_ours { self.amount(metric.column()) } else { 0 })
    }

    /// Hours of usage.
    pub(super) fn hours(&self) -> Quantity {
        let is_ours = self.part != Part::Unused;
        Quantity(if is_ours { self.amount(column::USAGE_HOURS) } else { 0 })
    }

    /// Source rows.
    pub(super) fn line_items(&self) -> u64 {
        if self.part == Part::Unused { 0 } else { self.found.charges.line_items()[self.at] }
    }

    /// The billing period.
    pub(super) fn month(&self) -> Option<BillingPeriod> {
        self.at(&Dimension::Month).and_then(BillingPeriod::parse)
    }

    /// A line without a day is a charge of its billing period, and begins with it.
    pub(super) fn day(&self) -> Option<Day> {
        let day = self.at(&Dimension::Day).and_then(Day::parse);
        day.or_else(|| self.month().map(|month| Day(month.start())))
    }

    /// Lines without a product are the provider's.
    pub(super) fn service(&self) -> &'a str {
        self.at(&Dimension::Service).unwrap_or("AWS")
    }

    /// `ServiceCategory` and `ServiceSubcategory`.
    pub(super) fn service_categories(&self) -> (&'static str, &'static str) {
        service_of(self.service())
    }

    /// The display name of the region.
    pub(super) fn region_name(&self) -> Option<String> {
        self.at(&Dimension::Region).and_then(name_of).map(str::to_owned)
    }

    /// What kind of thing the resource is.
    pub(super) fn resource_type(&self) -> Option<String> {
        let resource = self.at(&Dimension::Resource)?;
        resource_type_of(resource, self.service()).map(str::to_owned)
    }

    /// Whether it is usage, of which something was consumed.
    pub(super) fn is_usage(&self) -> bool {
        self.charge.category == "Usage"
    }

    /// Spot capacity is priced anew all the time; only its usage type tells.
    pub(super) fn pricing(&self) -> Option<String> {
        let usage_type = self.at(&Dimension::UsageType).unwrap_or_default();
        let is_spot = usage_type.contains("SpotUsage") || usage_type.contains("TrSpt");
        let pricing = self.charge.pricing?;
        let is_plain = self.is_usage() && pricing == "Standard";
        Some(if is_plain && is_spot { "Dynamic" } else { pricing }.to_owned())
    }

    /// The currency of the price list, where it is that of the bill.
    pub(super) fn pricing_currency(&self) -> Option<&'a str> {
        self.of(column::CURRENCY).filter(|code| PRICE_LISTS.contains(code))
    }

    /// The commitment that is bought, or of which something was left: the resource of its fee.
    /// Usage that a commitment covers names it in columns that are not read.
    pub(super) fn commitment_id(&self) -> Option<&'a str> {
        self.charge.bought?;
        self.at(&Dimension::Resource).filter(|id| id.starts_with("arn:"))
    }

    /// `Unused` of what is left of a known commitment; a purchase has no status.
    pub(super) fn commitment_status(&self) -> Option<String> {
        self.commitment_id().filter(|_| self.part == Part::Unused).map(|_| "Unused".to_owned())
    }

    /// The tags that tell charges apart, as a JSON object.
    pub(super) fn tags(&self) -> Option<String> {
        let mut tags = Map::new();
        for dimension in &self.found.dimensions {
            if let (Dimension::Tag(key), Some(value)) = (dimension, self.at(dimension)) {
                tags.insert(key.clone(), Value::from(value));
            }
        }
        (!tags.is_empty()).then(|| Value::Object(tags).to_string())
    }

    /// How the pool of a moved cost is divided.
    pub(super) fn method(&self) -> Option<String> {
        let pool = self.at(&Dimension::Pool)?;
        let found = self.found.trail.pools.iter().find(|of| of.split == pool);
        found.map(|pool| pool.method.to_owned())
    }

    /// Who received a moved cost.
    pub(super) fn receiver(&self) -> Option<String> {
        self.at(&Dimension::Pool)?;
        self.at(&Dimension::Tenant).map(str::to_owned)
    }

    /// The share of its pool that a moved cost is, as FOCUS 1.3 writes it.
    pub(super) fn method_details(&self) -> Option<String> {
        let split = self.at(&Dimension::Pool)?;
        let (tenant, month) = (self.at(&Dimension::Tenant)?, self.at(&Dimension::Month));
        let (day, currency) = (self.at(&Dimension::Day), self.of(column::CURRENCY)?);
        let mut pools = self.found.trail.pools.iter().filter(|pool| {
            pool.split == split
                && pool.currency.as_str() == currency
                && pool.period.as_deref().is_none_or(|of| Some(of) == month)
                && pool.day.as_deref().is_none_or(|of| Some(of) == day)
        });
        // Nothing is said where it could be one of several.
        let pool = pools.next().filter(|_| pools.next().is_none())?;
        let share = pool.moves.iter().find(|of| of.tenant == tenant)?;
        let parts = share.weight.checked_mul(UNIT).filter(|_| share.weights > 0)?;
        let ratio = Quantity(half_even(parts, share.weights));
        Some(format!(r#"{{"Elements":[{{"AllocatedRatio":{ratio}}}]}}"#))
    }
}

/// Midnight in UTC.
pub(super) fn moment(day: Day) -> String {
    format!("{day}T00:00:00Z")
}
