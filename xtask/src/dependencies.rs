//! The suite `deny`: licences, sources and versions of what is built into the published packages, by the policy in `deny.toml`.
//!
//! That file is cargo-deny's. The part of it that needs no network is held here, by what `cargo tree` says, so that a
//! bare machine can check it.

mod license;

use std::collections::{BTreeMap, BTreeSet};

use crate::manifest;
use crate::suite::Outcome;
use crate::tools::{Cargo, root};

const POLICY: &str = "deny.toml";

/// The packages that are published, and so what others build in.
const PUBLISHED: [&str; 4] = ["eventwire", "eventwire-cli", "eventwire-client", "eventwire-proxy"];

/// All that the core brings along unless it is asked for more, on a machine of this kind.
const CORE: &[&str] = if cfg!(target_arch = "x86_64") {
    &["cpufeatures", "eventwire", "memchr", "simdutf8"]
} else {
    &["eventwire", "memchr", "simdutf8"]
};

/// A package as `cargo tree` shows it.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Package {
    name: String,
    version: String,
    /// Where it is from, if not from the registry.
    source: String,
    license: String,
}

/// The suite.
pub fn check() -> Outcome {
    match findings() {
        Ok(findings) if findings.is_empty() => Outcome::Passed,
        Ok(findings) => Outcome::Failed(findings.join("; ")),
        Err(why) => Outcome::Failed(why),
    }
}

fn findings() -> Result<Vec<String>, String> {
    let allowed = manifest::texts_at(POLICY, &["licenses", "allow"])?;
    let skipped = manifest::texts_at(POLICY, &["bans", "skip"])?;
    let mut packages = BTreeSet::new();
    for package in PUBLISHED {
        packages.extend(tree(&["--package", package, "--all-features", "--target", "all"])?);
    }
    let mut findings = Vec::new();
    let mut versions: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for Package { name, version, source, license } in &packages {
        versions.entry(name).or_default().insert(version);
        if !license::is_allowed(license, &allowed) {
            findings.push(format!("{name} {version}: licence {license:?}"));
        }
        if !source.is_empty() && !source.starts_with(&*root().to_string_lossy()) {
            findings.push(format!("{name} {version}: from {source}"));
        }
    }
    for (name, versions) in versions {
        let known = skipped.iter().any(|skipped| skipped.split('@').next() == Some(name));
        if versions.len() > 1 && !known {
            findings.push(format!("{name} in several versions: {versions:?}"));
        }
    }
    let core = tree(&["--package", "eventwire"])?;
    let core: Vec<&str> = core.iter().map(|package| &package.name[..]).collect();
    if core != CORE {
        findings.push(format!("the core brings along {core:?}"));
    }
    println!(
        "{} packages, of {} licences allowed, {} findings",
        packages.len(),
        allowed.len(),
        findings.len()
    );
    Ok(findings)
}

/// What these packages are made of.
fn tree(args: &[&str]) -> Result<BTreeSet<Package>, String> {
    let command = ["tree", "--quiet", "--locked", "--edges", "normal,build", "--prefix", "none"];
    let output = Cargo::new(&[&command[..], &["--format", "{p}\t{l}"], args].concat()).output()?;
    String::from_utf8_lossy(&output)
        .lines()
        .filter(|line| !line.is_empty())
        .map(|line| package(line).ok_or_else(|| format!("cargo tree: {line}")))
        .collect()
}

/// One line: a name, a version, remarks in parentheses, a tab, the licence.
fn package(line: &str) -> Option<Package> {
    const MARKS: [&str; 2] = ["proc-macro", "*"];
    let (package, license) = line.split_once('\t')?;
    let (name, rest) = package.split_once(" v")?;
    let (version, remarks) = rest.split_once(' ').unwrap_or((rest, ""));
    let remarks = remarks.split(['(', ')']).map(str::trim);
    let source = remarks.filter(|remark| !remark.is_empty() && !MARKS.contains(remark)).collect();
    let license = license.trim_end_matches("(*)").trim();
    Some(Package { name: name.to_owned(), version: version.to_owned(), source, license: license.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_read() {
        let seen = |line| package(line).map(|seen| [seen.name, seen.version, seen.source, seen.license]);
        let expected = |parts: [&str; 4]| Some(parts.map(str::to_owned));
        assert_eq!(seen("a v1.0.0\tMIT"), expected(["a", "1.0.0", "", "MIT"]));
        assert_eq!(seen("a v1.0.0 (proc-macro)\tMIT (*)"), expected(["a", "1.0.0", "", "MIT"]));
        assert_eq!(seen("a v1.0.0 (/x/y)\tMIT"), expected(["a", "1.0.0", "/x/y", "MIT"]));
        assert_eq!(seen("a v1.0.0 (https://x/a#1)\tMIT"), expected(["a", "1.0.0", "https://x/a#1", "MIT"]));
        assert_eq!(seen("a"), None);
    }
}
