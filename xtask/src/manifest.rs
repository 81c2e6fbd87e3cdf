//! What the manifests say: versions, features.

use std::collections::BTreeMap;
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
        let text = text_at(manifest, keys)?;
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

/// The oldest compiler that is promised.
pub fn rust_version() -> Result<String, String> {
    text_at("Cargo.toml", &["workspace", "package", "rust-version"])
}

/// The core's features, each with what it turns on.
pub fn features() -> Result<BTreeMap<String, Vec<String>>, String> {
    let features = value_at("Cargo.toml", &["features"])?;
    features.try_into().map_err(|error: toml::de::Error| error.to_string())
}

/// The texts of a list in a manifest, or another file of that form.
pub fn texts_at(manifest: &str, keys: &[&str]) -> Result<Vec<String>, String> {
    value_at(manifest, keys)?.try_into().map_err(|error: toml::de::Error| error.to_string())
}

fn text_at(manifest: &str, keys: &[&str]) -> Result<String, String> {
    value_at(manifest, keys)?.try_into().map_err(|error: toml::de::Error| error.to_string())
}

/// What stands in a manifest under these keys.
fn value_at(manifest: &str, keys: &[&str]) -> Result<toml::Value, String> {
    let text = fs::read_to_string(root().join(manifest)).map_err(|error| format!("{manifest}: {error}"))?;
    let table: Table = text.parse().map_err(|error| format!("{manifest}: {error}"))?;
    let mut value = Some(toml::Value::Table(table));
    for key in keys {
        value = value.and_then(|value| value.get(key).cloned());
    }
    value.ok_or_else(|| format!("{manifest}: nothing at {}", keys.join(".")))
}
