//! L3: the parser in the shapes that asynchronous Rust programs have at hand. Each shape is thin: none of them parses.
//!
//! An [`Event`](crate::Event) cannot outlive the call that gave it, and a `Stream` must give what can. So everything here stands
//! on one thing, a parser that is fed `Bytes` and gives events that own, or share, what they refer to:
//!
//! | file | feature | what it is |
//! |---|---|---|
//! | `bytes.rs` | `bytes` | [`BytesParser`], fed with [`BytesInput`] |
//! | `owned.rs` | `bytes` | [`OwnedEvent`] and [`OwnedItem`]: slices of the chunk where it was borrowed, copies where it was held |
//! | `text.rs` | `bytes` | [`TextEvent`]: an event of strings, with public fields |
//! | `delivery.rs` | `bytes` | [`Delivery`]: which of these comes out of a stream or codec |
//! | `stream.rs` | `stream` | a stream of chunks as a stream of events |
//! | `chunks.rs` | `stream` | a stream of `Buf`s as one of chunks |
//! | `slices.rs` | `stream` | a stream of `AsRef<[u8]>` as one of chunks |
//! | `body.rs` | `http-body` | a body as a stream of chunks |
//! | `codec.rs` | `codec` | for `tokio_util::codec` |

mod bytes;
#[cfg(feature = "codec")]
pub mod codec;
mod delivery;
mod owned;
#[cfg(feature = "stream")]
pub mod stream;
mod text;

pub use bytes::{BytesInput, BytesParser};
pub(crate) use bytes::{own, pull};
pub use delivery::Delivery;
pub use owned::{OwnedEvent, OwnedItem};
pub use text::TextEvent;

/// The samples of the guide, which are compiled and run with the others.
#[cfg(all(doctest, feature = "codec", feature = "http-body"))]
#[doc = include_str!("../docs/migration.md")]
mod migration {}
