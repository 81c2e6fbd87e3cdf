//! The loop that makes Python objects of the engine's items.
//!
//! A chunk is gone through in one call, and what it holds comes back as one list. What has to be dropped is no reason to stop:
//! the chunk is read to its end, and then an exception tells of it, with the list.

use eventwire::{Error, Event, EventSource, Input, Item, Parser};
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyList, PyType};

use crate::errors::Losses;
use crate::event::{Class, Fields};
use crate::text::{self, Recurring};

/// Whatever gives items of a chunk.
pub trait Source {
    /// The next item of the chunk.
    fn next_item<'a, 'c: 'a>(&'a mut self, input: &mut Input<'c>) -> Result<Option<Item<'a>>, Error>;
    /// Bytes of the stream consumed.
    fn position(&self) -> u64;
    /// The event that the end of the stream cuts off.
    fn finish(&mut self) -> Result<Option<Event<'_>>, Error>;
}

impl Source for Parser {
    #[inline]
    fn next_item<'a, 'c: 'a>(&'a mut self, input: &mut Input<'c>) -> Result<Option<Item<'a>>, Error> {
        self.next_item(input)
    }

    fn position(&self) -> u64 {
        self.position()
    }

    fn finish(&mut self) -> Result<Option<Event<'_>>, Error> {
        self.finish()
    }
}

/// A connection, and when its chunk came.
pub struct Received<'a>(pub &'a mut EventSource, pub u64);

impl Source for Received<'_> {
    #[inline]
    fn next_item<'a, 'c: 'a>(&'a mut self, input: &mut Input<'c>) -> Result<Option<Item<'a>>, Error> {
        self.0.next_item(self.1, input)
    }

    fn position(&self) -> u64 {
        self.0.parser().position()
    }

    fn finish(&mut self) -> Result<Option<Event<'_>>, Error> {
        Ok(self.0.finish()?.map(|message| message.event))
    }
}

/// Makes Python objects of items, and remembers what they have in common.
#[derive(Debug)]
pub struct Collector {
    types: Recurring,
    last_event_ids: Recurring,
    /// Whether reconnection times are delivered, and not only told by the events with which they come.
    delivers_retry: bool,
    /// The last reconnection time, and how much of the stream had been consumed with it.
    retry: Option<(u64, u64)>,
}

impl Collector {
    /// At the start of a stream.
    pub fn new(py: Python<'_>, delivers_retry: bool) -> PyResult<Self> {
        Ok(Self {
            types: Recurring::new(py, "message")?,
            last_event_ids: Recurring::new(py, "")?,
            delivers_retry,
            retry: None,
        })
    }

    /// The items of a chunk.
    ///
    /// # Errors
    ///
    /// The exception for the first that was dropped, after the whole chunk has been read.
    pub fn feed<'py>(
        &mut self,
        py: Python<'py>,
        source: &mut impl Source,
        chunk: &[u8],
    ) -> PyResult<Bound<'py, PyList>> {
        let class = Class::get(py)?;
        let items = PyList::empty(py);
        let mut losses = None;
        let mut input = Input::new(chunk);
        loop {
            match source.next_item(&mut input) {
                Ok(Some(Item::Event(event))) => items.append(self.event(py, class, &event)?)?,
                Ok(None) => break,
                Ok(Some(Item::Retry(milliseconds))) => {
                    self.retry = Some((milliseconds, source.position()));
                    if self.delivers_retry {
                        items.append(item(py, &RETRY, "Retry", milliseconds)?)?;
                    }
                }
                Ok(Some(Item::Comment(comment))) => {
                    items.append(item(py, &COMMENT, "Comment", text::lossy(py, comment)?)?)?;
                }
                // Lines of unknown fields are not asked for.
                Ok(Some(_)) => {}
                Err(error) => Losses::note(&mut losses, error),
            }
        }
        done(py, items, losses)
    }

    /// What the end of the stream leaves.
    ///
    /// # Errors
    ///
    /// As for [`feed`](Self::feed).
    pub fn finish<'py>(&mut self, py: Python<'py>, source: &mut impl Source) -> PyResult<Bound<'py, PyList>> {
        let items = PyList::empty(py);
        let mut losses = None;
        match source.finish() {
            Ok(Some(event)) => items.append(self.event(py, Class::get(py)?, &event)?)?,
            Ok(None) => {}
            Err(error) => Losses::note(&mut losses, error),
        }
        self.forget();
        done(py, items, losses)
    }

    /// Stands at the start of a stream again.
    pub fn forget(&mut self) {
        self.retry = None;
    }

    #[inline]
    fn event<'py>(
        &mut self,
        py: Python<'py>,
        class: Class<'py>,
        event: &Event<'_>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let last_event_id = self.last_event_ids.text(py, event.last_event_id())?;
        let id = event.id().is_some().then(|| last_event_id.clone());
        let retry = match self.retry {
            // Of its own block, not of one before.
            Some((milliseconds, consumed)) if consumed > event.span().start => Some(milliseconds),
            _ => None,
        };
        let (data, raw) = match text::exact(py, event.data())? {
            Some(data) => (data, None),
            None => (text::replaced(py, event.data())?, Some(text::copied(py, event.data())?)),
        };
        let event = self.types.text(py, event.event_type())?;
        class.make(Fields { event, data, id, last_event_id, retry, raw })
    }
}

static COMMENT: PyOnceLock<Py<PyType>> = PyOnceLock::new();
static RETRY: PyOnceLock<Py<PyType>> = PyOnceLock::new();

/// An item that is no event: a class of the module `eventwire._items`.
fn item<'py>(
    py: Python<'py>,
    class: &'static PyOnceLock<Py<PyType>>,
    name: &str,
    value: impl IntoPyObject<'py>,
) -> PyResult<Bound<'py, PyAny>> {
    class.import(py, "eventwire._items", name)?.call1((value,))
}

fn done<'py>(
    py: Python<'py>,
    items: Bound<'py, PyList>,
    losses: Option<Losses>,
) -> PyResult<Bound<'py, PyList>> {
    match losses {
        None => Ok(items),
        Some(losses) => Err(losses.exception(py, &items)),
    }
}
