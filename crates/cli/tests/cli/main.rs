//! Runs the real binary: every option, pipes, and everything that can go wrong around it.

mod failures;
mod options;
mod pages;
mod pipes;
mod streams;
mod support;
