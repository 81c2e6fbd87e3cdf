//! The project's automation: `cargo xtask COMMAND`.
//!
//! | file | what it holds |
//! |---|---|
//! | `suite.rs` | what a suite of checks is, and the table of their outcomes |
//! | `test.rs` | the suites of `cargo xtask test`, in the order in which they run |
//! | `tools.rs` | the cargo commands that they are made of, and what can be had on this machine |

mod suite;
mod test;
mod tools;

use std::process::ExitCode;

const USAGE: &str = "\
usage: cargo xtask COMMAND

  test [SUITE...]   runs every check of the project, or these alone, and prints a table of the outcomes
  suites            lists the suites of `test`
  bench [ARG...]    runs the benchmarks in full; arguments go to criterion (a filter, --save-baseline NAME)
";

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    match *args {
        ["test", ref names @ ..] => test::run(names),
        ["suites"] => test::list(),
        ["bench", ref rest @ ..] => test::bench(rest),
        [] | ["help" | "-h" | "--help"] => {
            print!("{USAGE}");
            ExitCode::SUCCESS
        }
        [unknown, ..] => {
            eprint!("xtask: no command `{unknown}`\n\n{USAGE}");
            ExitCode::from(2)
        }
    }
}
