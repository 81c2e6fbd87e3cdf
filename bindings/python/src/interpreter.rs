//! The one interpreter of a process that may have this module.
//!
//! The class of events, and what else is made once, belongs to the interpreter that made it. Python 3.12 and later keep another
//! interpreter from importing the module; before, it has to be done here.

use std::sync::atomic::{AtomicI64, Ordering};

use pyo3::exceptions::PyImportError;
use pyo3::ffi;
use pyo3::prelude::*;

/// Takes the module for the interpreter at hand.
///
/// # Errors
///
/// `ImportError` if another one has it.
pub fn claim(_py: Python<'_>) -> PyResult<()> {
    const NOBODY: i64 = -1;
    static OWNER: AtomicI64 = AtomicI64::new(NOBODY);
    // SAFETY: The thread is attached to an interpreter, as the argument shows.
    let interpreter = unsafe { ffi::PyInterpreterState_Get() };
    // SAFETY: As before; it is not NULL then.
    let id = unsafe { ffi::PyInterpreterState_GetID(interpreter) };
    match OWNER.compare_exchange(NOBODY, id, Ordering::Relaxed, Ordering::Relaxed) {
        Err(owner) if owner != id => Err(PyImportError::new_err(
            "eventwire cannot be imported by subinterpreters: another interpreter of this process has it",
        )),
        _ => Ok(()),
    }
}
