//! The suite `sanitizers`: Rust's tests with code that watches memory and threads compiled in.
//!
//! What Miri interprets is run here as the processor runs it, with each kernel that the processor has: one sanitizer of memory over the unit
//! tests, the C functions' among them, the vectors and the hostile streams; one of threads over threads that parse side by side,
//! the first use of the scanner among them. Programs in C have sanitizers of their own, in the suite `capi`.

use crate::coverage::LET_THEM_MEET;
use crate::suite::Outcome;
use crate::tools::{Cargo, with_toolchain};

/// The target is named so that build scripts and procedural macros go without.
const TARGET: &str = "x86_64-unknown-linux-gnu";

/// The suite.
pub fn check() -> Outcome {
    if !cfg!(all(target_arch = "x86_64", target_os = "linux")) {
        return Outcome::Skipped(format!("it is made for {TARGET}"));
    }
    with_toolchain("nightly", &["rust-src"], || {
        let memory = [
            "--features",
            "capi,capi-proxy",
            "--lib",
            "--test",
            "hostile",
            "--test",
            "threads",
            "--test",
            "vectors",
        ];
        test("address", &memory).and(|| {
            // The standard library's own atomics must be seen too, or each of its locks is a race.
            test("thread", &["-Zbuild-std", "--test", "threads"])
        })
    })
}

fn test(sanitizer: &str, tests: &[&str]) -> Outcome {
    let command = ["test", "--package", "eventwire", "--target", TARGET];
    Cargo::of_toolchain("nightly", &[&command[..], tests].concat())
        .flags(&format!("sanitizer-{sanitizer}"), &format!("-Zsanitizer={sanitizer} {LET_THEM_MEET}"))
        .run()
}
