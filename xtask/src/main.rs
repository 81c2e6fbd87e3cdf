//! The project's automation: `cargo xtask COMMAND`.
//!
//! | file | what it holds |
//! |---|---|
//! | `bench.rs` | the benchmarks, our own and the comparison with other parsers |
//! | `instructions.rs`, `instructions/` | what events cost in instructions, beside a committed baseline |
//! | `suite.rs` | what a suite of checks is, and the table of their outcomes |
//! | `targets.rs` | the core's tests on other instruction sets: emulated, in a WebAssembly engine |
//! | `test.rs` | the suites of `cargo xtask test`, in the order in which they run |
//! | `tools.rs` | the cargo commands that they are made of, and what can be had on this machine |

mod bench;
mod instructions;
mod suite;
mod targets;
mod test;
mod tools;

use std::process::ExitCode;

const USAGE: &str = "\
usage: cargo xtask COMMAND

  test [SUITE...]   runs every check of the project, or these alone, and prints a table of the outcomes
  suites            lists the suites of `test`
  bench [ARG...]    runs our own benchmarks in full; arguments go to criterion (a filter, --save-baseline NAME)
  bench-peers [ARG...]
                    measures eventwire beside other parsers and says which budgets hold (--help lists the options)
  instructions [--update]
                    counts the instructions that events cost, and compares them with benches/instructions.toml
";

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    match *args {
        ["test", ref names @ ..] => test::run(names),
        ["suites"] => test::list(),
        ["bench", ref rest @ ..] => bench::own(rest),
        ["instructions", ref rest @ ..] => instructions::run(rest),
        ["bench-peers", ref rest @ ..] => bench::peers(rest),
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
