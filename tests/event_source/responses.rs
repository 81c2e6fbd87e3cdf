//! What a response means.

use eventwire::event_source::{Fault, Head, Reason};
use eventwire::{Config, Eof};

use crate::page::Page;

/// What the user hears if this is the answer to the first request.
fn answered(head: &Head<'_>) -> String {
    let mut page = Page::new();
    page.request();
    page.respond(head);
    let heard = page.heard();
    assert_eq!(heard.len(), 1);
    assert_eq!(page.is_closed(), heard[0] != "open 1");
    heard.concat()
}

#[test]
fn statement_74_81_what_the_driver_calls_fatal_is_not_tried_again() {
    // Before the head, in the body, and in between.
    for steps in 0..3 {
        let mut page = Page::new();
        page.request();
        if steps > 0 {
            page.accept();
        }
        if steps > 1 {
            page.end();
        }
        page.heard();
        page.error(Fault::Fatal);
        assert_eq!(page.heard(), ["error 2 Fatal"]);
        assert!(page.is_closed());
    }
}

#[test]
fn statement_76_77_83_any_other_status_ends_it() {
    for status in (0..1000).filter(|status| *status != 200).chain([u16::MAX]) {
        let head = Head::new(status).content_type(b"text/event-stream").retry_after(b"1");
        assert_eq!(answered(&head), format!("error 2 Status({status})"));
    }
}

#[test]
fn statement_78_any_other_media_type_ends_it() {
    assert_eq!(answered(&Head::new(200)), "error 2 ContentType");
    for bad in
        ["", "text/plain", "text/event-stream-x", "event-stream", "text/event-stream, text/html", "\u{e9}"]
    {
        assert_eq!(answered(&Head::new(200).content_type(bad.as_bytes())), "error 2 ContentType", "{bad}");
    }
}

#[test]
fn statement_79_case_and_parameters_do_not_matter() {
    for good in
        ["text/event-stream;", "Text/EVENT-Stream", "text/event-stream;charset=utf-8", "text/event-stream ;x"]
    {
        assert_eq!(answered(&Head::new(200).content_type(good.as_bytes())), "open 1", "{good}");
    }
}

#[test]
fn statement_80_the_body_of_a_good_response_is_interpreted() {
    let mut page = Page::new();
    page.connect();
    page.chunk("\u{FEFF}event: tick\nid: 4\ndata: a\ndata: b\n\n");
    assert_eq!(page.heard(), ["open 1", "tick a\\nb #4"]);
}

#[test]
fn statement_82_any_other_network_error_is_tried_again() {
    let mut page = Page::new();
    page.request();
    page.error(Fault::Transient);
    page.wait();
    page.connect();
    page.chunk("data: a\n\nda");
    page.error(Fault::Transient);
    page.wait();
    page.request();
    // A connection that ends before there is a head is broken.
    page.end();
    page.wait();
    page.request();
    assert_eq!(
        page.heard(),
        ["error 0 Network", "open 1", "message a", "error 0 Network", "error 0 Network"]
    );
}

#[test]
fn the_status_is_looked_at_first() {
    assert_eq!(answered(&Head::new(500).content_type(b"text/html")), "error 2 Status(500)");
}

#[test]
fn an_event_that_the_end_cuts_off_comes_only_if_asked_for() {
    for (eof, expected) in [(Eof::Discard, None), (Eof::Dispatch, Some(&b"[DONE]"[..]))] {
        let mut page = Page::with(|builder| builder.config(Config::new().eof(eof)));
        assert_eq!(page.source.finish(), Ok(None));
        page.connect();
        page.chunk("id: 1\ndata: [DONE]");
        let last = page.source.finish().unwrap();
        assert_eq!(last.map(|message| message.event.data()), expected);
        assert_eq!(last.map(|message| message.origin), expected.map(|_| "https://example.org"));
        page.end();
        page.wait();
        let id = page.request().last_event_id().map(<[u8]>::to_vec);
        assert_eq!(id.as_deref(), expected.map(|_| &b"1"[..]));
    }
}

#[test]
fn reasons_are_said_in_words() {
    assert_eq!(Reason::Status(503).to_string(), "the server answered with status 503");
    assert_eq!(Reason::End.to_string(), "the stream ended");
}
