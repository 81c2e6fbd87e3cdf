//! `ew_tap_*`: what goes by in a stream, counted.

mod config;
mod handle;
mod look;
mod make;

pub use config::*;
pub use handle::Tap;
pub use look::*;
pub use make::*;
