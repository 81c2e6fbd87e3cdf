//! `BytesParser`: the parser's events, in memory that is shared with the chunk and given back.

use std::panic::{RefUnwindSafe, UnwindSafe};
use std::time::Duration;

use allocation_counter::{AllocationInfo, measure};
use bytes::{Bytes, BytesMut};
use eventwire::{
    BytesInput, BytesParser, Config, Eof, Items, OwnedEvent, OwnedItem, Parser, TextEvent, Utf8,
};
use eventwire_testkit::settings::{self, Settings};
use eventwire_testkit::{corpora, oracle};
use proptest::prelude::*;

use crate::generate::{self, cut, cuts, settings, start, streams};
use crate::observe;

fn events(parser: &mut BytesParser, chunk: impl Into<Bytes>) -> Vec<OwnedEvent> {
    let mut input = BytesInput::new(chunk);
    std::iter::from_fn(|| parser.next_event(&mut input).expect("nothing is wrong with it")).collect()
}

#[track_caller]
fn only<T>(things: Vec<T>) -> T {
    let [thing] = things.try_into().unwrap_or_else(|things: Vec<T>| panic!("{} of them", things.len()));
    thing
}

fn is_within(chunk: &[u8], value: &[u8]) -> bool {
    let (chunk, value) = (chunk.as_ptr_range(), value.as_ptr_range());
    chunk.start <= value.start && value.end <= chunk.end
}

proptest! {
    #![proptest_config(generate::config())]

    #[test]
    fn items_equal_oracle(stream in streams(), settings in settings(), cuts in cuts()) {
        let mut parser = observe::parser(&settings, &start());
        let mut items = Vec::new();
        for chunk in cut(&stream, &cuts) {
            let mut input = BytesInput::new(chunk);
            while let Some(item) = parser.next_item(&mut input).transpose() {
                items.push(observe::item(item));
            }
            prop_assert_eq!(input.remaining(), 0);
        }
        items.extend(parser.finish().transpose().map(observe::event));
        prop_assert_eq!(observe::outcome(items, &parser), oracle::interpret(&stream, &settings, &start()));
    }

    #[test]
    fn events_and_texts_equal_oracle(stream in streams(), settings in settings(), cuts in cuts()) {
        let settings = Settings { items: settings::Items::NONE, ..settings };
        let expected = oracle::interpret(&stream, &settings, &start());
        let mut parser = observe::parser(&settings, &start());
        let mut text_parser = observe::parser(&settings, &start());
        let (mut events, mut texts) = (Vec::new(), Vec::new());
        for chunk in cut(&stream, &cuts) {
            let mut input = BytesInput::new(chunk.clone());
            while let Some(event) = parser.next_event(&mut input).transpose() {
                events.push(observe::event(event));
            }
            let mut input = BytesInput::new(chunk);
            while let Some(event) = text_parser.next_text(&mut input).transpose() {
                texts.push(observe::text(event));
            }
        }
        events.extend(parser.finish().transpose().map(observe::event));
        texts.extend(text_parser.finish_text().transpose().map(observe::text));
        prop_assert_eq!(texts, observe::texts(&expected));
        prop_assert_eq!(observe::outcome(events, &parser), expected);
    }
}

#[test]
fn what_is_borrowed_is_not_copied() {
    let chunk = Bytes::from(b"event: tick\ndata: 12\n\n".to_vec());
    let event = only(events(&mut BytesParser::new(), chunk.clone()));
    assert_eq!((event.event_type(), event.data()), (&b"tick"[..], &b"12"[..]));
    assert!(event.is_borrowed());
    assert!(is_within(&chunk, event.data()) && is_within(&chunk, event.event_type()));
    assert!(!chunk.is_unique(), "the event shares the chunk");
    drop(event);
    assert!(chunk.is_unique(), "and lets it go");
}

#[test]
fn what_is_held_is_copied_and_keeps_no_chunk() {
    for stream in ["event: tick\ndata: 1\ndata: 2\n\n", "event: tick\ndata: 1\n: x\ndata: 2\n\n"] {
        let chunk = Bytes::from(stream.as_bytes().to_vec());
        let event = only(events(&mut BytesParser::new(), chunk.clone()));
        assert_eq!((event.event_type(), event.data()), (&b"tick"[..], &b"1\n2"[..]));
        assert!(!event.is_borrowed());
        assert!(chunk.is_unique(), "the type is no slice of it either");
        let data = event.data_bytes().clone();
        let detached = event.into_detached().unwrap();
        assert_eq!(
            detached.data_bytes().as_ptr(),
            data.as_ptr(),
            "it has memory of its own, and is not copied again"
        );
        assert_eq!(detached.event_type_bytes(), "tick");
    }
}

#[test]
fn the_values_of_items_are_slices_too() {
    let chunk = Bytes::from(b": note\nname: value\nretry: 7\n".to_vec());
    let mut parser = BytesParser::with_config(Config::new().items(Items::ALL));
    let mut input = BytesInput::new(chunk.clone());
    let Some(OwnedItem::Comment(note)) = parser.next_item(&mut input).unwrap() else { panic!("no comment") };
    let Some(OwnedItem::Unknown { name, value }) = parser.next_item(&mut input).unwrap() else {
        panic!("no field")
    };
    assert_eq!((&note[..], &name[..], &value[..]), (&b" note"[..], &b"name"[..], &b"value"[..]));
    assert!([note, name, value].iter().all(|value| is_within(&chunk, value)));
    assert_eq!(parser.next_item(&mut input), Ok(Some(OwnedItem::Retry(7))));
    assert_eq!(parser.next_item(&mut input), Ok(None));
    assert!(chunk.is_unique());
}

/// Of a comment that came in two chunks, nothing is a slice of the second one.
#[test]
fn an_item_that_straddles_is_copied() {
    let mut parser = BytesParser::with_config(Config::new().items(Items::COMMENTS));
    assert_eq!(parser.next_item(&mut BytesInput::new(": no")), Ok(None));
    let chunk = Bytes::from(b"te\n".to_vec());
    let item = parser.next_item(&mut BytesInput::new(chunk.clone()));
    assert_eq!(item, Ok(Some(OwnedItem::Comment(Bytes::from(" note")))));
    assert!(chunk.is_unique());
}

#[test]
fn a_chunk_used_up_is_let_go() {
    let chunk = Bytes::from(b"data: begun".to_vec());
    let mut parser = BytesParser::new();
    let mut input = BytesInput::new(chunk.clone());
    assert!(!chunk.is_unique());
    assert_eq!(format!("{input:?}"), "BytesInput { remaining: 11, .. }", "what it holds is not shown");
    assert_eq!(parser.next_event(&mut input), Ok(None));
    assert!(chunk.is_unique(), "though the cursor is still there");
    assert_eq!((input.remaining(), parser.next_event(&mut input)), (0, Ok(None)));
}

#[test]
fn an_id_is_shared_by_those_that_inherit_it() {
    let mut parser = BytesParser::new();
    let found = events(
        &mut parser,
        "id: 1\ndata: a\n\ndata: b\n\nid: 2\n\ndata: c\n\nid\ndata: d\n\nid: 2\ndata: e\n\n",
    );
    let ids: Vec<_> = found.iter().map(|event| (event.id(), event.last_event_id())).collect();
    let none: Option<&[u8]> = None;
    assert_eq!(
        ids,
        [(Some(&b"1"[..]), &b"1"[..]), (none, b"1"), (none, b"2"), (Some(b""), b""), (Some(b"2"), b"2")]
    );
    let address = |event: usize| found[event].last_event_id_bytes().as_ptr();
    assert_eq!(address(0), address(1));
    // As is one that comes after the chunk is gone.
    let later = only(events(&mut parser, "data: f\n\n"));
    assert_eq!(later.last_event_id_bytes().as_ptr(), address(4));
}

#[test]
fn an_id_does_not_keep_its_chunk() {
    let chunk = Bytes::from(b"id: 1\ndata: a\n\n".to_vec());
    let mut parser = BytesParser::new();
    let event = only(events(&mut parser, chunk.clone())).into_detached().unwrap();
    assert!(chunk.is_unique());
    assert_eq!((event.data(), event.id(), event.is_borrowed()), (&b"a"[..], Some(&b"1"[..]), false));
    assert_eq!(parser.parser().last_event_id(), b"1");
}

/// The count is of the chunk, not of its events.
#[test]
fn events_of_a_chunk_allocate_nothing() {
    let corpus = corpora::anthropic(300_000, 1);
    let mut parser = BytesParser::new();
    let chunk = Bytes::from(corpus.bytes);
    let first = chunk.slice(..1);
    let AllocationInfo { count_total, .. } = measure(|| {
        let mut input = BytesInput::new(chunk.clone());
        let mut count = 0;
        while parser.next_event(&mut input).unwrap().is_some() {
            count += 1;
        }
        assert_eq!(count, corpus.events);
    });
    assert_eq!(count_total, 0);
    drop(first);
}

#[test]
fn chunks_of_all_kinds() {
    let mut parser = BytesParser::new();
    for input in [
        BytesInput::new("data: 1\n\n"),
        BytesInput::new(&b"data: 1\n\n"[..]),
        BytesInput::new("data: 1\n\n".to_owned()),
        BytesInput::new(b"data: 1\n\n".to_vec()),
        BytesInput::new(b"data: 1\n\n".to_vec().into_boxed_slice()),
        BytesInput::new(BytesMut::from("data: 1\n\n")),
        BytesInput::new(Bytes::from_owner([b"data: 1\n".to_vec(), b"\n".to_vec()].concat())),
    ] {
        let mut input = input;
        assert_eq!(input.remaining(), 9);
        assert_eq!(parser.next_event(&mut input).unwrap().unwrap().data(), b"1");
        assert_eq!(input.remaining(), 0);
    }
}

#[test]
fn absent_and_empty_values() {
    let found = events(&mut BytesParser::new(), "data\n\nevent:\ndata:\n\nevent: message\ndata\n\n");
    assert!(found.iter().all(|event| event.event_type() == b"message" && event.data().is_empty()));
    assert_eq!(found.len(), 3);
}

#[test]
fn a_text_has_the_reconnection_time_in_force() {
    let mut parser = BytesParser::new();
    let mut input = BytesInput::new("data: \u{e9}\n\nretry: 1500\n\nevent: e\nid: 7\ndata: \u{20ac}\n\n");
    let first = TextEvent { event: "message".into(), data: "\u{e9}".into(), id: String::new(), retry: None };
    assert_eq!(parser.next_text(&mut input), Ok(Some(first)));
    let retry = Some(Duration::from_millis(1500));
    let second = TextEvent { event: "e".into(), data: "\u{20ac}".into(), id: "7".into(), retry };
    assert_eq!(parser.next_text(&mut input), Ok(Some(second)));
    assert_eq!(parser.next_text(&mut input), Ok(None));
}

#[test]
fn text_of_bad_bytes() {
    let chunk = &b"event: \xFF\nid: \xFF\ndata: \xFF\n\n"[..];
    let event = only(events(&mut BytesParser::new(), chunk));
    assert_eq!(event.data(), b"\xFF");
    assert_eq!(
        (event.event_type_str(), event.data_str(), event.last_event_id_str()),
        ("\u{FFFD}".into(), "\u{FFFD}".into(), "\u{FFFD}".into())
    );
    let event = only(events(&mut BytesParser::with_config(Config::new().utf8(Utf8::Replace)), chunk));
    assert_eq!((event.data(), event.is_borrowed()), ("\u{FFFD}".as_bytes(), false));
}

#[test]
fn the_end_dispatches_if_asked_to() {
    let mut parser = BytesParser::with_config(Config::new().eof(Eof::Dispatch));
    assert_eq!(events(&mut parser, "event: e\ndata: [DONE]"), []);
    let event = parser.finish().unwrap().unwrap();
    assert_eq!((event.event_type(), event.data(), event.span()), (&b"e"[..], &b"[DONE]"[..], 0..21));
    assert_eq!(parser.finish(), Ok(None));
}

#[test]
fn the_next_connection() {
    let mut parser = BytesParser::from(Parser::new());
    assert_eq!(events(&mut parser, "id: 1\ndata: a\n\nid: 2\ndata: lost").len(), 1);
    parser.parser_mut().reset();
    let event = only(events(&mut parser, "\u{FEFF}data: b\n\n"));
    assert_eq!((event.data(), event.last_event_id(), event.span()), (&b"b"[..], &b"1"[..], 3..12));
    parser.parser_mut().set_last_event_id(b"9").unwrap();
    assert_eq!(only(events(&mut parser, "data: c\n\n")).last_event_id(), b"9");
}

#[test]
fn what_a_message_of_an_event_says() {
    let mut stream = Vec::new();
    for event in events(
        &mut BytesParser::new(),
        "id: 1\nevent: e\ndata: a\ndata: b\n\nevent: message\ndata\n\nid\ndata:  c\n\n",
    ) {
        event.to_message().encode_to_vec(&mut stream).unwrap();
    }
    assert_eq!(stream, b"event: e\nid: 1\ndata: a\ndata: b\n\ndata: \n\nid: \ndata:  c\n\n");
}

#[test]
fn debug_shows_text() {
    let event = only(events(&mut BytesParser::new(), "data: \u{e9}\n\n"));
    let shown = format!("{event:?}");
    assert!(
        shown.starts_with(r"OwnedEvent { event_type: message, data: \xc3\xa9, last_event_id: , "),
        "{shown}"
    );
}

#[test]
fn threads_and_unwinding() {
    fn promised<T: Send + Sync + Unpin + UnwindSafe + RefUnwindSafe + 'static>() {}
    promised::<BytesInput>();
    promised::<BytesParser>();
    promised::<OwnedEvent>();
    promised::<OwnedItem>();
    promised::<TextEvent>();
}
