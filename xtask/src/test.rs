//! The suites of `cargo xtask test`.

use std::process::ExitCode;

use crate::bench;
use crate::capi;
use crate::client;
use crate::dependencies;
use crate::envoy;
use crate::features;
use crate::fuzz;
use crate::instructions;
use crate::library;
use crate::lua;
use crate::miri;
use crate::nginx;
use crate::proxies;
use crate::python;
use crate::sanitizers;
use crate::suite::{Outcome, Suite, run_all};
use crate::targets;
use crate::tools::{Cargo, shared, with_component, with_target};
use crate::versions;

/// In the order in which they run: what fails soonest comes first.
const SUITES: [Suite; 29] = [
    Suite { name: "format", about: "the sources are formatted", run: format },
    Suite { name: "lint", about: "clippy finds nothing, whatever the features", run: lint },
    Suite { name: "features", about: "the core under every set of its features", run: features::check },
    Suite {
        name: "deny",
        about: "licences, sources and versions of the dependencies",
        run: dependencies::check,
    },
    Suite { name: "docs", about: "the documentation builds without a warning", run: docs },
    Suite { name: "no-std", about: "the core builds without std and without alloc", run: no_std },
    Suite { name: "msrv", about: "the oldest compiler that is promised", run: versions::rust_version },
    Suite {
        name: "minimal-versions",
        about: "the oldest dependencies that are promised",
        run: versions::minimal,
    },
    Suite { name: "debug", about: "all tests and examples, with overflow checks", run: debug },
    Suite {
        name: "release",
        about: "tests of what sees each byte, long and optimised as users run it",
        run: release,
    },
    Suite { name: "library", about: "the C library: header, symbols, no panic, size", run: library::check },
    Suite { name: "capi", about: "programs in C, C++ and Python that use the C library", run: capi::check },
    Suite { name: "python", about: "the Python package, built, installed and tested", run: python::check },
    Suite { name: "miri", about: "the unit tests show no undefined behaviour", run: miri::check },
    Suite {
        name: "sanitizers",
        about: "nor do memory and threads, watched as they run",
        run: sanitizers::check,
    },
    Suite { name: "fuzz", about: "the fuzz targets: seeds, and some seconds of each", run: fuzz::check },
    Suite { name: "servers", about: "the HTTP client against Node, Python and nginx", run: client::servers },
    Suite { name: "lua", about: "the Lua module, under LuaJIT and in an nginx with lua", run: lua::check },
    Suite { name: "envoy", about: "the filter for Envoy, in a real one", run: envoy::check },
    Suite { name: "nginx", about: "the nginx module in nginx, and under valgrind", run: nginx::check },
    Suite { name: "pingora", about: "the proxy on Pingora, as a process", run: proxies::pingora },
    Suite { name: "kernels", about: "the core's tests with each slower scan kernel forced", run: kernels },
    Suite { name: "peers", about: "other implementations' cases and recorded streams", run: peers },
    Suite { name: "benches", about: "each benchmark runs once, its counts checked", run: benches },
    Suite {
        name: "instructions",
        about: "what events cost in instructions, beside a baseline",
        run: instructions::check,
    },
    Suite {
        name: "harness",
        about: "the comparison with peers: its own tests, and a short run",
        run: harness,
    },
    Suite { name: "clients", about: "the comparison with other clients: a short run", run: client::harness },
    Suite { name: "targets", about: "the core's tests on aarch64 and WebAssembly", run: targets::check },
    Suite { name: "readme", about: "the README's first command shows events", run: readme },
];

/// Suites that take long, and so run only when they are named.
const BY_NAME: [&str; 7] = ["features", "deny", "msrv", "minimal-versions", "miri", "sanitizers", "clients"];

/// Runs the suites with these names, or all but those that run only when they are named.
pub fn run(names: &[&str]) -> ExitCode {
    if let Some(unknown) = names.iter().find(|name| !SUITES.iter().any(|suite| suite.name == **name)) {
        eprintln!("xtask: no suite `{unknown}`; `cargo xtask suites` lists them");
        return ExitCode::from(2);
    }
    let is_chosen = |suite: &&Suite| {
        if names.is_empty() { !BY_NAME.contains(&suite.name) } else { names.contains(&suite.name) }
    };
    let chosen: Vec<&Suite> = SUITES.iter().filter(is_chosen).collect();
    run_all(&chosen)
}

/// Prints the suites.
pub fn list() -> ExitCode {
    for suite in &SUITES {
        let remark = if BY_NAME.contains(&suite.name) { " (only when named)" } else { "" };
        println!("{:16}  {}{remark}", suite.name, suite.about);
    }
    ExitCode::SUCCESS
}

fn format() -> Outcome {
    with_component("rustfmt", &["fmt", "--version"], || {
        Cargo::new(&["fmt", "--all", "--check"])
            .run()
            .and(|| Cargo::new(&["fmt", "--check", "--manifest-path", bench::MANIFEST]).run())
            .and(|| Cargo::new(&["fmt", "--check", "--manifest-path", fuzz::MANIFEST]).run())
            .and(|| Cargo::new(&["fmt", "--check", "--manifest-path", client::MANIFEST]).run())
            .and(|| Cargo::new(&["fmt", "--check", "--manifest-path", proxies::MANIFEST]).run())
    })
}

fn lint() -> Outcome {
    let clippy =
        |args: &[&str]| Cargo::new(&[&["clippy", "--quiet"], args, &["--", "-D", "warnings"]].concat()).run();
    with_component("clippy", &["clippy", "--version"], || {
        clippy(&["--workspace", "--all-targets"])
            .and(|| clippy(&["--package", "eventwire", "--no-default-features"]))
            .and(|| clippy(&["--package", "eventwire", "--no-default-features", "--features", "alloc"]))
            .and(|| client::FEATURES.iter().fold(Outcome::Passed, |so_far, set| so_far.and(|| clippy(set))))
    })
}

/// The core's features that nothing else in the workspace asks for, and those that they turn on.
const FEATURES: &str = "--features=eventwire/codec,eventwire/http-body";

fn docs() -> Outcome {
    Cargo::new(&["doc", "--workspace", FEATURES, "--no-deps", "--document-private-items"])
        .env("RUSTDOCFLAGS", "-D warnings")
        .run()
}

/// On a target that has no std at all, where one can be had: a stray `use std` is found there alone.
fn no_std() -> Outcome {
    const TARGET: &str = "thumbv7em-none-eabi";
    let build = |args: &[&str]| {
        Cargo::new(&[&["build", "--quiet", "--package", "eventwire", "--no-default-features"], args].concat())
            .run()
    };
    build(&[]).and(|| build(&["--features", "alloc"])).and(|| {
        with_target(TARGET, || {
            build(&["--target", TARGET]).and(|| build(&["--target", TARGET, "--features", "alloc"]))
        })
    })
}

fn debug() -> Outcome {
    Cargo::new(&["test", "--workspace", FEATURES]).run()
}

/// Without what does little with bytes itself: to optimise all that a client brings along takes minutes.
fn release() -> Outcome {
    const ELSEWHERE: [&str; 3] = ["--exclude=eventwire-client", "--exclude=eventwire-cli", "--exclude=xtask"];
    const OPTIONS: [&str; 4] = ["--release", "--lib", "--bins", "--tests"];
    Cargo::new(&[&["test", "--workspace"], &ELSEWHERE[..], &OPTIONS].concat()).run()
}

fn kernels() -> Outcome {
    // Those that scan streams of their own.
    const TESTS: [&str; 13] = [
        "--lib",
        "--test",
        "contracts",
        "--test",
        "encoder",
        "--test",
        "exhaustive",
        "--test",
        "hostile",
        "--test",
        "properties",
        "--test",
        "vectors",
    ];
    let test = |kernel: &str| {
        Cargo::new(&[&["test", "--package", "eventwire", "--release"], &TESTS[..]].concat())
            .built_soon()
            .flags(kernel, &format!("--cfg eventwire_force_{kernel}"))
            .env("EVENTWIRE_EXPECT_SCANNER", kernel)
            .run()
    };
    let sse2 = || if cfg!(target_arch = "x86_64") { test("sse2") } else { Outcome::Passed };
    test("swar").and(sse2)
}

fn peers() -> Outcome {
    if shared().is_none() {
        return Outcome::Skipped(
            "no folder ../shared beside the checkout (EVENTWIRE_SHARED names another)".to_owned(),
        );
    }
    Cargo::new(&["test", "--package", "eventwire", "--release", "--test", "peers", "--", "--nocapture"]).run()
}

fn benches() -> Outcome {
    Cargo::new(&["bench", "--package", "eventwire", "--benches", "--", "--test", "--quiet"])
        .run()
        .and(proxies::bench_once)
}

/// The harness is a workspace of its own: the other suites do not see it.
fn harness() -> Outcome {
    with_component("clippy", &["clippy", "--version"], || {
        bench::harness(&["clippy", "--quiet", "--all-targets"], &["-D", "warnings"])
    })
    .and(|| bench::harness(&["test", "--release"], &[]))
    .and(|| bench::harness(&["run", "--release"], &["--quick", "--corpus", "ticks", "--chunk", "1460B"]))
}

fn readme() -> Outcome {
    const COMMAND: [&str; 7] =
        ["run", "--release", "--package", "eventwire-cli", "--", "parse", "examples/chat.sse"];
    match Cargo::new(&COMMAND).output() {
        Ok(output)
            if output.split(|&byte| byte == b'\n').any(|line| line.ends_with(b"\"data\":\"[DONE]\"}")) =>
        {
            Outcome::Passed
        }
        Ok(_) => Outcome::Failed("the sample's last event is not shown".to_owned()),
        Err(error) => Outcome::Failed(error),
    }
}
