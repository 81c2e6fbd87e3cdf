//! The suite `library`: what the built library holds, needs and shows.
//!
//! Whether a panic can be reached is seen in the library itself. Its panic handler is the only place that calls `abort`, so
//! if the optimiser kept a way to it, `abort` is among the undefined symbols. Messages, locations and formatting are looked
//! for besides. And the checks are checked: a library with a panic and a function too many must fail each of them.

pub mod build;
mod elf;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::ExitCode;

use crate::abi;
use crate::header;
use crate::install;
use crate::manifest::Version;
use crate::suite::Outcome;
use crate::tools::{Cargo, with_component};
use build::{Library, build, soname};

/// The most bytes of the shared library when it is parser and tokenizer.
const MOST_BYTES: u64 = 64 * 1024;

/// The most bytes with the encoder and sources as well.
const MOST_BYTES_WITH_SOURCES: u64 = 80 * 1024;

/// The most bytes with tap and rewriter on top of that, which is all that there is: see DESIGN.md.
const MOST_BYTES_IN_ALL: u64 = 112 * 1024;

/// What the library may ask of libc. Not `abort`, see above.
const ALLOWED: [&str; 8] = ["malloc", "realloc", "free", "memcpy", "memmove", "memset", "memcmp", "bcmp"];

/// Parts of symbols (as the compiler writes them) that belong to panics and to formatting.
const PANIC_SYMBOLS: [&str; 6] =
    ["4core3fmt", "9panicking", "rust_begin_unwind", "handle_alloc_error", "capacity_overflow", "rust_panic"];

/// Parts of texts that belong to panics: where they are and what they say.
const PANIC_TEXTS: [&str; 7] =
    [".rs", "panicked", "out of range", "out of bounds", "attempt to ", "called `Option", "called `Result"];

/// The subcommand: the suite alone.
pub fn run() -> ExitCode {
    check().exit_code()
}

/// The suite.
pub fn check() -> Outcome {
    header::check()
        .and(sources)
        .and(|| examine().map_or_else(Outcome::Failed, |()| Outcome::Passed))
        .and(abi::check)
        .and(install::check)
}

/// The functions' own tests, and what the other suites do not see: a feature that is off and a package outside the workspace.
fn sources() -> Outcome {
    const CAPI: [&str; 5] = ["--package", "eventwire", "--features", "capi,capi-proxy", "--lib"];
    const LIBRARY: [&str; 2] = ["--manifest-path", "crates/capi/Cargo.toml"];
    let cargo = |args: &[&[&str]]| Cargo::new(&args.concat()).run();
    let lint = |place: &[&str]| cargo(&[&["clippy", "--quiet"], place, &["--", "-D", "warnings"]]);
    with_component("rustfmt", &["fmt", "--version"], || cargo(&[&["fmt", "--check"], &LIBRARY]))
        .and(|| {
            with_component("clippy", &["clippy", "--version"], || {
                lint(&[&CAPI[..], &["--tests"]].concat()).and(|| lint(&LIBRARY))
            })
        })
        .and(|| {
            Cargo::new(&["doc", "--package", "eventwire", "--features", "capi,capi-proxy", "--no-deps"])
                .env("RUSTDOCFLAGS", "-D warnings")
                .run()
        })
        .and(|| cargo(&[&["test"], &CAPI, &["capi"]]))
}

fn examine() -> Result<(), String> {
    versions_agree()?;
    let library = build("library", &[], &[])?;
    let findings = findings(&library)?;
    if !findings.is_empty() {
        return Err(findings.join("; "));
    }
    println!(
        "shared library {} bytes, static {} bytes; functions exported {}; needs {}",
        size(&library.stripped)?,
        size(&library.archive)?,
        elf::exported(&library.stripped)?.len(),
        listed(&elf::undefined(&library.shared)?)
    );
    is_small("parser and tokenizer alone", "library-core", &[], MOST_BYTES)?;
    is_small(
        "with encoder and sources",
        "library-sources",
        &["--features", "sources"],
        MOST_BYTES_WITH_SOURCES,
    )?;
    prove_that_it_can_fail()
}

/// The numbers that stand in more than one place.
fn versions_agree() -> Result<(), String> {
    if Version::of_capi()? != Version::of_library()? {
        return Err("crates/capi/Cargo.toml has another version than the workspace".to_owned());
    }
    if Version::of_soname()?.major.to_string() != abi::macro_value("EW_ABI_VERSION")? {
        return Err("the soname in crates/capi/Cargo.toml is not that of EW_ABI_VERSION".to_owned());
    }
    Ok(())
}

/// A library with a panic and a function that no header declares does not pass, for each of the reasons that there are.
fn prove_that_it_can_fail() -> Result<(), String> {
    let planted = findings(&build("library-planted", &[], &["--cfg", "eventwire_plant_panic"])?)?;
    for expected in ["needs abort", "symbol of a panic", "text of a panic", "exports ew_planted"] {
        if !planted.iter().any(|finding| finding.contains(expected)) {
            return Err(format!(
                "the check is blind: a planted panic was not found as \"{expected}\" ({planted:?})"
            ));
        }
    }
    println!("a planted panic makes {} findings: {}", planted.len(), planted.join("; "));
    Ok(())
}

/// What is wrong with a library.
fn findings(library: &Library) -> Result<Vec<String>, String> {
    let declared = abi::functions()?;
    let mut findings = Vec::new();
    for file in [&library.stripped, &library.archive] {
        let name = file.file_name().unwrap_or_default().to_string_lossy();
        let exported = elf::exported(file)?;
        for function in exported.difference(&declared) {
            findings.push(format!("{name} exports {function}, which the header does not declare"));
        }
        for function in declared.difference(&exported) {
            findings.push(format!("{name} does not export {function}, which the header declares"));
        }
        for text in elf::texts(&fs::read(file).map_err(|error| error.to_string())?) {
            if PANIC_TEXTS.iter().any(|part| text.contains(part)) {
                findings.push(format!("{name} holds a text of a panic: {text}"));
            }
        }
    }
    for file in [&library.shared, &library.archive] {
        let name = file.file_name().unwrap_or_default().to_string_lossy();
        for needed in elf::undefined(file)?.iter().filter(|name| !ALLOWED.contains(&name.as_str())) {
            findings.push(format!("{name} needs {needed}"));
        }
        for symbol in elf::all(file)? {
            if PANIC_SYMBOLS.iter().any(|part| symbol.contains(part)) {
                findings.push(format!("{name} holds a symbol of a panic: {symbol}"));
            }
        }
    }
    let soname = soname()?;
    if elf::dynamic_names(&library.stripped, "SONAME")? != [soname.as_str()] {
        findings.push(format!("the library's soname is not {soname}"));
    }
    if elf::dynamic_names(&library.stripped, "NEEDED")?.iter().any(|name| !name.starts_with("libc.")) {
        findings.push("the library needs other libraries than libc".to_owned());
    }
    let size = size(&library.stripped)?;
    if size > MOST_BYTES_IN_ALL {
        findings.push(format!("the library is {size} bytes large, more than {MOST_BYTES_IN_ALL}"));
    }
    Ok(findings)
}

fn size(file: &Path) -> Result<u64, String> {
    fs::metadata(file).map(|file| file.len()).map_err(|error| error.to_string())
}

/// A library with these features only is not larger than this.
fn is_small(what: &str, folder: &str, features: &[&str], most: u64) -> Result<(), String> {
    let size = size(&build(folder, &[&["--no-default-features"], features].concat(), &[])?.stripped)?;
    if size > most {
        return Err(format!("{what}, the library is {size} bytes large, more than {most}"));
    }
    println!("{what}: {size} bytes");
    Ok(())
}

fn listed(names: &BTreeSet<String>) -> String {
    names.iter().map(String::as_str).collect::<Vec<_>>().join(", ")
}
