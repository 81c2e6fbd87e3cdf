//! The settings of a parser as keyword arguments.

use eventwire::{Config, Eof, Items, Overflow, Utf8};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

/// The settings of a parser, as Python gives them.
#[derive(Clone, Copy, Debug)]
pub struct Options<'a> {
    /// Bytes.
    pub max_event_size: usize,
    /// `error` or `skip`.
    pub overflow: &'a str,
    /// `raw`, `replace` or `strict`.
    pub utf8: &'a str,
    /// `discard` or `dispatch`.
    pub eof: &'a str,
    /// Whether comments are delivered.
    pub comments: bool,
}

impl Options<'_> {
    /// The engine's settings. Reconnection times are always asked for: an event tells the one that its block has set.
    pub fn config(&self) -> PyResult<Config> {
        let Self { max_event_size, overflow, utf8, eof, comments } = *self;
        let overflow = one_of("overflow", overflow, &[("error", Overflow::Error), ("skip", Overflow::Skip)])?;
        let utf8 = one_of(
            "utf8",
            utf8,
            &[("raw", Utf8::Raw), ("replace", Utf8::Replace), ("strict", Utf8::Strict)],
        )?;
        let eof = one_of("eof", eof, &[("discard", Eof::Discard), ("dispatch", Eof::Dispatch)])?;
        let items = if comments { Items::RETRY | Items::COMMENTS } else { Items::RETRY };
        Ok(Config::new().max_event_size(max_event_size).overflow(overflow).utf8(utf8).eof(eof).items(items))
    }
}

/// What `word` stands for.
fn one_of<T: Copy>(name: &str, word: &str, meanings: &[(&str, T)]) -> PyResult<T> {
    meanings.iter().find(|(known, _)| *known == word).map(|&(_, meaning)| meaning).ok_or_else(|| {
        let words: Vec<String> = meanings.iter().map(|(known, _)| format!("'{known}'")).collect();
        PyValueError::new_err(format!("{name} must be {}, not '{word}'", words.join(" or ")))
    })
}
