//! The adapters against the oracle, and what each promises beside events: memory, wake-ups, ends.
#![cfg(feature = "bytes")]

mod bytes;
#[cfg(feature = "codec")]
mod codec;
mod generate;
mod observe;
#[cfg(feature = "stream")]
mod poll;
mod source;
#[cfg(feature = "stream")]
mod stream;
