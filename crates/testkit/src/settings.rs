//! How a stream is to be parsed: the configuration of a parser and what it brings from earlier connections.
//!
//! These are the kit's own types, so that the oracle, the vectors and the generators know nothing of the engine.

use serde::Deserialize;

/// A parser's configuration. The default is the engine's default.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settings {
    /// The most bytes that an event may have: its data with the joins, its type and its ID.
    pub max_event_size: usize,
    /// The size of the carry where it is fixed; the last event ID is kept in it too. `None`: it grows.
    pub capacity: Option<usize>,
    /// What becomes of an event or item that is too large.
    pub overflow: Overflow,
    /// What becomes of invalid UTF-8.
    pub utf8: Utf8,
    /// What becomes of an event that the end of the stream cuts off.
    pub eof: Eof,
    /// What is delivered besides events.
    pub items: Items,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            max_event_size: 16 << 20,
            capacity: None,
            overflow: Overflow::default(),
            utf8: Utf8::default(),
            eof: Eof::default(),
            items: Items::NONE,
        }
    }
}

/// What becomes of an event or item that is too large.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Overflow {
    /// It is dropped and reported.
    #[default]
    Error,
    /// It is dropped and counted.
    Skip,
}

/// What becomes of invalid UTF-8.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Utf8 {
    /// The bytes are delivered as they are.
    #[default]
    Raw,
    /// U+FFFD takes the place of each maximal subpart.
    Replace,
    /// The event or item is dropped and reported.
    Strict,
}

/// What becomes of an event that the end of the stream cuts off.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Eof {
    /// It is dropped, as the standard has it.
    #[default]
    Discard,
    /// It is dispatched as if a line end and a blank line had followed.
    Dispatch,
}

/// The kinds of items that are delivered besides events.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Items {
    /// Accepted reconnection times.
    pub retry: bool,
    /// Comments.
    pub comments: bool,
    /// Lines with an unknown field name.
    pub unknown: bool,
}

impl Items {
    /// Events only.
    pub const NONE: Self = Self { retry: false, comments: false, unknown: false };
    /// All that a stream holds.
    pub const ALL: Self = Self { retry: true, comments: true, unknown: true };
}

/// What a parser knows before the first byte, from earlier connections or because it was told.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Start {
    /// The last event ID string.
    pub last_event_id: Vec<u8>,
    /// The reconnection time in milliseconds.
    pub retry: Option<u64>,
}
