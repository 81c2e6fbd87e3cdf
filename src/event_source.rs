//! The rules of `EventSource` without IO: when to connect and with what, what a response means, when to try again.
//!
//! ```text
//!                     poll                 handle_response
//!        +-----+   (it is time)   +-----------+   (200, text/event-stream)   +---------+
//!  new ->|     | ---------------> |           | ---------------------------> |         |--+
//!        | due |                  | requested |            Open              |  open   |  | next_event
//!        |     | <--------------- |           |                              |         |<-+
//!        +-----+   handle_error   +-----------+                              +---------+
//!           ^     handle_timeout        |   handle_response                       |
//!           |          Error            |   (anything else)                       |
//!           |                           v                                         |
//!           |                       +--------+                                    |
//!           |                       | closed |  <-- close, from anywhere          |
//!           |                       +--------+                                    |
//!           |                         Error     (by close: nothing is said)       |
//!           +---------------------------------------------------------------------+
//!                     handle_end, handle_error, handle_timeout: Error
//! ```
//!
//! *Due* and *requested* are [`ReadyState::Connecting`] to the user. The words `Open` and `Error` are the [`Notice`]
//! that goes with a step. A [`Policy`] may have an attempt limit lead from anywhere to *closed*, and a response with a
//! status to be tried again lead to *due*.
//!
//! # Driver and machine
//!
//! The machine ([`EventSource`]) decides; a driver acts: it owns sockets, TLS and the clock, follows redirects, and
//! resolves URLs. It asks [`poll`](EventSource::poll) what to do, does it, and tells what came of it with the `handle_`
//! methods and [`next_event`](EventSource::next_event). These return what the user is to be told. What is told in a
//! state where it has no meaning is ignored: a response after [`close`](EventSource::close), say.
//!
//! Time is a number of milliseconds on any clock of the driver's that does not run backwards; where it does, the latest
//! time seen counts. A driver whose clock is finer tells what has happened with the time rounded up, and asks `poll` with the time
//! rounded down: then no delay is shorter than promised, not even by a part of a millisecond. The machine has no other source of time, and none of randomness but the seed of
//! [`Policy::jitter`]: told the same, it does the same.
//!
//! A connection belongs to the driver, and is to be dropped as soon as `poll` says anything but [`Action::Receive`].
//!
//! For a driver whose chunks are `Bytes` there is `BytesSource` (feature `bytes`), whose events outlive the call that gave them.
//!
//! # A driver
//!
//! The network is an array here; a real driver differs in how it sends, reads and waits.
//!
//! ```
//! use eventwire::event_source::{Action, Fault, Head, Notice, ReadyState};
//! use eventwire::{EventSource, Input};
//!
//! enum Answer { Refused, Stream(&'static [&'static str]), NoContent }
//! let mut network = [
//!     Answer::Stream(&["retry: 1000\nid: 1\ndata: hel", "lo\n\nid: 2\ndata: cut o"]),
//!     Answer::Refused,
//!     Answer::Stream(&["data: again\n\n"]),
//!     Answer::NoContent,
//! ]
//! .into_iter();
//!
//! let mut log = Vec::new();
//! let mut tell = |notice| match notice {
//!     Some(Notice::Open) => log.push("open".to_string()),
//!     Some(Notice::Error { ready_state, reason }) => log.push(format!("{ready_state:?}: {reason}")),
//!     None => {}
//! };
//! let (mut messages, mut last_event_ids) = (Vec::new(), Vec::new());
//!
//! let mut source = EventSource::new("https://example.org/stream")?;
//! let mut now = 0;
//! loop {
//!     match source.poll(now) {
//!         Action::Connect(request) => {
//!             last_event_ids.push(String::from_utf8_lossy(request.last_event_id()).into_owned());
//!             match network.next() {
//!                 Some(Answer::Stream(chunks)) => {
//!                     let head = Head::new(200).content_type(b"text/event-stream");
//!                     tell(source.handle_response(now, &head));
//!                     for chunk in chunks {
//!                         let mut input = Input::new(chunk.as_bytes());
//!                         while let Some(message) = source.next_event(now, &mut input)? {
//!                             messages.push(format!("{} {}", message.origin, message.event.data_str()));
//!                         }
//!                     }
//!                     tell(source.handle_end(now));
//!                 }
//!                 Some(Answer::NoContent) => tell(source.handle_response(now, &Head::new(204))),
//!                 Some(Answer::Refused) | None => tell(source.handle_error(now, Fault::Transient)),
//!             }
//!         }
//!         Action::Wait { until } => now = until, // A real driver sleeps.
//!         Action::Receive { .. } => break, // Here the whole body has been read above.
//!         Action::Closed => break,
//!     }
//! }
//!
//! assert_eq!(messages, ["https://example.org hello", "https://example.org again"]);
//! // The event that was cut off has not set the last event ID.
//! assert_eq!(last_event_ids, ["", "1", "1", "1"]);
//! assert_eq!(
//!     log,
//!     [
//!         "open",
//!         "Connecting: the stream ended",
//!         "Connecting: the connection failed",
//!         "open",
//!         "Connecting: the stream ended",
//!         "Closed: the server answered with status 204",
//!     ]
//! );
//! // Three delays of the time that the stream has set.
//! assert_eq!((source.ready_state(), now), (ReadyState::Closed, 3000));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod builder;
#[cfg(feature = "bytes")]
mod bytes;
mod head;
mod machine;
mod media_type;
mod origin;
mod policy;
mod random;
mod request;
mod retry_after;
mod state;
mod words;

pub use builder::{BuildError, Builder};
#[cfg(feature = "bytes")]
pub use bytes::BytesSource;
pub use head::Head;
pub use machine::EventSource;
pub use media_type::is_event_stream;
#[cfg(feature = "capi")]
pub(crate) use policy::Statuses;
pub use policy::{Backoff, Policy};
pub use request::{Credentials, Replay, Request};
pub use state::{Action, Fault, MessageEvent, Notice, ReadyState, Reason};
