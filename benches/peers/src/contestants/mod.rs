//! The contestants, by the way in which they are driven.

pub mod codecs;
pub mod limits;
pub mod ours;
pub mod pushed;
pub mod streams;
