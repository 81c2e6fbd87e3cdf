//! A suite of checks, and the table of what became of each.

use std::process::ExitCode;
use std::time::Instant;

/// A suite: a name, what it shows, and the function that runs it.
pub struct Suite {
    /// What `cargo xtask test NAME` calls it.
    pub name: &'static str,
    /// What it shows when it passes.
    pub about: &'static str,
    /// Runs it.
    pub run: fn() -> Outcome,
}

/// What became of a suite.
#[derive(PartialEq, Eq)]
pub enum Outcome {
    /// All checks hold.
    Passed,
    /// What it needs is not to be had on this machine: why.
    Skipped(String),
    /// A check does not hold, or could not be run: which.
    Failed(String),
}

impl Outcome {
    /// What a command that is nothing but this exits with; says why, unless it passed. Who asks for one thing has not got it when it
    /// was skipped.
    pub fn exit_code(&self) -> ExitCode {
        match self {
            Self::Passed => ExitCode::SUCCESS,
            Self::Failed(why) | Self::Skipped(why) => {
                eprintln!("xtask: {why}");
                ExitCode::FAILURE
            }
        }
    }

    /// This outcome, or if it is a pass that of `next`.
    pub fn and(self, next: impl FnOnce() -> Self) -> Self {
        if self == Self::Passed { next() } else { self }
    }
}

/// Runs the suites one after the other, whatever becomes of each, and prints the table.
pub fn run_all(suites: &[&Suite]) -> ExitCode {
    let mut rows = Vec::new();
    for suite in suites {
        println!("\n=== {}: {}", suite.name, suite.about);
        let begin = Instant::now();
        let outcome = (suite.run)();
        rows.push((suite.name, outcome, begin.elapsed().as_secs_f64()));
    }
    print_table(&rows);
    let failed = rows.iter().any(|(_, outcome, _)| matches!(outcome, Outcome::Failed(_)));
    if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}

fn print_table(rows: &[(&str, Outcome, f64)]) {
    let (mut passed, mut failed, mut skipped) = (0, 0, 0);
    let width = rows.iter().map(|(name, ..)| name.len()).max().unwrap_or(0);
    println!("\n{:width$}  seconds  outcome", "suite");
    for (name, outcome, seconds) in rows {
        let text = match outcome {
            Outcome::Passed => {
                passed += 1;
                "passed".to_owned()
            }
            Outcome::Skipped(why) => {
                skipped += 1;
                format!("skipped: {why}")
            }
            Outcome::Failed(what) => {
                failed += 1;
                format!("FAILED: {what}")
            }
        };
        println!("{name:width$}  {seconds:7.1}  {text}");
    }
    println!("\nsuites: {passed} passed, {failed} failed, {skipped} skipped");
}
