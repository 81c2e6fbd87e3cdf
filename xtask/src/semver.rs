//! `cargo xtask semver [TAG]`: whether the libraries are compatible with a release, by their versions; to be asked before the next one.
//!
//! cargo-semver-checks compares what rustdoc says of both. The release is a tag of this checkout, so no registry is asked what
//! was published. What it cannot see (behaviour, and types that have changed in ways that it has no rule for) is for the
//! changelog and for who reads it. The C library's interface has a record of its own: `cargo xtask abi`.

use std::process::{Command, ExitCode, Stdio};

use crate::suite::Outcome;
use crate::tools::{Cargo, root, with_cargo_command};

/// The libraries that are published.
const LIBRARIES: [&str; 3] = ["eventwire", "eventwire-client", "eventwire-proxy"];

/// The subcommand: beside this release, or the last one before this commit.
pub fn run(args: &[&str]) -> ExitCode {
    let tag = match *args {
        [] => last_release(),
        [tag] => Some(tag.to_owned()),
        _ => {
            eprintln!("xtask: semver takes a tag and nothing else");
            return ExitCode::from(2);
        }
    };
    let outcome = match tag {
        Some(tag) => compare(&tag),
        None => Outcome::Skipped("there is no tag v* before this commit to compare with".to_owned()),
    };
    outcome.exit_code()
}

fn compare(tag: &str) -> Outcome {
    let packages = LIBRARIES.iter().flat_map(|library| ["--package", library]);
    let args = ["semver-checks", "--baseline-rev", tag, "--all-features"].into_iter().chain(packages);
    with_cargo_command("semver-checks", || Cargo::new(&args.collect::<Vec<_>>()).run())
}

/// The tag of the last release that this commit follows.
fn last_release() -> Option<String> {
    let mut git = Command::new("git");
    git.args(["describe", "--tags", "--abbrev=0", "--match", "v*"]).current_dir(root());
    let output = git.stderr(Stdio::null()).output().ok().filter(|output| output.status.success())?;
    Some(String::from_utf8(output.stdout).ok()?.trim().to_owned())
}
