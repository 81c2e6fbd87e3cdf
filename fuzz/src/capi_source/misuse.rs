//! Calls that cannot be right: each is refused and nothing is touched, whatever the source is in the midst of.

use super::owned::{Owned, dirty_notice, span, untouched_notice};
use crate::capi::input;
use crate::capi::misuse::misaligned;
use crate::capi::owned::config;
use crate::capi::seen::{dirty_event, untouched};
use eventwire::capi::{
    Action, Config, EW_CLOSED, EW_ERR_INVALID_ARGUMENT, EW_NETWORK_ERROR_TRANSIENT, Event, Head, Header,
    Input, Notice, Request, Source, SourceConfig, Span, Status, ew_source_attempts, ew_source_close,
    ew_source_failures, ew_source_finish, ew_source_free, ew_source_handle_end, ew_source_handle_error,
    ew_source_handle_response, ew_source_handle_timeout, ew_source_header, ew_source_last_event_id,
    ew_source_new, ew_source_next, ew_source_origin, ew_source_poll, ew_source_ready_state,
    ew_source_reconnection_time, ew_source_request,
};
use eventwire_testkit::settings::Settings;
use std::ptr;

/// The bytes of values that could be.
const TEXT: &[u8] = b"http://x/";

/// Makes the call that a capital letter stands for.
pub(super) fn make(letter: u8, source: &Owned, now: u64) {
    let nobody = ptr::null_mut();
    let (mut out, null) = (dirty_notice(), ptr::null_mut());
    let refused = match letter {
        b'A' => respond(nobody, now, &head(), &mut out),
        b'B' => respond(source.0, now, ptr::null(), &mut out),
        b'C' => respond(source.0, now, misaligned(&mut head()), &mut out),
        b'D' => respond(source.0, now, &head(), null),
        b'E' => bad_head(source.0, now, &mut out),
        b'F' => end(nobody, now, &mut out),
        b'G' => end(source.0, now, null),
        b'H' => end(source.0, now, misaligned(&mut out)),
        b'I' => fail(source.0, now, 2, &mut out),
        b'J' => fail(source.0, now, EW_NETWORK_ERROR_TRANSIENT, null),
        b'K' => timeout(nobody, now, &mut out),
        b'L' => timeout(source.0, now, null),
        b'M' => next(source, now),
        b'N' => finish(source),
        b'O' => poll(source, now),
        b'P' => request(source),
        b'Q' => bad_config(SourceConfig { struct_size: 8, ..good() }),
        b'R' => bad_config(SourceConfig { flags: 4, ..good() }),
        b'S' => bad_config(SourceConfig { reserved: 1, ..good() }),
        b'T' => bad_config(SourceConfig { url: impossible(), ..good() }),
        b'U' => bad_config(SourceConfig { body: impossible(), ..good() }),
        b'V' => bad_config(SourceConfig { header_count: 1, ..good() }),
        b'W' => bad_headers(),
        b'X' => bad_config(SourceConfig { retry_status_count: usize::MAX, ..good() }),
        b'Y' => bad_parser(),
        _ => look_at_nobody(),
    };
    assert_eq!(refused, EW_ERR_INVALID_ARGUMENT, "misuse {}", char::from(letter));
    assert!(untouched_notice(&out));
}

fn head() -> Head {
    let nothing = span(None);
    Head {
        struct_size: size_of::<Head>() as u32,
        status: 200,
        content_type: span(Some(b"text/event-stream")),
        url: nothing,
        retry_after: nothing,
        date: nothing,
    }
}

/// Bytes that are nowhere.
fn impossible() -> Span {
    Span { ptr: ptr::null(), len: 1 }
}

/// Settings of which a source can be made.
fn good() -> SourceConfig {
    SourceConfig { url: span(Some(TEXT)), ..SourceConfig::default() }
}

fn respond(source: *mut Source, now: u64, head: *const Head, out: *mut Notice) -> Status {
    // SAFETY: each is valid, a reference, null or misaligned; values are slices or refused.
    unsafe { ew_source_handle_response(source, now, head, out) }
}

fn end(source: *mut Source, now: u64, out: *mut Notice) -> Status {
    // SAFETY: each is valid, a reference, null or misaligned.
    unsafe { ew_source_handle_end(source, now, out) }
}

fn fail(source: *mut Source, now: u64, kind: u32, out: *mut Notice) -> Status {
    // SAFETY: the source is valid, the place a reference or null.
    unsafe { ew_source_handle_error(source, now, kind, out) }
}

fn timeout(source: *mut Source, now: u64, out: *mut Notice) -> Status {
    // SAFETY: each is valid, a reference or null.
    unsafe { ew_source_handle_timeout(source, now, out) }
}

/// Heads that cannot be.
fn bad_head(source: *mut Source, now: u64, out: &mut Notice) -> Status {
    let long = Span { len: isize::MAX.unsigned_abs() + 1, ..span(Some(TEXT)) };
    let statuses = [
        Head { struct_size: 0, ..head() },
        Head { struct_size: head().struct_size + 8, ..head() },
        Head { status: 65_536, ..head() },
        Head { content_type: impossible(), ..head() },
        Head { url: long, ..head() },
        Head { retry_after: impossible(), ..head() },
        Head { date: long, ..head() },
    ]
    .map(|head| respond(source, now, &head, out));
    assert_eq!(statuses, [statuses[0]; 7]);
    statuses[0]
}

/// Chunks and places that cannot be.
fn next(source: &Owned, now: u64) -> Status {
    let (mut event, chunk) = (dirty_event(), input(b"data: forged\n\n"));
    let call = |source: *mut Source, input: *mut Input, out: *mut Event| {
        // SAFETY: each is valid, a reference, null or misaligned; a chunk is a slice or refused.
        unsafe { ew_source_next(source, now, input, out) }
    };
    let (mut unread, nobody) = (chunk, ptr::null_mut());
    let statuses = [
        call(nobody, &mut unread, &mut event),
        call(source.0, nobody.cast(), &mut event),
        call(source.0, &mut unread, ptr::null_mut()),
        call(source.0, misaligned(&mut unread), &mut event),
        call(source.0, &mut unread, misaligned(&mut event)),
        call(source.0, &mut Input { pos: chunk.len + 1, ..chunk }, &mut event),
        call(source.0, &mut Input { ptr: ptr::null(), ..chunk }, &mut event),
        call(source.0, &mut Input { len: isize::MAX.unsigned_abs() + 1, ..chunk }, &mut event),
    ];
    assert!(untouched(&event) && unread.pos == 0 && unread.reserved == [0; 2]);
    assert_eq!(statuses, [statuses[0]; 8]);
    statuses[0]
}

fn finish(source: &Owned) -> Status {
    let mut event = dirty_event();
    // SAFETY: each is valid, a reference, null or misaligned.
    let nobody = unsafe { ew_source_finish(ptr::null_mut(), &mut event) };
    // SAFETY: the same.
    let nowhere = unsafe { ew_source_finish(source.0, ptr::null_mut()) };
    // SAFETY: the same.
    let beside = unsafe { ew_source_finish(source.0, misaligned(&mut event)) };
    assert!(untouched(&event) && [nobody, beside] == [nowhere; 2]);
    nowhere
}

fn poll(source: &Owned, now: u64) -> Status {
    let mut action = Action { kind: 99, reserved: 99, until: 99 };
    // SAFETY: each is valid, a reference, null or misaligned.
    let nobody = unsafe { ew_source_poll(ptr::null_mut(), now, &mut action) };
    // SAFETY: the same.
    let nowhere = unsafe { ew_source_poll(source.0, now, ptr::null_mut()) };
    // SAFETY: the same.
    let beside = unsafe { ew_source_poll(source.0, now, misaligned(&mut action)) };
    assert_eq!((action.kind, action.until, [nobody, beside]), (99, 99, [nowhere; 2]));
    nowhere
}

fn request(source: &Owned) -> Status {
    let nothing = span(None);
    let mut header = Header { name: nothing, value: nothing };
    // SAFETY: each is valid, a reference or null.
    let nowhere = unsafe { ew_source_request(source.0, ptr::null_mut::<Request>()) };
    // SAFETY: the same.
    let no_place = unsafe { ew_source_header(source.0, 0, ptr::null_mut()) };
    // SAFETY: the same.
    let no_index = unsafe { ew_source_header(source.0, usize::MAX, &mut header) };
    // SAFETY: the same.
    let nobody = unsafe { ew_source_header(ptr::null(), 0, &mut header) };
    assert!(header.name.ptr.is_null() && header.value.ptr.is_null());
    assert_eq!([no_place, no_index, nobody], [nowhere; 3]);
    nowhere
}

fn bad_config(config: SourceConfig) -> Status {
    let mut source = ptr::null_mut();
    // SAFETY: both are references; what the settings point to is a slice or refused.
    let status = unsafe { ew_source_new(&config, &mut source) };
    assert!(source.is_null());
    // SAFETY: the same, and null.
    assert_eq!(unsafe { ew_source_new(&good(), ptr::null_mut()) }, status);
    status
}

fn bad_headers() -> Status {
    let headers = [Header { name: span(Some(b"x")), value: impossible() }];
    bad_config(SourceConfig { headers: headers.as_ptr(), header_count: 1, ..good() })
}

fn bad_parser() -> Status {
    let parser = Config { overflow: 3, ..config(&Settings::default()) };
    bad_config(SourceConfig { parser: &parser, ..good() })
}

/// Where there is no source there is nothing to see, to close or to free. Answers as if it were refused.
fn look_at_nobody() -> Status {
    // SAFETY: null is fine.
    unsafe { ew_source_close(ptr::null_mut()) };
    // SAFETY: null is fine.
    unsafe { ew_source_free(ptr::null_mut()) };
    // SAFETY: null is fine.
    assert_eq!(unsafe { ew_source_ready_state(ptr::null()) }, EW_CLOSED);
    // SAFETY: null is fine.
    let origin = unsafe { ew_source_origin(ptr::null()) };
    // SAFETY: null is fine.
    let id = unsafe { ew_source_last_event_id(ptr::null()) };
    // SAFETY: null is fine.
    let attempts = unsafe { ew_source_attempts(ptr::null()) };
    // SAFETY: null is fine.
    let failures = unsafe { ew_source_failures(ptr::null()) };
    // SAFETY: null is fine.
    let time = unsafe { ew_source_reconnection_time(ptr::null()) };
    assert_eq!((origin.len, id.len, attempts, failures, time), (0, 0, 0, 0, 0));
    EW_ERR_INVALID_ARGUMENT
}
