//! The tap: its counts, its matches and its times are those of the oracle on the whole stream; and where it says that a block
//! may be inserted, the oracle finds nothing changed.

use crate::text::{self, Bytes, Head};
use eventwire::Tap;
use eventwire_testkit::chunking::Chunking;
use eventwire_testkit::oracle::interpret;
use eventwire_testkit::outcome::{Event, Fault, Item};
use eventwire_testkit::settings::{Items, Settings, Start};

/// `limit=`: the most bytes of an event; `kept=`: of a match; `needle=`, `sentinel=`: up to the next space. The body is a
/// stream.
#[derive(Clone, Debug)]
pub struct Case {
    pub(crate) limit: usize,
    pub(crate) kept: usize,
    pub(crate) needle: Option<Bytes>,
    pub(crate) sentinel: Option<Bytes>,
    stream: Bytes,
    chunking: Chunking,
}

/// What is inserted.
const INSERTED: &[u8] = b": x\n\n";

impl crate::Case for Case {
    fn read(bytes: &[u8]) -> Self {
        let (head, body) = Head::of(bytes);
        let size =
            |name, usual| head.number(name).map_or(usual, |size| usize::try_from(size).unwrap_or(usize::MAX));
        let word = |name| head.word(name).map(|word| Bytes(word.to_vec()));
        let (stream, chunking) = text::cut(body);
        Self {
            limit: size("limit=", 1 << 20),
            kept: size("kept=", 64 << 10),
            needle: word("needle="),
            sentinel: word("sentinel="),
            stream,
            chunking,
        }
    }

    fn check(&self) {
        let expected = self.interpret(&self.stream, Items { retry: true, ..Items::NONE }, self.limit);
        let mut tap = self.tap();
        let (mut fed, mut now) = (0, 0);
        self.insert(&tap, fed, &expected);
        for chunk in self.chunking.chunks(&self.stream) {
            tap.observe(chunk, now);
            (fed, now) = (fed + chunk.len(), now + 1);
            self.insert(&tap, fed, &expected);
        }
        self.compare(&tap, &expected);
        self.compare_times(&tap, &expected);
    }
}

impl Case {
    pub(crate) fn tap(&self) -> Tap {
        let mut tap = Tap::new().max_event_size(self.limit).max_match_size(self.kept);
        if let Some(needle) = &self.needle {
            tap = tap.needle(&**needle);
        }
        if let Some(sentinel) = &self.sentinel {
            tap = tap.sentinel(&**sentinel);
        }
        tap
    }

    fn interpret(&self, stream: &[u8], items: Items, limit: usize) -> Vec<Item> {
        let settings = Settings { max_event_size: limit, items, ..Settings::default() };
        interpret(stream, &settings, &Start::default()).items
    }

    fn compare(&self, tap: &Tap, expected: &[Item]) {
        let events = events(expected);
        let comments = self.interpret(&self.stream, Items { comments: true, ..Items::NONE }, usize::MAX);
        let comments = comments.iter().filter(|item| matches!(item, Item::Comment(_))).count();
        let oversized = expected.iter().filter(|item| **item == Item::Error(Fault::EventTooLarge)).count();
        assert_eq!(
            (tap.bytes(), tap.events(), tap.comments(), tap.oversized()),
            (self.stream.len() as u64, events.len() as u64, comments as u64, oversized as u64)
        );
        for (event_type, count) in tap.event_types() {
            let of_type = events.iter().filter(|event| event.event_type == event_type).count();
            assert_eq!(count, of_type as u64, "{}", event_type.escape_ascii());
        }
        let counted: u64 = tap.event_types().map(|(_, count)| count).sum();
        assert_eq!(counted + tap.events_of_other_types(), tap.events());
        let size = |event: &&&Event| event.span.end - event.span.start;
        // The first of those that are equally large.
        let largest = events.iter().rev().max_by_key(size).map(|event| event.span.clone());
        assert_eq!(tap.largest_event(), largest);
        let sentinel = self.sentinel.as_deref().unwrap_or(b"[DONE]");
        assert_eq!(tap.is_done(), events.iter().any(|event| event.data == sentinel));

        let matches: Vec<_> = events.iter().filter(|event| self.is_match(event)).collect();
        assert_eq!(tap.matches(), matches.len() as u64);
        for (found, expected) in [(tap.first_match(), matches.first()), (tap.last_match(), matches.last())] {
            assert_eq!(found.is_some(), expected.is_some());
            if let (Some(found), Some(expected)) = (found, expected) {
                let kept = |bytes: &[u8]| bytes[..bytes.len().min(self.kept)].to_vec();
                assert_eq!(found.span(), expected.span);
                assert_eq!(found.data(), kept(&expected.data));
                assert_eq!(found.event_type(), kept(&expected.event_type));
                let is_longer = expected.data.len().max(expected.event_type.len()) > self.kept;
                assert_eq!(found.is_truncated(), is_longer);
            }
        }
    }

    fn is_match(&self, event: &Event) -> bool {
        let Some(needle) = self.needle.as_deref() else { return false };
        let holds =
            |bytes: &[u8]| needle.is_empty() || bytes.windows(needle.len()).any(|window| window == needle);
        holds(&event.data) || holds(&event.event_type)
    }

    /// Each chunk's time is its number, counted from 0.
    fn compare_times(&self, tap: &Tap, expected: &[Item]) {
        let (mut times, mut fed) = (Vec::new(), 0);
        let events = events(expected);
        for (chunk, time) in self.chunking.chunks(&self.stream).zip(0_u64..) {
            let span = fed..fed + chunk.len() as u64;
            // The byte that completes an event is the last one of its span.
            times.extend(events.iter().filter(|event| span.contains(&(event.span.end - 1))).map(|_| time));
            fed = span.end;
        }
        let gap = times.windows(2).map(|pair| pair[1] - pair[0]).max();
        assert_eq!(
            (tap.first_event_at(), tap.last_event_at()),
            (times.first().copied(), times.last().copied())
        );
        assert_eq!(tap.max_gap(), gap);
    }

    /// Inserts a block behind so many bytes, if the tap says that this can be done.
    fn insert(&self, tap: &Tap, at: usize, expected: &[Item]) {
        let (before, mut behind) = self.stream.split_at(at);
        if !tap.is_between_events() {
            assert!(!events(expected).iter().any(|event| event.span.end == at as u64), "behind an event");
            return;
        }
        if at == 0 {
            behind = behind.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(behind);
        }
        let inserted = [before, INSERTED, behind].concat();
        let found = self.interpret(&inserted, Items { retry: true, ..Items::NONE }, self.limit);
        assert_eq!(without_places(&found), without_places(expected), "inserted at {at}");
    }
}

fn events(items: &[Item]) -> Vec<&Event> {
    items.iter().filter_map(|item| if let Item::Event(event) = item { Some(event) } else { None }).collect()
}

/// The items, wherever they lie in the stream.
pub(crate) fn without_places(items: &[Item]) -> Vec<Item> {
    let mut items = items.to_vec();
    for item in &mut items {
        if let Item::Event(event) = item {
            event.span = 0..0;
        }
    }
    items
}
