//! `make_event`: an event of values that did not come from a stream, for the class's constructor.

use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::PyString;

use crate::encode::milliseconds;
use crate::event::{Class, Fields};
use crate::input::Value;
use crate::text;

/// An event with these values.
#[pyfunction]
pub fn make_event<'py>(
    py: Python<'py>,
    event: &Bound<'py, PyAny>,
    data: &Bound<'py, PyAny>,
    id: Option<&Bound<'py, PyAny>>,
    last_event_id: Option<&Bound<'py, PyAny>>,
    retry: Option<&Bound<'py, PyAny>>,
) -> PyResult<Bound<'py, PyAny>> {
    let class = Class::get(py)?;
    let event = string("event", event)?;
    let id = id.map(|id| string("id", id)).transpose()?;
    let last_event_id = match last_event_id {
        Some(last_event_id) => string("last_event_id", last_event_id)?,
        None => id.clone().unwrap_or_else(|| PyString::intern(py, "")),
    };
    let retry = retry.map(milliseconds).transpose()?;
    let value = Value::of("data", data)?;
    let bytes = value.as_bytes()?;
    let (data, raw) = match text::exact(py, bytes)? {
        Some(data) => (data, None),
        None => (text::replaced(py, bytes)?, Some(text::copied(py, bytes)?)),
    };
    class.make(Fields { event, data, id, last_event_id, retry, raw })
}

/// A `str` of no subclass, which could refer to anything.
fn string<'py>(name: &str, value: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyString>> {
    let Ok(text) = value.cast::<PyString>() else {
        let class = value.get_type().name()?;
        return Err(PyTypeError::new_err(format!("{name} must be str, not {class}")));
    };
    PyString::from_bytes(value.py(), text.to_str()?.as_bytes())
}
