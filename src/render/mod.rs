//! Render: a report becomes bytes.
//!
//! In:    a [`Report`], a [`Format`] and a [`Style`].
//! Out:   bytes for a screen, a page, a machine or a picture.
//! Never: computes a total, reads the environment, or writes a file.

pub mod number;
pub mod escape;
mod words;
mod cells;
mod layout;
pub mod terminal;
mod markdown;
pub mod csv;
pub mod map_files;
mod json;
mod font;
mod chart;
mod draw;
mod html;
mod pdf;

use crate::diagnostic::{Diagnose, ErrorKind};
use crate::report::Report;

use csv::CsvText;
use terminal::TerminalStyle;

/// What a report can be written as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Format {
    /// For a screen.
    #[default]
    Table,
    /// For pull requests and wikis.
    Markdown,
    /// For spreadsheets.
    Csv,
    /// For machines.
    Json,
    /// For browsers, mail and paper: one file with charts and tables.
    Html,
    /// A chart that scales.
    Svg,
    /// A chart of pixels.
    Png,
    /// For people who print, sign and send.
    Pdf,
}

impl Format {
    /// Every format, in the order of the help.
    pub const ALL: [Self; 8] = [
        Self::Table,
        Self::Markdown,
        Self::Csv,
        Self::Json,
        Self::Html,
        Self::Pdf,
        Self::Svg,
        Self::Png,
    ];

    /// Whether it shows charts instead of tables.
    pub fn is_chart(self) -> bool {
        matches!(self, Self::Svg | Self::Png)
    }

    /// Whether it shows charts, alone or beside tables.
    pub fn draws(self) -> bool {
        self.is_chart() || matches!(self, Self::Html | Self::Pdf)
    }

    /// Whether it would only confuse a terminal.
    pub fn is_binary(self) -> bool {
        matches!(self, Self::Png | Self::Pdf)
    }

    /// The word on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Table => "table",
            Self::Markdown => "markdown",
            Self::Csv => "csv",
            Self::Json => "json",
            Self::Html => "html",
            Self::Svg => "svg",
            Self::Png => "png",
            Self::Pdf => "pdf",
        }
    }

    /// The format of a word; letter case does not matter, `md` is Markdown.
    pub fn parse(text: &str) -> Option<Self> {
        let word = text.to_ascii_lowercase();
        let word = if word == "md" { "markdown" } else { &word };
        Self::ALL.into_iter().find(|format| format.name() == word)
    }
}

/// How the chosen format looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Style {
    /// The screen.
    pub terminal: TerminalStyle,
    /// The text cells of CSV.
    pub csv: CsvText,
}

/// Why a report could not be written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RenderError {
    /// CSV holds one table.
    #[error("`csv` holds one table, and this report has {tables}")]
    NotOneTable {
        /// Tables of the report.
        tables: usize,
    },
    /// The report has nothing to draw.
    #[error("this report has nothing to draw")]
    NoChart,
    /// The drawing library gave up.
    #[error("cannot draw the chart: {reason}")]
    Drawing {
        /// What it said.
        reason: String,
    },
    /// Nobody reads a paper of so many pages, and setting it takes gigabytes.
    #[error("this report has {rows} rows, and a PDF holds at most {most}")]
    LongPaper {
        /// Rows for people, of all tables.
        rows: usize,
        /// Rows that a paper may have.
        most: usize,
    },
    /// The typesetting library gave up.
    #[error("cannot typeset the PDF: {reason}")]
    Typesetting {
        /// What it said.
        reason: String,
    },
    /// The JSON library gave up.
    #[error("cannot write JSON: {reason}")]
    Json {
        /// What it said.
        reason: String,
    },
}

impl Diagnose for RenderError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::NotOneTable { .. } | Self::NoChart | Self::LongPaper { .. } => ErrorKind::Usage,
            Self::Drawing { .. } | Self::Typesetting { .. } | Self::Json { .. } => {
                ErrorKind::Internal
            }
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::NotOneTable { .. } => "RENDER-TABLES",
            Self::NoChart => "RENDER-NO-CHART",
            Self::LongPaper { .. } => "RENDER-LONG",
            Self::Drawing { .. } => "RENDER-DRAW",
            Self::Typesetting { .. } => "RENDER-PDF",
            Self::Json { .. } => "RENDER-JSON",
        }
    }

    fn hints(&self) -> Vec<String> {
        match self {
            Self::NotOneTable { .. } => vec!["use `--format json`".to_owned()],
            Self::NoChart => vec!["ask for a dimension with `--by`, or use a table".to_owned()],
            Self::LongPaper { .. } => {
                vec!["fold the tail with `--limit`, or use `--format csv`".to_owned()]
            }
            Self::Drawing { .. } | Self::Typesetting { .. } | Self::Json { .. } => Vec::new(),
        }
    }
}

/// Writes a report in a format.
pub fn render(report: &Report, format: Format, style: &Style) -> Result<Vec<u8>, RenderError> {
    Ok(match format {
        Format::Table => terminal::write(report, style.terminal).into_bytes(),
        Format::Markdown => markdown::write(report).into_bytes(),
        Format::Csv => csv::write(report, style.csv)?.into_bytes(),
        Format::Json => json::write(report)?,
        Format::Html => html::write(&[report], style.terminal.wide)?.into_bytes(),
        Format::Svg => draw::svg(&chart::page(report)?)?.into_bytes(),
        Format::Png => draw::png(&chart::page_in_built_in_font(report)?)?,
        Format::Pdf => pdf::write(&[report])?,
    })
}

/// Writes several reports for people one after the other: as one page of HTML or one PDF, else as
/// texts with a line between them.
pub fn render_together(
    reports: &[&Report],
    format: Format,
    style: &Style,
) -> Result<Vec<u8>, RenderError> {
    match format {
        Format::Html => Ok(html::write(reports, style.terminal.wide)?.into_bytes()),
        Format::Pdf => pdf::write(reports),
        _ => {
            let texts = reports.iter().map(|one| render(one, format, style));
            Ok(texts.collect::<Result<Vec<_>, _>>()?.join(&b'\n'))
        }
    }
}

#[cfg(test)]
mod sample;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod hostile;
