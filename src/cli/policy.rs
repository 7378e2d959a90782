//! Policy: what may run, and what it means for a scheduler that something else does.
//!
//! In:    its arguments, what breaks a policy.
//! Out:   a line on stderr for each rule that is broken; exit code 6; a statement for AWS.
//! Never: hides the report: it was written before.

#![expect(clippy::print_stderr, reason = "the report has stdout")]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;

use crate::cli::arguments::OutputArguments;
use crate::cli::complaint::Complaint;
use crate::cli::output;
use crate::guardrails::StatementKind;
use crate::model::money::Currency;
use crate::model::policy::{Broken, Violation};
use crate::pipeline::{self, Asked};
use crate::render::escape::terminal_text;
use crate::render::number::money;

/// Something runs that the policy does not allow.
const BROKEN: u8 = 6;

/// A policy, and whether it is a limit.
#[derive(Debug, Args)]
pub(super) struct PolicyArguments {
    /// What may run: instance types, regions, tags and a ceiling, by domain, tenant, component or
    /// account (`$CURTAIL_POLICY`)
    #[arg(long, value_name = "FILE")]
    policy: Option<PathBuf>,

    /// Exit with 6 when something runs that the policy does not allow
    #[arg(long)]
    fail_on_violation: bool,
}

impl PolicyArguments {
    /// The file: as typed, else as the environment says.
    pub(super) fn file(&self) -> Option<PathBuf> {
        let by_variable = std::env::var_os("CURTAIL_POLICY").filter(|file| !file.is_empty());
        self.policy.clone().or(by_variable.map(PathBuf::from))
    }

    /// The same question, held against the policy.
    pub(super) fn held(&self, asked: Asked) -> Result<Asked, Complaint> {
        let policy = self.file();
        if self.fail_on_violation && policy.is_none() {
            return Err(none("`--fail-on-violation` needs a policy"));
        }
        Ok(Asked { policy, stops: self.fail_on_violation, ..asked })
    }

    /// The exit code of a command whose report is written.
    pub(super) fn verdict(&self, violations: &[Violation], code: ExitCode) -> ExitCode {
        if !self.fail_on_violation || violations.is_empty() {
            return code;
        }
        let mut sums: BTreeMap<(&Currency, Broken, &str), (usize, i128)> = BTreeMap::new();
        for violation in violations {
            let key = (&violation.currency, violation.broken, violation.guardrail.as_str());
            let (count, cost) = sums.entry(key).or_default();
            *count += 1;
            *cost = cost.saturating_add(violation.cost().unwrap_or_default().0);
        }
        for ((currency, broken, guardrail), (count, cost)) in sums {
            let (word, times) = (told(broken), if count == 1 { "time" } else { "times" });
            let cost = money(cost);
            let line =
                format!("not allowed by `{guardrail}`: {word}, {count} {times}, {cost} {currency}");
            eprintln!("{}", terminal_text(&line));
        }
        ExitCode::from(BROKEN)
    }
}

/// A rule in words.
fn told(broken: Broken) -> &'static str {
    match broken {
        Broken::InstanceType => "instance type",
        Broken::Region => "region",
        Broken::MissingTag => "missing tag",
        Broken::Ceiling => "ceiling",
    }
}

/// Without a policy nothing can break it, which is not to be taken for good news.
pub(super) fn none(what: &str) -> Complaint {
    Complaint::usage(what, "name one with `--policy FILE`; sample-data/policy.toml shows how")
}

/// Prints the policy as AWS would enforce it; what it leaves out goes to stderr.
pub(super) fn print_statement(
    policy: Option<&Path>,
    kind: StatementKind,
    output: &OutputArguments,
) -> Result<ExitCode, Complaint> {
    let policy = policy.ok_or_else(|| none("a statement is made from a policy"))?;
    let statement = pipeline::policy_statement(policy, kind)?;
    output::write(output.output.as_deref(), statement.text.as_bytes())?;
    for note in &statement.notes {
        eprintln!("{}", terminal_text(&format!("note: {note}")));
    }
    Ok(ExitCode::SUCCESS)
}

/// The kind of a word.
pub(super) fn kind(text: &str) -> Result<StatementKind, String> {
    let found = StatementKind::WORDS.iter().find(|(word, _)| *word == text);
    found.map(|(_, kind)| *kind).ok_or_else(|| "expected scp or iam".to_owned())
}
