//! `ew_parser_*`: chunks into whole events.

mod connection;
mod make;
mod pull;

pub use connection::*;
pub use make::*;
pub use pull::*;
