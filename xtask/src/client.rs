//! The HTTP client against servers that others have written, from Debian's packages, beside other clients, and its soak.

use std::process::ExitCode;

use crate::suite::Outcome;
use crate::tools::{Cargo, has_nginx, runs, with_component, with_packages};

/// Runs the client's tests against Node, Python and nginx.
pub fn servers() -> Outcome {
    let present = || runs("node") && runs("python3") && has_nginx();
    with_packages(&["nodejs", "python3", "nginx-light"], present, || {
        Cargo::new(&["test", "--package", "eventwire-client", "--test", "client", "programs::"])
            .env("EVENTWIRE_SERVERS", "all")
            .run()
    })
}

/// Measures the client beside others: `cargo xtask bench-clients [MIB [REPEATS [CLIENT]]]`.
pub fn bench(rest: &[&str]) -> ExitCode {
    others(&["run", "--release"], rest).exit_code()
}

/// The comparison with other clients is a workspace of its own: of the other suites only the one for formatting sees it.
pub const MANIFEST: &str = "benches/clients/Cargo.toml";

/// Checks the comparison, and runs it once.
pub fn harness() -> Outcome {
    with_component("clippy", &["clippy", "--version"], || {
        others(&["clippy", "--quiet", "--release"], &["-D", "warnings"])
    })
    .and(|| others(&["run", "--release"], &["1", "1"]))
}

fn others(command: &[&str], args: &[&str]) -> Outcome {
    let place = ["--manifest-path", MANIFEST, "--target-dir", "target/clients", "--"];
    Cargo::new(&[command, &place, args].concat()).run()
}

/// The sets of features in which the client and the command are built by others than their own tests.
pub const FEATURES: [&[&str]; 4] = [
    &["--package", "eventwire-client", "--no-default-features"],
    &["--package", "eventwire-client", "--no-default-features", "--features", "gzip,rustls-no-provider"],
    &["--package", "eventwire-client", "--no-default-features", "--features", "http2,rustls"],
    &["--package", "eventwire-cli", "--no-default-features"],
];

/// Runs many clients of a server that drops them at random: `cargo xtask soak [SECONDS [CLIENTS]]`.
pub fn soak(rest: &[&str]) -> ExitCode {
    let run = ["run", "--release", "--package", "eventwire-client", "--example", "soak", "--"];
    Cargo::new(&[&run, rest].concat()).run().exit_code()
}
