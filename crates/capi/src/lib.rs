//! `libeventwire`: the functions of [`engine::capi`] as a static and a shared library.
//!
//! The library needs nothing but a few functions of libc, so it is made without `std`, which would bring unwinding and
//! formatting (some 270 KB) even where nothing can panic. What `std` does otherwise is here: memory comes from `malloc`
//! ([`allocator`]), and a panic ends the process ([`panic`]). No panic is reachable, though; then the optimiser leaves the
//! handler out, and `cargo xtask library` looks into what was built to see that it did.

#![no_std]

mod allocator;
mod panic;
#[cfg(eventwire_plant_panic)]
mod plant;

pub use engine::capi::*;
