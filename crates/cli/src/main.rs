//! `eventwire`: event streams on the command line.
//!
//! `eventwire parse` reads a stream and writes its events, one JSON object a line; `eventwire encode` does the inverse. Everything that has to
//! do with the format itself is in the library; here is what surrounds it, a file for each concern:
//!
//! * [`args`]: what can be asked for, [`size`]: how sizes are written;
//! * [`input`]: bytes from a file or a pipe, [`output`]: bytes to standard output;
//! * [`parse`]: the loop between the two, [`events`] and [`stats`]: what it can feed, [`selection`]: what is written;
//! * [`encode`]: the way back;
//! * `get`: a stream over HTTP (feature `get`);
//! * [`json`], [`embed`]: how an event becomes a line, [`report`]: how a summary becomes a page;
//! * [`failure`], [`losses`]: what can go wrong, in one line each, and the exit status;
//! * [`progress`], [`pages`]: comfort.

mod args;
mod embed;
mod encode;
mod events;
mod failure;
#[cfg(feature = "get")]
mod get;
mod input;
mod json;
mod losses;
mod output;
mod pages;
mod parse;
mod progress;
mod report;
mod selection;
mod size;
mod stats;

use std::process::ExitCode;

use clap::Parser as _;

use crate::args::{Cli, Command};

fn main() -> ExitCode {
    let outcome = match Cli::parse().command {
        Command::Parse(options) => parse::run(&options),
        Command::Encode(options) => encode::run(&options),
        #[cfg(feature = "get")]
        Command::Get(options) => get::run(&options),
        Command::Completions { shell } => pages::completions(shell),
        Command::Man { command } => pages::man(command.as_deref()),
    };
    match outcome {
        Ok(status) => status.into(),
        Err(failure) => failure.report(),
    }
}
