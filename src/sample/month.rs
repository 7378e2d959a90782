//! Month: the line items of one billing period, slice by slice.
//!
//! In:    the [`World`], its commitments, the slices with their exact row counts.
//! Out:   every [`Line`] of the month, in order of time, the month-long ones last.
//! Never: keeps lines, or writes one more or less than asked.

use std::sync::Arc;

use crate::model::period::BillingPeriod;
use crate::sample::SampleError;
use crate::sample::amount::{Units, price};
use crate::sample::calendar::{Slice, Span, slices};
use crate::sample::commitment::{Cover, Plan, Reservation};
use crate::sample::cost;
use crate::sample::habits::Habits;
use crate::sample::idled::Planted;
use crate::sample::monthly::{MonthBooks, Monthly};
use crate::sample::plan::Granularity;
use crate::sample::price_list::Eligible;
use crate::sample::profile::{Detail, Line, LineType, Profile};
use crate::sample::world::{Class, Series, World};

/// Where lines go.
pub(super) type Sink<'a> = dyn FnMut(&Line) -> Result<(), SampleError> + 'a;

/// Slices with fewer lines have no room for a Savings Plan.
const PLAN_FROM_ROWS: u64 = 8;
/// Of 100 lines that a plan could pay for, how many it looks at.
const COVERED_PERCENT: u64 = 60;

/// An organisation from month to month.
pub(super) struct Organisation {
    pub(super) world: World,
    pub(super) plan: Plan,
    pub(super) reservations: [Reservation; 2],
    /// What runs in parallel; the first ones run round the clock.
    slots: Vec<Option<Series>>,
    sagemaker_percent: u64,
    /// Blended cost that reserved usage took over and on-demand usage has yet to give up.
    blended_debt: Units,
    /// What runs by the clock in the last month, whatever else does.
    pub(super) planted: Vec<Planted>,
    /// What people with habits do, if there are any.
    pub(super) habits: Option<Habits>,
}

/// One month of it.
pub(super) struct Month {
    pub(super) period: BillingPeriod,
    /// Counted from 0.
    pub(super) index: u32,
    pub(super) is_last: bool,
    pub(super) rows: u64,
    pub(super) granularity: Granularity,
}

impl Organisation {
    /// An organisation before its first line.
    pub(super) fn new(
        world: World,
        plan: Plan,
        reservations: [Reservation; 2],
        sagemaker_percent: u32,
    ) -> Self {
        let sagemaker_percent = u64::from(sagemaker_percent);
        let (slots, planted) = (Vec::new(), Vec::new());
        let (blended_debt, habits) = (0, None);
        Self { world, plan, reservations, slots, sagemaker_percent, blended_debt, planted, habits }
    }

    /// Sends every line of a month to the sink: exactly `month.rows` of them.
    pub(super) fn run(&mut self, month: &Month, sink: &mut Sink<'_>) -> Result<(), SampleError> {
        let monthly = Monthly::list(&self.world.cast, month);
        let in_slices = month.rows - monthly.len() as u64;
        let slices = slices(month.period, month.granularity, in_slices);
        let steady = slices.iter().map(|slice| slice.rows).min().unwrap_or(0);
        let mut books = MonthBooks::default();
        for slice in slices {
            let planted = self.planted_lines(month, slice);
            self.slice(slice, steady, planted, &mut |line| {
                books.note(line);
                sink(line)
            })?;
        }
        for kind in monthly {
            let line = kind.line(self, month, &books);
            sink(&line)?;
        }
        Ok(())
    }

    /// What was planted into a slice.
    fn planted_lines(&mut self, month: &Month, slice: Slice) -> Vec<Line> {
        let Self { planted, habits, blended_debt, world, .. } = self;
        let start = Span::of(month.period).start;
        let running = planted.iter().filter(|of| month.is_last && of.runs(start, slice.span));
        let running = running.map(|of| (&of.profile, of.usage));
        let is_tagged = slice.span.start >= world.activation;
        let usual = habits.iter().flat_map(|habits| &habits.series).filter(|_| is_tagged);
        let usual = usual.map(|of| (&of.profile, of.usage(slice.span)));
        let all = running.chain(usual.filter(|(_, usage)| *usage > 0));
        all.map(|(of, usage)| usage_line(of, slice.span, (usage, blended_debt))).collect()
    }

    /// The lines of one hour or day.
    fn slice(
        &mut self,
        slice: Slice,
        steady: u64,
        planted: Vec<Line>,
        sink: &mut Sink<'_>,
    ) -> Result<(), SampleError> {
        self.reservations.iter_mut().for_each(Reservation::begin_slice);
        let mut cover = (slice.rows >= PLAN_FROM_ROWS).then(|| self.plan.cover(slice.span));
        let mut sent = 0;
        for line in planted {
            sink(&line)?;
            sent += 1;
        }
        let mut slot = 0;
        loop {
            let owed = cover.as_ref().map_or(0, Cover::owed);
            let room = slice.rows - sent - owed;
            if room == 0 {
                break;
            }
            let class = self.class(slot, steady);
            self.refresh(slot, class, slice.span);
            if let Some(line) = self.line(slot, slice.span, (cover.as_mut(), room)) {
                sink(&line)?;
                sent += 1;
            }
            slot += 1;
        }
        if let Some(cover) = cover {
            for line in self.plan.settle(&mut self.world, &cover) {
                sink(&line)?;
            }
        }
        Ok(())
    }

    /// `SageMaker`'s share is spread evenly over the slots, so that every slice shows it.
    fn class(&self, slot: usize, steady: u64) -> Class {
        let slot = slot as u64;
        let share = |slots: u64| slots * self.sagemaker_percent / 100;
        Class { sagemaker: share(slot + 1) > share(slot), steady: slot < steady }
    }

    /// Puts a living series into a slot, with its tags once they are activated.
    fn refresh(&mut self, slot: usize, class: Class, at: Span) {
        if self.slots.len() <= slot {
            self.slots.push(None);
        }
        let ends = self.slots[slot].as_ref().map(|series| series.ends);
        if ends.is_none_or(|ends| ends <= at.start) {
            self.slots[slot] = Some(self.world.start(class, at, ends.is_none()));
        }
        if let Some(series) = &mut self.slots[slot]
            && at.start >= self.world.activation
            && let Some(tagged) = series.after_activation.take()
        {
            series.profile = tagged;
            series.committed = None;
        }
    }

    /// The line of one slot in one slice.
    fn line(
        &mut self,
        slot: usize,
        span: Span,
        (cover, room): (Option<&mut Cover>, u64),
    ) -> Option<Line> {
        let series = self.slots.get_mut(slot)?.as_mut()?;
        let usage = self.world.usage(series.offer, span);
        match (series.offer.eligible, cover) {
            (Eligible::SavingsPlan, Some(cover)) if self.world.dice.chance(COVERED_PERCENT) => {
                let sku = &series.profile.sku;
                if let Some(effective) = cover.take(sku, usage, room) {
                    let profile = series
                        .committed
                        .get_or_insert_with(|| self.plan.covered(&mut self.world, &series.profile));
                    return Some(covered_line(profile, span, (usage, effective)));
                }
            }
            (Eligible::Reservation(index), _) => {
                let reservation = &mut self.reservations[index];
                if let Some((upfront, recurring)) = reservation.take(span, usage) {
                    let commitment = &reservation.commitment;
                    let profile = series.committed.get_or_insert_with(|| {
                        let next = self.world.next();
                        let line_type = LineType::DiscountedUsage;
                        Arc::new(series.profile.under(next, line_type, Arc::clone(commitment)))
                    });
                    self.blended_debt += recurring;
                    return Some(reserved_line(profile, span, (usage, upfront, recurring)));
                }
            }
            _ => {}
        }
        Some(usage_line(&series.profile, span, (usage, &mut self.blended_debt)))
    }

    /// What reserved usage took over and nobody gave up.
    pub(super) fn settle_blended(&mut self) -> Units {
        std::mem::take(&mut self.blended_debt)
    }
}

/// Ordinary usage. On-demand usage of a reserved service gives up blended cost.
fn usage_line(
    profile: &Arc<Profile>,
    span: Span,
    (usage, blended_debt): (Units, &mut Units),
) -> Line {
    let unblended = price(profile.sku.rate.unwrap_or(0), usage);
    // Spot prices are a third of the public price here.
    let is_spot = profile.sku.component == "spot-training";
    let mut written = cost::written(unblended, if is_spot { unblended * 3 } else { unblended });
    if profile.sku.operation == "RunInstances" {
        let given = (*blended_debt).min(unblended);
        *blended_debt -= given;
        written.blended = Some(unblended - given);
    }
    Line {
        profile: Arc::clone(profile),
        span,
        usage,
        written,
        detail: Detail::None,
        metrics: cost::plain(&written),
    }
}

/// Usage that the Savings Plan paid for.
fn covered_line(profile: &Arc<Profile>, span: Span, (usage, effective): (Units, Units)) -> Line {
    let unblended = price(profile.sku.rate.unwrap_or(0), usage);
    let written = cost::written(unblended, unblended);
    Line {
        profile: Arc::clone(profile),
        span,
        usage,
        written,
        detail: Detail::Covered { effective },
        metrics: cost::committed(&written, effective),
    }
}

/// Usage that a reservation paid for.
fn reserved_line(
    profile: &Arc<Profile>,
    span: Span,
    (usage, upfront, recurring): (Units, Units, Units),
) -> Line {
    let mut written = cost::written(0, price(profile.sku.rate.unwrap_or(0), usage));
    written.blended = Some(recurring);
    Line {
        profile: Arc::clone(profile),
        span,
        usage,
        written,
        detail: Detail::Reserved { upfront, recurring },
        metrics: cost::committed(&written, upfront + recurring),
    }
}
