//! Addresses as people write them, and what must never be shown of them.

use super::{BadRemote, Remote};

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
