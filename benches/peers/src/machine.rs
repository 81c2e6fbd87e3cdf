//! Where a run took place, and what took part.

use serde::Serialize;

use crate::contestant::{CONTESTANTS, Kind};
use crate::encode;

/// The machine, the compiler, and the versions.
#[derive(Clone, Debug, Serialize)]
pub struct Machine {
    /// The processor, as it calls itself.
    pub cpu: String,
    /// How many processors the system sees.
    pub cpus: usize,
    /// The operating system.
    pub system: &'static str,
    /// The compiler.
    pub rustc: &'static str,
    /// The kernel with which `eventwire` finds line ends.
    pub scanner: &'static str,
    /// Packages and their versions.
    pub versions: Vec<(&'static str, &'static str)>,
}

impl Machine {
    /// This one.
    #[must_use]
    pub fn here() -> Self {
        let cpuinfo = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
        let of_cpu = |key: &str| {
            let line = cpuinfo.lines().find(|line| line.starts_with(key));
            line.and_then(|line| line.split_once(": ")).map_or("?", |(_, value)| value)
        };
        let cpu =
            format!("{}, family {} model {}", of_cpu("model name"), of_cpu("cpu family"), of_cpu("model\t"));
        Self {
            cpu,
            cpus: std::thread::available_parallelism().map_or(1, usize::from),
            system: std::env::consts::OS,
            rustc: env!("RUSTC_VERSION"),
            scanner: eventwire::scanner_name(),
            versions: versions(),
        }
    }
}

/// The versions in the lock file of what is measured.
fn versions() -> Vec<(&'static str, &'static str)> {
    let peers = CONTESTANTS.iter().filter(|contestant| contestant.kind == Kind::Peer);
    ["eventwire", "memchr"]
        .into_iter()
        .chain(peers.map(|peer| peer.name))
        .chain(encode::PACKAGES)
        .map(|name| (name, version(name)))
        .collect()
}

fn version(package: &str) -> &'static str {
    const LOCK: &str = include_str!("../Cargo.lock");
    let opening = format!("name = \"{package}\"\nversion = \"");
    let after = LOCK.split_once(&opening).map_or("?", |(_, after)| after);
    after.split_once('"').map_or("?", |(version, _)| version)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_version_is_known() {
        for (package, version) in versions() {
            assert_ne!(version, "?", "{package}");
        }
    }
}
