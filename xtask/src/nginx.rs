//! The nginx module of `bindings/nginx`: built against Debian's nginx, run in it, watched by valgrind, measured.
//!
//! Everything happens in `target/nginx`: `installed` is the C library that becomes part of the module, `build` a copy of what nginx is
//! configured in.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use crate::install::install;
use crate::suite::Outcome;
use crate::tools::{finish, has_nginx, root, runs, with_packages};

/// What Debian's nginx was configured with, for modules: it comes with `nginx-dev`.
const SOURCE: &str = "/usr/share/nginx/src";

/// What builds the module, and what runs its tests.
const TO_BUILD: [&str; 3] = ["nginx", "nginx-dev", "make"];
const TO_TEST: [&str; 7] = ["nginx", "nginx-dev", "make", "curl", "jq", "python3", "valgrind"];

const MODULE: &str = "ngx_http_eventwire_module.so";

/// How many streams are open at once in the long form of the tests.
const MANY: &str = "10000";

const USAGE: &str = "\
usage: cargo xtask nginx build             makes the module: target/nginx/ngx_http_eventwire_module.so
       cargo xtask nginx test [--long]     runs it in nginx, and with --long 10,000 streams at once
       cargo xtask nginx bench [ARG...]    measures what it costs (--help lists the options)
";

/// The subcommand.
pub fn run(args: &[&str]) -> ExitCode {
    let outcome = match *args {
        ["build"] => with_packages(&TO_BUILD, can_build, || {
            passed(build().map(|module| println!("{}", module.display())))
        }),
        ["test"] => check(),
        ["test", "--long"] => check()
            .and(|| with_module(|module| test(module, &[("EVENTWIRE_NGINX_STREAMS", MANY)], "test_many.py"))),
        ["bench", ref rest @ ..] => {
            with_module(|module| python(module, &[], &[&["benches/run.py"], rest].concat()))
        }
        _ => {
            eprint!("{USAGE}");
            return ExitCode::from(2);
        }
    };
    outcome.exit_code()
}

/// The suite.
pub fn check() -> Outcome {
    with_module(|module| {
        test(module, &[], "test_*.py")?;
        test(module, &[("EVENTWIRE_NGINX_VALGRIND", "1")], "test_*.py")?;
        python(module, &[], &["benches/run.py", "--quick"])
    })
}

/// Builds the module, and runs `then` with it.
fn with_module(then: impl FnOnce(&Path) -> Result<(), String>) -> Outcome {
    let present = || can_build() && ["curl", "jq", "python3", "valgrind"].iter().all(|program| runs(program));
    with_packages(&TO_TEST, present, || passed(build().and_then(|module| then(&module))))
}

fn can_build() -> bool {
    has_nginx() && runs("make") && Path::new(SOURCE).join("configure").exists()
}

fn passed(result: Result<(), String>) -> Outcome {
    result.map_or_else(Outcome::Failed, |()| Outcome::Passed)
}

/// Builds the module as it is told in its documentation, with more warnings; gives its path.
fn build() -> Result<PathBuf, String> {
    let folder = root().join("target/nginx");
    let (installed, build) = (folder.join("installed"), folder.join("build"));
    install(&installed)?;
    match fs::remove_dir_all(&build) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            return Err(format!("{}: {error}", build.display()));
        }
        _ => {}
    }
    finish(Command::new("cp").args(["--recursive", SOURCE]).arg(&build))?;
    // `conf_flags` sets an array of bash's.
    const CONFIGURE: &str = ". ./conf_flags && ./configure \"${NGX_CONF_FLAGS[@]}\" --add-dynamic-module=\"$0\" \
        --with-cc-opt='-O2 -g -Wall -Wextra -Wshadow -Wstrict-prototypes -Werror' > configure.log \
        || { cat configure.log; exit 1; }";
    let mut configure = Command::new("bash");
    configure.args(["-c", CONFIGURE]).arg(root().join("bindings/nginx")).env("EVENTWIRE_PREFIX", &installed);
    finish(configure.current_dir(&build))?;
    finish(
        Command::new("make").args(["--silent", "--file", "objs/Makefile", "modules"]).current_dir(&build),
    )?;
    let module = folder.join(MODULE);
    let built = build.join("objs").join(MODULE);
    fs::copy(&built, &module).map_err(|error| format!("{}: {error}", built.display()))?;
    Ok(module)
}

/// Runs the tests in the files of this pattern.
fn test(module: &Path, settings: &[(&str, &str)], files: &str) -> Result<(), String> {
    python(
        module,
        settings,
        &["-m", "unittest", "discover", "--start-directory", "tests", "--pattern", files],
    )
}

/// Runs Python with the module, in the folder of the binding.
fn python(module: &Path, settings: &[(&str, &str)], args: &[&str]) -> Result<(), String> {
    let mut command = Command::new("python3");
    command.args(args).current_dir(root().join("bindings/nginx")).envs(settings.iter().copied());
    // For what is measured beside it in Lua.
    command.env("EVENTWIRE_LIBRARY", root().join("target/nginx/installed/lib/libeventwire.so.1"));
    finish(command.env("EVENTWIRE_NGINX_MODULE", module).env("PYTHONDONTWRITEBYTECODE", "1"))
}
