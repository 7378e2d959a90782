//! Execution: one statement and its whole answer, however often the stream is cut.
//!
//! In:    a session, a statement.
//! Out:   [`Answer`], when the server said that it is complete.
//! Never: gives a part of an answer, or asks for a row twice.

use std::collections::BTreeMap;
use std::io::Cursor;
use std::pin::pin;
use std::time::Duration;

use arrow::array::RecordBatch;
use arrow::datatypes::SchemaRef;
use arrow::ipc::reader::StreamReader;
use futures_util::StreamExt;
use tonic::{Status, Streaming};

use super::error::{self, ConnectError};
use super::messages::{
    ArrowBatch, ExecutePlanRequest, ExecutePlanResponse, InterruptRequest, InterruptType, Literal,
    Nothing, Plan, ReattachExecuteRequest, ReattachOptions, Relation, ReleaseExecuteRequest,
    RequestOption, Sql, Value,
};
use super::session::{CLIENT, Session, Talk, random_id};

/// Tries without anything new before we give up.
const TRIES: u32 = 12;
const FIRST_WAIT: Duration = Duration::from_millis(50);
const LONGEST_WAIT: Duration = Duration::from_secs(12);
/// How often we look whether somebody wants us to stop.
const PATIENCE: Duration = Duration::from_millis(200);

/// A whole answer.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The columns.
    pub schema: SchemaRef,
    /// The rows.
    pub batches: Vec<RecordBatch>,
}

/// How far the cluster is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Progress {
    /// Tasks that are done.
    pub done: u64,
    /// Tasks that are known of.
    pub tasks: u64,
    /// Bytes that were read.
    pub bytes: u64,
}

/// A stream, the same asked for again, or what ended it.
type Opened = Result<Streaming<ExecutePlanResponse>, Status>;

/// What one statement has brought so far.
pub(super) struct Execution<'a> {
    session: &'a Session,
    talk: &'a Talk,
    statement: &'a str,
    /// Its named parameters.
    values: &'a BTreeMap<String, String>,
    operation: String,
    last_response: Option<String>,
    collected: Collected,
    is_complete: bool,
}

/// The batches so far.
#[derive(Debug, Default)]
pub(super) struct Collected {
    rows: i64,
    pub(super) schema: Option<SchemaRef>,
    pub(super) batches: Vec<RecordBatch>,
}

impl<'a> Execution<'a> {
    pub(super) fn of(
        session: &'a Session,
        talk: &'a Talk,
        (statement, values): (&'a str, &'a BTreeMap<String, String>),
    ) -> Self {
        Self {
            session,
            talk,
            statement,
            values,
            operation: random_id(),
            last_response: None,
            collected: Collected::default(),
            is_complete: false,
        }
    }

    /// Asks, and goes on asking until the answer is complete.
    pub(super) async fn run(mut self) -> Result<Answer, ConnectError> {
        let mut stream = self.begin().await?;
        let mut tries = 0;
        loop {
            let before = self.last_response.clone();
            let ended = match stream {
                Ok(stream) => self.take_all(stream).await?,
                Err(status) => Some(status),
            };
            if self.is_complete {
                break;
            }
            if let Some(status) = &ended
                && !error::is_passing(status)
                && !(error::is_unheard_of(status) && self.last_response.is_none())
            {
                return Err(self.said(status));
            }
            tries = if self.last_response == before { tries + 1 } else { 1 };
            if tries > TRIES {
                let why = ended.map_or_else(
                    || "its stream ended without an end".to_owned(),
                    |status| status.message().to_owned(),
                );
                return Err(ConnectError::Lost { why });
            }
            self.wait(tries).await?;
            let is_unheard_of = ended.as_ref().is_some_and(error::is_unheard_of);
            stream = if is_unheard_of { self.begin().await? } else { self.reattach().await? };
        }
        self.release().await;
        let Collected { schema, batches, .. } = self.collected;
        let nothing = || ConnectError::Answer { why: "it has no columns".to_owned() };
        Ok(Answer { schema: schema.ok_or_else(nothing)?, batches })
    }

    fn said(&self, status: &Status) -> ConnectError {
        error::said(status, &self.session.remote, self.statement)
    }

    async fn begin(&self) -> Result<Opened, ConnectError> {
        let literal = |text: &String| Literal { value: Some(Value::Text(text.clone())) };
        let args = self.values.iter().map(|(name, text)| (name.clone(), literal(text)));
        let sql = Sql { query: self.statement.to_owned(), args: args.collect() };
        let request = ExecutePlanRequest {
            session_id: self.session.id.clone(),
            user_context: Some(self.session.user()),
            plan: Some(Plan { root: Some(Relation { sql: Some(sql) }) }),
            client_type: CLIENT.to_owned(),
            request_options: vec![RequestOption {
                reattach_options: Some(ReattachOptions { reattachable: true }),
            }],
            operation_id: self.operation.clone(),
        };
        self.patiently(self.talk.channel.stream("ExecutePlan", request)).await
    }

    async fn reattach(&self) -> Result<Opened, ConnectError> {
        let request = ReattachExecuteRequest {
            session_id: self.session.id.clone(),
            user_context: Some(self.session.user()),
            operation_id: self.operation.clone(),
            client_type: CLIENT.to_owned(),
            last_response_id: self.last_response.clone(),
        };
        self.patiently(self.talk.channel.stream("ReattachExecute", request)).await
    }

    /// Waits for the beginning of a stream, unless somebody wants us to stop.
    async fn patiently(
        &self,
        opening: impl Future<Output = Opened>,
    ) -> Result<Opened, ConnectError> {
        let mut opening = pin!(opening);
        loop {
            match tokio::time::timeout(PATIENCE, &mut opening).await {
                Ok(opened) => return Ok(opened),
                Err(_) => self.look_up().await?,
            }
        }
    }

    /// Takes responses to the end of a stream; what ended it, if it was not its own end.
    async fn take_all(
        &mut self,
        mut stream: Streaming<ExecutePlanResponse>,
    ) -> Result<Option<Status>, ConnectError> {
        loop {
            match tokio::time::timeout(PATIENCE, stream.next()).await {
                Err(_) => self.look_up().await?,
                Ok(None) => return Ok(None),
                Ok(Some(Err(status))) => return Ok(Some(status)),
                Ok(Some(Ok(response))) => self.take(response)?,
            }
        }
    }

    fn take(&mut self, response: ExecutePlanResponse) -> Result<(), ConnectError> {
        self.session.is_same_server(&response.server_side_session_id)?;
        if !response.response_id.is_empty() {
            self.last_response = Some(response.response_id);
        }
        if let Some(progress) = response.execution_progress {
            let count = |of: fn(&super::messages::Stage) -> i64| {
                progress.stages.iter().map(|stage| u64::try_from(of(stage)).unwrap_or(0)).sum()
            };
            self.session.tell(Progress {
                done: count(|stage| stage.num_completed_tasks),
                tasks: count(|stage| stage.num_tasks),
                bytes: count(|stage| stage.input_bytes_read),
            });
        }
        if let Some(batch) = response.arrow_batch {
            self.collected.take(&batch)?;
        }
        self.is_complete |= response.result_complete.is_some();
        Ok(())
    }

    async fn wait(&self, tries: u32) -> Result<(), ConnectError> {
        let longer = FIRST_WAIT.saturating_mul(2_u32.saturating_pow(tries - 1));
        let mut left = longer.min(LONGEST_WAIT);
        while !left.is_zero() {
            let step = left.min(PATIENCE);
            tokio::time::sleep(step).await;
            left -= step;
            self.look_up().await?;
        }
        Ok(())
    }

    /// Tells the cluster when somebody here wants no answer any more.
    async fn look_up(&self) -> Result<(), ConnectError> {
        if !self.session.is_stopped() {
            return Ok(());
        }
        let request = InterruptRequest {
            session_id: self.session.id.clone(),
            user_context: Some(self.session.user()),
            interrupt_type: InterruptType::Operation.into(),
            operation_id: self.operation.clone(),
        };
        // Whoever stops does not wait for a server that does not answer.
        let told = self.talk.channel.tell("Interrupt", request);
        let _ = tokio::time::timeout(Duration::from_secs(5), told).await;
        Err(ConnectError::Stopped)
    }

    /// Lets the server forget the answer; if that fails, it will by itself.
    async fn release(&self) {
        let request = ReleaseExecuteRequest {
            session_id: self.session.id.clone(),
            user_context: Some(self.session.user()),
            operation_id: self.operation.clone(),
            release_all: Some(Nothing {}),
        };
        let _ = self.talk.channel.tell("ReleaseExecute", request).await;
    }
}

impl Collected {
    /// Every batch is a stream of Arrow by itself, and says how many rows it has.
    pub(super) fn take(&mut self, batch: &ArrowBatch) -> Result<(), ConnectError> {
        let broken = |why: String| ConnectError::Answer { why };
        if batch.start_offset.is_some_and(|start| start != self.rows) {
            let rows = self.rows;
            return Err(broken(format!("a batch does not begin behind the {rows} rows before it")));
        }
        let reader = StreamReader::try_new(Cursor::new(&batch.data), None);
        let reader = reader.map_err(|error| broken(error.to_string()))?;
        let schema = reader.schema();
        if self.schema.as_ref().is_some_and(|known| *known != schema) {
            return Err(broken("two batches have other columns".to_owned()));
        }
        self.schema = Some(schema);
        let mut rows = 0;
        for found in reader {
            let found = found.map_err(|error| broken(error.to_string()))?;
            rows += i64::try_from(found.num_rows()).unwrap_or(i64::MAX);
            self.batches.push(found);
        }
        if rows != batch.row_count {
            return Err(broken(format!("a batch of {} rows holds {rows}", batch.row_count)));
        }
        self.rows += rows;
        Ok(())
    }
}
