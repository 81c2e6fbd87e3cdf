//! What an `ew_tap *` points to.

use crate::capi::carry::Carry;

/// Counts what goes by in a stream, and keeps the data of events that hold a needle. Opaque: made by `ew_tap_new`, used
/// through its pointer, ended by `ew_tap_free`.
#[derive(Debug)]
pub struct Tap {
    pub(super) engine: crate::Tap<Carry>,
}
