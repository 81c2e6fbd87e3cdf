//! What the user is told, and in which order.

use eventwire::event_source::{Action, Fault, Head, Notice, Reason};
use eventwire::{EventSource, Input, ReadyState};

use crate::page::{Page, URL};

#[test]
fn statement_65_a_source_begins_connecting_and_the_states_have_their_numbers() {
    let mut page = Page::new();
    assert_eq!(page.source.ready_state() as u8, 0);
    page.request();
    assert_eq!(page.source.ready_state() as u8, 0);
    page.accept();
    assert_eq!(page.source.ready_state() as u8, 1);
    page.source.close();
    assert_eq!(page.source.ready_state() as u8, 2);
}

#[test]
fn statement_84_open_comes_once_and_before_all_messages() {
    let mut page = Page::new();
    page.connect();
    page.chunk("data: a\n\n");
    // A second head is none.
    page.accept();
    page.chunk("data: b\n\n");
    assert_eq!(page.heard(), ["open 1", "message a", "message b"]);
}

#[test]
fn statement_84_open_comes_also_with_an_empty_body() {
    let mut page = Page::new();
    page.connect();
    page.end();
    assert_eq!(page.heard(), ["open 1", "error 0 End"]);
}

#[test]
fn statement_84_nothing_comes_before_open() {
    let mut page = Page::new();
    page.request();
    page.chunk("data: too early\n\n");
    page.accept();
    page.chunk("data: a\n\n");
    assert_eq!(page.heard(), ["open 1", "message a"]);
}

#[test]
fn statement_88_the_ready_state_has_changed_when_the_user_is_told() {
    // `Page` compares the state that a notice tells with the one that the source has; the numbers are the latter's.
    let mut page = Page::new();
    page.connect();
    page.error(Fault::Transient);
    page.wait();
    page.request();
    page.respond(&Head::new(404));
    assert_eq!(page.heard(), ["open 1", "error 0 Network", "error 2 Status(404)"]);
}

#[test]
fn statement_94_a_stream_that_is_cut_goes_on_in_order() {
    let mut page = Page::new();
    page.connect();
    page.chunk("id: 1\ndata: a\n\ndata: b\n\ndata: c");
    page.error(Fault::Transient);
    assert_eq!(page.heard(), ["open 1", "message a #1", "message b #1", "error 0 Network"]);
    assert_eq!(page.wait(), 3000);
    assert_eq!(page.heard(), [""; 0]);
    assert_eq!(page.connect().last_event_id(), Some(&b"1"[..]));
    page.chunk("data: c\n\n");
    assert_eq!(page.heard(), ["open 1", "message c #1"]);
}

#[test]
fn statement_99_events_say_where_they_come_from() {
    let mut page = Page::new();
    page.connect();
    page.chunk("data: a\n\n");
    page.end();
    page.wait();
    page.request();
    let head = Head::new(200).content_type(b"text/event-stream");
    page.respond(&head.url("http://user@Moved.example:8080/x?y#z"));
    page.chunk("event: t\nid: 9\ndata: b\n\n");
    page.end();
    page.wait();
    page.request();
    page.respond(&head.url("data:text/event-stream,data"));
    page.chunk("data: c\n\n");
    assert_eq!(page.origins, ["https://example.org", "http://moved.example:8080", "null"]);
    assert_eq!(page.source.origin(), "null");
    let messages: Vec<String> =
        page.heard().into_iter().filter(|line| !line.contains("open") && !line.contains("error")).collect();
    assert_eq!(messages, ["message a", "t b #9", "message c #9"]);
}

#[test]
fn statement_101_events_come_in_order_wherever_chunks_are_cut() {
    let stream: String = (0..50).map(|n| format!("data: {n}\n\n")).collect();
    let expected: Vec<String> = (0..50).map(|n| format!("message {n}")).collect();
    for size in [1, 2, 7, 64, 1000] {
        let mut page = Page::new();
        page.connect();
        page.heard();
        stream.as_bytes().chunks(size).for_each(|chunk| page.chunk(chunk));
        assert_eq!(page.heard(), expected);
    }
}

#[test]
fn an_attempt_is_handed_out_once() {
    let mut source = EventSource::new(URL).unwrap();
    assert!(matches!(source.poll(5), Action::Connect(_)));
    for _ in 0..3 {
        assert!(matches!(source.poll(5), Action::Receive { deadline: None }));
    }
    assert_eq!(source.attempts(), 1);
    assert_eq!(
        source.handle_error(5, Fault::Transient),
        Some(Notice::Error { ready_state: ReadyState::Connecting, reason: Reason::Network })
    );
    for now in [5, 6, 3004] {
        assert!(matches!(source.poll(now), Action::Wait { until: 3005 }));
    }
    assert!(matches!(source.poll(3005), Action::Connect(_)));
    assert_eq!((source.attempts(), source.failures()), (2, 1));
}

#[test]
fn time_does_not_run_backwards() {
    let mut source = EventSource::new(URL).unwrap();
    assert!(matches!(source.poll(10_000), Action::Connect(_)));
    assert!(source.handle_error(4000, Fault::Transient).is_some());
    assert!(matches!(source.poll(0), Action::Wait { until: 13_000 }));
}

#[test]
fn items_come_beside_events_if_asked_for() {
    use eventwire::{Config, Item, Items};
    let mut page = Page::with(|builder| builder.config(Config::new().items(Items::ALL)));
    let mut input = Input::new(b": hello\nretry: 5\ndata: a\n\n");
    assert_eq!(page.source.next_item(page.now, &mut input), Ok(None));
    page.connect();
    assert_eq!(page.source.next_item(page.now, &mut input), Ok(Some(Item::Comment(b" hello"))));
    assert_eq!(page.source.next_item(page.now, &mut input), Ok(Some(Item::Retry(5))));
    let item = page.source.next_item(page.now, &mut input);
    assert!(matches!(item, Ok(Some(Item::Event(event))) if event.data() == b"a"), "{item:?}");
    assert_eq!(page.source.next_item(page.now, &mut input), Ok(None));
}
