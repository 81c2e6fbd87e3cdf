//! `cargo xtask fuzz`, and the suite `fuzz`: the fuzz targets in the workspace of `fuzz`.
//!
//! With a nightly compiler the targets run under the address sanitizer. Without one they run all the same, for what guides
//! the fuzzer can be had of a stable compiler too. What has been found to be worth keeping goes to `fuzz/corpus`, what has failed to
//! `fuzz/artifacts`.

use std::path::Path;
use std::process::ExitCode;

use crate::suite::Outcome;
use crate::tools::{Cargo, root, runs, with_cargo_command, with_component, with_packages, with_toolchain};

/// The workspace of the targets.
pub const MANIFEST: &str = "fuzz/Cargo.toml";

/// Where it is built.
const PLACE: [&str; 4] = ["--manifest-path", MANIFEST, "--target-dir", "target/fuzz"];

const USAGE: &str = "usage: cargo xtask fuzz [--seconds N] [--target TARGET]... [--jobs N] [--coverage]";

/// What the command line asks for.
struct Wanted {
    seconds: u32,
    jobs: u32,
    targets: Vec<String>,
    coverage: bool,
}

/// The subcommand: each target, or those that are named, for so many seconds; or what their corpora reach.
pub fn run(args: &[&str]) -> ExitCode {
    match wanted(args) {
        Ok(wanted) if wanted.coverage => coverage(&wanted.targets).exit_code(),
        Ok(wanted) => fuzz(&wanted).exit_code(),
        Err(error) => {
            eprintln!("xtask: {error}\n{USAGE}");
            ExitCode::from(2)
        }
    }
}

/// The suite: the targets are in order, the seeds hold, and so does what some seconds of fuzzing make of them.
pub fn check() -> Outcome {
    let cargo = |args: &[&str], rest: &[&str]| Cargo::new(&[args, &PLACE, rest].concat()).run();
    with_component("clippy", &["clippy", "--version"], || {
        cargo(&["clippy", "--quiet", "--all-targets"], &["--", "-D", "warnings"])
    })
    .and(|| cargo(&["test"], &[]))
    .and(|| match targets() {
        Ok(targets) => fuzz(&Wanted { seconds: 3, jobs: 1, targets, coverage: false }),
        Err(error) => Outcome::Failed(error),
    })
}

fn wanted(args: &[&str]) -> Result<Wanted, String> {
    let known = targets()?;
    let mut wanted = Wanted { seconds: 60, jobs: 1, targets: vec![], coverage: false };
    let mut args = args.iter();
    while let Some(&option) = args.next() {
        if option == "--coverage" {
            wanted.coverage = true;
            continue;
        }
        let value = args.next().ok_or_else(|| format!("{option}: a value is missing"))?;
        let number = || value.parse::<u32>().map_err(|error| format!("{option} {value}: {error}"));
        match option {
            "--seconds" => wanted.seconds = number()?,
            "--jobs" => wanted.jobs = number()?,
            "--target" if known.iter().any(|target| target == value) => {
                wanted.targets.push((*value).to_owned());
            }
            "--target" => return Err(format!("no target `{value}`; there are {}", known.join(", "))),
            _ => return Err(format!("no option `{option}`")),
        }
    }
    if wanted.targets.is_empty() {
        wanted.targets = known;
    }
    Ok(wanted)
}

/// The names of all targets.
fn targets() -> Result<Vec<String>, String> {
    let folder = root().join("fuzz/fuzz_targets");
    let files = std::fs::read_dir(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let mut targets: Vec<String> = files
        .filter_map(|file| Some(Path::new(&file.ok()?.file_name()).file_stem()?.to_str()?.to_owned()))
        .collect();
    targets.sort_unstable();
    Ok(targets)
}

fn fuzz(wanted: &Wanted) -> Outcome {
    // libFuzzer is C++.
    with_packages(
        &["g++"],
        || runs("c++"),
        || {
            with_cargo_command("fuzz", || {
                let all = |command: fn(&[&str]) -> Cargo, sanitizer: &str| {
                    let each = |so_far: Outcome, target: &String| {
                        so_far.and(|| fuzz_target(target, wanted, command, sanitizer))
                    };
                    wanted.targets.iter().fold(Outcome::Passed, each)
                };
                match with_toolchain("nightly", &[], || {
                    all(|args| Cargo::of_toolchain("nightly", args), "address")
                }) {
                    Outcome::Skipped(why) => {
                        println!("{why}: fuzzing without a sanitizer");
                        all(Cargo::new, "none")
                    }
                    outcome => outcome,
                }
            })
        },
    )
}

fn fuzz_target(target: &str, wanted: &Wanted, command: fn(&[&str]) -> Cargo, sanitizer: &str) -> Outcome {
    let corpus = format!("fuzz/corpus/{target}");
    if let Err(error) = std::fs::create_dir_all(root().join(&corpus)) {
        return Outcome::Failed(format!("{corpus}: {error}"));
    }
    let mut args = ["fuzz", "run", "--sanitizer", sanitizer, "--target-dir", "target/fuzz", "--jobs"]
        .map(str::to_owned)
        .to_vec();
    args.push(wanted.jobs.to_string());
    // The first folder is where the fuzzer puts what it finds; the other one it only reads.
    args.extend([target.to_owned(), corpus, format!("fuzz/seeds/{target}"), "--".to_owned()]);
    args.push(format!("-max_total_time={}", wanted.seconds));
    args.extend(OPTIONS.map(str::to_owned));
    command(&args.iter().map(String::as_str).collect::<Vec<_>>()).run()
}

/// For libFuzzer: inputs are short, and ten seconds for one of them are a finding.
const OPTIONS: [&str; 4] =
    ["-dict=fuzz/eventwire.dict", "-max_len=2048", "-timeout=10", "-print_final_stats=1"];

/// Replays seeds and corpora in programs that count, and shows which lines of the core that reaches.
fn coverage(targets: &[String]) -> Outcome {
    let cargo = |args: &[&str]| Cargo::new(args).env("CARGO_TARGET_DIR", "target/fuzz").run();
    let optimised = ["--manifest-path", MANIFEST, "--release"];
    with_cargo_command("llvm-cov", || {
        let each = |so_far: Outcome, target: &String| {
            let (seeds, corpus) = (format!("fuzz/seeds/{target}"), format!("fuzz/corpus/{target}"));
            let folders: &[&str] = if root().join(&corpus).is_dir() { &[&seeds, &corpus] } else { &[&seeds] };
            // The core is not of the targets' workspace, so it is named.
            let command = ["llvm-cov", "run", "--no-report", "--dep-coverage", "eventwire", "--bin", target];
            so_far.and(|| cargo(&[&command[..], &optimised, &["--"], folders].concat()))
        };
        // All of it: functions that an older build has left would count as not reached.
        let clean = cargo(&["llvm-cov", "clean", "--manifest-path", MANIFEST]);
        targets.iter().fold(clean, each).and(|| {
            // All that is left out of usual reports is in, and out again by name, but for the core.
            let others = "/(registry|rustc|toolchains|fuzz|testkit)/";
            let report = ["llvm-cov", "report", "--no-default-ignore-filename-regex"];
            cargo(&[&report[..], &["--ignore-filename-regex", others], &optimised].concat())
        })
    })
}
