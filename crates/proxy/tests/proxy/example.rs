//! The example's proxy between a real client and a server that misbehaves.

#[path = "../../examples/hyper_proxy/proxy.rs"]
mod proxy;

use std::net::SocketAddr;
use std::time::Duration;

use http_body_util::BodyExt;
use tokio::net::TcpListener;
use tokio::sync::mpsc::{self, UnboundedReceiver};

use crate::upstream::{Answer, Upstream, get, open};

/// The proxy before this server, and its log.
async fn proxy_of(upstream: SocketAddr) -> (SocketAddr, UnboundedReceiver<String>) {
    let (sender, log) = mpsc::unbounded_channel();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let upstream = upstream.to_string().parse().unwrap();
    tokio::spawn(proxy::serve(listener, upstream, move |line| {
        // The test may have seen enough.
        let _ = sender.send(line);
    }));
    (address, log)
}

async fn line(log: &mut UnboundedReceiver<String>) -> String {
    tokio::time::timeout(Duration::from_secs(20), log.recv()).await.expect("a line is logged").unwrap()
}

const STREAM: &str = "\u{FEFF}: hi\r\n\r\nevent: debug\r\ndata: x\r\n\r\ndata: {\"delta\":\"é\"}\r\n\r\ndata:{\"usage\":{\"total\":12}}\n\n\
                      event: debug\ndata\n\ndata: [DONE]\n\n";

#[tokio::test]
async fn events_go_through_whatever_the_chunks() {
    let kept = STREAM.replace("event: debug\r\ndata: x\r\n\r\n", "").replace("event: debug\ndata\n\n", "");
    for size in [1, 2, 3, 7, 64, 4096] {
        let upstream = Upstream::start(Answer::stream(STREAM.as_bytes().chunks(size))).await;
        let (address, mut log) = proxy_of(upstream.address).await;
        let received = get(address, &[]).await;
        assert_eq!(String::from_utf8(received.body).unwrap(), kept, "chunks of {size}");
        assert!(received.is_whole);
        let line = line(&mut log).await;
        let (before, usage) = line.split_once("usage: ").unwrap();
        assert_eq!(usage, "{\"usage\":{\"total\":12}}");
        assert!(before.starts_with("GET /stream: Complete after "), "{line}");
        assert!(before.contains(&format!("events: 5, bytes: {}, first event: ", STREAM.len())), "{line}");
        assert!(before.ends_with(" ms, done: true, "), "{line}");
    }
}

#[tokio::test]
async fn an_upstream_that_dies_takes_nothing_along() {
    // Within an event, a line end, a name, a comment: wherever it is, what has come is passed on.
    for cut in [
        "data: 1\n\ndata: {\"x\":",
        "data: 1\r",
        "data: 1\r\n\r",
        "dat",
        ": pi",
        "data: 1\n\nevent: debug\nda",
    ] {
        let upstream = Upstream::start(Answer::stream(cut.as_bytes().chunks(3)).cut()).await;
        let (address, mut log) = proxy_of(upstream.address).await;
        let received = get(address, &[]).await;
        assert_eq!(String::from_utf8(received.body).unwrap(), cut);
        assert!(!received.is_whole, "the client is told that something is missing");
        assert!(line(&mut log).await.starts_with("GET /stream: Failed after "));
    }
}

#[tokio::test]
async fn a_client_that_leaves_is_noticed() {
    let upstream = Upstream::start(Answer::stream([&b"data: 1\n\ndata: 2"[..]]).hang()).await;
    let (address, mut log) = proxy_of(upstream.address).await;
    let (_, mut body) = open("GET", address, &[]).await;
    assert_eq!(body.frame().await.unwrap().unwrap().into_data().unwrap(), "data: 1\n\n");
    drop(body);
    let line = line(&mut log).await;
    assert!(line.starts_with("GET /stream: Dropped after "), "{line}");
    assert!(line.contains("events: 1, bytes: 16,"), "{line}");
}

#[tokio::test]
async fn other_responses_pass_as_they_are() {
    let stream = b"event: debug\ndata: 1\n\n";
    for fields in [
        "Content-Type: application/json\r\n",
        "Content-Type: text/event-stream\r\nContent-Encoding: gzip\r\n",
        "Content-Type: text/event-stream\r\nContent-Range: bytes 0-21/90\r\n",
    ] {
        let upstream = Upstream::start(Answer::with_length(fields, stream)).await;
        let (address, mut log) = proxy_of(upstream.address).await;
        let received = get(address, &[]).await;
        assert_eq!(received.body, stream, "{fields}");
        assert_eq!(received.head.headers["content-length"], "22");
        assert!(log.try_recv().is_err());
    }
}

#[tokio::test]
async fn what_claims_to_be_a_stream_and_is_none_is_not_harmed() {
    let bytes: Vec<u8> = (0..=255).cycle().take(20_000).collect();
    let upstream = Upstream::start(Answer::with_length("Content-Type: text/event-stream\r\n", &bytes)).await;
    let (address, mut log) = proxy_of(upstream.address).await;
    let received = get(address, &[]).await;
    assert!(received.body == bytes && received.is_whole);
    assert!(!received.head.headers.contains_key("content-length"));
    assert!(line(&mut log).await.contains("events: 0, bytes: 20000,"));
}

#[tokio::test]
async fn the_upstream_is_asked_what_the_client_asks() {
    let upstream = Upstream::start(Answer::stream([&b"data: 1\n\n"[..]])).await;
    let (address, _log) = proxy_of(upstream.address).await;
    let fields =
        [("accept-encoding", "gzip, br"), ("last-event-id", "7"), ("connection", "x-hop"), ("x-hop", "1")];
    let received = get(address, &fields).await;
    assert!(!received.head.headers.contains_key("transfer-encoding") || received.is_whole);
    let request = upstream.request();
    assert!(request.starts_with("get /stream?q=1 http/1.1\r\n"), "{request}");
    for line in ["accept-encoding: identity", "last-event-id: 7", &format!("host: {}", upstream.address)] {
        assert!(request.contains(&format!("\r\n{line}\r\n")), "{request}");
    }
    assert!(!request.contains("x-hop"), "{request}");
}

#[tokio::test]
async fn nobody_behind_the_proxy_is_a_bad_gateway() {
    let unused = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let (address, _log) = proxy_of(unused).await;
    assert_eq!(get(address, &[]).await.head.status, 502);
}
