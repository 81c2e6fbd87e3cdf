//! Each scan kernel of this machine against a naive loop, in slices that touch a page without access on one side or begin at
//! an odd place, from any position.

use crate::text::{Bytes, Head};
use eventwire::scan::{Block, NonAscii, Routines, Scan, kernels};
use eventwire_testkit::guard::Guarded;

/// Some bytes; `at=`: how many of them are left out at the start, so that the slice is not aligned; `from=`: where the scan
/// begins.
#[derive(Clone, Debug)]
pub struct Case {
    bytes: Bytes,
    at: usize,
    from: usize,
}

/// Four blocks and a bit: what comes later is found like what came before.
const LONGEST: usize = 300;

impl crate::Case for Case {
    fn read(bytes: &[u8]) -> Self {
        let (head, body) = Head::of(bytes);
        let bytes = Bytes(body[..body.len().min(LONGEST)].to_vec());
        let number =
            |name, most| usize::try_from(head.number(name).unwrap_or(0)).map_or(most, |n| n.min(most));
        // `from` may lie behind the end.
        Self { at: number("at=", bytes.len()), from: number("from=", bytes.len() + 1), bytes }
    }

    fn check(&self) {
        let (before, after) = (Guarded::before_wall(&self.bytes), Guarded::after_wall(&self.bytes));
        for haystack in [&before[self.at..], &after[..], &after[..self.bytes.len() - self.at]] {
            for kernel in kernels().into_iter().flatten() {
                check(kernel, haystack, self.from);
            }
        }
    }
}

fn check((name, scan, scan_text): Routines, haystack: &[u8], from: usize) {
    let expected: Vec<usize> =
        (from..haystack.len()).filter(|&i| matches!(haystack[i], b'\r' | b'\n')).collect();
    assert_eq!(line_ends(name, scan, haystack, from), expected, "{name}");

    let (mut at, mut noted) = (from, NonAscii::default());
    while at < haystack.len() {
        let block = scan_text(haystack, at, &mut noted);
        assert_eq!(block, scan(haystack, at), "{name}: text, from {at}");
        at = haystack.len().min(block.base + 64);
        let mut high = (from..at).filter(|&i| !haystack[i].is_ascii());
        let Some(first) = high.next() else {
            assert_eq!(noted, NonAscii::default(), "{name}: all is ASCII up to {at}");
            continue;
        };
        let last = high.next_back().unwrap_or(first);
        let exact = NonAscii { begin: first, end: last + 1 };
        assert!(noted.begin <= first && noted.end > last, "{name}: {noted:?} does not hold {exact:?}");
        if haystack.len() >= 64 {
            assert_eq!(noted, exact, "{name}: up to {at}");
        }
    }
}

/// All line ends, as they are taken off the masks.
fn line_ends(name: &str, scan: Scan, haystack: &[u8], from: usize) -> Vec<usize> {
    let (mut found, mut at) = (vec![], from);
    loop {
        let Block { base, mut mask } = scan(haystack, at);
        if mask == 0 {
            assert_eq!(base, haystack.len(), "{name}: nothing found, so the base is the end");
            return found;
        }
        assert!(base >= at && (base - at).is_multiple_of(64), "{name}: base {base} from {at}");
        while mask != 0 {
            found.push(base + mask.trailing_zeros() as usize);
            mask &= mask - 1;
        }
        at = base + 64;
    }
}
