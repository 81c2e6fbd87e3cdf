//! What the tests, benchmarks and fuzz targets of `eventwire` stand on.
//!
//! | module | what it is |
//! |---|---|
//! | [`oracle`], [`tokens`] | what a parser and a tokenizer must make of a stream, said as plainly as possible |
//! | [`settings`], [`outcome`] | what goes into a run and what can be observed of it |
//! | [`vectors`] | the language-neutral test vectors of `tests/vectors` |
//! | [`flat`] | the vectors in a form that any language reads |
//! | [`chunking`] | ways to cut a stream |
//! | [`corpora`], [`hostile`] | generated streams: as they are met in the field, and as an attacker would send them |
//! | [`guard`] | memory beside a page without access, to catch reads out of bounds |
//! | [`drive`] | runs the engine and writes down what it does |
//! | [`notation`], [`rng`] | bytes as text, and reproducible random numbers |
//!
//! Nothing but [`drive`] uses the engine: what the others say of a stream is an independent opinion.

#![deny(unsafe_code)]

pub mod chunking;
pub mod corpora;
pub mod drive;
pub mod flat;
#[cfg(unix)]
#[expect(unsafe_code, reason = "protecting a page takes system calls")]
pub mod guard;
pub mod hostile;
mod lines;
pub mod notation;
pub mod oracle;
pub mod outcome;
pub mod rng;
pub mod settings;
pub mod tokens;
pub mod vectors;

pub use lines::Field;
