//! The rewriter: what it writes is what is written for the whole stream, line by line and without an engine; if it keeps all,
//! that is the stream. Nothing is held between events, and where it says that a block may be inserted, the oracle finds
//! nothing changed.

use crate::tap::without_places;
use crate::text::{self, Bytes, Head};
use eventwire::rewriter::{Edit, Oversized};
use eventwire::{Event, Rewriter};
use eventwire_testkit::chunking::Chunking;
use eventwire_testkit::oracle::interpret;
use eventwire_testkit::outcome::Item;
use eventwire_testkit::settings::{Items, Settings, Start};

#[path = "../../tests/rewriter/oracle.rs"]
mod oracle;

pub(crate) use oracle::{AFTER, BEFORE, Order, REPLACEMENT};
use oracle::{order, rewritten};

/// `limit=`: the most bytes of a block; `cut`: larger ones are dropped; `keep`: all events are kept. Otherwise what becomes
/// of an event is what its type says: `drop`, `replace`, `before`, `after`. The body is a stream.
#[derive(Clone, Debug)]
pub struct Case {
    pub(crate) limit: usize,
    pub(crate) oversized: Oversized,
    pub(crate) keeps_all: bool,
    pub(crate) stream: Bytes,
    pub(crate) chunking: Chunking,
}

/// What is inserted.
const INSERTED: &[u8] = b": x\n\n";

impl crate::Case for Case {
    fn read(bytes: &[u8]) -> Self {
        let (head, body) = Head::of(bytes);
        let limit =
            head.number("limit=").map_or(1 << 20, |limit| usize::try_from(limit).unwrap_or(usize::MAX));
        let (stream, chunking) = text::cut(body);
        Self {
            // What less is taken for.
            limit: limit.max(2),
            oversized: if head.has("cut") { Oversized::Drop } else { Oversized::Pass },
            keeps_all: head.has("keep"),
            stream,
            chunking,
        }
    }

    fn check(&self) {
        let mut rewriter = self.rewriter();
        let mut written: Vec<u8> = Vec::new();
        // What is written, where a block may be inserted.
        let mut places = vec![0];
        for chunk in self.chunking.chunks(&self.stream) {
            rewriter
                .rewrite(chunk, |event, edit| {
                    assert!(event.span().end - event.span().start <= self.limit as u64);
                    self.decide(event, edit);
                })
                .for_each(|span| {
                    assert!(!span.is_empty());
                    written.extend_from_slice(span);
                });
            assert!(rewriter.held() <= self.limit);
            if rewriter.is_between_events() {
                places.push(written.len());
            } else {
                assert!(rewriter.held() < 3, "more is held than a part of a byte-order mark");
            }
        }
        rewriter.finish().for_each(|span| written.extend_from_slice(span));
        assert_eq!(rewriter.held(), 0);
        self.compare(&written);
        self.insert(&written, &places);
    }
}

impl Case {
    pub(crate) fn rewriter(&self) -> Rewriter {
        Rewriter::new().max_block_size(self.limit).oversized(self.oversized)
    }

    pub(crate) fn decide(&self, event: &Event<'_>, edit: &mut Edit<'_>) {
        self.order(event.event_type()).tell(edit);
    }

    pub(crate) fn order(&self, event_type: &[u8]) -> Order {
        if self.keeps_all { Order::Keep } else { order(event_type) }
    }

    fn compare(&self, written: &[u8]) {
        if self.keeps_all && self.oversized == Oversized::Pass {
            assert_eq!(written.escape_ascii().to_string(), self.stream.escape_ascii().to_string());
        }
        if self.keeps_all {
            return;
        }
        let expected = rewritten(&self.stream, self.limit, self.oversized);
        // An LF that comes with the next chunk follows what was inserted behind its CR: an empty block more, and nothing else.
        if self.stream.contains(&b'\r') && expected.windows(AFTER.len()).any(|window| window == AFTER) {
            assert_eq!(seen(written), seen(&expected));
        } else {
            assert_eq!(written.escape_ascii().to_string(), expected.escape_ascii().to_string());
        }
    }

    fn insert(&self, written: &[u8], places: &[usize]) {
        let expected = seen(written);
        for &at in places {
            let (before, mut behind) = written.split_at(at);
            if at == 0 {
                behind = behind.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(behind);
            }
            assert_eq!(seen(&[before, INSERTED, behind].concat()), expected, "inserted at {at}");
        }
    }
}

/// All that a client acts upon.
fn seen(stream: &[u8]) -> Vec<Item> {
    let settings = Settings { items: Items { retry: true, ..Items::NONE }, ..Settings::default() };
    without_places(&interpret(stream, &settings, &Start::default()).items)
}
