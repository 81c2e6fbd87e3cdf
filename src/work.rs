//! Work, counted in the unit tests: bytes scanned for line ends, moved within a carry, and compared with a needle. Time is linear when these are.

use std::cell::Cell;

std::thread_local! {
    static SCANNED: Cell<usize> = const { Cell::new(0) };
    static MOVED: Cell<usize> = const { Cell::new(0) };
    static COMPARED: Cell<usize> = const { Cell::new(0) };
}

pub(crate) fn scanned(bytes: usize) {
    SCANNED.set(SCANNED.get() + bytes);
}

pub(crate) fn moved(bytes: usize) {
    MOVED.set(MOVED.get() + bytes);
}

pub(crate) fn compared(bytes: usize) {
    COMPARED.set(COMPARED.get() + bytes);
}

/// Bytes scanned and moved to parse the stream, with a limit that never stops it.
fn work(stream: &[u8], chunk: usize) -> (usize, usize) {
    SCANNED.set(0);
    MOVED.set(0);
    let config = crate::Config::new().max_event_size(usize::MAX).items(crate::Items::ALL);
    let mut parser = crate::Parser::with_config(config);
    for chunk in stream.chunks(chunk) {
        let mut input = crate::Input::new(chunk);
        while !matches!(parser.next_item(&mut input), Ok(None)) {}
    }
    (SCANNED.get(), MOVED.get())
}

fn streams() -> impl Iterator<Item = (std::string::String, std::vec::Vec<u8>)> {
    use eventwire_testkit::{corpora::GENERATORS, hostile};
    let hostile = hostile::all(1 << 17).into_iter().map(|(name, stream)| (name.into(), stream));
    hostile.chain(GENERATORS.map(|generate| generate(1 << 17, 1)).map(|corpus| (corpus.name, corpus.bytes)))
}

const CHUNKS: [usize; 5] = [1, 7, 64, 1460, 1 << 16];

#[test]
fn no_byte_is_scanned_twice() {
    for (name, stream) in streams() {
        for chunk in CHUNKS {
            let (scanned, _) = work(&stream, chunk);
            assert!(scanned <= stream.len(), "{name}, chunks of {chunk}: {scanned} of {}", stream.len());
        }
    }
}

/// Also where the cursor is put away after each item.
#[cfg(feature = "bytes")]
#[test]
fn no_byte_is_scanned_twice_by_a_parser_of_bytes() {
    for (name, stream) in streams() {
        for chunk in CHUNKS {
            SCANNED.set(0);
            let config = crate::Config::new().max_event_size(usize::MAX).items(crate::Items::ALL);
            let mut parser = crate::BytesParser::with_config(config);
            for chunk in stream.chunks(chunk) {
                let mut input = crate::BytesInput::new(chunk.to_vec());
                while !matches!(parser.next_item(&mut input), Ok(None)) {}
            }
            let scanned = SCANNED.get();
            assert!(scanned <= stream.len(), "{name}, chunks of {chunk}: {scanned} of {}", stream.len());
        }
    }
}

/// Nor more than three times where events are asked for in batches: those who end a batch give a block back to the chunk.
#[cfg(feature = "capi-core")]
#[test]
fn no_byte_is_scanned_often_in_batches() {
    for (name, stream) in streams() {
        for chunk in CHUNKS {
            SCANNED.set(0);
            let mut parser = crate::Parser::with_config(crate::Config::new().max_event_size(usize::MAX));
            for chunk in stream.chunks(chunk) {
                let mut input = crate::Input::new(chunk);
                loop {
                    match parser.next_many(&mut input, &mut [(); 8], |(), _, _| {}) {
                        (0, true) => break,
                        (0, false) if matches!(parser.next_item_further(&mut input, None), Ok(None)) => break,
                        _ => {}
                    }
                }
            }
            let scanned = SCANNED.get();
            assert!(scanned <= 3 * stream.len(), "{name}, chunks of {chunk}: {scanned} of {}", stream.len());
        }
    }
}

/// Each byte may be moved when it comes in, when it settles, once more for having settled, and for the growth of
/// the carry.
#[test]
fn bytes_are_moved_a_few_times_at_most() {
    for (name, stream) in streams() {
        for chunk in CHUNKS {
            let (_, moved) = work(&stream, chunk);
            assert!(moved <= 5 * stream.len(), "{name}, chunks of {chunk}: {moved} of {}", stream.len());
        }
    }
}

/// What is compared with a needle is a few times the data, also where each place nearly holds it.
#[test]
fn no_byte_is_compared_often_with_a_needle() {
    use std::vec::Vec;
    const LEN: usize = 1 << 17;
    let periodic = |period: &[u8]| -> Vec<u8> { period.iter().copied().cycle().take(LEN).collect() };
    let (same, pairs) = (periodic(b"a"), periodic(b"ab"));
    let hard: [(Vec<u8>, &[u8]); 5] = [
        ([&same[..LEN / 2], b"b"].concat(), &same),
        ([b"b", &same[..LEN / 2]].concat(), &same),
        ([&same[..1000], b"b", &same[..1000]].concat(), &same),
        ([&pairs[..5000], b"b"].concat(), &pairs),
        ([&same[..40], b"b"].concat(), &same),
    ];
    for (needle, data) in &hard {
        COMPARED.set(0);
        let mut tap = crate::Tap::new().needle(needle);
        let making = COMPARED.get();
        tap.observe(&[b"data: ", &data[..], b"\n\n"].concat(), 0);
        assert_eq!((tap.events(), tap.matches()), (1, 0));
        let compared = COMPARED.get() - making;
        assert!(compared <= 4 * LEN, "a needle of {} bytes: {compared} compared of {LEN}", needle.len());
        assert!(compared >= LEN / 2, "{compared} compared of {LEN}: what is not counted?");
    }
}

/// Data that does not hold two bytes of the needle in their places is looked at once, whatever else it holds.
#[test]
fn most_data_is_compared_once() {
    const LEN: usize = 1 << 12;
    for data in [[b'x'; LEN], [b'q'; LEN], [b'z'; LEN]] {
        COMPARED.set(0);
        let mut tap = crate::Tap::new().needle("qz");
        let making = COMPARED.get();
        tap.observe(&[b"data: ", &data[..], b"\n\n"].concat(), 0);
        assert_eq!((tap.events(), tap.matches()), (1, 0));
        let compared = COMPARED.get() - making;
        assert!((LEN - 1..LEN + 64).contains(&compared), "{compared} compared of {LEN}");
    }
}
