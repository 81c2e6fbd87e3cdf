//! A parser that ends with its owner.

use eventwire::capi::{
    Config, EW_EOF_DISCARD, EW_EOF_DISPATCH, EW_ERR_INVALID_ARGUMENT, EW_ITEM_COMMENTS, EW_ITEM_RETRY,
    EW_ITEM_UNKNOWN, EW_OK, EW_OVERFLOW_ERROR, EW_OVERFLOW_SKIP, EW_UTF8_RAW, EW_UTF8_REPLACE,
    EW_UTF8_STRICT, Parser, ew_parser_alignof, ew_parser_free, ew_parser_init, ew_parser_new,
    ew_parser_sizeof,
};
use eventwire_testkit::settings::{Eof, Overflow, Settings, Utf8};
use std::ptr;

/// The parser, and the memory that it lives in if that is not the heap.
pub(super) struct Owned(pub(super) *mut Parser, Option<Memory>);

/// Memory of the caller's.
struct Memory {
    bytes: Vec<u64>,
    /// How many of the bytes are the parser's.
    size: usize,
}

/// What the memory holds before, and behind the parser for ever.
const FILLING: u8 = 0xA5;

impl Owned {
    /// On the heap, or in memory with so many bytes to spare.
    pub(super) fn new(settings: &Settings, spare: Option<usize>) -> Self {
        let (config, mut parser) = (config(settings), ptr::null_mut());
        let Some(spare) = spare else {
            // SAFETY: both are references.
            assert_eq!(unsafe { ew_parser_new(&config, &mut parser) }, EW_OK);
            return Self(parser, None);
        };
        // SAFETY: it is a reference.
        let needed = unsafe { ew_parser_sizeof(&config) };
        let size = needed + spare;
        assert!(align_of::<u64>().is_multiple_of(ew_parser_alignof()));
        let mut memory = Memory { bytes: vec![u64::from_ne_bytes([FILLING; 8]); size.div_ceil(8) + 2], size };
        let place = memory.bytes.as_mut_ptr().cast();
        // SAFETY: the memory has more than this many bytes, the rest are references.
        let too_little = unsafe { ew_parser_init(place, needed - 1, &config, &mut parser) };
        assert_eq!((too_little, parser.is_null()), (EW_ERR_INVALID_ARGUMENT, true));
        // SAFETY: the memory has as many bytes, and stays where it is for as long as the parser.
        assert_eq!(unsafe { ew_parser_init(place, size, &config, &mut parser) }, EW_OK);
        assert_eq!(parser.cast(), place);
        Self(parser, Some(memory))
    }
}

impl Drop for Owned {
    fn drop(&mut self) {
        // SAFETY: the parser is valid, and this is its end.
        unsafe { ew_parser_free(self.0) };
        if let Some(Memory { bytes, size }) = &self.1 {
            let behind = bytes.iter().flat_map(|word| word.to_ne_bytes()).skip(*size);
            assert!(behind.into_iter().all(|byte| byte == FILLING), "written behind the memory");
        }
    }
}

/// The settings in the words of C.
pub(crate) fn config(settings: &Settings) -> Config {
    let mut items = 0;
    for (wanted, bit) in [
        (settings.items.retry, EW_ITEM_RETRY),
        (settings.items.comments, EW_ITEM_COMMENTS),
        (settings.items.unknown, EW_ITEM_UNKNOWN),
    ] {
        items |= if wanted { bit } else { 0 };
    }
    Config {
        struct_size: size_of::<Config>() as u32,
        items,
        max_event_size: settings.max_event_size,
        overflow: match settings.overflow {
            Overflow::Error => EW_OVERFLOW_ERROR,
            Overflow::Skip => EW_OVERFLOW_SKIP,
        },
        utf8: match settings.utf8 {
            Utf8::Raw => EW_UTF8_RAW,
            Utf8::Replace => EW_UTF8_REPLACE,
            Utf8::Strict => EW_UTF8_STRICT,
        },
        eof: match settings.eof {
            Eof::Discard => EW_EOF_DISCARD,
            Eof::Dispatch => EW_EOF_DISPATCH,
        },
        reserved: 0,
    }
}
