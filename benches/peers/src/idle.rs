//! The memory of a million parsers that wait: each has been fed half a keep-alive, as an idle connection leaves it.

use std::hint::black_box;
use std::time::Duration;

use eventwire::{Input, Parser};
use serde::Serialize;

use crate::child::{self, End};

/// The command that measures: one of the [`STATES`] follows.
pub const COMMAND: &str = "--idle";

const PARSERS: u64 = 1_000_000;

/// What has come before, by name. The ID is of 16 bytes.
const STATES: [(&str, &[u8]); 2] =
    [("no last event ID", b": keep-"), ("a last event ID of 16 bytes", b"id: 0123456789abcdef\n\n: keep-")];

/// The memory of one parser in a crowd.
#[derive(Clone, Debug, Serialize)]
pub struct IdleRow {
    /// What it holds.
    pub state: &'static str,
    /// Resident memory for each, the parser itself included; none where the system does not tell.
    pub bytes_per_parser: Option<f64>,
}

/// Measures every state, each in a process of its own.
#[must_use]
pub fn measure() -> Vec<IdleRow> {
    let row = |&(state, _): &(&'static str, _)| {
        let bytes_per_parser = match child::run(&[COMMAND, state], Duration::from_secs(60)) {
            End::Done(output) => output.trim().parse().ok(),
            _ => None,
        };
        IdleRow { state, bytes_per_parser }
    };
    STATES.iter().map(row).collect()
}

/// The measuring process: opens the parsers and writes the resident memory of each to standard output.
///
/// # Errors
///
/// If there is no such state, or the system does not tell.
pub fn report(state: &str) -> Result<(), String> {
    let (_, stream) = STATES.iter().find(|(name, _)| *name == state).ok_or("no such state")?;
    let resident = || child::memory("VmRSS").ok_or("resident memory is not to be had here");
    let before = resident()?;
    let mut parsers: Vec<Parser> = (0..PARSERS).map(|_| Parser::new()).collect();
    for parser in &mut parsers {
        let mut input = Input::new(stream);
        if !matches!(parser.next_event(&mut input), Ok(None)) {
            return Err("an event, or an error, of half a comment".to_owned());
        }
    }
    let after = resident()?;
    black_box(&parsers);
    println!("{}", (after - before) as f64 / PARSERS as f64);
    Ok(())
}
