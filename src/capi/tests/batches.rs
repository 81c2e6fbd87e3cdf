//! Batches: how far one call goes, and that what its events point to stays where it is until the next.

use std::format;
use std::vec::Vec;

use super::super::{EW_EVENT, ew_parser_last_event_id, ew_parser_next_many};
use super::{CONFIG, Event, Owned, dirty_event, input, pull, text};

/// The events that the first call gives, with room for eight.
fn first_batch(parser: &Owned, chunk: &[u8]) -> Vec<Event> {
    let (mut input, mut events, mut count) = (input(chunk), [dirty_event(); 8], 99);
    // SAFETY: the parser is valid, the rest are references, the array has eight elements, the chunk is a slice.
    let status = unsafe { ew_parser_next_many(parser.0, &mut input, events.as_mut_ptr(), 8, &mut count) };
    assert_eq!(status, EW_EVENT);
    events[..count].to_vec()
}

#[test]
fn one_call_gives_all_events_that_lie_in_the_chunk() {
    let parser = Owned::new(&CONFIG);
    // The first line of a stream takes a way of its own.
    assert_eq!(pull(parser.0, b"\n"), []);
    let chunk = b"x\ndata: 1\n\n: ping\n\nid: 2\ndata: 2\n\nevent: e\ndata: 3\nid: 3\n\ndata: 4\n\nid: 5\n\ndata: 5\n\nda";
    let seen = first_batch(&parser, chunk);
    let seen: Vec<_> = seen.iter().map(|event| (text(event.data), text(event.last_event_id))).collect();
    // An id without an event ends a batch: there is nothing in it that could tell of it.
    let expected: [(&[u8], &[u8]); 4] = [(b"1", b""), (b"2", b"2"), (b"3", b"3"), (b"4", b"3")];
    assert_eq!(seen, expected);
}

/// The carry holds the last event ID of before, and events refer to it: nothing may be put beside it, for which it might
/// have to move, and no other may take its place.
#[test]
fn an_id_of_before_stays_where_it_is() {
    let long = "x".repeat(300);
    for rest in [
        format!("data: {long}"),
        format!("event: e\ndata: {long}"),
        format!("data: 2\ndata: {long}\n\n"),
        format!("id: {long}\ndata: 2\n\n"),
        format!("id: {long}\n\ndata: 2\n\n"),
    ] {
        // The event that refers to it may come by the straight way or by the fast one.
        for first in ["data: 1\n\n", "x\ndata: 1\n\n"] {
            let parser = Owned::new(&CONFIG);
            assert_eq!(pull(parser.0, b"id: 7\n\n"), []);
            let chunk = format!("{first}{rest}");
            let seen = first_batch(&parser, chunk.as_bytes());
            // SAFETY: the parser is valid.
            let now = unsafe { ew_parser_last_event_id(parser.0) };
            assert_eq!((seen.len(), text(now)), (1, &b"7"[..]), "{chunk}");
            assert_eq!((seen[0].last_event_id.ptr, seen[0].last_event_id.len), (now.ptr, 1), "{chunk}");
            assert_eq!(text(seen[0].data), b"1");
        }
    }
}
