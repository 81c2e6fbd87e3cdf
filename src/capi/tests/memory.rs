//! Parsers in memory of the caller's.

use core::mem::MaybeUninit;
use core::ptr;
use std::vec::Vec;

use super::super::{
    EW_ERR_EVENT_TOO_LARGE, EW_ERR_INVALID_ARGUMENT, EW_ERR_NO_MEMORY, EW_OK, Span, Status,
    ew_parser_alignof, ew_parser_free, ew_parser_init, ew_parser_set_last_event_id, ew_parser_sizeof,
};
use super::{CONFIG, CUT_EVERY, Config, Owned, Parser, Seen, pull};

/// Memory that is aligned and not initialised.
fn memory(size: usize) -> Vec<MaybeUninit<u64>> {
    std::vec![MaybeUninit::uninit(); size.div_ceil(8)]
}

fn size_of_parser(config: &Config) -> usize {
    // SAFETY: it is a reference.
    unsafe { ew_parser_sizeof(config) }
}

fn init(memory: *mut u8, size: usize, config: &Config) -> (Status, *mut Parser) {
    let mut parser = ptr::null_mut();
    // SAFETY: the tests give memory of that size, and references.
    let status = unsafe { ew_parser_init(memory.cast(), size, config, &mut parser) };
    (status, parser)
}

#[test]
fn it_does_what_one_on_the_heap_does() {
    let config = Config { max_event_size: 16, ..CONFIG };
    let stream = b"id: 0123456789abcdef\n\nevent: 0123\ndata: 4567\ndata: 89a\n\nid: fedcba9876543210\n\n\
        data: 0123456789abcdef\n\ndata: 0123456789abcdefg\n\ndata: 1\n\n";
    for cut in (0..=stream.len()).step_by(CUT_EVERY) {
        let (first, second) = stream.split_at(cut);
        let run = |parser: *mut Parser| -> Vec<Seen> {
            let mut seen = pull(parser, first);
            seen.extend(pull(parser, second));
            seen
        };
        let size = size_of_parser(&config);
        let mut memory = memory(size);
        let (status, parser) = init(memory.as_mut_ptr().cast(), size, &config);
        assert_eq!(status, EW_OK);
        let seen = run(parser);
        assert_eq!(seen.iter().filter(|seen| seen.status == EW_ERR_EVENT_TOO_LARGE).count(), 1);
        assert_eq!(seen.len(), 4);
        assert_eq!(seen, run(Owned::new(&config).0), "cut at {cut}");
        // SAFETY: the parser is valid, and this is its end.
        unsafe { ew_parser_free(parser) };
    }
}

#[test]
fn large_events_come_and_go() {
    let config = Config { max_event_size: 100_000, ..CONFIG };
    let size = size_of_parser(&config);
    let mut memory = memory(size);
    let (_, parser) = init(memory.as_mut_ptr().cast(), size, &config);
    assert_eq!(pull(parser, b"id: last\n\n"), []);
    for len in [90_000, 10, 100_000] {
        let data = std::vec![b'x'; len];
        assert_eq!(pull(parser, b"data: "), []);
        assert_eq!(pull(parser, &data), []);
        let seen = pull(parser, b"\n\n");
        assert!(seen.iter().any(|seen| seen.data == data && seen.last_event_id == b"last"));
        // Enough small ones for it to shrink what it uses.
        for _ in 0..100 {
            assert_eq!(pull(parser, b"data: 1\ndata: 2\n\n").len(), 1);
        }
    }
}

#[test]
fn too_little_or_misaligned_memory_is_refused() {
    let config = Config { max_event_size: 64, ..CONFIG };
    let size = size_of_parser(&config);
    let mut memory = memory(size + 8);
    let place = memory.as_mut_ptr().cast::<u8>();
    assert_eq!(init(place, size, &config).0, EW_OK);
    assert_eq!(init(place, size - 1, &config), (EW_ERR_INVALID_ARGUMENT, ptr::null_mut()));
    assert_eq!(init(place, 0, &config), (EW_ERR_INVALID_ARGUMENT, ptr::null_mut()));
    assert_eq!(init(place.wrapping_add(1), size, &config), (EW_ERR_INVALID_ARGUMENT, ptr::null_mut()));
    assert_eq!(
        init(place, isize::MAX.unsigned_abs() + 1, &config),
        (EW_ERR_INVALID_ARGUMENT, ptr::null_mut())
    );
    assert_eq!(init(ptr::null_mut(), size, &config), (EW_ERR_INVALID_ARGUMENT, ptr::null_mut()));
}

#[test]
fn a_last_event_id_that_does_not_fit_is_refused() {
    let config = Config { max_event_size: 8, ..CONFIG };
    let size = size_of_parser(&config);
    let mut memory = memory(size);
    let (_, parser) = init(memory.as_mut_ptr().cast(), size, &config);
    let set = |len: usize| {
        let id = std::vec![b'x'; len];
        // SAFETY: the parser is valid, the span is a slice.
        unsafe { ew_parser_set_last_event_id(parser, Span { ptr: id.as_ptr(), len }) }
    };
    assert_eq!((set(16), set(17), set(8)), (EW_OK, EW_ERR_NO_MEMORY, EW_OK));
}

#[test]
fn sizes_are_told_or_refused() {
    let size = |max_event_size| size_of_parser(&Config { max_event_size, ..CONFIG });
    assert_eq!(size(1000) - size(500), 1000);
    assert_eq!(size(0), size(16 * 1024 * 1024));
    // SAFETY: it is null.
    assert_eq!(size(0), unsafe { ew_parser_sizeof(ptr::null()) });
    assert_eq!((size(usize::MAX), size(usize::MAX / 4)), (0, 0));
    assert_eq!(size_of_parser(&Config { reserved: 1, ..CONFIG }), 0);
    assert!(ew_parser_alignof().is_power_of_two());
}
