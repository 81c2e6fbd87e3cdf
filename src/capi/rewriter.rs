//! `ew_rewriter_*`: a stream changed event by event.

mod config;
mod decide;
mod handle;
mod look;
mod make;
mod pull;

pub use config::*;
pub use decide::*;
pub use handle::Rewriter;
pub use look::*;
pub use make::*;
pub use pull::*;
