//! Cli: the street door.
//!
//! In:    the command line, the environment, the terminal.
//! Out:   bytes on stdout or in a file, words on stderr, an exit code.
//! Never: computes; a command resolves its settings, calls the pipeline and writes the result.

mod arguments;
mod budget;
mod policy;
mod idle;
mod anomaly;
mod check;
mod clock;
mod close;
mod complaint;
mod diff;
mod engine;
mod explain;
mod ingest;
mod file_name;
mod gc;
mod maps;
mod output;
mod progress;
mod prompt;
mod query;
mod report;
mod sample;
mod bucket;
mod settings;
mod timings;
mod spend;
mod sql;
mod statement;
mod status;
mod verify;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use complaint::Complaint;

/// Who spent what on Amazon SageMaker Studio, from the AWS bill itself.
#[derive(Debug, Parser)]
#[command(name = "curtail", version, about, long_about = None, after_help = EXAMPLES)]
#[command(arg_required_else_help = true, disable_help_subcommand = true, max_term_width = 100)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Ingest(ingest::Arguments),
    Spend(spend::Arguments),
    Query(query::Arguments),
    Sql(sql::Arguments),
    Report(report::Arguments),
    Statement(statement::Arguments),
    Explain(explain::Arguments),
    Check(check::Arguments),
    Maps(maps::Arguments),
    Close(close::Arguments),
    Diff(diff::Arguments),
    Status(status::Arguments),
    Verify(verify::Arguments),
    Gc(gc::Arguments),
    Sample(sample::Arguments),
}

const EXAMPLES: &str = "\
Examples:
  curtail ingest exports/
  curtail spend --by domain,user --month 2026-10
  curtail status
  curtail spend exports/ --by domain,user
  curtail spend exports/ --by user,component --month 2026-10 --where domain=d-abc123
  curtail spend exports/ --by day,component --format svg -o spend.svg
  curtail query cost_by_component --month 2026-10
  curtail sql cost_by_user --dialect athena --source billing.cur2
  curtail report monthly --month 2026-10
  curtail statement exports/ --all -o statements/ --format markdown
  curtail explain exports/ --tenant search
  curtail close 2026-10
  curtail check exports/
  curtail maps exports/ -o maps
  curtail sample demo --rows 100000 --schema cur2 --months 2 --seed 1

Without an export commands answer from the store: `--store DIR`, else what CURTAIL_STORE names, else
`curtail` in the user's data folder.

Exit codes: 0 done, 1 data refused, 2 usage, 3 the books do not balance or the store is damaged,
4 environment, 5 somebody else writes to the store, 6 a tenant is over its budget, 70 our bug";

/// Runs the program and returns its exit code.
pub fn main() -> ExitCode {
    // A panic is our bug; it is told in our words, not in Rust's.
    std::panic::set_hook(Box::new(|_| {}));
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => return complaint::usage(&error),
    };
    let run = || match cli.command {
        Command::Ingest(arguments) => ingest::run(&arguments),
        Command::Spend(arguments) => spend::run(&arguments),
        Command::Query(arguments) => query::run(&arguments),
        Command::Sql(arguments) => sql::run(&arguments),
        Command::Report(arguments) => report::run(&arguments),
        Command::Statement(arguments) => statement::run(&arguments),
        Command::Explain(arguments) => explain::run(&arguments),
        Command::Check(arguments) => check::run(&arguments),
        Command::Maps(arguments) => maps::run(&arguments),
        Command::Close(arguments) => close::run(&arguments),
        Command::Diff(arguments) => diff::run(&arguments),
        Command::Status(arguments) => status::run(&arguments),
        Command::Verify(arguments) => verify::run(&arguments),
        Command::Gc(arguments) => gc::run(&arguments),
        Command::Sample(arguments) => sample::run(&arguments),
    };
    let outcome = catch_unwind(AssertUnwindSafe(run))
        .unwrap_or_else(|panic| Err(Complaint::of_panic(panic.as_ref())));
    bucket::end_progress();
    let code = outcome.unwrap_or_else(|complaint| complaint.tell());
    bucket::tell_fetched();
    code
}
