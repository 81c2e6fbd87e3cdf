//! The input: a file, a pipe or standard input, read in large pieces by plain reads.
//!
//! Plain reads into one buffer, and no memory map: the buffer stays in the processor's cache, memory in use
//! does not depend on the input's size, a file that shrinks while it is read does no harm, and pipes work the
//! same way. A read gives what is there, so that a slow pipe's events are seen at once.

use std::fmt;
use std::fs::File;
use std::io::{self, ErrorKind, Read};
use std::path::Path;

use crate::failure::Failure;

/// How much is asked for at once: enough to make the cost of a system call vanish, little enough to stay in
/// the second-level cache while the parser goes over it.
const READ_SIZE: usize = 256 << 10;

/// Where the stream comes from.
pub(crate) struct Source {
    name: String,
    reader: Box<dyn Read>,
    buffer: Box<[u8]>,
    size: Option<u64>,
}

impl Source {
    /// Opens `path`, or standard input if it is `-`. With a `chunk_size`, reads give a multiple of it where
    /// the input has that much.
    pub(crate) fn open(path: &Path, chunk_size: Option<usize>) -> Result<Self, Failure> {
        let buffer = buffer_size(chunk_size);
        if path == Path::new("-") {
            return Ok(Self::new("standard input".into(), Box::new(io::stdin().lock()), buffer, None));
        }
        let name = path.display().to_string();
        match open_file(path) {
            Ok((file, size)) => Ok(Self::new(name, Box::new(file), buffer, size)),
            Err(error) => Err(Failure::Input { name, error }),
        }
    }

    fn new(name: String, reader: Box<dyn Read>, buffer: usize, size: Option<u64>) -> Self {
        Self { name, reader, buffer: vec![0; buffer].into_boxed_slice(), size }
    }

    /// What to call the input in messages.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// The size in bytes, if the input is a regular file.
    pub(crate) fn size(&self) -> Option<u64> {
        self.size
    }

    /// Waits for more of the stream; nothing is left when it gives an empty slice.
    pub(crate) fn read(&mut self) -> Result<&[u8], Failure> {
        loop {
            match self.reader.read(&mut self.buffer) {
                Ok(count) => return Ok(&self.buffer[..count]),
                // A signal that somebody handles (a resized window, a stopped job) says nothing of the input.
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(Failure::Input { name: self.name.clone(), error }),
            }
        }
    }
}

impl fmt::Debug for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Source").field("name", &self.name).field("size", &self.size).finish_non_exhaustive()
    }
}

/// Opens a file for reading, and finds its size if it has one. Some systems open a directory and only fail to
/// read it, others say that it may not be opened: here it is called what it is.
fn open_file(path: &Path) -> io::Result<(File, Option<u64>)> {
    if path.is_dir() {
        return Err(ErrorKind::IsADirectory.into());
    }
    let file = File::open(path)?;
    let metadata = file.metadata()?;
    Ok((file, metadata.is_file().then_some(metadata.len())))
}

/// A buffer of about [`READ_SIZE`] that whole chunks fill exactly.
fn buffer_size(chunk_size: Option<usize>) -> usize {
    match chunk_size {
        None => READ_SIZE,
        Some(chunk) if chunk >= READ_SIZE => chunk,
        Some(chunk) => READ_SIZE - READ_SIZE % chunk,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Gives one scripted answer a call.
    struct Script(Vec<io::Result<&'static [u8]>>);

    impl Read for Script {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            if self.0.is_empty() {
                return Ok(0);
            }
            let bytes = self.0.remove(0)?;
            buffer[..bytes.len()].copy_from_slice(bytes);
            Ok(bytes.len())
        }
    }

    fn source(script: Vec<io::Result<&'static [u8]>>) -> Source {
        Source::new("script".into(), Box::new(Script(script)), 16, None)
    }

    #[test]
    fn interrupted_reads_are_repeated() {
        let mut source = source(vec![
            Err(ErrorKind::Interrupted.into()),
            Ok(b"one"),
            Err(ErrorKind::Interrupted.into()),
            Err(ErrorKind::Interrupted.into()),
            Ok(b"two"),
        ]);
        assert_eq!(source.read().unwrap(), b"one");
        assert_eq!(source.read().unwrap(), b"two");
        assert_eq!(source.read().unwrap(), b"");
    }

    #[test]
    fn other_errors_name_the_input() {
        let mut source = source(vec![Ok(b"one"), Err(ErrorKind::ConnectionReset.into())]);
        assert_eq!(source.read().unwrap(), b"one");
        match source.read() {
            Err(Failure::Input { name, error }) => {
                assert_eq!((name.as_str(), error.kind()), ("script", ErrorKind::ConnectionReset));
            }
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn buffers_hold_whole_chunks() {
        assert_eq!(buffer_size(None), READ_SIZE);
        for chunk in [1, 7, 1460, READ_SIZE - 1, READ_SIZE, READ_SIZE + 1] {
            assert!(buffer_size(Some(chunk)).is_multiple_of(chunk), "{chunk}");
            assert!(buffer_size(Some(chunk)) <= READ_SIZE.max(chunk), "{chunk}");
        }
    }

    #[test]
    fn directories_are_refused_at_once() {
        let failure = Source::open(&std::env::temp_dir(), None).unwrap_err();
        assert!(matches!(failure, Failure::Input { error, .. } if error.kind() == ErrorKind::IsADirectory));
    }
}
