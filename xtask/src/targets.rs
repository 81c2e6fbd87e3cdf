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
    // On 64-bit Arm itself the other suites ran the kernel.
    let neon = || if cfg!(target_arch = "aarch64") { Outcome::Passed } else { NEON.test() };
    promised_avx2().and(neon).and(|| SIMD128.test()).and(|| WASM_SWAR.test())
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

/// A target whose programs this machine runs in an emulator or an engine.
pub struct Foreign {
    /// Its name for the compiler.
    pub target: &'static str,
    /// The kernel that is chosen there.
    kernel: &'static str,
    /// Debian's packages, and the programs and files of them by which one sees that they are there.
    packages: &'static [&'static str],
    programs: &'static [&'static str],
    files: &'static [&'static str],
    /// Compiler flags.
    flags: &'static str,
    /// What tells cargo how to link and run.
    env: &'static [(&'static str, &'static str)],
}

/// 64-bit Arm, under qemu.
pub const NEON: Foreign = Foreign {
    target: "aarch64-unknown-linux-gnu",
    kernel: "neon",
    packages: &["qemu-user", "gcc-aarch64-linux-gnu", "libc6-dev-arm64-cross"],
    programs: &["qemu-aarch64", "aarch64-linux-gnu-gcc"],
    files: &["/usr/aarch64-linux-gnu/lib/crt1.o"],
    flags: "",
    env: &[
        ("CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_LINKER", "aarch64-linux-gnu-gcc"),
        ("CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_RUNNER", "qemu-aarch64 -L /usr/aarch64-linux-gnu"),
    ],
};

/// WebAssembly with vectors, in Node.
pub const SIMD128: Foreign = Foreign {
    target: "wasm32-wasip1",
    kernel: "simd128",
    packages: &["nodejs"],
    programs: &["node"],
    files: &[],
    flags: "-C target-feature=+simd128",
    // Without the second flag Node 20 crashed at exit once the memory had grown, after all tests had passed.
    env: &[(
        "CARGO_TARGET_WASM32_WASIP1_RUNNER",
        "node --no-warnings --no-turbo-fast-api-calls xtask/wasi.mjs",
    )],
};

/// WebAssembly without vectors: also the one 32-bit target on which the fallback runs.
const WASM_SWAR: Foreign = Foreign { kernel: "swar", flags: "", ..SIMD128 };

impl Foreign {
    /// Runs `then` if what this target needs is there, or can be installed.
    pub fn with(&self, then: impl FnOnce() -> Outcome) -> Outcome {
        let present = || {
            self.programs.iter().all(|program| runs(program))
                && self.files.iter().all(|file| Path::new(file).exists())
        };
        with_packages(self.packages, present, || with_target(self.target, then))
    }

    /// Adds to a cargo command what links and runs programs for this target.
    pub fn for_cargo(&self, cargo: Cargo) -> Cargo {
        let cargo = self.env.iter().fold(cargo, |cargo, (key, value)| cargo.env(key, value));
        // Flags are said even if there are none, for those of another kernel of the same target may be in the folder.
        cargo.env("EVENTWIRE_EXPECT_SCANNER", self.kernel).flags(self.kernel, self.flags)
    }

    /// The core's tests that are worth running there, long ones left out.
    fn test(&self) -> Outcome {
        const TESTS: [&str; 9] = [
            "--lib",
            "--test",
            "contracts",
            "--test",
            "hostile",
            "--test",
            "properties",
            "--test",
            "vectors",
        ];
        let begin = ["test", "--package", "eventwire", "--release", "--target", self.target];
        self.with(|| {
            let cargo = Cargo::new(&[&begin[..], &TESTS].concat()).built_soon().env("PROPTEST_CASES", "4000");
            self.for_cargo(cargo).run()
        })
    }
}
