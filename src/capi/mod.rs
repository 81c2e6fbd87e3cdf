//! The C ABI: the functions and types that `include/eventwire.h` declares.
//!
//! There is no logic here. A function checks its arguments, turns them into what the Rust API takes, makes one call, and
//! writes the answer into the caller's structs. The header is generated from this module (`cargo xtask header`), so the
//! documentation of an item is written for who reads it there: in terms of C, with the C names.
//!
//! | file | what it holds |
//! |---|---|
//! | `status.rs` | the codes that functions answer with |
//! | `version.rs` | what this library is |
//! | `input.rs` | bytes and chunks: `ew_span`, `ew_input` |
//! | `config.rs` | `ew_config` and its values |
//! | `event.rs` | `ew_event` |
//! | `parser.rs`, `parser/` | `ew_parser_*` |
//! | `handle.rs` | what an `ew_parser *` points to, and where that lives |
//! | `source.rs`, `source/` | `ew_source_*`, and the structs that go with them |
//! | `tokenizer.rs` | `ew_tokenizer`, `ew_token`, `ew_split_field` |
//! | `encoder.rs` | `ew_message`, `ew_encode_*` |
//! | `tap.rs`, `tap/` | `ew_tap_*` |
//! | `rewriter.rs`, `rewriter/` | `ew_rewriter_*` |
//! | `heap.rs` | values on the heap |
//! | `carry.rs` | the memory for what straddles chunks: on the heap or the caller's |
//! | `pointer.rs` | pointers checked and turned into references |
//! | `layout.rs` | the sizes and offsets of all structs, pinned |
//!
//! # Safety
//!
//! C cannot promise what a Rust reference promises, so each function says what it relies on, in these words; the comments at
//! the `unsafe` blocks use no others.
//!
//! * *Readable*: the pointer is null or misaligned, which is found and refused, or it points to an initialised value that
//!   nobody writes to during the call. An array is readable if all its elements are; one of no elements always is.
//! * *Writable*: the pointer is null or misaligned, or it points to memory that nobody else reads or writes during the call. It
//!   need not be initialised, unless it is readable as well.
//! * *Valid*: the pointer is null, or it is of a parser that was made by [`ew_parser_new`] or [`ew_parser_init`], of a source
//!   that was made by [`ew_source_new`], of a tap that was made by [`ew_tap_new`], or of a rewriter that was made by
//!   [`ew_rewriter_new`], and has not been freed; and where the function takes it as other than `const`, no
//!   other call with it is under way.
//! * *Valid until*: how long a span that a function gives out is readable, if it is not empty.
//!
//! Nothing else is relied on: whatever numbers stand in the structs, a call answers with a status, or gives the wrong
//! events of a stream that was described wrongly.

#![allow(unsafe_code)]

mod carry;
mod config;
#[cfg(feature = "capi")]
mod encoder;
mod event;
mod handle;
mod heap;
mod input;
mod layout;
mod parser;
mod pointer;
#[cfg(feature = "capi-proxy")]
mod rewriter;
#[cfg(feature = "capi")]
mod source;
mod status;
#[cfg(feature = "capi-proxy")]
mod tap;
#[cfg(test)]
mod tests;
mod tokenizer;
mod version;

pub use config::*;
#[cfg(feature = "capi")]
pub use encoder::*;
pub use event::*;
pub use handle::Parser;
pub use input::*;
pub use parser::*;
#[cfg(feature = "capi-proxy")]
pub use rewriter::*;
#[cfg(feature = "capi")]
pub use source::*;
pub use status::*;
#[cfg(feature = "capi-proxy")]
pub use tap::*;
pub use tokenizer::*;
pub use version::*;
