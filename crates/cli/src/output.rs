//! The output: a bounded buffer in front of standard output that keeps lines whole.
//!
//! An event of 16 MiB can become 96 MiB of JSON, so no line is ever built in memory: it goes through the
//! buffer in pieces. Ordinary lines (up to [`WHOLE`]) are nevertheless written to the system in one piece with
//! their line end, and all that is complete is written before we wait for more input. A signal that ends the
//! program (Ctrl-C) thus finds nothing complete unwritten while we wait, and tears no ordinary line: no handler
//! is needed.

use std::io::{self, Write};

/// The size of the buffer; it never grows.
const CAPACITY: usize = 64 << 10;

/// The most room that can be asked for at once.
pub(crate) const MOST_ROOM: usize = 16 << 10;

/// Lines up to this length reach the system whole.
const WHOLE: usize = 16 << 10;

/// Filled beyond this at the end of a line, the buffer is written out: there must be room for a line, the end of
/// which may be asked for with more room than it needs.
const FULL: usize = CAPACITY - WHOLE - MOST_ROOM;

/// A buffered writer that is told where lines end.
#[derive(Debug)]
pub(crate) struct Output<W> {
    buffer: Vec<u8>,
    inner: W,
}

/// Standard output.
pub(crate) fn standard() -> Output<impl Write> {
    Output::new(io::stdout().lock())
}

impl<W: Write> Output<W> {
    /// Puts a buffer in front of `inner`.
    pub(crate) fn new(inner: W) -> Self {
        Self { buffer: Vec::with_capacity(CAPACITY), inner }
    }

    /// The buffer, with room for `bytes` more at its end, [`MOST_ROOM`] at most. What is written there in place
    /// is spared the checks of a writer, which for many small pieces is half of the time.
    #[inline]
    pub(crate) fn room(&mut self, bytes: usize) -> io::Result<&mut Vec<u8>> {
        debug_assert!(bytes <= MOST_ROOM);
        if CAPACITY - self.buffer.len() < bytes {
            self.write_out()?;
        }
        Ok(&mut self.buffer)
    }

    /// Tells that a line (with its end) is written: the moment to make room for the next one.
    #[inline]
    pub(crate) fn end_line(&mut self) -> io::Result<()> {
        if self.buffer.len() > FULL { self.write_out() } else { Ok(()) }
    }

    #[cold]
    fn write_out(&mut self) -> io::Result<()> {
        self.inner.write_all(&self.buffer)?;
        self.buffer.clear();
        Ok(())
    }
}

impl<W: Write> Write for Output<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.write_all(bytes).map(|()| bytes.len())
    }

    #[inline]
    fn write_all(&mut self, bytes: &[u8]) -> io::Result<()> {
        if CAPACITY - self.buffer.len() < bytes.len() {
            self.write_out()?;
            if bytes.len() > CAPACITY {
                return self.inner.write_all(bytes);
            }
        }
        self.buffer.extend_from_slice(bytes);
        Ok(())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.write_out()?;
        self.inner.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Keeps what every single write brought.
    #[derive(Default)]
    struct Writes(Vec<Vec<u8>>);

    impl Write for Writes {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.push(bytes.to_vec());
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn lines_reach_the_system_whole() {
        let mut output = Output::new(Writes::default());
        let mut written = Vec::new();
        for length in (0..2_000).map(|n| n * 37 % WHOLE) {
            let mut line = vec![b'x'; length];
            line.push(b'\n');
            // In pieces, as an event is, each of which takes only a part of the room that it asks for.
            for piece in line.chunks(1_000) {
                output.room(MOST_ROOM).unwrap().extend_from_slice(piece);
            }
            output.end_line().unwrap();
            written.extend(line);
        }
        output.flush().unwrap();
        let writes = output.inner.0;
        assert!(writes.len() > 10, "the buffer must have been full several times");
        assert!(writes.iter().all(|write| write.ends_with(b"\n")));
        assert!(writes.concat() == written);
    }

    #[test]
    fn large_lines_go_through_a_buffer_that_does_not_grow() {
        let mut output = Output::new(Writes::default());
        let mut written = Vec::new();
        for length in (0..1_000).map(|n| n * n % (2 * CAPACITY)) {
            let piece = vec![b'x'; length];
            output.write_all(&piece).unwrap();
            written.extend(piece);
            output.room(MOST_ROOM).unwrap().extend_from_slice(&[b'y'; MOST_ROOM]);
            written.extend([b'y'; MOST_ROOM]);
        }
        output.flush().unwrap();
        assert_eq!(output.buffer.capacity(), CAPACITY);
        assert!(output.inner.0.iter().all(|write| write.len() <= 2 * CAPACITY));
        assert!(output.inner.0.concat() == written);
    }
}
