//! `encode`: a message as bytes of a stream.

use eventwire::{EncodeError, Message};
use pyo3::exceptions::{PyMemoryError, PyOverflowError, PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::PyBytes;

use crate::input::Value;

/// A message as bytes of an event stream: an event, a comment (a keep-alive), a reconnection time, or several in one block.
///
/// Text is written as UTF-8. `data` and `comment` may have several lines. CR or LF in `event`, and CR, LF or NUL in `id`, raise
/// `ValueError`: they would smuggle fields or events into the stream. What is None is left out; without `data` it is no event.
///
///     >>> encode('{"n": 1}', event='delta', id='7')
///     b'event: delta\nid: 7\ndata: {"n": 1}\n\n'
#[pyfunction]
#[pyo3(signature = (data = None, *, event = None, id = None, retry = None, comment = None))]
pub fn encode<'py>(
    py: Python<'py>,
    data: Option<&Bound<'py, PyAny>>,
    event: Option<&Bound<'py, PyAny>>,
    id: Option<&Bound<'py, PyAny>>,
    retry: Option<&Bound<'py, PyAny>>,
    comment: Option<&Bound<'py, PyAny>>,
) -> PyResult<Bound<'py, PyBytes>> {
    let value =
        |name: &str, value: Option<&Bound<'py, PyAny>>| value.map(|value| Value::of(name, value)).transpose();
    let (data, event) = (value("data", data)?, value("event", event)?);
    let (id, comment) = (value("id", id)?, value("comment", comment)?);
    let mut message = Message::new();
    if let Some(comment) = &comment {
        message = message.comment(comment.as_bytes()?);
    }
    if let Some(event) = &event {
        message = message.event(event.as_bytes()?);
    }
    if let Some(id) = &id {
        message = message.id(id.as_bytes()?);
    }
    if let Some(retry) = retry {
        message = message.retry(milliseconds(retry)?);
    }
    if let Some(data) = &data {
        message = message.data(data.as_bytes()?);
    }
    let len = message.encoded_len().map_err(refused)?;
    PyBytes::new_with(py, len, |bytes| message.encode_to_slice(bytes).map(|_| ()).map_err(refused))
}

/// A reconnection time.
pub fn milliseconds(retry: &Bound<'_, PyAny>) -> PyResult<u64> {
    retry.extract().map_err(|error: PyErr| {
        let py = retry.py();
        if error.is_instance_of::<PyOverflowError>(py) {
            PyValueError::new_err("retry must be milliseconds from 0 to 2**64 - 1")
        } else {
            PyTypeError::new_err("retry must be an int: milliseconds")
        }
    })
}

fn refused(error: EncodeError) -> PyErr {
    match error {
        EncodeError::NoMemory | EncodeError::TooLong => PyMemoryError::new_err(error.to_string()),
        error => PyValueError::new_err(error.to_string()),
    }
}
