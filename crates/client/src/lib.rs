//! `EventSource` over HTTP: follows a stream of server-sent events (`text/event-stream`), connects again when the connection is
//! lost, and goes on behind the last event that it has seen.
//!
//! The rules are those of [`eventwire::EventSource`], a machine without IO; this crate drives it with [`reqwest`] and `tokio`.
//! Numbers of statements in the documentation are those by which the project counts what the standard asks for.
//!
//! # As a stream
//!
//! ```
//! # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/client/doc_server.rs"));
//! use eventwire_client::{EventSource, Item};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), eventwire_client::BuildError> {
//! # let url = serve(&["retry: 10\n\nid: 1\ndata: hello\n\n", "event: delta\ndata: again\n\n"]);
//! let mut source = EventSource::new(url)?;
//! let mut seen = Vec::new();
//! while let Some(item) = source.next().await {
//!     match item {
//!         Item::Open => seen.push("open".to_owned()),
//!         Item::Event(event) => seen.push(format!("{}: {}", event.event_type_str(), event.data_str())),
//!         Item::Error(error) => seen.push(format!("{:?}: {error}", error.ready_state())),
//!         _ => {}
//!     }
//! }
//! assert_eq!(
//!     seen,
//!     [
//!         "open",
//!         "message: hello",
//!         "Connecting: the stream ended",
//!         "open",
//!         "delta: again",
//!         "Connecting: the stream ended",
//!         "Closed: the server answered with status 204",
//!     ]
//! );
//! # Ok(())
//! # }
//! ```
//!
//! [`EventSource`] is a [`Stream`](futures_core::Stream) as well, for the adapters of `futures`. Nothing is spawned: it does
//! something only while it is polled, and reads no further than one chunk ahead, so that a reader that pauses makes the
//! server pause. A future of [`next`](EventSource::next) may be dropped at any time (in a `select!`, say) and loses nothing. To
//! drop the source closes the connection.
//!
//! # With listeners
//!
//! For those who think in the `EventSource` of browsers:
//!
//! ```
//! # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/client/doc_server.rs"));
//! use std::sync::mpsc;
//!
//! use eventwire_client::{EventSource, ReadyState};
//!
//! # #[tokio::main]
//! # async fn main() -> Result<(), eventwire_client::BuildError> {
//! # let url = serve(&["data: 1\n\nevent: delta\ndata: 2\n\nevent: done\ndata\n\ndata: never seen\n\n"]);
//! let source = EventSource::new(url)?;
//! let handle = source.handle();
//!
//! let (sender, messages) = mpsc::channel();
//! let deltas = sender.clone();
//! handle.on_open(|| println!("open"));
//! handle.on_message(move |event| sender.send(format!("message {}", event.data_str())).unwrap());
//! handle.on_error(|error| eprintln!("{error}"));
//! let listener = handle.add_event_listener("delta", move |event| {
//!     deltas.send(format!("delta {}", event.data_str())).unwrap();
//! });
//! let closing = handle.clone();
//! handle.add_event_listener("done", move |_| closing.close());
//!
//! tokio::spawn(source.run()).await.unwrap();
//! listener.remove();
//!
//! assert_eq!(messages.try_iter().collect::<Vec<_>>(), ["message 1", "delta 2"]);
//! assert_eq!(handle.ready_state(), ReadyState::Closed);
//! # Ok(())
//! # }
//! ```
//!
//! # What is asked for, and what is understood
//!
//! * A request carries `Accept: text/event-stream`, `Cache-Control: no-cache`, `Accept-Encoding: identity`, the last event ID if
//!   there is one, and the user's header fields. Proxies, HTTP/2 and TLS are `reqwest`'s: give a
//!   [`ClientBuilder`](Builder::client_builder) or [`Client`](Builder::client) with the options that you need.
//! * What is lost is connected anew after the reconnection time, with the last event ID; any answer but a stream, and status 204
//!   in particular, is the end. [`Policy`] is for those who want more: back-off, `Retry-After`, statuses to be tried again, a limit
//!   for silence or for attempts. A request's body is sent again only if [`Replay`] says so.
//! * gzip is understood although it was not asked for (feature `gzip`); any other coding is an error, and not a stream without
//!   events.
//! * Cookies are kept and sent only [with credentials](Builder::with_credentials).
//!
//! # Redirects, and what does not follow them
//!
//! Redirects are followed silently, up to twenty (statement 75); [`url`](EventSource::url) stays what it is (68), events have
//! the [origin](Event::origin) of the URL that has answered (99), and the next attempt begins with the first URL again (93). A
//! redirect without a usable `Location` is an answer like any other, and so the end (76).
//!
//! On the way to another origin (another scheme, host or port) all header fields stay behind that the user has given, because
//! each may be a secret, and do not come back on the way home; only `Accept`, `Accept-Encoding`, `Accept-Language`,
//! `Cache-Control`, `User-Agent`, those that describe the body, and fields that were given with
//! [`public_header`](Builder::public_header) go along. So does the last event ID, without which a stream could not be resumed behind a
//! redirect, and, with status 307 or 308, the body. What a [client of your own](Builder::client) adds by itself goes everywhere.
//!
//! # Errors
//!
//! [`Error`] says what happened ([`ErrorKind`]) and what follows from it ([`Error::ready_state`]), in one line, without the URL.
//! Not every error is a failure: a stream that ends, to be asked again, is [`ErrorKind::End`], and an event that was too large
//! [`ErrorKind::Stream`], after which the stream goes on.
//!
//! A last event ID may hold control characters, which HTTP cannot carry. A source that would have to send such an id ends with
//! [`ErrorKind::LastEventId`] rather than begin anew without saying so. White space around an id is not sent.
//!
//! # Features
//!
//! | feature | gives |
//! |---|---|
//! | `gzip` (default) | decoding of what servers compress unasked |
//! | `http2` (default) | HTTP/2 |
//! | `rustls` (default) | TLS; without it, take another back end of `reqwest` |
//! | `rustls-no-provider` | the same without `reqwest`'s choice of cryptography, which takes longest of all to compile: the program installs one as the default of its process (`rustls::crypto::CryptoProvider::install_default`) |
//! | `system-proxy` (default) | proxies as the system names them |

#![forbid(unsafe_code)]

mod builder;
mod clock;
mod error;
mod event;
mod handle;
mod listeners;
mod redirect;
mod request;
mod shared;
mod source;

pub use builder::{BuildError, Builder};
pub use error::{Error, ErrorKind};
pub use event::{Event, Item};
pub use eventwire::event_source::{Backoff, Policy, Replay};
pub use eventwire::{Config, Eof, Items, Overflow, OwnedEvent, ReadyState, Utf8};
pub use handle::Handle;
pub use listeners::Listener;
pub use reqwest;
pub use source::EventSource;

/// The samples of the README, which are compiled with the others.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
mod readme {}
