//! Engine: who adds up the lines of an export, this machine or an existing Spark.
//!
//! In:    `--engine`, `--remote` or `SPARK_REMOTE`; the export as it was typed.
//! Out:   a [`Bill`] that a cluster rolls up; on a terminal, how far it is.
//! Never: shows the address's parameters, which may be secrets.

use std::path::Path;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use clap::{Args, ValueEnum};
use indicatif::ProgressBar;

use crate::cli::complaint::Complaint;
use crate::cli::progress;
use crate::connect::{ConnectError, Progress, Remote, Session, Stop};
use crate::dialect::{Bound, Dialect, Relation};
use crate::pipeline::{Bill, Cluster, Engine, EngineFound, PipelineError};
use crate::render::number;

/// Which engine is meant.
#[derive(Debug, Args)]
#[command(next_help_heading = "Engine")]
pub(super) struct EngineArguments {
    /// Who adds up the lines: this program, or a Spark that SOURCE is a table or a path of
    #[arg(long, value_name = "ENGINE", default_value = "native")]
    engine: EngineName,

    /// Spark Connect, `sc://host:port/;key=value` [default: `SPARK_REMOTE`]
    #[arg(long, value_name = "ADDRESS")]
    remote: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum EngineName {
    Native,
    Spark,
}

/// Spark, as the pipeline sees an engine.
#[derive(Debug)]
struct Spark(Session);

impl Engine for Spark {
    fn dialect(&self) -> Dialect {
        Dialect::Spark
    }

    fn run(&self, statement: &Bound) -> Result<EngineFound, PipelineError> {
        let answer = self.0.run(&statement.text, &statement.values)?;
        Ok(EngineFound { schema: answer.schema, batches: answer.batches })
    }
}

impl EngineArguments {
    /// The bill of an export that another engine rolls up; `None` when we do it ourselves.
    pub(super) fn bill(&self, source: Option<&Path>) -> Result<Option<Bill>, Complaint> {
        Ok(self.cluster(source)?.map(Bill::Cluster))
    }

    /// The same, for who stores it.
    pub(super) fn cluster(&self, source: Option<&Path>) -> Result<Option<Cluster>, Complaint> {
        if self.engine == EngineName::Native {
            return match &self.remote {
                None => Ok(None),
                Some(_) => Err(Complaint::usage("`--remote` is for Spark", "add `--engine spark`")),
            };
        }
        let Some(source) = source else {
            let hint = "name a table, such as billing.cur2, or a path that the cluster can read";
            return Err(Complaint::usage("`--engine spark` needs a source", hint));
        };
        let by_variable = || std::env::var("SPARK_REMOTE").ok().filter(|text| !text.is_empty());
        let Some(remote) = self.remote.clone().or_else(by_variable) else {
            let hint = "give `--remote sc://host:15002`, or set SPARK_REMOTE";
            return Err(Complaint::usage("`--engine spark` needs an address", hint));
        };
        let remote = Remote::parse(&remote).map_err(ConnectError::from)?;
        let session = Session::open(remote, stop(), working())?;
        let engine = Arc::new(Spark(session));
        Ok(Some(Cluster { engine, relation: relation(source)? }))
    }
}

/// What the cluster knows the export by: a path, or the name of a table.
fn relation(source: &Path) -> Result<Relation, Complaint> {
    let text = source.display().to_string();
    if source.exists() {
        // What both can see is read as we would: the files that the manifest names.
        let full = std::path::absolute(source);
        let full = full.map_err(|error| Complaint::usage(error.to_string(), "give a full path"))?;
        return Ok(crate::pipeline::files_of(&full)?);
    }
    Ok(if text.contains('/') { Relation::Files(vec![text]) } else { Relation::Named(text) })
}

/// Set by the first Ctrl-C, which stops the statement; the second stops us.
fn stop() -> Stop {
    let stop = Stop::new(AtomicBool::new(false));
    #[cfg(unix)]
    {
        use signal_hook::consts::SIGINT;
        use signal_hook::flag;
        let again = flag::register_conditional_shutdown(SIGINT, 130, Arc::clone(&stop));
        // Without it Ctrl-C ends us at once, as ever.
        if again.is_ok() {
            let _ = flag::register(SIGINT, Arc::clone(&stop));
        }
    }
    stop
}

/// The counter of this run, as there is one cluster at most.
static WORKING: OnceLock<ProgressBar> = OnceLock::new();

/// Tells on a terminal how far the cluster is.
fn working() -> impl Fn(Progress) + Send + Sync + 'static {
    let last: Arc<Mutex<Progress>> = Arc::default();
    let shown = Arc::clone(&last);
    WORKING.get_or_init(|| {
        progress::counter(move || {
            let Progress { done, tasks, bytes } =
                *shown.lock().unwrap_or_else(PoisonError::into_inner);
            let (done, tasks) = (number::count(done), number::count(tasks));
            format!("Spark: {done} of {tasks} tasks, {} read", number::bytes(bytes))
        })
    });
    move |progress| {
        *last.lock().unwrap_or_else(PoisonError::into_inner) = progress;
        // A month may have been told since, and there is another.
        if let Some(counter) = WORKING.get().filter(|counter| counter.is_finished()) {
            counter.reset();
            counter.enable_steady_tick(progress::BETWEEN_TICKS);
        }
    }
}

/// The terminal belongs to the answer now.
pub(super) fn end_progress() {
    if let Some(counter) = WORKING.get() {
        counter.finish_and_clear();
    }
}
