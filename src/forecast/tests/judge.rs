//! Judge: how often a band holds, and what the forecast misses, over bills whose end is known.
//!
//! In:    days of two recorded bills, and of bills made by rules and a fixed noise.
//! Out:   shares of months inside their band, its width, the misses of ours and of plainer means.
//! Never: shows a forecast a day that was not billed when it was made.

use chrono::{Datelike, NaiveDate};

use super::cost;
use crate::forecast::forecast;
use crate::model::forecast::{DailyCost, Progress, Scope};
use crate::model::money::UNIT;
use crate::model::period::BillingPeriod;

/// What each day cost, in order.
type Bill = Vec<(NaiveDate, i128)>;

/// Usage of the workshop's bill in `sample-data/real`, in cents by day; it shuts down in mid-month.
const WORKSHOP: (&str, [i128; 61]) = (
    "2018-10-01",
    [
        10479, 10539, 10623, 10625, 10624, 10624, 10623, 10624, 11199, 16134, 16150, 16152, 16150,
        16150, 15832, 10381, 9882, 15621, 15062, 14957, 14075, 14511, 13635, 10708, 12316, 12554,
        15764, 15533, 15539, 15790, 15839, 15953, 16480, 16076, 15960, 16246, 15882, 16514, 16039,
        16193, 15618, 16041, 16280, 16064, 16283, 18186, 17851, 16203, 15872, 16441, 15484, 5833,
        5829, 5834, 5365, 1743, 1734, 1737, 1732, 1737, 1726,
    ],
);

/// Usage of the bill in `sample-data/cur2`, in cents by day; the second month is cheaper.
const SAMPLE: (&str, [i128; 61]) = (
    "2026-09-01",
    [
        31837, 41860, 28159, 24553, 16983, 10299, 30055, 14492, 42376, 38259, 30051, 17907, 22928,
        37384, 22423, 27708, 42258, 29880, 28139, 19551, 36810, 36426, 32942, 28622, 29856, 21704,
        15410, 28638, 31878, 26098, 30690, 25416, 15652, 19562, 24287, 26992, 22288, 30008, 20001,
        15290, 12885, 23824, 22863, 20152, 37158, 18430, 20259, 15180, 27901, 24143, 13703, 21668,
        17683, 9778, 9297, 21046, 22109, 20706, 14109, 15898, 10900,
    ],
);

/// A number that looks like chance, below `below`.
fn chance(seed: &mut u64, below: u64) -> i128 {
    *seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
    i128::from((*seed >> 33) % below)
}

/// Half a year of days whose level goes on as a rule says; weekends cost half.
fn made(seed: u64, mut level: impl FnMut(i128, &mut u64) -> i128) -> Bill {
    let from: NaiveDate = "2026-01-01".parse().unwrap();
    let mut seed = seed;
    let day = |(at, day): (i128, NaiveDate)| {
        let usual = level(at, &mut seed);
        let usual = if day.weekday().number_from_monday() > 5 { usual / 2 } else { usual };
        // A tenth up or down, near the middle more often.
        let noise = 800 + chance(&mut seed, 200) + chance(&mut seed, 201);
        (day, usual * noise / 1000)
    };
    (0..).zip(from.iter_days().take(181)).map(day).collect()
}

fn recorded((from, costs): (&str, &[i128])) -> Bill {
    let from: NaiveDate = from.parse().unwrap();
    from.iter_days().zip(costs.iter().copied()).collect()
}

/// Kinds of bills, each with several.
fn bills() -> Vec<(&'static str, Vec<Bill>)> {
    let three = |of: &dyn Fn(u64) -> Bill| (1..=3).map(of).collect::<Vec<_>>();
    let shifts = |seed| {
        let mut now = 10_000;
        made(seed, move |_, seed| {
            if chance(seed, 40) == 0 {
                now = [4_000, 7_000, 10_000, 15_000, 22_000]
                    [usize::try_from(chance(seed, 5)).unwrap()];
            }
            now
        })
    };
    let walks = |seed| {
        let mut now = 10_000;
        made(seed, move |_, seed| {
            now += now * (chance(seed, 101) - 50) / 1000;
            now
        })
    };
    vec![
        ("workshop", vec![recorded((WORKSHOP.0, &WORKSHOP.1))]),
        ("sample", vec![recorded((SAMPLE.0, &SAMPLE.1))]),
        ("quiet", three(&|seed| made(seed, |_, _| 10_000))),
        ("growth", three(&|seed| made(seed, |at, _| 10_000 + 100 * at))),
        ("fall", three(&|seed| made(seed, |at, _| 1_000_000 / (100 + at)))),
        ("walk", three(&walks)),
        ("shifts", three(&shifts)),
        ("stop", three(&|seed| made(seed, |at, _| if at < 100 { 10_000 } else { 100 }))),
    ]
}

/// What forecasts were worth, in thousandths of the months' costs.
#[derive(Debug, Default)]
struct Worth {
    made: i128,
    inside: i128,
    width: i128,
    missed: i128,
    /// By the mean of the last seven known days.
    missed_by_week: i128,
    /// By the mean of the month to date.
    missed_by_month: i128,
}

impl Worth {
    fn add(&mut self, bill: &[(NaiveDate, i128)], of: BillingPeriod) {
        let whole: Bill =
            bill.iter().filter(|day| BillingPeriod::containing(day.0) == of).copied().collect();
        let total: i128 = whole.iter().map(|day| day.1).sum();
        for at in 8..whole.len() {
            let last = whole[at - 1].0;
            let billed = bill.iter().filter(|day| day.0 <= last);
            let costs: Vec<DailyCost> = billed
                .map(|(day, cents)| {
                    cost("search", Some(*day), BillingPeriod::containing(*day), *cents)
                })
                .collect();
            let all = forecast(&costs, &[(of, Progress::Running)]).unwrap();
            let all = all.into_iter().find(|of| of.scope == Scope::All).unwrap();
            let ([low, high], told) = (all.band.unwrap(), all.expected.unwrap());
            let known = &whole[..at - 2];
            let so_far: i128 = known.iter().map(|day| day.1).sum();
            let ahead = (whole.len() - known.len()) as i128;
            let plain = |days: usize| {
                let last: i128 = known.iter().rev().take(days).map(|day| day.1).sum();
                so_far + last * ahead / (known.len().min(days) as i128)
            };
            let off = |told: i128| (told - total).abs() * 1000 / total;
            self.made += 1;
            self.inside += i128::from(low.0 <= total * UNIT && total * UNIT <= high.0);
            self.width += (high.0 - low.0) * 1000 / (total * UNIT);
            self.missed += off(told.0 / UNIT);
            self.missed_by_week += off(plain(7));
            self.missed_by_month += off(plain(31));
        }
    }

    /// Mean figures of one forecast.
    fn mean(&self) -> [i128; 5] {
        let sums = [self.inside * 1000, self.width, self.missed];
        let [inside, width, missed] = sums.map(|sum| sum / self.made);
        let plainer = [self.missed_by_week, self.missed_by_month].map(|sum| sum / self.made);
        [inside, width, missed, plainer[0], plainer[1]]
    }
}

fn judged() -> Vec<(&'static str, Worth)> {
    let judge = |(kind, bills): (&'static str, Vec<Bill>)| {
        let mut worth = Worth::default();
        for bill in &bills {
            let mut months: Vec<_> =
                bill.iter().map(|day| BillingPeriod::containing(day.0)).collect();
            months.dedup();
            for of in months {
                worth.add(bill, of);
            }
        }
        (kind, worth)
    };
    bills().into_iter().map(judge).collect()
}

/// Means over kinds of bills, so that recorded ones count as much as made ones.
fn over<'a>(judged: impl Iterator<Item = &'a (&'static str, Worth)>) -> [i128; 5] {
    let means: Vec<[i128; 5]> = judged.map(|(_, worth)| worth.mean()).collect();
    [0, 1, 2, 3, 4].map(|at| means.iter().map(|mean| mean[at]).sum::<i128>() / means.len() as i128)
}

#[test]
fn a_band_holds_about_as_often_as_it_says_and_the_level_of_the_last_week_misses_least() {
    let judged = judged();
    let figures: Vec<_> = judged.iter().map(|(kind, worth)| (kind, worth.mean())).collect();
    let [inside, ..] = over(judged.iter());
    assert!((700..=900).contains(&inside), "{inside} {figures:?}");
    // Against the little that is billed after a stop, every width and every miss is absurd.
    let going_on = judged.iter().filter(|of| of.0 != "stop");
    let [_, width, missed, by_week, by_month] = over(going_on);
    assert!(width < 200, "{width} {figures:?}");
    assert!(missed < by_week && missed < by_month, "{missed} {figures:?}");
}

#[test]
fn a_quiet_bill_has_a_narrow_band() {
    let judged = judged();
    let quiet = judged.iter().find(|of| of.0 == "quiet").unwrap().1.mean();
    assert!(quiet[0] >= 700 && quiet[1] < 100, "{quiet:?}");
}
