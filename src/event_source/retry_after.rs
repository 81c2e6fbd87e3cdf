//! What a server means by `Retry-After`.

use super::words::trim;
use crate::retry::Digits;

/// The delay in milliseconds that a `Retry-After` asks for: in seconds, or up to a date that is compared with the
/// response's own. `None` if it cannot be understood.
pub(super) fn delay(value: &[u8], date: Option<&[u8]>) -> Option<u64> {
    let value = trim(value);
    let mut digits = Digits::None;
    digits.push(value);
    let seconds = match digits.value() {
        Some(seconds) => seconds,
        None => seconds_of_date(value)?.saturating_sub(seconds_of_date(trim(date?))?),
    };
    Some(seconds.saturating_mul(1000))
}

/// The seconds of a date like `Sun, 06 Nov 1994 08:49:37 GMT`, since the start of a year far back.
fn seconds_of_date(date: &[u8]) -> Option<u64> {
    let (
        &[
            _,
            _,
            _,
            b',',
            b' ',
            d1,
            d2,
            b' ',
            m1,
            m2,
            m3,
            b' ',
            y1,
            y2,
            y3,
            y4,
            b' ',
            h1,
            h2,
            b':',
            n1,
            n2,
            b':',
            s1,
            s2,
        ],
        b" GMT",
    ) = date.split_first_chunk::<25>()?
    else {
        return None;
    };
    let month = MONTHS.iter().position(|month| **month == [m1, m2, m3])? as u64;
    let (year, day) = (number(&[y1, y2, y3, y4])?, number(&[d1, d2])?);
    let (hour, minute, second) = (number(&[h1, h2])?, number(&[n1, n2])?, number(&[s1, s2])?);
    // A second of 60 is a leap second.
    if !(1..=31).contains(&day) || hour > 23 || minute > 59 || second > 60 {
        return None;
    }
    Some(((days(year, month, day) * 24 + hour) * 60 + minute) * 60 + second)
}

const MONTHS: [&[u8; 3]; 12] =
    [b"Jan", b"Feb", b"Mar", b"Apr", b"May", b"Jun", b"Jul", b"Aug", b"Sep", b"Oct", b"Nov", b"Dec"];

/// The days up to a date of the Gregorian calendar; months count from 0. Years begin with March here, so that a leap
/// day is the last of its year and the months' lengths repeat evenly: 153 days in five.
fn days(year: u64, month: u64, day: u64) -> u64 {
    // The calendar repeats after 400 years, and so far away no year is negative.
    let (year, month) = if month >= 2 { (year + 400, month - 2) } else { (year + 399, month + 10) };
    year * 365 + year / 4 - year / 100 + year / 400 + (month * 153 + 2) / 5 + day
}

fn number(digits: &[u8]) -> Option<u64> {
    let mut value = Digits::None;
    value.push(digits);
    value.value()
}

#[cfg(test)]
mod tests {
    use alloc::format;
    use alloc::vec::Vec;

    use super::*;

    fn of(value: &str, date: Option<&str>) -> Option<u64> {
        delay(value.as_bytes(), date.map(str::as_bytes))
    }

    #[test]
    fn takes_seconds() {
        assert_eq!(of("0", None), Some(0));
        assert_eq!(of(" 120\t", None), Some(120_000));
        assert_eq!(of("99999999999999999999999", None), Some(u64::MAX));
        for bad in ["", " ", "-1", "+1", "1.5", "1 2", "0x10", "soon", "1s"] {
            assert_eq!(of(bad, Some("Sun, 06 Nov 1994 08:49:37 GMT")), None, "{bad}");
        }
    }

    #[test]
    fn measures_a_date_from_the_responses_own() {
        let date = Some("Sun, 06 Nov 1994 08:49:37 GMT");
        assert_eq!(of("Sun, 06 Nov 1994 08:49:37 GMT", date), Some(0));
        assert_eq!(of("Sun, 06 Nov 1994 08:50:07 GMT", date), Some(30_000));
        assert_eq!(of("Mon, 07 Nov 1994 00:00:00 GMT", date), Some(54_623_000));
        // A leap second, and one in the past.
        assert_eq!(of("Sun, 06 Nov 1994 08:49:60 GMT", date), Some(23_000));
        assert_eq!(of("Sat, 05 Nov 1994 08:49:37 GMT", date), Some(0));
        assert_eq!(of("Sun, 06 Nov 1994 08:50:07 GMT", None), None);
        assert_eq!(of("Sun, 06 Nov 1994 08:50:07 GMT", Some("yesterday")), None);
    }

    #[test]
    fn knows_the_calendar() {
        let between = |from: &str, to: &str| {
            of(&format!("Mon, {to} 00:00:00 GMT"), Some(&format!("Mon, {from} 00:00:00 GMT")))
                .map(|ms| ms / 86_400_000)
        };
        assert_eq!(between("28 Feb 2023", "01 Mar 2023"), Some(1));
        assert_eq!(between("28 Feb 2024", "01 Mar 2024"), Some(2));
        assert_eq!(between("28 Feb 2000", "01 Mar 2000"), Some(2));
        assert_eq!(between("28 Feb 2100", "01 Mar 2100"), Some(1));
        assert_eq!(between("31 Dec 2025", "01 Jan 2026"), Some(1));
        assert_eq!(between("01 Jan 0000", "01 Jan 0001"), Some(366));
        // A year has 365 days, and each month follows the one before it.
        let mut months = MONTHS.iter().map(|month| core::str::from_utf8(*month).unwrap());
        let mut first = months.next().unwrap();
        let mut lengths = Vec::new();
        for month in months {
            lengths.push(between(&format!("01 {first} 2026"), &format!("01 {month} 2026")).unwrap());
            first = month;
        }
        assert_eq!(lengths, [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30]);
    }

    #[test]
    fn takes_no_other_form_of_date() {
        let date = Some("Sun, 06 Nov 1994 08:49:37 GMT");
        for bad in [
            "Sunday, 06-Nov-94 08:49:37 GMT",
            "Sun Nov  6 08:49:37 1994",
            "Sun, 06 Nov 1994 08:49:37 UTC",
            "Sun, 06 Nov 1994 08:49:37 GMT+1",
            "Sun, 00 Nov 1994 08:49:37 GMT",
            "Sun, 32 Nov 1994 08:49:37 GMT",
            "Sun, 06 nov 1994 08:49:37 GMT",
            "Sun, 06 Nov 1994 24:00:00 GMT",
            "Sun, 06 Nov 1994 08:60:00 GMT",
            "Sun, 06 Nov 1994 08:49:61 GMT",
            "Sun,  6 Nov 1994 08:49:37 GMT",
        ] {
            assert_eq!(of(bad, date), None, "{bad}");
        }
    }
}
