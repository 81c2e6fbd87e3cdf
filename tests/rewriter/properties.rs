//! Random streams at random cuts, beside the oracle.

use eventwire::rewriter::{Edit, Oversized};
use eventwire::{Event, Input, Parser, Rewriter};
use eventwire_testkit::chunking::Chunking;
use eventwire_testkit::corpora;
use eventwire_testkit::hostile;
use proptest::prelude::*;
use proptest::sample::select;

use crate::oracle::{AFTER, order, rewritten};
use crate::{bounded, rewrite};

pub fn obey(event: &Event<'_>, edit: &mut Edit<'_>) {
    order(event.event_type()).tell(edit);
}

pub fn streams() -> impl Strategy<Value = Vec<u8>> {
    let line = select(vec![
        "data: a",
        "data:b",
        "data",
        "data: {\"n\":1}",
        "event: drop",
        "event: replace",
        "event: before",
        "event: after",
        "event:drop",
        "event: keep",
        "event",
        "id: 7",
        "id",
        "retry: 10",
        ":",
        ": note",
        "x",
        "foo: bar",
        "da",
        "\u{FEFF}data: m",
    ]);
    let end = prop_oneof![6 => Just("\n"), 3 => Just("\r\n"), 2 => Just("\r"), 1 => Just("")];
    let part = prop_oneof![
        5 => (line, end).prop_map(|(line, end)| [line, end].concat().into_bytes()),
        3 => select(vec![&b"\n"[..], b"\r", b"\r\n", b"\n\n", b"\r\n\r\n", b"\r\r"]).prop_map(<[u8]>::to_vec),
    ];
    let mark = select(vec![&b""[..], b"", b"\xEF\xBB\xBF", b"\xEF\xBB", b"\xEF", b"\xEF\xBB\xBFdata: 1\n\n"]);
    (mark, prop::collection::vec(part, 0..24))
        .prop_map(|(mark, parts)| [mark.to_vec(), parts.concat()].concat())
}

pub fn oversized() -> impl Strategy<Value = Oversized> {
    select(vec![Oversized::Pass, Oversized::Drop])
}

/// Type and data of each event.
fn events(stream: &[u8]) -> Vec<(Vec<u8>, Vec<u8>)> {
    let (mut parser, mut input, mut events) = (Parser::new(), Input::new(stream), Vec::new());
    while let Some(event) = parser.next_event(&mut input).expect("the streams are small") {
        events.push((event.event_type().to_vec(), event.data().to_vec()));
    }
    events
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(if cfg!(debug_assertions) { 2_000 } else { 40_000 }))]

    #[test]
    fn who_keeps_all_is_not_there(stream in streams(), seed: u64, mean in 1..40_usize, limit in 0..60_usize) {
        let chunking = Chunking::random(stream.len(), seed, mean);
        let written = rewrite(&mut bounded(limit, Oversized::Pass), chunking.chunks(&stream), |_, _| {});
        prop_assert_eq!(written.concat(), stream);
    }

    #[test]
    fn cuts_make_no_difference(
        stream in streams(), seed: u64, mean in 1..40_usize, limit in prop_oneof![Just(1 << 20), 2..60_usize], oversized in oversized(),
    ) {
        let expected = rewritten(&stream, limit, oversized);
        let chunking = Chunking::random(stream.len(), seed, mean);
        let written = rewrite(&mut bounded(limit, oversized), chunking.chunks(&stream), obey).concat();
        // An LF that comes with the next chunk follows what was inserted behind its CR: an empty block more, and nothing else.
        if stream.contains(&b'\r') && expected.windows(AFTER.len()).any(|window| window == AFTER) {
            prop_assert_eq!(events(&written), events(&expected));
        } else {
            prop_assert_eq!(written, expected);
        }
    }

    #[test]
    fn what_is_shown_is_what_a_parser_finds(stream in streams(), seed: u64, mean in 1..40_usize) {
        let mut shown = Vec::new();
        let mut rewriter = Rewriter::new();
        let chunking = Chunking::random(stream.len(), seed, mean);
        rewrite(&mut rewriter, chunking.chunks(&stream), |event, _| {
            let ids = (event.id().map(<[u8]>::to_vec), event.last_event_id().to_vec());
            shown.push((event.event_type().to_vec(), event.data().to_vec(), ids, event.span().end));
        });
        let (mut parser, mut input, mut found) = (Parser::new(), Input::new(&stream), Vec::new());
        while let Ok(Some(event)) = parser.next_event(&mut input) {
            let ids = (event.id().map(<[u8]>::to_vec), event.last_event_id().to_vec());
            found.push((event.event_type().to_vec(), event.data().to_vec(), ids, event.span().end));
        }
        prop_assert_eq!(shown, found);
        prop_assert_eq!(rewriter.last_event_id(), parser.last_event_id());
    }

    #[test]
    fn an_event_is_out_on_the_byte_that_completes_it(stream in streams()) {
        // Whatever has come, all of it is out but for the block that is not whole.
        let mut rewriter = Rewriter::new();
        let mut out = 0;
        for byte in stream.chunks(1) {
            let mut decided = false;
            out += rewriter.rewrite(byte, |_, _| decided = true).total_len();
            prop_assert!(!decided || rewriter.held() == 0);
        }
        prop_assert_eq!(out + rewriter.held(), stream.len());
        prop_assert_eq!(out + rewriter.finish().total_len(), stream.len());
        prop_assert_eq!(rewriter.held(), 0);
    }
}

#[test]
fn corpora_and_hostile_streams_pass_as_they_are() {
    let corpora = corpora::GENERATORS.iter().map(|generate| generate(100 << 10, 7)).flat_map(|corpus| {
        let forms = [corpus.crlf(), corpus.cr()];
        [corpus].into_iter().chain(forms).map(|corpus| (corpus.name, corpus.bytes))
    });
    let hostile = hostile::all(50 << 10).into_iter().map(|(name, stream)| (name.to_owned(), stream));
    for (name, stream) in corpora.chain(hostile) {
        for size in [1, 7, 64, 1460, 64 << 10] {
            for limit in [16, 1000, 1 << 20] {
                let mut rewriter = bounded(limit, Oversized::Pass);
                let written = rewrite(&mut rewriter, stream.chunks(size), |_, _| {});
                assert!(written.concat() == stream, "{name}, chunks of {size}, blocks of {limit}");
                assert_eq!(rewriter.held(), 0);
            }
        }
    }
}
