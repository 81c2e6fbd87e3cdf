//! Servers that mean no good, or do none.

use eventwire::event_source::{Action, Fault, Head, Notice, Policy};
use eventwire::{Config, EventSource, Input, Utf8};

use crate::page::{Page, URL};

#[test]
fn a_retry_of_zero_means_at_once() {
    let mut page = Page::new();
    page.connect();
    page.chunk("retry: 0\n");
    page.end();
    // No wait in between.
    page.request();
    page.error(Fault::Transient);
    page.request();
}

#[test]
fn a_retry_beyond_all_numbers_means_never() {
    for retry in ["18446744073709551615", "18446744073709551616", "99999999999999999999999999999999999999"] {
        let mut page = Page::with(|builder| builder.policy(Policy::resilient(1)));
        page.connect();
        page.chunk(format!("retry: {retry}\n"));
        page.end();
        assert_eq!(page.source.reconnection_time(), u64::MAX);
        page.wait();
        assert_eq!(page.now, u64::MAX);
    }
}

#[test]
fn an_event_that_is_too_large_costs_no_connection() {
    let mut page = Page::with(|builder| builder.config(Config::new().max_event_size(10)));
    page.connect();
    page.chunk("id: 1\ndata: a\n\nid: 2\ndata: 0123456789");
    page.chunk("012345\nretry: 7\n\ndata: b\n\n");
    assert_eq!(page.heard(), ["open 1", "message a #1", "EventTooLarge", "message b #1"]);
    page.end();
    assert_eq!(page.wait(), 7);
    assert_eq!(page.request().last_event_id(), Some(&b"1"[..]));
}

#[test]
fn bad_text_costs_no_connection() {
    for (utf8, expected) in [
        (Utf8::Raw, vec!["message \\xff #1", "message b #1"]),
        (Utf8::Replace, vec!["message \\xef\\xbf\\xbd #1", "message b #1"]),
        (Utf8::Strict, vec!["InvalidUtf8", "message b"]),
    ] {
        let mut page = Page::with(|builder| builder.config(Config::new().utf8(utf8)));
        page.connect();
        page.chunk(b"id: 1\ndata: \xFF\n\ndata: b\n\n");
        assert_eq!(page.heard()[1..], expected);
    }
}

#[test]
fn a_server_that_trickles_is_alive_and_bounded() {
    let mut page = Page::with(|builder| {
        builder.config(Config::new().max_event_size(100)).policy(Policy::new().idle_timeout(1500))
    });
    page.connect();
    page.chunk("data:");
    for _ in 0..1000 {
        page.now += 1000;
        page.timeout();
        page.chunk("x");
    }
    // Not idle; but the line that never ends has been given up at the limit.
    assert_eq!(page.heard(), ["open 1", "EventTooLarge"]);
    assert!(page.source.parser().carry().capacity() <= 200);
    page.now += 1500;
    page.timeout();
    assert_eq!(page.heard(), ["error 0 IdleTimeout"]);
}

#[test]
fn a_head_of_rubbish_is_a_failure() {
    let rubbish: Vec<u8> = (0..=255).cycle().take(10_000).collect();
    let mut page = Page::with(|builder| builder.policy(Policy::resilient(1)));
    page.request();
    page.respond(&Head::new(503).retry_after(&rubbish).date(&rubbish).content_type(&rubbish));
    page.wait();
    page.request();
    page.respond(&Head::new(200).content_type(&rubbish));
    assert_eq!(page.heard(), ["error 0 Status(503)", "error 2 ContentType"]);
}

#[test]
fn a_url_of_rubbish_is_opaque() {
    let long = format!("http://{}/", "x".repeat(100_000));
    let colons = format!("http://{}", ":".repeat(100_000));
    for (url, origin) in [(long.as_str(), long.trim_end_matches('/')), (&colons, "null"), ("\u{0}", "null")] {
        let mut page = Page::new();
        page.request();
        page.respond(&Head::new(200).content_type(b"text/event-stream").url(url));
        assert_eq!(page.source.origin(), origin);
    }
}

#[test]
fn a_server_that_opens_and_hangs_up_for_ever_costs_no_memory() {
    let mut page = Page::with(|builder| builder.policy(Policy::resilient(9)));
    for n in 0..10_000 {
        page.connect();
        page.chunk(format!("id: {n}\ndata: x\n\nda"));
        page.end();
        page.wait();
        page.heard();
        page.origins.clear();
    }
    assert_eq!(page.source.failures(), 10_000);
    assert!(page.source.parser().carry().capacity() <= 64);
}

#[test]
fn reconnecting_allocates_nothing() {
    let mut source = EventSource::builder(URL).policy(Policy::resilient(9)).build().unwrap();
    let mut now = 0;
    let mut live = |times| {
        for _ in 0..times {
            loop {
                match source.poll(now) {
                    Action::Wait { until } => now = until,
                    Action::Connect(request) => break assert!(request.headers().count() >= 2),
                    other => panic!("{other:?}"),
                }
            }
            let head = Head::new(200).content_type(b"text/event-stream").url("https://moved.example/x");
            assert_eq!(source.handle_response(now, &head), Some(Notice::Open));
            for chunk in [&b"id: 7\ndata: he"[..], b"llo\ndata: you\n\nda"] {
                let mut input = Input::new(chunk);
                while let Ok(Some(message)) = source.next_event(now, &mut input) {
                    assert_eq!(message.event.data(), b"hello\nyou");
                }
            }
            assert!(source.handle_end(now).is_some());
        }
    };
    live(3);
    assert_eq!(allocation_counter::measure(|| live(1000)).count_total, 0);
}
