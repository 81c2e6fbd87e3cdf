//! What a source and its handles have in common: the ready state, the connection, the listeners.
//!
//! The connection lives here so that [`Handle::close`](crate::Handle::close) can cut it at once, whatever the task that
//! reads it is doing. That task holds the lock only while it polls, which never waits.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, AtomicU8, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::task::Waker;

use eventwire::ReadyState;
use reqwest::Url;

use crate::error::Failure;
use crate::listeners::Registry;
use crate::request::Reply;

/// A request under way.
pub(crate) type Pending = Pin<Box<dyn Future<Output = Result<Reply, Failure>> + Send>>;

/// What there is of a connection.
pub(crate) enum Transfer {
    None,
    Request(Pending),
    Body(Box<reqwest::Response>),
}

pub(crate) struct Shared {
    pub(crate) url: Url,
    pub(crate) with_credentials: bool,
    state: AtomicU8,
    /// Whether the connection is to be made anew.
    restart: AtomicBool,
    waker: Mutex<Option<Waker>>,
    transfer: Mutex<Transfer>,
    /// None any more when there is nothing left to hear. A listener may hold a handle, and so all of this.
    listeners: Mutex<Option<Registry>>,
}

impl Shared {
    pub(crate) fn new(url: Url, with_credentials: bool) -> Self {
        Self {
            url,
            with_credentials,
            state: AtomicU8::new(ReadyState::Connecting as u8),
            restart: AtomicBool::new(false),
            waker: Mutex::new(None),
            transfer: Mutex::new(Transfer::None),
            listeners: Mutex::new(Some(Registry::default())),
        }
    }

    pub(crate) fn ready_state(&self) -> ReadyState {
        match self.state.load(Ordering::Acquire) {
            0 => ReadyState::Connecting,
            1 => ReadyState::Open,
            _ => ReadyState::Closed,
        }
    }

    /// Changes the ready state, unless the source has been closed: then it answers no, and nothing is to be told.
    pub(crate) fn set_ready_state(&self, state: ReadyState) -> bool {
        let unless_closed = |now| (now != ReadyState::Closed as u8).then_some(state as u8);
        self.state.fetch_update(Ordering::AcqRel, Ordering::Acquire, unless_closed).is_ok()
    }

    /// Closes the source, and with it the connection, now or, if it is just being polled, as soon as that is over.
    pub(crate) fn close(&self) {
        if !self.set_ready_state(ReadyState::Closed) {
            return;
        }
        if let Ok(mut transfer) = self.transfer.try_lock() {
            let ended = std::mem::replace(&mut *transfer, Transfer::None);
            drop(transfer);
            drop(ended);
        }
        self.wake();
    }

    /// Asks for a new connection in the place of the one there is.
    pub(crate) fn restart(&self) {
        self.restart.store(true, Ordering::Release);
        self.wake();
    }

    /// Whether a new connection has been asked for since this was asked last.
    pub(crate) fn take_restart(&self) -> bool {
        self.restart.swap(false, Ordering::AcqRel)
    }

    /// Notes whom to wake when something is asked for, and answers whether something has been until now.
    pub(crate) fn register(&self, waker: &Waker) -> bool {
        let mut registered = lock(&self.waker);
        match &mut *registered {
            Some(known) => known.clone_from(waker),
            None => *registered = Some(waker.clone()),
        }
        drop(registered);
        self.ready_state() == ReadyState::Closed || self.restart.load(Ordering::Acquire)
    }

    fn wake(&self) {
        let waker = lock(&self.waker).take();
        if let Some(waker) = waker {
            waker.wake();
        }
    }

    pub(crate) fn transfer(&self) -> MutexGuard<'_, Transfer> {
        lock(&self.transfer)
    }

    /// Puts another connection, or none, into the place of the one there is.
    pub(crate) fn set_transfer(&self, transfer: Transfer) {
        let ended = std::mem::replace(&mut *self.transfer(), transfer);
        drop(ended);
    }

    /// Looks at the listeners, or changes them, if there are still to be any.
    pub(crate) fn with_listeners<T>(&self, look: impl FnOnce(&mut Registry) -> T) -> Option<T> {
        lock(&self.listeners).as_mut().map(look)
    }

    /// Drops all listeners, for ever.
    pub(crate) fn drop_listeners(&self) {
        let listeners = lock(&self.listeners).take();
        drop(listeners);
    }
}

impl fmt::Debug for Shared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Shared")
            .field("host", &self.url.host_str())
            .field("ready_state", &self.ready_state())
            .finish_non_exhaustive()
    }
}

/// Locks. What a panic has left behind is whole here: every change is a single one.
pub(crate) fn lock<T: ?Sized>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
