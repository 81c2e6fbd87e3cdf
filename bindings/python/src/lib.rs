//! The extension module `eventwire._eventwire`: parser, encoder and connection machine as Python objects.
//!
//! | file | what it holds |
//! |---|---|
//! | `parser.rs` | `Parser`: chunks in, lists of items out |
//! | `collect.rs` | the loop that makes Python objects of the engine's items, for `Parser` and `Machine` alike |
//! | `event.rs` | `Event`, the object whose making is most of what an event costs |
//! | `make.rs` | events of values that did not come from a stream |
//! | `encode.rs` | `encode` |
//! | `machine.rs` | `Machine`: the rules of a connection, for the drivers that are written in Python |
//! | `options.rs` | the settings of a parser as keyword arguments |
//! | `input.rs` | what Python gives as bytes or text |
//! | `text.rs` | `str` of bytes, made once for what repeats |
//! | `errors.rs` | the exceptions, which are Python's |
//! | `interpreter.rs` | the one interpreter of a process that may have this module |
//!
//! What does not depend on speed is written in Python, in the package around it. All parsing is done here, by the engine.
//!
//! Nothing that can change is without a lock, so that the module needs no GIL; nobody waits for a lock, so that none can be stuck.
//! `unsafe` code is confined to `event.rs` and `interpreter.rs`.

#![deny(unsafe_code)]

mod collect;
mod encode;
mod errors;
#[expect(unsafe_code, reason = "an object made by hand: the file says why, and why it is sound")]
mod event;
mod input;
#[expect(unsafe_code, reason = "PyO3 does not tell which interpreter it is")]
mod interpreter;
mod machine;
mod make;
mod options;
mod parser;
mod text;

/// The parser, encoder and connection machine of eventwire, in Rust.
#[pyo3::pymodule(gil_used = false)]
mod _eventwire {
    use pyo3::prelude::*;

    #[pymodule_export]
    use crate::encode::encode;
    #[pymodule_export]
    use crate::machine::{Machine, check_response};
    #[pymodule_export]
    use crate::make::make_event;
    #[pymodule_export]
    use crate::parser::{Parser, scanner_name};

    #[pymodule_init]
    fn init(module: &Bound<'_, PyModule>) -> PyResult<()> {
        crate::interpreter::claim(module.py())?;
        module.add("Event", crate::event::Class::get(module.py())?.object())?;
        module.add("__version__", env!("CARGO_PKG_VERSION"))
    }
}
