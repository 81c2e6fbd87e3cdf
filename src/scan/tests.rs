//! Every kernel against the naive scan: all lengths and offsets, and slices that touch forbidden pages.
//!
//! Under Miri, which sees every read out of bounds by itself but is slow, some lengths and offsets stand for all.

use std::vec;
use std::vec::Vec;

#[cfg(all(unix, not(miri)))]
use eventwire_testkit::guard::Guarded;

use super::{Block, NonAscii, Routines, Scan, ScanText, kernels};

/// Positions of all line ends at or after `from`, as a caller would take them off the masks.
fn positions(scan: Scan, haystack: &[u8], from: usize) -> Vec<usize> {
    let mut found = vec![];
    let mut at = from;
    loop {
        let Block { base, mut mask } = scan(haystack, at);
        if mask == 0 {
            assert_eq!(base, haystack.len(), "no line end: the base is the end");
            return found;
        }
        assert!(base >= at && (base - at).is_multiple_of(64), "base {base} from {at}");
        while mask != 0 {
            found.push(base + mask.trailing_zeros() as usize);
            mask &= mask - 1;
        }
        at = base + 64;
    }
}

fn naive(haystack: &[u8], from: usize) -> Vec<usize> {
    (from..haystack.len()).filter(|&i| matches!(haystack[i], b'\r' | b'\n')).collect()
}

/// Numbers up to `last`: all, or under Miri those around which a kernel changes from one load to another.
fn numbers(last: usize) -> impl Iterator<Item = usize> {
    const EDGES: [usize; 16] = [0, 1, 3, 4, 7, 8, 15, 16, 17, 31, 32, 63, 64, 65, 127, 130];
    (0..=last).filter(|number| !cfg!(miri) || EDGES.contains(number))
}

fn all_kernels() -> impl Iterator<Item = Routines> {
    kernels().into_iter().flatten()
}

/// [`ScanText`] gives the blocks of [`Scan`], and notes the bytes above 0x7F up to the end of the block, exactly where
/// the slice has a block to load. Each call goes on with the notes of those before.
fn check_text(name: &str, scan: Scan, scan_text: ScanText, haystack: &[u8], from: usize) {
    let (mut at, mut noted) = (from, NonAscii::default());
    while at < haystack.len() {
        let block = scan_text(haystack, at, &mut noted);
        assert_eq!(block, scan(haystack, at), "{name}: length {}, from {at}", haystack.len());
        at = haystack.len().min(block.base.saturating_add(64));
        let mut high = (from..at).filter(|&i| haystack[i] > 0x7F);
        let Some(first) = high.next() else {
            assert_eq!(noted, NonAscii::default(), "{name}");
            continue;
        };
        let last = high.next_back().unwrap_or(first);
        if haystack.len() >= 64 {
            assert_eq!(noted, NonAscii { begin: first, end: last + 1 }, "{name}: from {from} to {at}");
        }
        assert!(noted.begin <= first && noted.end > last, "{name}: {noted:?}, {first} to {last}");
    }
}

/// Bytes that differ from CR and LF by one bit or by one, and both of them, in an order without period.
fn haystack(len: usize, seed: usize) -> Vec<u8> {
    const NEAR: [u8; 16] =
        [b'\r', 0x8D, b'a', 0x0C, b'\n', 0x8A, 0x0B, 0x00, 0xFF, 0x0E, 0x09, b'\r', 0x4D, 0x2A, b'\n', 0x1A];
    let mut state = seed as u64;
    (0..len)
        .map(|_| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            NEAR[(state >> 60) as usize]
        })
        .collect()
}

/// The other tests run over this list: nothing would tell of a kernel that is missing there.
#[test]
fn all_kernels_of_this_machine_are_listed() {
    let names: Vec<_> = all_kernels().map(|(name, ..)| name).collect();
    assert_eq!(names.first(), Some(&"swar"));
    #[cfg(target_arch = "x86_64")]
    assert_eq!(names, &["swar", "sse2", "avx2"][..2 + usize::from(std::is_x86_feature_detected!("avx2"))]);
    #[cfg(all(target_arch = "aarch64", target_feature = "neon", target_endian = "little"))]
    assert_eq!(names, ["swar", "neon"]);
    #[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
    assert_eq!(names, ["swar", "simd128"]);
}

#[test]
fn kernels_equal_naive_at_all_lengths_and_offsets() {
    for len in numbers(192) {
        let bytes = haystack(len + 64, len);
        for offset in numbers(63).step_by(if cfg!(miri) { 5 } else { 1 }) {
            let slice = &bytes[offset..offset + len];
            for from in [0, 1, len / 2, len.saturating_sub(1), len, len + 1] {
                for (name, scan, _) in all_kernels() {
                    assert_eq!(
                        positions(scan, slice, from),
                        naive(slice, from),
                        "{name}: length {len}, offset {offset}, from {from}"
                    );
                }
            }
        }
    }
}

#[test]
fn text_kernels_note_what_is_not_ascii() {
    for len in numbers(192) {
        for (seed, density) in [(len, 1), (len + 1_000, 16), (len + 2_000, 64)] {
            // Most bytes plain, so that blocks without line ends and without high bytes are met as well.
            let bytes: Vec<u8> = haystack(len, seed)
                .into_iter()
                .enumerate()
                .map(|(i, byte)| if (i * 31 + seed) % density == 0 { byte } else { b'x' })
                .collect();
            for from in [0, 1, len / 2, len.saturating_sub(1)] {
                for (name, scan, scan_text) in all_kernels() {
                    check_text(name, scan, scan_text, &bytes, from);
                }
            }
        }
    }
}

/// One line end at each place of an otherwise empty slice: no other bit may disturb or hide it.
#[test]
fn a_single_line_end_is_found_wherever_it_stands() {
    for end in [b'\r', b'\n'] {
        for len in numbers(192) {
            let mut bytes = vec![b'x'; len];
            for at in numbers(192).take_while(|&at| at < len) {
                bytes[at] = end;
                for (name, scan, _) in all_kernels() {
                    assert_eq!(positions(scan, &bytes, 0), [at], "{name}: length {len}");
                }
                bytes[at] = b'x';
            }
        }
    }
}

#[test]
fn every_byte_value_but_two_is_passed_over() {
    for byte in 0..=255_u8 {
        let bytes = [byte; 80];
        for (name, scan, _) in all_kernels() {
            let expected = if matches!(byte, b'\r' | b'\n') { 80 } else { 0 };
            assert_eq!(positions(scan, &bytes, 0).len(), expected, "{name}: byte {byte:#04x}");
        }
    }
}

#[cfg(all(unix, not(miri)))]
#[test]
fn nothing_is_read_outside_the_slice() {
    for len in 0..=192 {
        let bytes = haystack(len, len);
        for guarded in [Guarded::before_wall(&bytes), Guarded::after_wall(&bytes)] {
            for from in 0..=len {
                for (name, scan, scan_text) in all_kernels() {
                    assert_eq!(positions(scan, &guarded, from), naive(&bytes, from), "{name}: length {len}");
                    check_text(name, scan, scan_text, &guarded, from);
                }
            }
        }
    }
}

/// A build that forces a kernel says in `EVENTWIRE_EXPECT_SCANNER` which one it must be; otherwise it is the last of the list,
/// the best.
#[test]
fn the_kernel_in_use_is_the_one_that_was_asked_for() {
    let expected = std::env::var("EVENTWIRE_EXPECT_SCANNER").ok();
    let best = all_kernels().last().map(|(name, ..)| name);
    assert_eq!(Some(super::scanner_name()), expected.as_deref().or(best));
}
