//! Messages: the part of Spark Connect's protocol that we speak.
//!
//! In:    nothing; field numbers of `spark/connect/base.proto` and `relations.proto`.
//! Out:   messages of protobuf; what is not declared is skipped when read.
//! Never: holds a field that we do not use. The cluster of `tests/spark/` understands them.

#![allow(missing_docs, reason = "the names are Spark's")]

use std::collections::HashMap;

use prost::{Enumeration, Message, Oneof};

#[derive(Clone, PartialEq, Eq, Message)]
pub(super) struct UserContext {
    #[prost(string, tag = "1")]
    pub(super) user_id: String,
    #[prost(string, tag = "2")]
    pub(super) user_name: String,
}

#[derive(Clone, PartialEq, Message)]
pub(super) struct Literal {
    #[prost(oneof = "Value", tags = "13")]
    pub(super) value: Option<Value>,
}

#[derive(Clone, PartialEq, Eq, Oneof)]
pub(super) enum Value {
    #[prost(string, tag = "13")]
    Text(String),
}

#[derive(Clone, PartialEq, Message)]
pub(super) struct Sql {
    #[prost(string, tag = "1")]
    pub(super) query: String,
    #[prost(map = "string, message", tag = "2")]
    pub(super) args: HashMap<String, Literal>,
}

#[derive(Clone, PartialEq, Message)]
pub(super) struct Relation {
    #[prost(message, optional, tag = "10")]
    pub(super) sql: Option<Sql>,
}

#[derive(Clone, PartialEq, Message)]
pub(super) struct Plan {
    #[prost(message, optional, tag = "1")]
    pub(super) root: Option<Relation>,
}

#[derive(Clone, PartialEq, Eq, Message)]
pub(super) struct ReattachOptions {
    #[prost(bool, tag = "1")]
    pub(super) reattachable: bool,
}

#[derive(Clone, PartialEq, Eq, Message)]
pub(super) struct RequestOption {
    #[prost(message, optional, tag = "1")]
    pub(super) reattach_options: Option<ReattachOptions>,
}

#[derive(Clone, PartialEq, Message)]
pub(super) struct ExecutePlanRequest {
    #[prost(string, tag = "1")]
    pub(super) session_id: String,
    #[prost(message, optional, tag = "2")]
    pub(super) user_context: Option<UserContext>,
    #[prost(message, optional, tag = "3")]
    pub(super) plan: Option<Plan>,
    #[prost(string, tag = "4")]
    pub(super) client_type: String,
    #[prost(message, repeated, tag = "5")]
    pub(super) request_options: Vec<RequestOption>,
    #[prost(string, tag = "6")]
    pub(super) operation_id: String,
}

#[derive(Clone, PartialEq, Eq, Message)]
pub(super) struct ReattachExecuteRequest {
    #[prost(string, tag = "1")]
    pub(super) session_id: String,
    #[prost(message, optional, tag = "2")]
    pub(super) user_context: Option<UserContext>,
    #[prost(string, tag = "3")]
    pub(super) operation_id: String,
    #[prost(string, tag = "4")]
    pub(super) client_type: String,
    #[prost(string, optional, tag = "5")]
    pub(super) last_response_id: Option<String>,
}

#[derive(Clone, PartialEq, Eq, Message)]
pub(super) struct ArrowBatch {
    #[prost(int64, tag = "1")]
    pub(super) row_count: i64,
    #[prost(bytes = "vec", tag = "2")]
    pub(super) data: Vec<u8>,
    #[prost(int64, optional, tag = "3")]
    pub(super) start_offset: Option<i64>,
}

#[derive(Clone, PartialEq, Eq, Message)]
pub(super) struct Nothing {}

#[derive(Clone, PartialEq, Eq, Message)]
pub(super) struct Stage {
    #[prost(int64, tag = "2")]
    pub(super) num_tasks: i64,
    #[prost(int64, tag = "3")]
    pub(super) num_completed_tasks: i64,
    #[prost(int64, tag = "4")]
    pub(super) input_bytes_read: i64,
}

#[derive(Clone, PartialEq, Eq, Message)]
pub(super) struct ExecutionProgress {
    #[prost(message, repeated, tag = "1")]
    pub(super) stages: Vec<Stage>,
}

#[derive(Clone, PartialEq, Eq, Message)]
pub(super) struct ExecutePlanResponse {
    #[prost(message, optional, tag = "2")]
    pub(super) arrow_batch: Option<ArrowBatch>,
    #[prost(string, tag = "13")]
    pub(super) response_id: String,
    #[prost(message, optional, tag = "14")]
    pub(super) result_complete: Option<Nothing>,
    #[prost(string, tag = "15")]
    pub(super) server_side_session_id: String,
    #[prost(message, optional, tag = "18")]
    pub(super) execution_progress: Option<ExecutionProgress>,
}

#[derive(Clone, PartialEq, Eq, Message)]
pub(super) struct ReleaseExecuteRequest {
    #[prost(string, tag = "1")]
    pub(super) session_id: String,
    #[prost(message, optional, tag = "2")]
    pub(super) user_context: Option<UserContext>,
    #[prost(string, tag = "3")]
    pub(super) operation_id: String,
    #[prost(message, optional, tag = "5")]
    pub(super) release_all: Option<Nothing>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Enumeration)]
#[repr(i32)]
pub(super) enum InterruptType {
    Unspecified = 0,
    Operation = 3,
}

#[derive(Clone, PartialEq, Eq, Message)]
pub(super) struct InterruptRequest {
    #[prost(string, tag = "1")]
    pub(super) session_id: String,
    #[prost(message, optional, tag = "2")]
    pub(super) user_context: Option<UserContext>,
    #[prost(enumeration = "InterruptType", tag = "4")]
    pub(super) interrupt_type: i32,
    #[prost(string, tag = "6")]
    pub(super) operation_id: String,
}

#[derive(Clone, PartialEq, Eq, Message)]
pub(super) struct ReleaseSessionRequest {
    #[prost(string, tag = "1")]
    pub(super) session_id: String,
    #[prost(message, optional, tag = "2")]
    pub(super) user_context: Option<UserContext>,
}
