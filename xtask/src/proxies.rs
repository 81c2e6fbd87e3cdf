//! The layers for Rust proxies beside a proxy without them, and the proxy on Pingora.

use std::process::ExitCode;

use crate::suite::Outcome;
use crate::tools::{Cargo, root, runs, with_component, with_packages};

/// The proxy on Pingora, a workspace of its own.
pub const MANIFEST: &str = "examples/pingora/Cargo.toml";

/// What builds zlib-ng, the sources of which Pingora brings along.
const PACKAGES: [&str; 2] = ["cmake", "make"];

fn has_packages() -> bool {
    PACKAGES.into_iter().all(runs)
}

/// Builds the proxy on Pingora and runs its tests.
pub fn pingora() -> Outcome {
    with_packages(&PACKAGES, has_packages, || {
        with_component("clippy", &["clippy", "--version"], || {
            example(&["clippy", "--quiet", "--all-targets"], &["-D", "warnings"])
        })
        .and(|| example(&["test"], &[]))
    })
}

fn example(command: &[&str], args: &[&str]) -> Outcome {
    let place = ["--manifest-path", MANIFEST, "--target-dir", "target/pingora", "--"];
    Cargo::new(&[command, &place, args].concat()).run()
}

/// Measures what the layers cost: `cargo xtask bench-proxies [--test] [--pingora]`.
pub fn bench(args: &[&str]) -> ExitCode {
    let rest: Vec<&str> = args.iter().copied().filter(|arg| *arg != "--pingora").collect();
    if let Some(unknown) = rest.iter().find(|arg| **arg != "--test") {
        eprintln!("xtask: bench-proxies knows --test and --pingora, not `{unknown}`");
        return ExitCode::from(2);
    }
    if rest.len() == args.len() {
        return measure(&rest).exit_code();
    }
    let program = root().join("target/pingora/release/eventwire-pingora");
    with_packages(&PACKAGES, has_packages, || {
        example(&["build", "--release"], &[])
            .and(|| measure(&[&rest[..], &["--pingora", &program.to_string_lossy()]].concat()))
    })
    .exit_code()
}

/// Runs that benchmark once, and short.
pub fn bench_once() -> Outcome {
    measure(&["--test"])
}

fn measure(args: &[&str]) -> Outcome {
    Cargo::new(&[&["bench", "--package", "eventwire-proxy", "--bench", "proxy", "--"], args].concat()).run()
}
