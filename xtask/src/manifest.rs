//! What the manifests say of the library's versions.

use std::{fmt, fs};

use toml::Table;

use crate::tools::root;

/// A version: three numbers.
#[derive(PartialEq, Eq)]
pub struct Version {
    /// Changes when programs have to be changed.
    pub major: u32,
    /// Changes when something is added.
    pub minor: u32,
    /// Changes with every release.
    pub patch: u32,
}

impl Version {
    /// The version of all packages of the workspace.
    pub fn of_library() -> Result<Self, String> {
        Self::at("Cargo.toml", &["workspace", "package", "version"])
    }

    /// The version of the shared library's file, whose first number is in its soname.
    pub fn of_soname() -> Result<Self, String> {
        Self::at("crates/capi/Cargo.toml", &["package", "metadata", "capi", "library", "version"])
    }

    /// The version of the package that the C library is made from.
    pub fn of_capi() -> Result<Self, String> {
        Self::at("crates/capi/Cargo.toml", &["package", "version"])
    }

    /// The version that stands in a manifest under these keys.
    fn at(manifest: &str, keys: &[&str]) -> Result<Self, String> {
        let text =
            fs::read_to_string(root().join(manifest)).map_err(|error| format!("{manifest}: {error}"))?;
        let table: Table = text.parse().map_err(|error| format!("{manifest}: {error}"))?;
        let table = toml::Value::Table(table);
        let mut value = Some(&table);
        for key in keys {
            value = value.and_then(|value| value.get(key));
        }
        let text = value.and_then(toml::Value::as_str).unwrap_or_default();
        let mut numbers = text.split('.').map(str::parse);
        match (numbers.next(), numbers.next(), numbers.next(), numbers.next()) {
            (Some(Ok(major)), Some(Ok(minor)), Some(Ok(patch)), None) => Ok(Self { major, minor, patch }),
            _ => Err(format!("{manifest}: no version of three numbers at {}", keys.join("."))),
        }
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.major, self.minor, self.patch)
    }
}
