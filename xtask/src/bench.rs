//! The benchmarks: our own, and the comparison with other parsers in the workspace of `benches/peers`.

use std::process::ExitCode;

use crate::suite::Outcome;
use crate::tools::Cargo;

/// The harness that compares.
pub const MANIFEST: &str = "benches/peers/Cargo.toml";

/// Runs the benchmarks of the core in full.
pub fn own(args: &[&str]) -> ExitCode {
    Cargo::new(&[&["bench", "--package", "eventwire", "--benches", "--"], args].concat()).run().exit_code()
}

/// Compares with other parsers; files are named from the root of the checkout.
pub fn peers(args: &[&str]) -> ExitCode {
    harness(&["run", "--release"], args).exit_code()
}

/// A cargo command on the harness, and what goes behind `--`.
pub fn harness(command: &[&str], args: &[&str]) -> Outcome {
    let place = ["--manifest-path", MANIFEST, "--target-dir", "target/peers", "--"];
    Cargo::new(&[command, &place, args].concat()).run()
}
