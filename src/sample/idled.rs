//! Idled: what runs though nobody uses it, planted where a plan asks for it.
//!
//! In:    the [`World`], every line of the last month.
//! Out:   a series for each pattern; what there is to be found of it, as truth.json tells it.
//! Never: looks for a pattern: it tells the hours that were planted.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::{Value, json};

use crate::model::metric::CostMetric;
use crate::model::money::pico_text;
use crate::sample::amount::{ONE, Units};
use crate::sample::calendar::Span;
use crate::sample::owner::{Evidence, Holder};
use crate::sample::price_list::{OFFERS, Offer, Resource};
use crate::sample::profile::{Line, Profile};
use crate::sample::resource::Found;
use crate::sample::world::World;

const HOUR_MS: i64 = 3_600_000;
/// Pico-units in one unit of 10^-10.
const PICO: i128 = 100;
/// The idle hours that savings of the truth are told for.
const IDLE_AFTER: usize = 2;
/// 100 GB for an hour, of a month of 744.
const VOLUME: Units = 100 * ONE / 744;

/// Hours of a month, counted from its first one: when a stretch begins and how long it is.
type Stretches = &'static [(i64, i64)];

const fn at(day: i64, hour: i64) -> i64 {
    (day - 1) * 24 + hour
}

/// Pattern, component, stretches; all after the day on which tags begin to show.
const CASES: [(&str, &str, Stretches); 5] = [
    ("around_the_clock", "studio-kernelgateway", &[(at(14, 9), 120)]),
    (
        "nights_and_weekends",
        "studio-kernelgateway",
        &[(at(20, 16), 15), (at(21, 16), 15), (at(22, 16), 15), (at(23, 16), 15)],
    ),
    (
        "same_hours",
        "studio-kernelgateway",
        &[
            (at(15, 7), 8),
            (at(16, 7), 8),
            (at(17, 7), 8),
            (at(18, 7), 8),
            (at(19, 7), 8),
            (at(20, 7), 8),
        ],
    ),
    ("endpoint_without_a_break", "hosting", &[(at(15, 0), 200)]),
    ("notebook_without_a_break", "notebook-instance", &[(at(16, 10), 72)]),
];

/// The volume of somebody who left before the tags showed.
const VOLUME_CASE: (&str, &str, Stretches) =
    ("volume_without_its_app", "studio-storage", &[(at(13, 0), 15 * 24)]);

/// A series that runs by the clock.
pub(super) struct Planted {
    pattern: &'static str,
    pub(super) profile: Arc<Profile>,
    stretches: Stretches,
    pub(super) usage: Units,
}

impl Planted {
    /// Whether it runs in an hour of a month that begins at an instant.
    pub(super) fn runs(&self, month: i64, span: Span) -> bool {
        let hour = (span.start - month) / HOUR_MS;
        self.stretches.iter().any(|(from, long)| (*from..from + long).contains(&hour))
    }
}

/// A series of each pattern.
pub(super) fn plant(world: &mut World) -> Vec<Planted> {
    let mut planted = Vec::new();
    for (pattern, component, stretches) in CASES {
        let Some(index) = offer(component) else { continue };
        let found = world.find(&OFFERS[index], false);
        let profile = Arc::new(world.planted(index, found));
        planted.push(Planted { pattern, profile, stretches, usage: ONE });
    }
    let (pattern, component, stretches) = VOLUME_CASE;
    if let Some(index) = offer(component) {
        let found = volume(world);
        let profile = Arc::new(world.planted(index, found));
        planted.push(Planted { pattern, profile, stretches, usage: VOLUME });
    }
    planted
}

/// Something of a component that has instances, or is a volume of a space.
fn offer(component: &str) -> Option<usize> {
    let fits = |of: &Offer| {
        of.component == component && (of.unit == "Hrs" || of.resource == Resource::SpaceItself)
    };
    // Whoever runs it in a kernel of their own is told by name.
    let is_own = |of: &&Offer| !matches!(of.resource, Resource::SharedApp(_));
    OFFERS.iter().position(|of| fits(of) && is_own(&of))
}

/// The volume of the private space of somebody who left.
fn volume(world: &mut World) -> Found {
    let person = world.cast.leaver();
    let private = world.cast.people[person].private_space;
    loop {
        let found = world.find_of(Resource::SpaceItself, person, false);
        if found.bare == Evidence::Arn(Holder::Space(private)) {
            return found;
        }
    }
}

#[derive(Debug, Clone, Copy, Default)]
struct Tally {
    hours: i128,
    cost: i128,
}

/// What there is to be found.
pub(super) struct Idled {
    cases: Vec<(&'static str, Arc<Profile>, Stretches)>,
    /// By case and hour of the last month.
    hours: BTreeMap<(usize, i64), Tally>,
    /// The last hour of an app in the space of the volume.
    last_app: Option<i64>,
    month: i64,
}

impl Idled {
    pub(super) fn of(planted: &[Planted]) -> Self {
        let case = |of: &Planted| (of.pattern, Arc::clone(&of.profile), of.stretches);
        Self {
            cases: planted.iter().map(case).collect(),
            hours: BTreeMap::new(),
            last_app: None,
            month: 0,
        }
    }

    /// Only the last month counts.
    pub(super) fn begin_month(&mut self, start: i64) {
        (self.month, self.last_app) = (start, None);
        self.hours.clear();
    }

    /// Counts a line.
    pub(super) fn note(&mut self, line: &Line) {
        let profile = &*line.profile;
        if line.span.end - line.span.start != HOUR_MS || !profile.line_type.is_usage() {
            return;
        }
        let hour = (line.span.start - self.month) / HOUR_MS;
        let amortized = CostMetric::ALL.iter().position(|of| *of == CostMetric::Amortized);
        for (at, (_, planted, _)) in self.cases.iter().enumerate() {
            if planted.resource == profile.resource
                && planted.sku.component == profile.sku.component
            {
                let tally = self.hours.entry((at, hour)).or_default();
                tally.hours += if profile.sku.unit == "Hrs" { i128::from(line.usage) } else { 0 };
                tally.cost += i128::from(line.metrics[amortized.unwrap_or_default()]);
            }
            let is_app = profile.sku.component.starts_with("studio-")
                && profile.sku.component != "studio-storage";
            let space = space_of(planted.evidence).filter(|_| is_app);
            if space.is_some() && space_of(profile.evidence) == space && is_volume(planted) {
                self.last_app = self.last_app.max(Some(hour));
            }
        }
    }

    /// One entry per case.
    pub(super) fn entries(
        &self,
        month: &str,
        user: &dyn Fn(Evidence) -> Option<String>,
    ) -> Vec<Value> {
        let entry =
            |(at, (pattern, profile, stretches)): (usize, &(_, Arc<Profile>, Stretches))| {
                let own: Vec<(i64, Tally)> = self.own(at, profile, stretches);
                let sum = |of: &dyn Fn(&(i64, Tally)) -> i128| -> String {
                    pico_text(own.iter().map(of).sum::<i128>() * PICO)
                };
                let first = own.first().map(|(hour, _)| *hour).unwrap_or_default();
                let begins = |hour: i64| {
                    let fits = |(from, long): &&(i64, i64)| (*from..from + long).contains(&hour);
                    let start = stretches.iter().find(fits).map(|(from, _)| *from);
                    start.filter(|_| !is_volume(profile)).unwrap_or(first)
                };
                let idle = i64::try_from(IDLE_AFTER).unwrap_or_default();
                let mut days: Vec<i64> = own.iter().map(|(hour, _)| hour / 24).collect();
                days.dedup();
                json!({
                    "pattern": pattern,
                    "billing_period": month,
                    "resource_id": profile.resource,
                    "user_profile_arn": user(profile.evidence),
                    "usage_hours": sum(&|(_, of)| of.hours),
                    "days": days.len(),
                    "cost": sum(&|(_, of)| of.cost),
                    "saving_at_most": sum(&|(hour, of)| {
                        if *hour >= begins(*hour) + idle { of.cost } else { 0 }
                    }),
                })
            };
        self.cases.iter().enumerate().map(entry).collect()
    }

    /// The hours of a case: those planted, or of the volume those after the last app.
    fn own(&self, at: usize, profile: &Profile, stretches: Stretches) -> Vec<(i64, Tally)> {
        let is_planted =
            |hour: i64| stretches.iter().any(|(from, long)| (*from..from + long).contains(&hour));
        let all = self.hours.range((at, i64::MIN)..=(at, i64::MAX));
        let all = all.map(|((_, hour), tally)| (*hour, *tally));
        let is_after = |hour: i64| self.last_app.is_none_or(|last| hour > last);
        let of_volume = is_volume(profile);
        all.filter(|(hour, _)| if of_volume { is_after(*hour) } else { is_planted(*hour) })
            .collect()
    }
}

fn is_volume(profile: &Profile) -> bool {
    profile.sku.component == VOLUME_CASE.1
}

fn space_of(evidence: Evidence) -> Option<usize> {
    match evidence {
        Evidence::Tags { space, .. } => space,
        Evidence::App { holder: Holder::Space(space), .. }
        | Evidence::Arn(Holder::Space(space)) => Some(space),
        _ => None,
    }
}
