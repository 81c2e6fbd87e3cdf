//! `Tap`: what it counts is what a client would see, wherever the stream is cut, and what it keeps has bounds.

use std::collections::HashMap;
use std::panic::{RefUnwindSafe, UnwindSafe};

use allocation_counter::measure;
use eventwire::tap::Match;
use eventwire::{Config, Input, Parser, Tap};
use eventwire_testkit::chunking::Chunking;
use eventwire_testkit::corpora;
use eventwire_testkit::hostile;
use eventwire_testkit::oracle::interpret;
use eventwire_testkit::outcome::Item;
use eventwire_testkit::settings::{Items, Settings, Start};
use proptest::prelude::*;
use proptest::sample::select;

fn tapped<'s>(mut tap: Tap, chunks: impl IntoIterator<Item = &'s [u8]>) -> Tap {
    for (number, chunk) in chunks.into_iter().enumerate() {
        tap.observe(chunk, number as u64);
    }
    tap
}

fn types(tap: &Tap) -> Vec<(String, u64)> {
    tap.event_types().map(|(name, count)| (String::from_utf8_lossy(name).into_owned(), count)).collect()
}

fn streams() -> impl Strategy<Value = Vec<u8>> {
    let part = select(vec![
        "data: usage",
        "data: a",
        "data: us\ndata: age",
        "data",
        "event: a",
        "event: usage",
        "event: b",
        "id: 1",
        "id",
        ": x",
        ":",
        "foo",
        "retry: 1",
        "data: [DONE]",
        "data: [DONE]x",
    ]);
    let end = select(vec!["\n", "\n\n", "\n\n", "\r\n\r\n", "\r\r", "\r", ""]);
    prop::collection::vec((part, end), 0..20)
        .prop_map(|lines| lines.iter().flat_map(|(line, end)| [*line, *end]).collect::<String>().into_bytes())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(if cfg!(debug_assertions) { 1_000 } else { 20_000 }))]

    #[test]
    fn it_counts_what_there_is(stream in streams(), seed: u64, mean in 1..30_usize) {
        let settings = Settings { items: Items { comments: true, ..Items::default() }, ..Settings::default() };
        let outcome = interpret(&stream, &settings, &Start::default());
        let tap = tapped(Tap::new().needle("usage"), Chunking::random(stream.len(), seed, mean).chunks(&stream));

        let (mut events, mut comments, mut counts) = (Vec::new(), 0, HashMap::<Vec<u8>, u64>::new());
        for item in &outcome.items {
            match item {
                Item::Event(event) => {
                    *counts.entry(event.event_type.clone()).or_default() += 1;
                    events.push(event);
                }
                _ => comments += 1,
            }
        }
        prop_assert_eq!((tap.bytes(), tap.events(), tap.comments()), (stream.len() as u64, events.len() as u64, comments));
        prop_assert_eq!(tap.event_types().map(|(name, count)| (name.to_vec(), count)).collect::<HashMap<_, _>>(), counts);
        prop_assert_eq!((tap.oversized(), tap.events_of_other_types()), (0, 0));
        prop_assert_eq!(tap.last_event_id(), &outcome.last_event_id[..]);
        prop_assert_eq!(tap.is_done(), events.iter().any(|event| event.data == b"[DONE]"));
        // The first of those that are as large: `max_by_key` would give the last.
        let largest = events.iter().rev().max_by_key(|event| event.span.end - event.span.start);
        prop_assert_eq!(tap.largest_event(), largest.map(|event| event.span.clone()));

        let holds = |bytes: &[u8]| bytes.windows(5).any(|window| window == b"usage");
        let matches: Vec<_> = events.iter().filter(|event| holds(&event.data) || holds(&event.event_type)).collect();
        prop_assert_eq!(tap.matches(), matches.len() as u64);
        for (found, expected) in [(tap.first_match(), matches.first()), (tap.last_match(), matches.last())] {
            prop_assert_eq!(found.map(|found| (found.data().to_vec(), found.event_type().to_vec(), found.span())),
                expected.map(|event| (event.data.clone(), event.event_type.clone(), event.span.clone())));
        }
    }
}

/// All that a client acts upon, in order.
fn seen(stream: &[u8]) -> Vec<String> {
    let mut parser = Parser::with_config(Config::new().items(eventwire::Items::RETRY));
    let (mut input, mut seen) = (Input::new(stream), Vec::new());
    while let Some(item) = parser.next_item(&mut input).expect("the streams are small") {
        seen.push(match item {
            eventwire::Item::Event(event) => format!(
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

proptest! {
    #![proptest_config(ProptestConfig::with_cases(if cfg!(debug_assertions) { 500 } else { 10_000 }))]

    #[test]
    fn between_events_a_block_may_be_inserted(stream in streams(), marked: bool) {
        let stream = if marked { [b"\xEF\xBB\xBF", &stream[..]].concat() } else { stream };
        let expected = seen(&stream);
        let mut ends = Vec::new();
        let (mut parser, mut input) = (Parser::new(), Input::new(&stream));
        while let Ok(Some(event)) = parser.next_event(&mut input) {
            ends.push(event.span().end);
        }
        let mut tap = Tap::new();
        for at in 0..=stream.len() {
            let (before, mut behind) = stream.split_at(at);
            if at != 0 {
                tap.observe(&before[at - 1..], 0);
            }
            if tap.is_between_events() {
                if at == 0 {
                    // Behind something else a byte-order mark is none, so it goes.
                    behind = behind.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(behind);
                }
                prop_assert_eq!(&seen(&[before, b": inserted\n\n", behind].concat()), &expected, "at {}", at);
            }
            let at_end = ends.contains(&(at as u64));
            prop_assert!(tap.is_between_events() || !(at_end || at == 0), "at {}", at);
        }
    }
}

#[test]
fn where_it_is_between_events() {
    let between = |stream: &[u8]| tapped(Tap::new().max_event_size(10), [stream]).is_between_events();
    for stream in [
        "",
        "\u{FEFF}",
        "data: 1\n\n",
        "data: 1\r\n\r",
        ": note\n",
        "retry: 1\r",
        "\n",
        "data: 0123456789a\n\n",
    ] {
        assert!(between(stream.as_bytes()), "{stream:?}");
    }
    for stream in [
        &b"\xEF"[..],
        b"\xEF\xBB",
        b":",
        b"d",
        b": note",
        b"id: 1\n",
        b"data: 1\n",
        b"event: 1\n",
        b"data: 0123456789a\n",
    ] {
        assert!(!between(stream), "{}", stream.escape_ascii());
    }
}

#[test]
fn events_have_the_time_of_the_chunk_that_completes_them() {
    let mut tap = Tap::new();
    assert_eq!((tap.first_event_at(), tap.last_event_at(), tap.max_gap()), (None, None, None));
    tap.observe(b": wait\n\ndata: 1\n", 100);
    assert_eq!(tap.first_event_at(), None);
    tap.observe(b"\n", 130);
    assert_eq!((tap.first_event_at(), tap.last_event_at(), tap.max_gap()), (Some(130), Some(130), None));
    tap.observe(b"data: 2\n\ndata: 3\n\n", 150);
    tap.observe(b"data: 4", 160);
    tap.observe(b"\n\n", 230);
    tap.observe(b": end\n\n", 900);
    assert_eq!((tap.first_event_at(), tap.last_event_at(), tap.max_gap()), (Some(130), Some(230), Some(80)));
    // A clock that goes back is none of ours.
    tap.observe(b"data: 5\n\n", 10);
    assert_eq!((tap.last_event_at(), tap.max_gap()), (Some(10), Some(80)));
}

#[test]
fn of_a_long_match_the_beginning_is_kept() {
    let truncated = |stream: &[u8]| {
        let tap = tapped(Tap::new().needle("usage").max_match_size(10), [stream]);
        tap.first_match().map(Match::is_truncated)
    };
    assert_eq!(truncated(b"event: longer-than-that\ndata: usage\n\n"), Some(true));
    assert_eq!(truncated(b"event: short\ndata: 0123456789 usage\n\n"), Some(true));
    assert_eq!(truncated(b"event: as-long-as\ndata: this:usage\n\n"), Some(false));
    let stream = b"event: longer-than-that\ndata: 0123456789 usage\n\ndata: usage\n\n";
    for size in 1..stream.len() {
        let tap = tapped(Tap::new().needle("usage").max_match_size(10), stream.chunks(size));
        let (first, last) = (tap.first_match().unwrap(), tap.last_match().unwrap());
        assert_eq!(
            (first.event_type(), first.data(), first.is_truncated()),
            (&b"longer-tha"[..], &b"0123456789"[..], true)
        );
        assert_eq!(
            (last.event_type(), last.data(), last.is_truncated()),
            (&b"message"[..], &b"usage"[..], false)
        );
        assert_eq!(last.span(), 48..61);
    }
}

#[test]
fn a_sentinel_is_the_whole_data() {
    let done = |tap: Tap, stream: &[u8]| tapped(tap, [stream]).is_done();
    assert!(done(Tap::new(), b"data: [DONE]\n\n"));
    assert!(!done(Tap::new(), b"data: [DONE] \n\ndata: [DONE]\n"));
    assert!(done(Tap::new().sentinel("{}"), b"data: {}\n\n"));
    assert!(!done(Tap::new().sentinel("{}"), b"data: [DONE]\n\n"));
}

#[test]
fn it_says_how_many_types_there_are() {
    let named = tapped(Tap::new(), [&b"event: message\ndata\n\n"[..]]);
    assert_eq!((types(&named), named.events_of_other_types()), (vec![("message".to_owned(), 1)], 0));
    for (stream, count) in
        [("", 0), ("data\n\n", 1), ("event: a\ndata\n\n", 1), ("data\n\nevent: a\ndata\n\n", 2)]
    {
        let tap = tapped(Tap::new(), [stream.as_bytes()]);
        let mut types = tap.event_types();
        for left in (0..=count).rev() {
            assert_eq!((types.len(), types.next().is_some()), (left, left != 0), "{stream}");
        }
    }
}

#[test]
fn made_up_types_do_not_fill_memory() {
    let mut stream: String = (0..1000).map(|number| format!("event: {number}\ndata\n\n")).collect();
    stream.push_str(&format!("event: {}\ndata\n\nevent: 7\ndata\n\n", "x".repeat(65)));
    let tap = tapped(Tap::new(), [stream.as_bytes()]);
    assert_eq!((tap.events(), tap.events_of_other_types()), (1002, 1002 - 33));
    assert_eq!(types(&tap).len(), 32);
    assert_eq!(types(&tap)[7], ("7".to_owned(), 2));
}

#[test]
fn what_is_too_large_is_counted_as_that() {
    let stream = b"data: 0123456789\n\ndata: 1\n\n: 0123456789\n\ndata: 2\n\n";
    for size in 1..stream.len() {
        let tap = tapped(Tap::new().max_event_size(9), stream.chunks(size));
        assert_eq!((tap.events(), tap.oversized(), tap.comments()), (2, 1, 1), "chunks of {size}");
    }
}

#[test]
fn corpora_and_hostile_streams_are_counted_like_any() {
    for corpus in corpora::GENERATORS.map(|generate| generate(200 << 10, 3)) {
        let tap = tapped(Tap::new(), corpus.bytes.chunks(1460));
        assert_eq!(
            (tap.events(), tap.bytes()),
            (corpus.events, corpus.bytes.len() as u64),
            "{}",
            corpus.name
        );
    }
    for (name, stream) in hostile::all(100 << 10) {
        let (whole, cut) = (tapped(Tap::new(), [&stream[..]]), tapped(Tap::new(), stream.chunks(11)));
        assert_eq!((whole.events(), whole.comments()), (cut.events(), cut.comments()), "{name}");
    }
}

#[test]
fn it_allocates_for_what_it_keeps_and_then_no_more() {
    let corpus = corpora::openai(100 << 10, 3);
    let mut tap = Tap::new().needle("content");
    let warm_up = measure(|| corpus.bytes.chunks(1460).for_each(|chunk| tap.observe(chunk, 0)));
    assert!(warm_up.count_total < 20, "{warm_up:?}");
    let steady = measure(|| corpus.bytes.chunks(1460).for_each(|chunk| tap.observe(chunk, 0)));
    assert_eq!(steady.count_total, 0);
    assert!(tap.matches() > 2 && tap.events() == 2 * corpus.events);
}

#[test]
fn it_shows_what_it_has_counted() {
    let tap = tapped(Tap::default().needle("Z#"), [&b": x\n\ndata: AZ#\n\ndata: Z\n\n"[..]]);
    assert_eq!(
        format!("{tap:?}"),
        "Tap { bytes: 25, events: 2, comments: 1, matches: 1, is_done: false, .. }"
    );
}

#[test]
fn it_goes_from_thread_to_thread() {
    fn promised<T: Send + Sync + Unpin + UnwindSafe + RefUnwindSafe>() {}
    promised::<Tap>();
    promised::<Match>();
}
