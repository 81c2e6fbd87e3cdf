//! The sizes and offsets of the structs that programs are compiled with: what does not change while
//! [`EW_ABI_VERSION`](super::EW_ABI_VERSION) stays.

use core::mem::offset_of;

use super::{Config, Event, Input, Parser, Span, Token, Tokenizer};

/// The size of a pointer, and of a `size_t`.
const WORD: usize = size_of::<usize>();

/// Where the words behind the three of a chunk and its position stand: not everywhere is a 64-bit number aligned to 8 bytes.
const BEHIND_POS: usize = (3 * WORD).next_multiple_of(align_of::<u64>());

/// Pins a struct: its size, its alignment, and each member's place.
macro_rules! pin {
    ($struct:ident: $size:expr, $align:expr; $($member:ident: $offset:expr),+) => {
        const _: () = assert!(size_of::<$struct>() == $size);
        const _: () = assert!(align_of::<$struct>() == $align);
        $(const _: () = assert!(offset_of!($struct, $member) == $offset);)+
    };
}

pin!(Span: 2 * WORD, WORD; ptr: 0, len: WORD);
pin!(Input: BEHIND_POS + 16, align_of::<u64>(); ptr: 0, len: WORD, pos: 2 * WORD, reserved: BEHIND_POS);
pin!(
    Event: 8 * WORD + 48, align_of::<u64>();
    event_type: 0,
    data: 2 * WORD,
    last_event_id: 4 * WORD,
    id: 6 * WORD,
    begin: 8 * WORD,
    end: 8 * WORD + 8,
    retry: 8 * WORD + 16,
    flags: 8 * WORD + 24,
    kind: 8 * WORD + 28,
    reserved: 8 * WORD + 32
);
pin!(
    Config: 24 + WORD, WORD;
    struct_size: 0,
    items: 4,
    max_event_size: 8,
    overflow: 8 + WORD,
    utf8: 12 + WORD,
    eof: 16 + WORD,
    reserved: 20 + WORD
);
pin!(Tokenizer: 8, 4; reserved: 0);
pin!(Token: 2 * WORD + 24, WORD; piece: 0, field: 2 * WORD, flags: 2 * WORD + 4, reserved: 2 * WORD + 8);

/// What the header says of `ew_parser_new`.
const _: () = assert!(size_of::<Parser>() < 256);

/// The sizes once more, in plain numbers, for the targets that nearly all programs run on.
#[cfg(target_pointer_width = "64")]
const _: () = {
    assert!(size_of::<Span>() == 16);
    assert!(size_of::<Input>() == 40);
    assert!(size_of::<Event>() == 112);
    assert!(size_of::<Config>() == 32);
    assert!(size_of::<Token>() == 40);
};
