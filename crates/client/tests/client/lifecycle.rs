//! A connection from the request to its loss, and the next one.

use std::time::Duration;

use eventwire_client::{Config, EventSource, Item, Items, ReadyState, Replay};
use futures_util::FutureExt as _;
use futures_util::stream::FusedStream as _;

use crate::server::{Answer, Server};
use crate::support::{all, line, lines, next, quick};

#[tokio::test]
async fn statements_70_to_72_the_request_says_what_is_wanted() {
    let server = Server::start([]).await;
    let mut source = EventSource::new(server.url("/stream?a=b#fragment")).unwrap();
    assert!(source.next().now_or_never().is_none());
    tokio::select! {
        _ = source.next() => unreachable!(),
        () = server.requests_made(1) => {}
    }
    let request = &server.requests()[0];
    assert_eq!(request.line, "GET /stream?a=b HTTP/1.1");
    assert_eq!(request.header("accept").unwrap(), "text/event-stream");
    assert_eq!(request.header("cache-control").unwrap(), "no-cache");
    assert_eq!(request.header("accept-encoding").unwrap(), "identity");
    assert_eq!(request.header("last-event-id"), None);
    assert_eq!(request.header("cookie"), None);
    assert_eq!(request.header("referer"), None);
    assert!(request.header("user-agent").unwrap().starts_with("eventwire/"));
}

#[tokio::test]
async fn the_users_fields_are_sent_and_take_the_place_of_the_usual_ones() {
    let server = Server::start([]).await;
    let mut source = EventSource::builder(server.url("/"))
        .method("REPORT")
        .header("Accept", "text/event-stream, application/json")
        .header("Accept-Encoding", "gzip")
        .header("Cache-Control", "no-store")
        .header("X-Twice", "1")
        .header("X-Twice", "2")
        .header("User-Agent", "test")
        .body("body", Replay::Allowed)
        .build()
        .unwrap();
    tokio::select! {
        _ = source.next() => unreachable!(),
        () = server.requests_made(1) => {}
    }
    let request = &server.requests()[0];
    assert_eq!((request.line.as_str(), &request.body[..]), ("REPORT / HTTP/1.1", &b"body"[..]));
    for (name, value) in [
        ("accept", "text/event-stream, application/json"),
        ("accept-encoding", "gzip"),
        ("cache-control", "no-store"),
        ("x-twice", "1, 2"),
        ("user-agent", "test"),
    ] {
        assert_eq!(request.header(name).unwrap(), value);
    }
}

#[tokio::test]
async fn statements_65_80_84_87_88_and_94_states_and_notices_come_in_order() {
    let server = Server::start([
        Answer::stream(["data: 1\n\n", "event: x\nid: 7\ndata: 2\n\ndata: cut o"]),
        Answer::stream(["data: 3\n\n"]).cut(),
        Answer::stream([""; 0]),
        Answer::status(204, &[]),
    ])
    .await;
    let mut source = quick(server.url("/")).build().unwrap();
    assert_eq!(source.ready_state(), ReadyState::Connecting);
    let mut seen = Vec::new();
    while let Some(item) = next(&mut source).await {
        let state = source.ready_state();
        match &item {
            Item::Open | Item::Event(_) => assert_eq!(state, ReadyState::Open),
            Item::Error(error) => assert_eq!(state, error.ready_state()),
            other => panic!("{other:?}"),
        }
        seen.push(line(&item));
    }
    assert_eq!(
        seen,
        [
            "open",
            "message  1",
            "x 7 2",
            "Connecting: the stream ended",
            "open",
            "message 7 3",
            "Connecting: the connection was lost in mid-stream",
            "open",
            "Connecting: the stream ended",
            "Closed: the server answered with status 204",
        ]
    );
    assert_eq!(source.ready_state(), ReadyState::Closed);
    assert_eq!(source.attempts(), 4);
}

#[tokio::test]
async fn statement_101_events_come_in_order_wherever_the_stream_is_cut() {
    let stream = "\u{feff}: hi\r\nid: é1\r\nevent: t\r\ndata: añ😀\r\ndata: b\r\n\r\ndata: c\r\rdata: d\n\n"
        .as_bytes();
    let expected = ["open", "t é1 añ😀\nb", "message é1 c", "message é1 d", "Connecting: the stream ended"];
    let cuts = (0..stream.len()).map(|at| vec![&stream[..at], &stream[at..]]);
    let mut answers: Vec<_> = cuts.map(|pieces| Answer::stream(pieces).every(0)).collect();
    answers.push(Answer::stream(stream.chunks(1)));
    answers.push(Answer::stream([stream]).unframed());
    let count = answers.len();
    let server = Server::start(answers).await;
    let mut source = quick(server.url("/")).reconnection_time(Duration::ZERO).build().unwrap();
    for _ in 0..count {
        assert_eq!(lines(&mut source, expected.len()).await, expected);
    }
}

#[tokio::test]
async fn items_come_if_asked_for() {
    let server =
        Server::start([Answer::stream([": a\nretry: 1\nx: y\ndata: 1\n\n"]), Answer::status(204, &[])]).await;
    let mut source = quick(server.url("/")).config(Config::new().items(Items::ALL)).build().unwrap();
    assert_eq!(
        lines(&mut source, 5).await,
        ["open", "comment  a", "retry 1", r#"Unknown { name: b"x", value: b"y" }"#, "message  1"]
    );
    assert_eq!(source.reconnection_time(), 1);
}

#[tokio::test]
async fn after_the_end_nothing_more_comes() {
    let server = Server::start([Answer::status(204, &[])]).await;
    let mut source = quick(server.url("/")).build().unwrap();
    assert_eq!(all(&mut source).await, ["Closed: the server answered with status 204"]);
    for _ in 0..3 {
        assert!(source.next().await.is_none());
    }
    assert!(source.is_terminated());
}
