//! Where the contestants put what they find: counted while the clock runs, hashed when it does not.

use std::hint::black_box;

/// Takes the data of events.
pub trait Sink {
    /// A part of the current event's data.
    fn piece(&mut self, bytes: &[u8]);

    /// The current event is whole.
    fn end_of_event(&mut self);

    /// A whole event.
    #[inline]
    fn event(&mut self, data: &[u8]) {
        self.piece(data);
        self.end_of_event();
    }
}

/// Counts events and bytes of data, and makes the compiler believe that the bytes are read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Events.
    pub events: u64,
    /// The bytes of their data, taken together.
    pub data_bytes: u64,
}

impl Sink for Tally {
    #[inline]
    fn piece(&mut self, bytes: &[u8]) {
        self.data_bytes += black_box(bytes).len() as u64;
    }

    #[inline]
    fn end_of_event(&mut self) {
        self.events += 1;
    }
}

/// Hashes the data of all events, with the places where one ends and the next begins (FNV-1a).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Digest(u64);

impl Default for Digest {
    fn default() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }
}

impl Digest {
    fn mix(&mut self, unit: u64) {
        self.0 = (self.0 ^ unit).wrapping_mul(0x0100_0000_01b3);
    }
}

impl Sink for Digest {
    fn piece(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            self.mix(u64::from(byte));
        }
    }

    fn end_of_event(&mut self) {
        // No byte has this value.
        self.mix(0x100);
    }
}
