//! Tenancy: what people wrote about tenants, as values.
//!
//! In:    `tenants.toml` and its map files, already parsed.
//! Out:   [`Tenancy`]: tenants, rules, virtual tags, splits and maps; what they need of an export.
//! Never: reads a file or a charge.

use std::collections::BTreeSet;
use std::fmt;

use crate::diagnostic::Finding;
use crate::model::condition::Condition;
use crate::model::dimension::Dimension;
use crate::model::maps::Maps;
use crate::model::metric::CostMetric;
use crate::model::money::Money;
use crate::model::period::Days;
use crate::model::question::{Question, Wanted};
use crate::model::split::{Base, Split};

/// Everything that people wrote. The default is "nothing": a domain is its own tenant.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Tenancy {
    /// The rule file as the user knows it; empty when there is none.
    pub file: String,
    /// The tenants, in the order of the file.
    pub tenants: Vec<Tenant>,
    /// Who answers for what; the first that holds.
    pub rules: Vec<Rule>,
    /// Tags that the export does not have; they stand in for a tag of the same key.
    pub virtual_tags: Vec<VirtualTag>,
    /// Who pays for what is shared, in the order in which they are carried out.
    pub splits: Vec<Split>,
    /// Who stands behind an ARN.
    pub maps: Maps,
    /// What was odd in the files and is left out.
    pub findings: Vec<Finding>,
}

/// Where in the rule file something is written, both counted from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Position {
    /// The line.
    pub line: u32,
    /// The column, in characters.
    pub column: u32,
}

/// Somebody who answers for cost.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tenant {
    /// The key in the file and in data.
    pub id: String,
    /// The name for people; the id when none is written.
    pub name: String,
    /// Other spellings of the id in map and driver files.
    pub aliases: Vec<String>,
    /// Where finance books it.
    pub cost_center: Option<String>,
    /// Whom to ask.
    pub contact: Option<String>,
    /// What it may spend per billing period, in the currency of the bill.
    pub budget: Option<Money>,
    /// Where it is written.
    pub at: Position,
}

/// Charges like this belong to a tenant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    /// The tenant's id.
    pub tenant: String,
    /// What a charge must be.
    pub condition: Condition,
    /// The days on which the rule is in force.
    pub during: Days,
    /// Where it is written.
    pub at: Position,
}

/// A tag that is computed: `tag:KEY` wherever a dimension is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VirtualTag {
    /// The key.
    pub key: String,
    /// Rules that give a value, looked at first; the first that holds.
    pub rules: Vec<ValueRule>,
    /// Then the first of these dimensions that has a value; the tag of the same key may be among
    /// them and is then the delivered one.
    pub first_of: Vec<Dimension>,
    /// Globs over such a value, and what it is called instead; the first that fits.
    pub renames: Vec<(String, String)>,
    /// Otherwise.
    pub default: Option<String>,
    /// Where it is written.
    pub at: Position,
}

/// Charges like this have this value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ValueRule {
    /// The value.
    pub value: String,
    /// What a charge must be.
    pub condition: Condition,
    /// The days on which the rule is in force.
    pub during: Days,
    /// Where it is written.
    pub at: Position,
}

/// What a question needs of an export, rules and maps included.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Needs {
    /// Dimensions that the export must tell, without those that are computed from others.
    pub dimensions: Vec<Dimension>,
    /// The metric of the question first, then those that splits weigh; each once.
    pub metrics: Vec<CostMetric>,
    /// Whether usage hours are shown or weighed.
    pub hours: Wanted,
    /// Whether owners must be told apart.
    pub identity: Wanted,
}

impl Needs {
    /// The metrics to add up: those of the question and the splits, and unblended for the books.
    pub fn all_metrics(&self) -> Vec<CostMetric> {
        let mut metrics = self.metrics.clone();
        if !metrics.contains(&CostMetric::Unblended) {
            metrics.push(CostMetric::Unblended);
        }
        metrics
    }

    /// Where unblended stands among them.
    pub fn unblended_at(&self) -> usize {
        let all = self.all_metrics();
        all.iter().position(|metric| *metric == CostMetric::Unblended).unwrap_or_default()
    }
}

impl Tenancy {
    /// The tenant of an id.
    pub fn tenant(&self, id: &str) -> Option<&Tenant> {
        self.tenants.iter().find(|tenant| tenant.id == id)
    }

    /// Whether anybody wrote anything: a rule file, or a map beside the data.
    pub fn is_written(&self) -> bool {
        *self != Self::default()
    }

    /// A place of the rule file as data and people see it: `tenants.toml:12`.
    pub fn place(&self, at: Position) -> String {
        let name = self.file.rsplit(['/', '\\']).next().unwrap_or_default();
        format!("{name}:{}", at.line)
    }
}

impl Tenancy {
    /// What a question needs of an export under these rules and maps.
    pub fn needs(&self, question: &Question) -> Needs {
        let asks_tenancy = question.asks_tenancy();
        let asks_identity = question.asks_identity();
        let mut needs = Needs {
            dimensions: Vec::new(),
            metrics: vec![question.metric],
            hours: question.hours,
            identity: if asks_identity { Wanted::Yes } else { Wanted::No },
        };
        for dimension in question.all_dimensions() {
            self.need(dimension, &mut needs);
        }
        if asks_tenancy {
            self.need_rules(&mut needs);
        }
        if self.is_dated(asks_tenancy, needs.identity) {
            needs.dimensions.push(Dimension::Day);
        }
        let mut seen = BTreeSet::new();
        needs.dimensions.retain(|dimension| seen.insert(dimension.clone()));
        let mut seen = BTreeSet::new();
        needs.metrics.retain(|metric| seen.insert(*metric));
        needs
    }

    /// A virtual tag needs what it is made of; anything else needs itself.
    fn need(&self, dimension: &Dimension, needs: &mut Needs) {
        match dimension {
            Dimension::Tag(key) => match self.virtual_tag(key) {
                Some(tag) => {
                    needs.dimensions.extend(tag.first_of.iter().cloned());
                    let conditions = tag.rules.iter().map(|rule| &rule.condition);
                    needs.dimensions.extend(conditions.flat_map(Condition::dimensions).cloned());
                }
                None => needs.dimensions.push(dimension.clone()),
            },
            computed if computed.is_tenancy() => {}
            plain => needs.dimensions.push(plain.clone()),
        }
        if needs.dimensions.iter().any(Dimension::is_identity) {
            needs.identity = Wanted::Yes;
        }
    }

    fn need_rules(&self, needs: &mut Needs) {
        let conditions = self.rules.iter().map(|rule| &rule.condition);
        let conditions = conditions.chain(self.splits.iter().flat_map(Split::conditions));
        for dimension in conditions.flat_map(Condition::dimensions) {
            self.need(dimension, needs);
        }
        if !self.splits.is_empty() {
            needs.dimensions.push(Dimension::Month);
        }
        for base in self.splits.iter().flat_map(Split::bases) {
            match base {
                Base::Cost => {}
                Base::Metric(metric) => needs.metrics.push(metric),
                Base::Hours => needs.hours = Wanted::Yes,
            }
        }
    }

    /// The virtual tag of a key.
    pub fn virtual_tag(&self, key: &str) -> Option<&VirtualTag> {
        self.virtual_tags.iter().find(|tag| tag.key == key)
    }

    /// Whether the day of a charge decides anything.
    fn is_dated(&self, asks_tenancy: bool, identity: Wanted) -> bool {
        let of_rules = self.rules.iter().map(|rule| rule.during);
        let of_splits = self.splits.iter().map(|split| split.during);
        let of_values = self.virtual_tags.iter().flat_map(|tag| &tag.rules).map(|rule| rule.during);
        let of_spaces = self.maps.spaces.iter().map(|row| row.during);
        let of_profiles = self.maps.profiles.iter().map(|row| row.during);
        let is_dated = |days: Days| days != Days::ALWAYS;
        let by_tenancy = of_rules.chain(of_splits).chain(of_profiles).any(is_dated)
            || self.splits.iter().any(Split::decides_daily);
        let by_identity = of_spaces.into_iter().any(is_dated) || !self.maps.efs_usage.is_empty();
        (asks_tenancy && by_tenancy)
            || (identity == Wanted::Yes && by_identity)
            || of_values.into_iter().any(is_dated)
    }
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.line, self.column)
    }
}
