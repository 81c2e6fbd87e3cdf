//! Limits of a few bytes, and carries of a few bytes: all near them is accepted or refused as the oracle says, what is held
//! obeys them at any moment, and the parser always finds its feet again.

use crate::text::{self, Bytes, Head};
use eventwire::{Carry, Error, Input, Item, Parser, SliceCarry};
use eventwire_testkit::chunking::Chunking;
use eventwire_testkit::drive;
use eventwire_testkit::oracle::interpret;
use eventwire_testkit::outcome;
use eventwire_testkit::settings::{Settings, Start};

/// A stream, its cuts, and settings as for [`parse_split`](crate::parse_split), but with small sizes; `id=`: the last event ID to
/// begin with.
#[derive(Clone, Debug)]
pub struct Case {
    stream: Bytes,
    chunking: Chunking,
    settings: Settings,
    start: Start,
}

/// The largest limit.
const MOST: usize = 200;

/// Ends whatever there was, and is an event that no limit refuses: it has no byte of anything.
const PROBE: &[u8] = b"\n\ndata\n\n";

impl crate::Case for Case {
    fn read(bytes: &[u8]) -> Self {
        let (head, body) = Head::of(bytes);
        let (mut stream, chunking) = text::cut(body);
        stream.0.extend_from_slice(PROBE);
        let mut settings = head.settings();
        settings.max_event_size %= MOST + 1;
        settings.capacity = settings.capacity.map(|capacity| capacity % (2 * MOST));
        let mut id = head.word("id=").unwrap_or_default().to_vec();
        id.retain(u8::is_ascii_alphanumeric);
        id.truncate(settings.capacity.unwrap_or(MOST).min(MOST));
        Self { stream, chunking, settings, start: Start { last_event_id: id, retry: None } }
    }

    fn check(&self) {
        let Self { stream, chunking, settings, start } = self;
        let expected = interpret(stream, settings, start);
        let found = drive::parse(stream, chunking, settings, start);
        assert_eq!(found, expected);
        match found.items.last() {
            Some(outcome::Item::Event(event)) => {
                assert_eq!((&event.event_type[..], &event.data[..]), (&b"message"[..], &b""[..]));
                assert_eq!(event.span.end, stream.len() as u64);
            }
            other => panic!("instead of the event at the end: {other:?}"),
        }

        let config = drive::config(settings);
        let limit = settings.max_event_size;
        match settings.capacity {
            None => {
                let parser = drive::started(Parser::with_config(config), start);
                // The event, and the last event ID besides; an allocation has a least size.
                let most = 64.max(limit + limit.max(start.last_event_id.len()));
                self.watch(parser, limit, |parser| assert!(parser.carry().capacity() <= most));
            }
            Some(capacity) => {
                let mut memory = vec![0xA5; capacity];
                let parser = Parser::with_carry(config, SliceCarry::new(&mut memory));
                self.watch(drive::started(parser, start), limit.min(capacity), |parser| {
                    assert!(parser.last_event_id().len() <= capacity);
                });
            }
        }
    }
}

impl Case {
    /// Nothing that is delivered is larger than `limit`, and `check` holds whenever the parser may be looked at.
    fn watch<C: Carry>(&self, mut parser: Parser<C>, limit: usize, check: impl Fn(&Parser<C>)) {
        for chunk in self.chunking.chunks(&self.stream) {
            let mut input = Input::new(chunk);
            loop {
                let size = match parser.next_item(&mut input) {
                    Ok(None) => break,
                    Ok(Some(Item::Event(event))) => {
                        // The type that stands for none has no bytes of its own.
                        let of_type =
                            event.event_type().len() * usize::from(event.event_type() != b"message");
                        event.data().len() + of_type + event.id().map_or(0, <[u8]>::len)
                    }
                    Ok(Some(Item::Comment(comment))) => comment.len(),
                    Ok(Some(Item::Unknown { name, value })) => name.len() + value.len(),
                    Ok(Some(_)) | Err(Error::EventTooLarge | Error::ItemTooLarge | Error::InvalidUtf8) => 0,
                    Err(error) => panic!("no stream is the cause of {error:?}"),
                };
                assert!(size <= limit, "{size} bytes in spite of a limit of {limit}");
                check(&parser);
            }
            check(&parser);
        }
    }
}
