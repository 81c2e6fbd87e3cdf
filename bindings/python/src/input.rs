//! What Python gives as bytes, or as text that is written as UTF-8.

use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyMemoryView, PyString};

/// The bytes of a chunk: `bytes` as they are; a copy of any other buffer, which somebody might change meanwhile.
///
/// # Errors
///
/// `TypeError` for what is no buffer.
#[inline]
pub fn chunk<'py>(data: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyBytes>> {
    if let Ok(bytes) = data.cast::<PyBytes>() {
        return Ok(bytes.clone());
    }
    other_buffer(data)
}

#[cold]
fn other_buffer<'py>(data: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyBytes>> {
    let hint = if data.is_instance_of::<PyString>() { " (text is to be encoded: as UTF-8)" } else { "" };
    let Ok(view) = PyMemoryView::from(data) else {
        let class = data.get_type().name()?;
        return Err(PyTypeError::new_err(format!("a chunk is bytes or another buffer, not {class}{hint}")));
    };
    Ok(view.call_method0("tobytes")?.cast_into()?)
}

/// A value of a field: `str` or a buffer.
#[derive(Debug)]
pub enum Value<'py> {
    /// Text, in the memory of the `str` (which keeps its UTF-8).
    Text(Bound<'py, PyString>),
    /// Bytes.
    Bytes(Bound<'py, PyBytes>),
}

impl<'py> Value<'py> {
    /// The value of the field of that name.
    ///
    /// # Errors
    ///
    /// `TypeError` if it is neither text nor a buffer.
    pub fn of(name: &str, value: &Bound<'py, PyAny>) -> PyResult<Self> {
        if let Ok(text) = value.cast::<PyString>() {
            return Ok(Self::Text(text.clone()));
        }
        match chunk(value) {
            Ok(bytes) => Ok(Self::Bytes(bytes)),
            Err(_) => {
                let class = value.get_type().name()?;
                Err(PyTypeError::new_err(format!("{name} must be str or bytes, not {class}")))
            }
        }
    }

    /// The bytes; those of text are UTF-8.
    ///
    /// # Errors
    ///
    /// `UnicodeEncodeError`, which is a `ValueError`, for text with surrogates.
    pub fn as_bytes(&self) -> PyResult<&[u8]> {
        match self {
            Self::Text(text) => Ok(text.to_str()?.as_bytes()),
            Self::Bytes(bytes) => Ok(bytes.as_bytes()),
        }
    }
}
