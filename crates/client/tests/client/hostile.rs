//! Servers that mean no good, or do no good.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use eventwire::Error as Dropped;
use eventwire_client::{Config, ErrorKind, Event, Item, Overflow, ReadyState, Utf8};

use crate::server::{Answer, Server, flood};
use crate::support::{all, lines, next, quick};

#[tokio::test]
async fn an_event_that_is_too_large_is_dropped_and_the_next_one_comes() {
    let large = format!("id: 9\ndata: {}\n\ndata: small\n\n", "x".repeat(1000));
    for overflow in [Overflow::Error, Overflow::Skip] {
        let server = Server::start([Answer::stream(large.as_bytes().chunks(300)).hang()]).await;
        let config = Config::new().max_event_size(500).overflow(overflow);
        let mut source = quick(server.url("/")).config(config).build().unwrap();
        assert_eq!(lines(&mut source, 1).await, ["open"]);
        if overflow == Overflow::Error {
            let Some(Item::Error(error)) = next(&mut source).await else { panic!("no error") };
            assert_eq!(error.kind(), ErrorKind::Stream(Dropped::EventTooLarge));
            assert_eq!((error.ready_state(), source.ready_state()), (ReadyState::Open, ReadyState::Open));
        }
        // The dropped event's id does not count.
        assert_eq!(lines(&mut source, 1).await, ["message  small"]);
    }
}

#[tokio::test]
async fn a_line_that_never_ends_is_cut_short_and_can_be_left() {
    let (url, _server) = flood(b"data: x".repeat(1 << 10), Arc::default()).await;
    let mut source = quick(url).config(Config::new().max_event_size(1 << 20)).build().unwrap();
    let too_large = format!("Open: {}", Dropped::EventTooLarge);
    assert_eq!(lines(&mut source, 2).await, ["open", too_large.as_str()]);
    // Once, and nothing more; the reader may wait for it or not.
    assert!(tokio::time::timeout(Duration::from_millis(100), next(&mut source)).await.is_err());
}

#[tokio::test]
async fn what_is_not_utf_8_is_replaced_kept_or_dropped() {
    let stream: &[u8] = b"event: \xff\ndata: a\xf0\x9f\x98\nid: \xc3\n\ndata: b\n\n";
    for (utf8, expected) in [
        (None, vec!["\u{fffd} \u{fffd} a\u{fffd}".to_owned(), "message \u{fffd} b".to_owned()]),
        (Some(Utf8::Strict), vec![format!("Open: {}", Dropped::InvalidUtf8), "message  b".to_owned()]),
    ] {
        let server = Server::start([Answer::stream(stream.chunks(3)).hang()]).await;
        let mut builder = quick(server.url("/"));
        if let Some(utf8) = utf8 {
            builder = builder.config(Config::new().utf8(utf8));
        }
        let mut source = builder.build().unwrap();
        lines(&mut source, 1).await;
        assert_eq!(lines(&mut source, 2).await, expected);
    }
    let server = Server::start([Answer::stream([stream]).hang()]).await;
    let mut source = quick(server.url("/")).config(Config::new().utf8(Utf8::Raw)).build().unwrap();
    lines(&mut source, 1).await;
    let Some(Item::Event(event)) = next(&mut source).await else { panic!("no event") };
    assert_eq!(event.data(), b"a\xf0\x9f\x98");
    assert_eq!((event.id(), event.last_event_id()), (Some(&b"\xc3"[..]), &b"\xc3"[..]));
}

#[tokio::test]
async fn a_server_that_sends_without_end_is_held_up_by_a_reader_that_pauses() {
    let sent = Arc::new(AtomicUsize::new(0));
    let (url, server) = flood(b"data: x\n\n".repeat(1000), Arc::clone(&sent)).await;
    let mut source = quick(url).build().unwrap();
    assert_eq!(lines(&mut source, 2).await, ["open", "message  x"]);
    // Until the buffers of both sockets are full.
    let mut before = 0;
    loop {
        tokio::time::sleep(Duration::from_millis(200)).await;
        let now = sent.load(Ordering::Relaxed);
        if now == before {
            break;
        }
        assert!(now < 64 << 20, "{now} bytes read ahead");
        before = now;
    }
    // And on it goes.
    for _ in 0..100_000 {
        assert!(matches!(next(&mut source).await, Some(Item::Event(_))));
    }
    drop(source);
    tokio::time::timeout(Duration::from_secs(5), server).await.unwrap().unwrap();
}

#[cfg(feature = "gzip")]
#[tokio::test]
async fn gzip_is_understood_as_it_comes() {
    use std::io::Write as _;

    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(b"data: 1\n\n").unwrap();
    encoder.flush().unwrap();
    let first = std::mem::take(encoder.get_mut());
    encoder.write_all(b"data: 2\n\n").unwrap();
    let second = encoder.finish().unwrap();
    let coded = Answer::status(200, &["Content-Type: text/event-stream", "Content-Encoding: gzip"]);
    // The second piece does not come before the first event has been seen.
    let server = Server::start([coded.clone().body([&first]).hang(), coded.body([first, second])]).await;
    let mut source = quick(server.url("/")).build().unwrap();
    assert_eq!(lines(&mut source, 2).await, ["open", "message  1"]);
    source.handle().restart();
    assert_eq!(
        lines(&mut source, 5).await[1..],
        ["open", "message  1", "message  2", "Connecting: the stream ended"]
    );
}

#[tokio::test]
async fn a_tap_sees_every_byte() {
    let stream = "\u{feff}: comment\ndata: 1\n\nrest".as_bytes();
    let server = Server::start([Answer::stream(stream.chunks(5)), Answer::status(204, &[])]).await;
    let seen: Arc<Mutex<Vec<u8>>> = Arc::default();
    let log = Arc::clone(&seen);
    let tap = move |chunk: &[u8]| log.lock().unwrap().extend_from_slice(chunk);
    let mut source = quick(server.url("/")).tap(tap).build().unwrap();
    all(&mut source).await;
    assert_eq!(*seen.lock().unwrap(), stream);
}

#[tokio::test]
async fn an_event_shares_the_memory_of_its_chunk_until_it_is_detached() {
    let server = Server::start([Answer::stream(["event: t\ndata: borrowed\n\n"]).hang()]).await;
    let chunk: Arc<Mutex<std::ops::Range<usize>>> = Arc::default();
    let place = Arc::clone(&chunk);
    let tap = move |bytes: &[u8]| {
        let start = bytes.as_ptr() as usize;
        *place.lock().unwrap() = start..start + bytes.len();
    };
    let mut source = quick(server.url("/")).tap(tap).build().unwrap();
    lines(&mut source, 1).await;
    let Some(Item::Event(event)) = next(&mut source).await else { panic!("no event") };
    let shared = |event: &Event| chunk.lock().unwrap().contains(&(event.data().as_ptr() as usize));
    assert!(shared(&event));
    assert_eq!(event.span(), 0..25);
    assert!(event.is_borrowed());
    let detached = event.clone().into_detached().unwrap();
    assert!(!shared(&detached));
    assert_eq!((detached.data(), detached.origin()), (event.data(), event.origin()));
    assert_eq!(event.into_owned_event().data_bytes(), "borrowed");
}
