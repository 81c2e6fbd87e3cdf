//! Sizes in bytes as people write and read them.

/// Units of a size, by their letter: 1024 to this power, or 1000 if a `B` alone follows.
const UNITS: [(char, u32); 3] = [('k', 1), ('m', 2), ('g', 3)];

/// Reads a size: a whole number, then nothing or `B` (bytes), `K`, `M`, `G`, `KiB`, `MiB`, `GiB` (powers of
/// 1024), `KB`, `MB`, `GB` (powers of 1000). Case does not matter.
pub(crate) fn parse(text: &str) -> Result<usize, String> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (number, suffix) = text.split_at(digits);
    let factor =
        factor(suffix.trim_start()).ok_or("a size is a whole number of bytes, with K, M or G if you like")?;
    if number.is_empty() {
        return Err("a size begins with a digit".into());
    }
    number
        .parse()
        .ok()
        .and_then(|number: usize| number.checked_mul(factor))
        .ok_or("the size is too large".into())
}

/// Reads a size from 1 byte to 64 MiB: what a piece of the input may be.
pub(crate) fn parse_chunk(text: &str) -> Result<usize, String> {
    const LARGEST: usize = 64 << 20;
    match parse(text)? {
        size @ 1..=LARGEST => Ok(size),
        _ => Err(format!("a chunk has at least 1 byte and at most {}", exact(LARGEST))),
    }
}

fn factor(suffix: &str) -> Option<usize> {
    let suffix = suffix.to_ascii_lowercase();
    if matches!(suffix.as_str(), "" | "b") {
        return Some(1);
    }
    let (_, power) = UNITS.into_iter().find(|&(letter, _)| suffix.starts_with(letter))?;
    match &suffix[1..] {
        "" | "ib" => 1024_usize.checked_pow(power),
        "b" => 1000_usize.checked_pow(power),
        _ => None,
    }
}

/// Writes a size without loss, in the largest binary unit that fits: `16 MiB`, `1500 bytes`.
pub(crate) fn exact(size: usize) -> String {
    for (shift, unit) in [(30, "GiB"), (20, "MiB"), (10, "KiB")] {
        if size > 0 && size.trailing_zeros() >= shift {
            return format!("{} {unit}", size >> shift);
        }
    }
    if size == 1 { "1 byte".into() } else { format!("{size} bytes") }
}

/// Writes a size rounded to three digits, in decimal units: `1.07 GB`.
pub(crate) fn rounded(size: f64) -> String {
    let (value, unit) = match size {
        ..1e3 => return format!("{size:.0} B"),
        ..1e6 => (size / 1e3, "kB"),
        ..1e9 => (size / 1e6, "MB"),
        _ => (size / 1e9, "GB"),
    };
    let digits = if value < 10.0 { 2 } else { usize::from(value < 100.0) };
    format!("{value:.digits$} {unit}")
}

/// Writes a number with a comma between groups of three digits.
pub(crate) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// Writes a number of bytes in full.
pub(crate) fn bytes(number: u64) -> String {
    if number == 1 { "1 byte".into() } else { format!("{} bytes", grouped(number)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_read_with_every_suffix() {
        for (text, size) in [
            ("0", 0),
            ("17", 17),
            ("17B", 17),
            ("16k", 16 << 10),
            ("16K", 16 << 10),
            ("16KiB", 16 << 10),
            ("16kb", 16_000),
            ("2M", 2 << 20),
            ("2 MiB", 2 << 20),
            ("2MB", 2_000_000),
            ("1G", 1 << 30),
            ("1gib", 1 << 30),
            ("1GB", 1_000_000_000),
        ] {
            assert_eq!(parse(text), Ok(size), "{text}");
        }
    }

    #[test]
    fn what_is_no_size_is_refused() {
        for text in
            ["", "K", "-1", "+1", "1.5M", "1X", "1Ki", "1KK", "1é", "99999999999999999999", "99999999999G"]
        {
            assert!(parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn chunks_have_bounds() {
        assert!(parse_chunk("0").is_err());
        assert_eq!(parse_chunk("1"), Ok(1));
        assert_eq!(parse_chunk("64M"), Ok(64 << 20));
        assert!(parse_chunk("65M").is_err());
    }

    #[test]
    fn sizes_are_written() {
        assert_eq!(exact(0), "0 bytes");
        assert_eq!(exact(16 << 20), "16 MiB");
        assert_eq!(exact(1500), "1500 bytes");
        assert_eq!(rounded(12.0), "12 B");
        assert_eq!(rounded(1234.0), "1.23 kB");
        assert_eq!(rounded(12_345_678.0), "12.3 MB");
        assert_eq!(rounded(3_210_000_000.0), "3.21 GB");
        assert_eq!(grouped(0), "0");
        assert_eq!(grouped(999), "999");
        assert_eq!(grouped(1_000), "1,000");
        assert_eq!(grouped(1_234_567), "1,234,567");
        assert_eq!(bytes(1), "1 byte");
        assert_eq!(bytes(1_000), "1,000 bytes");
    }
}
