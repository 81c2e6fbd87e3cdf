//! What events cost in instructions, beside a committed baseline: a gate without the noise of a clock.
//!
//! `benches/instructions.rs` runs under callgrind twice for each row, the second time with twice as many passes over
//! the row's stream. The difference is what those passes cost, without start-up, and divided by their events it is what
//! one event costs. It is the same in every run and under any load, so a small tolerance will do.
//!
//! It is not time. Callgrind knows neither caches nor how many instructions run side by side; where glibc copies with
//! `rep movsb` it counts each byte as one, so rows of large events mostly tell how often they are copied.

mod baseline;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitCode, Stdio};

use crate::suite::Outcome;
use crate::tools::{Cargo, root, with_program};
use baseline::{Baseline, Counts};

/// Passes of the shorter run; the longer one has twice as many.
const PASSES: u64 = 4;

const BETTER: &str =
    "\nbetter than the baseline: `cargo xtask instructions --update` makes these counts the new one";
const WORSE: &str = "\n`callgrind_annotate` shows where, given one of the profiles in target/instructions";

/// The subcommand: compares, or with `--update` writes a new baseline.
pub fn run(args: &[&str]) -> ExitCode {
    let outcome = match *args {
        [] => check(),
        ["--update"] => with_counts(update),
        _ => {
            eprintln!("xtask: `instructions` takes nothing but --update");
            return ExitCode::from(2);
        }
    };
    outcome.exit_code()
}

/// The suite: compares with the baseline.
pub fn check() -> Outcome {
    with_counts(|counts| {
        let baseline = read()?;
        print!("{}", baseline.table(&counts));
        let verdict = baseline.verdict(&counts);
        match verdict {
            Outcome::Passed if baseline.is_beaten(&counts) => println!("{BETTER}"),
            Outcome::Failed(_) => println!("{WORSE}"),
            _ => {}
        }
        Ok(verdict)
    })
}

fn update(counts: Counts) -> Result<Outcome, String> {
    let old = read()?;
    print!("{}", old.table(&counts));
    let new = Baseline { counts, ..old };
    std::fs::write(file(), new.to_string()).map_err(|error| error.to_string())?;
    println!("\n{} holds these counts now", file().display());
    Ok(Outcome::Passed)
}

fn file() -> PathBuf {
    root().join("benches/instructions.toml")
}

fn read() -> Result<Baseline, String> {
    let text = std::fs::read_to_string(file()).map_err(|error| error.to_string());
    text.and_then(|text| text.parse()).map_err(|error| format!("{}: {error}", file().display()))
}

fn with_counts(then: impl FnOnce(Counts) -> Result<Outcome, String>) -> Outcome {
    with_program("valgrind", || count_all().and_then(then).unwrap_or_else(Outcome::Failed))
}

/// Counts every row.
fn count_all() -> Result<Counts, String> {
    let program = build()?;
    let names = output(Command::new(&program).arg("--list"))?;
    let (mut rows, mut scanners) = (BTreeMap::new(), Vec::new());
    for name in names.lines() {
        let (scanner, cost) = count(&program, name)?;
        rows.insert(name.to_owned(), cost);
        scanners.push(scanner);
    }
    let origin = [
        ("rustc", output(Command::new("rustc").arg("--version"))?),
        ("valgrind", output(Command::new("valgrind").arg("--version"))?),
        // It copies. Not every libc tells which it is; one that does not is not the baseline's.
        ("libc", output(Command::new("getconf").arg("GNU_LIBC_VERSION")).unwrap_or("another".to_owned())),
        ("scanner", scanners.pop().ok_or("there are no rows")?),
    ];
    let origin = origin.map(|(name, value)| (name.to_owned(), value.trim().to_owned()));
    Ok(Counts { origin: origin.into(), rows })
}

/// Builds the program and gives its path.
fn build() -> Result<PathBuf, String> {
    const COMMAND: [&str; 7] = [
        "bench",
        "--package",
        "eventwire",
        "--bench=instructions",
        "--no-run",
        "--quiet",
        "--message-format=json-render-diagnostics",
    ];
    // Flags for the processor of this machine would change the counts, and valgrind may not know its instructions.
    let messages = Cargo::new(&COMMAND).env("RUSTFLAGS", "").output()?;
    executable(&String::from_utf8_lossy(&messages)).ok_or("cargo names no program".to_owned())
}

/// The program that cargo's messages name; there is only one.
fn executable(messages: &str) -> Option<PathBuf> {
    let (_, path) = messages.split_once(r#""executable":""#)?;
    path.split_once('"').map(|(path, _)| path.into())
}

/// The scan kernel in use, and instructions for each event.
fn count(program: &Path, row: &str) -> Result<(String, f64), String> {
    let runs = [PASSES, 2 * PASSES].map(|passes| Run::start(program, row, passes));
    let [short, long] = runs.map(|run| run.and_then(Run::finish));
    let ((scanner, events, short), (_, _, long)) = (short?, long?);
    let of_passes = long.checked_sub(short).ok_or("more passes took fewer instructions")?;
    let cost = of_passes as f64 / (PASSES * events) as f64;
    // As in the file: what has not changed is to compare equal.
    Ok((scanner, (cost * 100.0).round() / 100.0))
}

/// A run under callgrind, whose profile is kept for `callgrind_annotate`.
struct Run {
    child: Child,
    profile: PathBuf,
}

impl Run {
    fn start(program: &Path, row: &str, passes: u64) -> Result<Self, String> {
        let folder = root().join("target/instructions");
        std::fs::create_dir_all(&folder).map_err(|error| error.to_string())?;
        let profile = folder.join(format!("{row}-{passes}-passes.out"));
        let child = Command::new("valgrind")
            .args(["--quiet", "--tool=callgrind"])
            .arg(format!("--callgrind-out-file={}", profile.display()))
            .arg(program)
            .args(["--count", row, &passes.to_string()])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn();
        Ok(Self { child: child.map_err(|error| error.to_string())?, profile })
    }

    /// The scan kernel, events in a pass, and instructions of the whole run.
    fn finish(self) -> Result<(String, u64, u64), String> {
        let output = self.child.wait_with_output().map_err(|error| error.to_string())?;
        if !output.status.success() {
            return Err(format!("under valgrind: {}", output.status));
        }
        let answer = String::from_utf8_lossy(&output.stdout);
        let profile = std::fs::read_to_string(&self.profile).map_err(|error| error.to_string())?;
        let events =
            answer.trim().split_once(' ').and_then(|(name, events)| Some((name, events.parse().ok()?)));
        let (scanner, events) = events.ok_or("the program does not say what it has counted")?;
        let instructions = total(&profile).ok_or("callgrind does not say what it has counted")?;
        Ok((scanner.to_owned(), events, instructions))
    }
}

/// The instructions of a whole profile.
fn total(profile: &str) -> Option<u64> {
    profile.lines().find_map(|line| line.strip_prefix("totals: "))?.trim().parse().ok()
}

fn output(command: &mut Command) -> Result<String, String> {
    let output = command.stdin(Stdio::null()).output().map_err(|error| error.to_string())?;
    if output.status.success() {
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    } else {
        Err(format!("{}: {}", command.get_program().display(), output.status))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_program_is_found_among_the_messages() {
        let messages = r#"{"reason":"compiler-artifact","target":{"name":"memchr"},"executable":null,"fresh":true}
{"reason":"compiler-artifact","executable":"/target/release/deps/instructions-0f","fresh":false}
{"reason":"build-finished","success":true}"#;
        assert_eq!(executable(messages), Some("/target/release/deps/instructions-0f".into()));
        assert_eq!(executable(r#"{"executable":null}"#), None);
    }

    #[test]
    fn the_total_is_found_in_a_profile() {
        assert_eq!(
            total("# callgrind format\nevents: Ir\nfn=(1) main\n1 20\n\ntotals: 2111050\n"),
            Some(2_111_050)
        );
        assert_eq!(total("# callgrind format\nevents: Ir\n"), None);
    }
}
