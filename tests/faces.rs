//! What the public types show of themselves: as text, as defaults, as sets, as counts.

use std::borrow::Cow;
use std::collections::HashSet;
use std::error::Error as _;
use std::ops::ControlFlow;

use eventwire::event_source::{Action, BuildError, Head, Notice, Policy, Reason};
use eventwire::{
    Carry, Config, EncodeError, Eof, Error, Event, EventSource, Input, Item, Items, Message, Overflow,
    Parser, SliceCarry, Token, Tokenizer, Utf8, VecCarry, split_field,
};

fn event_of<'a, 'c: 'a, C: Carry>(parser: &'a mut Parser<C>, input: &mut Input<'c>) -> Event<'a> {
    parser.next_event(input).unwrap().unwrap()
}

#[test]
fn a_cursor_counts() {
    let mut input = Input::new(b"data: 1\n\nrest");
    assert_eq!(format!("{input:?}"), "Input { consumed: 0, remaining: 13 }");
    assert!(Parser::new().next_event(&mut input).unwrap().is_some());
    assert_eq!((input.consumed(), input.remaining()), (9, 4));
    assert_eq!(format!("{:?}", input.clone()), "Input { consumed: 9, remaining: 4 }");
}

/// A chunk of which another parser has had a part: what it had counts neither as position nor as data.
#[test]
fn a_parser_goes_on_in_the_midst_of_a_chunk() {
    for held in [&b"data: a"[..], b"data:a", b"event: e\ndata: a", b"id: 1\ndata: a", b"data: b\ndata: a"] {
        let mut parser = Parser::new();
        assert_eq!(parser.next_event(&mut Input::new(held)), Ok(None));
        let mut input = Input::new(b"data: x\n\nbc\n\ndata: d\n\n");
        assert_eq!(event_of(&mut Parser::new(), &mut input).data(), b"x");
        let event = event_of(&mut parser, &mut input);
        assert!(event.data().ends_with(b"abc"));
        assert_eq!(event.span(), 0..held.len() as u64 + 4);
        let event = event_of(&mut parser, &mut input);
        assert_eq!(event.span(), held.len() as u64 + 4..held.len() as u64 + 13);
        assert_eq!(parser.position(), held.len() as u64 + 13);
    }
}

#[test]
fn an_event_shows_its_bytes_escaped() {
    let mut parser = Parser::new();
    let mut input = Input::new(b"id: 7\nevent: a\xFFb\ndata: \x1B[m\n\n");
    let event = event_of(&mut parser, &mut input);
    assert_eq!(
        format!("{event:?}"),
        r#"Event { event_type: a\xffb, data: \x1b[m, last_event_id: 7, has_id: true, span: 0..28, borrowed: true }"#
    );
    assert_eq!(event, event);
    assert_eq!(format!("{:?}", Item::Event(event)), format!("Event({event:?})"));
}

#[test]
fn a_parser_shows_where_it_is_and_not_what_it_holds() {
    let mut parser = Parser::new();
    assert_eq!(parser.next_event(&mut Input::new(b"retry: 9\nid: \xFF\n\ndata: secret")), Ok(None));
    assert_eq!(format!("{parser:?}"), r#"Parser { position: 28, last_event_id: \xff, retry: Some(9), .. }"#);
}

#[test]
fn text_is_borrowed_if_it_is_text_and_mended_if_not() {
    let mut parser = Parser::new();
    let mut input = Input::new(b"id: \xC3\xA9\nevent: \xE2\x82\ndata: a\xFFb\n\ndata: \xE2\x82\xAC\n\n");
    let event = event_of(&mut parser, &mut input);
    assert_eq!(event.data_str(), "a\u{FFFD}b");
    assert_eq!(event.event_type_str(), "\u{FFFD}");
    assert!(matches!(event.last_event_id_str(), Cow::Borrowed("\u{e9}")));
    let event = event_of(&mut parser, &mut input);
    assert!(matches!(event.data_str(), Cow::Borrowed("\u{20ac}")));
    assert_eq!((event.event_type_str(), event.event_type()), ("message".into(), &b"message"[..]));
    assert_eq!((event.id(), event.last_event_id()), (None, "\u{e9}".as_bytes()));
}

/// The table in the README.
#[test]
fn what_is_borrowed_and_what_is_copied() {
    let borrowed = |chunks: &[&[u8]], config: Config| {
        let mut parser = Parser::with_config(config);
        let mut seen = Vec::new();
        for chunk in chunks {
            let mut input = Input::new(chunk);
            while let Some(item) = parser.next_item(&mut input).unwrap() {
                if let Item::Event(event) = item {
                    seen.push(event.is_borrowed());
                }
            }
        }
        seen
    };
    let plain = Config::new;
    assert_eq!(borrowed(&[b"data: 1\n\n"], plain()), [true]);
    assert_eq!(borrowed(&[b"event: x\nid: 1\ndata: 1\nfoo\n: c\n\n"], plain()), [true]);
    assert_eq!(borrowed(&[b"id: 1\n", b"data: 1\n\n"], plain()), [true]);
    assert_eq!(borrowed(&[b": c\n", b"data: 1\n\n"], plain()), [true]);
    assert_eq!(borrowed(&[b"event: x\n", b"data: 1\n\n"], plain()), [false]);
    assert_eq!(borrowed(&[b"data: 1\n", b"\n"], plain()), [false]);
    assert_eq!(borrowed(&[b"data: 1", b"\n\n"], plain()), [false]);
    assert_eq!(borrowed(&[b"data: 1\ndata: 2\n\n"], plain()), [false]);
    assert_eq!(borrowed(&[b"data: 1\n: c\n\n"], plain().items(Items::COMMENTS)), [false]);
    assert_eq!(borrowed(&[b": c\ndata: 1\n\n"], plain().items(Items::COMMENTS)), [true]);
    // Also behind a comment that was delivered, and up to the last byte that the limit allows.
    let comments = || plain().items(Items::COMMENTS);
    assert_eq!(borrowed(&[b":\nevent: x\nid: 1\ndata: 1\n\n"], comments()), [true]);
    assert_eq!(borrowed(&[b":\nevent: x\ndata: 12\n\n"], comments().max_event_size(3)), [true]);
    assert_eq!(borrowed(&[b"event: x\ndata: 1\nevent: y\n\n"], plain()), [true]);
    assert_eq!(borrowed(&[b"data: \xFF\n\n", b"data: 1\n\n"], plain().utf8(Utf8::Replace)), [false, true]);
    assert_eq!(borrowed(&[b"data: 1\nevent: \xFF\nevent: \xFF\n\n"], plain().utf8(Utf8::Replace)), [false]);
    assert_eq!(borrowed(&[b"data: \xC3\xA9\n\n"], plain().utf8(Utf8::Strict)), [true]);
}

#[test]
fn items_are_a_set() {
    let single = [Items::RETRY, Items::COMMENTS, Items::UNKNOWN];
    for (i, one) in single.into_iter().enumerate() {
        assert!(Items::ALL.contains(one) && one.contains(Items::NONE) && !Items::NONE.contains(one));
        for (j, other) in single.into_iter().enumerate() {
            assert_eq!(one.contains(other), i == j);
            assert!((one | other).contains(one) && (one | other).contains(other));
            assert_eq!(one | other == one, i == j);
        }
    }
    assert_eq!(single.into_iter().fold(Items::NONE, |all, one| all | one), Items::ALL);
    assert_eq!(Items::default(), Items::NONE);
}

#[test]
fn defaults_are_the_standard() {
    assert_eq!(Config::default(), Config::new());
    let explicit = Config::new()
        .max_event_size(16 << 20)
        .overflow(Overflow::Error)
        .utf8(Utf8::Raw)
        .eof(Eof::Discard)
        .items(Items::NONE);
    assert_eq!(explicit, Config::new());
    for other in [
        Config::new().max_event_size(16 << 10),
        Config::new().overflow(Overflow::Skip),
        Config::new().utf8(Utf8::Strict),
        Config::new().eof(Eof::Dispatch),
        Config::new().items(Items::RETRY),
    ] {
        assert_ne!(other, Config::new());
    }
    assert_eq!(Parser::default().carry().capacity(), VecCarry::new().capacity());
}

#[test]
fn errors_say_what_was_dropped() {
    let all =
        [Error::EventTooLarge, Error::ItemTooLarge, Error::InvalidUtf8, Error::NoMemory, Error::InvalidId];
    let mut texts: Vec<String> = all.iter().map(ToString::to_string).collect();
    assert!(all.iter().all(|error| error.source().is_none()));
    assert!(texts.iter().all(|text| text.contains("dropped") || text.contains("refused")));
    texts.sort_unstable();
    texts.dedup();
    assert_eq!(texts.len(), all.len(), "each says something else");
}

#[test]
fn refused_messages_say_what_was_wrong_where() {
    for (message, words) in [
        (Message::new().id("a\nb"), ["id refused: LF at byte 1 ", "CR, LF nor NUL"]),
        (Message::new().id("\r"), ["id refused: CR at byte 0 ", "CR, LF nor NUL"]),
        (Message::new().id("ab\0"), ["id refused: NUL at byte 2 ", "CR, LF nor NUL"]),
        (Message::new().event("ab\n"), ["event type refused: LF at byte 2 ", "neither CR nor LF"]),
    ] {
        let refused = message.pieces().unwrap_err();
        assert!(words.iter().all(|word| refused.to_string().contains(word)), "{refused}");
        assert!(refused.source().is_none());
    }
    let too_small = Message::new().data("1").encode_to_slice(&mut []).unwrap_err().to_string();
    assert!(too_small.contains("too small") && too_small.contains("(9 bytes"), "{too_small}");
    let texts = [EncodeError::NoMemory, EncodeError::TooLong].map(|error| error.to_string());
    assert!(texts[0].contains("memory") && texts[1].contains("length"));
}

#[test]
fn a_carry_on_the_heap_tells_what_it_has_allocated() {
    let mut parser = Parser::new();
    assert_eq!(parser.carry().capacity(), 0);
    assert_eq!(parser.next_event(&mut Input::new(b"data: 1234567")).unwrap(), None);
    assert!((7..=64).contains(&parser.carry().capacity()));
}

#[test]
fn a_carry_of_the_callers_is_asked_for_room() {
    let mut memory = [0; 4];
    let mut parser = Parser::with_carry(Config::new(), SliceCarry::new(&mut memory));
    assert_eq!(parser.set_last_event_id(b"12345"), Err(Error::NoMemory));
    assert_eq!(parser.last_event_id(), b"");
    assert_eq!(parser.set_last_event_id(b"1234"), Ok(()));
    assert_eq!(parser.set_last_event_id(b"12345"), Err(Error::NoMemory));
    assert_eq!(parser.last_event_id(), b"1234");
    // Nothing is left for an event.
    assert_eq!(parser.next_event(&mut Input::new(b"data: 1\n\n")), Err(Error::EventTooLarge));
    assert_eq!(parser.set_last_event_id(b""), Ok(()));
    assert_eq!(parser.next_event(&mut Input::new(b"data: 1234")), Ok(None));
    assert!(format!("{:?}", parser.carry()).starts_with("SliceCarry"));
}

/// A large slice is as full after many small events as it was before: there is nothing to give back.
#[test]
fn a_large_carry_of_the_callers_stays_large() {
    let mut memory = vec![0; 100_000];
    let mut parser = Parser::with_carry(Config::new(), SliceCarry::new(&mut memory));
    for len in [90_000, 1, 90_000] {
        for _ in 0..100 {
            // Of a value that has begun something must be kept.
            assert_eq!(parser.next_event(&mut Input::new(b"data: x")), Ok(None));
            let rest = [vec![b'x'; len], b"\n\n".to_vec()].concat();
            assert_eq!(event_of(&mut parser, &mut Input::new(&rest)).data().len(), len + 1);
        }
    }
}

#[test]
fn a_closure_may_stop_in_the_midst_of_a_chunk() {
    let mut parser = Parser::new();
    let mut input = Input::new(b"data: 1\n\ndata: 2\n\ndata: 3\n\n");
    let mut seen = Vec::new();
    for stop in [b"2", b"3"] {
        let stopped = parser.for_each(&mut input, |event| {
            seen.extend_from_slice(event.data());
            if event.data() == stop { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        });
        assert_eq!(stopped, Ok(()));
        assert!(seen.ends_with(stop));
    }
    assert_eq!((seen, input.remaining()), (b"123".to_vec(), 0));
}

#[test]
fn an_origin_has_a_host_as_it_is_serialised_or_none() {
    for (host, origin) in [
        ("h", "http://h"),
        ("h-_~!$&'()*+,;=.1", "http://h-_~!$&'()*+,;=.1"),
        ("{h}", "null"),
        ("h|", "null"),
        ("h%20", "null"),
        ("h^", "null"),
    ] {
        let mut source = EventSource::new("http://first/").unwrap();
        assert!(matches!(source.poll(0), Action::Connect(_)));
        let url = format!("http://{host}/path");
        let head = Head::new(200).content_type(b"text/event-stream").url(&url);
        assert_eq!(source.handle_response(0, &head), Some(Notice::Open));
        assert_eq!(source.origin(), origin, "{url}");
    }
}

#[test]
fn what_ends_a_connection_is_said_in_words() {
    let reasons = [
        Reason::Status(503),
        Reason::End,
        Reason::Network,
        Reason::Fatal,
        Reason::ContentType,
        Reason::IdleTimeout,
        Reason::NoMemory,
    ];
    let texts: HashSet<String> = reasons.iter().map(ToString::to_string).collect();
    assert_eq!(texts.len(), reasons.len(), "each says something else");
    assert!(texts.contains("the server answered with status 503"));
    for (builder, text) in [
        (EventSource::builder("a\nb"), "URL"),
        (EventSource::builder("http://a/").method("a b"), "method"),
        (EventSource::builder("http://a/").header("a b", "c"), "name"),
        (EventSource::builder("http://a/").header("a", "b\nc"), "value"),
        (EventSource::builder("http://a/").header("Last-Event-ID", "1"), "Last-Event-ID"),
        (EventSource::builder("http://a/").last_event_id("a\nb"), "last event ID"),
    ] {
        let error = builder.build().unwrap_err();
        assert!(error.to_string().contains(text), "{error}");
    }
    assert!(BuildError::NoMemory.to_string().contains("memory"));
    assert_eq!(Policy::default(), Policy::new());
}

#[test]
fn a_new_tokenizer_is_at_a_start() {
    let mut tokenizer = Tokenizer::default();
    assert_eq!(format!("{tokenizer:?}"), format!("{:?}", Tokenizer::new()));
    let mut input = Input::new(b"\xEF\xBB\xBF\n");
    assert_eq!(tokenizer.next(&mut input), Some(Token::EndOfBlock));
}

#[test]
fn a_line_is_split_at_its_first_colon() {
    for (line, name, value) in [
        ("a:b:c", "a", "b:c"),
        ("a: b", "a", "b"),
        ("a:  b", "a", " b"),
        (":x", "", "x"),
        ("a:", "a", ""),
        ("a", "a", ""),
    ] {
        assert_eq!(split_field(line.as_bytes()), (name.as_bytes(), value.as_bytes()), "{line}");
    }
}
