//! `Parser`: chunks in, lists of items out.

use std::sync::{Mutex, MutexGuard};

use eventwire::Error;
use pyo3::exceptions::{PyRuntimeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyGenericAlias, PyList, PyString, PyType};

use crate::collect::Collector;
use crate::input::{self, Value};
use crate::options::Options;
use crate::text;

/// Parses an event stream that comes in chunks, cut anywhere.
///
///     parser = Parser()
///     for chunk in chunks:
///         for event in parser.feed(chunk):
///             print(event.event, event.data)
///
/// `max_event_size`: the most bytes that an event may hold (its data, type and id); this bounds the parser's memory.
/// `overflow`: what becomes of a larger event. 'error': it is dropped, and `EventTooLarge` raised; 'skip': it is dropped and
///     counted in `skipped`.
/// `utf8`: what becomes of bytes that are not UTF-8. 'raw': `data` has U+FFFD for them, `data_bytes` has them; 'replace': both have
///     U+FFFD; 'strict': the event is dropped, and `InvalidUtf8` raised.
/// `eof`: what becomes of an event that the end of the stream cuts off. 'discard', as the standard says, or 'dispatch'.
/// `comments`: whether `Comment` objects are delivered among the events.
/// `retry`: whether `Retry` objects are, for each change of the reconnection time, at its line.
/// `last_event_id`: the one to begin with, of an earlier connection.
#[pyclass(frozen, module = "eventwire")]
#[derive(Debug)]
pub struct Parser(Mutex<State>);

#[derive(Debug)]
struct State {
    parser: eventwire::Parser,
    collector: Collector,
}

#[pymethods]
impl Parser {
    #[new]
    #[pyo3(signature = (*, max_event_size = 16_777_216, overflow = "error", utf8 = "raw", eof = "discard",
        comments = false, retry = false, last_event_id = None))]
    #[expect(clippy::too_many_arguments, reason = "they are keyword arguments of Python")]
    fn new(
        py: Python<'_>,
        max_event_size: usize,
        overflow: &str,
        utf8: &str,
        eof: &str,
        comments: bool,
        retry: bool,
        last_event_id: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Self> {
        let options = Options { max_event_size, overflow, utf8, eof, comments };
        let mut parser = eventwire::Parser::with_config(options.config()?);
        if let Some(id) = last_event_id {
            let id = Value::of("last_event_id", id)?;
            parser.set_last_event_id(id.as_bytes()?).map_err(id_refused)?;
        }
        Ok(Self(Mutex::new(State { parser, collector: Collector::new(py, retry)? })))
    }

    /// The items that are complete with this chunk, in order.
    ///
    /// `bytes` are read where they are; another buffer is copied first. The whole chunk is read, also where something has to be
    /// dropped: then `EventTooLarge`, `CommentTooLarge` or `InvalidUtf8` is raised at its end, which has the items as `events`.
    /// The parser goes on behind what was dropped.
    fn feed<'py>(&self, py: Python<'py>, data: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyList>> {
        let chunk = input::chunk(data)?;
        let State { parser, collector } = &mut *self.lock()?;
        collector.feed(py, parser, chunk.as_bytes())
    }

    /// Says that the stream has ended, and gives what that leaves: with `eof='dispatch'` the event that was cut off.
    ///
    /// The parser then stands at the start of the next stream, as after `reset()`.
    fn finish<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyList>> {
        let State { parser, collector } = &mut *self.lock()?;
        collector.finish(py, parser)
    }

    /// Drops what is incomplete and stands at the start of the next stream. `last_event_id` and `retry` stay.
    fn reset(&self) -> PyResult<()> {
        let mut state = self.lock()?;
        state.parser.reset();
        state.collector.forget();
        Ok(())
    }

    /// The last event ID: what a reconnection sends as `Last-Event-ID`, unless it is empty.
    #[getter]
    fn last_event_id<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyString>> {
        text::lossy(py, self.lock()?.parser.last_event_id())
    }

    /// The reconnection time in milliseconds that the stream has set last, or None.
    #[getter]
    fn retry(&self) -> PyResult<Option<u64>> {
        Ok(self.lock()?.parser.retry())
    }

    /// How many bytes of the stream have been read.
    #[getter]
    fn position(&self) -> PyResult<u64> {
        Ok(self.lock()?.parser.position())
    }

    /// How many events (and comments, if asked for) were dropped under `overflow='skip'`.
    #[getter]
    fn skipped(&self) -> PyResult<u64> {
        Ok(self.lock()?.parser.skipped())
    }

    fn __repr__(&self) -> PyResult<String> {
        let state = self.lock()?;
        let parser = &state.parser;
        let id = String::from_utf8_lossy(parser.last_event_id());
        Ok(format!("<eventwire.Parser position={} last_event_id={id:?}>", parser.position()))
    }

    /// The class for type checkers: `Parser[Event]`, or `Parser[Event | Comment]` and so on.
    #[classmethod]
    fn __class_getitem__<'py>(
        class: &Bound<'py, PyType>,
        item: &Bound<'py, PyAny>,
    ) -> PyResult<Bound<'py, PyGenericAlias>> {
        PyGenericAlias::new(class.py(), class.as_any(), item)
    }
}

impl Parser {
    /// The state, which nobody else may use meanwhile: a stream has an order.
    fn lock(&self) -> PyResult<MutexGuard<'_, State>> {
        self.0.try_lock().map_err(|_| {
            PyRuntimeError::new_err(
                "this parser is in use by another thread: give each stream a parser of its own",
            )
        })
    }
}

/// What the engine has against a last event ID.
fn id_refused(error: Error) -> PyErr {
    PyValueError::new_err(match error {
        Error::InvalidUtf8 => "last event ID refused: it is not UTF-8".to_owned(),
        error => error.to_string(),
    })
}

/// Which instructions line ends are found with: 'avx2', 'sse2', 'neon', 'swar'.
#[pyfunction]
pub fn scanner_name() -> &'static str {
    eventwire::scanner_name()
}
