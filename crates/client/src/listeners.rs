//! Listeners: functions that are called with what a source tells, for those who think in `EventSource`.
//!
//! No lock that a handle needs is held while a listener runs or is dropped, so it may do anything: add and remove listeners, close the source. As in
//! browsers, a listener that is added while an event is given out does not hear that event any more, and one that is
//! removed is not called again.

use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, Weak};

use crate::shared::{Shared, lock};
use crate::{Error, Event, Item};

type OpenCallback = Arc<Mutex<dyn FnMut() + Send>>;
type EventCallback = Arc<Mutex<dyn FnMut(&Event) + Send>>;
type ErrorCallback = Arc<Mutex<dyn FnMut(&Error) + Send>>;

/// All listeners of a source.
#[derive(Default)]
pub(crate) struct Registry {
    on_open: Option<OpenCallback>,
    on_message: Option<EventCallback>,
    on_error: Option<ErrorCallback>,
    listeners: Vec<Arc<Entry>>,
}

struct Entry {
    event_type: Vec<u8>,
    removed: AtomicBool,
    callback: EventCallback,
}

/// A listener that has been added with [`Handle::add_event_listener`](crate::Handle::add_event_listener), and can be
/// removed. To drop this does not remove it.
#[derive(Clone)]
pub struct Listener {
    entry: Weak<Entry>,
    shared: Weak<Shared>,
}

impl Listener {
    /// Removes the listener: it is not called again. To do so twice is harmless.
    pub fn remove(&self) {
        let Some(entry) = self.entry.upgrade() else { return };
        entry.removed.store(true, Ordering::Release);
        if let Some(shared) = self.shared.upgrade() {
            shared.with_listeners(|registry| registry.listeners.retain(|other| !Arc::ptr_eq(other, &entry)));
        }
    }
}

impl fmt::Debug for Listener {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Listener").finish_non_exhaustive()
    }
}

impl Registry {
    // Each gives back what was set before, to be dropped when the registry is locked no more: a closure may hold anything, and
    // a handle's doings lock it too.

    pub(crate) fn set_on_open(&mut self, f: impl FnMut() + Send + 'static) -> Option<OpenCallback> {
        self.on_open.replace(Arc::new(Mutex::new(f)))
    }

    pub(crate) fn set_on_message(&mut self, f: impl FnMut(&Event) + Send + 'static) -> Option<EventCallback> {
        self.on_message.replace(Arc::new(Mutex::new(f)))
    }

    pub(crate) fn set_on_error(&mut self, f: impl FnMut(&Error) + Send + 'static) -> Option<ErrorCallback> {
        self.on_error.replace(Arc::new(Mutex::new(f)))
    }

    /// Those that hear events of this type, in the order in which they were added.
    fn hearing(&self, event_type: &[u8]) -> Vec<Arc<Entry>> {
        self.listeners.iter().filter(|entry| entry.event_type == event_type).cloned().collect()
    }
}

/// Adds a listener for events of a type.
pub(crate) fn add(
    shared: &Arc<Shared>,
    event_type: &str,
    callback: impl FnMut(&Event) + Send + 'static,
) -> Listener {
    let entry = Arc::new(Entry {
        event_type: event_type.as_bytes().to_vec(),
        removed: AtomicBool::new(false),
        callback: Arc::new(Mutex::new(callback)),
    });
    let listener = Listener { entry: Arc::downgrade(&entry), shared: Arc::downgrade(shared) };
    shared.with_listeners(|registry| registry.listeners.push(entry));
    listener
}

/// Calls those whom an item concerns.
pub(crate) fn dispatch(shared: &Shared, item: &Item) {
    match item {
        Item::Open => {
            if let Some(callback) = shared.with_listeners(|registry| registry.on_open.clone()).flatten() {
                lock(&callback)();
            }
        }
        Item::Error(error) => {
            if let Some(callback) = shared.with_listeners(|registry| registry.on_error.clone()).flatten() {
                lock(&callback)(error);
            }
        }
        Item::Event(event) => dispatch_event(shared, event),
        // There are no listeners for what else a source can be asked for.
        Item::Retry(_) | Item::Comment(_) | Item::Unknown { .. } => {}
    }
}

fn dispatch_event(shared: &Shared, event: &Event) {
    let Some((on_message, concerned)) = shared.with_listeners(|registry| {
        let on_message = if event.event_type() == b"message" { registry.on_message.clone() } else { None };
        (on_message, registry.hearing(event.event_type()))
    }) else {
        return;
    };
    if let Some(callback) = on_message {
        lock(&callback)(event);
    }
    for entry in concerned {
        if !entry.removed.load(Ordering::Acquire) {
            lock(&entry.callback)(event);
        }
    }
}
