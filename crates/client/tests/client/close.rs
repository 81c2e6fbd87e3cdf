//! `close()` at every moment, and what is left then: nothing.

use std::time::Duration;

use eventwire_client::{EventSource, Item, ReadyState};
use futures_util::FutureExt as _;

use crate::server::{Answer, Server};
use crate::support::{all, lines, next, quick};

/// Closes with a handle in another task, a little later.
fn close_soon(source: &EventSource) {
    let handle = source.handle();
    tokio::spawn(async move {
        tokio::time::sleep(Duration::from_millis(30)).await;
        handle.close();
        assert_eq!(handle.ready_state(), ReadyState::Closed);
    });
}

#[tokio::test]
async fn statements_97_and_98_before_the_first_poll() {
    let server = Server::start([]).await;
    let mut source = quick(server.url("/")).build().unwrap();
    source.close();
    source.close();
    assert_eq!(source.ready_state(), ReadyState::Closed);
    assert!(all(&mut source).await.is_empty());
    source.close();
    assert_eq!(server.requests().len(), 0);
}

#[tokio::test]
async fn statements_81_95_and_97_before_the_response() {
    let mut server = Server::start([Answer::silence()]).await;
    let mut source = quick(server.url("/")).build().unwrap();
    close_soon(&source);
    assert!(all(&mut source).await.is_empty());
    server.connections_over(1).await;
}

#[tokio::test]
async fn statement_95_while_waiting_for_events() {
    let mut server = Server::start([Answer::stream(["data: 1\n\n"]).hang()]).await;
    let mut source = quick(server.url("/")).build().unwrap();
    assert_eq!(lines(&mut source, 2).await, ["open", "message  1"]);
    close_soon(&source);
    assert!(all(&mut source).await.is_empty());
    server.connections_over(1).await;
    tokio::time::sleep(Duration::from_millis(20)).await;
    assert_eq!(server.requests().len(), 1);
}

#[tokio::test]
async fn the_connection_is_cut_even_if_nobody_polls() {
    let mut server = Server::start([Answer::stream(["data: 1\n\n"]).hang()]).await;
    let mut source = quick(server.url("/")).build().unwrap();
    assert_eq!(lines(&mut source, 2).await, ["open", "message  1"]);
    source.handle().close();
    server.connections_over(1).await;
    assert!(source.next().await.is_none());
}

#[tokio::test]
async fn statement_96_with_events_of_the_same_chunk_at_hand() {
    let server = Server::start([Answer::stream(["data: 1\n\ndata: 2\n\ndata: 3\n\n"]).hang()]).await;
    let mut source = quick(server.url("/")).build().unwrap();
    assert_eq!(lines(&mut source, 2).await, ["open", "message  1"]);
    source.close();
    assert!(all(&mut source).await.is_empty());
}

#[tokio::test]
async fn statement_90_during_the_delay() {
    let server = Server::start([Answer::stream(["retry: 100\n"]), Answer::stream(["data: 1\n\n"])]).await;
    let mut source = quick(server.url("/")).build().unwrap();
    assert_eq!(lines(&mut source, 2).await, ["open", "Connecting: the stream ended"]);
    close_soon(&source);
    assert!(all(&mut source).await.is_empty());
    tokio::time::sleep(Duration::from_millis(150)).await;
    assert_eq!(server.requests().len(), 1);
}

#[tokio::test]
async fn statement_96_at_every_moment_of_a_stream() {
    let stream = "data: 1\n\ndata: 2\n\n";
    for after in 0..6 {
        let server =
            Server::start([Answer::stream(stream.split_inclusive("\n\n")), Answer::stream([stream])]).await;
        let mut source = quick(server.url("/")).build().unwrap();
        let before = lines(&mut source, after).await;
        assert_eq!(before.len(), after);
        source.close();
        assert!(all(&mut source).await.is_empty(), "after {before:?}");
    }
}

#[tokio::test]
async fn to_drop_a_source_closes_its_connection_and_its_handles() {
    let mut server = Server::start([Answer::stream(["data: 1\n\n"]).hang(), Answer::silence()]).await;
    let mut source = quick(server.url("/")).build().unwrap();
    assert_eq!(lines(&mut source, 1).await, ["open"]);
    let handle = source.handle();
    drop(source);
    assert_eq!(handle.ready_state(), ReadyState::Closed);
    handle.close();
    handle.restart();
    server.connections_over(1).await;

    // In the midst of a request as well.
    let mut source = quick(server.url("/")).build().unwrap();
    tokio::select! {
        item = next(&mut source) => panic!("{item:?}"),
        () = server.requests_made(2) => {}
    }
    drop(source);
    server.connections_over(2).await;
}

#[tokio::test]
async fn a_dropped_future_loses_nothing() {
    let events: Vec<String> = (0..200).map(|n| format!("id: {n}\ndata: {n}\n\n")).collect();
    // Cut in the midst of each.
    let text = events.concat();
    let pieces: Vec<&[u8]> = text.as_bytes().chunks(7).collect();
    let server = Server::start([Answer::stream(pieces).every(0), Answer::status(204, &[])]).await;
    let mut source = quick(server.url("/")).build().unwrap();
    let mut seen = Vec::new();
    loop {
        match source.next().now_or_never() {
            Some(Some(Item::Event(event))) => seen.push(event.data_str().into_owned()),
            Some(Some(_)) => {}
            Some(None) => break,
            None => {
                let _ = tokio::time::timeout(Duration::from_micros(300), std::future::pending::<()>()).await;
            }
        }
    }
    assert_eq!(seen, (0..200).map(|n| n.to_string()).collect::<Vec<_>>());
}

#[tokio::test]
async fn restart_connects_anew_behind_what_is_at_hand() {
    let mut server = Server::start([
        Answer::stream(["id: 1\ndata: a\n\nid: 2\ndata: b\n\nid: 3\ndata: c"]).hang(),
        Answer::stream(["data: d\n\n"]).hang(),
    ])
    .await;
    let mut source = quick(server.url("/")).build().unwrap();
    assert_eq!(lines(&mut source, 2).await, ["open", "message 1 a"]);
    source.handle().restart();
    assert_eq!(
        lines(&mut source, 4).await,
        ["message 2 b", "Connecting: the stream ended", "open", "message 2 d"]
    );
    server.connections_over(1).await;
    assert_eq!(server.requests()[1].header("last-event-id").as_deref(), Some("2"));
    // Woken by it, too.
    let handle = source.handle();
    tokio::spawn(async move {
        tokio::time::sleep(Duration::from_millis(20)).await;
        handle.restart();
    });
    assert_eq!(lines(&mut source, 1).await, ["Connecting: the stream ended"]);
    assert_eq!(server.requests().len(), 2);
}
