//! Why a message is not written.

use core::fmt;

use crate::tokenizer::Field;

/// Why a [`Message`](crate::Message) was not written. Nothing of it was, then.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum EncodeError {
    /// A value holds a byte that no stream can carry in this field: CR or LF in an event's type, CR, LF or NUL in an id.
    InvalidByte {
        /// The field: [`Field::Event`] or [`Field::Id`].
        field: Field,
        /// Where in the value the first such byte is, counted from 0.
        position: usize,
        /// The byte.
        byte: u8,
    },
    /// The slice is shorter than the message.
    BufferTooSmall {
        /// The length of the message.
        needed: usize,
    },
    /// The allocator refused memory.
    NoMemory,
    /// The message would be longer than a `usize` can say.
    TooLong,
}

impl fmt::Display for EncodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::InvalidByte { field, position, byte } => {
                let byte = match byte {
                    b'\n' => "LF",
                    b'\r' => "CR",
                    _ => "NUL",
                };
                let (field, allowed) = match field {
                    Field::Id => ("id", "CR, LF nor NUL"),
                    _ => ("event type", "CR nor LF"),
                };
                write!(f, "{field} refused: {byte} at byte {position} (it may hold neither {allowed})")
            }
            Self::BufferTooSmall { needed } => {
                write!(f, "message not written: the buffer is too small ({needed} bytes are needed)")
            }
            Self::NoMemory => f.write_str("message not written: out of memory"),
            Self::TooLong => f.write_str("message not written: its length cannot be counted"),
        }
    }
}

impl core::error::Error for EncodeError {}
