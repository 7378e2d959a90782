//! Truth: the exact totals of an export, kept while it is generated.
//!
//! In:    every line with its metrics and its evidence.
//! Out:   `truth.json`: totals by owner, component, reason, line item type and month.
//! Never: reads the export back, or asks the product's own rules.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use rustc_hash::FxHashMap;
use serde_json::{Map, Value, json};

use crate::model::metric::CostMetric;
use crate::model::money::pico_text;
use crate::model::period::BillingPeriod;
use crate::sample::calendar::Span;
use crate::sample::cast::Cast;
use crate::sample::guarded::Guarded;
use crate::sample::habits::Habits;
use crate::sample::idled::{Idled, Planted};
use crate::sample::owner::{Evidence, Owner, SeenInTags, owner};
use crate::sample::plan::SamplePlan;
use crate::sample::profile::{Line, LineType};

/// Pico-units in one unit of 10^-10.
const PICO: i128 = 100;

/// What lines have in common that one total counts together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct Key {
    month: usize,
    evidence: Evidence,
    component: &'static str,
    line_type: LineType,
}

/// Sums in units of 10^-10.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Tally {
    rows: u64,
    hours: i128,
    costs: [i128; 6],
}

impl Tally {
    fn add(&mut self, other: &Self) {
        self.rows += other.rows;
        self.hours += other.hours;
        for (sum, more) in self.costs.iter_mut().zip(other.costs) {
            *sum += more;
        }
    }

    /// Rows, hours and costs as `truth.json` spells them.
    fn json(&self) -> Map<String, Value> {
        let costs = CostMetric::ALL.iter().zip(self.costs);
        let costs: Map<String, Value> = costs
            .map(|(metric, units)| (metric.name().to_owned(), json!(pico_text(units * PICO))))
            .collect();
        let mut entry = Map::new();
        entry.insert("rows".to_owned(), json!(self.rows));
        entry.insert("usage_hours".to_owned(), json!(pico_text(self.hours * PICO)));
        entry.insert("cost".to_owned(), Value::Object(costs));
        entry
    }
}

/// The totals while they grow.
pub(super) struct Truth {
    tallies: FxHashMap<Key, Tally>,
    seen: SeenInTags,
    months: Vec<String>,
    /// What breaks the policy beside the export, if there is one.
    guarded: Option<Guarded>,
    /// What was planted to be found idle, if anything was.
    idled: Option<Idled>,
}

impl Truth {
    /// No line yet.
    pub(super) fn new(cast: &Cast, has_policy: bool, planted: &[Planted]) -> Self {
        let (seen, guarded) = (SeenInTags::new(cast), has_policy.then(Guarded::default));
        let idled = (!planted.is_empty()).then(|| Idled::of(planted));
        Self { tallies: FxHashMap::default(), seen, months: Vec::new(), guarded, idled }
    }

    /// The lines to come are of this month.
    pub(super) fn begin_month(&mut self, month: BillingPeriod) {
        self.months.push(month.to_string());
        if let Some(idled) = &mut self.idled {
            idled.begin_month(Span::of(month).start);
        }
    }

    /// Counts a line.
    pub(super) fn note(&mut self, line: &Line) {
        let profile = &*line.profile;
        self.seen.note_job(profile.evidence, profile.evidence_without_tags);
        if let Some(guarded) = &mut self.guarded {
            guarded.note(line, self.months.len() - 1);
        }
        if let Some(idled) = &mut self.idled {
            idled.note(line);
        }
        let key = Key {
            month: self.months.len() - 1,
            evidence: profile.evidence,
            component: profile.sku.component,
            line_type: profile.line_type,
        };
        let tally = self.tallies.entry(key).or_insert_with(|| {
            self.seen.note(profile.evidence);
            Tally::default()
        });
        let counts_hours = profile.line_type.is_usage() && profile.sku.unit == "Hrs";
        tally.add(&Tally {
            rows: 1,
            hours: if counts_hours { line.usage.into() } else { 0 },
            costs: line.metrics.map(i128::from),
        });
    }

    /// The file's text: one entry per line, so that a difference is easy to see.
    pub(super) fn text(&self, plan: &SamplePlan, cast: &Cast, habits: Option<&Habits>) -> String {
        let resolved: Vec<(Key, Owner, Tally)> = self
            .tallies
            .iter()
            .map(|(key, tally)| (*key, owner(cast, &self.seen, key.evidence), *tally))
            .collect();
        let group = |names: &[&str], values: &dyn Fn(&Key, &Owner) -> Vec<Option<String>>| {
            let mut groups: BTreeMap<Vec<Option<String>>, Tally> = BTreeMap::new();
            for (key, owner, tally) in &resolved {
                groups.entry(values(key, owner)).or_default().add(tally);
            }
            entries(names, groups)
        };
        let standing = |owner: &Owner| Some(owner.standing.name().to_owned());
        let reason = |owner: &Owner| Some(owner.reason.to_owned());
        let lists = [
            (
                "by_month",
                group(&["billing_period"], &|key, _| vec![Some(self.months[key.month].clone())]),
            ),
            ("by_standing", group(&["standing"], &|_, owner| vec![standing(owner)])),
            ("by_reason", group(&["owner_reason"], &|_, owner| vec![reason(owner)])),
            (
                "by_line_item_type",
                group(&["line_item_type"], &|key, _| vec![Some(key.line_type.name())]),
            ),
            ("by_component", group(&["component"], &|key, _| vec![Some(key.component.to_owned())])),
            (
                "by_domain",
                group(&["standing", "domain_arn"], &|_, owner| {
                    vec![standing(owner), owner.domain.clone()]
                }),
            ),
            (
                "by_user",
                group(&["standing", "user_profile_arn"], &|_, owner| {
                    vec![standing(owner), owner.user.clone()]
                }),
            ),
            (
                "by_space",
                group(&["standing", "space_arn"], &|_, owner| {
                    vec![standing(owner), owner.space.clone()]
                }),
            ),
            (
                "owners",
                group(&OWNER_NAMES, &|_, owner| {
                    let Owner { domain, user, space, .. } = owner.clone();
                    vec![standing(owner), reason(owner), domain, user, space]
                }),
            ),
        ];
        let lists = self.with_violations(lists.to_vec(), cast);
        self.head(plan) + &body(&self.with_habits(lists, cast, habits))
    }

    /// The same lists, what breaks the policy, and what is idle.
    fn with_violations<'n>(&self, mut lists: Vec<List<'n>>, cast: &Cast) -> Vec<List<'n>> {
        if let Some(guarded) = &self.guarded {
            let user = |evidence| owner(cast, &self.seen, evidence).user;
            lists.push(("violations", guarded.entries(&self.months, &user)));
        }
        if let (Some(idled), Some(month)) = (&self.idled, self.months.last()) {
            let user = |evidence| owner(cast, &self.seen, evidence).user;
            lists.push(("idle", idled.entries(month, &user)));
        }
        lists
    }

    /// The same lists, and who has habits.
    fn with_habits<'n>(
        &self,
        mut lists: Vec<List<'n>>,
        cast: &Cast,
        habits: Option<&Habits>,
    ) -> Vec<List<'n>> {
        if let (Some(habits), Some(month)) = (habits, self.months.last()) {
            let user = |evidence| owner(cast, &self.seen, evidence).user;
            lists.push(("habits", habits.entries(month, &user)));
        }
        lists
    }

    /// What the export is, and its grand total.
    fn head(&self, plan: &SamplePlan) -> String {
        let mut total = Tally::default();
        self.tallies.values().for_each(|tally| total.add(tally));
        let metrics: Vec<_> = CostMetric::ALL.iter().map(|metric| metric.name()).collect();
        let facts = [
            ("schema", json!(plan.schema.name())),
            ("seed", json!(plan.seed)),
            ("currency", json!("USD")),
            ("months", json!(self.months)),
            ("metrics", json!(metrics)),
            ("total", Value::Object(total.json())),
        ];
        let mut text = "{\n".to_owned();
        for (name, value) in facts {
            // Writing to a string cannot fail.
            let _ = writeln!(text, "\"{name}\": {value},");
        }
        text
    }
}

const OWNER_NAMES: [&str; 5] =
    ["standing", "owner_reason", "domain_arn", "user_profile_arn", "space_arn"];

/// The groups of one list, each with its names and values first.
fn entries(names: &[&str], groups: BTreeMap<Vec<Option<String>>, Tally>) -> Vec<Value> {
    let entry = |(values, tally): (Vec<Option<String>>, Tally)| {
        let columns = names.iter().map(|name| (*name).to_owned()).zip(values);
        let mut entry: Map<String, Value> =
            columns.map(|(name, value)| (name, json!(value))).collect();
        entry.extend(tally.json());
        Value::Object(entry)
    };
    groups.into_iter().map(entry).collect()
}

/// A list of the file and its name.
type List<'n> = (&'n str, Vec<Value>);

fn body(lists: &[List]) -> String {
    let list = |(name, entries): &List| {
        let entries: Vec<_> = entries.iter().map(ToString::to_string).collect();
        format!("\"{name}\": [\n{}\n]", entries.join(",\n"))
    };
    let lists: Vec<_> = lists.iter().map(list).collect();
    format!("{}\n}}\n", lists.join(",\n"))
}
