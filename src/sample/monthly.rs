//! Monthly: the line items that a month has once, beside its usage.
//!
//! In:    the month, and [`MonthBooks`]: what its slices cost.
//! Out:   fees, credits, refunds, taxes and private discounts.
//! Never: runs in slices; every line begins with the month.

use std::sync::Arc;

use rustc_hash::FxHashMap;

use crate::sample::amount::{ONE, Units, after_discount, capped};
use crate::sample::calendar::Span;
use crate::sample::cast::Cast;
use crate::sample::commitment::payer_line;
use crate::sample::cost::{self, PAYER};
use crate::sample::month::{Month, Organisation};
use crate::sample::owner::Evidence;
use crate::sample::price_list::{EC2, ML_PLANS, Product, RDS, S3, SAGEMAKER, SUPPORT};
use crate::sample::profile::{Detail, Line, LineType, Profile, Sku, Tag, Written};

/// A month must have this many times the rows of its monthly lines, or it goes without them.
const LEAST_RATIO: u64 = 3;
const HOURS_OF_A_YEAR: i64 = 8_760;

/// What the slices of a month cost, by account and service: the base of taxes and discounts.
#[derive(Default)]
pub(super) struct MonthBooks {
    sums: FxHashMap<(&'static str, &'static str), (i128, i128)>,
}

impl MonthBooks {
    /// Adds a line.
    pub(super) fn note(&mut self, line: &Line) {
        let key = (line.profile.account_id, line.profile.sku.product.code);
        let sums = self.sums.entry(key).or_default();
        let written = &line.written;
        sums.0 += i128::from(written.unblended);
        sums.1 += i128::from(written.unblended - written.net.unwrap_or(written.unblended));
    }

    /// Unblended cost and private discount of a service in one account, or in all of them.
    fn sum(&self, account: Option<&str>, product: &Product) -> (Units, Units) {
        let of_interest = |key: &(&'static str, &'static str)| {
            key.1 == product.code && account.is_none_or(|account| account == key.0)
        };
        let chosen = self.sums.iter().filter(|(key, _)| of_interest(key));
        let sums = chosen.fold((0, 0), |sum, (_, more)| (sum.0 + more.0, sum.1 + more.1));
        let units = |sum: i128| capped(i64::try_from(sum).unwrap_or(i64::MAX));
        (units(sums.0), units(sums.1))
    }
}

/// One kind of monthly line.
#[derive(Debug, Clone, Copy)]
pub(super) enum Monthly {
    ReservationFee(usize),
    ReservationUpfront(usize),
    PlanUpfront,
    PlanRefund,
    Support,
    Credit,
    UserCredit,
    Refund,
    /// On one account, or on the payer for all of them.
    Tax(Option<usize>, &'static Product),
    /// The discount of an Enterprise Discount Program, as a row.
    Discount(Option<usize>, &'static Product),
}

impl Monthly {
    /// What a month has; nothing when its rows are too few.
    pub(super) fn list(cast: &Cast, month: &Month) -> Vec<Self> {
        let mut list = vec![
            Self::ReservationFee(0),
            Self::ReservationFee(1),
            Self::Support,
            Self::Credit,
            Self::Refund,
            Self::Tax(None, &EC2),
            Self::Tax(None, &S3),
            Self::Tax(None, &RDS),
            Self::Discount(None, &EC2),
        ];
        for account in 0..cast.accounts.len() {
            list.push(Self::Tax(Some(account), &SAGEMAKER));
            list.push(Self::Discount(Some(account), &SAGEMAKER));
        }
        if month.index == 0 {
            list.extend([
                Self::PlanUpfront,
                Self::ReservationUpfront(0),
                Self::ReservationUpfront(1),
            ]);
        }
        if month.index == 1 {
            list.push(Self::PlanRefund);
        }
        if month.is_last {
            list.push(Self::UserCredit);
        }
        if month.rows < list.len() as u64 * LEAST_RATIO {
            list.clear();
        }
        list
    }

    /// The line itself.
    pub(super) fn line(
        self,
        organisation: &mut Organisation,
        month: &Month,
        books: &MonthBooks,
    ) -> Line {
        let span = Span::of(month.period);
        match self {
            Self::ReservationFee(index) => organisation.reservation_fee(index, span),
            Self::ReservationUpfront(index) => organisation.reservation_upfront(index, span),
            Self::PlanUpfront => organisation.plan_upfront(span),
            Self::PlanRefund => organisation.plan_refund(span),
            Self::Support => organisation.flat(span, (&SUPPORT, LineType::Fee), 100 * ONE),
            Self::Credit => organisation.flat(span, (&SAGEMAKER, LineType::Credit), -75 * ONE / 2),
            Self::Refund => organisation.flat(span, (&SAGEMAKER, LineType::Refund), -123_456_780),
            Self::UserCredit => organisation.user_credit(span, month),
            Self::Tax(account, product) => organisation.tax(span, (account, product), books),
            Self::Discount(account, product) => {
                organisation.discount(span, (account, product), books)
            }
        }
    }
}

impl Organisation {
    fn reservation_fee(&mut self, index: usize, span: Span) -> Line {
        // One of the two fees settles what on-demand usage could not give up.
        let debt = if index == 0 { self.settle_blended() } else { 0 };
        let reservation = &mut self.reservations[index];
        let unused = reservation.close_month(span);
        let capacity = reservation.capacity(span);
        let (recurring, upfront) = (reservation.recurring, reservation.upfront);
        let profile = Profile {
            commitment: Some(Arc::clone(&reservation.commitment)),
            description: format!("Partial Upfront reservation fee, {capacity} hours"),
            ..payer_line(&mut self.world, Arc::clone(&reservation.sku), LineType::RIFee)
        };
        let mut written = cost::written(recurring * capacity, 0);
        written.blended = Some(written.unblended - debt);
        let idle = (recurring + upfront) * unused;
        let [unblended, _, net, _, list, blended] = cost::plain(&written);
        Line {
            profile: Arc::new(profile),
            // Fees of reservations end one second before the month does.
            span: Span { end: span.end - 1_000, ..span },
            usage: capacity * ONE,
            written,
            detail: Detail::ReservationFee {
                upfront: upfront * capacity,
                unused_upfront: upfront * unused,
                unused_recurring: recurring * unused,
                unused_hours: unused * ONE,
            },
            metrics: [unblended, idle, net, after_discount(idle), list, blended],
        }
    }

    fn reservation_upfront(&mut self, index: usize, span: Span) -> Line {
        let reservation = &self.reservations[index];
        let count = i64::try_from(reservation.commitment.count).unwrap_or(0);
        let amount = capped(reservation.upfront * count * HOURS_OF_A_YEAR);
        let profile = Profile {
            commitment: Some(Arc::clone(&reservation.commitment)),
            bill_type: "Purchase",
            description: "Sign up charge for a reservation".to_owned(),
            ..payer_line(&mut self.world, Arc::clone(&reservation.sku), LineType::Fee)
        };
        spread_elsewhere(profile, span, cost::written(amount, 0))
    }

    fn plan_upfront(&mut self, span: Span) -> Line {
        let amount = capped(self.plan.upfront * HOURS_OF_A_YEAR);
        let sku = Sku::unmetered(&ML_PLANS, "savings-plan-fee");
        let profile = Profile {
            commitment: Some(Arc::clone(&self.plan.commitment)),
            bill_type: "Purchase",
            description: "Upfront fee of a Machine Learning Savings Plan".to_owned(),
            ..payer_line(&mut self.world, sku, LineType::SavingsPlanUpfrontFee)
        };
        spread_elsewhere(profile, span, cost::written(amount, 0))
    }

    fn plan_refund(&mut self, span: Span) -> Line {
        let id = self.plan.commitment.arn.rsplit('/').next().unwrap_or_default().to_owned();
        let sku = Sku::unmetered(&ML_PLANS, "savings-plan-fee");
        let profile = Profile {
            commitment: Some(Arc::clone(&self.plan.commitment)),
            bill_type: "Refund",
            description: format!("Refund for one-time fee for Savings Plan ID: {id}"),
            ..payer_line(&mut self.world, sku, LineType::Refund)
        };
        spread_elsewhere(profile, span, cost::written_flat(-1_234 * ONE / 100))
    }

    /// A fee, credit or refund without owner.
    fn flat(
        &mut self,
        span: Span,
        (product, line_type): (&'static Product, LineType),
        amount: Units,
    ) -> Line {
        let sku = Sku::unmetered(product, component(product));
        let refund = line_type == LineType::Refund;
        let profile = Profile {
            bill_type: if refund { "Refund" } else { "Anniversary" },
            description: format!("{} for {}", line_type.name(), product.name),
            ..payer_line(&mut self.world, sku, line_type)
        };
        line(profile, span, cost::written_flat(amount))
    }

    /// A credit with the tags of one user, larger than what that user costs in a small export.
    fn user_credit(&mut self, span: Span, month: &Month) -> Line {
        let person = self.world.cast.leaver() - 1;
        let domain = self.world.cast.people[person].domain;
        let account = self.world.cast.domains[domain].account;
        let plain = self.account_line(Some(account), &SAGEMAKER, LineType::Credit);
        let number = plain.number;
        let cast = &self.world.cast;
        let profile = Profile {
            description: "Migration credit".to_owned(),
            tags: vec![
                (Tag::Domain, cast.domains[domain].arn.as_str().into()),
                (Tag::User, cast.people[person].arn.as_str().into()),
            ],
            evidence: Evidence::Tags { domain, person: Some(person), space: None },
            ..plain
        };
        // In the only month of an export the tags are not active on its first day.
        let profile = if month.index == 0 { profile.without_late_tags(number) } else { profile };
        line(profile, span, cost::written_flat(-250 * ONE))
    }

    fn tax(
        &mut self,
        span: Span,
        (account, product): (Option<usize>, &'static Product),
        books: &MonthBooks,
    ) -> Line {
        let (base, _) = books.sum(self.account_id(account), product);
        // A tenth, without the fraction of a cent.
        let amount = base / 10 / (ONE / 100) * (ONE / 100);
        let mut profile = self.account_line(account, product, LineType::Tax);
        profile.tax_type = "VAT";
        profile.description = format!("Tax for product code {}", product.code);
        line(profile, span, cost::written_flat(amount))
    }

    /// The row takes in unblended cost what the net columns of usage already left out, so its own
    /// net cost is zero. Discount rows have no blended cost.
    fn discount(
        &mut self,
        span: Span,
        (account, product): (Option<usize>, &'static Product),
        books: &MonthBooks,
    ) -> Line {
        let (_, discount) = books.sum(self.account_id(account), product);
        let mut profile = self.account_line(account, product, LineType::EdpDiscount);
        profile.description = String::from("Enterprise Discount Program discount");
        let written = Written { unblended: -discount, net: Some(0), blended: None, public: 0 };
        line(profile, span, written)
    }

    fn account_id(&self, account: Option<usize>) -> Option<&'static str> {
        account.map(|account| self.world.cast.accounts[account].id)
    }

    fn account_line(
        &mut self,
        account: Option<usize>,
        product: &'static Product,
        line_type: LineType,
    ) -> Profile {
        let sku = Sku::unmetered(product, component(product));
        let number = self.world.next().0;
        let account = account.map_or(&PAYER, |account| &self.world.cast.accounts[account]);
        Profile::plain((number, &mut self.world.dice), account, sku, line_type)
    }
}

/// The component of lines that meter nothing.
fn component(product: &Product) -> &'static str {
    if *product == SAGEMAKER { "sagemaker-other" } else { "other-service" }
}

fn line(profile: Profile, span: Span, written: Written) -> Line {
    let metrics = cost::plain(&written);
    Line { profile: Arc::new(profile), span, usage: ONE, written, detail: Detail::None, metrics }
}

fn spread_elsewhere(profile: Profile, span: Span, written: Written) -> Line {
    let metrics = cost::spread_elsewhere(&written);
    Line { metrics, ..line(profile, span, written) }
}
