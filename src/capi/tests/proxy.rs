//! Taps and rewriters: one settings struct, one stream, all functions; and arguments that cannot be.

use core::mem::MaybeUninit;
use core::ptr;
use std::vec::Vec;

use super::super::{
    EW_ERR_INVALID_ARGUMENT, EW_EVENT, EW_MATCH_FIRST, EW_MATCH_LAST, EW_MATCH_TRUNCATED, EW_NEED_INPUT,
    EW_OK, EW_OVERSIZED_DROP, EW_REWRITER_BETWEEN_EVENTS, EW_TAP_BETWEEN_EVENTS, EW_TAP_DONE, Input, Match,
    Rewriter, RewriterConfig, RewriterSummary, Span, Status, Tap, TapConfig, TapSummary,
    ew_rewriter_drop_event, ew_rewriter_finish, ew_rewriter_free, ew_rewriter_insert_after,
    ew_rewriter_insert_before, ew_rewriter_new, ew_rewriter_next, ew_rewriter_replace, ew_rewriter_spans,
    ew_rewriter_summarize, ew_tap_event_type, ew_tap_free, ew_tap_match, ew_tap_new, ew_tap_observe,
    ew_tap_summarize,
};
use super::{CUT_EVERY, dirty_event, input, text, untouched};

const INVALID: Status = EW_ERR_INVALID_ARGUMENT;

const NOTHING: Span = Span { ptr: ptr::null(), len: 0 };

fn span(bytes: &[u8]) -> Span {
    Span { ptr: bytes.as_ptr(), len: bytes.len() }
}

/// A tap that is freed.
struct OwnedTap(*mut Tap);

impl OwnedTap {
    fn new(config: &TapConfig) -> Self {
        let mut tap = ptr::null_mut();
        // SAFETY: both are references, and what the settings point to are slices.
        assert_eq!(unsafe { ew_tap_new(config, &mut tap) }, EW_OK);
        Self(tap)
    }

    fn observe(&self, chunk: &[u8], now: u64) {
        // SAFETY: the tap is valid, the span is a slice.
        assert_eq!(unsafe { ew_tap_observe(self.0, span(chunk), now) }, EW_OK);
    }

    fn summary(&self) -> TapSummary {
        let mut summary = MaybeUninit::uninit();
        // SAFETY: the tap is valid, the place is a reference.
        assert_eq!(unsafe { ew_tap_summarize(self.0, summary.as_mut_ptr()) }, EW_OK);
        // SAFETY: it has been written.
        unsafe { summary.assume_init() }
    }

    fn find(&self, which: u32) -> (Status, Match) {
        let mut found =
            Match { event_type: NOTHING, data: NOTHING, begin: 99, end: 99, flags: 99, reserved: 99 };
        // SAFETY: the tap is valid, the place is a reference.
        let status = unsafe { ew_tap_match(self.0, which, &mut found) };
        assert!((found.flags == 99) == (status != EW_EVENT));
        (status, found)
    }
}

impl Drop for OwnedTap {
    fn drop(&mut self) {
        // SAFETY: the tap is valid, and this is its end.
        unsafe { ew_tap_free(self.0) };
    }
}

/// A rewriter that is freed.
struct OwnedRewriter(*mut Rewriter);

impl OwnedRewriter {
    fn new(config: &RewriterConfig) -> Self {
        let mut rewriter = ptr::null_mut();
        // SAFETY: both are references.
        assert_eq!(unsafe { ew_rewriter_new(config, &mut rewriter) }, EW_OK);
        Self(rewriter)
    }

    /// What is to be written.
    fn written(&self) -> Vec<u8> {
        let (mut spans, mut count) = (ptr::null(), 99);
        // SAFETY: the rewriter is valid, the places are references.
        assert_eq!(unsafe { ew_rewriter_spans(self.0, &mut spans, &mut count) }, EW_OK);
        // SAFETY: that is what the function has given out.
        let spans = unsafe { core::slice::from_raw_parts(spans, count) };
        spans.iter().flat_map(|span| text(*span)).copied().collect()
    }

    fn summary(&self) -> RewriterSummary {
        let mut summary = MaybeUninit::uninit();
        // SAFETY: the rewriter is valid, the place is a reference.
        assert_eq!(unsafe { ew_rewriter_summarize(self.0, summary.as_mut_ptr()) }, EW_OK);
        // SAFETY: it has been written.
        unsafe { summary.assume_init() }
    }

    /// Does with each event of a chunk what its type says.
    fn rewrite(&self, chunk: &[u8]) -> Vec<u8> {
        let mut cursor = input(chunk);
        loop {
            let mut event = dirty_event();
            // SAFETY: the rewriter is valid, the rest are references, the chunk is a slice.
            match unsafe { ew_rewriter_next(self.0, &mut cursor, &mut event) } {
                EW_EVENT => self.obey(text(event.event_type)),
                status => {
                    assert_eq!((status, cursor.pos, untouched(&event)), (EW_NEED_INPUT, chunk.len(), true));
                    return self.written();
                }
            }
        }
    }

    fn obey(&self, order: &[u8]) {
        let blocks = |text: &'static str| span(text.as_bytes());
        let status = match order {
            // SAFETY: the rewriter is valid.
            b"drop" => unsafe { ew_rewriter_drop_event(self.0) },
            // SAFETY: the rewriter is valid, the span is a slice.
            b"replace" => unsafe { ew_rewriter_replace(self.0, blocks("data: new\n\n")) },
            // SAFETY: the rewriter is valid, the span is a slice.
            b"before" => unsafe { ew_rewriter_insert_before(self.0, blocks(": before\n\n")) },
            // SAFETY: the rewriter is valid, the span is a slice.
            b"after" => unsafe { ew_rewriter_insert_after(self.0, blocks(": after\n\n")) },
            _ => EW_OK,
        };
        assert_eq!(status, EW_OK);
    }

    fn finish(&self) -> Vec<u8> {
        // SAFETY: the rewriter is valid.
        assert_eq!(unsafe { ew_rewriter_finish(self.0) }, EW_OK);
        self.written()
    }
}

impl Drop for OwnedRewriter {
    fn drop(&mut self) {
        // SAFETY: the rewriter is valid, and this is its end.
        unsafe { ew_rewriter_free(self.0) };
    }
}

/// `EW_TAP_CONFIG_INIT`.
const TAP: TapConfig = TapConfig {
    struct_size: size_of::<TapConfig>() as u32,
    flags: 0,
    max_event_size: 0,
    max_match_size: 0,
    needle: NOTHING,
    sentinel: NOTHING,
};

/// `EW_REWRITER_CONFIG_INIT`.
const REWRITER: RewriterConfig =
    RewriterConfig { struct_size: size_of::<RewriterConfig>() as u32, oversized: 0, max_block_size: 0 };

#[test]
fn a_tap_counts_and_keeps() {
    let stream = b": hi\ndata: 1\n\nevent: a\ndata: usage\ndata: 2\nid: 7\n\nevent: b\ndata: usage 3\n\ndata: [DONE]\n\n";
    for cut in (0..=stream.len()).step_by(CUT_EVERY) {
        let tap = OwnedTap::new(&TapConfig { needle: span(b"usage"), max_match_size: 7, ..TAP });
        let (first, second) = stream.split_at(cut);
        tap.observe(first, 3);
        tap.observe(second, 3);
        let summary = tap.summary();
        assert_eq!((summary.bytes, summary.events, summary.comments), (stream.len() as u64, 4, 1));
        assert_eq!((summary.oversized, summary.matches, summary.events_of_other_types), (0, 2, 0));
        assert_eq!((summary.first_event_at, summary.last_event_at, summary.max_gap), (3, 3, 0));
        assert_eq!((summary.largest_event_begin, summary.largest_event_end), (14, 50));
        assert_eq!(text(summary.last_event_id), b"7");
        assert_eq!(summary.flags, EW_TAP_DONE | EW_TAP_BETWEEN_EVENTS);
        let (first, last) = (tap.find(EW_MATCH_FIRST), tap.find(EW_MATCH_LAST));
        assert_eq!((first.0, last.0, tap.find(2).0), (EW_EVENT, EW_EVENT, INVALID));
        assert_eq!((text(first.1.event_type), text(first.1.data)), (&b"a"[..], &b"usage\n2"[..]));
        assert_eq!((first.1.flags, first.1.begin, first.1.end), (0, 14, 50));
        assert_eq!((text(last.1.data), last.1.flags), (&b"usage 3"[..], 0));
        for (index, name, events) in [(0, &b"message"[..], 2), (1, b"a", 1), (2, b"b", 1)] {
            let (mut found, mut count) = (NOTHING, 0);
            // SAFETY: the tap is valid, the places are references.
            assert_eq!(unsafe { ew_tap_event_type(tap.0, index, &mut found, &mut count) }, EW_OK);
            assert_eq!((text(found), count), (name, events));
        }
        let (mut found, mut count) = (NOTHING, 99);
        // SAFETY: the tap is valid, the places are references.
        assert_eq!(unsafe { ew_tap_event_type(tap.0, 3, &mut found, &mut count) }, INVALID);
        assert_eq!((found.len, count), (0, 99));
    }
}

#[test]
fn the_settings_of_a_tap_arrive() {
    let tap = OwnedTap::new(&TapConfig {
        max_event_size: 8,
        max_match_size: 3,
        needle: span(b""),
        sentinel: span(b"bye"),
        ..TAP
    });
    assert_eq!(tap.find(EW_MATCH_LAST).0, EW_OK);
    tap.observe(b"data: 123456789\n\ndata: 12345678\n\n", 0);
    assert_eq!((tap.summary().events, tap.summary().oversized), (1, 1));
    let (status, found) = tap.find(EW_MATCH_LAST);
    assert_eq!((status, found.flags, text(found.data)), (EW_EVENT, EW_MATCH_TRUNCATED, &b"123"[..]));
    assert_eq!(tap.summary().flags, EW_TAP_BETWEEN_EVENTS);
    tap.observe(b"data: bye\n\nda", 0);
    assert_eq!(tap.summary().flags, EW_TAP_DONE);
    assert_eq!(tap.summary().first_event_at, 0);
    assert_eq!(OwnedTap::new(&TAP).summary().first_event_at, u64::MAX);
}

#[test]
fn a_rewriter_does_as_it_is_told() {
    let stream = b"\xEF\xBB\xBF: hi\ndata: 1\n\nevent: drop\ndata: 2\n\nevent: replace\ndata: 3\n\nid: 5\n\n\
        event: before\ndata: 4\ndata: 5\n\nevent: after\ndata: 6\n\nevent: drop\n\ndata: cut";
    let expected = b"\xEF\xBB\xBF: hi\ndata: 1\n\ndata: new\n\nid: 5\n\n\
        : before\n\nevent: before\ndata: 4\ndata: 5\n\nevent: after\ndata: 6\n\n: after\n\nevent: drop\n\ndata: cut";
    for cut in (0..=stream.len()).step_by(CUT_EVERY) {
        let rewriter = OwnedRewriter::new(&REWRITER);
        let (first, second) = stream.split_at(cut);
        let mut written = rewriter.rewrite(first);
        written.extend(rewriter.rewrite(second));
        assert_eq!(text(rewriter.summary().last_event_id), b"5");
        written.extend(rewriter.finish());
        assert!(written == expected, "cut at {cut}: {}", written.escape_ascii());
        assert_eq!((rewriter.summary().held, rewriter.summary().oversized_blocks), (0, 0));
    }
}

#[test]
fn the_settings_of_a_rewriter_arrive() {
    let config = RewriterConfig { oversized: EW_OVERSIZED_DROP, max_block_size: 9, ..REWRITER };
    let rewriter = OwnedRewriter::new(&config);
    assert_eq!(rewriter.rewrite(b"data: 1\n\ndata: 22\n\n: x"), b"data: 1\n\n: x");
    assert_eq!((rewriter.summary().oversized_blocks, rewriter.summary().flags), (1, 0));
    assert_eq!(rewriter.rewrite(b"\ndata"), b"\n");
    assert_eq!((rewriter.summary().held, rewriter.summary().flags), (4, EW_REWRITER_BETWEEN_EVENTS));
    assert_eq!(rewriter.rewrite(b": 333333333"), b"");
    assert_eq!((rewriter.summary().held, rewriter.summary().oversized_blocks), (0, 2));
}

/// What a list needs at least is there from the beginning, and what the colon of a comment needs that is held: so a stream can be passed
/// on when there is no more memory.
#[test]
fn a_rewriter_is_made_with_room_for_a_list() {
    let rewriter = OwnedRewriter::new(&REWRITER);
    let mut event = dirty_event();
    for (chunk, written) in
        [(&b"data: 1\n\n:"[..], &b"data: 1\n\n"[..]), (b" a\n:", b": a\n"), (b" b\n", b": b\n")]
    {
        let mut cursor = input(chunk);
        let passed_on = allocation_counter::measure(|| {
            // SAFETY: the rewriter is valid, the rest are references, the chunk is a slice.
            while unsafe { ew_rewriter_next(rewriter.0, &mut cursor, &mut event) } == EW_EVENT {}
        });
        assert_eq!((passed_on.count_total, rewriter.written()), (0, written.to_vec()));
    }
}

/// In the midst of a chunk: nothing is listed, nothing is ended, and what is refused leaves the decision as it is.
#[test]
fn an_event_is_decided_about_in_between() {
    let rewriter = OwnedRewriter::new(&REWRITER);
    let chunk = b"data: 1\n\ndata: 2\n\n";
    let (mut cursor, mut event) = (input(chunk), dirty_event());
    let no_event = || {
        // SAFETY: the rewriter is valid.
        assert_eq!(unsafe { ew_rewriter_drop_event(rewriter.0) }, INVALID);
        for insert in [ew_rewriter_replace, ew_rewriter_insert_before, ew_rewriter_insert_after] {
            // SAFETY: the rewriter is valid, the span is a slice.
            assert_eq!(unsafe { insert(rewriter.0, span(b"x")) }, INVALID);
        }
    };
    no_event();
    // SAFETY: the rewriter is valid, the rest are references, the chunk is a slice.
    assert_eq!(unsafe { ew_rewriter_next(rewriter.0, &mut cursor, &mut event) }, EW_EVENT);
    assert_eq!((rewriter.written(), rewriter.summary().flags), (Vec::new(), 0));
    // SAFETY: the rewriter is valid.
    assert_eq!(unsafe { ew_rewriter_drop_event(rewriter.0) }, EW_OK);
    let bad = Span { ptr: ptr::null(), len: 1 };
    // SAFETY: the rewriter is valid, the span is refused.
    assert_eq!(unsafe { ew_rewriter_insert_after(rewriter.0, bad) }, INVALID);
    // SAFETY: the rewriter is valid.
    assert_eq!(unsafe { ew_rewriter_finish(rewriter.0) }, INVALID);
    let mut wrong = Input { pos: chunk.len() + 1, ..cursor };
    // SAFETY: the rewriter is valid, the rest are references, the chunk is refused.
    assert_eq!(unsafe { ew_rewriter_next(rewriter.0, &mut wrong, &mut event) }, INVALID);
    // SAFETY: the rewriter is valid, the rest are references, the chunk is a slice.
    assert_eq!(unsafe { ew_rewriter_next(rewriter.0, &mut cursor, &mut event) }, EW_EVENT);
    for _ in 0..2 {
        // SAFETY: the rewriter is valid, the rest are references, the chunk is a slice.
        assert_eq!(unsafe { ew_rewriter_next(rewriter.0, &mut cursor, &mut event) }, EW_NEED_INPUT);
        no_event();
        assert_eq!(rewriter.written(), b"data: 2\n\n");
    }
}

/// What was not written of it is gone, and its decisions with it; the next chunk is read as if nothing had been.
#[test]
fn a_chunk_is_given_up() {
    let rewriter = OwnedRewriter::new(&REWRITER);
    for held in [&b""[..], b"event: drop\nda"] {
        assert_eq!(rewriter.rewrite(held), b"");
        let chunk = b"ta: 1\n\ndata: 2\n\n";
        let (mut cursor, mut event) = (input(chunk), dirty_event());
        // SAFETY: the rewriter is valid, the rest are references, the chunk is a slice.
        assert_eq!(unsafe { ew_rewriter_next(rewriter.0, &mut cursor, &mut event) }, EW_EVENT);
        // SAFETY: the rewriter is valid, the span is a slice.
        assert_eq!(unsafe { ew_rewriter_insert_before(rewriter.0, span(b"x")) }, EW_OK);
        rewriter.obey(b"drop");
        rewriter.obey(b"after");
        assert_eq!(rewriter.rewrite(b"data: 3\n\nda"), b"data: 3\n\n");
        assert_eq!((rewriter.summary().held, rewriter.finish()), (2, b"da".to_vec()));
    }
}

/// A chunk of which others have read the beginning: what a response's head leaves of it.
#[test]
fn a_chunk_may_begin_in_the_midst_of_another() {
    let rewriter = OwnedRewriter::new(&REWRITER);
    let mut cursor = input(b"head\r\n\r\n\xEF\xBB\xBFdata: 1\n\nda");
    cursor.pos = 8;
    let mut event = dirty_event();
    // SAFETY: the rewriter is valid, the others are references, the chunk is a slice.
    assert_eq!(unsafe { ew_rewriter_next(rewriter.0, &mut cursor, &mut event) }, EW_EVENT);
    assert_eq!((event.begin, event.end), (3, 12));
    // SAFETY: as before.
    assert_eq!(unsafe { ew_rewriter_next(rewriter.0, &mut cursor, &mut event) }, EW_NEED_INPUT);
    assert_eq!(rewriter.written(), b"\xEF\xBB\xBFdata: 1\n\n");
    assert_eq!((rewriter.summary().held, cursor.pos), (2, 22));
    assert_eq!(rewriter.rewrite(b"ta: 2\n\n"), b"data: 2\n\n");
}

/// What had been written of a line or block goes on no more when a chunk is given up: nothing may be inserted before another is whole.
#[test]
fn behind_a_piece_nothing_is_inserted() {
    for (piece, rest) in [(&b": no"[..], &b"te\n\ndata: 1\n\n"[..]), (b"data: 0123456", b"7\n\ndata: 1\n\n")]
    {
        let rewriter = OwnedRewriter::new(&RewriterConfig { max_block_size: 9, ..REWRITER });
        assert_eq!((rewriter.rewrite(piece), rewriter.summary().flags), (piece.to_vec(), 0));
        let (mut cursor, mut event) = (input(rest), dirty_event());
        // SAFETY: the rewriter is valid, the rest are references, the chunk is a slice.
        assert_eq!(unsafe { ew_rewriter_next(rewriter.0, &mut cursor, &mut event) }, EW_EVENT);
        for (chunk, flags) in [(&b""[..], 0), (b"da", 0), (b"ta: 2\n\n", EW_REWRITER_BETWEEN_EVENTS)] {
            rewriter.rewrite(chunk);
            assert_eq!(rewriter.summary().flags, flags, "{}", chunk.escape_ascii());
        }
    }
}

/// The LF of a CR that was given up goes with it, and one behind that is a line.
#[test]
fn a_late_lf_is_given_up_with_its_cr() {
    let rewriter = OwnedRewriter::new(&REWRITER);
    let (mut cursor, mut event) = (input(b"data: 1\r\r"), dirty_event());
    // SAFETY: the rewriter is valid, the rest are references, the chunk is a slice.
    assert_eq!(unsafe { ew_rewriter_next(rewriter.0, &mut cursor, &mut event) }, EW_EVENT);
    assert_eq!((rewriter.rewrite(b"\n"), rewriter.summary().held), (Vec::new(), 0));
    assert_eq!((rewriter.rewrite(b"\n"), rewriter.summary().held), (b"\n".to_vec(), 0));
}

/// A chunk is known by its place: how far another has been read says nothing about the one before.
#[test]
fn another_chunk_is_not_taken_for_the_one_before() {
    let rewriter = OwnedRewriter::new(&REWRITER);
    let mut event = dirty_event();
    // One that others have read to its end, behind one that was written, and behind the end of a stream.
    let mut read = input(b"head");
    read.pos = 4;
    assert_eq!(rewriter.rewrite(b"data: cut"), b"");
    assert_eq!(rewriter.finish(), b"data: cut");
    for _ in 0..2 {
        // SAFETY: the rewriter is valid, the rest are references, the chunk is a slice.
        assert_eq!(unsafe { ew_rewriter_next(rewriter.0, &mut read, &mut event) }, EW_NEED_INPUT);
        assert_eq!(rewriter.written(), b"");
        assert_eq!(rewriter.rewrite(b"data: 0\n\n"), b"data: 0\n\n");
    }
    // One of which others have read the beginning, behind one that is given up.
    let mut given_up = input(b"data: 1\n\ndata: 2\n\n");
    // SAFETY: the rewriter is valid, the rest are references, the chunk is a slice.
    assert_eq!(unsafe { ew_rewriter_next(rewriter.0, &mut given_up, &mut event) }, EW_EVENT);
    let before = event.begin;
    for _ in 0..2 {
        let mut other = input(b"HTTP/1.1 200 OK\r\n\r\ndata: 3\n\n");
        other.pos = 19;
        // SAFETY: the rewriter is valid, the rest are references, the chunk is a slice.
        assert_eq!(unsafe { ew_rewriter_next(rewriter.0, &mut other, &mut event) }, EW_EVENT);
        assert_eq!((text(event.data), event.begin, event.end), (&b"3"[..], before, before + 9));
        let copy = input(b"data: 4\n\n");
        // SAFETY: the rewriter is valid, the rest are references, the chunk is a slice.
        assert_eq!(unsafe { ew_rewriter_next(rewriter.0, &mut { copy }, &mut event) }, EW_EVENT);
        assert_eq!((text(event.data), event.begin, event.end), (&b"4"[..], before, before + 9));
    }
}

#[test]
fn settings_that_cannot_be() {
    let bad = Span { ptr: ptr::null(), len: 1 };
    for config in [
        TapConfig { struct_size: 0, ..TAP },
        TapConfig { struct_size: TAP.struct_size + 1, ..TAP },
        TapConfig { flags: 1, ..TAP },
        TapConfig { needle: bad, ..TAP },
        TapConfig { sentinel: bad, ..TAP },
    ] {
        let mut tap = ptr::null_mut();
        // SAFETY: both are references, the spans are refused.
        assert_eq!(unsafe { ew_tap_new(&config, &mut tap) }, INVALID);
        assert!(tap.is_null());
    }
    for config in [
        RewriterConfig { struct_size: 3, ..REWRITER },
        RewriterConfig { struct_size: REWRITER.struct_size + 8, ..REWRITER },
        RewriterConfig { oversized: 2, ..REWRITER },
    ] {
        let mut rewriter = ptr::null_mut();
        // SAFETY: both are references.
        assert_eq!(unsafe { ew_rewriter_new(&config, &mut rewriter) }, INVALID);
        assert!(rewriter.is_null());
    }
    // SAFETY: no settings are fine, and no place is refused.
    assert_eq!(unsafe { ew_tap_new(ptr::null(), ptr::null_mut()) }, INVALID);
    // SAFETY: no settings are fine, and no place is refused.
    assert_eq!(unsafe { ew_rewriter_new(ptr::null(), ptr::null_mut()) }, INVALID);
    // SAFETY: there is nothing to free.
    unsafe { ew_tap_free(ptr::null_mut()) };
    // SAFETY: there is nothing to free.
    unsafe { ew_rewriter_free(ptr::null_mut()) };
}
