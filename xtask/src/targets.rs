//! The core's tests on instruction sets that this machine does not have, and where the compiler is promised more than the
//! baseline: emulated, in a WebAssembly engine, or compiled with the promise.
//!
//! The exhaustive tests are left out: emulated they take long, and WebAssembly has no threads for them. What they
//! exhaust is the tokenizer and the parser, which are the same code everywhere. The peers' cases are left out likewise.

use std::path::Path;

use crate::suite::Outcome;
use crate::tools::{Cargo, runs, with_packages, with_target};

/// The suite.
pub fn check() -> Outcome {
    promised_avx2().and(aarch64).and(wasm32)
}

/// A build for processors that all have AVX2 does not ask for it at run time.
fn promised_avx2() -> Outcome {
    #[cfg(target_arch = "x86_64")]
    if std::is_x86_feature_detected!("avx2") {
        return Cargo::new(&["test", "--package", "eventwire", "--release", "--lib"])
            .built_soon()
            .flags("avx2", "-C target-feature=+avx2")
            .env("EVENTWIRE_EXPECT_SCANNER", "avx2")
            .run();
    }
    Outcome::Passed
}

/// The core's tests that are worth running on a foreign target, long ones left out.
fn tests(target: &str, kernel: &str) -> Cargo {
    const TESTS: [&str; 9] =
        ["--lib", "--test", "contracts", "--test", "hostile", "--test", "properties", "--test", "vectors"];
    let begin = ["test", "--package", "eventwire", "--release", "--target", target];
    Cargo::new(&[&begin[..], &TESTS].concat())
        .built_soon()
        .env("EVENTWIRE_EXPECT_SCANNER", kernel)
        .env("PROPTEST_CASES", "4000")
}

fn aarch64() -> Outcome {
    const TARGET: &str = "aarch64-unknown-linux-gnu";
    const SYSROOT: &str = "/usr/aarch64-linux-gnu";
    if cfg!(target_arch = "aarch64") {
        // The other suites ran there.
        return Outcome::Passed;
    }
    let present = || {
        runs("qemu-aarch64")
            && runs("aarch64-linux-gnu-gcc")
            && Path::new(SYSROOT).join("lib/crt1.o").exists()
    };
    with_packages(&["qemu-user", "gcc-aarch64-linux-gnu", "libc6-dev-arm64-cross"], present, || {
        with_target(TARGET, || {
            tests(TARGET, "neon")
                .env("CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_LINKER", "aarch64-linux-gnu-gcc")
                .env("CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_RUNNER", &format!("qemu-aarch64 -L {SYSROOT}"))
                .run()
        })
    })
}

/// With vectors, and without: the second is also the one 32-bit target on which the fallback runs.
fn wasm32() -> Outcome {
    const TARGET: &str = "wasm32-wasip1";
    // Without the second flag Node 20 crashed at exit once the memory had grown, after all tests had passed.
    const RUNNER: &str = "node --no-warnings --no-turbo-fast-api-calls xtask/wasi.mjs";
    let test = |kernel: &str, flags: &str| {
        tests(TARGET, kernel)
            .flags(&format!("wasm32-{kernel}"), flags)
            .env("CARGO_TARGET_WASM32_WASIP1_RUNNER", RUNNER)
            .run()
    };
    with_packages(
        &["nodejs"],
        || runs("node"),
        || with_target(TARGET, || test("simd128", "-C target-feature=+simd128").and(|| test("swar", ""))),
    )
}
