//! Split invariance: a stream means the same wherever it is cut, and that is what the oracle says.

use crate::text::{self, Bytes, Head};
use eventwire::{Carry, Input, Parser, SliceCarry};
use eventwire_testkit::chunking::Chunking;
use eventwire_testkit::drive;
use eventwire_testkit::oracle::interpret;
use eventwire_testkit::outcome::Item;
use eventwire_testkit::settings::{Eof, Settings, Start};

/// A stream, its cuts and the settings: `limit= carry= skip replace strict dispatch retry comments unknown`; `known`: there
/// is a last event ID and a reconnection time from before; `stretch=`: a `~` is a run of so many bytes.
#[derive(Clone, Debug)]
pub struct Case {
    stream: Bytes,
    chunking: Chunking,
    settings: Settings,
    start: Start,
}

/// Enough for a carry to give memory back after a run, in steps of 64 KiB.
const LONGEST_RUN: usize = 150_000;

impl crate::Case for Case {
    fn read(bytes: &[u8]) -> Self {
        let (head, body) = Head::of(bytes);
        let (stream, chunking) = match head.number("stretch=") {
            Some(len) => text::cut(&text::stretch(body, usize::try_from(len).unwrap_or(0) % LONGEST_RUN)),
            None => text::cut(body),
        };
        let start = if head.has("known") {
            Start { last_event_id: b"before".to_vec(), retry: Some(1) }
        } else {
            Start::default()
        };
        Self { stream, chunking, settings: head.settings(), start }
    }

    fn check(&self) {
        let Self { stream, chunking, settings, start } = self;
        let on_heap = Settings { capacity: None, ..*settings };
        for chunking in [chunking, &Chunking::whole()] {
            self.check_with(chunking, &on_heap, start);
            self.check_with(chunking, &self.in_slice(), &self.start_in_slice());
        }
        // And as one that has only events to deliver, in the other way of asking for them.
        let mut expected = interpret(stream, &on_heap, start).items;
        expected.retain(|item| matches!(item, Item::Event(_) | Item::Error(_)));
        let parser = drive::started(Parser::with_config(drive::config(&on_heap)), start);
        assert_eq!(events(parser, stream, chunking), expected, "next_event");
    }
}

impl Case {
    /// With a carry of the given size, or else of one that is enough for all that the stream can ask to be kept.
    fn in_slice(&self) -> Settings {
        // A byte is replaced by three, and the last event ID is kept besides.
        let enough = 6 * self.stream.len() + 64;
        Settings { capacity: Some(self.settings.capacity.unwrap_or(enough)), ..self.settings }
    }

    fn start_in_slice(&self) -> Start {
        let mut start = self.start.clone();
        start.last_event_id.truncate(self.settings.capacity.unwrap_or(usize::MAX));
        start
    }

    fn check_with(&self, chunking: &Chunking, settings: &Settings, start: &Start) {
        let found = drive::parse(&self.stream, chunking, settings, start);
        assert_eq!(found, interpret(&self.stream, settings, start), "{chunking:?} {settings:?}");
        match settings.capacity {
            None => self.check_again(Parser::with_config(drive::config(settings)), chunking, settings, start),
            Some(capacity) => {
                let mut memory = vec![0xA5; capacity];
                let parser = Parser::with_carry(drive::config(settings), SliceCarry::new(&mut memory));
                self.check_again(parser, chunking, settings, start);
            }
        }
    }

    /// A parser that was stopped in the midst of the stream parses it as a new one does, but for what it has learnt.
    fn check_again<C: Carry>(
        &self,
        parser: Parser<C>,
        chunking: &Chunking,
        settings: &Settings,
        start: &Start,
    ) {
        let mut parser = drive::started(parser, start);
        for chunk in chunking.chunks(&self.stream) {
            let mut input = Input::new(chunk);
            while !matches!(parser.next_item(&mut input), Ok(None)) {}
        }
        let cut_off = interpret(&self.stream, &Settings { eof: Eof::Discard, ..*settings }, start);
        assert_eq!(
            (parser.last_event_id(), parser.retry(), parser.skipped()),
            (&cut_off.last_event_id[..], cut_off.retry, cut_off.skipped)
        );
        parser.reset();
        let known = Start { last_event_id: cut_off.last_event_id, retry: cut_off.retry };
        let mut expected = interpret(&self.stream, settings, &known);
        expected.skipped += cut_off.skipped;
        assert_eq!(drive::parse_with(&mut parser, &self.stream, chunking), expected, "after reset");
    }
}

/// What `next_event` gives; each event is compared by way of [`drive`]'s own form of it.
fn events(mut parser: Parser, stream: &[u8], chunking: &Chunking) -> Vec<Item> {
    let mut found = Vec::new();
    for chunk in chunking.chunks(stream) {
        let mut input = Input::new(chunk);
        loop {
            match parser.next_event(&mut input) {
                Ok(None) => break,
                Ok(Some(event)) => found.push(drive::owned(Ok(eventwire::Item::Event(event)))),
                Err(error) => found.push(drive::owned(Err(error))),
            }
        }
    }
    match parser.finish() {
        Ok(None) => {}
        Ok(Some(event)) => found.push(drive::owned(Ok(eventwire::Item::Event(event)))),
        Err(error) => found.push(drive::owned(Err(error))),
    }
    found
}
