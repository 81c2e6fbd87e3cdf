//! The C functions of taps and rewriters, misused in between: what they say and write is what the Rust API says and writes, and
//! what cannot be is refused and changes nothing.
//!
//! Each chunk lies in memory of its own, which is freed when the chunk is used up and written; so a sanitizer sees what is read too
//! far, or too late.

#![expect(unsafe_code, reason = "C is called here")]

mod misuse;
mod owned;

use crate::capi::input;
use crate::capi::seen::{bytes_of, dirty_event, untouched};
use crate::text::Head;
use crate::{rewriter, tap};
use eventwire::capi::{
    EW_EVENT, EW_MATCH_FIRST, EW_MATCH_LAST, EW_MATCH_TRUNCATED, EW_NEED_INPUT, EW_NEVER, EW_OK,
    EW_REWRITER_BETWEEN_EVENTS, EW_TAP_BETWEEN_EVENTS, EW_TAP_DONE, Event, Input, Span, Status,
    ew_rewriter_drop_event, ew_rewriter_finish, ew_rewriter_insert_after, ew_rewriter_insert_before,
    ew_rewriter_next, ew_rewriter_replace, ew_tap_observe,
};
use eventwire::{Rewriter, Tap, tap::Match};
use owned::{OwnedRewriter, OwnedTap, span};

/// The words of [`tap`] and [`rewriter`]; `calls=`: what is done before each event is asked for, in turn, a letter for each
/// (`q`: all that can be asked at any time; `g`: the chunk is given up, another one is put in its place, or `input` is written over, by which the
/// streams end; a capital: a misuse of `misuse.rs`). The body is a stream.
#[derive(Clone, Debug)]
pub struct Case {
    tap: tap::Case,
    rewriter: rewriter::Case,
    calls: Vec<u8>,
}

impl crate::Case for Case {
    fn read(bytes: &[u8]) -> Self {
        let mut calls = Head::of(bytes).0.word("calls=").unwrap_or_default().to_vec();
        calls.truncate(64);
        let mut tap = tap::Case::read(bytes);
        // In C a size of 0 stands for the default.
        (tap.limit, tap.kept) = (tap.limit.max(1), tap.kept.max(1));
        Self { tap, rewriter: rewriter::Case::read(bytes), calls }
    }

    fn check(&self) {
        let (tap, rewriter) = (OwnedTap::new(&self.tap), OwnedRewriter::new(&self.rewriter));
        let (mut same_tap, mut same_rewriter) = (self.tap.tap(), self.rewriter.rewriter());
        let mut calls = self.calls.iter().copied().cycle();
        for (chunk, now) in self.rewriter.chunking.chunks(&self.rewriter.stream).zip(7..) {
            let chunk: Box<[u8]> = chunk.into();
            // SAFETY: the tap is valid, the span is a slice.
            assert_eq!(unsafe { ew_tap_observe(tap.pointer(), span(&chunk), now) }, EW_OK);
            same_tap.observe(&chunk, now);
            compare_taps(&tap, &same_tap);

            let mut cursor = input(&chunk);
            loop {
                match calls.next() {
                    Some(b'g') => return disturb(&rewriter, cursor, &chunk),
                    Some(b'q') => compare_last(&rewriter, &same_rewriter, cursor.pos == 0),
                    Some(letter @ b'A'..=b'Z') => misuse::make(letter, &tap, &rewriter, &cursor),
                    _ => {}
                }
                let (status, event) = next(&rewriter, &mut cursor);
                if status != EW_EVENT {
                    assert_eq!((status, cursor.pos), (EW_NEED_INPUT, chunk.len()));
                    break;
                }
                assert!(rewriter.spans().is_empty());
                self.decide(&rewriter, &event);
            }
            let spans = same_rewriter.rewrite(&chunk, |event, edit| self.rewriter.decide(event, edit));
            let expected: Vec<Vec<u8>> = spans.map(<[u8]>::to_vec).collect();
            assert_eq!(written(&rewriter), expected);
            compare_last(&rewriter, &same_rewriter, true);
        }
        // SAFETY: the rewriter is valid.
        assert_eq!(unsafe { ew_rewriter_finish(rewriter.pointer()) }, EW_OK);
        assert_eq!(written(&rewriter), same_rewriter.finish().map(<[u8]>::to_vec).collect::<Vec<_>>());
        compare_last(&rewriter, &same_rewriter, true);
    }
}

impl Case {
    /// Says of an event in C what the case says in Rust.
    fn decide(&self, rewriter: &OwnedRewriter, event: &Event) {
        use rewriter::{AFTER, BEFORE, Order, REPLACEMENT};
        let rewriter = rewriter.pointer();
        // What is inserted is gone after the call.
        let call = |insert: unsafe extern "C" fn(_, Span) -> Status, blocks: &[u8]| {
            let blocks: Box<[u8]> = blocks.into();
            // SAFETY: the rewriter is valid, the span is a slice.
            unsafe { insert(rewriter, span(&blocks)) }
        };
        let status = match self.rewriter.order(bytes_of(event.event_type)) {
            Order::Keep => EW_OK,
            // SAFETY: the rewriter is valid.
            Order::Drop => unsafe { ew_rewriter_drop_event(rewriter) },
            Order::Replace => call(ew_rewriter_replace, REPLACEMENT),
            Order::Before => call(ew_rewriter_insert_before, BEFORE),
            Order::After => call(ew_rewriter_insert_after, AFTER),
        };
        assert_eq!(status, EW_OK);
    }
}

fn next(rewriter: &OwnedRewriter, input: &mut Input) -> (Status, Event) {
    let mut event = dirty_event();
    // SAFETY: the rewriter is valid, the rest are references, the chunk is a slice.
    let status = unsafe { ew_rewriter_next(rewriter.pointer(), input, &mut event) };
    assert_eq!(untouched(&event), status != EW_EVENT);
    (status, event)
}

/// What is to be written.
fn written(rewriter: &OwnedRewriter) -> Vec<Vec<u8>> {
    rewriter.spans().iter().map(|span| bytes_of(*span).to_vec()).collect()
}

/// What a program must not do that the library cannot find out: only what is written is lost by it.
fn disturb(rewriter: &OwnedRewriter, cursor: Input, chunk: &[u8]) {
    let other: Box<[u8]> = chunk.iter().rev().copied().take(chunk.len() / 2 + 1).collect();
    let wrong = [
        Input { reserved: [u64::MAX; 2], ..cursor },
        Input { ptr: other.as_ptr(), len: other.len(), pos: cursor.pos.min(other.len()), ..cursor },
        Input { pos: chunk.len() / 2, ..input(chunk) },
        input(&other),
        input(chunk),
    ];
    for (mut wrong, calls) in wrong.into_iter().zip([1, 2, usize::MAX, 1, usize::MAX]) {
        for _ in 0..calls {
            let (status, event) = next(rewriter, &mut wrong);
            if status != EW_EVENT {
                break;
            }
            assert!(bytes_of(event.data).len() + bytes_of(event.event_type).len() <= 2 * 8192);
        }
        let bytes: usize = written(rewriter).iter().map(Vec::len).sum();
        assert!(bytes <= 4 * 8192);
    }
}

fn compare_last(rewriter: &OwnedRewriter, same: &Rewriter, is_idle: bool) {
    let summary = rewriter.summary();
    // In the midst of a chunk the one in C is ahead.
    if is_idle {
        let between = summary.flags & EW_REWRITER_BETWEEN_EVENTS != 0;
        assert_eq!((summary.oversized_blocks, summary.held), (same.oversized_blocks(), same.held()));
        assert_eq!(bytes_of(summary.last_event_id), same.last_event_id());
        assert_eq!(between, same.is_between_events());
    }
    assert_eq!((summary.flags & !EW_REWRITER_BETWEEN_EVENTS, summary.reserved), (0, 0));
}

fn compare_taps(tap: &OwnedTap, same: &Tap) {
    let found = tap.summary();
    let largest = same.largest_event().unwrap_or_default();
    assert_eq!(
        [
            found.bytes,
            found.events,
            found.comments,
            found.oversized,
            found.matches,
            found.events_of_other_types
        ],
        [
            same.bytes(),
            same.events(),
            same.comments(),
            same.oversized(),
            same.matches(),
            same.events_of_other_types()
        ]
    );
    let times = [same.first_event_at(), same.last_event_at(), same.max_gap()];
    assert_eq!(
        [found.first_event_at, found.last_event_at, found.max_gap],
        times.map(|time| time.unwrap_or(EW_NEVER))
    );
    assert_eq!(found.largest_event_begin..found.largest_event_end, largest);
    assert_eq!(bytes_of(found.last_event_id), same.last_event_id());
    let flags = if same.is_done() { EW_TAP_DONE } else { 0 }
        | if same.is_between_events() { EW_TAP_BETWEEN_EVENTS } else { 0 };
    assert_eq!((found.flags, found.reserved), (flags, 0));
    for (which, same) in [(EW_MATCH_FIRST, same.first_match()), (EW_MATCH_LAST, same.last_match())] {
        compare_matches(tap, which, same);
    }
    let types: Vec<_> = same.event_types().map(|(name, count)| (name.to_vec(), count)).collect();
    assert_eq!(tap.event_types(), types);
}

fn compare_matches(tap: &OwnedTap, which: u32, same: Option<&Match>) {
    let found = tap.find(which);
    assert_eq!(found.is_some(), same.is_some());
    if let (Some(found), Some(same)) = (found, same) {
        assert_eq!((bytes_of(found.event_type), bytes_of(found.data)), (same.event_type(), same.data()));
        assert_eq!(found.begin..found.end, same.span());
        assert_eq!((found.flags & EW_MATCH_TRUNCATED != 0, found.reserved), (same.is_truncated(), 0));
    }
}
