//! Answers and networks that give no stream.

use std::error::Error as _;
use std::time::Duration;

use eventwire_client::reqwest::Client;
use eventwire_client::{Error, ErrorKind, EventSource, Item, Policy, ReadyState};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

use crate::server::{Answer, Server};
use crate::support::{all, lines, next, quick};

async fn first_error(url: &str) -> Error {
    let mut source = quick(url).build().unwrap();
    match next(&mut source).await {
        Some(Item::Error(error)) => {
            assert!(!error.to_string().contains('\n'));
            assert!(!error.to_string().contains("secret"), "{error}");
            error
        }
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn statements_77_83_and_86_any_status_but_200_fails() {
    for status in
        [201, 202, 204, 205, 206, 299, 300, 304, 400, 401, 403, 404, 407, 410, 418, 429, 500, 502, 503, 599]
    {
        let answer = Answer::status(status, &["Content-Type: text/event-stream"]);
        // These have no body, and what stands there would be taken for the next answer.
        let answer =
            if matches!(status, 204 | 304) { answer.unframed() } else { answer.body(["data: x\n\n"]) };
        let server = Server::start([answer]).await;
        let mut source = quick(server.url("/")).build().unwrap();
        assert_eq!(all(&mut source).await, [format!("Closed: the server answered with status {status}")]);
        assert_eq!(source.ready_state(), ReadyState::Closed);
        tokio::time::sleep(Duration::from_millis(15)).await;
        assert_eq!(server.requests().len(), 1, "{status}");
    }
}

#[tokio::test]
async fn statement_78_another_media_type_fails() {
    for lines in [
        &[][..],
        &["Content-Type:"],
        &["Content-Type: text/html"],
        &["Content-Type: text/event-streams"],
        &["Content-Type: nonsense"],
        &["Content-Type: text/event-stream, text/html"],
        &["Content-Type: text/event-stream", "Content-Type: text/html"],
    ] {
        let server = Server::start([Answer::status(200, lines).body(["data: x\n\n"])]).await;
        let mut source = quick(server.url("/")).build().unwrap();
        assert_eq!(all(&mut source).await, ["Closed: the server's answer is not a text/event-stream"]);
    }
    let server = Server::start([Answer::status(200, &["Content-Type: text/html; charset=x"])]).await;
    let error = first_error(&server.url("/?secret")).await;
    assert_eq!(error.to_string(), "the server's answer is not a text/event-stream (text/html; charset=x)");
    let server = Server::start([Answer::status(200, &[])]).await;
    let error = first_error(&server.url("/")).await;
    assert!(error.to_string().ends_with("(no Content-Type)"), "{error}");
}

#[tokio::test]
async fn statement_79_case_and_parameters_do_not_matter() {
    for line in [
        "Content-Type: TEXT/Event-Stream",
        "content-type: text/event-stream;",
        "Content-Type: text/event-stream; charset=latin1",
        "Content-Type:\ttext/event-stream\t;x=\"y\"",
    ] {
        let server = Server::start([Answer::status(200, &[line]).body(["data: x\n\n"])]).await;
        let mut source = quick(server.url("/")).build().unwrap();
        assert_eq!(lines(&mut source, 2).await, ["open", "message  x"], "{line}");
    }
}

#[tokio::test]
async fn statement_74_other_schemes_fail_at_once() {
    for url in [
        "ftp://127.0.0.1/",
        "about:blank",
        "mailto:a@example.org",
        "javascript:1",
        "file:///etc/passwd",
        "data:text/event-stream,data:x",
    ] {
        let mut source = quick(url).build().unwrap();
        assert_eq!(source.ready_state(), ReadyState::Connecting);
        assert_eq!(all(&mut source).await, ["Closed: only http and https can be fetched"], "{url}");
    }
}

#[tokio::test]
async fn what_the_client_will_not_send_is_not_tried_again() {
    let long = format!("http://127.0.0.1:1/{}?secret", "x".repeat(100_000));
    let error = first_error(&long).await;
    assert_eq!((error.kind(), error.ready_state()), (ErrorKind::Unsendable, ReadyState::Closed));
    assert!(error.to_string().starts_with("the request cannot be sent ("), "{error}");
    let strict = Client::builder().https_only(true);
    let mut source = quick("http://127.0.0.1:1/").client_builder(strict).build().unwrap();
    assert_eq!(all(&mut source).await, ["Closed: the request cannot be sent"]);
}

#[tokio::test]
async fn statement_82_a_refused_connection_is_tried_again() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/?secret", listener.local_addr().unwrap());
    drop(listener);
    let error = first_error(&url).await;
    assert_eq!((error.kind(), error.ready_state()), (ErrorKind::Refused, ReadyState::Connecting));
    assert!(error.to_string().starts_with("connection refused ("), "{error}");
    assert!(error.source().is_some());
    let mut source = quick(&url).build().unwrap();
    assert_eq!(lines(&mut source, 3).await, ["Connecting: connection refused"; 3]);
    let mut source = quick(&url).policy(Policy::never()).build().unwrap();
    assert_eq!(all(&mut source).await, ["Closed: connection refused"]);
}

#[tokio::test]
async fn statement_82_a_name_without_an_address_is_tried_again() {
    let error = first_error("http://no-such-host.invalid/?secret").await;
    assert_eq!((error.kind(), error.ready_state()), (ErrorKind::Dns, ReadyState::Connecting), "{error}");
}

#[tokio::test]
async fn statement_82_a_server_that_hangs_up_or_talks_nonsense_is_tried_again() {
    for nonsense in [&b""[..], b"HTTP/1.1 200", b"SSH-2.0-x\r\n\r\n", b"HTTP/1.1 2 OK\r\n\r\n"] {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/?secret", listener.local_addr().unwrap());
        let server = tokio::spawn(async move {
            loop {
                let (mut socket, _) = listener.accept().await.unwrap();
                let _ = socket.read(&mut [0; 1024]).await;
                let _ = socket.write_all(nonsense).await;
            }
        });
        let error = first_error(&url).await;
        assert_eq!(
            (error.kind(), error.ready_state()),
            (ErrorKind::Request, ReadyState::Connecting),
            "{error}"
        );
        server.abort();
    }
}

#[tokio::test]
async fn statement_82_a_broken_body_is_a_lost_connection() {
    let server = Server::start([
        Answer::stream(["data: a\n\ndata: b"]).cut(),
        Answer::status(200, &["Content-Type: text/event-stream", "Content-Length: 100"])
            .body(["data: c\n\n"])
            .unframed(),
        Answer::status(200, &["Content-Type: text/event-stream", "Transfer-Encoding: chunked"])
            .body(["nonsense"])
            .unframed(),
    ])
    .await;
    let mut source = quick(server.url("/")).build().unwrap();
    let lost = "Connecting: the connection was lost in mid-stream";
    assert_eq!(
        lines(&mut source, 8).await,
        ["open", "message  a", lost, "open", "message  c", lost, "open", lost]
    );
}

#[tokio::test]
async fn a_coding_that_nobody_understands_fails() {
    let coded = |coding| Answer::status(200, &["Content-Type: text/event-stream", coding]);
    let server = Server::start([coded("Content-Encoding: br").body(["data: x\n\n"])]).await;
    let error = first_error(&server.url("/")).await;
    assert_eq!((error.kind(), error.ready_state()), (ErrorKind::ContentEncoding, ReadyState::Closed));
    assert!(error.to_string().ends_with("(br)"), "{error}");
    let twice = ["Content-Type: text/event-stream", "Content-Encoding: identity", "Content-Encoding: br"];
    let server = Server::start([Answer::status(200, &twice).body(["data: x\n\n"])]).await;
    assert_eq!(first_error(&server.url("/")).await.kind(), ErrorKind::ContentEncoding);
    let server = Server::start([coded("Content-Encoding: identity").body(["data: x\n\n"])]).await;
    let mut source = quick(server.url("/")).build().unwrap();
    assert_eq!(lines(&mut source, 2).await, ["open", "message  x"]);
}

/// Nothing but the end of what came counts as silence, so a server that sends a byte now and then is not silent.
#[tokio::test]
async fn silence_ends_a_connection_if_asked_to() {
    let trickle = |answer: Answer| answer.every(40).hang();
    let server = Server::start([
        trickle(Answer::stream("data: slow\n\n".bytes().map(|byte| [byte]))),
        trickle(Answer::stream(": only comments\n:\n".split_inclusive('\n'))),
        Answer::silence(),
        Answer::status(204, &[]),
    ])
    .await;
    let mut source = quick(server.url("/")).policy(Policy::new().idle_timeout(600)).build().unwrap();
    let idle = "Connecting: nothing came for too long";
    assert_eq!(
        all(&mut source).await,
        ["open", "message  slow", idle, "open", idle, idle, "Closed: the server answered with status 204"]
    );
    let times: Vec<_> = server.requests().iter().map(|request| request.at).collect();
    assert!(times[1] - times[0] >= Duration::from_millis(12 * 40 + 600));
    assert!(times[3] - times[2] >= Duration::from_millis(600));
}

#[tokio::test]
async fn while_the_reader_is_busy_the_server_is_not_silent() {
    let server = Server::start([Answer::stream(["data: a\n\n", "data: b\n\n"]).every(20).hang()]).await;
    let mut source = quick(server.url("/")).policy(Policy::new().idle_timeout(400)).build().unwrap();
    assert_eq!(lines(&mut source, 2).await, ["open", "message  a"]);
    tokio::time::sleep(Duration::from_millis(900)).await;
    assert_eq!(lines(&mut source, 2).await, ["message  b", "Connecting: nothing came for too long"]);
}

#[tokio::test]
async fn an_attempts_limit_ends_it() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    drop(listener);
    let mut source = EventSource::builder(url)
        .reconnection_time(Duration::ZERO)
        .policy(Policy::new().max_failures(3))
        .build()
        .unwrap();
    let refused = "connection refused";
    assert_eq!(
        all(&mut source).await,
        [format!("Connecting: {refused}"), format!("Connecting: {refused}"), format!("Closed: {refused}")]
    );
}
