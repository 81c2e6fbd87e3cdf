//! A proxy-wasm filter that watches event streams go by, and drops or replaces events by rule.
//!
//! | file | what it holds |
//! |---|---|
//! | `config.rs` | the plugin's configuration, read and checked |
//! | `filter.rs` | a request and its response: what the proxy calls |
//! | `metrics.rs` | counters, the gauge and the histogram |
//! | `report.rs` | what is known of a response, as filter state for access logs |
//! | `root.rs` | the plugin: takes the configuration, makes filters |
//! | `rules.rs` | what becomes of an event |
//! | `splice.rs` | what is to be done to the proxy's buffer |
//! | `stream.rs` | an event stream: watched, and rewritten if there are rules |
//! | `verdict.rs` | which responses are watched |
//!
//! # How it works
//!
//! A proxy hands over a chunk of the body in a buffer and sends on what is in it when the call returns. A filter may also ask
//! it to wait; then all of the chunk waits, what is decided about with what is not, and what waits counts against the proxy's
//! limits. So this filter never asks for that. Without rules it reads the buffer and leaves it alone. With rules it takes out of the
//! buffer what is not decided about yet and holds it, and puts it back before the bytes that complete it.
//!
//! Where no call comes with a buffer any more, what is held cannot be put back: when the stream is cut off, or ends in trailers,
//! within an event. Clients drop such an event. How many bytes that were is counted.
//!
//! Nothing here panics. (What the proxy's own interface answers against its specification does, in the `proxy-wasm` crate.) Header
//! fields are read as bytes, because that crate panics at those that are not UTF-8.

#![deny(unsafe_code)]
#![cfg_attr(
    not(test),
    warn(
        clippy::expect_used,
        clippy::indexing_slicing,
        clippy::panic,
        clippy::string_slice,
        clippy::unreachable,
        clippy::unwrap_used
    )
)]

mod config;
mod filter;
mod metrics;
mod report;
mod root;
mod rules;
mod splice;
mod stream;
mod verdict;
