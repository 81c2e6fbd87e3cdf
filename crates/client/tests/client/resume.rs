//! Reconnecting: when, and with which last event ID.

use std::time::{Duration, Instant};

use eventwire_client::{Config, Eof, EventSource, Policy, Replay};

use crate::server::{Answer, Server};
use crate::support::{all, lines, quick};

fn last() -> Answer {
    Answer::status(204, &[])
}

fn ids(server: &Server) -> Vec<Option<String>> {
    server.requests().iter().map(|request| request.header("last-event-id")).collect()
}

#[tokio::test]
async fn statements_91_and_92_the_last_event_id_is_sent_unless_it_is_empty() {
    let server = Server::start([
        Answer::stream(["id: é 1\ndata: a\n\n", "data: b\n\n", "id: lost\ndata: c"]),
        Answer::stream(["id: 2\n\nid: nul\0\n\n"]),
        Answer::stream(["id\ndata: d\n\n"]),
        last(),
    ])
    .await;
    let mut source = quick(server.url("/")).build().unwrap();
    let told = all(&mut source).await;
    assert_eq!(told[1..3], ["message é 1 a", "message é 1 b"]);
    let sent = ids(&server);
    assert_eq!(sent, [None, Some("é 1".to_owned()), Some("2".to_owned()), None]);
    assert_eq!(source.last_event_id(), b"");
}

#[tokio::test]
async fn a_saved_last_event_id_is_sent_first_and_inherited() {
    let server = Server::start([Answer::stream(["data: a\n\n"]), last()]).await;
    let mut source = quick(server.url("/")).last_event_id("41").build().unwrap();
    assert_eq!(lines(&mut source, 2).await, ["open", "message 41 a"]);
    all(&mut source).await;
    assert_eq!(ids(&server), [Some("41".to_owned()), Some("41".to_owned())]);
}

#[tokio::test]
async fn statement_102_every_byte_that_an_id_can_hold_is_sent_or_refused_loudly() {
    for byte in 1..=u8::MAX {
        if matches!(byte, b'\r' | b'\n') {
            continue;
        }
        let stream = [b"id: a", &[byte][..], b"b\ndata: x\n\n"].concat();
        let server = Server::start([Answer::stream([stream]), last()]).await;
        let mut source = quick(server.url("/")).build().unwrap();
        let told = all(&mut source).await;
        if byte == 127 || (byte < 32 && byte != b'\t') {
            let refused = "Closed: the last event ID cannot be sent: it holds a control character";
            assert_eq!(told.last().unwrap(), refused, "{byte}");
            assert_eq!(server.requests().len(), 1);
        } else {
            // What is not UTF-8 has become U+FFFD when the stream was decoded.
            let sent = server.requests()[1].header_bytes("last-event-id").unwrap();
            let expected = String::from_utf8_lossy(&[b'a', byte, b'b']).into_owned();
            assert_eq!(sent, expected.as_bytes(), "{byte}");
        }
    }
}

#[tokio::test]
async fn white_space_around_an_id_is_no_part_of_the_field() {
    let server = Server::start([Answer::stream(["id:  \t1 2 \ndata: x\n\n"]), last()]).await;
    let mut source = quick(server.url("/")).build().unwrap();
    assert_eq!(lines(&mut source, 2).await[1], "message  \t1 2  x");
    all(&mut source).await;
    assert_eq!(ids(&server)[1].as_deref(), Some("1 2"));
}

#[tokio::test]
async fn statements_58_62_and_89_the_delay_is_no_shorter_than_the_stream_says() {
    let server = Server::start([
        // At the line, without a blank line (58), and it outlives connections (62).
        Answer::stream(["retry: 500\n"]),
        Answer::stream(["data: x\n\n"]),
        Answer::stream(["retry: 0\n"]),
        last(),
    ])
    .await;
    let mut source = EventSource::new(server.url("/")).unwrap();
    all(&mut source).await;
    let times: Vec<_> = server.requests().iter().map(|request| request.at).collect();
    let gaps: Vec<_> = times.windows(2).map(|pair| pair[1] - pair[0]).collect();
    assert!(gaps[0] >= Duration::from_millis(500) && gaps[1] >= Duration::from_millis(500), "{gaps:?}");
    // Statement 59: at once.
    assert!(gaps[2] < Duration::from_millis(450), "{gaps:?}");
}

#[tokio::test]
async fn statement_61_a_retry_beyond_all_time_is_waited_for_and_can_be_closed() {
    for retry in ["18446744073709551615", "18446744073709551616", "99999999999999999999999999"] {
        let server = Server::start([Answer::stream([format!("retry: {retry}\n")])]).await;
        let mut source = quick(server.url("/")).build().unwrap();
        assert_eq!(lines(&mut source, 2).await, ["open", "Connecting: the stream ended"]);
        assert_eq!(source.reconnection_time(), u64::MAX);
        let handle = source.handle();
        tokio::spawn(async move {
            tokio::time::sleep(Duration::from_millis(30)).await;
            handle.close();
        });
        assert!(all(&mut source).await.is_empty());
        assert_eq!(server.requests().len(), 1);
    }
}

#[tokio::test]
async fn statements_63_and_64_what_is_cut_off_is_dropped_unless_it_is_asked_for() {
    for (eof, expected) in [(Eof::Discard, None), (Eof::Dispatch, Some("message 2 cut"))] {
        let server = Server::start([Answer::stream(["id: 1\ndata: a\n\nid: 2\ndata: cut"]), last()]).await;
        let mut source = quick(server.url("/")).config(Config::new().eof(eof)).build().unwrap();
        let told = all(&mut source).await;
        assert_eq!(told.iter().find(|line| line.ends_with("cut")).map(String::as_str), expected);
        assert_eq!(ids(&server)[1].as_deref(), Some(if expected.is_some() { "2" } else { "1" }));
    }
}

#[tokio::test]
async fn a_body_goes_out_again_only_if_it_may() {
    let post = |server: &Server, replay| {
        quick(server.url("/"))
            .method("POST")
            .header("Content-Type", "a/b")
            .body("{}", replay)
            .build()
            .unwrap()
    };
    let server = Server::start([Answer::stream(["data: a\n\n"]).cut(), last()]).await;
    all(&mut post(&server, Replay::Allowed)).await;
    let bodies: Vec<_> = server.requests().into_iter().map(|request| (request.line, request.body)).collect();
    let sent = ("POST / HTTP/1.1".to_owned(), b"{}".to_vec());
    assert_eq!(bodies, [sent.clone(), sent]);

    let server = Server::start([Answer::stream(["data: a\n\n"]), last()]).await;
    let told = all(&mut post(&server, Replay::Refused)).await;
    assert_eq!(told, ["open", "message  a", "Closed: the stream ended"]);
    assert_eq!(server.requests().len(), 1);
}

#[tokio::test]
async fn a_policy_tries_again_after_what_the_server_asks_for() {
    let server = Server::start([
        Answer::status(429, &["Retry-After: 1"]),
        Answer::status(503, &[]),
        Answer::stream(["data: x\n\n"]),
        last(),
    ])
    .await;
    let policy = Policy::new().retry_statuses(429..=429).retry_statuses(500..=599).retry_after(60_000);
    let mut source = quick(server.url("/")).policy(policy).build().unwrap();
    assert_eq!(
        lines(&mut source, 4).await,
        [
            "Connecting: the server answered with status 429",
            "Connecting: the server answered with status 503",
            "open",
            "message  x"
        ]
    );
    let times: Vec<Instant> = server.requests().iter().map(|request| request.at).collect();
    assert!(times[1] - times[0] >= Duration::from_secs(1));
    assert!(times[2] - times[1] < Duration::from_millis(900));
}

#[tokio::test]
async fn a_date_in_retry_after_is_measured_from_the_servers_clock_or_ours() {
    let asked = httpdate(1);
    for lines in [
        // The server's clock is decades behind.
        vec!["Date: Sun, 06 Nov 1994 08:49:37 GMT", "Retry-After: Sun, 06 Nov 1994 08:49:38 GMT"],
        vec![asked.as_str()],
    ] {
        let server = Server::start([Answer::status(503, &lines), last()]).await;
        let policy = Policy::new().retry_statuses(503..=503).retry_after(60_000);
        let mut source = quick(server.url("/")).policy(policy).build().unwrap();
        all(&mut source).await;
        let times: Vec<Instant> = server.requests().iter().map(|request| request.at).collect();
        let gap = times[1] - times[0];
        assert!(gap > Duration::from_millis(900) && gap < Duration::from_secs(5), "{lines:?} {gap:?}");
    }
}

/// A `Retry-After` some seconds from now. A date has whole seconds, so one is added for the one that has begun.
fn httpdate(seconds: u64) -> String {
    let then = std::time::SystemTime::now() + Duration::from_secs(seconds + 1);
    format!("Retry-After: {}", httpdate::fmt_http_date(then))
}
