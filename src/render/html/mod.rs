//! HTML: reports as one page that needs nothing but itself.
//!
//! In:    reports, in their order.
//! Out:   one file: text, tables, charts drawn inline, one stylesheet, one script for comfort.
//! Never: loads, sends or links to anything but files beside it; runs or styles a word of the data.
//!
//! The page is complete without its script, which sorts and filters. The stylesheet and the script
//! are allowed by their hashes alone, so that even a word that became markup could do nothing.
//!
//! ```text
//! h1 title, caption, subject, key figures
//!   h2 section: charts, table, all rows when the table folds some
//!   h2 books, notes
//! ```

mod table;
mod figure;
mod key;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use maud::{DOCTYPE, Markup, PreEscaped, html};
use sha2::{Digest, Sha256};

use super::cells::{Everything, fact};
use super::escape::html_text;
use super::lang::Tongue;
use super::{RenderError, words};
use crate::report::{Report, Section};

/// How the page looks, but for the colours of charts in the dark.
const STYLE: &str = include_str!("page.css");
/// What the page can do beyond being read.
const SCRIPT: &str = include_str!("page.js");

/// Writes one report, or several as chapters of one page.
pub(super) fn write(
    reports: &[&Report],
    wide: bool,
    tongue: &Tongue,
) -> Result<String, RenderError> {
    let everything = if wide { Everything::Yes } else { Everything::No };
    let chapters: Vec<Chapter<'_>> =
        (0..).zip(reports).map(|(at, report)| Chapter { at, report, tongue }).collect();
    let articles: Vec<Markup> =
        chapters.iter().map(|one| one.article(everything)).collect::<Result<_, _>>()?;
    let style = format!("{STYLE}{}", figure::dark_colours());
    let title = reports.first().map_or_else(String::new, |report| html_text(&report.title));
    let page = html! {
        (DOCTYPE)
        html lang=(tongue.tag()) {
            head {
                meta charset="utf-8";
                meta http-equiv="Content-Security-Policy" content=(policy(&style));
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                meta name="referrer" content="no-referrer";
                title { (title) }
                style { (PreEscaped(style)) }
            }
            body {
                main {
                    @for (at, article) in articles.iter().enumerate() {
                        (article)
                        @if at == 0 && articles.len() > 1 { (contents(&chapters[1..], tongue)) }
                    }
                }
                script { (PreEscaped(SCRIPT)) }
            }
        }
    };
    Ok(page.into_string())
}

/// Nothing may be loaded or sent; this stylesheet and this script may be used.
fn policy(style: &str) -> String {
    let hash = |text: &str| BASE64.encode(Sha256::digest(text.as_bytes()));
    format!(
        "default-src 'none'; style-src 'sha256-{}'; script-src 'sha256-{}'; base-uri 'none'; \
         form-action 'none'",
        hash(style),
        hash(SCRIPT)
    )
}

fn contents(chapters: &[Chapter<'_>], tongue: &Tongue) -> Markup {
    html! {
        nav aria-label=(tongue.word("Contents")) {
            ol {
                @for one in chapters {
                    li { a href={ "#" (one.id()) } { bdi { (html_text(&one.report.title)) } } }
                }
            }
        }
    }
}

/// One report, and which of the page it is.
struct Chapter<'a> {
    at: usize,
    report: &'a Report,
    tongue: &'a Tongue,
}

impl Chapter<'_> {
    fn id(&self) -> String {
        format!("report-{}", self.at + 1)
    }

    /// A heading `depth` steps below that of the report; only the first report has an `h1`.
    fn heading(&self, depth: usize, id: &str, text: &str) -> Markup {
        match depth + self.at.min(1) {
            0 => html! { h1 id=(id) { bdi { (text) } } },
            1 => html! { h2 id=(id) { bdi { (text) } } },
            _ => html! { h3 id=(id) { bdi { (text) } } },
        }
    }

    fn article(&self, everything: Everything) -> Result<Markup, RenderError> {
        let report = self.report;
        let id = self.id();
        let sections: Vec<Markup> = (1..)
            .zip(&report.sections)
            .map(|(at, section)| self.section(at, section, everything))
            .collect::<Result<_, _>>()?;
        Ok(html! {
            article aria-labelledby=(id) {
                header {
                    (self.heading(0, &id, &html_text(&report.title)))
                    (self.caption())
                    (self.subject())
                    (key::figures(report, self.tongue))
                }
                @for section in &sections { (section) }
                (self.foot())
            }
        })
    }

    fn caption(&self) -> Markup {
        let items = words::caption(&self.report.caption, self.tongue);
        html! {
            @if !items.is_empty() {
                ul.caption { @for item in &items { li { bdi { (html_text(item)) } } } }
            }
        }
    }

    fn subject(&self) -> Markup {
        let facts = &self.report.subject;
        html! {
            @if !facts.is_empty() {
                dl.subject {
                    @for told in facts {
                        div {
                            dt { (html_text(&told.heading)) }
                            dd data-key=(told.key) {
                                bdi { (fact(told, table::SPELLING, self.tongue)) }
                            }
                        }
                    }
                }
            }
        }
    }

    fn section(
        &self,
        at: usize,
        section: &Section,
        everything: Everything,
    ) -> Result<Markup, RenderError> {
        let id = format!("{}-{at}", self.id());
        let heading = section.heading.as_deref().map(html_text);
        let name = heading.clone().unwrap_or_else(|| html_text(&self.report.title));
        // A section without a heading of its own goes by that of the report.
        let label = if heading.is_some() { id.clone() } else { self.id() };
        let charts: Vec<Markup> = (1..)
            .zip(&section.charts)
            .map(|(chart, drawn)| {
                figure::figure(drawn, self.report, &format!("{id}-{chart}"), self.tongue)
            })
            .collect::<Result<_, _>>()?;
        Ok(html! {
            section aria-labelledby=(label) {
                @if let Some(heading) = &heading { (self.heading(1, &id, heading)) }
                @for chart in &charts { (chart) }
                (table::block(&section.table, &name, everything, self.tongue))
            }
        })
    }

    /// The proof that nothing was lost, and what was odd in the data.
    fn foot(&self) -> Markup {
        let books = words::books(self.report, self.tongue);
        let findings = &self.report.findings;
        let currencies = self.report.books.as_ref().map_or(0, |books| books.currencies.len());
        let [books_id, notes_id] = ["books", "notes"].map(|word| format!("{}-{word}", self.id()));
        html! {
            @if !books.is_empty() {
                section.foot aria-labelledby=(books_id) {
                    (self.heading(1, &books_id, self.tongue.word("Books")))
                    ul.books {
                        @for (at, [word, line]) in books.iter().enumerate() {
                            @let is_books = at <= currencies;
                            li { @if !is_books { (word) ": " } (html_text(line)) }
                        }
                    }
                }
            }
            @if !findings.is_empty() {
                section.foot aria-labelledby=(notes_id) {
                    (self.heading(1, &notes_id, self.tongue.word("Notes")))
                    ul.notes {
                        @for finding in findings {
                            li {
                                bdi { (html_text(&finding.message)) } " "
                                code { (html_text(&finding.code)) }
                            }
                        }
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests;
