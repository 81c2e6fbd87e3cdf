//! Streams of every kind of item, in every way of asking.

use core::ptr;
use std::vec::Vec;

use super::super::{
    EW_COMMENT, EW_EOF_DISPATCH, EW_ERR_EVENT_TOO_LARGE, EW_ERR_INVALID_FIELD, EW_ERR_INVALID_UTF8,
    EW_ERR_ITEM_TOO_LARGE, EW_EVENT, EW_EVENT_BORROWED, EW_EVENT_HAS_ID, EW_ITEM_COMMENTS, EW_ITEM_RETRY,
    EW_ITEM_UNKNOWN, EW_OK, EW_OVERFLOW_SKIP, EW_RETRY, EW_UNKNOWN_FIELD, EW_UTF8_STRICT, Span,
    ew_parser_finish, ew_parser_last_event_id, ew_parser_next, ew_parser_position, ew_parser_reset,
    ew_parser_retry, ew_parser_set_last_event_id, ew_parser_skipped,
};
use super::{CONFIG, CUT_EVERY, Config, Owned, Seen, dirty_event, input, pull, pull_many, text, untouched};

const STREAM: &[u8] = b"\xEF\xBB\xBF: hello\nretry: 5\nfoo: bar\n\nevent: tick\nid: 7\ndata: a\ndata: b\r\n\r\ndata: c\r\rid\n\ndata\n\n";

const ALL: Config = Config { items: EW_ITEM_RETRY | EW_ITEM_COMMENTS | EW_ITEM_UNKNOWN, ..CONFIG };

fn item(status: i32, event_type: &str, data: &str, retry: u64) -> Seen {
    let (event_type, data) = (event_type.into(), data.into());
    Seen { event_type, data, retry, ..Seen::error(status) }
}

fn event(event_type: &str, data: &str, id: (&str, bool), span: (u64, u64)) -> Seen {
    let last_event_id: Vec<u8> = id.0.into();
    Seen {
        id: id.1.then(|| last_event_id.clone()),
        last_event_id,
        span,
        ..item(EW_EVENT, event_type, data, 0)
    }
}

fn expected() -> Vec<Seen> {
    std::vec![
        item(EW_COMMENT, "", " hello", 0),
        item(EW_RETRY, "", "", 5),
        item(EW_UNKNOWN_FIELD, "foo", "bar", 0),
        event("tick", "a\nb", ("7", true), (30, 66)),
        event("message", "c", ("7", false), (67, 76)),
        event("message", "", ("", false), (80, 86)),
    ]
}

#[test]
fn every_kind_of_item() {
    assert_eq!(pull(Owned::new(&ALL).0, STREAM), expected());
}

#[test]
fn every_kind_of_item_in_batches() {
    // Each place is looked at, used or not: a hundred of them are too many for Miri.
    let capacities: &[usize] = if cfg!(miri) { &[1, 2, 5] } else { &[1, 2, 5, 100] };
    for &capacity in capacities {
        assert_eq!(pull_many(Owned::new(&ALL).0, STREAM, capacity), expected());
    }
}

#[test]
fn every_kind_of_item_at_every_cut() {
    for cut in (0..=STREAM.len()).step_by(CUT_EVERY) {
        let (parser, (first, second)) = (Owned::new(&ALL), STREAM.split_at(cut));
        let mut seen = pull(parser.0, first);
        seen.extend(pull_many(parser.0, second, 3));
        assert_eq!(seen, expected(), "cut at {cut}");
    }
}

#[test]
fn what_is_not_asked_for_is_not_delivered() {
    let seen = pull(Owned::new(&CONFIG).0, STREAM);
    assert_eq!(seen, expected().split_off(3));
}

#[test]
fn a_used_struct_serves_the_next_chunk() {
    let parser = Owned::new(&CONFIG);
    let mut cursor = input(b"data: 1\n\ndata: 2\n\nda");
    let mut seen = Vec::new();
    for chunk in [None, Some(&b"ta: 3\n\n\n\n\ndata: 4\n\n"[..])] {
        if let Some(chunk) = chunk {
            (cursor.ptr, cursor.len, cursor.pos) = (chunk.as_ptr(), chunk.len(), 0);
        }
        let mut event = dirty_event();
        // SAFETY: the parser is valid, the rest are references, the chunk is a slice.
        while unsafe { ew_parser_next(parser.0, &mut cursor, &mut event) } == EW_EVENT {
            seen.extend_from_slice(text(event.data));
        }
    }
    assert_eq!(seen, b"1234");
}

#[test]
fn flags_tell_what_was_copied_and_whose_the_id_is() {
    let parser = Owned::new(&CONFIG);
    for (chunk, flags) in [
        (&b"data: 1\n\n"[..], EW_EVENT_BORROWED),
        (b"id\ndata: 1\n\n", EW_EVENT_BORROWED | EW_EVENT_HAS_ID),
        (b"data: 1\ndata: 2\n\n", 0),
    ] {
        let (mut cursor, mut event) = (input(chunk), dirty_event());
        // SAFETY: the parser is valid, the rest are references, the chunk is a slice.
        let status = unsafe { ew_parser_next(parser.0, &mut cursor, &mut event) };
        assert_eq!((status, event.flags), (EW_EVENT, flags));
    }
}

#[test]
fn errors_do_not_end_a_stream() {
    let items = EW_ITEM_COMMENTS;
    let small = Owned::new(&Config { max_event_size: 8, items, ..CONFIG });
    let seen = pull(small.0, b": 123456789\ndata: 123456789\n\ndata: 1\n\n");
    assert_eq!(
        seen,
        [
            Seen::error(EW_ERR_ITEM_TOO_LARGE),
            Seen::error(EW_ERR_EVENT_TOO_LARGE),
            event("message", "1", ("", false), (29, 38))
        ]
    );
    let strict = Owned::new(&Config { utf8: EW_UTF8_STRICT, ..CONFIG });
    let seen = pull_many(strict.0, b"data: \xFF\n\ndata: 1\n\n", 4);
    assert_eq!(seen, [Seen::error(EW_ERR_INVALID_UTF8), event("message", "1", ("", false), (9, 18))]);
}

#[test]
fn what_is_skipped_is_counted() {
    let parser = Owned::new(&Config { max_event_size: 8, overflow: EW_OVERFLOW_SKIP, ..CONFIG });
    assert_eq!(pull(parser.0, b"data: 123456789\n\n"), []);
    // SAFETY: the parser is valid.
    assert_eq!(unsafe { ew_parser_skipped(parser.0) }, 1);
}

#[test]
fn the_end_of_a_stream_is_as_the_settings_say() {
    for (eof, wanted) in [(0, EW_OK), (EW_EOF_DISPATCH, EW_EVENT)] {
        let parser = Owned::new(&Config { eof, ..CONFIG });
        assert_eq!(pull(parser.0, b"data: [DONE]"), []);
        let mut event = dirty_event();
        // SAFETY: the parser is valid, the event is a reference.
        assert_eq!(unsafe { ew_parser_finish(parser.0, &mut event) }, wanted);
        if wanted == EW_EVENT {
            assert_eq!(text(event.data), b"[DONE]");
        } else {
            assert!(untouched(&event));
        }
        // The parser stands at the start of a stream.
        assert_eq!(pull(parser.0, b"\xEF\xBB\xBFdata: 1\n\n").len(), 1);
    }
}

#[test]
fn what_the_next_connection_needs_is_told() {
    let parser = Owned::new(&CONFIG);
    let mut retry = 99;
    // SAFETY: the parser is valid, the number is a reference.
    assert_eq!(unsafe { ew_parser_retry(parser.0, &mut retry) }, EW_OK);
    assert_eq!(retry, 99);
    assert_eq!(pull(parser.0, b"retry: 20\nid: 4\n\ndata"), []);
    // SAFETY: the parser is valid, the number is a reference.
    assert_eq!(unsafe { ew_parser_retry(parser.0, &mut retry) }, EW_RETRY);
    assert_eq!(retry, 20);
    // SAFETY: the parser is valid.
    assert_eq!(unsafe { ew_parser_position(parser.0) }, 21);
    // SAFETY: the parser is valid.
    unsafe { ew_parser_reset(parser.0) };
    // SAFETY: the parser is valid.
    assert_eq!(unsafe { ew_parser_position(parser.0) }, 0);
    // SAFETY: the parser is valid.
    assert_eq!(text(unsafe { ew_parser_last_event_id(parser.0) }), b"4");
}

#[test]
fn a_last_event_id_can_be_given() {
    let parser = Owned::new(&CONFIG);
    for (id, wanted) in [(&b"81"[..], EW_OK), (b"8\n1", EW_ERR_INVALID_FIELD), (b"\0", EW_ERR_INVALID_FIELD)]
    {
        let id = Span { ptr: id.as_ptr(), len: id.len() };
        // SAFETY: the parser is valid, the span is a slice.
        assert_eq!(unsafe { ew_parser_set_last_event_id(parser.0, id) }, wanted);
        // SAFETY: the parser is valid.
        assert_eq!(text(unsafe { ew_parser_last_event_id(parser.0) }), b"81");
    }
    // SAFETY: the parser is valid, the span is empty.
    assert_eq!(unsafe { ew_parser_set_last_event_id(parser.0, Span { ptr: ptr::null(), len: 0 }) }, EW_OK);
    // SAFETY: the parser is valid.
    assert_eq!(unsafe { ew_parser_last_event_id(parser.0) }.len, 0);
}
