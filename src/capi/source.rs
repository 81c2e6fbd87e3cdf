//! `ew_source_*`: the connection of an event source, without IO.

mod config;
mod drive;
mod handle;
mod look;
mod make;
mod messages;

pub use config::*;
pub use drive::*;
pub use handle::Source;
pub use look::*;
pub use make::*;
pub use messages::*;
