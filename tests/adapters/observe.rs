//! What adapters give, in the form in which the oracle says it.

use eventwire::{BytesParser, Error, OwnedEvent, OwnedItem, Parser, TextEvent};
use eventwire_testkit::drive;
use eventwire_testkit::outcome::{Event, Fault, Item, Outcome};
use eventwire_testkit::settings::{Settings, Start};

/// A parser with these settings that knows what `start` says.
pub fn parser(settings: &Settings, start: &Start) -> BytesParser {
    drive::started(Parser::with_config(drive::config(settings)), start).into()
}

/// What was found, and what the parser knows afterwards.
pub fn outcome(items: Vec<Item>, parser: &BytesParser) -> Outcome {
    let parser = parser.parser();
    Outcome {
        items,
        last_event_id: parser.last_event_id().to_vec(),
        retry: parser.retry(),
        position: parser.position(),
        skipped: parser.skipped(),
    }
}

pub fn item(observed: Result<OwnedItem, Error>) -> Item {
    match observed {
        Ok(OwnedItem::Event(observed)) => event(Ok(observed)),
        Ok(OwnedItem::Retry(milliseconds)) => Item::Retry(milliseconds),
        Ok(OwnedItem::Comment(text)) => Item::Comment(text.into()),
        Ok(OwnedItem::Unknown { name, value }) => Item::Unknown { name: name.into(), value: value.into() },
        Ok(other) => panic!("an item that the tests do not know: {other:?}"),
        Err(error) => fault(error),
    }
}

pub fn event(observed: Result<OwnedEvent, Error>) -> Item {
    match observed {
        Ok(event) => Item::Event(Event {
            event_type: event.event_type().to_vec(),
            data: event.data().to_vec(),
            last_event_id: event.last_event_id().to_vec(),
            id: event.id().map(<[u8]>::to_vec),
            span: event.span(),
        }),
        Err(error) => fault(error),
    }
}

fn fault(error: Error) -> Item {
    Item::Error(match error {
        Error::EventTooLarge => Fault::EventTooLarge,
        Error::ItemTooLarge => Fault::ItemTooLarge,
        Error::InvalidUtf8 => Fault::InvalidUtf8,
        other => panic!("a stream does not cause {other:?}"),
    })
}

/// What the oracle finds as text: type, data and id of each event, or an error.
pub fn texts(outcome: &Outcome) -> Vec<Option<[String; 3]>> {
    let text = |bytes: &Vec<u8>| String::from_utf8_lossy(bytes).into_owned();
    let texts = outcome.items.iter().map(|item| match item {
        Item::Event(event) => Some([text(&event.event_type), text(&event.data), text(&event.last_event_id)]),
        _ => None,
    });
    texts.collect()
}

/// The same of what an adapter gave.
pub fn text(observed: Result<TextEvent, Error>) -> Option<[String; 3]> {
    observed.ok().map(|TextEvent { event, data, id, .. }| [event, data, id])
}
