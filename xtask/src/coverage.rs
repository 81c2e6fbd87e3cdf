//! `cargo xtask coverage`: which lines and branches of the core its ordinary tests reach.
//!
//! Branches are counted by a nightly compiler alone. The exhaustive tests are left out: they take long when every line is counted.

use std::process::ExitCode;

use crate::suite::Outcome;
use crate::tools::{Cargo, with_cargo_command, with_toolchain};

/// Not the core: its tests, and what they stand on.
const NOT_COUNTED: &str = "/(tests|crates|benches)/|/(tests|work)\\.rs$|/\\.cargo/|/rustc/";

/// The tests that are run, beside the unit tests.
const TESTS: [&str; 11] = [
    "adapters",
    "contracts",
    "encoder",
    "event_source",
    "faces",
    "hostile",
    "properties",
    "rewriter",
    "tap",
    "threads",
    "vectors",
];

/// The unit tests define the C functions, and so does the library that their tools were built with. Optimised, the second are left out;
/// here the linker is told to take the first.
pub const LET_THEM_MEET: &str = "-Clink-arg=-Wl,-z,muldefs";

/// The subcommand: a table of files, or with `--lines` each file's lines with their counts.
pub fn run(args: &[&str]) -> ExitCode {
    let report: &[&str] = match *args {
        [] => &["--show-missing-lines"],
        ["--lines"] => &["--text"],
        _ => {
            eprintln!("xtask: coverage takes --lines and nothing else");
            return ExitCode::from(2);
        }
    };
    measure(report).exit_code()
}

fn measure(report: &[&str]) -> Outcome {
    let command = ["llvm-cov", "--package", "eventwire", "--all-features", "--branch"];
    with_toolchain("nightly", &["llvm-tools"], || {
        with_cargo_command("llvm-cov", || {
            let mut args =
                [&command[..], &["--ignore-filename-regex", NOT_COUNTED], report, &["--lib"]].concat();
            args.extend(TESTS.iter().flat_map(|test| ["--test", test]));
            Cargo::of_toolchain("nightly", &args)
                .env("RUSTFLAGS", LET_THEM_MEET)
                .env("PROPTEST_CASES", "2000")
                .run()
        })
    })
}
