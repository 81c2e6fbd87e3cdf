//! The value of a `retry` field, read as it comes in.

/// What the digits so far stand for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Digits {
    /// Nothing has come.
    None,
    /// Digits alone, of this value, or of more than can be said.
    Value(u64),
    /// Something else: the field is ignored (statement 56).
    Bad,
}

impl Digits {
    /// Takes the next piece of the value.
    pub(crate) fn push(&mut self, piece: &[u8]) {
        for byte in piece {
            let so_far = match (*self, byte) {
                (Self::Bad, _) => return,
                (Self::None, b'0'..=b'9') => 0,
                (Self::Value(value), b'0'..=b'9') => value,
                _ => {
                    *self = Self::Bad;
                    return;
                }
            };
            // Too large a value saturates (statement 61).
            *self = Self::Value(so_far.saturating_mul(10).saturating_add(u64::from(byte - b'0')));
        }
    }

    /// The time in milliseconds, now that all has come; an empty value is none (statement 60).
    pub(crate) fn value(self) -> Option<u64> {
        match self {
            Self::Value(value) => Some(value),
            Self::None | Self::Bad => None,
        }
    }
}
