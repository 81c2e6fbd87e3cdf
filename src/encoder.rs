//! Writing event streams: the inverse of the parser.
//!
//! A [`Message`] is what stands before a blank line. To encode it is first to check it, which finds every byte that no
//! stream can carry and adds up the exact length, and then to copy it, which cannot fail. What is between the two is
//! [`Pieces`], a message that has been checked: it is copied to a slice or a vector, or gone through as a sequence of
//! slices, most of them the caller's own, for a write that copies nothing.
//!
//! The form is always `name: value`, with the space, which the parser takes away again: so a value that begins with a
//! space keeps it (statement 108), and no case is special. A comment has no such space in the grammar, and gets none.

mod digits;
mod error;
mod lines;
mod pieces;
mod sink;
#[cfg(test)]
mod tests;

#[cfg(feature = "alloc")]
use alloc::vec::Vec;
use core::fmt;

#[cfg(feature = "bytes")]
use bytes::BytesMut;

pub use error::EncodeError;
pub use pieces::Pieces;
#[cfg(feature = "capi")]
pub(crate) use sink::Sink;
use sink::Slice;

/// What a server says of a stream in its `Content-Type`.
///
/// The text is UTF-8 by definition. If something has to be said of that, `charset=utf-8` is the one parameter that may stand
/// behind it (statement 104).
///
/// ```
/// assert_eq!(eventwire::CONTENT_TYPE, "text/event-stream");
/// ```
pub const CONTENT_TYPE: &str = "text/event-stream";

/// A message to be written to an event stream: an event, a comment, a reconnection time, a last event ID, or
/// several of these in one block.
///
/// What is not set is not written; a value that is set to nothing is written and empty, which for `data` makes an event
/// without text of what would otherwise be none, and for `id` makes the last event ID empty again. Values are text or bytes
/// (a stream should be UTF-8; that is not checked), by reference: nothing is copied before the message is encoded.
///
/// ```
/// use eventwire::Message;
///
/// let message = Message::new().event("delta").id("7").data("first line\nsecond line");
/// let mut stream = Vec::new();
/// message.encode_to_vec(&mut stream)?;
/// assert_eq!(stream, b"event: delta\nid: 7\ndata: first line\ndata: second line\n\n");
/// # Ok::<(), eventwire::EncodeError>(())
/// ```
///
/// The lines are written in the order comment, event, id, retry, data; then the blank line. A message of which nothing is set
/// is the blank line alone, which no client takes notice of. A comment alone is the usual keep-alive:
///
/// ```
/// # use eventwire::Message;
/// let mut line = [0; 16];
/// let len = Message::new().comment("").encode_to_slice(&mut line)?;
/// assert_eq!(line[..len], *b":\n\n");
/// # Ok::<(), eventwire::EncodeError>(())
/// ```
///
/// Nothing that is given can end a line early, and so smuggle a field or an event into the stream. Data and comments are
/// split at CR LF, LF and CR, each line behind its own name (statement 107); a client gets the lines of data joined with LF.
/// Where a line end cannot be expressed it is an error, and nothing is written:
///
/// ```
/// # use eventwire::{EncodeError, Field, Message};
/// let message = Message::new().event("x\ndata: forged");
/// let refused = EncodeError::InvalidByte { field: Field::Event, position: 1, byte: b'\n' };
/// assert_eq!(message.encoded_len(), Err(refused));
/// ```
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash)]
#[must_use]
pub struct Message<'a> {
    comment: Option<&'a [u8]>,
    event: Option<&'a [u8]>,
    id: Option<&'a [u8]>,
    retry: Option<u64>,
    data: Option<&'a [u8]>,
}

impl<'a> Message<'a> {
    /// A message of which nothing is set.
    pub const fn new() -> Self {
        Self { comment: None, event: None, id: None, retry: None, data: None }
    }

    /// Sets a comment, which clients pass over: a line for each of its own, behind a colon.
    ///
    /// It stands directly behind the colon, so that it is parsed back as it is. Many write a space there; then it is to be
    /// part of `comment`.
    pub fn comment(mut self, comment: &'a (impl AsRef<[u8]> + ?Sized)) -> Self {
        self.comment = Some(comment.as_ref());
        self
    }

    /// Sets the event's type, in which there may be no CR or LF. Without one, or with an empty one, it is `message`.
    ///
    /// It means nothing without [`data`](Self::data), for a block without data is no event.
    pub fn event(mut self, event_type: &'a (impl AsRef<[u8]> + ?Sized)) -> Self {
        self.event = Some(event_type.as_ref());
        self
    }

    /// Sets the last event ID from this message on, in which there may be no CR, LF or NUL.
    pub fn id(mut self, id: &'a (impl AsRef<[u8]> + ?Sized)) -> Self {
        self.id = Some(id.as_ref());
        self
    }

    /// Sets the reconnection time of the client, in milliseconds.
    pub const fn retry(mut self, milliseconds: u64) -> Self {
        self.retry = Some(milliseconds);
        self
    }

    /// Sets the event's data: a line for each of its own.
    pub fn data(mut self, data: &'a (impl AsRef<[u8]> + ?Sized)) -> Self {
        self.data = Some(data.as_ref());
        self
    }

    /// The number of bytes that the message takes in a stream, exactly.
    ///
    /// # Errors
    ///
    /// [`EncodeError::InvalidByte`] if it cannot be expressed, [`EncodeError::TooLong`] if it cannot be counted.
    pub fn encoded_len(&self) -> Result<usize, EncodeError> {
        Ok(self.pieces()?.encoded_len())
    }

    /// Writes the message to the start of `out`, and answers how many bytes it took. Nothing is allocated.
    ///
    /// # Errors
    ///
    /// As for [`encoded_len`](Self::encoded_len), and [`EncodeError::BufferTooSmall`], which says what is needed. Nothing is
    /// written then.
    pub fn encode_to_slice(&self, out: &mut [u8]) -> Result<usize, EncodeError> {
        let pieces = self.pieces()?;
        let needed = pieces.encoded_len();
        let out = out.get_mut(..needed).ok_or(EncodeError::BufferTooSmall { needed })?;
        pieces.write(&mut Slice(out));
        Ok(needed)
    }

    /// Appends the message to `out`, whose memory grows once at most.
    ///
    /// # Errors
    ///
    /// As for [`encoded_len`](Self::encoded_len), and [`EncodeError::NoMemory`] if the allocator refuses. Nothing is
    /// written then.
    #[cfg(feature = "alloc")]
    pub fn encode_to_vec(&self, out: &mut Vec<u8>) -> Result<(), EncodeError> {
        let pieces = self.pieces()?;
        out.try_reserve(pieces.encoded_len()).map_err(|_| EncodeError::NoMemory)?;
        pieces.write(out);
        Ok(())
    }

    /// Appends the message to `out`, whose memory grows once at most.
    ///
    /// ```
    /// # use eventwire::Message;
    /// let mut stream = bytes::BytesMut::new();
    /// Message::new().data("1").encode_to_bytes_mut(&mut stream)?;
    /// assert_eq!(stream.split().freeze(), "data: 1\n\n");
    /// # Ok::<(), eventwire::EncodeError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As for [`encoded_len`](Self::encoded_len); nothing is written then.
    ///
    /// # Panics
    ///
    /// As `BytesMut::reserve`, which cannot report that there is no memory.
    #[cfg(feature = "bytes")]
    pub fn encode_to_bytes_mut(&self, out: &mut BytesMut) -> Result<(), EncodeError> {
        let pieces = self.pieces()?;
        out.reserve(pieces.encoded_len());
        pieces.write(out);
        Ok(())
    }

    /// The message checked, as the slices that it consists of: for vectored writes, which copy nothing.
    ///
    /// # Errors
    ///
    /// As for [`encoded_len`](Self::encoded_len).
    #[inline]
    pub fn pieces(&self) -> Result<Pieces<'a>, EncodeError> {
        Pieces::of(self)
    }
}

impl fmt::Debug for Message<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut message = f.debug_struct("Message");
        let mut text = |name, value: Option<&[u8]>| {
            if let Some(value) = value {
                message.field(name, &format_args!("\"{}\"", value.escape_ascii()));
            }
        };
        text("comment", self.comment);
        text("event", self.event);
        text("id", self.id);
        text("data", self.data);
        if let Some(milliseconds) = self.retry {
            message.field("retry", &milliseconds);
        }
        message.finish()
    }
}
