//! The example, as a process of its own, between a client and a server that misbehaves.

mod process;
mod upstream;

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::Command;
use std::time::Duration;

use process::Proxy;
use upstream::{Answer, serve};

const STREAM: &str = "\u{FEFF}: hi\r\n\r\nevent: debug\r\ndata: x\r\n\r\ndata: {\"delta\":\"é\"}\r\n\r\ndata:{\"usage\":{\"total\":12}}\n\n\
                      event: debug\ndata\n\ndata: [DONE]\n\n";

/// The stream without what concerns nobody.
fn kept() -> String {
    STREAM.replace("event: debug\r\ndata: x\r\n\r\n", "").replace("event: debug\ndata\n\n", "")
}

#[test]
fn events_go_through_whatever_the_chunks_and_the_framing() {
    for size in [1, 2, 3, 7, 64, 4096] {
        for answer in [
            Answer::stream(STREAM.as_bytes().chunks(size)),
            Answer::with_length(
                "Content-Type: text/event-stream\r\nETag: \"1\"\r\n",
                STREAM.as_bytes().chunks(size),
            ),
            Answer::stream(STREAM.as_bytes().chunks(size)).until_close(),
        ] {
            let mut proxy = Proxy::start(serve(answer.clone()));
            let response = proxy.get("/stream");
            assert_eq!(String::from_utf8(response.body).unwrap(), kept(), "chunks of {size}, {answer:?}");
            assert!(response.is_whole, "{answer:?}");
            assert!(!response.head.contains("content-length"), "{}", response.head);
            assert_eq!(answer.has("ETag"), response.head.contains("etag: w/\"1\""), "{}", response.head);
            let line = proxy.line();
            let (before, usage) = line.split_once("usage: ").unwrap();
            assert_eq!(usage, "{\"usage\":{\"total\":12}}");
            assert!(before.starts_with("GET /stream: Complete after "), "{line}");
            assert!(before.contains(&format!("events: 5, bytes: {}, first event: ", STREAM.len())), "{line}");
            assert!(before.ends_with(" ms, done: true, "), "{line}");
        }
    }
}

#[test]
fn what_is_held_at_the_end_is_passed_on() {
    for cut in ["data: 1\n\ndata: {\"x\":", "data: 1\r", "event: debug\ndata", "dat"] {
        for answer in [
            Answer::stream([cut.as_bytes()]),
            Answer::with_length("Content-Type: text/event-stream\r\n", [cut.as_bytes()]),
            Answer::stream([cut.as_bytes()]).until_close(),
        ] {
            let proxy = Proxy::start(serve(answer.clone()));
            let response = proxy.get("/");
            assert_eq!(String::from_utf8(response.body).unwrap(), cut, "{answer:?}");
            assert!(response.is_whole);
        }
    }
}

#[test]
fn an_upstream_that_dies_takes_nothing_along() {
    for cut in [
        "data: 1\n\ndata: {\"x\":",
        "data: 1\r",
        "data: 1\r\n\r",
        "dat",
        ": pi",
        "data: 1\n\nevent: debug\nda",
    ] {
        let mut proxy = Proxy::start(serve(Answer::stream(cut.as_bytes().chunks(3)).cut()));
        let response = proxy.get("/stream");
        assert_eq!(String::from_utf8(response.body).unwrap(), cut);
        assert!(!response.is_whole, "the client is told that something is missing");
        assert!(proxy.line().starts_with("GET /stream: Failed after "));
    }
}

#[test]
fn an_event_is_there_while_the_stream_goes_on_and_a_client_that_leaves_is_noticed() {
    let mut proxy = Proxy::start(serve(Answer::stream([&b"data: 1\n\ndata: 2"[..]]).hang()));
    let mut client = proxy.ask("GET", "/stream");
    let mut seen = Vec::new();
    while !seen.windows(9).any(|window| window == b"data: 1\n\n") {
        let mut byte = [0];
        client.read_exact(&mut byte).unwrap();
        seen.push(byte[0]);
    }
    drop(client);
    let line = proxy.line();
    assert!(
        line.starts_with("GET /stream: Dropped after ") && line.contains("events: 1, bytes: 16,"),
        "{line}"
    );
}

#[test]
fn other_responses_pass_as_they_are() {
    let stream = b"event: debug\ndata: 1\n\n";
    for fields in [
        "Content-Type: application/json\r\n",
        "Content-Type: text/event-stream\r\nContent-Encoding: gzip\r\n",
        "Content-Type: text/event-stream\r\nContent-Range: bytes 0-21/90\r\n",
    ] {
        let proxy = Proxy::start(serve(Answer::with_length(fields, [&stream[..]])));
        let response = proxy.get("/");
        assert_eq!(response.body, stream, "{fields}");
        assert!(response.head.contains("content-length: 22"), "{}", response.head);
    }
}

#[test]
fn what_claims_to_be_a_stream_and_is_none_is_not_harmed() {
    let bytes: Vec<u8> = (0..=255).cycle().take(200_000).collect();
    let mut proxy =
        Proxy::start(serve(Answer::with_length("Content-Type: text/event-stream\r\n", [&bytes[..]])));
    let response = proxy.get("/");
    assert!(response.body == bytes && response.is_whole);
    assert!(proxy.line().contains("events: 0, bytes: 200000,"));
}

#[test]
fn a_connection_is_used_again() {
    for answer in [
        Answer::stream([STREAM.as_bytes()]),
        Answer::with_length("Content-Type: text/event-stream\r\n", [STREAM.as_bytes()]),
    ] {
        let proxy = Proxy::start(serve(answer));
        let mut client = TcpStream::connect(proxy.address()).unwrap();
        client.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
        for _ in 0..3 {
            client.write_all(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n").unwrap();
            let mut seen = Vec::new();
            while !seen.ends_with(b"\r\n0\r\n\r\n") {
                let mut byte = [0];
                client.read_exact(&mut byte).unwrap();
                seen.push(byte[0]);
            }
        }
    }
}

#[test]
fn a_client_of_http_1_0_gets_no_chunks() {
    for answer in [
        Answer::stream([STREAM.as_bytes()]),
        Answer::stream([STREAM.as_bytes()]).until_close(),
        Answer::with_length("Content-Type: text/event-stream\r\n", [STREAM.as_bytes()]),
    ] {
        let proxy = Proxy::start(serve(answer));
        let mut client = TcpStream::connect(proxy.address()).unwrap();
        client.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
        client.write_all(b"GET / HTTP/1.0\r\nHost: x\r\n\r\n").unwrap();
        let mut received = String::new();
        client.read_to_string(&mut received).unwrap();
        assert_eq!(received.split_once("\r\n\r\n").unwrap().1, kept());
    }
}

#[test]
fn the_head_of_a_stream_is_answered_without_one() {
    let proxy = Proxy::start(serve(Answer::with_length("Content-Type: text/event-stream\r\n", [])));
    let mut response = String::new();
    proxy.ask("HEAD", "/").read_to_string(&mut response).unwrap();
    assert!(response.starts_with("HTTP/1.1 200") && response.ends_with("\r\n\r\n"), "{response}");
}

#[test]
fn nobody_behind_the_proxy_is_a_bad_gateway() {
    let unused = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let response = Proxy::start(unused).get("/");
    assert!(response.head.starts_with("http/1.1 502"), "{}", response.head);
}

#[test]
fn a_client_that_breaks_its_framing_is_told() {
    // A server that takes the connection, and does not answer.
    let server = TcpListener::bind("127.0.0.1:0").unwrap();
    let proxy = Proxy::start(server.local_addr().unwrap());
    let mut client = TcpStream::connect(proxy.address()).unwrap();
    client.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
    client.write_all(b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nno size\r\n").unwrap();
    let mut answer = String::new();
    client.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 400 "), "{answer}");
}

/// Larger than what a rewriter decides about.
#[test]
fn an_event_that_is_too_large_is_passed_on() {
    let large = format!("event: debug\ndata: {}\n\n", "x".repeat(2 << 20));
    let stream = [STREAM, &large, "data: 1\n\n"].concat();
    let mut proxy = Proxy::start(serve(Answer::stream(stream.as_bytes().chunks(50_000))));
    let response = proxy.get("/large");
    assert!(response.body == [&kept(), &large, "data: 1\n\n"].concat().as_bytes(), "{}", response.body.len());
    assert!(response.is_whole && proxy.line().contains("events: 6, "));
}

#[test]
fn a_plain_proxy_passes_streams_on_as_they_are() {
    let proxy =
        Proxy::plain(serve(Answer::with_length("Content-Type: text/event-stream\r\n", [STREAM.as_bytes()])));
    let response = proxy.get("/");
    assert_eq!(response.body, STREAM.as_bytes());
    assert!(response.head.contains(&format!("content-length: {}", STREAM.len())), "{}", response.head);
}

#[test]
fn what_it_cannot_do_is_said() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    for (arguments, code, text) in [
        (&[&address[..], "127.0.0.1:9"][..], 1, &address[..]),
        (&["nowhere", "127.0.0.1:9"], 1, "nowhere"),
        (&["127.0.0.1:0", "nowhere"], 2, "nowhere"),
        (&["127.0.0.1:0", "127.0.0.1:9", "--plane"], 2, "usage"),
        (&[], 2, "usage"),
    ] {
        let output = Command::new(env!("CARGO_BIN_EXE_eventwire-pingora")).args(arguments).output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(code), "{said}");
        assert!(said.contains(text) && said.lines().count() == 1, "{said}");
    }
}
