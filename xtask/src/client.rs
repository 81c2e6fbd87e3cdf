//! The HTTP client against servers that others have written, from Debian's packages, beside other clients, and its soak.

use std::process::{Command, ExitCode};

use crate::suite::Outcome;
use crate::tools::{Cargo, runs, with_packages};

/// Runs the client's tests against Node, Python and nginx.
pub fn servers() -> Outcome {
    // nginx knows no `--version`, and Debian has it where only root's shell looks.
    let nginx = || ["nginx", "/usr/sbin/nginx"].iter().any(|program| tells_version(program));
    let present = || runs("node") && runs("python3") && nginx();
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

/// The comparison with other clients is a workspace of its own: the other suites do not see it.
pub fn harness() -> Outcome {
    others(&["clippy", "--quiet", "--release"], &["-D", "warnings"])
        .and(|| others(&["run", "--release"], &["1", "1"]))
}

fn others(command: &[&str], args: &[&str]) -> Outcome {
    let place = ["--manifest-path", "benches/clients/Cargo.toml", "--target-dir", "target/clients", "--"];
    Cargo::new(&[command, &place, args].concat()).run()
}

/// Runs many clients of a server that drops them at random: `cargo xtask soak [SECONDS [CLIENTS]]`.
pub fn soak(rest: &[&str]) -> ExitCode {
    let run = ["run", "--release", "--package", "eventwire-client", "--example", "soak", "--"];
    Cargo::new(&[&run, rest].concat()).run().exit_code()
}

fn tells_version(program: &str) -> bool {
    Command::new(program).arg("-v").output().is_ok_and(|output| output.status.success())
}
