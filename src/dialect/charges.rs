//! Charges: a raw export as the table of charges that curtail answers from.
//!
//! In:    a table, the columns that are wanted, months.
//! Out:   the tables on the way, and the last one's `SELECT`.
//! Never: tells charges apart by more than is wanted.

use crate::dialect::costs::Reader;
use crate::dialect::kinds;
use crate::dialect::owners::{self, Names};
use crate::dialect::steps::{Columns, Steps};
use crate::dialect::table::Table;
use crate::dialect::words::Dialect;
use crate::model::answer::Standing;
use crate::model::charges::column::{
    self, DOMAIN_TAG, MANAGED_BY_TAG, OWNER_ARN, SPACE_TAG, USER_TAG,
};
use crate::model::component::{SAGEMAKER, SAVINGS_PLANS};
use crate::model::cost_rules::SPLIT_COST_OPERATIONS;
use crate::model::dimension::Dimension;
use crate::model::line_items::Field;
use crate::model::metric::CostMetric;
use crate::model::period::BillingPeriod;
use crate::model::reason::Reason;
use crate::model::source_column::SourceColumn;
use crate::model::tag_key::{TagKey, sagemaker};

/// The charge of a line without a currency: ISO's code for that.
const NO_CURRENCY: &str = "XXX";

/// The columns of a table of charges.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Wanted {
    /// What charges are told apart by, beside currency and standing.
    pub dimensions: Vec<Dimension>,
    /// The metrics under their own names.
    pub metrics: Vec<CostMetric>,
    /// The metric under the name `cost`, if any is.
    pub cost: Option<CostMetric>,
    /// Whether hours are added up.
    pub hours: bool,
    /// The only currency, if there is to be one.
    pub currency: Option<String>,
}

impl Wanted {
    fn asks(&self, dimension: &Dimension) -> bool {
        self.dimensions.contains(dimension)
    }

    fn asks_identity(&self) -> bool {
        self.dimensions.iter().any(Dimension::is_identity)
    }

    fn all_metrics(&self) -> Vec<CostMetric> {
        let mut all = self.metrics.clone();
        all.extend(self.cost);
        all.sort_unstable();
        all.dedup();
        all
    }
}

/// One bill: a raw export and some of its months.
pub(super) struct Bill<'a> {
    pub(super) dialect: Dialect,
    pub(super) table: &'a Table,
    pub(super) wanted: &'a Wanted,
    /// None means all.
    pub(super) months: &'a [BillingPeriod],
    pub(super) names: Names,
}

impl Bill<'_> {
    /// Adds the tables that lead to `charges`, and that one under this name.
    pub(super) fn add(&self, steps: &mut Steps, name: &str) {
        let read = Reader::of(self.dialect, self.table);
        let texts = self.line_texts(&read);
        self.add_lines(steps, &read, &texts);
        let told: Vec<String> = texts.iter().map(|(name, _)| name.clone()).collect();
        steps.add(&self.names.table("daily"), self.daily(&told));
        let mut told = told;
        told.extend(self.amounts());
        told.push(column::LINE_ITEMS.to_owned());
        let mut from = self.names.table("daily");
        if self.wanted.asks_identity() {
            owners::add(steps, self.dialect, &self.names, &told);
            from = self.names.table("owned");
        }
        if self.wanted.asks(&Dimension::Component) {
            self.add_components(steps);
        }
        steps.add(name, self.charges(&from));
    }

    /// The texts and days of a line that tell charges apart, with their names.
    fn line_texts(&self, read: &Reader) -> Vec<(String, String)> {
        let currency = read.text(SourceColumn::Currency);
        let no_currency = self.dialect.text(NO_CURRENCY);
        let mut all =
            vec![(column::CURRENCY.to_owned(), format!("coalesce({currency}, {no_currency})"))];
        if self.wanted.asks_identity() {
            all.extend(self.identity(read));
        }
        for dimension in &self.wanted.dimensions {
            for (name, expression) in self.of_dimension(read, dimension) {
                if !all.iter().any(|(known, _)| *known == name) {
                    all.push((name, expression));
                }
            }
        }
        all
    }

    /// The tags that name an owner, the resources that may, and the product.
    fn identity(&self, read: &Reader) -> Vec<(String, String)> {
        let tag = |name: &str, key: &str| read.field(name, &Field::Tag(TagKey::new(key)));
        let space = tag("own_space_tag", sagemaker::SPACE);
        let shared = tag("shared_space_tag", sagemaker::SHARED_SPACE);
        let tags = [
            (DOMAIN_TAG, tag(DOMAIN_TAG, sagemaker::DOMAIN)),
            (USER_TAG, tag(USER_TAG, sagemaker::USER_PROFILE)),
            (SPACE_TAG, format!("coalesce({space}, {shared})")),
        ];
        let has_tag = format!("coalesce({DOMAIN_TAG}, {USER_TAG}, {space}, {shared}) IS NOT NULL");
        let resource = read.text(SourceColumn::ResourceId);
        let tells = self.dialect.fits(&resource, &owners::telling_arn());
        let is_studio = self.dialect.fits(&resource, &owners::studio_arn());
        let managed = tag("volume_tag", sagemaker::MANAGED_BY);
        let rest = [
            (OWNER_ARN, format!("CASE WHEN NOT {has_tag} AND {tells} THEN {resource} END")),
            (
                "tagged_resource",
                format!("CASE WHEN {has_tag} AND {tells} AND NOT {is_studio} THEN {resource} END"),
            ),
            (MANAGED_BY_TAG, format!("CASE WHEN NOT {has_tag} THEN {managed} END")),
            (column::PRODUCT, read.text(SourceColumn::ProductCode)),
        ];
        let named = tags.into_iter().chain(rest);
        named.map(|(name, expression)| (name.to_owned(), expression)).collect()
    }

    /// What a line must tell for a dimension.
    fn of_dimension(&self, read: &Reader, dimension: &Dimension) -> Vec<(String, String)> {
        use SourceColumn as Of;
        let key = self.dialect.identifier(&dimension.key());
        let one = |column: SourceColumn| vec![(key.clone(), read.text(column))];
        let usage_type = || (Dimension::UsageType.key(), read.text(Of::UsageType));
        match dimension {
            Dimension::Domain
            | Dimension::User
            | Dimension::Space
            | Dimension::OwnerReason
            | Dimension::Tenant
            | Dimension::TenantRule
            | Dimension::Pool
            | Dimension::Currency
            // Nobody can ask for it by a word.
            | Dimension::Hour => Vec::new(),
            Dimension::App => {
                let resource = read.text(Of::ResourceId);
                let fits = self.dialect.fits(&resource, "(?i)^[^:]*:[^:]*:sagemaker(:|$)");
                vec![(key, format!("CASE WHEN {fits} THEN {resource} END"))]
            }
            Dimension::Component => {
                vec![(column::PRODUCT.to_owned(), read.text(Of::ProductCode)), usage_type()]
            }
            Dimension::InstanceType => {
                let named = read.text(Of::InstanceType);
                let (_, usage_type) = usage_type();
                vec![(key, kinds::instance_type(self.dialect, &usage_type, &named))]
            }
            Dimension::Service => one(Of::ProductCode),
            Dimension::UsageType => one(Of::UsageType),
            Dimension::Operation => one(Of::Operation),
            Dimension::LineItemType => one(Of::LineItemType),
            Dimension::Resource => one(Of::ResourceId),
            Dimension::Account => one(Of::UsageAccount),
            Dimension::Payer => one(Of::PayerAccount),
            Dimension::Region => one(Of::Region),
            Dimension::Month => {
                vec![(key, self.month(read).unwrap_or_else(|| self.dialect.as_text("NULL")))]
            }
            Dimension::Day => {
                let day = read.day(Of::UsageStart);
                vec![(key, day.unwrap_or_else(|| "CAST(NULL AS DATE)".to_owned()))]
            }
            Dimension::Tag(tag) => {
                vec![(key.clone(), read.field(&key, &Field::Tag(TagKey::new(tag))))]
            }
            Dimension::CostCategory(name) => {
                vec![(key.clone(), read.field(&key, &Field::CostCategory(TagKey::new(name))))]
            }
        }
    }

    fn month(&self, read: &Reader) -> Option<String> {
        Some(self.dialect.month(&read.day(SourceColumn::PeriodStart)?))
    }

    /// The names of the amounts of a line.
    fn amounts(&self) -> Vec<String> {
        let metrics = self.wanted.all_metrics().into_iter();
        let hours = self.wanted.hours.then(|| column::USAGE_HOURS.to_owned());
        metrics.map(|metric| metric.column().to_owned()).chain(hours).collect()
    }

    /// Adds rows as AWS delivered them, in our words, without those that restate the cost of
    /// others.
    fn add_lines(&self, steps: &mut Steps, read: &Reader, texts: &[(String, String)]) {
        let mut columns = Columns::default();
        for (name, expression) in texts {
            columns.add(expression, name);
        }
        for metric in self.wanted.all_metrics() {
            columns.add(&read.cost(metric), metric.column());
        }
        if self.wanted.hours {
            columns.add(&read.hours(), column::USAGE_HOURS);
        }
        let operation = read.text(SourceColumn::Operation);
        let split = self.dialect.texts(SPLIT_COST_OPERATIONS);
        let mut conditions = vec![format!("coalesce({operation}, '') NOT IN ({split})")];
        if let Some(currency) = &self.wanted.currency {
            let own = &texts[0].1;
            conditions.push(format!("{own} = {}", self.dialect.text(currency)));
        }
        let months = self.table.in_months(self.dialect, self.months);
        let table = |name: &str| self.names.table(name);
        let raw = read.raw(steps, table);
        let from = read.layers.borrow().add(steps, &raw, months.as_deref(), table);
        let conditions = conditions.join("\n    AND ");
        let select = columns.select();
        steps.add(&table("lines"), format!("{select}\nFROM {from}\nWHERE {conditions}"));
    }

    /// One row per combination: what is far less than the lines of a month.
    fn daily(&self, texts: &[String]) -> String {
        let mut columns = Columns::default();
        for name in texts {
            columns.add(name, name);
        }
        for name in self.amounts() {
            columns.add(&self.dialect.sum(&name), &name);
        }
        columns.add("COUNT(*)", column::LINE_ITEMS);
        let lines = self.names.table("lines");
        format!("{}\nFROM {lines}\nGROUP BY {}", columns.select(), texts.join(", "))
    }

    /// Adds the component of every usage type, each looked up once.
    fn add_components(&self, steps: &mut Steps) {
        let (daily, usage) = (self.names.table("daily"), self.names.table("usage_types"));
        let rest = kinds::without_region(self.dialect, "usage_type");
        steps.add(
            &usage,
            format!(
                "SELECT usage_type, lower(usage_type) AS whole, lower({rest}) AS rest\n\
                 FROM (SELECT DISTINCT usage_type FROM {daily}) AS distinct_types\n\
                 WHERE usage_type IS NOT NULL"
            ),
        );
        let mut columns = Columns::default();
        columns.add("usage_type", "usage_type");
        let component = kinds::usage_component(self.dialect, "rest", "whole");
        columns.add(&component, column::USAGE_COMPONENT);
        let select = columns.select();
        steps.add(&self.names.table("components"), format!("{select}\nFROM {usage}"));
    }

    /// The charges themselves.
    fn charges(&self, from: &str) -> String {
        let mut keys = Columns::default();
        let mut names = Vec::new();
        for (name, expression) in self.keys() {
            keys.add(&expression, &name);
            names.push(name);
        }
        for name in self.amounts() {
            keys.add(&format!("d.{name}"), &name);
        }
        keys.add("d.line_items", column::LINE_ITEMS);
        let mut told = format!("{}\nFROM {from} AS d", keys.select());
        if self.wanted.asks(&Dimension::Component) {
            let components = self.names.table("components");
            told = format!("{told}\nLEFT JOIN {components} AS k ON k.usage_type = d.usage_type");
        }
        let mut sums = Columns::default();
        for name in &names {
            sums.add(name, name);
        }
        if let Some(metric) = self.wanted.cost {
            sums.add(&self.dialect.sum(metric.column()), column::COST);
        }
        for metric in &self.wanted.metrics {
            sums.add(&self.dialect.sum(metric.column()), metric.column());
        }
        if self.wanted.hours {
            sums.add(&self.dialect.sum(column::USAGE_HOURS), column::USAGE_HOURS);
        }
        sums.add("CAST(SUM(line_items) AS BIGINT)", column::LINE_ITEMS);
        let told: Vec<String> = told.lines().map(|line| format!("    {line}")).collect();
        format!(
            "{}\nFROM (\n{}\n) AS told\nGROUP BY {}",
            sums.select(),
            told.join("\n"),
            names.join(", ")
        )
    }

    /// What charges are told apart by, with the expression of each.
    fn keys(&self) -> Vec<(String, String)> {
        let mut keys = vec![(column::CURRENCY.to_owned(), format!("d.{}", column::CURRENCY))];
        for dimension in &self.wanted.dimensions {
            let name = self.dialect.identifier(&dimension.key());
            let expression = match dimension {
                Dimension::Currency => continue,
                Dimension::Component => {
                    let product = format!("d.{}", column::PRODUCT);
                    kinds::component(self.dialect, &product, "k.usage_component")
                }
                // Without rules a domain is its own tenant.
                Dimension::Tenant => format!("d.{}", Dimension::Domain.key()),
                Dimension::TenantRule | Dimension::Pool => self.dialect.as_text("NULL"),
                _ => format!("d.{name}"),
            };
            keys.push((name, expression));
        }
        keys.push((column::STANDING.to_owned(), self.standing()));
        keys
    }

    /// Whether somebody answers for a charge, as far as the columns ask.
    fn standing(&self) -> String {
        let word = |standing: Standing| self.dialect.text(standing.name());
        if !self.wanted.asks_identity() {
            return word(Standing::Attributed);
        }
        let is_owned = format!("d.owner_reason <> {}", self.dialect.text(Reason::None.name()));
        let asks_tenancy = self.wanted.dimensions.iter().any(Dimension::is_tenancy);
        let is_answered_for =
            if asks_tenancy { "d.domain_arn IS NOT NULL" } else { is_owned.as_str() };
        let ours = self.dialect.texts(&[SAGEMAKER, SAVINGS_PLANS]);
        format!(
            "CASE\n    WHEN {is_answered_for} THEN {}\n    \
             WHEN {is_owned} OR d.{} IN ({ours}) THEN {}\n    ELSE {}\nEND",
            word(Standing::Attributed),
            column::PRODUCT,
            word(Standing::Unattributed),
            word(Standing::OtherServices)
        )
    }
}
