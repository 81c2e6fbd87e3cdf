//! Properties of random streams at random cuts.

use eventwire::{Config, Input, Parser};
use eventwire_testkit::chunking::Chunking;
use eventwire_testkit::drive;
use eventwire_testkit::oracle::interpret;
use eventwire_testkit::outcome::{Item, Outcome};
use eventwire_testkit::settings::{Eof, Items, Overflow, Settings, Start, Utf8};
use eventwire_testkit::tokens;
use proptest::prelude::*;
use proptest::sample::{Index, select};

/// Streams that look like event streams: lines of known and unknown fields with values of all lengths, now and then broken.
fn streams() -> impl Strategy<Value = Vec<u8>> {
    let name = prop_oneof![
        8 => select(vec!["data", "event", "id", "retry", ""]),
        1 => select(vec!["dat", "datas", "Data", "events", "i", "retr", "x", "\u{FEFF}data"]),
    ];
    let colon = select(vec![":", ": ", ":  ", ":\t", ""]);
    let byte = prop_oneof![
        6 => select(b"abcdefgh \t:0123456789".to_vec()),
        1 => select(b"\0\x0B\x0C\x1C\x85\xC2\xA8".to_vec()),
        1 => select(b"\xE2\x82\xAC\xF0\x9F\x98\x80\xFF\xEF\xBB\xBF".to_vec()),
    ];
    let value = prop_oneof![
        4 => prop::collection::vec(byte.clone(), 0..12),
        1 => prop::collection::vec(byte, 50..200),
        2 => "[0-9]{1,22}".prop_map(String::into_bytes),
    ];
    let end =
        prop_oneof![6 => Just("\n"), 2 => Just("\r\n"), 2 => Just("\r"), 1 => Just("\n\r"), 1 => Just("")];
    let line = (name, colon, value, end).prop_map(|(name, colon, value, end)| {
        [name.as_bytes(), colon.as_bytes(), &value, end.as_bytes()].concat()
    });
    let part = prop_oneof![
        4 => line,
        2 => select(vec![&b"\n"[..], b"\r", b"\r\n"]).prop_map(<[u8]>::to_vec),
        1 => prop::collection::vec(any::<u8>(), 0..8),
    ];
    let mark = select(vec![&b""[..], b"\xEF\xBB\xBF", b"\xEF\xBB", b"\xEF\xBB\xBF\xEF\xBB\xBF"]);
    (mark, prop::collection::vec(part, 0..24))
        .prop_map(|(mark, parts)| [mark.to_vec(), parts.concat()].concat())
}

/// Text in the languages of the world, with now and then a byte that does not belong there: values of several blocks, of which
/// most are ASCII.
fn texts() -> impl Strategy<Value = Vec<u8>> {
    let word = prop_oneof![
        12 => "[a-z ]{1,70}".prop_map(String::into_bytes),
        6 => select(vec!["\u{e9}", "\u{df}\u{fc}", "\u{65e5}\u{672c}\u{8a9e}", "\u{1f600}", "\u{2192} "]).prop_map(|text| text.as_bytes().to_vec()),
        1 => select(vec![&b"\xFF"[..], b"\xE2\x82", b"\xC3", b"\x80"]).prop_map(<[u8]>::to_vec),
    ];
    let value = prop::collection::vec(word, 0..8).prop_map(|words| words.concat());
    let name = select(vec!["data: ", "data: ", "data: ", "event: ", "id: ", ": ", "x"]);
    let end = select(vec!["\n", "\n\n", "\n\n", "\n\n", "\r\n\r\n", "\r\r"]);
    let line =
        (name, value, end).prop_map(|(name, value, end)| [name.as_bytes(), &value, end.as_bytes()].concat());
    prop::collection::vec(line, 0..12).prop_map(|lines| lines.concat())
}

fn settings() -> impl Strategy<Value = Settings> {
    (
        prop_oneof![2 => Just(16 << 20), 1 => 0..300_usize],
        prop_oneof![2 => Just(None), 1 => (0..600_usize).prop_map(Some)],
        select(vec![Overflow::Error, Overflow::Skip]),
        select(vec![Utf8::Raw, Utf8::Replace, Utf8::Strict]),
        select(vec![Eof::Discard, Eof::Dispatch]),
        any::<[bool; 3]>(),
    )
        .prop_map(|(max_event_size, capacity, overflow, utf8, eof, [retry, comments, unknown])| {
            Settings {
                max_event_size,
                capacity,
                overflow,
                utf8,
                eof,
                items: Items { retry, comments, unknown },
            }
        })
}

fn cut(stream: &[u8], cuts: &[Index]) -> Chunking {
    Chunking::positions(cuts.iter().map(|cut| cut.index(stream.len() + 1)).collect())
}

fn cuts() -> impl Strategy<Value = Vec<Index>> {
    prop::collection::vec(any::<Index>(), 0..30)
}

fn start(settings: &Settings) -> Start {
    let id = &b"before"[..settings.capacity.unwrap_or(6).min(settings.max_event_size).min(6)];
    Start { last_event_id: id.to_vec(), retry: Some(1) }
}

/// `PROPTEST_CASES` is for machines that are slow, or emulated.
fn config() -> ProptestConfig {
    let default = ProptestConfig::default();
    let cases = if cfg!(debug_assertions) { 2_000 } else { 40_000 };
    let cases = if std::env::var_os("PROPTEST_CASES").is_some() { default.cases } else { cases };
    ProptestConfig { cases, ..default }
}

proptest! {
    #![proptest_config(config())]

    /// Events, items, errors, counters, positions: the oracle's, at any cut and under any settings.
    #[test]
    fn parser_equals_oracle(stream in streams(), settings in settings(), cuts in cuts()) {
        let start = start(&settings);
        let found = drive::parse(&stream, &cut(&stream, &cuts), &settings, &start);
        prop_assert_eq!(found, interpret(&stream, &settings, &start));
    }

    /// Bytes without any pattern.
    #[test]
    fn parser_equals_oracle_on_noise(stream in prop::collection::vec(any::<u8>(), 0..300), settings in settings(), cuts in cuts()) {
        let start = start(&settings);
        let found = drive::parse(&stream, &cut(&stream, &cuts), &settings, &start);
        prop_assert_eq!(found, interpret(&stream, &settings, &start));
    }

    /// The same for longer texts.
    #[test]
    fn parser_equals_oracle_on_texts(stream in texts(), settings in settings(), cuts in cuts()) {
        let start = start(&settings);
        let found = drive::parse(&stream, &cut(&stream, &cuts), &settings, &start);
        prop_assert_eq!(found, interpret(&stream, &settings, &start));
    }

    /// A chunk may go from one parser to another, whatever the first has found out of it: the second finds in the rest what
    /// it finds in a chunk that is just this rest.
    #[test]
    fn a_chunk_may_be_handed_over(stream in texts(), events in 0..6_usize, from in settings(), to in settings()) {
        let [from, to] = [from, to].map(|settings| Settings { capacity: None, max_event_size: 1 << 20, ..settings });
        let mut input = Input::new(&stream);
        let mut first = Parser::with_config(drive::config(&from));
        for _ in 0..events {
            let _ = first.next_event(&mut input);
        }
        let rest = &stream[input.consumed()..];
        let found = |input: &mut Input<'_>| {
            let (mut parser, mut found) = (Parser::with_config(drive::config(&to)), Vec::new());
            loop {
                match parser.next_item(input) {
                    Ok(None) => return found,
                    item => found.push(format!("{item:?}")),
                }
            }
        };
        prop_assert_eq!(found(&mut input), found(&mut Input::new(rest)));
    }

    /// The pieces of each value, joined, are the value, and no byte is lost or invented.
    #[test]
    fn tokenizer_equals_oracle(stream in streams(), cuts in cuts()) {
        prop_assert_eq!(drive::tokens(&stream, &cut(&stream, &cuts)), tokens::tokens(&stream));
    }

    /// Decoding the stream and then parsing equals parsing and then decoding what is found (statement 7).
    #[test]
    fn decoding_may_come_after_parsing(stream in streams(), cuts in cuts()) {
        let items = Items { retry: true, comments: true, unknown: true };
        let chunking = cut(&stream, &cuts);
        let replace = Settings { utf8: Utf8::Replace, items, ..Settings::default() };
        let raw = Settings { items, ..Settings::default() };
        // The standard's order. A decoder takes away one leading mark, so a second one must not become the first.
        let text = match stream.strip_prefix(b"\xEF\xBB\xBF") {
            Some(rest) => format!("\u{FEFF}{}", String::from_utf8_lossy(rest)),
            None => String::from_utf8_lossy(&stream).into_owned(),
        };
        let decoded_first = without_spans(drive::parse(text.as_bytes(), &Chunking::whole(), &raw, &Start::default()));
        let replaced = without_spans(drive::parse(&stream, &chunking, &replace, &Start::default()));
        prop_assert_eq!(&replaced, &decoded_first);
        let decoded_last = decoded(without_spans(drive::parse(&stream, &chunking, &raw, &Start::default())));
        prop_assert_eq!(decoded_last, decoded_first);
    }

    /// After `reset` a parser is as new, but for the last event ID, the retry time and the count of what was skipped.
    #[test]
    fn reset_equals_new(first in streams(), second in streams(), settings in settings(), cuts in cuts(), finish in any::<bool>()) {
        let settings = Settings { capacity: None, ..settings };
        let mut used = Parser::with_config(drive::config(&settings));
        if finish {
            let _ = drive::parse_with(&mut used, &first, &cut(&first, &cuts));
        } else {
            let chunking = cut(&first, &cuts);
            for chunk in chunking.chunks(&first) {
                let mut input = Input::new(chunk);
                while !matches!(used.next_item(&mut input), Ok(None)) {}
            }
        }
        used.reset();
        let start = Start { last_event_id: used.last_event_id().to_vec(), retry: used.retry() };
        let skipped = used.skipped();
        let chunking = cut(&second, &cuts);
        let mut found = drive::parse_with(&mut used, &second, &chunking);
        found.skipped -= skipped;
        prop_assert_eq!(found, drive::parse(&second, &chunking, &settings, &start));
    }

    /// `next_event` and `for_each` give the events among the items.
    #[test]
    fn events_are_the_events_among_the_items(stream in streams(), cuts in cuts()) {
        let settings = Settings { items: Items { retry: true, comments: true, unknown: true }, ..Settings::default() };
        let expected: Vec<Vec<u8>> = interpret(&stream, &settings, &Start::default())
            .items
            .into_iter()
            .filter_map(|item| if let Item::Event(event) = item { Some(event.data) } else { None })
            .collect();
        let (mut one_by_one, mut for_each) = (Vec::new(), Vec::new());
        let (mut first, mut second) = (Parser::with_config(drive::config(&settings)), Parser::with_config(Config::new()));
        for chunk in cut(&stream, &cuts).chunks(&stream) {
            let mut input = Input::new(chunk);
            while let Some(event) = first.next_event(&mut input).unwrap() {
                one_by_one.push(event.data().to_vec());
            }
            let mut input = Input::new(chunk);
            second.for_each(&mut input, |event| {
                for_each.push(event.data().to_vec());
                std::ops::ControlFlow::Continue(())
            }).unwrap();
        }
        prop_assert_eq!(&one_by_one, &expected);
        prop_assert_eq!(&for_each, &expected);
    }
}

/// Offsets differ when the stream was decoded first.
fn without_spans(mut outcome: Outcome) -> Outcome {
    outcome.position = 0;
    for item in &mut outcome.items {
        if let Item::Event(event) = item {
            event.span = 0..0;
        }
    }
    outcome
}

fn decoded(mut outcome: Outcome) -> Outcome {
    let decode = |bytes: &mut Vec<u8>| *bytes = String::from_utf8_lossy(bytes).into_owned().into_bytes();
    decode(&mut outcome.last_event_id);
    for item in &mut outcome.items {
        match item {
            Item::Event(event) => {
                decode(&mut event.event_type);
                decode(&mut event.data);
                decode(&mut event.last_event_id);
                event.id.as_mut().into_iter().for_each(decode);
            }
            Item::Comment(text) => decode(text),
            Item::Unknown { name, value } => {
                decode(name);
                decode(value);
            }
            Item::Retry(_) | Item::Error(_) => {}
        }
    }
    outcome
}
