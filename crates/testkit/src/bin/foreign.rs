//! Writes what programs in other languages test and measure with.
//!
//! ```text
//! foreign vectors FILE    the vectors, in the form that the module `flat` describes
//! foreign corpora FOLDER  NAME.sse for each corpus of the benchmarks, and a table: NAME, events, bytes of data
//! ```

use std::path::Path;
use std::process::ExitCode;
use std::{env, fs, io};

use eventwire_testkit::corpora::{Corpus, GENERATORS};
use eventwire_testkit::{flat, vectors};

/// Bytes of each corpus: that of the benchmarks in Rust.
const BYTES: usize = 4 << 20;

fn main() -> ExitCode {
    let args: Vec<String> = env::args().skip(1).collect();
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    let written = match *args {
        ["vectors", file] => fs::write(file, flat::flatten(&vectors::load_all())),
        ["corpora", folder] => corpora(folder.as_ref()),
        _ => {
            eprintln!("usage: foreign vectors FILE | foreign corpora FOLDER");
            return ExitCode::from(2);
        }
    };
    match written {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("foreign: {error}");
            ExitCode::FAILURE
        }
    }
}

fn corpora(folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    let mut all: Vec<Corpus> = GENERATORS.iter().map(|generate| generate(BYTES, 1)).collect();
    let (crlf, cr) = (all[0].crlf(), all[0].cr());
    all.extend([crlf, cr]);
    let mut table = String::new();
    for Corpus { name, bytes, events, data_bytes } in all {
        fs::write(folder.join(format!("{name}.sse")), bytes)?;
        table.push_str(&format!("{name} {events} {data_bytes}\n"));
    }
    fs::write(folder.join("table"), table)
}
