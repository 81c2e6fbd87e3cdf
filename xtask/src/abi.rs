//! `cargo xtask abi`: the record of the binary interface, `abi/eventwire.txt`, and the same for libabigail.
//!
//! Functions, macros and members are read from the header; what numbers the structs come to is asked of a C compiler. A
//! difference to the record fails the tests, so that a change of the interface is a decision: see `docs/abi.md`.

mod abigail;
mod declarations;

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::process::{Command, ExitCode};

use crate::header;
use crate::library::build::{soname, target_folder};
use crate::suite::Outcome;
use crate::tools::root;
use declarations::{Declarations, Struct};

const RECORD: &str = "abi/eventwire.txt";

/// The subcommand: writes the records.
pub fn run() -> ExitCode {
    let written = declarations().and_then(|declarations| {
        let text = record(&declarations)?;
        fs::write(root().join(RECORD), text).map_err(|error| format!("{RECORD}: {error}"))?;
        Ok(abigail::write(&declarations))
    });
    written.unwrap_or_else(Outcome::Failed).exit_code()
}

/// The interface is what the records say.
pub fn check() -> Outcome {
    if !cfg!(target_pointer_width = "64") {
        return Outcome::Skipped("the interface is recorded for 64-bit targets".to_owned());
    }
    match declarations() {
        Ok(declarations) => compare(&declarations).and(|| abigail::check(&declarations)),
        Err(error) => Outcome::Failed(error),
    }
}

/// Compares with the record.
fn compare(declarations: &Declarations) -> Outcome {
    match (fs::read_to_string(root().join(RECORD)), record(declarations)) {
        (Ok(record), Ok(found)) => difference(&record, &found).map_or(Outcome::Passed, Outcome::Failed),
        (Err(error), _) => Outcome::Failed(format!("{RECORD}: {error}")),
        (_, Err(error)) => Outcome::Failed(error),
    }
}

/// What has become of the interface, if it is not as recorded. No two lines of a record are equal but empty ones.
fn difference(record: &str, found: &str) -> Option<String> {
    let missing = |these: &str, those: &str| {
        let those: BTreeSet<&str> = those.lines().collect();
        these.lines().filter(|line| !those.contains(line)).map(str::to_owned).collect::<Vec<_>>().join("; ")
    };
    let (gone, new) = (missing(record, found), missing(found, record));
    if !gone.is_empty() {
        return Some(format!("the interface has lost or changed: {gone}; see docs/abi.md"));
    }
    (record != found)
        .then(|| format!("the interface has grown by: {new}; if that is meant, run `cargo xtask abi`"))
}

/// The functions that the header declares.
pub fn functions() -> Result<BTreeSet<String>, String> {
    let functions = declarations()?.functions;
    Ok(functions.iter().filter_map(|function| declarations::name(function)).map(str::to_owned).collect())
}

/// The value of a macro of the header.
pub fn macro_value(name: &str) -> Result<String, String> {
    let macros = declarations()?.macros;
    let value = macros.iter().find_map(|definition| definition.strip_prefix(name)?.strip_prefix(' '));
    value.map(str::to_owned).ok_or_else(|| format!("{} has no {name}", header::PATH))
}

/// What the header declares.
fn declarations() -> Result<Declarations, String> {
    let header = fs::read_to_string(root().join(header::PATH));
    header.map(|header| Declarations::read(&header)).map_err(|error| format!("{}: {error}", header::PATH))
}

fn record(declarations: &Declarations) -> Result<String, String> {
    let Declarations { functions, types, macros, structs } = declarations;
    let mut record = format!("# The binary interface of {} on 64-bit targets: see docs/abi.md.\n", soname()?);
    for (title, lines) in [("functions", functions), ("types", types), ("macros", macros)] {
        let _ = writeln!(record, "\n# {title}\n");
        for line in lines {
            let _ = writeln!(record, "{line}");
        }
    }
    let _ = writeln!(
        record,
        "\n# structs: size and alignment; offset and size of each member\n\n{}",
        layout(structs)?
    );
    Ok(format!("{}\n", record.trim_end()))
}

/// What a C compiler makes of the structs: it is given a program that tells.
fn layout(structs: &[Struct]) -> Result<String, String> {
    let mut program = "#include <eventwire.h>\n#include <stdio.h>\n\nint main(void)\n{\n".to_owned();
    for Struct { name, members } in structs {
        let _ = writeln!(
            program,
            "    printf(\"{name} %zu %zu\\n\", sizeof({name}), offsetof(struct {{ char c; {name} s; }}, s));"
        );
        for (declaration, member) in members {
            let _ = writeln!(
                program,
                "    printf(\"{name}.{member} %zu %zu {declaration}\\n\", offsetof({name}, {member}), sizeof((({name} *)0)->{member}));"
            );
        }
    }
    program.push_str("    return 0;\n}\n");
    let folder = target_folder().join("abi");
    fs::create_dir_all(&folder).map_err(|error| error.to_string())?;
    let (source, binary) = (folder.join("layout.c"), folder.join("layout"));
    fs::write(&source, program).map_err(|error| error.to_string())?;
    let include = format!("-I{}", root().join("include").display());
    let compiled = Command::new("cc").args([&include, "-std=c99", "-o"]).args([&binary, &source]).status();
    if !compiled.map_err(|error| format!("cc: {error}"))?.success() {
        return Err("the header does not compile".to_owned());
    }
    let output = Command::new(&binary).output().map_err(|error| error.to_string())?;
    String::from_utf8(output.stdout).map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use super::difference;

    #[test]
    fn what_is_lost_and_what_is_new_is_told_apart() {
        assert_eq!(difference("a\nb\n", "a\nb\n"), None);
        assert!(difference("a\nb\n", "a\nc\n").unwrap().contains("changed: b;"));
        assert!(difference("a\nb\n", "a\n").unwrap().contains("changed: b;"));
        assert!(difference("a\n", "a\nb\n").unwrap().contains("grown by: b;"));
    }
}
