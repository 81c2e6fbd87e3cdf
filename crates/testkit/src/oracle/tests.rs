//! The oracle on cases worked out by hand, and on properties that every right answer has. The vectors are the
//! larger part of its tests.

use super::*;
use crate::rng::Rng;

/// The error as it stands in the shorthand of [`shown`].
const TOO_LARGE: &str = "EventTooLarge";

fn run(stream: &[u8], settings: &Settings) -> Outcome {
    interpret(stream, settings, &Start::default())
}

/// A shorthand for what was delivered: `type|data|last event ID` for events.
fn shown(outcome: &Outcome) -> Vec<String> {
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    let show = |item: &Item| match item {
        Item::Event(event) => {
            format!("{}|{}|{}", text(&event.event_type), text(&event.data), text(&event.last_event_id))
        }
        Item::Retry(milliseconds) => milliseconds.to_string(),
        Item::Comment(comment) => format!(":{}", text(comment)),
        Item::Unknown { name, value } => format!("{}={}", text(name), text(value)),
        Item::Error(fault) => format!("{fault:?}"),
    };
    outcome.items.iter().map(show).collect()
}

#[test]
fn a_stream_with_everything() {
    let stream = b"\xef\xbb\xbf:hi\r\nevent: add\rdata: 1\ndata:2\nid: 7\n\n\
                   data\n\nid\n\nretry: 10\nretry: x\nfoo:  bar\ndata: 3\r\n\r\ndata: lost\nid: 8";
    let outcome = run(stream, &Settings { items: Items::ALL, ..Settings::default() });
    assert_eq!(shown(&outcome), [":hi", "add|1\n2|7", "message||7", "10", "foo= bar", "message|3|"]);
    assert_eq!((outcome.last_event_id, outcome.retry), (Vec::new(), Some(10)));
    assert_eq!((outcome.position, outcome.skipped), (stream.len() as u64, 0));
}

#[test]
fn spans_and_own_ids() {
    let outcome = run(b"id: 1\r\ndata: a\r\n\r\ndata: b\r\rdata: c\n\n", &Settings::default());
    let events: Vec<_> = outcome
        .items
        .iter()
        .map(|item| match item {
            Item::Event(event) => (event.span.clone(), event.id.as_deref()),
            item => panic!("{item:?}"),
        })
        .collect();
    assert_eq!(events, [(0..17, Some(&b"1"[..])), (18..27, None), (27..36, None)]);
}

#[test]
fn the_limit_holds_to_the_byte() {
    let stream = b"event: ab\ndata: cd\ndata: e\nid: f\n\ndata: g\n\n";
    let limited = |max_event_size| Settings { max_event_size, ..Settings::default() };
    // ab, cd, the join, e, f.
    assert_eq!(shown(&run(stream, &limited(7))), ["ab|cd\ne|f", "message|g|f"]);
    assert_eq!(shown(&run(stream, &limited(6))), [TOO_LARGE, "message|g|"]);
    assert_eq!(shown(&run(stream, &limited(0))), [TOO_LARGE, TOO_LARGE]);

    let skipping = run(stream, &Settings { overflow: Overflow::Skip, ..limited(6) });
    assert_eq!(shown(&skipping), ["message|g|"]);
    assert_eq!(skipping.skipped, 1);
}

#[test]
fn a_fixed_carry_holds_the_id_as_well() {
    let settings = Settings { capacity: Some(4), ..Settings::default() };
    let outcome = run(b"id: ab\ndata: cd\n\ndata: ef\n\ndata: ghi\n\nid\n\ndata: jklm\n\n", &settings);
    assert_eq!(shown(&outcome), ["message|cd|ab", "message|ef|ab", TOO_LARGE, "message|jklm|"]);

    let start = Start { last_event_id: b"longer than the carry".to_vec(), retry: None };
    let outcome = interpret(b"data\n\ndata: x\n\n", &settings, &start);
    assert_eq!(shown(&outcome), ["message||longer than the carry", TOO_LARGE]);
}

#[test]
fn each_way_with_bad_bytes() {
    let stream = b"id: 1\ndata: \xff\n\ndata: b\n\n";
    let with = |utf8| run(stream, &Settings { utf8, ..Settings::default() });
    assert!(matches!(&with(Utf8::Raw).items[0], Item::Event(event) if event.data == b"\xff"));
    assert_eq!(shown(&with(Utf8::Replace)), ["message|\u{fffd}|1", "message|b|1"]);
    assert_eq!(shown(&with(Utf8::Strict)), ["InvalidUtf8", "message|b|"]);
}

#[test]
fn the_end_dispatches_when_asked_to() {
    let stream = b"data: a\n\nid: 1\ndata: b\nretry: 5";
    let discarded = run(stream, &Settings { items: Items::ALL, ..Settings::default() });
    assert_eq!(shown(&discarded), ["message|a|"]);
    assert_eq!((&discarded.last_event_id[..], discarded.retry), (&b""[..], None));

    let settings = Settings { items: Items::ALL, eof: Eof::Dispatch, ..Settings::default() };
    let dispatched = run(stream, &settings);
    assert_eq!(shown(&dispatched), ["message|a|", "message|b|1"]);
    assert_eq!((&dispatched.last_event_id[..], dispatched.retry), (&b"1"[..], Some(5)));
}

/// Atoms that reach every state, malformed sequences included.
const ATOMS: [&[u8]; 20] = [
    b"data",
    b"event",
    b"id",
    b"retry",
    b":",
    b" ",
    b"\r",
    b"\n",
    b"\n\n",
    b"\0",
    b"7",
    b"x",
    b"da",
    b"\xef",
    b"\xbb",
    b"\xbf",
    b"\xf0\x9f",
    b"\xff",
    b"\ndata:",
    b"\nid:",
];

fn random_stream(rng: &mut Rng) -> Vec<u8> {
    (0..rng.below(16)).flat_map(|_| rng.pick(&ATOMS).iter().copied()).collect()
}

fn random_settings(rng: &mut Rng) -> Settings {
    Settings {
        max_event_size: rng.below(9),
        capacity: rng.pick(&[None, Some(3), Some(6)]),
        overflow: rng.pick(&[Overflow::Error, Overflow::Skip]),
        utf8: rng.pick(&[Utf8::Raw, Utf8::Replace, Utf8::Strict]),
        eof: Eof::Discard,
        items: rng.pick(&[Items::NONE, Items::ALL]),
    }
}

/// Whatever a parser has delivered stays delivered: it has only seen the beginning.
#[test]
fn a_beginning_of_a_stream_gives_a_beginning_of_its_outcome() {
    let mut rng = Rng::new(1);
    for _ in 0..20_000 {
        let (stream, settings) = (random_stream(&mut rng), random_settings(&mut rng));
        let whole = run(&stream, &settings);
        for end in 0..stream.len() {
            let part = run(&stream[..end], &settings);
            let is_beginning = whole.items.starts_with(&part.items) && part.skipped <= whole.skipped;
            assert!(is_beginning, "{settings:?}\n{part:#?}\n{whole:#?}");
        }
    }
}

#[test]
fn decoding_lines_is_decoding_the_stream() {
    let mut rng = Rng::new(2);
    for _ in 0..20_000 {
        let mut stream = random_stream(&mut rng);
        // Of a sequence that the end leaves open, the one would still wait for the rest: compare whole lines.
        stream.push(b'\n');
        let settings = Settings { items: Items::ALL, ..random_settings(&mut rng) };
        let decoded = String::from_utf8_lossy(&stream);
        let by_lines = run(&stream, &Settings { utf8: Utf8::Replace, ..settings });
        let at_once = run(decoded.as_bytes(), &Settings { utf8: Utf8::Raw, ..settings });
        assert_eq!(shown(&by_lines), shown(&at_once), "{settings:?} {by_lines:?}");
        assert_eq!(by_lines.skipped, at_once.skipped, "{settings:?} {by_lines:?}");
    }
}

#[test]
fn errors_and_skips_are_the_same_in_number() {
    let mut rng = Rng::new(3);
    for _ in 0..20_000 {
        let stream = random_stream(&mut rng);
        let settings = random_settings(&mut rng);
        let mut reported = run(&stream, &Settings { overflow: Overflow::Error, ..settings });
        let skipped = run(&stream, &Settings { overflow: Overflow::Skip, ..settings });
        let before = reported.items.len();
        reported
            .items
            .retain(|item| !matches!(item, Item::Error(Fault::EventTooLarge | Fault::ItemTooLarge)));
        assert_eq!((before - reported.items.len()) as u64, skipped.skipped, "{settings:?} {skipped:?}");
        assert_eq!(reported.items, skipped.items, "{settings:?}");
    }
}
