//! The exceptions, which are Python's: raised from here, with what was not dropped.

use eventwire::Error;
use pyo3::exceptions::PyMemoryError;
use pyo3::prelude::*;
use pyo3::types::{PyList, PyType};

/// What was dropped in a call: the first error, and how many there were.
#[derive(Clone, Copy, Debug)]
pub struct Losses {
    first: Error,
    dropped: usize,
}

impl Losses {
    /// Notes one more in `losses`.
    #[cold]
    pub fn note(losses: &mut Option<Self>, error: Error) {
        losses.get_or_insert(Self { first: error, dropped: 0 }).dropped += 1;
    }

    /// The exception: `events` are what was not dropped.
    #[cold]
    pub fn exception(self, py: Python<'_>, events: &Bound<'_, PyList>) -> PyErr {
        let class = match self.first {
            Error::EventTooLarge => "EventTooLarge",
            Error::ItemTooLarge => "CommentTooLarge",
            Error::InvalidUtf8 => "InvalidUtf8",
            _ => return PyMemoryError::new_err(self.first.to_string()),
        };
        match exception(py, class)
            .and_then(|class| class.call1((self.first.to_string(), events, self.dropped)))
        {
            Ok(exception) => PyErr::from_value(exception),
            Err(error) => error,
        }
    }
}

/// A class of the module `eventwire._errors`.
fn exception<'py>(py: Python<'py>, class: &str) -> PyResult<Bound<'py, PyType>> {
    Ok(py.import("eventwire._errors")?.getattr(class)?.cast_into()?)
}
