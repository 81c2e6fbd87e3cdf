//! What this library is.

use core::ffi::{CStr, c_char};

use crate::scan::scanner_name;

/// The version of the binary interface: the number in `libeventwire.so.1`. A program built against one library runs with every
/// later one of the same number. Compare `ew_abi_version`.
pub const EW_ABI_VERSION: u32 = 1;

const NUMBER: u32 = number(env!("CARGO_PKG_VERSION_MAJOR")) * 1_000_000
    + number(env!("CARGO_PKG_VERSION_MINOR")) * 1_000
    + number(env!("CARGO_PKG_VERSION_PATCH"));

/// A decimal number.
const fn number(digits: &str) -> u32 {
    let (mut digits, mut number) = (digits.as_bytes(), 0);
    while let [digit, rest @ ..] = digits {
        number = number * 10 + (*digit - b'0') as u32;
        digits = rest;
    }
    number
}

/// The version of the library that the program runs with, as text: `EW_VERSION_STRING` of its header.
///
/// # Returns
///
/// A NUL-terminated string such as "0.1.0", never NULL.
///
/// # Memory
///
/// The string is the library's own and always valid.
///
/// # Threads
///
/// Any thread, at any time.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn ew_version_string() -> *const c_char {
    concat!(env!("CARGO_PKG_VERSION"), "\0").as_ptr().cast()
}

/// The version of the library that the program runs with, as a number that grows with every release.
///
/// # Returns
///
/// `EW_VERSION_NUMBER` of its header: major times 1000000, plus minor times 1000, plus patch.
///
/// # Threads
///
/// Any thread, at any time.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn ew_version_number() -> u32 {
    NUMBER
}

/// The version of the binary interface that the library was built with. Worth a comparison where it is loaded by
/// hand (`dlopen`, a foreign function interface); a linker sees to it by the library's name.
///
/// # Returns
///
/// `EW_ABI_VERSION` of its header.
///
/// # Threads
///
/// Any thread, at any time.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn ew_abi_version() -> u32 {
    EW_ABI_VERSION
}

/// Which instructions the library finds line ends with on this machine. For logs and bug reports.
///
/// # Returns
///
/// A NUL-terminated string, never NULL: "avx2", "sse2", "neon", "simd128", "swar" (no special instructions), or a
/// name that a later release adds.
///
/// # Memory
///
/// The string is the library's own and always valid.
///
/// # Threads
///
/// Any thread, at any time.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn ew_scanner_name() -> *const c_char {
    let name: &CStr = match scanner_name() {
        "avx2" => c"avx2",
        "sse2" => c"sse2",
        "neon" => c"neon",
        "simd128" => c"simd128",
        "swar" => c"swar",
        _ => c"other",
    };
    name.as_ptr()
}
