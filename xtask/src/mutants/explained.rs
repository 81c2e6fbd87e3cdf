//! The mutants that no test can notice, and what becomes of a run beside that list.
//!
//! A mutant is known by its file, by what cargo-mutants says that it does, and by the line of the source that it is in, not by that
//! line's number: so an entry stays true when something is added above it, and ends with the line that it was about.

use std::fmt;
use std::fs;
use std::path::Path;

use crate::suite::Outcome;
use crate::tools::root;

/// The list: a `#` line says why, the mutants behind it are explained by that; below each, indented, its line of the source.
const LIST: &str = include_str!("explained.txt");

/// A mutant, as the list has it.
#[derive(Debug, PartialEq, Eq)]
struct Mutant {
    /// The file, and what is done there.
    change: String,
    /// The line of the source where it begins.
    line: String,
}

impl Mutant {
    /// From a line of cargo-mutants' reports: file, line and column, counted from one, and what is done.
    fn reported(report: &str, source: impl FnOnce(&str) -> Option<String>) -> Option<Self> {
        let mut parts = report.splitn(4, ':');
        let (file, number, _column, change) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
        let line =
            source(file)?.lines().nth(number.parse::<usize>().ok()?.checked_sub(1)?)?.trim().to_owned();
        Some(Self { change: format!("{file}:{change}"), line })
    }
}

impl fmt::Display for Mutant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}\n    {}", self.change, self.line)
    }
}

/// The mutants of a list in the form of [`LIST`].
fn mutants(list: &str) -> Vec<Mutant> {
    let mut lines = list.lines().filter(|line| !line.starts_with('#') && !line.is_empty());
    let mut mutants = Vec::new();
    while let (Some(change), Some(line)) = (lines.next(), lines.next()) {
        mutants.push(Mutant { change: change.to_owned(), line: line.trim().to_owned() });
    }
    mutants
}

/// Those of `missed` that `explained` has not; an entry explains one mutant.
fn unexplained(missed: Vec<Mutant>, mut explained: Vec<Mutant>) -> Vec<Mutant> {
    let is_new = |mutant: &Mutant| match explained.iter().position(|known| known == mutant) {
        Some(at) => {
            explained.swap_remove(at);
            false
        }
        None => true,
    };
    missed.into_iter().filter(is_new).collect()
}

/// Counts what a run has written to this folder; it passes if each mutant that was missed is explained.
pub fn judge(group: &str, folder: &Path) -> Outcome {
    let read = |name: &str| {
        let file = folder.join(name);
        fs::read_to_string(&file).map_err(|error| format!("{}: {error}", file.display()))
    };
    let judged = || -> Result<Vec<Mutant>, String> {
        let count = |name: &str| read(name).map(|list| list.lines().count());
        let source = |file: &str| fs::read_to_string(root().join(file)).ok();
        let missed: Vec<Mutant> = read("missed.txt")?
            .lines()
            .map(|report| Mutant::reported(report, source).ok_or_else(|| format!("what is `{report}`?")))
            .collect::<Result<_, _>>()?;
        let total = missed.len();
        let open = unexplained(missed, mutants(LIST));
        println!(
            "{group}: {} mutants caught, {} too slow, {} do not compile, {} not caught and explained, {} open",
            count("caught.txt")?,
            count("timeout.txt")?,
            count("unviable.txt")?,
            total - open.len(),
            open.len(),
        );
        Ok(open)
    };
    match judged() {
        Ok(open) if open.is_empty() => Outcome::Passed,
        Ok(open) => {
            let shown: Vec<String> = open.iter().map(Mutant::to_string).collect();
            Outcome::Failed(format!(
                "no test notices these, and xtask/src/mutants/explained.txt has no word of them:\n{}",
                shown.join("\n"),
            ))
        }
        Err(error) => Outcome::Failed(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CHANGE: &str = "src/a.rs: replace | with ^ in <impl A for B>::c";

    fn mutant(line: &str) -> Mutant {
        Mutant { change: CHANGE.to_owned(), line: line.to_owned() }
    }

    #[test]
    fn a_report_is_known_by_its_line_of_the_source() {
        let source = |_: &str| Some("fn c() {\n    d | e\n}\n".to_owned());
        let reported = |place: &str| {
            Mutant::reported(&format!("src/a.rs:{place}: replace | with ^ in <impl A for B>::c"), source)
        };
        assert_eq!(reported("2:7"), Some(mutant("d | e")));
        assert_eq!(reported("9:7"), None);
        assert_eq!(reported("0:7"), None);
        assert_eq!(Mutant::reported("nothing", source), None);
    }

    #[test]
    fn the_list_is_read_as_it_is_shown() {
        let list = format!("# Why.\n{}\n\n# Why else.\n# In two lines.\n{}\n", mutant("d | e"), mutant("f"));
        assert_eq!(mutants(&list), [mutant("d | e"), mutant("f")]);
    }

    #[test]
    fn an_entry_explains_one_mutant() {
        let missed = || vec![mutant("d"), mutant("d"), mutant("e")];
        assert_eq!(unexplained(missed(), missed()), []);
        assert_eq!(unexplained(missed(), vec![mutant("d"), mutant("f")]), [mutant("d"), mutant("e")]);
    }

    /// An entry about a line that is no longer there explains nothing.
    #[test]
    fn what_is_explained_is_there() {
        let all = mutants(LIST);
        assert!(!all.is_empty());
        for mutant in all {
            let file = mutant.change.split(':').next().unwrap_or_default();
            let source =
                fs::read_to_string(root().join(file)).unwrap_or_else(|error| panic!("{file}: {error}"));
            assert!(source.lines().any(|line| line.trim() == mutant.line), "{mutant}");
        }
    }
}
