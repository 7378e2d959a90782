//! Resources: charges as what ran, hour by hour.
//!
//! In:    a frame of charges.
//! Out:   [`Bill`], its columns by what they mean; [`Resource`]s with what each hour cost.
//! Never: counts a fee, a tax, or what a plan takes back: nobody ran those.

use std::collections::BTreeMap;

use chrono::DateTime;

use super::IdleError;
use crate::model::charges::column;
use crate::model::cost_rules::QUANTITY_LINE_ITEM_TYPES;
use crate::model::dimension::Dimension;
use crate::model::frame::{Frame, Texts};
use crate::model::policy::ViolationPlace;

/// Components of apps in which people work.
const APPS: [&str; 7] = [
    "studio-jupyterlab",
    "studio-kernelgateway",
    "studio-codeeditor",
    "studio-jupyterserver",
    "studio-other",
    "rstudio",
    "canvas",
];
const ENDPOINTS: &str = "hosting";
const NOTEBOOKS: &str = "notebook-instance";
const VOLUMES: [&str; 2] = ["studio-storage", "efs"];

const SECONDS_AN_HOUR: i64 = 3_600;

/// What a resource is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Class {
    App,
    Endpoint,
    Notebook,
    Volume,
}

impl Class {
    fn of(component: &str) -> Option<Self> {
        match component {
            ENDPOINTS => Some(Self::Endpoint),
            NOTEBOOKS => Some(Self::Notebook),
            of if APPS.contains(&of) => Some(Self::App),
            of if VOLUMES.contains(&of) => Some(Self::Volume),
            _ => None,
        }
    }
}

/// What one hour adds up to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Spent {
    pub(super) hours: i128,
    pub(super) cost: i128,
    pub(super) line_items: u64,
}

impl Spent {
    /// `None` when a sum leaves its range.
    pub(super) fn add(&mut self, more: Self) -> Option<()> {
        self.hours = self.hours.checked_add(more.hours)?;
        self.cost = self.cost.checked_add(more.cost)?;
        self.line_items = self.line_items.checked_add(more.line_items)?;
        Some(())
    }
}

/// One resource.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Resource {
    pub(super) class: Class,
    /// A row that tells whose it is: of those that tell most, the first.
    pub(super) row: usize,
    /// By hour since 1970.
    pub(super) hours: BTreeMap<i64, Spent>,
}

/// Columns of charges.
pub(super) struct Bill<'a> {
    currency: &'a Texts,
    line_type: &'a Texts,
    component: &'a Texts,
    /// What a place is told by, in the order of its fields.
    places: [&'a Texts; 9],
    rows: Vec<Row>,
    cost: &'a [i128],
    hours: &'a [i128],
    line_items: &'a [u64],
    pub(super) told: u64,
    pub(super) untold: u64,
}

/// A row of something that is looked at, whose hour is told.
#[derive(Debug, Clone, Copy)]
pub(super) struct Row {
    pub(super) at: usize,
    pub(super) class: Class,
    pub(super) hour: i64,
}

impl<'a> Bill<'a> {
    pub(super) fn of(frame: &'a Frame) -> Result<Self, IdleError> {
        let texts = |of: Dimension| frame.texts(&of.key());
        let component = texts(Dimension::Component)?;
        let mut bill = Self {
            currency: texts(Dimension::Currency)?,
            line_type: texts(Dimension::LineItemType)?,
            component,
            places: [
                texts(Dimension::Domain)?,
                texts(Dimension::User)?,
                texts(Dimension::Space)?,
                texts(Dimension::Tenant)?,
                texts(Dimension::Account)?,
                component,
                texts(Dimension::InstanceType)?,
                texts(Dimension::Region)?,
                texts(Dimension::Resource)?,
            ],
            rows: Vec::new(),
            cost: frame.amounts(column::COST)?,
            hours: frame.amounts(column::USAGE_HOURS)?,
            line_items: frame.line_items(),
            told: 0,
            untold: 0,
        };
        let hours = texts(Dimension::Hour)?;
        let by_code: Vec<Option<i64>> =
            hours.values().into_iter().map(|text| text.and_then(hour_of)).collect();
        for at in 0..frame.height() {
            let Some(class) = bill.class(at) else { continue };
            let lines = bill.line_items[at];
            if let Some(hour) = by_code[hours.codes()[at] as usize] {
                bill.told = bill.told.saturating_add(lines);
                bill.rows.push(Row { at, class, hour });
            } else {
                bill.untold = bill.untold.saturating_add(lines);
            }
        }
        Ok(bill)
    }

    fn class(&self, row: usize) -> Option<Class> {
        let kind = self.line_type.get(row).unwrap_or_default();
        let is_usage = QUANTITY_LINE_ITEM_TYPES.contains(&kind);
        is_usage.then(|| Class::of(self.component.get(row).unwrap_or_default())).flatten()
    }

    /// Rows whose hour is told.
    pub(super) fn rows(&self) -> impl Iterator<Item = Row> + '_ {
        self.rows.iter().copied()
    }

    pub(super) fn spent(&self, row: usize) -> Spent {
        Spent { hours: self.hours[row], cost: self.cost[row], line_items: self.line_items[row] }
    }

    /// Resources in the order of their names; `None` when a sum leaves its range.
    pub(super) fn resources(&self) -> Option<Vec<Resource>> {
        let mut found: BTreeMap<(&str, &str, Class, &str), Resource> = BTreeMap::new();
        for Row { at, class, hour } in self.rows() {
            let Some(name) = self.places[8].get(at) else { continue };
            let currency = self.currency.get(at).unwrap_or_default();
            let component = self.component.get(at).unwrap_or_default();
            let resource = found
                .entry((currency, name, class, component))
                .or_insert_with(|| Resource { class, row: at, hours: BTreeMap::new() });
            if self.telling(at) > self.telling(resource.row) {
                resource.row = at;
            }
            resource.hours.entry(hour).or_default().add(self.spent(at))?;
        }
        Some(found.into_values().collect())
    }

    /// What decides which row tells whose a resource is: how much of its place it tells, then the
    /// place itself, so that the order of rows does not matter.
    fn telling(&self, row: usize) -> (usize, [Option<&str>; 9]) {
        let told = self.places.map(|texts| texts.get(row));
        (told.iter().flatten().count(), told)
    }

    pub(super) fn currency_of(&self, row: usize) -> String {
        self.currency.get(row).unwrap_or_default().to_owned()
    }

    pub(super) fn place_of(&self, row: usize) -> ViolationPlace {
        let of = |at: usize| self.places[at].get(row).map(ToOwned::to_owned);
        ViolationPlace {
            domain: of(0),
            user: of(1),
            space: of(2),
            tenant: of(3),
            account: of(4),
            component: of(5),
            instance_type: of(6),
            region: of(7),
            resource: of(8),
        }
    }

    /// The domain, the user and the space of a row.
    pub(super) fn owner(&self, row: usize) -> [Option<&str>; 3] {
        [0, 1, 2].map(|at| self.places[at].get(row))
    }
}

/// Hours since 1970 of an hour as charges tell it.
fn hour_of(text: &str) -> Option<i64> {
    let instant = DateTime::parse_from_rfc3339(text).ok()?;
    Some(instant.timestamp().div_euclid(SECONDS_AN_HOUR))
}
