//! `str` of bytes, made once for what repeats.

use pyo3::exceptions::PyUnicodeDecodeError;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyString};

/// The text of these bytes if they are UTF-8, `None` if they are not.
///
/// # Errors
///
/// `MemoryError`.
#[inline]
pub fn exact<'py>(py: Python<'py>, bytes: &[u8]) -> PyResult<Option<Bound<'py, PyString>>> {
    match PyString::from_bytes(py, bytes) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.is_instance_of::<PyUnicodeDecodeError>(py) => Ok(None),
        Err(error) => Err(error),
    }
}

/// The text of these bytes; each bad UTF-8 sequence becomes U+FFFD.
///
/// # Errors
///
/// `MemoryError`.
pub fn lossy<'py>(py: Python<'py>, bytes: &[u8]) -> PyResult<Bound<'py, PyString>> {
    match exact(py, bytes)? {
        Some(text) => Ok(text),
        None => replaced(py, bytes),
    }
}

/// The text of bytes that are not UTF-8, with U+FFFD.
///
/// # Errors
///
/// `MemoryError`.
#[cold]
pub fn replaced<'py>(py: Python<'py>, bytes: &[u8]) -> PyResult<Bound<'py, PyString>> {
    PyString::from_bytes(py, String::from_utf8_lossy(bytes).as_bytes())
}

/// A copy of these bytes.
///
/// # Errors
///
/// `MemoryError`.
pub fn copied<'py>(py: Python<'py>, bytes: &[u8]) -> PyResult<Bound<'py, PyBytes>> {
    PyBytes::new_with(py, bytes.len(), |copy| {
        copy.copy_from_slice(bytes);
        Ok(())
    })
}

/// The `str` of one value, and of another one that came last: for types of events and last event IDs, which repeat.
#[derive(Debug)]
pub struct Recurring {
    usual: &'static [u8],
    usual_text: Py<PyString>,
    last: Vec<u8>,
    last_text: Py<PyString>,
}

impl Recurring {
    /// With the value that most events have.
    ///
    /// # Errors
    ///
    /// `MemoryError`.
    pub fn new(py: Python<'_>, usual: &'static str) -> PyResult<Self> {
        let usual_text = PyString::intern(py, usual).unbind();
        let last_text = usual_text.clone_ref(py);
        Ok(Self { usual: usual.as_bytes(), usual_text, last: usual.as_bytes().to_vec(), last_text })
    }

    /// The text of these bytes.
    ///
    /// # Errors
    ///
    /// `MemoryError`.
    #[inline]
    pub fn text<'py>(&mut self, py: Python<'py>, bytes: &[u8]) -> PyResult<Bound<'py, PyString>> {
        if same(self.usual, bytes) {
            return Ok(self.usual_text.bind(py).clone());
        }
        if !same(&self.last, bytes) {
            self.last_text = lossy(py, bytes)?.unbind();
            self.last.clear();
            self.last.extend_from_slice(bytes);
        }
        Ok(self.last_text.bind(py).clone())
    }
}

/// Whether these are the same bytes, which are few: a call of `memcmp` took longer than making a small event.
#[inline]
fn same(one: &[u8], other: &[u8]) -> bool {
    one.len() == other.len() && one.iter().zip(other).all(|(one, other)| one == other)
}
