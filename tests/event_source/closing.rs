//! `close()`, at every moment.

use eventwire::Input;
use eventwire::event_source::Fault;

use crate::page::Page;

/// Tells a source all there is to tell; nothing may come of it.
fn nothing_comes_of(page: &mut Page) {
    page.heard();
    for _ in 0..2 {
        assert!(page.is_closed());
        page.accept();
        page.chunk("data: a\n\n");
        page.end();
        page.error(Fault::Transient);
        page.error(Fault::Fatal);
        page.now += 1_000_000;
        page.timeout();
        page.source.close();
    }
    assert_eq!(page.heard(), [""; 0]);
    assert_eq!(page.source.ready_state() as u8, 2);
}

#[test]
fn statement_95_closing_an_open_source_says_nothing() {
    let mut page = Page::new();
    page.connect();
    page.chunk("data: a\n\n");
    assert_eq!(page.heard(), ["open 1", "message a"]);
    page.source.close();
    nothing_comes_of(&mut page);
}

#[test]
fn statement_96_closing_in_a_handler_silences_the_rest_of_the_chunk() {
    let mut page = Page::new();
    page.connect();
    page.chunk_until("data: a\n\ndata: stop\n\ndata: c\n\nretry: 1\nid: 7\ndata: d\n\n", |data| {
        data == b"stop"
    });
    assert_eq!(page.heard(), ["open 1", "message a", "message stop"]);
    nothing_comes_of(&mut page);
    assert_eq!((page.source.last_event_id(), page.source.reconnection_time()), (&b""[..], 3000));
}

#[test]
fn statement_96_the_rest_of_the_chunk_stays_unread() {
    let mut page = Page::new();
    page.connect();
    let mut input = Input::new(b"data: a\n\ndata: b\n\n");
    assert!(page.source.next_event(page.now, &mut input).unwrap().is_some());
    page.source.close();
    assert_eq!(page.source.next_event(page.now, &mut input), Ok(None));
    assert_eq!(page.source.next_item(page.now, &mut input), Ok(None));
    assert_eq!(page.source.finish(), Ok(None));
    assert_eq!(input.remaining(), 9);
}

#[test]
fn statement_97_closing_before_the_response_says_nothing() {
    // Before the request, and before its response.
    for requested in [false, true] {
        let mut page = Page::new();
        if requested {
            page.request();
        }
        page.source.close();
        nothing_comes_of(&mut page);
        assert_eq!(page.source.attempts(), u64::from(requested));
    }
}

#[test]
fn statement_98_closing_twice_is_harmless() {
    let mut page = Page::new();
    page.connect();
    page.source.close();
    page.source.close();
    nothing_comes_of(&mut page);
}

#[test]
fn closing_after_a_failure_says_nothing() {
    let mut page = Page::new();
    page.request();
    page.error(Fault::Fatal);
    assert_eq!(page.heard(), ["error 2 Fatal"]);
    page.source.close();
    nothing_comes_of(&mut page);
}
