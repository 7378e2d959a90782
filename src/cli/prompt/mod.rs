//! Prompt: questions one after the other, typed or from a file.
//!
//! In:    lines of the terminal, or of standard input.
//! Out:   an answer to each; the exit code of the first that failed.
//! Never: ends because a statement failed.

#![expect(clippy::print_stderr, reason = "words about the prompt itself go to stderr")]

mod commands;
mod completer;
mod editor;
mod feed;
mod known;
mod save;
mod session;

use std::io::{self, BufRead as _, IsTerminal as _};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::{Arc, Mutex, PoisonError};

use reedline::Signal;

use self::feed::Feed;
use self::known::Known;
use self::session::{Said, SaidKind, Session};
use crate::cli::arguments::OutputArguments;
use crate::cli::bucket;
use crate::cli::complaint::Complaint;
use crate::cli::{output, settings};
use crate::pipeline::{Asked, Bill, Source};
use crate::query::NamedQuery;
use crate::render::Format;
use crate::render::escape::terminal_text;
use crate::report::query::Settings;

/// What a sitting begins with.
pub(super) struct Start<'a> {
    pub(super) source: Source,
    pub(super) asked: Asked,
    pub(super) queries: Vec<NamedQuery>,
    /// Where `.save` keeps queries.
    pub(super) folder: Option<PathBuf>,
    pub(super) settings: Settings,
    pub(super) format: Format,
    pub(super) output: &'a OutputArguments,
}

/// Answers what is typed, or what standard input holds; `None` when it holds nothing.
pub(super) fn run(start: Start) -> Result<Option<ExitCode>, Complaint> {
    let Start { source, asked, queries, folder, settings, format, output } = start;
    let (is_undrawn, last) = (false, None);
    let session =
        Session { source, asked, queries, folder, settings, format, output, is_undrawn, last };
    let mut sitting = Sitting { session, first_failure: None, answers: 0, said: 0 };
    let is_dumb = std::env::var("TERM").is_ok_and(|term| term == "dumb");
    if io::stdin().is_terminal() && io::stdout().is_terminal() && !is_dumb {
        sitting.type_in()?;
    } else {
        sitting.read_in()?;
    }
    let is_nothing = sitting.said == 0;
    Ok((!is_nothing).then(|| sitting.first_failure.unwrap_or(ExitCode::SUCCESS)))
}

/// A session and how it goes.
struct Sitting<'a> {
    session: Session<'a>,
    first_failure: Option<ExitCode>,
    answers: usize,
    said: usize,
}

/// Whether more is read.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Next {
    Line,
    End,
}

impl Sitting<'_> {
    /// Standard input, statement by statement.
    fn read_in(&mut self) -> Result<(), Complaint> {
        let mut feed = Feed::default();
        for line in io::stdin().lock().lines() {
            let unread = |_| Complaint::usage("standard input is no text", "give it SQL as UTF-8");
            for piece in feed.line(&line.map_err(unread)?) {
                if self.take(&piece) == Next::End {
                    return Ok(());
                }
            }
        }
        if let Some(piece) = feed.end() {
            self.take(&piece);
        }
        Ok(())
    }

    /// A terminal, line by line.
    fn type_in(&mut self) -> Result<(), Complaint> {
        self.said = 1;
        let known = Arc::new(Mutex::new(Known::default()));
        let mut editor =
            editor::editor(&known, settings::style(self.session.output).terminal.colour);
        match settings::history().map(|file| editor::history(&file)) {
            Some(Ok(history)) => editor = editor.with_history(Box::new(history)),
            Some(Err(error)) => {
                let told = format!("note: what you type is not remembered: {}", error.0);
                eprintln!("{}", terminal_text(&told));
            }
            None => eprintln!("note: what you type is not remembered: no folder for it is known"),
        }
        bucket::end_progress();
        eprintln!("{}", self.greeting());
        loop {
            known.lock().unwrap_or_else(PoisonError::into_inner).follow(&self.session);
            let text = match editor.read_line(&editor::Mark) {
                Ok(Signal::Success(text)) => text,
                Ok(Signal::CtrlD) => return Ok(()),
                Ok(_) => continue,
                Err(error) => {
                    let message = format!("the terminal does not answer: {error}");
                    let hint = "give the statements to standard input, or one to `--sql`";
                    return Err(Complaint::usage(message, hint));
                }
            };
            // A statement that never ends must not take the history with it; what cannot be kept
            // was told at the beginning.
            let _ = editor.sync_history();
            let mut feed = Feed::default();
            let mut pieces: Vec<String> = text.lines().flat_map(|line| feed.line(line)).collect();
            pieces.extend(feed.end());
            for piece in pieces {
                if self.take(&piece) == Next::End {
                    return Ok(());
                }
            }
            // A mistake at the prompt is mended at the prompt.
            self.first_failure = None;
        }
    }

    fn greeting(&self) -> String {
        let place = match &self.session.source.bill {
            Bill::Export(path) => path.display().to_string(),
            Bill::Store { home, .. } => home.folder.display().to_string(),
            Bill::Cluster(cluster) => cluster.to_string(),
        };
        let place = terminal_text(&place);
        format!("SQL over `{place}`\nA statement ends with `;`. Tab completes, `.help` tells more.")
    }

    /// Answers one piece, or tells why not.
    fn take(&mut self, piece: &str) -> Next {
        self.said += 1;
        let session = &mut self.session;
        let said = catch_unwind(AssertUnwindSafe(|| session.take(piece)))
            .unwrap_or_else(|panic| Err(Complaint::of_panic(panic.as_ref())));
        let outcome = said.and_then(|said| self.put(&said).map(|()| said));
        let (code, next) = match outcome {
            Ok(Said { kind: SaidKind::End, code, .. }) => (code, Next::End),
            Ok(said) => (said.code, Next::Line),
            Err(complaint) => (complaint.tell(), Next::Line),
        };
        if code != ExitCode::SUCCESS && self.first_failure.is_none() {
            self.first_failure = Some(code);
        }
        next
    }

    fn put(&mut self, said: &Said) -> Result<(), Complaint> {
        let target = self.session.output.output.as_deref();
        if said.kind != SaidKind::Answer || target.is_none() {
            let is_apart = said.kind == SaidKind::Answer
                && self.answers > 0
                && matches!(self.session.format, Format::Table | Format::Markdown);
            if is_apart {
                output::write(None, b"\n")?;
            }
            self.answers += usize::from(said.kind == SaidKind::Answer);
            return Ok(output::write(None, &said.bytes)?);
        }
        self.answers += 1;
        if self.answers > 1 {
            let hint = "leave out `-o`, or say `.write FILE` behind each statement";
            return Err(Complaint::usage("a file takes one answer", hint));
        }
        Ok(output::write(target, &said.bytes)?)
    }
}
