//! Watches and rewrites event streams (`text/event-stream`, server-sent events) that go through a Rust proxy.
//!
//! [`Tap`](eventwire::Tap) and [`Rewriter`](eventwire::Rewriter) do the work, and know nothing of HTTP. This crate puts them where the streams are:
//!
//! | | watches | rewrites |
//! |---|---|---|
//! | a [`tower_layer::Layer`] around a service: axum, hyper, tonic | [`TapLayer`] | [`RewriteLayer`] |
//! | an [`http_body::Body`] around another | [`TapBody`] | [`RewriteBody`] |
//! | elsewhere, such as in Pingora's filters | [`Format`], then `Tap` | `Format`, [`disclaim_bytes`], then `Rewriter` |
//!
//! A response is touched if its type is `text/event-stream`, in no content coding, and whole; any other passes as it is. A proxy that wants to read streams
//! sends `Accept-Encoding: identity` upstream, and takes `Range` off if it has to drop events whatever a client asks for.
//!
//! # What a client gets
//!
//! Every byte that it would have got without the proxy, in the same order, unless a closure of yours said otherwise: so whatever the chunks are, if the
//! upstream dies within an event, if an event is too large to be held or the stream is none. Nothing is delayed but an event that is to be decided about, until
//! the byte that completes it. Frames, trailers, errors, size hints and backpressure are those of the body underneath: no task is spawned,
//! and nothing is read ahead.
//!
//! # In which order
//!
//! Of two layers around a service the inner one is nearer to the upstream. A `TapLayer` inside a `RewriteLayer` tells what came, one outside of it what
//! the client got.
//!
//! # No keep-alive
//!
//! Comments that keep an idle connection open need a timer, and so a runtime; this crate has none, and works on any. Those that the upstream sends between
//! events pass through a rewriter as they come.

#![forbid(unsafe_code)]

mod format;
mod frames;
mod head;
mod rewrite_body;
mod rewrite_layer;
mod tap_body;
mod tap_layer;

pub use eventwire;
pub use format::Format;
pub use head::disclaim_bytes;
pub use rewrite_body::RewriteBody;
pub use rewrite_layer::{RewriteFuture, RewriteLayer, RewriteService};
pub use tap_body::{End, Report, TapBody};
pub use tap_layer::{TapFuture, TapLayer, TapService};

/// The samples of the README, which are compiled with the others.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
mod readme {}

/// Those of the guide likewise.
#[cfg(doctest)]
#[doc = include_str!("../../../docs/rust-proxies.md")]
mod guide {}
