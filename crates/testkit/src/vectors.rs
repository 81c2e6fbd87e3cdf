//! The language-neutral test vectors of `tests/vectors`, loaded.
//!
//! The format is described there, in `README.md`; `vectors/format.rs` reads it. A vector is one or more
//! connections, parsed one after the other by one parser that is reset in between, and what each must give.

mod format;

use crate::outcome::{Item, Outcome};
use crate::settings::{Settings, Start};
use std::collections::BTreeSet;
use std::fs;
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};

/// The numbers of the statements on parsing in the list of what a conforming implementation does.
pub const STATEMENTS: RangeInclusive<u16> = 1..=64;

/// A test vector.
#[derive(Clone, Debug)]
pub struct Vector {
    /// Its name, which no other vector has.
    pub name: String,
    /// The name of the file that it stands in.
    pub file: String,
    /// The numbers of the statements that it shows; none where it is about a rule of this project alone.
    pub shows: Vec<u16>,
    /// How it is to be parsed.
    pub settings: Settings,
    /// What the parser knows before the first connection.
    pub start: Start,
    /// The connections, in order; at least one.
    pub connections: Vec<Connection>,
}

/// A stream and what it must give.
#[derive(Clone, Debug)]
pub struct Connection {
    /// All bytes of the stream.
    pub stream: Vec<u8>,
    /// The outcome, with a span of `0..0` in each event whose span is not stated.
    outcome: Outcome,
    /// For each item whether it is an event with a stated span.
    has_span: Vec<bool>,
}

impl Connection {
    /// The outcome that this connection must have, to be compared with the `actual` one as a whole. Most vectors
    /// say nothing of spans: the span of an event is then taken over from the item at the same place.
    ///
    /// `skipped` is what this connection alone adds.
    #[must_use]
    pub fn expected(&self, actual: &Outcome) -> Outcome {
        let mut expected = self.outcome.clone();
        for ((item, actual), has_span) in expected.items.iter_mut().zip(&actual.items).zip(&self.has_span) {
            if let (Item::Event(event), Item::Event(actual), false) = (item, actual, has_span) {
                event.span = actual.span.clone();
            }
        }
        expected
    }

    /// What the next connection starts with.
    #[must_use]
    pub fn end(&self) -> Start {
        Start { last_event_id: self.outcome.last_event_id.clone(), retry: self.outcome.retry }
    }
}

/// Loads every vector of `tests/vectors`, sorted by file.
///
/// # Panics
///
/// If a file cannot be read or breaks a rule of the format; the message names the file and the vector.
#[must_use]
pub fn load_all() -> Vec<Vector> {
    let mut vectors = Vec::new();
    for path in files() {
        let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let file = path.file_name().unwrap_or_default().to_string_lossy();
        vectors.extend(format::read(&file, &text).unwrap_or_else(|error| panic!("{error}")));
    }
    let mut names = BTreeSet::new();
    for vector in &vectors {
        assert!(names.insert(&vector.name), "{}: vector `{}`: this name is taken", vector.file, vector.name);
    }
    vectors
}

fn files() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/vectors");
    let entries = fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut files: Vec<PathBuf> = entries
        .map(|entry| entry.unwrap_or_else(|error| panic!("{}: {error}", folder.display())).path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "toml"))
        .collect();
    files.sort();
    files
}

/// The statements that no vector shows.
#[must_use]
pub fn uncovered(vectors: &[Vector]) -> Vec<u16> {
    let shown: BTreeSet<u16> = vectors.iter().flat_map(|vector| vector.shows.iter().copied()).collect();
    STATEMENTS.filter(|statement| !shown.contains(statement)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::oracle::interpret;

    #[test]
    fn every_statement_is_shown() {
        assert_eq!(uncovered(&load_all()), [0_u16; 0]);
    }

    #[test]
    fn a_statement_that_no_vector_shows_is_found() {
        let vectors: Vec<Vector> =
            load_all().into_iter().filter(|vector| !vector.shows.contains(&20)).collect();
        assert!(uncovered(&vectors).contains(&20));
    }

    #[test]
    fn the_oracle_agrees_with_every_vector() {
        for vector in load_all() {
            let mut start = vector.start.clone();
            for (index, connection) in vector.connections.iter().enumerate() {
                let actual = interpret(&connection.stream, &vector.settings, &start);
                let expected = connection.expected(&actual);
                assert_eq!(actual, expected, "{}: {}, connection {index}", vector.file, vector.name);
                start = connection.end();
            }
        }
    }
}
