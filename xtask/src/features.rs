//! The suite `features`: the core under every set of its features that makes a difference, and the compiler's lints on each.
//!
//! The features are read from the manifest, so a new one takes part by itself. Many sets are the same, since features turn on
//! others: each that is different is looked at once. Every set is checked on the stable compiler; builds without `std` on
//! a target that has none are the suite `no-std`.

use std::collections::{BTreeMap, BTreeSet};

use crate::manifest;
use crate::suite::Outcome;
use crate::tools::{Cargo, with_component};

/// A feature and the features that it turns on.
type Features = BTreeMap<String, Vec<String>>;

/// The suite.
pub fn check() -> Outcome {
    let features = match manifest::features() {
        Ok(features) => features,
        Err(why) => return Outcome::Failed(why),
    };
    let sets = different_sets(&features);
    println!("{} features, {} different sets", features.len(), sets.len());
    with_component("clippy", &["clippy", "--version"], || {
        sets.iter().fold(Outcome::Passed, |so_far, set| so_far.and(|| lint(set)))
    })
}

fn lint(set: &BTreeSet<String>) -> Outcome {
    let features = set.iter().map(String::as_str).collect::<Vec<_>>().join(",");
    let command = ["clippy", "--quiet", "--package", "eventwire", "--lib", "--no-default-features"];
    Cargo::new(&[&command[..], &["--features", &features, "--", "-D", "warnings"]].concat()).run()
}

/// All sets of features that differ once what they turn on is in them; the smallest first.
fn different_sets(features: &Features) -> Vec<BTreeSet<String>> {
    let names: Vec<&String> = features.keys().filter(|name| *name != "default").collect();
    let mut sets = BTreeSet::new();
    for chosen in 0..1_u32 << names.len() {
        let mut set = BTreeSet::new();
        for (i, name) in names.iter().enumerate() {
            if chosen >> i & 1 == 1 {
                turn_on(name, features, &mut set);
            }
        }
        sets.insert(set);
    }
    let mut sets: Vec<_> = sets.into_iter().collect();
    sets.sort_by_key(BTreeSet::len);
    sets
}

fn turn_on(name: &str, features: &Features, set: &mut BTreeSet<String>) {
    // What is not a feature of ours is one of a dependency.
    if let Some(implied) = features.get(name)
        && set.insert(name.to_owned())
    {
        implied.iter().for_each(|name| turn_on(name, features, set));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sets_that_are_the_same_are_looked_at_once() {
        let features = [("a", vec![]), ("b", vec!["a", "dep:x"]), ("c", vec![]), ("default", vec!["b"])]
            .map(|(name, on)| (name.to_owned(), on.into_iter().map(str::to_owned).collect()));
        let sets: Vec<String> = different_sets(&features.into())
            .iter()
            .map(|set| set.iter().map(String::as_str).collect::<Vec<_>>().join("+"))
            .collect();
        assert_eq!(sets, ["", "a", "c", "a+b", "a+c", "a+b+c"]);
    }
}
