//! Runs the real binary: every option, pipes, and everything that can go wrong around it.

mod encode;
mod failures;
#[cfg(feature = "get")]
mod get;
mod options;
mod pages;
mod pipes;
#[cfg(feature = "get")]
mod server;
mod streams;
mod support;
#[cfg(feature = "get")]
mod tls;
