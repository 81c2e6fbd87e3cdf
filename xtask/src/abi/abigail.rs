//! The interface in libabigail's form, `abi/eventwire.abi`: its `abidiff` knows which changes programs survive.
//!
//! It reads debug information, of which the library itself holds that of Rust. So a C library is made whose functions have the
//! header's declarations and do nothing.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::declarations::{Declarations, name};
use crate::library::build::target_folder;
use crate::suite::Outcome;
use crate::tools::{root, runs, with_packages};

const RECORD: &str = "abi/eventwire.abi";

/// Compares with the record, where that can be done.
pub fn check(declarations: &Declarations) -> Outcome {
    // The record is of one processor.
    if !cfg!(target_arch = "x86_64") {
        return Outcome::Passed;
    }
    let compared = with_packages(&["abigail-tools"], present, || {
        let compared = library(declarations).and_then(|library| {
            Command::new("abidiff")
                .arg(root().join(RECORD))
                .arg(library)
                .output()
                .map_err(|error| error.to_string())
        });
        match compared {
            Ok(output) if output.status.success() => Outcome::Passed,
            Ok(output) => Outcome::Failed(format!(
                "abidiff finds that the interface has changed: {}{}",
                String::from_utf8_lossy(&output.stdout),
                String::from_utf8_lossy(&output.stderr)
            )),
            Err(error) => Outcome::Failed(error),
        }
    });
    // The other record has been compared already.
    if let Outcome::Skipped(why) = compared {
        println!("abidiff: {why}");
        return Outcome::Passed;
    }
    compared
}

/// Writes the record, where that can be done.
pub fn write(declarations: &Declarations) -> Outcome {
    with_packages(&["abigail-tools"], present, || {
        let written = library(declarations).and_then(|library| {
            let flags = ["--no-corpus-path", "--no-comp-dir-path", "--no-show-locs", "--out-file"];
            run(Command::new("abidw").args(flags).arg(root().join(RECORD)).arg(library))
        });
        written.map_or_else(Outcome::Failed, |()| Outcome::Passed)
    })
}

fn present() -> bool {
    runs("abidiff") && runs("abidw")
}

/// A C library with these functions.
fn library(declarations: &Declarations) -> Result<PathBuf, String> {
    let mut source = "#include <eventwire.h>\n".to_owned();
    for function in &declarations.functions {
        source.push_str(&definition(function));
    }
    let folder = target_folder().join("abi");
    fs::create_dir_all(&folder).map_err(|error| error.to_string())?;
    // Its name is part of the record.
    let (file, library) = (Path::new("eventwire.c"), folder.join("libeventwire.so"));
    fs::write(folder.join(file), source).map_err(|error| error.to_string())?;
    let include = format!("-I{}", root().join("include").display());
    let flags = ["-std=c99", "-shared", "-fPIC", "-g", &include, "-o"];
    run(Command::new("cc").current_dir(&folder).args(flags).arg(&library).arg(file))?;
    Ok(library)
}

/// A function that is declared like this and does nothing.
fn definition(declaration: &str) -> String {
    let before = declaration.split_once('(').map_or(declaration, |(before, _)| before);
    let returned = before.strip_suffix(name(declaration).unwrap_or_default()).unwrap_or(before).trim_end();
    let body = if returned == "void" { String::new() } else { format!("static {returned} it; return it;") };
    format!("{declaration} {{ {body} }}\n")
}

fn run(command: &mut Command) -> Result<(), String> {
    let status = command.status().map_err(|error| format!("{:?}: {error}", command.get_program()))?;
    if status.success() { Ok(()) } else { Err(format!("{:?}: {status}", command.get_program())) }
}
