//! Arguments that cannot be: each is refused, and nothing is touched.

use core::ffi::CStr;
use core::ptr;

use super::super::{
    EW_ABI_VERSION, EW_ERR_INVALID_ARGUMENT, EW_ERR_ITEM_TOO_LARGE, EW_EVENT, EW_NEED_INPUT, EW_OK, Span,
    Status, Token, Tokenizer, ew_abi_version, ew_parser_finish, ew_parser_free, ew_parser_last_event_id,
    ew_parser_new, ew_parser_next, ew_parser_next_many, ew_parser_position, ew_parser_reset, ew_parser_retry,
    ew_parser_set_last_event_id, ew_parser_skipped, ew_scanner_name, ew_split_field, ew_status_string,
    ew_tokenizer_next, ew_version_number, ew_version_string,
};
use super::{CONFIG, Config, Event, Input, Owned, Parser, dirty_event, input, pull, text, untouched};

const INVALID: Status = EW_ERR_INVALID_ARGUMENT;

/// A pointer into the midst of a value.
fn misaligned<T>(place: &mut T) -> *mut T {
    ptr::from_mut(place).cast::<u8>().wrapping_add(1).cast()
}

fn next(parser: *mut Parser, input: *mut Input, out: *mut Event) -> Status {
    // SAFETY: the tests give what is null, misaligned, or a reference.
    unsafe { ew_parser_next(parser, input, out) }
}

/// What both ways of pulling say to an input, which must not be touched.
fn refused(parser: &Owned, cursor: Input) {
    let (mut used, mut event, mut count) = (cursor, dirty_event(), 99);
    assert_eq!(next(parser.0, &mut used, &mut event), INVALID);
    // SAFETY: the parser is valid, the rest are references.
    assert_eq!(unsafe { ew_parser_next_many(parser.0, &mut used, &mut event, 1, &mut count) }, INVALID);
    let mut token = Token { piece: event.data, field: 99, flags: 99, reserved: [99; 4] };
    let mut tokenizer = Tokenizer { reserved: [0; 2] };
    // SAFETY: all are references.
    assert_eq!(unsafe { ew_tokenizer_next(&mut tokenizer, &mut used, &mut token) }, INVALID);
    assert_eq!((token.field, tokenizer.reserved, count), (99, [0; 2], 99));
    assert!(untouched(&event));
    assert_eq!(std::format!("{used:?}"), std::format!("{cursor:?}"));
}

#[test]
fn chunks_that_cannot_be() {
    let parser = Owned::new(&CONFIG);
    let chunk = input(b"data: 1\n\n");
    refused(&parser, Input { pos: 10, ..chunk });
    refused(&parser, Input { pos: usize::MAX, ..chunk });
    refused(&parser, Input { ptr: ptr::null(), ..chunk });
    refused(&parser, Input { len: isize::MAX.unsigned_abs() + 1, ..chunk });
    refused(&parser, Input { len: usize::MAX, ..chunk });
    refused(&parser, Input { ptr: ptr::null(), len: 0, pos: 1, ..chunk });
    // After all that the parser stands where it stood; and no bytes need no pointer.
    let mut nothing = Input { ptr: ptr::null(), len: 0, ..chunk };
    assert_eq!(next(parser.0, &mut nothing, &mut dirty_event()), EW_OK);
    assert_eq!(pull(parser.0, b"data: 1\n\n").len(), 1);
}

#[test]
fn reserved_words_that_no_call_has_written() {
    let chunk = b"data: 1\n\nid: 2\ndata: 3\ndata: 4\r\n\r\n: 5\n\ndata: 6\n\ndata: 7\n\ndata: 8";
    let words = [0, 1, u64::MAX, 70, 1 << 63, 5, 63, 64, 1 << 31, u64::MAX - 1, 0x5555_5555_5555_5555];
    let words = if cfg!(miri) { &words[..5] } else { &words[..] };
    for pos in [0, 1, 9, chunk.len() - 1, chunk.len()] {
        for reserved in words.iter().flat_map(|first| words.iter().map(|second| [*first, *second])) {
            let parser = Owned::new(&CONFIG);
            let mut cursor = Input { pos, reserved, ..input(chunk) };
            let mut calls = 0;
            loop {
                let mut event = dirty_event();
                match next(parser.0, &mut cursor, &mut event) {
                    EW_NEED_INPUT => break,
                    status => assert_eq!(status, EW_EVENT),
                }
                assert!(text(event.data).len() < chunk.len());
                calls += 1;
                assert!(calls < chunk.len());
            }
            assert_eq!(cursor.pos, chunk.len());
            if pos == 0 {
                assert_eq!(calls, 4);
            }
        }
    }
}

#[test]
fn pointers_that_cannot_be() {
    let parser = Owned::new(&CONFIG);
    let (mut cursor, mut event, mut count) = (input(b"data: 1\n\n"), dirty_event(), 99_usize);
    assert_eq!(next(ptr::null_mut(), &mut cursor, &mut event), INVALID);
    assert_eq!(next(parser.0, ptr::null_mut(), &mut event), INVALID);
    assert_eq!(next(parser.0, &mut cursor, ptr::null_mut()), INVALID);
    assert_eq!(next(parser.0, misaligned(&mut cursor), &mut event), INVALID);
    assert_eq!(next(parser.0, &mut cursor, misaligned(&mut event)), INVALID);
    let mut many = |parser: *mut Parser, out: *mut Event, capacity: usize, count: *mut usize| {
        // SAFETY: all is null, misaligned, or a reference, and too large capacities are refused.
        unsafe { ew_parser_next_many(parser, &mut cursor, out, capacity, count) }
    };
    assert_eq!(many(ptr::null_mut(), &mut event, 1, &mut count), INVALID);
    assert_eq!(many(parser.0, ptr::null_mut(), 1, &mut count), INVALID);
    assert_eq!(many(parser.0, misaligned(&mut event), 1, &mut count), INVALID);
    assert_eq!(many(parser.0, &mut event, 1, ptr::null_mut()), INVALID);
    assert_eq!(many(parser.0, &mut event, 1, misaligned(&mut count)), INVALID);
    assert_eq!(many(parser.0, &mut event, 0, &mut count), INVALID);
    assert_eq!(many(parser.0, &mut event, usize::MAX / 2 / size_of::<Event>() + 1, &mut count), INVALID);
    assert_eq!((count, cursor.pos, untouched(&event)), (99, 0, true));
    assert_eq!(next(parser.0, &mut cursor, &mut event), EW_EVENT);
}

#[test]
fn the_other_functions_of_a_parser() {
    let parser = Owned::new(&CONFIG);
    let (nobody, mut event, mut retry) = (ptr::null_mut(), dirty_event(), 99_u64);
    let nothing = Span { ptr: ptr::null(), len: 0 };
    // SAFETY: it is null.
    assert_eq!(unsafe { ew_parser_finish(nobody, &mut event) }, INVALID);
    // SAFETY: the parser is valid, the other is null.
    assert_eq!(unsafe { ew_parser_finish(parser.0, ptr::null_mut()) }, INVALID);
    // SAFETY: it is null.
    assert_eq!(unsafe { ew_parser_retry(nobody, &mut retry) }, INVALID);
    // SAFETY: the parser is valid, the other is null.
    assert_eq!(unsafe { ew_parser_retry(parser.0, ptr::null_mut()) }, INVALID);
    // SAFETY: it is null.
    assert_eq!(unsafe { ew_parser_set_last_event_id(nobody, nothing) }, INVALID);
    for len in [1, usize::MAX] {
        // SAFETY: the parser is valid, the span is refused.
        assert_eq!(unsafe { ew_parser_set_last_event_id(parser.0, Span { len, ..nothing }) }, INVALID);
    }
    // SAFETY: it is null.
    assert_eq!(unsafe { ew_parser_last_event_id(nobody) }.len, 0);
    // SAFETY: it is null.
    assert_eq!(unsafe { ew_parser_position(nobody) }, 0);
    // SAFETY: it is null.
    assert_eq!(unsafe { ew_parser_skipped(nobody) }, 0);
    // SAFETY: it is null.
    unsafe { ew_parser_reset(nobody) };
    // SAFETY: it is null.
    unsafe { ew_parser_free(nobody) };
    assert!(untouched(&event) && retry == 99);
}

#[test]
fn tokenizer_and_split_without_a_place() {
    let (mut tokenizer, mut cursor, mut span) =
        (Tokenizer { reserved: [0; 2] }, input(b"data: 1\n"), dirty_event().data);
    let mut token = Token { piece: span, field: 99, flags: 99, reserved: [99; 4] };
    let mut next = |tokenizer: *mut Tokenizer, out: *mut Token| {
        // SAFETY: all is null or a reference.
        unsafe { ew_tokenizer_next(tokenizer, &mut cursor, out) }
    };
    assert_eq!(
        (next(ptr::null_mut(), &mut token), next(&mut tokenizer, ptr::null_mut())),
        (INVALID, INVALID)
    );
    let line = Span { ptr: b"a".as_ptr(), len: 1 };
    // SAFETY: all is null or a reference, the line is a slice.
    assert_eq!(unsafe { ew_split_field(line, &mut span, ptr::null_mut()) }, INVALID);
    // SAFETY: all is null or a reference, the line is a slice.
    assert_eq!(unsafe { ew_split_field(line, ptr::null_mut(), &mut span) }, INVALID);
    let mut other = span;
    // SAFETY: the places are references, the line is refused.
    assert_eq!(unsafe { ew_split_field(Span { ptr: ptr::null(), len: 1 }, &mut span, &mut other) }, INVALID);
    assert_eq!((span.len, other.len, token.field, cursor.pos), (99, 99, 99, 0));
}

#[test]
fn settings_that_are_not_known() {
    let make = |config: &Config| {
        let mut parser = ptr::null_mut();
        // SAFETY: both are references.
        let status = unsafe { ew_parser_new(config, &mut parser) };
        assert_eq!(parser.is_null(), status != EW_OK);
        // SAFETY: the parser is valid, or null.
        unsafe { ew_parser_free(parser) };
        status
    };
    let size = CONFIG.struct_size;
    for struct_size in [0, 4, size - 1, size + 1, size + 8, u32::MAX] {
        assert_eq!(make(&Config { struct_size, ..CONFIG }), INVALID);
    }
    for number in 0..16 {
        let known = |most| if number <= most { EW_OK } else { INVALID };
        assert_eq!(make(&Config { items: number, ..CONFIG }), known(7));
        assert_eq!(make(&Config { overflow: number, ..CONFIG }), known(1));
        assert_eq!(make(&Config { utf8: number, ..CONFIG }), known(2));
        assert_eq!(make(&Config { eof: number, ..CONFIG }), known(1));
        assert_eq!(make(&Config { reserved: number, ..CONFIG }), known(0));
    }
    assert_eq!(make(&Config { items: 1 << 31, ..CONFIG }), INVALID);
    assert_eq!(make(&Config { max_event_size: usize::MAX, ..CONFIG }), EW_OK);
    // SAFETY: it is null.
    assert_eq!(unsafe { ew_parser_new(&CONFIG, ptr::null_mut()) }, INVALID);
    let (mut config, mut parser) = ([CONFIG; 2], ptr::null_mut());
    // SAFETY: it is misaligned.
    assert_eq!(unsafe { ew_parser_new(misaligned(&mut config[0]), &mut parser) }, INVALID);
    assert!(parser.is_null());
}

#[test]
fn versions_and_names() {
    let string = |pointer| {
        // SAFETY: it is a string of the library.
        unsafe { CStr::from_ptr(pointer) }.to_str().unwrap()
    };
    let version = string(ew_version_string());
    let numbers: std::vec::Vec<u32> = version.split('.').map(|number| number.parse().unwrap()).collect();
    let [major, minor, patch] = numbers[..] else { panic!("{version}") };
    assert_eq!(version, env!("CARGO_PKG_VERSION"));
    assert_eq!(ew_version_number(), major * 1_000_000 + minor * 1_000 + patch);
    assert_eq!(ew_abi_version(), EW_ABI_VERSION);
    assert_eq!(string(ew_scanner_name()), crate::scanner_name());
    let strings: std::collections::BTreeSet<&str> =
        (EW_ERR_ITEM_TOO_LARGE..=EW_OK).map(|status| string(ew_status_string(status))).collect();
    assert_eq!(strings.len(), 8);
    assert_eq!(string(ew_status_string(EW_EVENT)), "no error");
    assert_eq!(string(ew_status_string(EW_ERR_ITEM_TOO_LARGE - 1)), "unknown error");
    assert_eq!(string(ew_status_string(Status::MIN)), "unknown error");
}
