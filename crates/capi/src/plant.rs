//! What `cargo xtask library` must find: a panic that can be reached, with its message, and a function that no header
//! declares. Built for that check alone, with `--cfg eventwire_plant_panic`.

use core::fmt::{self, Write};
use core::hint::black_box;
use core::panic::PanicInfo;

/// An element of an array, or a panic.
#[unsafe(no_mangle)]
pub extern "C" fn ew_planted(index: usize) -> u8 {
    const ELEMENTS: [u8; 3] = [2, 3, 5];
    ELEMENTS[index]
}

/// Formats what a panic says, so that the optimiser keeps it.
pub fn show(info: &PanicInfo<'_>) {
    let _ = write!(Nowhere, "{info}");
}

struct Nowhere;

impl Write for Nowhere {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        black_box(text);
        Ok(())
    }
}
