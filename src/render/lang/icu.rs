//! Icu: how a language writes numbers, parts, money and days, from the data of the Unicode CLDR.
//!
//! In:    figures as `number` writes them, days.
//! Out:   text in the digits, marks and order of a language.
//! Never: rounds; what is no figure stays as it is.

use chrono::{Datelike, NaiveDate};
use icu_datetime::DateTimeFormatter;
use icu_datetime::fieldsets::{YM, YMD};
use icu_datetime::input::Date;
use icu_decimal::DecimalFormatter;
use icu_decimal::input::Decimal;
use icu_decimal::options::DecimalFormatterOptions;
use icu_experimental::dimension::currency::CurrencyType;
use icu_experimental::dimension::currency::formatter::CurrencyFormatter;
use icu_experimental::dimension::currency::options::CurrencyFormatterOptions;
use icu_experimental::dimension::percent::formatter::PercentFormatter;
use icu_experimental::dimension::percent::options::PercentFormatterOptions;
use icu_locale_core::Locale;

use crate::model::lang::Lang;

/// The formats of a language.
pub(super) struct Conventions {
    decimal: DecimalFormatter,
    percent: PercentFormatter<DecimalFormatter>,
    day: DateTimeFormatter<YMD>,
    month: DateTimeFormatter<YM>,
    /// What stands before and after an amount; the code of the currency is `CODE`.
    money: [String; 2],
}

/// Stands for the code of any currency while the order is found out.
const CODE: &str = "USD";

impl Conventions {
    /// `None` when the built-in data lacks the language, which a test rules out.
    pub(super) fn of(lang: Lang) -> Option<Self> {
        let locale: Locale = lang.tag().parse().ok()?;
        let code = CurrencyType::try_from_str(CODE).ok()?;
        let money = CurrencyFormatter::try_new_code(
            (&locale).into(),
            code,
            CurrencyFormatterOptions::default(),
        );
        let one = money.ok()?.format_fixed_decimal(&Decimal::from(1)).to_string();
        let first = one.find('1')?;
        let last = one.rfind(|c: char| c.is_ascii_digit())?;
        Some(Self {
            decimal: DecimalFormatter::try_new(
                (&locale).into(),
                DecimalFormatterOptions::default(),
            )
            .ok()?,
            percent: PercentFormatter::try_new(
                (&locale).into(),
                PercentFormatterOptions::default(),
            )
            .ok()?,
            day: DateTimeFormatter::try_new((&locale).into(), YMD::medium()).ok()?,
            month: DateTimeFormatter::try_new((&locale).into(), YM::medium()).ok()?,
            money: [one[..first].to_owned(), one[last + 1..].to_owned()],
        })
    }

    pub(super) fn number(&self, figure: &str) -> Option<String> {
        let (mark, figure) = match figure.strip_prefix(['<', '>']) {
            Some(rest) => figure.split_at(figure.len() - rest.len()),
            None => ("", figure),
        };
        let (digits, is_part) = match figure.strip_suffix('%') {
            Some(digits) => (digits, true),
            None => (figure, false),
        };
        let plain = digits.replace(',', "");
        if !plain.starts_with(|c: char| c.is_ascii_digit() || c == '-') {
            return None;
        }
        let value: Decimal = plain.parse().ok()?;
        let said = if is_part {
            self.percent.format(&value).to_string()
        } else {
            self.decimal.format(&value).to_string()
        };
        Some(format!("{mark}{said}"))
    }

    pub(super) fn amount(&self, figure: &str, currency: &str) -> String {
        let [before, after] = self.money.each_ref().map(|part| part.replace(CODE, currency));
        format!("{before}{figure}{after}")
    }

    pub(super) fn day(&self, day: NaiveDate) -> Option<String> {
        let (year, month, day) = parts(day)?;
        Some(self.day.format(&Date::try_new_iso(year, month, day).ok()?).to_string())
    }

    pub(super) fn month(&self, first: NaiveDate) -> Option<String> {
        let (year, month, day) = parts(first)?;
        Some(self.month.format(&Date::try_new_iso(year, month, day).ok()?).to_string())
    }
}

fn parts(day: NaiveDate) -> Option<(i32, u8, u8)> {
    let [month, of_month] = [day.month(), day.day()].map(|part| u8::try_from(part).ok());
    Some((day.year(), month?, of_month?))
}
