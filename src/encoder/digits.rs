//! A number in decimal, without an allocation.

/// The digits of a number.
#[derive(Clone, Copy, Debug)]
pub(super) struct Digits {
    /// They stand at the end.
    places: [u8; Self::MOST],
    count: usize,
}

impl Digits {
    /// As many as the largest number has.
    const MOST: usize = u64::MAX.ilog10() as usize + 1;

    pub(super) fn of(number: u64) -> Self {
        let mut digits = Self { places: [b'0'; Self::MOST], count: 0 };
        let mut left = number;
        for place in digits.places.iter_mut().rev() {
            // A digit, so that it fits.
            *place = b'0' + (left % 10) as u8;
            left /= 10;
            digits.count += 1;
            if left == 0 {
                break;
            }
        }
        digits
    }

    #[inline]
    pub(super) fn as_bytes(&self) -> &[u8] {
        // There are never more of them than places.
        self.places.get(Self::MOST - self.count..).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use std::string::ToString as _;

    use super::*;

    #[test]
    fn all_lengths() {
        let powers = (0..20).map(|exponent| 10_u64.pow(exponent));
        for number in powers.flat_map(|power| [power - 1, power, power + 1]).chain([0, 3000, u64::MAX]) {
            assert_eq!(Digits::of(number).as_bytes(), number.to_string().as_bytes());
        }
    }
}
