//! `BytesSource`: the source's events, in memory that is shared with the chunk and given back.

use bytes::Bytes;
use eventwire::event_source::{Action, Builder, BytesSource, Head};
use eventwire::{BytesInput, Config, Eof, Error, EventSource, Items, OwnedItem};
use eventwire_testkit::settings::{self, Settings, Start};
use eventwire_testkit::{drive, oracle};
use proptest::prelude::*;

use crate::generate::{self, cut, cuts, settings, streams};
use crate::observe;

/// A source with a connection.
fn connected(with: impl FnOnce(Builder) -> Builder) -> BytesSource {
    let source = with(EventSource::builder("https://example.org/")).build().unwrap();
    let mut source = BytesSource::from(source);
    connect(&mut source);
    source
}

fn connect(source: &mut BytesSource) {
    assert!(matches!(source.source_mut().poll(u64::MAX), Action::Connect(_)));
    let head = Head::new(200).content_type(b"text/event-stream");
    assert!(source.source_mut().handle_response(u64::MAX, &head).is_some());
}

proptest! {
    #![proptest_config(generate::config())]

    #[test]
    fn items_equal_oracle(stream in streams(), settings in settings(), cuts in cuts()) {
        let mut source = connected(|builder| builder.config(drive::config(&settings)));
        let mut found = Vec::new();
        for chunk in cut(&stream, &cuts) {
            let mut input = BytesInput::new(chunk);
            while let Some(item) = source.next_item(0, &mut input).transpose() {
                found.push(observe::item(item));
            }
        }
        found.extend(source.finish().transpose().map(observe::event));
        prop_assert_eq!(found, oracle::interpret(&stream, &settings, &Start::default()).items);
    }

    #[test]
    fn events_equal_oracle(stream in streams(), settings in settings(), cuts in cuts()) {
        let settings = Settings { items: settings::Items::NONE, ..settings };
        let mut source = connected(|builder| builder.config(drive::config(&settings)));
        let mut found = Vec::new();
        for chunk in cut(&stream, &cuts) {
            let mut input = BytesInput::new(chunk);
            while let Some(event) = source.next_event(0, &mut input).transpose() {
                found.push(observe::event(event));
            }
        }
        found.extend(source.finish().transpose().map(observe::event));
        prop_assert_eq!(found, oracle::interpret(&stream, &settings, &Start::default()).items);
    }
}

#[test]
fn an_event_shares_its_chunk_and_lets_it_go() {
    let mut source = connected(|builder| builder.config(Config::new().items(Items::COMMENTS)));
    let chunk = Bytes::from(b": note\ndata: 1\n\n".to_vec());
    let mut input = BytesInput::new(chunk.clone());
    let Ok(Some(OwnedItem::Comment(note))) = source.next_item(0, &mut input) else { panic!("no comment") };
    let Ok(Some(OwnedItem::Event(event))) = source.next_item(0, &mut input) else { panic!("no event") };
    for value in [&note[..], event.data()] {
        assert!(chunk.as_ptr_range().contains(&value.as_ptr()));
    }
    assert_eq!(source.next_item(0, &mut input), Ok(None));
    drop((note, event));
    assert!(chunk.is_unique());
}

#[test]
fn the_last_event_id_outlives_connections_and_is_shared() {
    let mut source = connected(|builder| builder.last_event_id("0").config(Config::new().eof(Eof::Dispatch)));
    let mut ids = Vec::new();
    for stream in ["data: a\n\nid: 1\ndata: b\n\ndata: cut", "data: c\n\nid\n\ndata: d\n\n"] {
        let mut input = BytesInput::new(stream);
        while let Some(event) = source.next_event(0, &mut input).unwrap() {
            ids.push(event.last_event_id_bytes().clone());
        }
        ids.extend(source.finish().unwrap().map(|event| event.last_event_id_bytes().clone()));
        assert!(source.source_mut().handle_end(u64::MAX).is_some());
        connect(&mut source);
    }
    assert_eq!(ids, ["0", "1", "1", "1", ""]);
    assert_eq!(source.source().last_event_id(), b"");
    assert!(ids[1..4].iter().all(|id| id.as_ptr() == ids[1].as_ptr()), "one copy for all three");
}

/// Statement 96.
#[test]
fn after_close_nothing_comes_of_the_chunk_at_hand() {
    let mut source = connected(|builder| builder);
    let chunk = Bytes::from(b"data: 1\n\ndata: 2\n\n".to_vec());
    let mut input = BytesInput::new(chunk.clone());
    assert!(source.next_event(0, &mut input).unwrap().is_some());
    source.source_mut().close();
    assert_eq!(source.next_event(0, &mut input), Ok(None));
    assert_eq!((input.remaining(), chunk.is_unique()), (0, true));
    assert_eq!(source.finish(), Ok(None));
}

#[test]
fn an_error_is_told_and_the_next_event_comes() {
    let mut source = connected(|builder| builder.config(Config::new().max_event_size(3)));
    let mut input = BytesInput::new("data: 1234\n\ndata: 12\n\n");
    assert_eq!(source.next_event(0, &mut input), Err(Error::EventTooLarge));
    assert_eq!(source.next_event(0, &mut input).unwrap().unwrap().data(), b"12");
}
