//! Lang: words, numbers and days of a language.
//!
//! In:    phrases, figures as [`number`](super::number) writes them, days and months of the data.
//! Out:   [`Tongue`]: the same as people of a language read it; messages from catalogues, the rest
//!        from the data of ICU.
//! Never: changes a word of the data, or rounds.

mod catalogue;
mod icu;
mod told;

use std::borrow::Cow;

use chrono::NaiveDate;

use super::number;
use crate::model::lang::Lang;
use crate::model::period::BillingPeriod;
use crate::model::phrase::{Hole, Phrase, fill, phrase};
use crate::report::Report;
use crate::report::chart::Measure;

use catalogue::Catalogue;
use icu::Conventions;

/// What a language needs. English needs nothing: messages are written in it, figures and days too.
pub(super) struct Tongue {
    lang: Lang,
    catalogue: Option<&'static Catalogue>,
    conventions: Option<Conventions>,
}

impl Tongue {
    pub(super) fn of(lang: Lang) -> Self {
        let conventions = if lang == Lang::En { None } else { Conventions::of(lang) };
        Self { lang, catalogue: Catalogue::of(lang), conventions }
    }

    /// The tag of the language.
    pub(super) fn tag(&self) -> &'static str {
        self.lang.tag()
    }

    /// A report with everything said in this language but figures, which writers round first.
    pub(super) fn told<'a>(&self, report: &'a Report) -> Cow<'a, Report> {
        if self.lang == Lang::En { Cow::Borrowed(report) } else { Cow::Owned(self.retold(report)) }
    }

    /// A phrase; in English when the catalogue does not know it.
    pub(super) fn say(&self, phrase: &Phrase) -> String {
        match phrase.parts() {
            Some((message, holes)) if self.lang != Lang::En => {
                let message = self.known(message).unwrap_or(message);
                fill(message, holes.iter().map(|hole| Cow::Owned(self.hole(hole))))
            }
            _ => phrase.to_string(),
        }
    }

    /// A message without holes.
    pub(super) fn word(&self, message: &'static str) -> &str {
        self.known(message).unwrap_or(message)
    }

    fn known(&self, message: &str) -> Option<&'static str> {
        self.catalogue?.get(message)
    }

    fn hole(&self, hole: &Hole) -> String {
        match hole {
            Hole::Data(text) => self.date(text).unwrap_or_else(|| text.clone()),
            Hole::Said(phrase) => self.say(phrase),
            Hole::Count(count) => self.number(&count.to_string()),
        }
    }

    /// A figure in the digits of the language: `1,234.50`, `<0.01` or `33.3%`.
    pub(super) fn number(&self, figure: &str) -> String {
        let said = self.conventions.as_ref().and_then(|conventions| conventions.number(figure));
        said.unwrap_or_else(|| figure.to_owned())
    }

    /// A figure and its currency, in the order of the language.
    pub(super) fn amount(&self, figure: &str, currency: &str) -> String {
        let figure = self.number(figure);
        match &self.conventions {
            Some(conventions) => conventions.amount(&figure, currency),
            None => format!("{figure} {currency}"),
        }
    }

    /// A day or a month of the data as the language writes it; `None` for anything else.
    pub(super) fn date(&self, text: &str) -> Option<String> {
        let conventions = self.conventions.as_ref()?;
        if let Ok(day) = NaiveDate::parse_from_str(text, "%Y-%m-%d") {
            return conventions.day(day);
        }
        conventions.month(BillingPeriod::parse(text)?.start())
    }
}

/// What the amounts of a chart are written in.
#[derive(Clone, Copy)]
pub(super) struct Unit<'a> {
    pub(super) measure: &'a Measure,
    pub(super) tongue: &'a Tongue,
}

impl<'a> Unit<'a> {
    /// The code of the currency, or the word for hours.
    pub(super) fn name(self) -> &'a str {
        match self.measure {
            Measure::Money(currency) => &currency.0,
            Measure::Hours => self.tongue.word("hours"),
        }
    }

    /// Amounts, rounded as a column of them is.
    pub(super) fn rounded(self, amounts: &[i128]) -> Vec<String> {
        self.figures(number::column(amounts, None, self.least_decimals()).rows)
    }

    /// Decimals that every amount has.
    pub(super) fn least_decimals(self) -> u32 {
        match self.measure {
            Measure::Money(_) => number::MONEY_DECIMALS,
            Measure::Hours => number::QUANTITY_DECIMALS,
        }
    }

    /// An amount and what it is an amount of.
    pub(super) fn amount(self, pico: i128) -> String {
        match self.measure {
            Measure::Money(currency) => self.tongue.amount(&number::money(pico), &currency.0),
            Measure::Hours => {
                self.tongue.say(&phrase!("{} hours", self.rounded(&[pico]).remove(0)))
            }
        }
    }

    /// Figures in the digits of the language.
    pub(super) fn figures(self, figures: Vec<String>) -> Vec<String> {
        figures.into_iter().map(|figure| self.tongue.number(&figure)).collect()
    }

    /// An amount of money, without its currency.
    pub(super) fn money(self, pico: i128) -> String {
        self.tongue.number(&number::money(pico))
    }

    /// A part of a whole; nothing when it would mean nothing.
    pub(super) fn percent(self, part: i128, whole: i128) -> String {
        number::percent(part, whole).map(|told| self.tongue.number(&told)).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests;
