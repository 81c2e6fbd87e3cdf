//! What cannot be is refused, and nothing is touched.

use core::ptr;
use std::ffi::CStr;

use super::super::super::*;
use super::super::{CONFIG, dirty_event, input, text, untouched};
use super::*;

#[test]
fn settings_that_cannot_be() {
    let invalid = |config: SourceConfig| make(&config).err() == Some(EW_ERR_INVALID_ARGUMENT);
    assert!(invalid(SourceConfig { struct_size: 0, ..config() }));
    assert!(invalid(SourceConfig { struct_size: config().struct_size + 1, ..config() }));
    assert!(invalid(SourceConfig { flags: 4, ..config() }));
    assert!(invalid(SourceConfig { reserved: 1, ..config() }));
    let cannot_be = Span { ptr: ptr::null(), len: 1 };
    assert!(invalid(SourceConfig { url: cannot_be, ..config() }));
    assert!(invalid(SourceConfig { method: cannot_be, ..config() }));
    assert!(invalid(SourceConfig { body: cannot_be, ..config() }));
    assert!(invalid(SourceConfig { last_event_id: cannot_be, ..config() }));
    assert!(invalid(SourceConfig { header_count: 1, ..config() }));
    assert!(invalid(SourceConfig { retry_status_count: 1, ..config() }));
    let headers = [Header { name: span("x"), value: cannot_be }];
    assert!(invalid(SourceConfig { headers: headers.as_ptr(), header_count: 1, ..config() }));
    assert!(invalid(SourceConfig { headers: headers.as_ptr(), header_count: usize::MAX, ..config() }));
    let parser = Config { utf8: 9, ..CONFIG };
    assert!(invalid(SourceConfig { parser: &parser, ..config() }));

    let refused = |config: SourceConfig| make(&config).err() == Some(EW_ERR_INVALID_FIELD);
    assert!(refused(SourceConfig { url: span("http://x/\r\nX: y"), ..config() }));
    assert!(refused(SourceConfig { method: span("GET x"), ..config() }));
    assert!(refused(SourceConfig { last_event_id: span("a\nb"), ..config() }));
    let not_text = b"http://\xFF";
    assert!(refused(SourceConfig { url: Span { ptr: not_text.as_ptr(), len: 8 }, ..config() }));
    for (name, value) in [("", "x"), ("a b", "x"), ("x", "a\nb"), ("Last-Event-ID", "1")] {
        let headers = [Header { name: span(name), value: span(value) }];
        assert!(refused(SourceConfig { headers: headers.as_ptr(), header_count: 1, ..config() }));
    }
}

#[test]
fn pointers_that_cannot_be() {
    const INVALID: Status = EW_ERR_INVALID_ARGUMENT;
    let source = make(&config()).unwrap();
    let nobody: *mut Source = ptr::null_mut();
    let (mut cursor, mut event, mut out) = (input(b"data: 1\n\n"), dirty_event(), notice());
    let mut action = Action { kind: 99, reserved: 99, until: 99 };
    let mut made = nobody;
    assert_eq!(new(ptr::null(), &mut made), INVALID);
    assert_eq!(new(&config(), ptr::null_mut()), INVALID);
    assert_eq!(poll(nobody, 0, &mut action), INVALID);
    assert_eq!(poll(source.0, 0, ptr::null_mut()), INVALID);
    assert_eq!(get_request(source.0, ptr::null_mut()), INVALID);
    assert_eq!(get_header(source.0, 0, ptr::null_mut()), INVALID);
    assert_eq!((made, action.kind), (nobody, 99));
    assert_eq!(source.poll(0).0, EW_ACTION_CONNECT);
    assert_eq!(response(nobody, 0, &good(), &mut out), INVALID);
    assert_eq!(response(source.0, 0, ptr::null(), &mut out), INVALID);
    assert_eq!(response(source.0, 0, &good(), ptr::null_mut()), INVALID);
    for head in [
        Head { struct_size: 8, ..good() },
        Head { status: 65_536, ..good() },
        Head { content_type: Span { ptr: ptr::null(), len: 1 }, ..good() },
        Head { url: Span { ptr: ptr::null(), len: 1 }, ..good() },
        Head { retry_after: Span { ptr: ptr::null(), len: 1 }, ..good() },
        Head { date: Span { ptr: ptr::null(), len: 1 }, ..good() },
    ] {
        assert_eq!(response(source.0, 0, &head, &mut out), INVALID);
    }
    assert_eq!(end(source.0, 0, ptr::null_mut()), INVALID);
    assert_eq!(error(source.0, 0, 2, &mut out), INVALID);
    assert_eq!(timeout(nobody, 0, &mut out), INVALID);
    assert_eq!(next(nobody, 0, &mut cursor, &mut event), INVALID);
    assert_eq!(next(source.0, 0, ptr::null_mut(), &mut event), INVALID);
    assert_eq!(next(source.0, 0, &mut cursor, ptr::null_mut()), INVALID);
    assert_eq!((out.kind, cursor.pos, untouched(&event)), (99, 0, true));
    // Nothing to do, or to tell.
    close(nobody);
    free(nobody);
    assert_eq!(ready_state(nobody), EW_CLOSED);
    assert_eq!((origin(nobody).len, last_event_id(nobody).len), (0, 0));
    assert_eq!((attempts(nobody), failures(nobody)), (0, 0));
    assert_eq!(reconnection_time(nobody), 0);
    // The source still waits for its response. A URL that is no text has no origin.
    let not_text = b"http://\xFF";
    let head = Head { url: Span { ptr: not_text.as_ptr(), len: 8 }, ..good() };
    assert_eq!(source.respond(0, &head), Some([EW_NOTICE_OPEN, EW_OPEN, 0, 0]));
    assert_eq!(text(origin(source.0)), b"null");
}

#[test]
fn every_reason_has_a_text() {
    // SAFETY: the function gives strings that are always valid.
    let of = |reason| unsafe { CStr::from_ptr(ew_reason_string(reason)) };
    let unknown = of(0);
    assert_eq!(unknown, c"unknown reason");
    for reason in EW_REASON_END..=EW_REASON_NO_MEMORY {
        assert_ne!(of(reason), unknown);
    }
    assert_eq!(of(EW_REASON_NO_MEMORY + 1), unknown);
}
