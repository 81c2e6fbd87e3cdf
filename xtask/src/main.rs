//! The project's automation: `cargo xtask COMMAND`.
//!
//! | file | what it holds |
//! |---|---|
//! | `abi.rs`, `abi/` | the record of the C library's binary interface |
//! | `bench.rs` | the benchmarks, our own and the comparison with other parsers |
//! | `capi.rs`, `capi/` | programs in C, C++ and Python that use the installed C library |
//! | `coverage.rs` | which lines and branches the tests reach |
//! | `dependencies.rs` | licences, sources and versions of what is built in |
//! | `envoy.rs` | the proxy-wasm filter: built, and tested, compared and measured in Envoy |
//! | `features.rs` | the core under every set of its features |
//! | `fuzz.rs` | the fuzz targets |
//! | `client.rs` | the HTTP client against other servers and beside other clients, and its soak |
//! | `header.rs`, `header/` | the C header, generated from `src/capi` |
//! | `install.rs`, `install/` | the C library installed, with what build systems find it by |
//! | `instructions.rs`, `instructions/` | what events cost in instructions, beside a committed baseline |
//! | `library.rs`, `library/` | the C library built, and what is in it looked at |
//! | `lua.rs` | the Lua module, and its gateway in an nginx with lua |
//! | `manifest.rs` | what the manifests say of versions and features |
//! | `miri.rs` | the tests under an interpreter that sees undefined behaviour |
//! | `mutants.rs` | whether a test fails wherever the code is changed |
//! | `nginx.rs` | the nginx module: built, run in nginx and under valgrind, measured |
//! | `proxies.rs` | the layers for Rust proxies measured, and the proxy on Pingora tested |
//! | `python.rs` | the Python package: built, installed, tested, measured |
//! | `sanitizers.rs` | the tests with code that watches memory and threads |
//! | `semver.rs` | whether the libraries are compatible with a release |
//! | `suite.rs` | what a suite of checks is, and the table of their outcomes |
//! | `targets.rs` | the core's tests on other instruction sets: emulated, in a WebAssembly engine |
//! | `test.rs` | the suites of `cargo xtask test`, in the order in which they run |
//! | `tools.rs` | the cargo commands that they are made of, and what can be had on this machine |
//! | `versions.rs` | the oldest compiler and dependencies that are promised |

mod abi;
mod bench;
mod capi;
mod client;
mod coverage;
mod dependencies;
mod envoy;
mod features;
mod fuzz;
mod header;
mod install;
mod instructions;
mod library;
mod lua;
mod manifest;
mod miri;
mod mutants;
mod nginx;
mod proxies;
mod python;
mod sanitizers;
mod semver;
mod suite;
mod targets;
mod test;
mod tools;
mod versions;

use std::process::ExitCode;

const USAGE: &str = "\
usage: cargo xtask COMMAND

  test [SUITE...]   runs the checks of the project, or these alone, and prints a table of the outcomes
  suites            lists the suites of `test`
  abi               writes the record of the C library's binary interface, abi/eventwire.txt
  bench [ARG...]    runs our own benchmarks in full; arguments go to criterion (a filter, --save-baseline NAME)
  bench-capi [--eventsource-c DIR] [CORPUS]
                    measures the C library beside the loop in Rust, and beside a checkout of eventsource-c
  bench-clients [MIB [REPEATS [CLIENT]]]
                    measures the HTTP client beside reqwest alone and beside other clients
  bench-peers [ARG...]
                    measures eventwire beside other parsers and says which budgets hold (--help lists the options)
  bench-proxies [--test] [--pingora]
                    measures a proxy on hyper with the layers that watch and rewrite, and without; the one on Pingora likewise
  coverage [--lines]
                    runs the core's tests and says which lines and branches they reach
  envoy COMMAND     builds the filter for Envoy, compares or measures it (without a command: which there are)
  fuzz [--seconds N] [--target TARGET]... [--jobs N] [--coverage]
                    fuzzes each target, a minute unless it is said how long; or says which lines the corpora reach
  header [--check]  generates the C header, or compares it with what is there
  install --prefix DIR [--destdir DIR]
                    builds the C library and installs it, with headers and what build systems find it by
  instructions [--update]
                    counts the instructions that events cost, and compares them with benches/instructions.toml
  miri [--long]     runs the core's tests in an interpreter that sees undefined behaviour
  mutants [GROUP] [ARG...]
                    changes the code place by place and fails if a change is neither noticed by a test nor explained; GROUP is
                    parser, scan, neon, simd128, encoder or proxy, all if there is none; arguments go to cargo-mutants
  library           looks into the built C library: symbols, panics, size, what is installed
  nginx COMMAND     builds, tests or measures the nginx module (without a command: which there are)
  semver [TAG]      compares the libraries' interfaces with those of a release, the last one if none is named
  python COMMAND    builds, measures or fuzzes the Python package (without a command: which there are)
  soak [SECONDS [CLIENTS]]
                    follows a server that drops connections at random, and says what was lost or came twice
";

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    match *args {
        ["test", ref names @ ..] => test::run(names),
        ["suites"] => test::list(),
        ["bench", ref rest @ ..] => bench::own(rest),
        ["header", ref rest @ ..] => header::run(rest),
        ["abi"] => abi::run(),
        ["install", ref rest @ ..] => install::run(rest),
        ["coverage", ref rest @ ..] => coverage::run(rest),
        ["envoy", ref rest @ ..] => envoy::run(rest),
        ["fuzz", ref rest @ ..] => fuzz::run(rest),
        ["miri", ref rest @ ..] => miri::run(rest),
        ["mutants", ref rest @ ..] => mutants::run(rest),
        ["library"] => library::run(),
        ["semver", ref rest @ ..] => semver::run(rest),
        ["bench-capi", ref rest @ ..] => capi::bench::main(rest),
        ["instructions", ref rest @ ..] => instructions::run(rest),
        ["bench-clients", ref rest @ ..] => client::bench(rest),
        ["nginx", ref rest @ ..] => nginx::run(rest),
        ["python", ref rest @ ..] => python::run(rest),
        ["soak", ref rest @ ..] => client::soak(rest),
        ["bench-peers", ref rest @ ..] => bench::peers(rest),
        ["bench-proxies", ref rest @ ..] => proxies::bench(rest),
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
