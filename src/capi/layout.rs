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

/// The structs of the encoder and of sources.
#[cfg(feature = "capi")]
mod full {
    use core::mem::offset_of;

    use super::super::{Action, Fault, Head, Header, HttpStatuses, Message, Notice, Request, SourceConfig};
    use super::WORD;

    /// Where the times of a source's settings begin.
    const TIMES: usize = (8 + 13 * WORD).next_multiple_of(align_of::<u64>());

    pin!(
        Message: 16 + 8 * WORD, align_of::<u64>();
        struct_size: 0,
        flags: 4,
        event: 8,
        id: 8 + 2 * WORD,
        data: 8 + 4 * WORD,
        comment: 8 + 6 * WORD,
        retry: 8 + 8 * WORD
    );
    pin!(Fault: 16, align_of::<u64>(); field: 0, byte: 4, position: 8);
    pin!(Header: 4 * WORD, WORD; name: 0, value: 2 * WORD);
    pin!(HttpStatuses: 4, 2; first: 0, last: 2);
    pin!(Action: 16, align_of::<u64>(); kind: 0, reserved: 4, until: 8);
    pin!(
        Request: 9 * WORD + 16, WORD;
        method: 0,
        url: 2 * WORD,
        body: 4 * WORD,
        last_event_id: 6 * WORD,
        header_count: 8 * WORD,
        flags: 9 * WORD,
        reserved: 9 * WORD + 4
    );
    pin!(
        Head: 8 + 8 * WORD, WORD;
        struct_size: 0,
        status: 4,
        content_type: 8,
        url: 8 + 2 * WORD,
        retry_after: 8 + 4 * WORD,
        date: 8 + 6 * WORD
    );
    pin!(Notice: 32, 4; kind: 0, ready_state: 4, reason: 8, http_status: 12, reserved: 16);
    pin!(
        SourceConfig: TIMES + 72, align_of::<u64>();
        struct_size: 0,
        flags: 4,
        url: 8,
        method: 8 + 2 * WORD,
        body: 8 + 4 * WORD,
        last_event_id: 8 + 6 * WORD,
        headers: 8 + 8 * WORD,
        header_count: 8 + 9 * WORD,
        retry_statuses: 8 + 10 * WORD,
        retry_status_count: 8 + 11 * WORD,
        parser: 8 + 12 * WORD,
        reconnection_time: TIMES,
        max_retry_after: TIMES + 8,
        min_delay: TIMES + 16,
        backoff_cap: TIMES + 24,
        backoff_reset_after: TIMES + 32,
        idle_timeout: TIMES + 40,
        seed: TIMES + 48,
        backoff_factor: TIMES + 56,
        jitter_percent: TIMES + 60,
        max_failures: TIMES + 64,
        reserved: TIMES + 68
    );

    #[cfg(target_pointer_width = "64")]
    const _: () = {
        assert!(size_of::<Message>() == 80);
        assert!(size_of::<Fault>() == 16);
        assert!(size_of::<Request>() == 88);
        assert!(size_of::<Head>() == 72);
        assert!(size_of::<SourceConfig>() == 184);
    };
}

/// The structs of taps and rewriters.
#[cfg(feature = "capi-proxy")]
mod proxy {
    use core::mem::offset_of;

    use super::super::{Match, RewriterConfig, RewriterSummary, TapConfig, TapSummary};
    use super::WORD;

    pin!(
        TapConfig: 8 + 6 * WORD, WORD;
        struct_size: 0,
        flags: 4,
        max_event_size: 8,
        max_match_size: 8 + WORD,
        needle: 8 + 2 * WORD,
        sentinel: 8 + 4 * WORD
    );
    pin!(
        TapSummary: 96 + 2 * WORD, align_of::<u64>();
        bytes: 0,
        events: 8,
        comments: 16,
        oversized: 24,
        matches: 32,
        events_of_other_types: 40,
        first_event_at: 48,
        last_event_at: 56,
        max_gap: 64,
        largest_event_begin: 72,
        largest_event_end: 80,
        last_event_id: 88,
        flags: 88 + 2 * WORD,
        reserved: 92 + 2 * WORD
    );
    pin!(
        Match: 24 + 4 * WORD, align_of::<u64>();
        event_type: 0,
        data: 2 * WORD,
        begin: 4 * WORD,
        end: 8 + 4 * WORD,
        flags: 16 + 4 * WORD,
        reserved: 20 + 4 * WORD
    );
    pin!(RewriterConfig: 8 + WORD, WORD; struct_size: 0, oversized: 4, max_block_size: 8);

    /// Three words behind a 64-bit number, and two numbers of 32 bits: with words of 32 bits some targets round the size up.
    const SUMMARY: usize = (16 + 3 * WORD).next_multiple_of(align_of::<u64>());

    pin!(
        RewriterSummary: SUMMARY, align_of::<u64>();
        oversized_blocks: 0,
        held: 8,
        last_event_id: 8 + WORD,
        flags: 8 + 3 * WORD,
        reserved: 12 + 3 * WORD
    );

    #[cfg(target_pointer_width = "64")]
    const _: () = {
        assert!(size_of::<TapConfig>() == 56);
        assert!(size_of::<TapSummary>() == 112);
        assert!(size_of::<Match>() == 56);
        assert!(size_of::<RewriterConfig>() == 16);
        assert!(size_of::<RewriterSummary>() == 40);
    };
}
