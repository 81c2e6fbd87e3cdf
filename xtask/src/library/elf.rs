//! What is in an object file, as the tools of binutils tell it.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

/// The functions and variables that others can see.
pub fn exported(file: &Path) -> Result<BTreeSet<String>, String> {
    let dynamic: &[&str] = if file.extension().is_some_and(|end| end == "so") { &["--dynamic"] } else { &[] };
    symbols(file, &[dynamic, &["--extern-only", "--defined-only"]].concat())
}

/// What must come from elsewhere, weak symbols left out: those need not be there. Without versions: `free`, not `free@GLIBC_2.2.5`.
pub fn undefined(file: &Path) -> Result<BTreeSet<String>, String> {
    let lines = output("nm", &["--undefined-only"], file)?;
    let strong = lines.lines().filter_map(|line| line.trim().strip_prefix("U "));
    Ok(strong.map(|name| name.split('@').next().unwrap_or(name).to_owned()).collect())
}

/// All symbols, mangled.
pub fn all(file: &Path) -> Result<BTreeSet<String>, String> {
    symbols(file, &[])
}

/// The name that programs look for when they start, and the libraries that this one looks for.
pub fn dynamic_names(file: &Path, tag: &str) -> Result<Vec<String>, String> {
    let lines = output("readelf", &["--dynamic", "--wide"], file)?;
    let named = lines.lines().filter(|line| line.contains(&format!("({tag})")));
    Ok(named.filter_map(|line| Some(line.split_once('[')?.1.split_once(']')?.0.to_owned())).collect())
}

/// Runs of printable characters, eight and more.
pub fn texts(bytes: &[u8]) -> impl Iterator<Item = String> {
    let runs = bytes.split(|byte| !matches!(byte, b' '..=b'~')).filter(|run| run.len() >= 8);
    runs.map(|run| String::from_utf8_lossy(run).into_owned())
}

fn symbols(file: &Path, args: &[&str]) -> Result<BTreeSet<String>, String> {
    let lines = output("nm", &[args, &["--format=posix"]].concat(), file)?;
    // An archive's members are headed by their names and a colon.
    let names = lines.lines().filter_map(|line| line.split_once(' ')).map(|(name, _)| name);
    Ok(names.filter(|name| !name.ends_with(':')).map(str::to_owned).collect())
}

fn output(tool: &str, args: &[&str], file: &Path) -> Result<String, String> {
    let output =
        Command::new(tool).args(args).arg(file).output().map_err(|error| format!("{tool}: {error}"))?;
    if !output.status.success() {
        return Err(format!("{tool} {}: {}", file.display(), String::from_utf8_lossy(&output.stderr).trim()));
    }
    String::from_utf8(output.stdout).map_err(|error| format!("{tool}: {error}"))
}
