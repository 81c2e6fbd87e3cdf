#![doc = include_str!("../README.md")]
#![no_std]
#![deny(unsafe_code)]
#![cfg_attr(
    not(test),
    warn(
        clippy::expect_used,
        clippy::indexing_slicing,
        clippy::panic,
        clippy::string_slice,
        clippy::unreachable,
        clippy::unwrap_used
    )
)]

#[cfg(feature = "alloc")]
extern crate alloc;
#[cfg(any(feature = "std", test))]
extern crate std;

#[cfg(feature = "bytes")]
mod adapters;
mod assembler;
#[cfg(feature = "capi-core")]
pub mod capi;
mod carry;
mod config;
mod encoder;
mod error;
mod event;
#[cfg(feature = "alloc")]
pub mod event_source;
mod held;
mod input;
#[cfg(feature = "alloc")]
mod memory;
mod parser;
mod retry;
#[cfg(feature = "alloc")]
pub mod rewriter;
#[doc(hidden)]
pub mod scan;
#[cfg(feature = "alloc")]
pub mod tap;
mod tokenizer;
mod utf8;
#[cfg(test)]
mod work;

#[cfg(feature = "codec")]
pub use adapters::codec;
#[cfg(feature = "stream")]
pub use adapters::stream;
#[cfg(feature = "bytes")]
pub use adapters::{BytesInput, BytesParser, Delivery, OwnedEvent, OwnedItem, TextEvent};
#[cfg(feature = "alloc")]
pub use carry::VecCarry;
pub use carry::{Carry, SliceCarry};
pub use config::{Config, Eof, Items, Overflow, Utf8};
pub use encoder::{CONTENT_TYPE, EncodeError, Message, Pieces};
pub use error::Error;
pub use event::{Event, Item};
#[cfg(feature = "alloc")]
pub use event_source::{EventSource, ReadyState};
pub use input::Input;
pub use parser::Parser;
#[cfg(feature = "alloc")]
pub use rewriter::Rewriter;
pub use scan::scanner_name;
#[cfg(feature = "alloc")]
pub use tap::Tap;
pub use tokenizer::{Field, Token, Tokenizer, split_field};
