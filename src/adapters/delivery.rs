//! What comes out of a stream or a codec.

use sealed::Pull;

use super::bytes::{BytesInput, BytesParser};
use super::owned::{OwnedEvent, OwnedItem};
use super::text::TextEvent;
use crate::error::Error;

/// What a stream or codec gives for each event:
///
/// | type | gives |
/// |---|---|
/// | [`OwnedEvent`] | events that share the memory of the chunk |
/// | [`OwnedItem`] | these, and the other items that [`Config::items`](crate::Config::items) asks for |
/// | [`TextEvent`] | events of strings |
/// | `Result<T, Error>` | one of these, or what was wrong, as an item like the others: for those who take an error of the stream for its end |
///
/// The trait is sealed.
pub trait Delivery: Pull {}

pub(super) mod sealed {
    use super::super::bytes::{BytesInput, BytesParser};
    use crate::error::Error;

    pub trait Pull: Sized {
        /// The next one of the chunk.
        fn next(parser: &mut BytesParser, input: &mut BytesInput) -> Result<Option<Self>, Error>;

        /// What the end of the stream gives.
        fn last(parser: &mut BytesParser) -> Result<Option<Self>, Error>;
    }
}

impl Delivery for OwnedEvent {}

impl Pull for OwnedEvent {
    fn next(parser: &mut BytesParser, input: &mut BytesInput) -> Result<Option<Self>, Error> {
        parser.next_event(input)
    }

    fn last(parser: &mut BytesParser) -> Result<Option<Self>, Error> {
        parser.finish()
    }
}

impl Delivery for OwnedItem {}

impl Pull for OwnedItem {
    fn next(parser: &mut BytesParser, input: &mut BytesInput) -> Result<Option<Self>, Error> {
        parser.next_item(input)
    }

    fn last(parser: &mut BytesParser) -> Result<Option<Self>, Error> {
        Ok(parser.finish()?.map(Self::Event))
    }
}

impl Delivery for TextEvent {}

impl Pull for TextEvent {
    fn next(parser: &mut BytesParser, input: &mut BytesInput) -> Result<Option<Self>, Error> {
        parser.next_text(input)
    }

    fn last(parser: &mut BytesParser) -> Result<Option<Self>, Error> {
        parser.finish_text()
    }
}

impl<T: Delivery> Delivery for Result<T, Error> {}

impl<T: Delivery> Pull for Result<T, Error> {
    fn next(parser: &mut BytesParser, input: &mut BytesInput) -> Result<Option<Self>, Error> {
        Ok(T::next(parser, input).transpose())
    }

    fn last(parser: &mut BytesParser) -> Result<Option<Self>, Error> {
        Ok(T::last(parser).transpose())
    }
}
