//! What a parser made of a stream, in a form in which an engine, the oracle and a vector can be compared.
//!
//! Everything owns its bytes, and `Debug` prints them in the [notation](crate::notation) of the vectors: a
//! failing `assert_eq!` is readable, and what it shows can be pasted into a vector.

use crate::notation::Shown;
use std::fmt::{self, Debug, Formatter};
use std::ops::Range;

/// All that can be observed of one stream, from the first byte to after its end.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Outcome {
    /// What was delivered, in order; what the end of the stream delivered comes last.
    pub items: Vec<Item>,
    /// The last event ID string after the end.
    pub last_event_id: Vec<u8>,
    /// The reconnection time in milliseconds after the end.
    pub retry: Option<u64>,
    /// Bytes of the stream consumed.
    pub position: u64,
    /// Events and items dropped without an error.
    pub skipped: u64,
}

/// One thing delivered.
#[derive(Clone, PartialEq, Eq)]
pub enum Item {
    /// An event, at its blank line (or at the end of the stream, where that dispatches).
    Event(Event),
    /// An accepted reconnection time in milliseconds, at its line.
    Retry(u64),
    /// A comment: all that follows the colon.
    Comment(Vec<u8>),
    /// A line with a field name that the format does not know.
    Unknown {
        /// All before the first colon.
        name: Vec<u8>,
        /// All after it but for one leading space; empty when there is no colon.
        value: Vec<u8>,
    },
    /// An error; the parser went on after it.
    Error(Fault),
}

/// An event as delivered.
#[derive(Clone, PartialEq, Eq)]
pub struct Event {
    /// The type; `message` when the block names none.
    pub event_type: Vec<u8>,
    /// The data lines, joined with LF.
    pub data: Vec<u8>,
    /// The last event ID string as of this event.
    pub last_event_id: Vec<u8>,
    /// The ID that this event's own block sets, if it has a valid `id` field.
    pub id: Option<Vec<u8>>,
    /// Where the block lies in the stream.
    pub span: Range<u64>,
}

/// The errors that a stream can cause.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The event went over the size limit and was dropped.
    EventTooLarge,
    /// A comment or an unknown line went over the size limit and was dropped.
    ItemTooLarge,
    /// The event, comment or unknown line was not UTF-8 and was dropped.
    InvalidUtf8,
}

impl Debug for Outcome {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let Self { items, last_event_id, retry, position, skipped } = self;
        f.debug_struct("Outcome")
            .field("items", items)
            .field("last_event_id", &Shown(last_event_id))
            .field("retry", retry)
            .field("position", position)
            .field("skipped", skipped)
            .finish()
    }
}

impl Debug for Event {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        // On one line even in a pretty-printed list: a diff of two outcomes is then read line by line.
        let Self { event_type, data, last_event_id, id, span } = self;
        write!(f, "Event {{ event_type: {:?}, data: {:?}, ", Shown(event_type), Shown(data))?;
        write!(f, "last_event_id: {:?}, id: {:?}, ", Shown(last_event_id), id.as_deref().map(Shown))?;
        write!(f, "span: {span:?} }}")
    }
}

impl Debug for Item {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Event(event) => event.fmt(f),
            Self::Retry(milliseconds) => write!(f, "Retry({milliseconds})"),
            Self::Comment(text) => write!(f, "Comment({:?})", Shown(text)),
            Self::Unknown { name, value } => {
                write!(f, "Unknown {{ name: {:?}, value: {:?} }}", Shown(name), Shown(value))
            }
            Self::Error(fault) => write!(f, "Error({fault:?})"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_output_is_in_the_notation() {
        let event = Event {
            event_type: b"message".to_vec(),
            data: b"a\n\xff".to_vec(),
            last_event_id: b"7".to_vec(),
            id: None,
            span: 0..9,
        };
        let outcome = Outcome { items: vec![Item::Event(event)], ..Outcome::default() };
        let shown = format!("{outcome:#?}");
        assert!(shown.contains(r"data: 'a\n\xff', last_event_id: '7', id: None, span: 0..9"), "{shown}");
    }
}
