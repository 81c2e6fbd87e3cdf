//! Where the rewriter says that a block may be written, one may: nothing that a client sees changes.

use eventwire::rewriter::{Edit, Oversized};
use eventwire::{Config, Event, Input, Item, Items, Parser, Rewriter};
use proptest::prelude::*;

use crate::bounded;
use crate::properties::{obey, oversized, streams};

const INSERTED: &[u8] = b": inserted\n\n";
const MARK: &[u8] = b"\xEF\xBB\xBF";

/// All that a client acts upon, in order.
fn seen(stream: &[u8]) -> Vec<String> {
    let mut parser = Parser::with_config(Config::new().items(Items::RETRY));
    let (mut input, mut seen) = (Input::new(stream), Vec::new());
    while let Some(item) = parser.next_item(&mut input).expect("the streams are small") {
        seen.push(match item {
            Item::Event(event) => format!(
                "{:?} {:?} {:?} {:?}",
                event.event_type(),
                event.data(),
                event.id(),
                event.last_event_id()
            ),
            item => format!("{item:?}"),
        });
    }
    seen.push(format!("{:?}", parser.last_event_id()));
    seen
}

/// What is written for two chunks and the end; and the same with something in between, if that is fine there.
fn written(
    mut rewriter: Rewriter,
    chunks: [&[u8]; 2],
    decide: fn(&Event<'_>, &mut Edit<'_>),
) -> (Vec<u8>, Option<Vec<u8>>) {
    let first = rewriter.rewrite(chunks[0], decide).collect::<Vec<_>>().concat();
    let may_insert = rewriter.is_between_events();
    let mut second = rewriter.rewrite(chunks[1], decide).collect::<Vec<_>>().concat();
    second.extend(rewriter.finish().flatten());
    let plain = [&first[..], &second].concat();
    // Behind something else a byte-order mark is none, so it goes.
    let behind = if first.is_empty() { second.strip_prefix(MARK).unwrap_or(&second) } else { &second };
    (plain, may_insert.then(|| [&first[..], INSERTED, behind].concat()))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(if cfg!(debug_assertions) { 1_000 } else { 20_000 }))]

    #[test]
    fn insertions_change_nothing(
        stream in streams(), limit in prop_oneof![Just(1 << 20), 2..60_usize], oversized in oversized(), keep: bool,
    ) {
        let decide = if keep { |_: &Event<'_>, _: &mut Edit<'_>| {} } else { obey };
        for at in 0..=stream.len() {
            let (first, second) = stream.split_at(at);
            if let (plain, Some(inserted)) = written(bounded(limit, oversized), [first, second], decide) {
                prop_assert_eq!(seen(&inserted), seen(&plain), "at {}", at);
            }
        }
    }

    #[test]
    fn they_are_possible_wherever_all_is_decided(stream in streams()) {
        let mut rewriter = Rewriter::new();
        for (at, byte) in (1..).zip(stream.chunks(1)) {
            let mut decided = false;
            rewriter.rewrite(byte, |_, _| decided = true);
            prop_assert!(!decided || rewriter.is_between_events(), "behind an event, at {}", at);
            // But for a mark that has come in part.
            if rewriter.held() != 0 && !MARK.starts_with(&stream[..at]) {
                prop_assert!(rewriter.is_between_events(), "while a block is held, at {}", at);
            }
        }
    }
}

#[test]
fn where_they_are_possible() {
    let between = |stream: &[u8], limit: usize, oversized: Oversized| {
        let mut rewriter = bounded(limit, oversized);
        rewriter.rewrite(stream, |_, _| {});
        rewriter.is_between_events()
    };
    for stream in [
        "",
        "\u{FEFF}",
        "data: 1\n\n",
        "data: 1\r\n\r",
        "data: 1\n",
        "da",
        ": note\n",
        ": note\r",
        ":",
        "\n",
        "id: 1",
    ] {
        assert!(between(stream.as_bytes(), 100, Oversized::Pass), "{stream:?}");
    }
    for stream in [&b"\xEF"[..], b"\xEF\xBB", b": note", b"data: 1\n\n: no"] {
        assert!(!between(stream, 100, Oversized::Pass), "{}", stream.escape_ascii());
    }
    let long = b"data: 0123456789\n";
    assert!(!between(long, 10, Oversized::Pass) && between(long, 10, Oversized::Drop));
    assert!(between(b"data: 0123456789\n\n", 10, Oversized::Pass));
}

/// Behind a stream that was cut off within a block nothing may be inserted: it would become one with the piece.
#[test]
fn behind_a_stream_that_is_cut_off_nothing_may_be_inserted() {
    for (stream, may_insert) in [
        (&b""[..], true),
        (b"data: 1\n\n", true),
        (b": ping\n", true),
        (b": ping", false),
        (b"data: cut", false),
        (b"data: cut\n", false),
        (b"\xEF\xBB", false),
    ] {
        let mut rewriter = Rewriter::new();
        rewriter.rewrite(stream, |_, _| {});
        rewriter.finish();
        assert_eq!(rewriter.is_between_events(), may_insert, "{stream:?}");
        // What comes next and is held, or is a comment, does not end the piece.
        for next in [&b""[..], b": hi\n", b"da"] {
            rewriter.rewrite(next, |_, _| {});
            assert_eq!(rewriter.is_between_events(), may_insert, "{stream:?}, {next:?}");
        }
        rewriter.rewrite(b"ta: 2\n\n", |_, _| {});
        assert!(rewriter.is_between_events(), "a new stream, behind {stream:?}");
    }
}
