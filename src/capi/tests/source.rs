//! Sources: what goes in comes out.

mod misuse;

use core::ptr;
use std::format;
use std::string::String;
use std::vec::Vec;

use super::super::*;
use super::{dirty_event, input, text, untouched};

/// Bytes as a span.
fn span(text: &str) -> Span {
    Span { ptr: text.as_ptr(), len: text.len() }
}

const NOTHING: Span = Span { ptr: ptr::null(), len: 0 };

/// `EW_SOURCE_CONFIG_INIT`, and a URL.
fn config() -> SourceConfig {
    SourceConfig { url: span("https://example.org/stream"), ..SourceConfig::default() }
}

/// The head of a good response.
fn good() -> Head {
    Head {
        struct_size: size_of::<Head>() as u32,
        status: 200,
        content_type: span("text/event-stream"),
        url: NOTHING,
        retry_after: NOTHING,
        date: NOTHING,
    }
}

fn notice() -> Notice {
    Notice { kind: 99, ready_state: 99, reason: 99, http_status: 99, reserved: [99; 4] }
}

/// The functions as the tests call them.
macro_rules! calls {
    ($($name:ident = $function:ident($($arg:ident: $type:ty),*) -> $answer:ty;)+) => {
        $(fn $name($($arg: $type),*) -> $answer {
            // SAFETY: the tests give sources that are valid, and otherwise what is null or a reference; chunks, and what
            // structs point to, are slices or cannot be.
            unsafe { $function($($arg),*) }
        })+
    };
}

calls! {
    new = ew_source_new(config: *const SourceConfig, out: *mut *mut Source) -> Status;
    free = ew_source_free(source: *mut Source) -> ();
    poll = ew_source_poll(source: *mut Source, now: u64, out: *mut Action) -> Status;
    get_request = ew_source_request(source: *const Source, out: *mut Request) -> Status;
    get_header = ew_source_header(source: *const Source, index: usize, out: *mut Header) -> Status;
    response = ew_source_handle_response(source: *mut Source, now: u64, head: *const Head, out: *mut Notice) -> Status;
    next = ew_source_next(source: *mut Source, now: u64, input: *mut Input, out: *mut Event) -> Status;
    finish = ew_source_finish(source: *mut Source, out: *mut Event) -> Status;
    end = ew_source_handle_end(source: *mut Source, now: u64, out: *mut Notice) -> Status;
    error = ew_source_handle_error(source: *mut Source, now: u64, kind: u32, out: *mut Notice) -> Status;
    timeout = ew_source_handle_timeout(source: *mut Source, now: u64, out: *mut Notice) -> Status;
    close = ew_source_close(source: *mut Source) -> ();
    ready_state = ew_source_ready_state(source: *const Source) -> u32;
    origin = ew_source_origin(source: *const Source) -> Span;
    last_event_id = ew_source_last_event_id(source: *const Source) -> Span;
    reconnection_time = ew_source_reconnection_time(source: *const Source) -> u64;
    attempts = ew_source_attempts(source: *const Source) -> u64;
    failures = ew_source_failures(source: *const Source) -> u32;
}

/// A source that is freed at the end.
struct Owned(*mut Source);

impl Drop for Owned {
    fn drop(&mut self) {
        free(self.0);
    }
}

fn make(config: &SourceConfig) -> Result<Owned, Status> {
    let mut source = ptr::null_mut();
    match new(config, &mut source) {
        EW_OK => Ok(Owned(source)),
        status => {
            assert!(source.is_null());
            Err(status)
        }
    }
}

impl Owned {
    fn poll(&self, now: u64) -> (u32, u64) {
        let mut action = Action { kind: 99, reserved: 99, until: 99 };
        assert_eq!(poll(self.0, now, &mut action), EW_OK);
        assert_eq!(action.reserved, 0);
        (action.kind, action.until)
    }

    fn respond(&self, now: u64, head: &Head) -> Option<[u32; 4]> {
        told(|out| response(self.0, now, head, out))
    }

    fn end(&self, now: u64) -> Option<[u32; 4]> {
        told(|out| end(self.0, now, out))
    }

    fn error(&self, now: u64, kind: u32) -> Option<[u32; 4]> {
        told(|out| error(self.0, now, kind, out))
    }

    fn timeout(&self, now: u64) -> Option<[u32; 4]> {
        told(|out| timeout(self.0, now, out))
    }

    fn events(&self, now: u64, chunk: &str) -> Vec<String> {
        let (mut input, mut seen) = (input(chunk.as_bytes()), Vec::new());
        loop {
            let mut event = dirty_event();
            match next(self.0, now, &mut input, &mut event) {
                EW_NEED_INPUT => {
                    assert!(untouched(&event));
                    return seen;
                }
                EW_EVENT => seen.push(format!("{}", text(event.data).escape_ascii())),
                status => seen.push(format!("{status}")),
            }
        }
    }

    fn headers(&self) -> Vec<String> {
        let mut request = Request {
            method: NOTHING,
            url: NOTHING,
            body: NOTHING,
            last_event_id: NOTHING,
            header_count: 99,
            flags: 99,
            reserved: [99; 3],
        };
        assert_eq!(get_request(self.0, &mut request), EW_OK);
        let mut header = Header { name: NOTHING, value: NOTHING };
        let mut seen = Vec::new();
        for index in 0..request.header_count {
            assert_eq!(get_header(self.0, index, &mut header), EW_OK);
            seen.push(format!("{}: {}", text(header.name).escape_ascii(), text(header.value).escape_ascii()));
        }
        let behind = get_header(self.0, request.header_count, &mut header);
        assert_eq!(behind, EW_ERR_INVALID_ARGUMENT);
        let (method, url) = (text(request.method).escape_ascii(), text(request.url).escape_ascii());
        let body = (!request.body.ptr.is_null()).then(|| text(request.body).escape_ascii());
        seen.push(format!(
            "{method} {url} {} {}",
            request.flags,
            body.map_or(String::new(), |body| format!("{body}"))
        ));
        seen
    }
}

/// What a call tells: the kind, the ready state, the reason and the status.
fn told(call: impl FnOnce(*mut Notice) -> Status) -> Option<[u32; 4]> {
    let mut out = notice();
    match call(&mut out) {
        EW_NOTICE => {
            assert_eq!(out.reserved, [0; 4]);
            Some([out.kind, out.ready_state, out.reason, out.http_status])
        }
        status => {
            assert_eq!((status, out.kind), (EW_OK, 99));
            None
        }
    }
}

#[test]
fn a_connection_from_request_to_reconnection() {
    let source = make(&config()).unwrap();
    assert_eq!(source.poll(5), (EW_ACTION_CONNECT, EW_NEVER));
    assert_eq!(source.poll(5), (EW_ACTION_RECEIVE, EW_NEVER));
    let asked = ["Accept: text/event-stream", "Cache-Control: no-cache", "GET https://example.org/stream 0 "];
    assert_eq!(source.headers(), asked);
    let moved = Head { url: span("http://moved.example:81/"), ..good() };
    assert_eq!(source.respond(6, &moved), Some([EW_NOTICE_OPEN, EW_OPEN, 0, 0]));
    assert_eq!(source.events(7, "retry: 70\nid: 4\ndata: a\n\ndata: b\n\ndata: c"), ["a", "b"]);
    assert_eq!(text(origin(source.0)), b"http://moved.example:81");
    assert_eq!(text(last_event_id(source.0)), b"4");
    assert_eq!(reconnection_time(source.0), 70);
    assert_eq!(ready_state(source.0), EW_OPEN);
    assert_eq!(source.end(8), Some([EW_NOTICE_ERROR, EW_CONNECTING, EW_REASON_END, 0]));
    assert_eq!(source.poll(9), (EW_ACTION_WAIT, 78));
    assert_eq!(source.poll(78), (EW_ACTION_CONNECT, EW_NEVER));
    assert_eq!(source.headers().get(2).map(String::as_str), Some("Last-Event-ID: 4"));
    let gone = Head { status: 204, ..good() };
    assert_eq!(source.respond(79, &gone), Some([EW_NOTICE_ERROR, EW_CLOSED, EW_REASON_STATUS, 204]));
    assert_eq!(source.poll(80), (EW_ACTION_CLOSED, EW_NEVER));
    assert_eq!((attempts(source.0), failures(source.0)), (2, 1));
}

#[test]
fn every_setting_counts() {
    let headers = [("authorization", "x"), ("accept", "text/*")];
    let headers = headers.map(|(name, value)| Header { name: span(name), value: span(value) });
    let statuses = [HttpStatuses { first: 429, last: 429 }, HttpStatuses { first: 500, last: 599 }];
    let parser = Config { max_event_size: 3, ..super::CONFIG };
    let source = make(&SourceConfig {
        flags: EW_SOURCE_WITH_CREDENTIALS | EW_SOURCE_REPLAY_BODY,
        method: span("POST"),
        body: span("{}"),
        last_event_id: span("7"),
        headers: headers.as_ptr(),
        header_count: headers.len(),
        retry_statuses: statuses.as_ptr(),
        retry_status_count: statuses.len(),
        parser: &parser,
        reconnection_time: 10,
        max_retry_after: 5000,
        min_delay: 100,
        backoff_cap: 300,
        backoff_reset_after: 1000,
        idle_timeout: 60,
        seed: 3,
        backoff_factor: 2,
        jitter_percent: 10,
        max_failures: 5,
        ..config()
    })
    .unwrap();
    let asked = [
        "Cache-Control: no-cache",
        "Last-Event-ID: 7",
        "authorization: x",
        "accept: text/*",
        "POST https://example.org/stream 1 {}",
    ];
    assert_eq!(source.headers(), asked);
    let mut now = 0;
    let busy = Head { status: 503, retry_after: span("Sun, 06 Nov 1994 08:49:40 GMT"), ..good() };
    let busy = Head { date: span("Sun, 06 Nov 1994 08:49:37 GMT"), ..busy };
    for (least, head) in [(100, None), (200, None), (3000, Some(busy)), (300, None)] {
        assert_eq!(source.poll(now), (EW_ACTION_CONNECT, EW_NEVER));
        assert_eq!(source.poll(now), (EW_ACTION_RECEIVE, now + 60));
        now += 59;
        assert_eq!(source.timeout(now), None);
        match head {
            Some(head) => {
                let told = Some([EW_NOTICE_ERROR, EW_CONNECTING, EW_REASON_STATUS, 503]);
                assert_eq!(source.respond(now, &head), told);
            }
            None => {
                now += 1;
                let told = Some([EW_NOTICE_ERROR, EW_CONNECTING, EW_REASON_IDLE_TIMEOUT, 0]);
                assert_eq!(source.timeout(now), told);
            }
        }
        let (kind, until) = source.poll(now);
        assert_eq!(kind, EW_ACTION_WAIT);
        assert!((least..=least + least / 10).contains(&(until - now)), "{least}: {}", until - now);
        now = until;
    }
    source.poll(now);
    assert_eq!(source.respond(now, &good()), Some([EW_NOTICE_OPEN, EW_OPEN, 0, 0]));
    assert_eq!(
        source.events(now, "data: abcd\n\ndata: abc\n\n"),
        [format!("{EW_ERR_EVENT_TOO_LARGE}"), "abc".into()]
    );
    assert_eq!(
        source.error(now, EW_NETWORK_ERROR_TRANSIENT),
        Some([EW_NOTICE_ERROR, EW_CLOSED, EW_REASON_NETWORK, 0])
    );
}

#[test]
fn text_is_the_standards_unless_a_parser_says_otherwise() {
    for (parser, expected) in [(ptr::null(), "\\xef\\xbf\\xbd"), (ptr::from_ref(&super::CONFIG), "\\xff")] {
        let source = make(&SourceConfig { parser, ..config() }).unwrap();
        source.poll(0);
        source.respond(0, &good());
        let (mut input, mut event) = (input(b"data: \xFF\n\n"), dirty_event());
        assert_eq!(next(source.0, 0, &mut input, &mut event), EW_EVENT);
        assert_eq!(format!("{}", text(event.data).escape_ascii()), expected);
    }
}

#[test]
fn the_end_may_complete_an_event() {
    let parser = Config { eof: EW_EOF_DISPATCH, ..super::CONFIG };
    for (parser, expected) in [(ptr::null(), EW_OK), (ptr::from_ref(&parser), EW_EVENT)] {
        let source = make(&SourceConfig { parser, ..config() }).unwrap();
        source.poll(0);
        source.respond(0, &good());
        source.events(0, "data: a");
        let mut event = dirty_event();
        assert_eq!(finish(source.0, &mut event), expected);
        assert_eq!(untouched(&event), expected == EW_OK);
        assert_eq!(finish(source.0, ptr::null_mut()), EW_ERR_INVALID_ARGUMENT);
    }
}

#[test]
fn nothing_comes_of_a_closed_source_and_its_last_event_stays() {
    let source = make(&config()).unwrap();
    source.poll(0);
    source.respond(0, &good());
    // In two chunks, so that the event lies in the source.
    assert_eq!(source.events(0, "id: 1\ndata: he"), [""; 0]);
    let (mut input, mut event) = (input(b"llo\n\ndata: more\n\n"), dirty_event());
    assert_eq!(next(source.0, 0, &mut input, &mut event), EW_EVENT);
    close(source.0);
    assert_eq!((text(event.data), text(event.last_event_id)), (&b"hello"[..], &b"1"[..]));
    assert_eq!(next(source.0, 0, &mut input, &mut event), EW_NEED_INPUT);
    assert_eq!(input.pos, 5);
    assert_eq!(
        (source.end(1), source.error(1, EW_NETWORK_ERROR_FATAL), source.timeout(1)),
        (None, None, None)
    );
    assert_eq!(source.respond(1, &good()), None);
    assert_eq!(source.poll(1), (EW_ACTION_CLOSED, EW_NEVER));
}
