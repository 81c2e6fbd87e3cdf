//! The suite `capi`: programs in C, C++ and Python that use the installed library.
//!
//! The library is installed into `target/capi/installed`, and nothing else of the checkout is known to the programs but
//! their own sources: what a user builds with. The programs are those of `tests/capi`, the examples, and the benchmark.

pub mod bench;
mod command;
mod curl;
mod examples;
mod found;
mod mode;
mod programs;
mod python;
mod source;

use std::fs;
use std::path::PathBuf;

use crate::install;
use crate::suite::Outcome;
use crate::tools::{Cargo, root, runs, with_packages};

/// Debian's packages of compilers, sanitizers, build systems and what an example needs.
const PACKAGES: [&str; 9] = [
    "clang",
    "cmake",
    "g++",
    "gcc",
    "libclang-rt-dev",
    "libcurl4-openssl-dev",
    "make",
    "pkg-config",
    "valgrind",
];

/// The suite.
pub fn check() -> Outcome {
    with_packages(&PACKAGES, present, || {
        prepare().map_or_else(Outcome::Failed, |place| {
            outcome(programs::check(&place))
                .and(|| outcome(examples::check(&place)))
                .and(|| outcome(found::check(&place)))
                .and(|| bench::check(&place))
                .and(|| python::check(&place))
        })
    })
}

fn outcome(result: Result<(), String>) -> Outcome {
    result.map_or_else(Outcome::Failed, |()| Outcome::Passed)
}

fn present() -> bool {
    let compiles = || ["gcc", "g++", "clang", "clang++"].into_iter().all(command::compiles_with_sanitizers);
    ["cmake", "ctest", "make", "pkg-config", "valgrind"].into_iter().all(runs)
        && command::run("pkg-config", ["--exists", "libcurl"]).is_ok()
        && compiles()
}

/// What the programs are given.
pub struct Place {
    /// A folder for what is built.
    pub folder: PathBuf,
    /// The prefix under which the library is installed.
    pub prefix: PathBuf,
    /// The vectors in the form that the programs in C read.
    pub vectors: PathBuf,
}

impl Place {
    /// The installed static library.
    pub fn archive(&self) -> PathBuf {
        self.prefix.join("lib/libeventwire.a")
    }
}

fn prepare() -> Result<Place, String> {
    let folder = root().join("target/capi");
    let place =
        Place { prefix: folder.join("installed"), vectors: folder.join("vectors"), folder: folder.clone() };
    fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    install::install(&place.prefix)?;
    let vectors = place.vectors.to_string_lossy();
    let foreign =
        ["run", "--quiet", "--package", "eventwire-testkit", "--bin", "foreign", "--", "vectors", &vectors];
    cargo(&foreign)?;
    Ok(place)
}

fn cargo(args: &[&str]) -> Result<(), String> {
    match Cargo::new(args).run() {
        Outcome::Passed => Ok(()),
        Outcome::Skipped(why) | Outcome::Failed(why) => Err(why),
    }
}
