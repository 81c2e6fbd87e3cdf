//! When a source tries again, by the standard.

use eventwire::event_source::Fault;

use crate::page::Page;

#[test]
fn statement_86_after_a_failure_nothing_comes_any_more() {
    let mut page = Page::new();
    page.request();
    page.respond(&eventwire::event_source::Head::new(404));
    assert_eq!(page.heard(), ["error 2 Status(404)"]);
    page.error(Fault::Transient);
    page.error(Fault::Fatal);
    page.end();
    page.accept();
    page.chunk("data: a\n\n");
    page.now += 1_000_000_000;
    page.timeout();
    assert!(page.is_closed());
    assert_eq!(page.heard(), [""; 0]);
}

#[test]
fn statement_87_89_the_next_request_comes_after_the_reconnection_time() {
    let mut page = Page::with(|builder| builder.reconnection_time(1234));
    for _ in 0..5 {
        page.connect();
        page.end();
        assert_eq!(page.heard(), ["open 1", "error 0 End"]);
        assert_eq!(page.wait(), 1234);
        page.request();
        page.error(Fault::Transient);
        assert_eq!(page.heard(), ["error 0 Network"]);
        assert_eq!(page.wait(), 1234);
    }
}

#[test]
fn statement_89_the_stream_sets_the_reconnection_time() {
    let mut page = Page::new();
    page.connect();
    // From its line on (58), over connections (62), whether or not its block is complete.
    page.chunk("retry: 10\ndata: a");
    page.end();
    assert_eq!((page.wait(), page.source.reconnection_time()), (10, 10));
    page.request();
    page.error(Fault::Transient);
    assert_eq!(page.wait(), 10);
    page.connect();
    page.chunk("retry: 20\nretry: 30x\nretry\n");
    page.error(Fault::Transient);
    assert_eq!(page.wait(), 20);
}

#[test]
fn statement_90_nothing_is_requested_after_close_in_the_wait() {
    let mut page = Page::new();
    page.request();
    page.error(Fault::Transient);
    page.source.close();
    page.now += 3000;
    assert!(page.is_closed());
    assert_eq!(page.source.attempts(), 1);
}

#[test]
fn what_a_cut_stream_began_is_no_part_of_the_next() {
    let mut page = Page::new();
    page.connect();
    page.chunk("id: 9\nevent: x\ndata: half");
    page.end();
    page.wait();
    page.connect();
    // A byte-order mark is looked for again, too (12).
    page.chunk("\u{FEFF}data: a\n\n");
    page.end();
    assert_eq!(page.heard(), ["open 1", "error 0 End", "open 1", "message a", "error 0 End"]);
    assert_eq!(page.source.last_event_id(), b"");
}

#[test]
fn what_is_told_without_a_connection_is_ignored() {
    let mut page = Page::new();
    let tell_all = |page: &mut Page| {
        page.accept();
        page.end();
        page.error(Fault::Transient);
        page.timeout();
        page.chunk("data: a\n\n");
        assert_eq!(page.heard(), [""; 0]);
    };
    // Before the first request, and in a wait.
    tell_all(&mut page);
    page.request();
    page.error(Fault::Transient);
    assert_eq!(page.heard(), ["error 0 Network"]);
    tell_all(&mut page);
    assert_eq!(page.wait(), 3000);
}
