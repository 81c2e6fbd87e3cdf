//! Calls that cannot be right: each is refused and nothing is touched, whatever tap and rewriter are in the midst of.

use super::owned::{OwnedRewriter, OwnedTap, span};
use crate::capi::misuse::misaligned;
use crate::capi::seen::{dirty_event, untouched};
use eventwire::capi::{
    EW_ERR_INVALID_ARGUMENT, Event, Input, Rewriter, RewriterConfig, Span, Status, TapConfig,
    ew_rewriter_finish, ew_rewriter_insert_after, ew_rewriter_insert_before, ew_rewriter_new,
    ew_rewriter_next, ew_rewriter_replace, ew_rewriter_spans, ew_rewriter_summarize, ew_tap_event_type,
    ew_tap_match, ew_tap_new, ew_tap_observe, ew_tap_summarize,
};
use std::ptr;

/// Makes the call that a capital letter stands for. `input` is where the chunk has been read to.
pub(super) fn make(letter: u8, tap: &OwnedTap, rewriter: &OwnedRewriter, input: &Input) {
    let (mut cursor, mut event) = (*input, dirty_event());
    let bad = Span { ptr: ptr::null(), len: 1 };
    let (tap_before, rewriter_before) = (tap.summary(), rewriter.summary());
    let refused = match letter {
        b'A' => next(ptr::null_mut(), &mut cursor, &mut event),
        b'B' => next(rewriter.pointer(), ptr::null_mut(), &mut event),
        b'C' => next(rewriter.pointer(), &mut cursor, ptr::null_mut()),
        b'D' => next(rewriter.pointer(), misaligned(&mut cursor), &mut event),
        b'E' => next(rewriter.pointer(), &mut Input { pos: input.len + 1, ..*input }, &mut event),
        b'F' => next(rewriter.pointer(), &mut Input { len: usize::MAX, ..*input }, &mut event),
        // SAFETY: the rewriter is valid, the span is refused.
        b'G' => unsafe { ew_rewriter_replace(rewriter.pointer(), bad) },
        // SAFETY: the rewriter is valid, the span is refused.
        b'H' => unsafe { ew_rewriter_insert_before(rewriter.pointer(), bad) },
        // SAFETY: the rewriter is null.
        b'I' => unsafe { ew_rewriter_insert_after(ptr::null_mut(), span(b"x")) },
        // SAFETY: the rewriter is valid, the places are null.
        b'J' => unsafe { ew_rewriter_spans(rewriter.pointer(), ptr::null_mut(), ptr::null_mut()) },
        // SAFETY: the rewriter is valid, the place is null.
        b'K' => unsafe { ew_rewriter_summarize(rewriter.pointer(), ptr::null_mut()) },
        // SAFETY: the rewriter is null.
        b'L' => unsafe { ew_rewriter_finish(ptr::null_mut()) },
        // SAFETY: the tap is valid, the span is refused.
        b'M' => unsafe { ew_tap_observe(tap.pointer(), bad, 0) },
        // SAFETY: the tap is valid, the place is null.
        b'N' => unsafe { ew_tap_summarize(tap.pointer(), ptr::null_mut()) },
        // SAFETY: the tap is valid, the place is null.
        b'O' => unsafe { ew_tap_match(tap.pointer(), 0, ptr::null_mut()) },
        // SAFETY: the tap is valid, the places are null.
        b'P' => unsafe { ew_tap_event_type(tap.pointer(), 0, ptr::null_mut(), ptr::null_mut()) },
        b'Q' => bad_tap(bad),
        _ => bad_rewriter(u32::from(letter)),
    };
    assert_eq!(refused, EW_ERR_INVALID_ARGUMENT, "misuse {}", char::from(letter));
    assert!(untouched(&event));
    assert_eq!((cursor.ptr, cursor.len, cursor.pos), (input.ptr, input.len, input.pos));
    assert_eq!(format!("{:?}", tap.summary()), format!("{tap_before:?}"));
    assert_eq!(format!("{:?}", rewriter.summary()), format!("{rewriter_before:?}"));
}

fn next(rewriter: *mut Rewriter, input: *mut Input, out: *mut Event) -> Status {
    // SAFETY: each is valid, a reference, null or misaligned; chunks that cannot be are refused.
    unsafe { ew_rewriter_next(rewriter, input, out) }
}

fn bad_tap(bad: Span) -> Status {
    let mut tap = ptr::null_mut();
    let size = size_of::<TapConfig>() as u32;
    let config = TapConfig {
        struct_size: size,
        flags: 0,
        max_event_size: 0,
        max_match_size: 0,
        needle: bad,
        sentinel: bad,
    };
    // SAFETY: both are references, and the spans are refused.
    let status = unsafe { ew_tap_new(&config, &mut tap) };
    assert!(tap.is_null());
    status
}

fn bad_rewriter(oversized: u32) -> Status {
    let mut rewriter = ptr::null_mut();
    let size = size_of::<RewriterConfig>() as u32;
    let config = RewriterConfig { struct_size: size, oversized, max_block_size: 0 };
    // SAFETY: both are references.
    let status = unsafe { ew_rewriter_new(&config, &mut rewriter) };
    assert!(rewriter.is_null());
    status
}
