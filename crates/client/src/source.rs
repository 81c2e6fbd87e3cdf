//! The source itself: what it holds, and its public face.
//!
//! Everything happens in [`poll_next`](EventSource::poll_next), in the task that reads the stream; nothing is spawned.
//! So there is never more in memory than one chunk and what the HTTP client holds ready, and a reader that pauses makes
//! the server pause. What is under way is kept in the source, not in a future: a `next().await` that is dropped loses
//! nothing.

mod driver;

use std::fmt;
use std::future::poll_fn;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use eventwire::event_source::{self as machine, BytesSource};
use eventwire::{BytesInput, ReadyState};
use futures_core::{FusedStream, Stream};

use self::driver::Phase;
use crate::clock::Clock;
use crate::event::Origin;
use crate::request::Sender;
use crate::shared::{Shared, Transfer};
use crate::{BuildError, Builder, Handle, Item, listeners};

/// An event source: a stream of what a server tells, over as many connections as it takes.
///
/// As a [`Stream`] it gives [`Item`]s until it is over: closed by [`close`](Self::close), by an answer after which
/// the standard wants no other attempt, or by what its [`Policy`](crate::Policy) says. It does something only while it is
/// polled. To drop it closes the connection.
///
/// It needs the runtime of `tokio`, with time and IO enabled.
pub struct EventSource {
    machine: BytesSource,
    sender: Arc<Sender>,
    shared: Arc<Shared>,
    clock: Clock,
    tap: Option<Tap>,
    /// The latest chunk, as long as it may hold something.
    chunk: Option<BytesInput>,
    /// When the connection was last heard of: with the latest chunk, the head, or the request.
    heard: u64,
    /// How long it may be silent, in milliseconds.
    patience: Option<u64>,
    /// Since when something has been waited for, if it has.
    waiting_since: Option<u64>,
    phase: Phase,
    /// Where the events of the connection come from.
    origin: Origin,
}

/// What sees the bytes of the streams.
pub(crate) type Tap = Box<dyn FnMut(&[u8]) + Send>;

impl EventSource {
    /// A source that behaves as the standard says. The first request is made when it is first polled.
    ///
    /// # Errors
    ///
    /// [`BuildError::Url`] for what is no absolute URL (statement 67), and the others.
    pub fn new(url: impl AsRef<str>) -> Result<Self, BuildError> {
        Self::builder(url).build()
    }

    /// For a source with other settings than the usual ones.
    pub fn builder(url: impl AsRef<str>) -> Builder {
        Builder::new(url.as_ref())
    }

    pub(crate) fn from_parts(
        machine: machine::EventSource,
        sender: Sender,
        shared: Shared,
        tap: Option<Tap>,
    ) -> Self {
        Self {
            machine: machine.into(),
            sender: Arc::new(sender),
            shared: Arc::new(shared),
            clock: Clock::new(),
            tap,
            chunk: None,
            heard: 0,
            patience: None,
            waiting_since: None,
            phase: Phase::Ask,
            origin: Arc::default(),
        }
    }

    /// A handle, for other tasks, and for listeners.
    #[must_use]
    pub fn handle(&self) -> Handle {
        Handle { shared: Arc::clone(&self.shared) }
    }

    /// The URL, resolved and serialised; it does not change when a redirect is followed (statement 68).
    #[must_use]
    pub fn url(&self) -> &str {
        self.shared.url.as_str()
    }

    /// Whether cookies are kept and sent (statement 69).
    #[must_use]
    pub fn with_credentials(&self) -> bool {
        self.shared.with_credentials
    }

    /// Where the source stands (statement 65). It has changed already when an [`Item`] says why (88).
    #[must_use]
    pub fn ready_state(&self) -> ReadyState {
        self.shared.ready_state()
    }

    /// The last event ID: what the next request will say. Up to the event that was given out last, and to the ids behind it
    /// that came without an event.
    #[must_use]
    pub fn last_event_id(&self) -> &[u8] {
        self.machine.source().last_event_id()
    }

    /// The reconnection time in force, in milliseconds.
    #[must_use]
    pub fn reconnection_time(&self) -> u64 {
        self.machine.source().reconnection_time()
    }

    /// How many requests have been made, redirects not counted.
    #[must_use]
    pub fn attempts(&self) -> u64 {
        self.machine.source().attempts()
    }

    /// Closes the source: see [`Handle::close`].
    pub fn close(&self) {
        self.shared.close();
    }

    /// The next thing there is to tell; `None` when it is over. To drop the future loses nothing.
    pub async fn next(&mut self) -> Option<Item> {
        poll_fn(|cx| Pin::new(&mut *self).poll_next(cx)).await
    }

    /// Drives the source and calls its listeners with what it tells, until it is closed.
    ///
    /// The listeners are set with a [`Handle`], before or meanwhile; `tokio::spawn(source.run())` drives it in the
    /// background.
    pub async fn run(mut self) {
        while let Some(item) = self.next().await {
            listeners::dispatch(&self.shared, &item);
        }
    }
}

impl Stream for EventSource {
    type Item = Item;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Item>> {
        let this = self.get_mut();
        loop {
            let step = this.poll_step(cx);
            // What was asked for before the waker was known would not wake it.
            if step.is_ready() || !this.shared.register(cx.waker()) {
                return step;
            }
        }
    }
}

impl FusedStream for EventSource {
    fn is_terminated(&self) -> bool {
        self.ready_state() == ReadyState::Closed
    }
}

impl Drop for EventSource {
    fn drop(&mut self) {
        self.shared.close();
        self.shared.set_transfer(Transfer::None);
        self.shared.drop_listeners();
    }
}

impl fmt::Debug for EventSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EventSource").field("shared", &self.shared).finish_non_exhaustive()
    }
}
