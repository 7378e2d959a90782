//! Addresses as people write them, answers as servers break them, words for what they say.

use std::sync::Arc;

use arrow::array::{Int64Array, RecordBatch};
use arrow::datatypes::{DataType, Field, Schema};
use arrow::ipc::writer::StreamWriter;
use tonic::{Code, Status};

use super::error::{is_passing, is_unheard_of, said};
use super::execution::Collected;
use super::messages::ArrowBatch;
use super::{BadRemote, Remote};
use crate::diagnostic::Diagnose;

/// A batch of so many rows under a name, as a server sends it.
fn batch(name: &str, rows: i64) -> ArrowBatch {
    let schema = Arc::new(Schema::new(vec![Field::new(name, DataType::Int64, true)]));
    let numbers = Arc::new(Int64Array::from_iter_values(0..rows));
    let batch = RecordBatch::try_new(Arc::clone(&schema), vec![numbers]).unwrap();
    let mut data = Vec::new();
    let mut writer = StreamWriter::try_new(&mut data, &schema).unwrap();
    writer.write(&batch).unwrap();
    writer.finish().unwrap();
    ArrowBatch { row_count: rows, data, start_offset: None }
}

#[test]
fn batches_follow_each_other_without_a_gap_or_a_row_twice() {
    let mut collected = Collected::default();
    collected.take(&batch("cost", 3)).unwrap();
    collected.take(&ArrowBatch { start_offset: Some(3), ..batch("cost", 2) }).unwrap();
    assert_eq!(collected.batches.iter().map(RecordBatch::num_rows).sum::<usize>(), 5);
    for (broken, why) in [
        (ArrowBatch { start_offset: Some(3), ..batch("cost", 2) }, "behind the 5 rows"),
        (ArrowBatch { start_offset: Some(9), ..batch("cost", 2) }, "behind the 5 rows"),
        (ArrowBatch { row_count: 7, ..batch("cost", 2) }, "a batch of 7 rows holds 2"),
        (batch("price", 2), "other columns"),
        (ArrowBatch { data: b"<html>".to_vec(), ..batch("cost", 2) }, ""),
    ] {
        let error = collected.take(&broken).unwrap_err();
        assert_eq!(error.code(), "SPARK-ANSWER");
        assert!(error.to_string().contains(why), "{error}");
    }
}

#[test]
fn only_what_passes_is_asked_again() {
    for (code, message, passes) in [
        (Code::Unavailable, "", true),
        (Code::Unknown, "h2 protocol error", true),
        (Code::Internal, "[INVALID_CURSOR.DISCONNECTED] The cursor...", true),
        (Code::Unknown, "invalid compression flag: 60", false),
        (Code::Internal, "[TABLE_OR_VIEW_NOT_FOUND]", false),
        (Code::Unauthenticated, "", false),
    ] {
        assert_eq!(is_passing(&Status::new(code, message)), passes, "{code:?} {message}");
    }
    assert!(is_unheard_of(&Status::internal("[INVALID_HANDLE.OPERATION_NOT_FOUND] ...")));
}

#[test]
fn a_server_is_quoted_with_the_place_in_the_statement() {
    let remote = Remote::parse("sc://h;token=secret").unwrap();
    let statement = "SELECT a,\n    wrong\nFROM t";
    for (status, code) in [
        (Status::unauthenticated("Invalid token"), "SPARK-DENIED"),
        (Status::unknown("invalid compression flag: 60"), "SPARK-DENIED"),
        (Status::internal("[INVALID_HANDLE.SESSION_CLOSED] ..."), "SPARK-SESSION"),
        (Status::cancelled("[OPERATION_CANCELED] ..."), "SPARK-STOPPED"),
        (Status::unavailable("broken pipe"), "SPARK-LOST"),
        (Status::internal("[UNRESOLVED_COLUMN] ...; line 2 pos 4"), "SPARK-STATEMENT"),
    ] {
        let error = said(&status, &remote, statement);
        assert_eq!(error.code(), code, "{status:?}");
        assert!(!format!("{error:?} {error}").contains("secret"));
        if code == "SPARK-STATEMENT" {
            assert_eq!(error.details(), ["line 2:     wrong", "            ^"]);
        }
    }
}

#[test]
fn an_address_has_a_host_a_port_and_parts() {
    for (text, url, headers) in [
        ("sc://localhost", "http://localhost:15002", 0),
        ("sc://spark.example:443/;use_ssl=true", "https://spark.example:443", 0),
        ("sc://spark.example;token=a%3Db", "https://spark.example:15002", 1),
        ("sc://[::1]:7/;use_ssl=false;token=x;x-aws-proxy-auth=y", "http://[::1]:7", 2),
        ("sc://h/;user_id=me;session_id=s;user_agent=a", "http://h:15002", 0),
    ] {
        let remote = Remote::parse(text).unwrap();
        assert_eq!((remote.url().as_str(), remote.headers.len()), (url, headers), "{text}");
    }
    let decoded = Remote::parse("sc://h/;token=a%3Db").unwrap();
    assert_eq!(decoded.headers, [("authorization".to_owned(), "Bearer a=b".to_owned())]);
}

#[test]
fn what_is_no_address_is_told_without_its_values() {
    for text in [
        "http://h",
        "sc://",
        "sc://h:x",
        "sc://h h",
        "sc://h/;secret",
        "sc://h/;use_ssl=secret",
        "sc://h/;token=%ff",
    ] {
        let error = Remote::parse(text).unwrap_err();
        assert!(!error.to_string().contains("secret"), "{text}: {error}");
    }
}

#[test]
fn a_token_never_leaves_this_machine_in_the_open() {
    let parse = |text| Remote::parse(text).map(|remote| remote.is_tls);
    assert_eq!(parse("sc://h/;token=x;use_ssl=false"), Err(BadRemote::OpenToken));
    assert_eq!(parse("sc://127.0.0.1/;token=x;use_ssl=false"), Ok(false));
    assert_eq!(parse("sc://h/;token=x"), Ok(true));
}

#[test]
fn nothing_that_may_be_a_secret_is_shown() {
    let remote = Remote::parse("sc://h:1/;token=secret;x-key=secret;user_id=secret").unwrap();
    assert_eq!(format!("{remote} {remote:?}"), "sc://h:1 sc://h:1");
}
