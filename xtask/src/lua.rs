//! The suite `lua`: `bindings/lua` with `LuaJIT`, and its gateway in an nginx with lua, beside the installed library.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::install;
use crate::suite::Outcome;
use crate::tools::{Cargo, finish, root, runs, with_packages};

/// Debian's packages. Its `luajit` and lua for nginx exclude each other: they want two builds of one library.
const PACKAGES: [&str; 4] = ["libnginx-mod-http-lua", "luajit2", "nginx-light", "python3"];

const MODULE_OF_NGINX: &str = "/usr/lib/nginx/modules/ngx_http_lua_module.so";
/// Debian has it where only root's shell looks.
const NGINX: &str = "/usr/sbin/nginx";

/// The suite.
pub fn check() -> Outcome {
    let present = || {
        let luajit = Command::new("luajit").arg("-v").stdout(Stdio::null()).status();
        luajit.is_ok_and(|status| status.success())
            && [NGINX, MODULE_OF_NGINX].iter().all(|file| Path::new(file).exists())
            && runs("python3")
    };
    with_packages(&PACKAGES, present, || test().map_or_else(Outcome::Failed, |()| Outcome::Passed))
}

fn test() -> Result<(), String> {
    let folder = root().join("target/lua");
    // What an earlier run has logged.
    let gateway = folder.join("gateway");
    if gateway.exists() {
        fs::remove_dir_all(&gateway).map_err(|error| format!("{}: {error}", gateway.display()))?;
    }
    fs::create_dir_all(&gateway).map_err(|error| format!("{}: {error}", gateway.display()))?;
    let prefix = folder.join("installed");
    install::install(&prefix)?;
    let (library, header) = (prefix.join("lib/libeventwire.so.1"), prefix.join("include/eventwire.h"));
    let vectors = folder.join("vectors");
    let foreign = ["run", "--quiet", "--package", "eventwire-testkit", "--bin", "foreign", "--", "vectors"];
    match Cargo::new(&[&foreign[..], &[&vectors.to_string_lossy()]].concat()).run() {
        Outcome::Passed => {}
        Outcome::Skipped(why) | Outcome::Failed(why) => return Err(why),
    }
    let luajit = |script: &str, argument: &PathBuf| {
        let mut command = Command::new("luajit");
        command.arg(script).arg(argument).env("LUA_PATH", "?.lua;;").env("EVENTWIRE_LIBRARY", &library);
        in_binding(&mut command)
    };
    luajit("tests/module.lua", &header)?;
    luajit("tests/vectors.lua", &vectors)?;
    in_binding(Command::new("python3").args(["-B", "tests/gateway.py", NGINX]).args([&library, &gateway]))
}

/// Runs it in the folder of the binding.
fn in_binding(command: &mut Command) -> Result<(), String> {
    finish(command.current_dir(root().join("bindings/lua")))
}
