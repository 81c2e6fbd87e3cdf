//! A handle on a source that another task, or a listener, can use.

use std::sync::Arc;

use eventwire::ReadyState;

use crate::listeners::{self, Listener};
use crate::shared::Shared;
use crate::{Error, Event};

/// A handle on a source: asks where it stands, closes it from anywhere, and has the listeners.
///
/// It can be cloned and sent, and does not keep the source alive: when that is dropped, the connection is closed, and all
/// listeners are dropped.
#[derive(Clone, Debug)]
pub struct Handle {
    pub(crate) shared: Arc<Shared>,
}

impl Handle {
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

    /// Where the source stands (statement 65).
    #[must_use]
    pub fn ready_state(&self) -> ReadyState {
        self.shared.ready_state()
    }

    /// Closes the source, from any task and any listener. The connection is closed at once; nothing more comes out of the
    /// source, neither an event that is there already nor an error (statements 95 and 96). To do so twice is harmless.
    pub fn close(&self) {
        self.shared.close();
    }

    /// Makes the connection anew, as if the server had ended it: events that are there come first, then there is an
    /// [`Error`] of the kind [`End`](crate::ErrorKind::End), and after the reconnection time the next attempt.
    ///
    /// Without a connection there is nothing to be done. To a [`Policy`](crate::Policy) with a limit it is a failure like any
    /// other end.
    pub fn restart(&self) {
        self.shared.restart();
    }

    /// Sets what is called when a connection has been made. As all listeners, it is called by
    /// [`EventSource::run`](crate::EventSource::run).
    pub fn on_open(&self, f: impl FnMut() + Send + 'static) {
        drop(self.shared.with_listeners(|listeners| listeners.set_on_open(f)));
    }

    /// Sets what is called with each event of the type `message`, which is the one of events without a type.
    pub fn on_message(&self, f: impl FnMut(&Event) + Send + 'static) {
        drop(self.shared.with_listeners(|listeners| listeners.set_on_message(f)));
    }

    /// Sets what is called with each error.
    pub fn on_error(&self, f: impl FnMut(&Error) + Send + 'static) {
        drop(self.shared.with_listeners(|listeners| listeners.set_on_error(f)));
    }

    /// Adds what is called with each event of a type, after what was added before.
    ///
    /// `open` and `error` are types like any other here: of events that the stream gives this type, which have nothing to
    /// do with [`on_open`](Self::on_open) and [`on_error`](Self::on_error) (statement 44).
    pub fn add_event_listener(&self, event_type: &str, f: impl FnMut(&Event) + Send + 'static) -> Listener {
        listeners::add(&self.shared, event_type, f)
    }
}
