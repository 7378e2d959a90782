//! Session: what one sitting at the prompt has set, asked and found.
//!
//! In:    whole pieces: statements, names of queries, commands.
//! Out:   the bytes that answer each, or the complaint.
//! Never: reads a line, writes to the screen, or ends the program.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use super::commands::{self, Change, Command, PromptError};
use super::{feed, save};
use crate::cli::arguments::OutputArguments;
use crate::cli::complaint::Complaint;
use crate::cli::{output, settings};
use crate::model::question::Wanted;
use crate::pipeline::{self, Asked, Source, Sql};
use crate::query::{self, NamedQuery, QueryError, Statement, TABLES};
use crate::render::{self, Format, terminal};
use crate::report::Report;
use crate::report::query::{Settings, listed, schema};

/// What a piece was answered with.
pub(super) struct Said {
    pub(super) bytes: Vec<u8>,
    pub(super) code: ExitCode,
    pub(super) kind: SaidKind,
}

/// What the bytes are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum SaidKind {
    /// What a statement found.
    Answer,
    /// A word about the prompt itself.
    Word,
    /// Nothing more; the sitting ends.
    End,
}

/// One sitting.
pub(super) struct Session<'a> {
    pub(super) source: Source,
    pub(super) asked: Asked,
    pub(super) queries: Vec<NamedQuery>,
    /// Where `.save` keeps queries.
    pub(super) folder: Option<PathBuf>,
    pub(super) settings: Settings,
    pub(super) format: Format,
    /// What the command line says of looks.
    pub(super) output: &'a OutputArguments,
    /// Whether `.chart off` was said.
    pub(super) is_undrawn: bool,
    pub(super) last: Option<Last>,
}

/// The last question and its answer.
pub(super) struct Last {
    pub(super) question: Question,
    pub(super) report: Report,
    settings: Settings,
}

/// What was asked.
#[derive(Clone)]
pub(super) enum Question {
    Typed(Statement),
    Named(NamedQuery),
}

impl Session<'_> {
    /// Answers a piece.
    pub(super) fn take(&mut self, piece: &str) -> Result<Said, Complaint> {
        if commands::is_command(piece) {
            return self.obey(Command::read(piece)?);
        }
        let question = match feed::lone_name(piece) {
            Some(name) => Question::Named(NamedQuery::find(&self.queries, &name)?.clone()),
            None => Question::Typed(Statement::read(piece)?),
        };
        self.answer(question)
    }

    fn answer(&mut self, question: Question) -> Result<Said, Complaint> {
        let report = self.found(&question).map_err(at_the_prompt)?;
        self.last = Some(Last { question, report, settings: self.settings });
        self.shown(self.output.wide)
    }

    fn found(&self, question: &Question) -> Result<Report, pipeline::PipelineError> {
        let sql = match question {
            Question::Typed(statement) => Sql::Typed(statement),
            Question::Named(query) => Sql::Named(query),
        };
        let mut report = pipeline::query(&self.source, &sql, &self.asked, self.settings)?;
        if self.is_undrawn {
            report.sections.iter_mut().for_each(|section| section.charts.clear());
        }
        Ok(report)
    }

    /// The last answer in the format of the sitting.
    fn shown(&self, wide: bool) -> Result<Said, Complaint> {
        let last = self.last.as_ref().ok_or(PromptError::NothingYet)?;
        let mut style = settings::style(self.output);
        style.terminal.wide = wide;
        if self.settings.chart.is_some() {
            style.terminal.charts = Wanted::Yes;
        }
        let mut bytes = render::render(&last.report, self.format, &style)?;
        if self.format == Format::Table {
            let hidden = terminal::hidden(&last.report, style.terminal, style.lang);
            bytes.extend(untold(&hidden).into_bytes());
        }
        let code = output::verdict(&last.report, self.format, self.output.strict);
        Ok(Said { bytes, code, kind: SaidKind::Answer })
    }

    fn obey(&mut self, command: Command) -> Result<Said, Complaint> {
        match command {
            Command::Help => Ok(word(commands::help())),
            Command::Quit => Ok(Said { kind: SaidKind::End, ..word(String::new()) }),
            Command::Tables => self.list("Tables", &TABLES),
            Command::Queries => {
                let told = |of: &NamedQuery| (of.name.clone(), of.question.clone());
                let all: Vec<(String, String)> = self.queries.iter().map(told).collect();
                let all = all.iter().map(|(name, what)| (name.as_str(), what.as_str()));
                self.list("Queries", &all.collect::<Vec<_>>())
            }
            Command::Schema(table) => self.schema(table.as_deref()),
            Command::Run(name) => {
                let name = name.replace('-', "_");
                let query = NamedQuery::find(&self.queries, &name).map_err(at_the_prompt)?.clone();
                self.answer(Question::Named(query))
            }
            Command::Last { wide } => self.shown(wide || self.output.wide),
            Command::Write(file) => self.write(&file),
            Command::Save { name, question } => {
                let (query, told) = save::save(self, &name, question.as_deref())?;
                self.queries.push(query);
                self.queries.sort_by(|a, b| a.name.cmp(&b.name));
                Ok(word(told))
            }
            setting => self.set(&setting).map(word),
        }
    }

    /// Takes over a new setting, and tells the one that holds now.
    fn set(&mut self, setting: &Command) -> Result<String, Complaint> {
        match setting {
            Command::Format(format) => {
                if let Some(binary) = format.filter(|format| format.is_binary()) {
                    let (name, file) = (binary.name(), binary.extension());
                    return Err(Complaint::usage(
                        format!("`{name}` is not for terminals"),
                        format!("write the last answer to a file: `.write answer.{file}`"),
                    ));
                }
                self.format = format.unwrap_or(self.format);
            }
            Command::Chart(Change::Clear) => {
                self.settings.chart = None;
                self.is_undrawn = true;
            }
            Command::Chart(Change::To(drawn)) => {
                self.settings.chart = Some(*drawn);
                self.is_undrawn = false;
            }
            Command::Month(Some(months)) => self.asked.months.clone_from(months),
            Command::Metric(metric) => self.asked.metric = metric.unwrap_or(self.asked.metric),
            Command::Where(Change::Clear) => self.asked.filters.clear(),
            Command::Where(Change::To(filter)) => self.asked.filters.push(filter.clone()),
            Command::Limit(Change::Clear) => self.settings.limit = None,
            Command::Limit(Change::To(rows)) => self.settings.limit = Some(*rows),
            _ => {}
        }
        Ok(self.told(setting))
    }

    fn told(&self, setting: &Command) -> String {
        let listed = |words: Vec<String>, none: &str| {
            if words.is_empty() { none.to_owned() } else { words.join(", ") }
        };
        let (name, value) = match setting {
            Command::Format(_) => ("format", self.format.name().to_owned()),
            Command::Chart(_) => {
                let by_query = if self.is_undrawn { "off" } else { "as each query says" };
                ("chart", self.settings.chart.map_or(by_query, |drawn| drawn.word()).to_owned())
            }
            Command::Month(_) => {
                let months = self.asked.months.iter().map(ToString::to_string);
                ("months", listed(months.collect(), "all"))
            }
            Command::Where(_) => {
                let filters = self.asked.filters.iter().map(ToString::to_string);
                ("where", listed(filters.collect(), "everything"))
            }
            Command::Limit(_) => {
                ("rows", self.settings.limit.map_or("all".to_owned(), |rows| rows.to_string()))
            }
            _ => ("metric", self.asked.metric.name().to_owned()),
        };
        render::escape::terminal_text(&format!("{name}: {value}")) + "\n"
    }

    fn list(&self, title: &'static str, entries: &[(&str, &str)]) -> Result<Said, Complaint> {
        self.page(&listed(title, entries))
    }

    fn schema(&self, table: Option<&str>) -> Result<Said, Complaint> {
        let mut tables = query::schema();
        if let Some(name) = table {
            tables.retain(|of| of.table.eq_ignore_ascii_case(name));
            if tables.is_empty() {
                return Err(QueryError::NoTable { name: name.to_owned(), place: None }.into());
            }
        }
        self.page(&schema(&tables))
    }

    /// What is told about the tables is for people, whatever answers look like.
    fn page(&self, report: &Report) -> Result<Said, Complaint> {
        let style = settings::style(self.output);
        let bytes = render::render(report, Format::Table, &style)?;
        Ok(Said { bytes, code: ExitCode::SUCCESS, kind: SaidKind::Word })
    }

    fn write(&mut self, file: &Path) -> Result<Said, Complaint> {
        let format = file.extension().and_then(|word| Format::parse(word.to_str()?));
        // Answers are no data set of FOCUS.
        let Some(format) = format.filter(|format| *format != Format::Focus) else {
            let known = Format::ALL.into_iter().filter(|format| *format != Format::Focus);
            let known: Vec<&str> = known.map(Format::extension).collect();
            let known = known.join(", ");
            let message = format!("the file's name ends with none of {known}");
            return Err(PromptError::Argument { command: ".write", message }.into());
        };
        let last = self.last.as_ref().ok_or(PromptError::NothingYet)?;
        // A chart that was chosen since is not in the last answer.
        if format.has_charts() && last.settings != self.settings {
            let question = last.question.clone();
            let report = self.found(&question)?;
            self.last = Some(Last { question, report, settings: self.settings });
        }
        let Some(Last { report, .. }) = &self.last else { return Ok(word(String::new())) };
        let mut style = settings::style(self.output);
        style.terminal.colour = false;
        let bytes = render::render(report, format, &style)?;
        output::write(Some(file), &bytes)?;
        Ok(word(format!("written: {}\n", file.display())))
    }
}

/// Hints of the command line, as they are said at the prompt.
fn at_the_prompt(error: impl Into<Complaint>) -> Complaint {
    error.into().rephrased(&[
        ("`curtail query --schema`", "`.schema`"),
        ("`curtail query --list`", "`.queries`"),
    ])
}

fn word(text: String) -> Said {
    Said { bytes: text.into_bytes(), code: ExitCode::SUCCESS, kind: SaidKind::Word }
}

/// Columns that a narrow screen does not show.
fn untold(hidden: &[String]) -> String {
    let names = hidden.join(", ");
    match hidden.len() {
        0 => String::new(),
        1 => format!("note: 1 column is hidden ({names}); `.last --wide` shows it\n"),
        n => format!("note: {n} columns are hidden ({names}); `.last --wide` shows them\n"),
    }
}
