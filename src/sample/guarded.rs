//! Guarded: what breaks the policy that lies beside an export.
//!
//! In:    every line.
//! Out:   the policy; its violations by user and month, as truth.json tells them.
//! Never: reads the policy: its rules are written here a second time, without a pattern.

use std::collections::BTreeMap;

use rustc_hash::FxHashMap;
use serde_json::{Value, json};

use crate::model::metric::CostMetric;
use crate::model::money::pico_text;
use crate::sample::owner::Evidence;
use crate::sample::profile::{Line, Profile, Tag};

/// The policy.
pub(super) const POLICY: &str = include_str!("../../sample-data/policy.toml");

/// What a user may spend in a month: 100, in units of 10^-10.
const CEILING: i128 = 1_000_000_000_000;
/// Pico-units in one unit of 10^-10.
const PICO: i128 = 100;

/// Usage that has to carry the tag of a cost center.
const TAGGED: [&str; 11] = [
    "studio-jupyterlab",
    "studio-kernelgateway",
    "studio-codeeditor",
    "studio-jupyterserver",
    "studio-other",
    "rstudio",
    "canvas",
    "training",
    "spot-training",
    "processing",
    "data-wrangler",
];

/// The guardrail, the rule and what was found.
type Broken = (&'static str, &'static str, &'static str);

#[derive(Debug, Clone, Copy, Default)]
struct Tally {
    rows: u64,
    hours: i128,
    cost: i128,
}

/// Sums of what breaks the policy.
#[derive(Default)]
pub(super) struct Guarded {
    broken: FxHashMap<(Broken, Evidence, usize), Tally>,
    /// Everything that somebody may be said to have spent.
    spent: FxHashMap<(Evidence, usize), i128>,
}

impl Guarded {
    /// Counts a line of a month.
    pub(super) fn note(&mut self, line: &Line, month: usize) {
        let profile = &*line.profile;
        let amortized = CostMetric::ALL.iter().position(|of| *of == CostMetric::Amortized);
        let cost = i128::from(line.metrics[amortized.unwrap_or_default()]);
        *self.spent.entry((profile.evidence, month)).or_default() += cost;
        let hours = if profile.sku.unit == "Hrs" { i128::from(line.usage) } else { 0 };
        for broken in broken(profile) {
            let tally = self.broken.entry((broken, profile.evidence, month)).or_default();
            tally.rows += 1;
            tally.hours += hours;
            tally.cost += cost;
        }
    }

    /// By rule, month and user.
    pub(super) fn entries(
        &self,
        months: &[String],
        user: &dyn Fn(Evidence) -> Option<String>,
    ) -> Vec<Value> {
        let mut by_user: BTreeMap<(Broken, usize, Option<String>), Tally> = BTreeMap::new();
        for ((broken, evidence, month), tally) in &self.broken {
            let sum = by_user.entry((*broken, *month, user(*evidence))).or_default();
            sum.rows += tally.rows;
            sum.hours += tally.hours;
            sum.cost += tally.cost;
        }
        let mut spent: BTreeMap<(usize, String), i128> = BTreeMap::new();
        for ((evidence, month), cost) in &self.spent {
            if let Some(user) = user(*evidence) {
                *spent.entry((*month, user)).or_default() += cost;
            }
        }
        let mut entries: Vec<Value> = Vec::new();
        for (((guardrail, rule, found), month, user), tally) in by_user {
            entries.push(json!({
                "guardrail": guardrail,
                "rule": rule,
                "found": found,
                "billing_period": months[month],
                "user_profile_arn": user,
                "rows": tally.rows,
                "usage_hours": pico_text(tally.hours * PICO),
                "cost": pico_text(tally.cost * PICO),
            }));
        }
        for ((month, user), cost) in spent.into_iter().filter(|(_, cost)| *cost > CEILING) {
            entries.push(json!({
                "guardrail": "a-month-of-a-user",
                "rule": "ceiling",
                "found": null,
                "billing_period": months[month],
                "user_profile_arn": user,
                "cost": pico_text((cost - CEILING) * PICO),
            }));
        }
        entries
    }
}

/// What a line breaks.
fn broken(profile: &Profile) -> Vec<Broken> {
    let (component, instance) = (profile.sku.component, profile.sku.instance);
    let is_elsewhere = matches!(component, "other-service" | "efs" | "savings-plan-fee");
    if is_elsewhere || !profile.line_type.is_usage() {
        return Vec::new();
    }
    let mut broken = Vec::new();
    let begins = |words: &[&str]| words.iter().any(|word| instance.starts_with(word));
    let is_job = matches!(component, "training" | "spot-training" | "processing");
    // Jupyter servers run on the free instance.
    let is_app = component.starts_with("studio-") && component != "studio-jupyterserver";
    if is_app && !instance.is_empty() && !begins(&["ml.t3.", "ml.m5."]) {
        broken.push(("studio-instances", "instance_type", instance));
    }
    let is_small = begins(&["ml.m5.", "ml.c5."]) || instance == "ml.g5.2xlarge";
    if is_job && !instance.is_empty() && !is_small {
        broken.push(("no-large-gpus", "instance_type", instance));
    }
    let region = profile.sku.region_code();
    if !region.is_empty() && !region.starts_with("eu-") {
        broken.push(("at-home", "region", region));
    }
    if TAGGED.contains(&component) && profile.tag(Tag::CostCenter).is_empty() {
        broken.push(("cost-centers", "missing_tag", "CostCenter"));
    }
    broken
}
