//! `curtail statement`: what each tenant pays, and why.
//!
//! In:    its arguments.
//! Out:   one statement, all of them one after the other, or a folder with a file for each.
//! Never: writes over a file that is there without being told to.

use std::iter;
use std::path::Path;
use std::process::ExitCode;

use clap::{ArgGroup, Args};

use crate::cli::arguments::{self, OutputArguments, SourceArguments};
use crate::cli::complaint::Complaint;
use crate::cli::file_name::file_names;
use crate::cli::{clock, output, settings};
use crate::model::metric::CostMetric;
use crate::pipeline;
use crate::render::{self, Format, Style};
use crate::report::Report;
use crate::report::statement::{Account, Ledger, Settings};

/// Show what each tenant pays, from which source and by which rule
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
#[command(group = ArgGroup::new("whose").required(true).args(["tenant", "all"]))]
pub(super) struct Arguments {
    #[command(flatten)]
    source: SourceArguments,

    /// The tenant: its id, an alias, its name, or the last part of a domain's ARN
    #[arg(long, value_name = "TENANT")]
    tenant: Option<String>,

    /// A statement for every tenant, one for what is unassigned, and an index; with --output DIR
    /// a file for each
    #[arg(long)]
    all: bool,

    /// Cost that is meant: unblended, amortized, `net_unblended`, `net_amortized`, list, blended
    /// [default: that of the closing, else amortized]
    #[arg(long, value_name = "METRIC", value_parser = arguments::metric)]
    metric: Option<CostMetric>,

    /// Rows of a table before the rest is shown as one row; 0 shows all. Data formats hold all
    #[arg(long, value_name = "N", default_value_t = 25)]
    limit: usize,

    /// Write over files that are there
    #[arg(long)]
    force: bool,

    #[command(flatten)]
    output: OutputArguments,
}

const EXAMPLES: &str = "\
Without --month the latest billing period is told; the one before is shown beside it. From the
store a closed month is told as it was closed, with the rules of then.

Examples:
  curtail statement exports/ --tenant search
  curtail statement exports/ --tenant search --month 2026-10 --format markdown -o search.md
  curtail statement exports/ --all -o statements/ --format markdown
  curtail statement exports/ --all --format csv -o october.csv";

/// Runs the command.
pub(super) fn run(arguments: &Arguments) -> Result<ExitCode, Complaint> {
    let source = settings::source(&arguments.source)?;
    let format = settings::format(&arguments.output)?;
    if format.is_chart() {
        let hint = "use another format; `curtail spend` draws";
        return Err(Complaint::usage("a statement is not a picture", hint));
    }
    let month = arguments.source.one_month()?;
    let ledger = pipeline::statements(&source, month, arguments.metric, clock::today())?;
    let settings = Settings { limit: (arguments.limit > 0).then_some(arguments.limit) };
    let writer = Writer { ledger, settings, format, style: settings::style(&arguments.output) };
    let target = arguments.output.output.as_deref();
    let told = match (&arguments.tenant, target) {
        (Some(tenant), _) => {
            let report = writer.ledger.statement(writer.ledger.find(tenant)?, settings)?;
            output::write(target, &writer.bytes(&report)?)?;
            report
        }
        (None, Some(folder)) if is_folder(folder) => writer.folder(folder, arguments.force)?,
        (None, _) => {
            let (bytes, report) = writer.one_after_the_other()?;
            output::write(target, &bytes)?;
            report
        }
    };
    Ok(output::verdict(&told, format, arguments.output.strict))
}

/// A path with the extension of a format is one file; everything else is a folder.
fn is_folder(path: &Path) -> bool {
    let extension = path.extension().and_then(|extension| extension.to_str());
    path.is_dir() || extension.is_none_or(|word| word != "txt" && Format::parse(word).is_none())
}

struct Writer {
    ledger: Ledger,
    settings: Settings,
    format: Format,
    style: Style,
}

impl Writer {
    fn bytes(&self, report: &Report) -> Result<Vec<u8>, Complaint> {
        Ok(render::render(report, self.format, &self.style)?)
    }

    fn accounts(&self) -> impl Iterator<Item = &Account> {
        self.ledger.accounts().iter().chain([self.ledger.unassigned()])
    }

    /// For people the index and every statement, for machines one table of all lines.
    fn one_after_the_other(&self) -> Result<(Vec<u8>, Report), Complaint> {
        if self.format.is_data() {
            let report = self.ledger.everything(self.settings)?;
            return Ok((self.bytes(&report)?, report));
        }
        let index = self.ledger.index(&[], self.settings)?;
        let statements = self.accounts().map(|one| self.ledger.statement(one, self.settings));
        let statements: Vec<Report> = statements.collect::<Result<_, _>>()?;
        let reports: Vec<&Report> = iter::once(&index).chain(&statements).collect();
        let bytes = render::render_together(&reports, self.format, &self.style)?;
        Ok((bytes, index))
    }

    /// A file per tenant, one for what is unassigned, and the index, which comes last.
    fn folder(&self, folder: &Path, force: bool) -> Result<Report, Complaint> {
        let extension = self.format.extension();
        let tenants = self.ledger.accounts().iter().map(|account| &account.holder);
        let mut names = file_names(tenants.map(|holder| (holder.short(), holder.id())), extension);
        names.push(format!("unassigned.{extension}"));
        let index_name = format!("index.{extension}");
        let all = names.iter().chain([&index_name]).map(String::as_str);
        let folder = output::Folder::open(folder, all, force)?;
        for (account, name) in self.accounts().zip(&names) {
            let report = self.ledger.statement(account, self.settings)?;
            folder.write(name, &self.bytes(&report)?)?;
        }
        let index = self.ledger.index(&names, self.settings)?;
        folder.write(&index_name, &self.bytes(&index)?)?;
        Ok(index)
    }
}
