//! The suite `miri`, and its long form: the core's tests under an interpreter that sees undefined behaviour.
//!
//! Pointers must keep their provenance, and leaks count. The interpreter is a few hundred times slower than a processor, so the
//! tests take fewer lengths and cuts there (they ask for `cfg!(miri)`), and what has no unsafe code and much work is left out.

use std::process::ExitCode;

use crate::suite::Outcome;
use crate::tools::{Cargo, with_toolchain};

/// The unit tests that reach every unsafe block: the C functions' and the kernels'. One of them takes minutes by itself.
const SHORT: [&str; 4] = ["capi::", "scan::", "--skip", "large_events_come_and_go"];

/// What is left out of all unit tests: much work, and nothing unsafe in it.
const LEFT_OUT: [&str; 6] = ["--skip", "work::", "--skip", "utf8::tests::", "--skip", "lines::tests::"];

/// The subcommand.
pub fn run(args: &[&str]) -> ExitCode {
    match *args {
        [] => check().exit_code(),
        ["--long"] => check().and(long).exit_code(),
        _ => {
            eprintln!("xtask: miri takes --long and nothing else");
            ExitCode::from(2)
        }
    }
}

/// The suite: the unit tests about unsafe code, those of the kernels once more where the compiler is promised AVX2.
pub fn check() -> Outcome {
    with_miri(|| {
        miri("", &[&["--features", "capi,capi-proxy", "--lib", "--"], &SHORT[..]].concat())
            .and(|| miri("-C target-feature=+avx2", &["--lib", "--", "scan::"]))
    })
}

/// All unit tests, and the vectors with either carry.
fn long() -> Outcome {
    with_miri(|| {
        miri("", &[&["--features", "capi,capi-proxy", "--lib", "--"], &LEFT_OUT[..]].concat())
            .and(|| miri("", &["--test", "vectors"]))
    })
}

fn with_miri(then: impl FnOnce() -> Outcome) -> Outcome {
    with_toolchain("nightly", &["miri", "rust-src"], then)
}

fn miri(flags: &str, args: &[&str]) -> Outcome {
    Cargo::of_toolchain("nightly", &[&["miri", "test", "--package", "eventwire"], args].concat())
        .flags("miri", flags)
        // The vectors are files.
        .env("MIRIFLAGS", "-Zmiri-strict-provenance -Zmiri-disable-isolation")
        .run()
}
