//! Random: bills and rules that nobody would write, and any of which may come.
//!
//! In:    proptest's choices.
//! Out:   [`Charge`]s and splits.
//! Never: makes rules that the reader of rule files refuses.

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;

use super::fixture::{Rules, driver, fixed, is, limits, takes, tenants, tier, to};
use crate::model::charges::column;
use crate::model::frame::{Frame, Texts};
use crate::model::money::{Money, Quantity};
use crate::model::period::{Day, Days};
use crate::model::split::{
    Base, DriverDate, DriverRow, Every, Limits, Method, OnNegative, OnZero, Rest, Split, order,
};

pub(super) const TENANTS: [&str; 4] = ["a", "b", "c", "platform"];
const DAYS: [&str; 4] = ["2026-10-01", "2026-10-02", "2026-11-01", "2026-11-30"];
const TYPES: [&str; 3] = ["Usage", "Tax", "Credit"];
const COMPONENTS: [&str; 3] = ["training", "hosting", "-"];

/// One row of a bill.
#[derive(Debug, Clone)]
pub(super) struct Charge {
    pub(super) tenant: Option<&'static str>,
    pub(super) day: &'static str,
    pub(super) currency: &'static str,
    pub(super) line_type: &'static str,
    pub(super) component: &'static str,
    pub(super) region: &'static str,
    pub(super) cost: i128,
    pub(super) hours: i128,
    pub(super) lines: u64,
}

impl Charge {
    pub(super) fn period(&self) -> &'static str {
        &self.day[..7]
    }
}

fn charge() -> impl Strategy<Value = Charge> {
    let cost = prop_oneof![
        1 => Just(0_i128),
        3 => -50..50_i128,
        6 => -1_000_000_000_000_000..1_000_000_000_000_000_i128,
    ];
    let places = (select(&DAYS[..]), select(&["USD", "USD", "CNY"][..]));
    let kinds = (select(&TYPES[..]), select(&COMPONENTS[..]), select(&["eu", "us"][..]));
    (option::of(select(&TENANTS[..])), places, kinds, cost, 0..1_000_i128, 1..4_u64).prop_map(
        |(tenant, (day, currency), (line_type, component, region), cost, hours, lines)| Charge {
            tenant,
            day,
            currency,
            line_type,
            component,
            region,
            cost,
            hours,
            lines,
        },
    )
}

pub(super) fn bills() -> impl Strategy<Value = Vec<Charge>> {
    vec(charge(), 1..40)
}

/// What a column says of a charge.
type Text = fn(&Charge) -> Option<&'static str>;

pub(super) fn frame(bill: &[Charge]) -> Frame {
    let mut frame = Frame::new(bill.iter().map(|charge| charge.lines).collect());
    let texts: [(&str, Text); 11] = [
        ("tenant", |charge| charge.tenant),
        ("tenant_rule", |charge| charge.tenant.map(|_| "tenants.toml:1")),
        ("usage_date", |charge| Some(charge.day)),
        ("billing_period", |charge| Some(charge.period())),
        ("currency", |charge| Some(charge.currency)),
        ("line_item_type", |charge| Some(charge.line_type)),
        ("component", |charge| Some(charge.component)),
        ("region_code", |charge| Some(charge.region)),
        ("standing", |charge| {
            Some(if charge.tenant.is_some() { "attributed" } else { "unattributed" })
        }),
        (column::SPLIT_COST, |_| None),
        (column::UNKNOWN_TYPE, |_| None),
    ];
    for (name, of) in texts {
        let texts = bill.iter().map(|charge| of(charge).filter(|text| *text != "-"));
        frame.set_texts(name, Texts::of(texts));
    }
    frame.set_amounts("amortized_cost", bill.iter().map(|charge| charge.cost).collect());
    frame.set_amounts("usage_hours", bill.iter().map(|charge| charge.hours).collect());
    frame
}

fn conditions() -> impl Strategy<Value = &'static str> {
    select(&["", "", "line-type=Tax", "line-type=*a*", "component=training", "component=*"][..])
}

fn targets() -> impl Strategy<Value = &'static str> {
    select(&["*", "*", "a", "a b", "c a platform", "b c"][..])
}

/// Any method but tiers.
fn plain() -> impl Strategy<Value = Method> {
    let percent = select(
        &["a=33.3333 b=33.3333 c=33.3333", "a=60 b=40", "c=12.5", "a=0 b=0", "platform=99"][..],
    );
    let rest = select(&[Rest::Keep, Rest::Spread][..]);
    let on_zero = || select(&[OnZero::Keep, OnZero::Even][..]);
    let date = prop_oneof![
        select(&DAYS[..]).prop_map(|day| DriverDate::Day(Day::parse(day).unwrap())),
        select(&DAYS[..]).prop_map(|day| DriverDate::Month(Day::parse(day).unwrap().month())),
    ];
    let rows = vec((date, select(&TENANTS[..]), 0..1_000_000_i128), 1..8);
    let base = select(&[Base::Cost, Base::Hours][..]);
    prop_oneof![
        targets().prop_map(|targets| Method::Even(to(targets))),
        (percent, rest).prop_map(|(percent, rest)| fixed(percent, rest)),
        (targets(), base, conditions(), on_zero()).prop_map(|(targets, by, of, on_zero)| {
            let (to, of) = (to(targets), is(of));
            Method::Proportional { to, by, of, on_zero, on_negative: OnNegative::AsZero }
        }),
        (rows, on_zero(), any::<bool>()).prop_map(|(rows, on_zero, daily)| {
            let every = if daily { Every::Day } else { Every::Month };
            // Some row for either month, so that the driver is of this bill.
            let empty = driver(&["2026-10 a 0", "2026-11 a 0"], every, on_zero);
            let Method::Driver { file, rows: mut all, .. } = empty else { unreachable!() };
            all.extend(rows.into_iter().map(|(date, target, amount)| DriverRow {
                date,
                target: target.into(),
                amount: Quantity(amount),
            }));
            Method::Driver { file, rows: all, every, on_zero }
        }),
    ]
}

fn methods() -> impl Strategy<Value = Method> {
    let tiers = (plain(), plain(), 0..1_000_000_000_000_i128).prop_map(|(first, last, end)| {
        let mut low = tier(None, first);
        low.up_to = Some(Money(end));
        Method::Tiers(vec![low, tier(None, last)])
    });
    prop_oneof![5 => plain(), 1 => tiers]
}

fn split() -> impl Strategy<Value = Split> {
    let from = select(&["", "", "platform", "a b", "c"][..]);
    let days = option::of(select(&DAYS[..]));
    let bounds = select(
        &[("", ""), ("", ""), ("a=100 b=3", ""), ("c=0", "a=50"), ("", "b=7 platform=2")][..],
    );
    (conditions(), from, methods(), days, bounds).prop_map(
        |(condition, from, method, to, (caps, floors))| Split {
            from: from.split_whitespace().map(ToOwned::to_owned).collect(),
            during: Days { from: None, to: to.and_then(Day::parse) },
            caps: limits(None, caps),
            floors: limits(None, floors),
            ..takes("", condition, method)
        },
    )
}

/// Rules in their order, without those that would close a circle.
pub(super) fn rules() -> impl Strategy<Value = Rules> {
    vec(split(), 0..6).prop_map(|splits| in_order(&splits))
}

/// Rules without limits and without chains that look at days or values.
pub(super) fn plain_rules() -> impl Strategy<Value = Rules> {
    rules().prop_map(|rules| {
        let mut splits = rules.0.splits;
        for split in &mut splits {
            (split.caps, split.floors) = (Limits::default(), Limits::default());
            // The twin does not compose pools: what stays of a chain is one tenant's.
            split.from.truncate(1);
            if !split.from.is_empty() {
                (split.condition, split.during) = (is(""), Days::ALWAYS);
            }
        }
        splits.retain(|split| split.from.is_empty() || !split.decides_daily());
        in_order(&splits)
    })
}

fn in_order(splits: &[Split]) -> Rules {
    let mut open: Vec<Split> = Vec::new();
    for (at, split) in splits.iter().enumerate() {
        open.push(Split { name: format!("pool {at}"), ..split.clone() });
        if order(&open).is_err() {
            open.pop();
        }
    }
    let order = order(&open).unwrap();
    let all = order.into_iter().map(|at| open[at].clone());
    all.fold(tenants("a b c platform"), Rules::split)
}
