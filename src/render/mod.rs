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
mod plot;
mod markdown;
pub mod csv;
pub mod map_files;
mod json;
mod font;
mod lang;
mod parquet;
mod xlsx;
mod chart;
mod draw;
mod html;
mod pdf;

use std::borrow::Cow;

use crate::diagnostic::{Diagnose, ErrorKind};
use crate::model::lang::Lang;
use crate::report::Report;

use lang::Tongue;

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
    /// For machines that read a row at a time.
    Jsonl,
    /// For engines, with types.
    Parquet,
    /// For engines that read FOCUS; only `spend` tells charges so. Parquet, or CSV by file name.
    Focus,
    /// A workbook: sheets of numbers, with charts.
    Xlsx,
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
    pub const ALL: [Self; 12] = [
        Self::Table,
        Self::Markdown,
        Self::Csv,
        Self::Json,
        Self::Jsonl,
        Self::Parquet,
        Self::Focus,
        Self::Xlsx,
        Self::Html,
        Self::Pdf,
        Self::Svg,
        Self::Png,
    ];

    /// Whether it shows charts instead of tables.
    pub fn is_chart(self) -> bool {
        matches!(self, Self::Svg | Self::Png)
    }

    /// Whether it shows charts, instead of tables or beside them.
    pub fn has_charts(self) -> bool {
        self.is_chart() || matches!(self, Self::Xlsx | Self::Html | Self::Pdf)
    }

    /// Whether it is one table of data and nothing else.
    pub fn is_one_table(self) -> bool {
        matches!(self, Self::Csv | Self::Jsonl | Self::Parquet | Self::Focus)
    }

    /// Whether it holds every row and every column.
    pub fn is_data(self) -> bool {
        self.is_one_table() || matches!(self, Self::Json | Self::Xlsx)
    }

    /// Whether it tells findings beside the numbers.
    pub fn has_findings(self) -> bool {
        !self.is_chart() && !self.is_one_table()
    }

    /// Whether its bytes are no text.
    pub fn is_binary(self) -> bool {
        matches!(self, Self::Parquet | Self::Focus | Self::Xlsx | Self::Pdf | Self::Png)
    }

    /// What the names of its files end with.
    pub fn extension(self) -> &'static str {
        match self {
            Self::Table => "txt",
            Self::Markdown => "md",
            Self::Focus => "parquet",
            other => other.name(),
        }
    }

    /// The word on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Table => "table",
            Self::Markdown => "markdown",
            Self::Csv => "csv",
            Self::Json => "json",
            Self::Jsonl => "jsonl",
            Self::Parquet => "parquet",
            Self::Focus => "focus",
            Self::Xlsx => "xlsx",
            Self::Html => "html",
            Self::Svg => "svg",
            Self::Png => "png",
            Self::Pdf => "pdf",
        }
    }

    /// The format of a word; letter case does not matter, `md` is Markdown, `ndjson` JSON lines.
    pub fn parse(text: &str) -> Option<Self> {
        let word = text.to_ascii_lowercase();
        let word = match word.as_str() {
            "md" => "markdown",
            "ndjson" => "jsonl",
            other => other,
        };
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
    /// What people read, in any format that they read.
    pub lang: Lang,
}

/// Why a report could not be written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RenderError {
    /// The format holds one table.
    #[error("`{format}` holds one table, and this report has {tables}")]
    NotOneTable {
        /// The name of the format.
        format: &'static str,
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
    /// A sheet of a workbook has fewer rows than a table of the report.
    #[error("`xlsx` holds {most} rows on a sheet, and a table of this report has {rows}")]
    TooManyRows {
        /// Rows of the table, its header and its totals.
        rows: usize,
        /// Rows that a sheet may have.
        most: usize,
    },
    /// The Parquet library gave up.
    #[error("cannot write Parquet: {reason}")]
    Parquet {
        /// What it said.
        reason: String,
    },
    /// The library of workbooks gave up.
    #[error("cannot write a workbook: {reason}")]
    Xlsx {
        /// What it said.
        reason: String,
    },
}

impl Diagnose for RenderError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::NotOneTable { .. }
            | Self::NoChart
            | Self::TooManyRows { .. }
            | Self::LongPaper { .. } => ErrorKind::Usage,
            Self::Drawing { .. }
            | Self::Typesetting { .. }
            | Self::Json { .. }
            | Self::Parquet { .. }
            | Self::Xlsx { .. } => ErrorKind::Internal,
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
            Self::TooManyRows { .. } => "RENDER-ROWS",
            Self::Parquet { .. } => "RENDER-PARQUET",
            Self::Xlsx { .. } => "RENDER-XLSX",
        }
    }

    fn hints(&self) -> Vec<String> {
        match self {
            Self::NotOneTable { .. } => {
                vec!["use `--format json` or `--format xlsx`".to_owned()]
            }
            Self::NoChart => vec!["ask for a dimension with `--by`, or use a table".to_owned()],
            Self::LongPaper { .. } => {
                vec!["fold the tail with `--limit`, or use `--format csv`".to_owned()]
            }
            Self::TooManyRows { .. } => {
                vec![
                    "use `--format csv` or `--format parquet`, which have no such limit".to_owned(),
                ]
            }
            Self::Drawing { .. }
            | Self::Typesetting { .. }
            | Self::Json { .. }
            | Self::Parquet { .. }
            | Self::Xlsx { .. } => Vec::new(),
        }
    }
}

/// Writes a report in a format.
pub fn render(report: &Report, format: Format, style: &Style) -> Result<Vec<u8>, RenderError> {
    let tongue = &Tongue::of(style.lang);
    let table = || {
        let (format, tables) = (format.name(), report.sections.len());
        report.one_table().ok_or(RenderError::NotOneTable { format, tables })
    };
    let told = || tongue.told(report);
    Ok(match format {
        Format::Table => terminal::write(&told(), style.terminal, tongue).into_bytes(),
        Format::Markdown => markdown::write(&told(), tongue).into_bytes(),
        Format::Csv => csv::write(table()?, style.csv).into_bytes(),
        Format::Json => json::write(report)?,
        Format::Jsonl => json::lines(table()?)?,
        Format::Parquet | Format::Focus => parquet::write(report, table()?)?,
        Format::Xlsx => xlsx::write(&told(), tongue)?,
        Format::Html => html::write(&[&told()], style.terminal.wide, tongue)?.into_bytes(),
        Format::Svg => draw::svg(&chart::page(&told(), tongue)?)?.into_bytes(),
        Format::Png => draw::png(&chart::page_in_built_in_font(&told(), tongue)?)?,
        Format::Pdf => pdf::write(&[&told()], tongue)?,
    })
}

/// Writes several reports for people one after the other: as one page of HTML or one PDF, else as
/// texts with a line between them.
pub fn render_together(
    reports: &[&Report],
    format: Format,
    style: &Style,
) -> Result<Vec<u8>, RenderError> {
    let tongue = &Tongue::of(style.lang);
    let told: Vec<Cow<'_, Report>> = reports.iter().map(|report| tongue.told(report)).collect();
    let told: Vec<&Report> = told.iter().map(AsRef::as_ref).collect();
    match format {
        Format::Html => Ok(html::write(&told, style.terminal.wide, tongue)?.into_bytes()),
        Format::Pdf => pdf::write(&told, tongue),
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
