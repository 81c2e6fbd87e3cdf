//! What a stream is made of, counted while it goes by.
//!
//! Memory is bounded whatever the stream holds: a fixed histogram, and a limited number of types.

use std::collections::HashMap;
use std::io;
use std::time::Instant;

use eventwire::{Error, Event, Item};
use memchr::memchr_iter;

use crate::losses::Losses;
use crate::parse::Sink;

/// So many types are counted by name, others together. Real streams have a dozen.
const MOST_TYPES: usize = 1_000;

/// Types longer than this are counted with the others.
const LONGEST_TYPE: usize = 256;

/// Everything that is counted.
#[derive(Debug)]
pub(crate) struct Stats {
    started: Instant,
    bytes: u64,
    line_ends: LineEnds,
    types: Types,
    sizes: Sizes,
    /// Events with a valid `id` field.
    ids: u64,
    comments: u64,
    retries: u64,
    losses: Losses,
}

impl Stats {
    /// Nothing counted yet; the clock runs.
    pub(crate) fn new() -> Self {
        Self {
            started: Instant::now(),
            bytes: 0,
            line_ends: LineEnds::default(),
            types: Types::default(),
            sizes: Sizes::default(),
            ids: 0,
            comments: 0,
            retries: 0,
            losses: Losses::default(),
        }
    }

    /// When counting began.
    pub(crate) fn started(&self) -> Instant {
        self.started
    }

    /// Bytes of the stream.
    pub(crate) fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Line ends of the stream.
    pub(crate) fn line_ends(&self) -> &LineEnds {
        &self.line_ends
    }

    /// Events by type.
    pub(crate) fn types(&self) -> &Types {
        &self.types
    }

    /// Sizes of the events' data.
    pub(crate) fn sizes(&self) -> &Sizes {
        &self.sizes
    }

    /// Events with an id of their own.
    pub(crate) fn ids(&self) -> u64 {
        self.ids
    }

    /// Comment lines.
    pub(crate) fn comments(&self) -> u64 {
        self.comments
    }

    /// Valid retry lines.
    pub(crate) fn retries(&self) -> u64 {
        self.retries
    }

    /// What was lost.
    pub(crate) fn losses(&self) -> &Losses {
        &self.losses
    }

    fn event(&mut self, event: &Event<'_>) {
        let size = event.data().len() as u64;
        self.sizes.add(size);
        self.types.add(event.event_type(), size);
        self.ids += u64::from(event.id().is_some());
    }
}

impl Sink for Stats {
    #[inline]
    fn item(&mut self, item: &Item<'_>) -> io::Result<()> {
        match item {
            Item::Event(event) => self.event(event),
            Item::Retry(_) => self.retries += 1,
            Item::Comment(_) => self.comments += 1,
            // Nothing else is asked for.
            _ => {}
        }
        Ok(())
    }

    fn dropped(&mut self, error: Error, after: u64) {
        match error {
            // Nobody asked for the text of the comments: counted, nothing is lost.
            Error::ItemTooLarge => self.comments += 1,
            _ => self.losses.note(error, after),
        }
    }

    fn end_read(&mut self, read: &[u8]) -> io::Result<()> {
        self.bytes += read.len() as u64;
        self.line_ends.count(read);
        Ok(())
    }
}

/// Numbers of line ends of each form.
#[derive(Debug, Default)]
pub(crate) struct LineEnds {
    feeds: u64,
    returns: u64,
    pairs: u64,
    /// The stream so far ends in CR: a LF now makes a pair of it.
    after_return: bool,
}

impl LineEnds {
    /// Lines that end in LF alone.
    pub(crate) fn lf(&self) -> u64 {
        self.feeds - self.pairs
    }

    /// Lines that end in CR LF.
    pub(crate) fn crlf(&self) -> u64 {
        self.pairs
    }

    /// Lines that end in CR alone.
    pub(crate) fn cr(&self) -> u64 {
        self.returns - self.pairs
    }

    /// Two passes over what is still in the processor's cache, each many times faster than the parser; most
    /// streams have no CR at all.
    fn count(&mut self, read: &[u8]) {
        self.feeds += memchr_iter(b'\n', read).count() as u64;
        self.pairs += u64::from(self.after_return && read.first() == Some(&b'\n'));
        for at in memchr_iter(b'\r', read) {
            self.returns += 1;
            self.pairs += u64::from(read.get(at + 1) == Some(&b'\n'));
        }
        if let Some(last) = read.last() {
            self.after_return = *last == b'\r';
        }
    }
}

/// Events and bytes of data of one type.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    /// Events.
    pub(crate) events: u64,
    /// Bytes of their data.
    pub(crate) data: u64,
}

impl Tally {
    fn add(&mut self, data: u64) {
        self.events += 1;
        self.data += data;
    }
}

/// Events by type.
#[derive(Debug, Default)]
pub(crate) struct Types {
    named: Vec<(Box<[u8]>, Tally)>,
    places: HashMap<Box<[u8]>, usize>,
    /// Where the latest type stands: it is often the next one too, which spares looking it up.
    latest: usize,
    others: Tally,
}

impl Types {
    /// The types that are counted by name, most frequent first.
    pub(crate) fn by_frequency(&self) -> Vec<(&[u8], Tally)> {
        let mut types: Vec<_> = self.named.iter().map(|(name, tally)| (&**name, *tally)).collect();
        types.sort_by(|(a_name, a), (b_name, b)| b.events.cmp(&a.events).then_with(|| a_name.cmp(b_name)));
        types
    }

    /// The events of all other types.
    pub(crate) fn others(&self) -> Tally {
        self.others
    }

    #[inline]
    fn add(&mut self, name: &[u8], data: u64) {
        match self.named.get_mut(self.latest) {
            Some((latest, tally)) if **latest == *name => tally.add(data),
            _ => self.look_up(name).add(data),
        }
    }

    fn look_up(&mut self, name: &[u8]) -> &mut Tally {
        let place = match self.places.get(name) {
            Some(&place) => place,
            None if self.named.len() < MOST_TYPES && name.len() <= LONGEST_TYPE => {
                self.named.push((name.into(), Tally::default()));
                self.places.insert(name.into(), self.named.len() - 1);
                self.named.len() - 1
            }
            None => return &mut self.others,
        };
        self.latest = place;
        &mut self.named[place].1
    }
}

/// Sizes, in classes that each are twice as large as the one before.
#[derive(Debug)]
pub(crate) struct Sizes {
    /// By the number of bits that the size needs.
    classes: [u64; 65],
    count: u64,
    total: u64,
    smallest: u64,
    largest: u64,
}

impl Default for Sizes {
    fn default() -> Self {
        Self { classes: [0; 65], count: 0, total: 0, smallest: u64::MAX, largest: 0 }
    }
}

impl Sizes {
    #[inline]
    fn add(&mut self, size: u64) {
        self.classes[(u64::BITS - size.leading_zeros()) as usize] += 1;
        self.count += 1;
        self.total += size;
        self.smallest = self.smallest.min(size);
        self.largest = self.largest.max(size);
    }

    /// How many there are.
    pub(crate) fn count(&self) -> u64 {
        self.count
    }

    /// Their sum.
    pub(crate) fn total(&self) -> u64 {
        self.total
    }

    /// The smallest and the largest, if there is any.
    pub(crate) fn range(&self) -> Option<(u64, u64)> {
        (self.count > 0).then_some((self.smallest, self.largest))
    }

    /// The classes from the first to the last that holds any: smallest and largest size, how many.
    pub(crate) fn histogram(&self) -> impl Iterator<Item = (u64, u64, u64)> {
        let first = self.classes.iter().position(|&count| count > 0).unwrap_or(0);
        let end = self.classes.iter().rposition(|&count| count > 0).map_or(0, |last| last + 1);
        (first..end).map(|bits| {
            let largest = u64::MAX.checked_shr(u64::BITS - bits as u32).unwrap_or(0);
            let smallest = if bits == 0 { 0 } else { 1 << (bits - 1) };
            (smallest, largest, self.classes[bits])
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn line_ends_are_told_apart_at_every_cut() {
        let stream = b"\r\na\n\nb\r\rc\r\n\r\n\n\r";
        for cut in 0..=stream.len() {
            let mut ends = LineEnds::default();
            ends.count(&stream[..cut]);
            ends.count(b"");
            ends.count(&stream[cut..]);
            assert_eq!((ends.lf(), ends.crlf(), ends.cr()), (3, 3, 3), "cut at {cut}");
        }
    }

    #[test]
    fn types_are_counted_by_name_up_to_a_limit() {
        let mut types = Types::default();
        for (name, data) in [(&b"b"[..], 1), (b"a", 2), (b"a", 3), (b"b", 4), (b"a", 5)] {
            types.add(name, data);
        }
        types.add(&[b'x'; LONGEST_TYPE + 1], 6);
        let tally = |events, data| Tally { events, data };
        assert_eq!(types.by_frequency(), [(&b"a"[..], tally(3, 10)), (b"b", tally(2, 5))]);
        assert_eq!(types.others(), tally(1, 6));
        for n in 0..2 * MOST_TYPES {
            types.add(n.to_string().as_bytes(), 0);
        }
        assert_eq!(types.by_frequency().len(), MOST_TYPES);
        assert_eq!(types.others().events as usize, 1 + MOST_TYPES + 2);
    }

    #[test]
    fn sizes_fall_into_their_class() {
        let mut sizes = Sizes::default();
        assert_eq!(sizes.histogram().count(), 0);
        assert_eq!(sizes.range(), None);
        for size in [1, 2, 3, 4, 7, 8, 100] {
            sizes.add(size);
        }
        let classes: Vec<_> = sizes.histogram().collect();
        assert_eq!(
            classes,
            [(1, 1, 1), (2, 3, 2), (4, 7, 2), (8, 15, 1), (16, 31, 0), (32, 63, 0), (64, 127, 1)]
        );
        assert_eq!((sizes.count(), sizes.total(), sizes.range()), (7, 125, Some((1, 100))));
        sizes.add(0);
        sizes.add(u64::MAX / 2);
        assert_eq!(sizes.histogram().next(), Some((0, 0, 1)));
        assert_eq!(sizes.histogram().last(), Some((1 << 62, u64::MAX / 2, 1)));
    }
}
