//! The loop over a stream in Rust, with no C in between: what the loops in C are measured against.

use std::slice;

use eventwire::{Input, Parser};

/// What a pass has seen: `struct counts` of `contestant.h`.
#[repr(C)]
#[derive(Debug)]
pub struct Counts {
    /// Events.
    pub events: u64,
    /// Bytes of their data.
    pub data_bytes: u64,
}

/// A pass over a stream in chunks of this size.
///
/// # Safety
///
/// The `len` bytes at `stream` are readable, and `chunk` is not 0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rust_pass(stream: *const u8, len: usize, chunk: usize) -> Counts {
    // SAFETY: the caller: they are readable.
    let stream = unsafe { slice::from_raw_parts(stream, len) };
    let mut parser = Parser::new();
    let mut counts = Counts { events: 0, data_bytes: 0 };
    for chunk in stream.chunks(chunk) {
        let mut input = Input::new(chunk);
        while let Ok(Some(event)) = parser.next_event(&mut input) {
            counts.events += 1;
            counts.data_bytes += event.data().len() as u64;
        }
    }
    counts
}
