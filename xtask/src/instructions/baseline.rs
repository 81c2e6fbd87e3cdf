//! The baseline: counts that were found good, with what they depend on, and how much more is too much.

use std::collections::BTreeMap;
use std::fmt::{self, Write as _};
use std::str::FromStr;

use toml::{Table, Value};

use crate::suite::Outcome;

/// What the file holds.
pub struct Baseline {
    /// By how much a count may rise, in percent; by as much it may fall before it is worth a new baseline.
    pub tolerance: f64,
    /// The counts.
    pub counts: Counts,
}

/// Counts, and what they depend on beside our own code.
pub struct Counts {
    /// What they depend on, by name: versions, and the scan kernel.
    pub origin: BTreeMap<String, String>,
    /// Instructions for each event, by row.
    pub rows: BTreeMap<String, f64>,
}

/// What became of a row.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Change {
    Within,
    Fewer,
    More,
    New,
    Gone,
}

impl Baseline {
    /// Every row's counts, then and now.
    pub fn table(&self, now: &Counts) -> String {
        let mut table =
            format!("\n{:22} {:>10} {:>10}  change\n", "instructions per event", "baseline", "now");
        for (row, then, now) in self.pairs(now) {
            let count = |count: Option<f64>| count.map_or("-".to_owned(), |count| format!("{count:.2}"));
            let percent =
                then.zip(now).map_or(String::new(), |(then, now)| format!("{:+.1} %", percent(then, now)));
            let note = match self.change(then, now) {
                Change::Within => "",
                Change::Fewer => ", better",
                Change::More => ", WORSE",
                Change::New => "new",
                Change::Gone => "gone",
            };
            // Writing to a string does not fail.
            let _ = writeln!(table, "{row:22} {:>10} {:>10}  {percent}{note}", count(then), count(now));
        }
        table
    }

    /// Whether the counts of now are good: skipped where they cannot be compared.
    pub fn verdict(&self, now: &Counts) -> Outcome {
        if let Some(difference) = self.difference(now) {
            return Outcome::Skipped(difference);
        }
        let rows = |change, what: &str| {
            let rows: Vec<&str> = self.rows_that(change, now).collect();
            (!rows.is_empty()).then(|| format!("{what}: {}", rows.join(", ")))
        };
        let more = format!("over {} % more instructions than the baseline", self.tolerance);
        let wrong = [
            rows(Change::More, &more),
            rows(Change::New, "not in the baseline"),
            rows(Change::Gone, "in the baseline alone"),
        ];
        let wrong: Vec<String> = wrong.into_iter().flatten().collect();
        if wrong.is_empty() { Outcome::Passed } else { Outcome::Failed(wrong.join("; ")) }
    }

    /// Whether a row takes so much less now that the baseline does not guard it any more.
    pub fn is_beaten(&self, now: &Counts) -> bool {
        self.rows_that(Change::Fewer, now).next().is_some()
    }

    /// What the counts of the baseline depend on and is not so now.
    fn difference(&self, now: &Counts) -> Option<String> {
        let (name, now, then) = now.origin.iter().find_map(|(name, now)| {
            let then = self.counts.origin.get(name).map_or("unknown", |then| then);
            (now != then).then_some((name, now, then))
        })?;
        Some(format!("the baseline's {name} is {then}, here it is {now}"))
    }

    fn rows_that<'a>(&'a self, change: Change, now: &'a Counts) -> impl Iterator<Item = &'a str> {
        self.pairs(now).filter(move |&(_, then, now)| self.change(then, now) == change).map(|(row, ..)| row)
    }

    /// The rows of both, with the count of each.
    fn pairs<'a>(&'a self, now: &'a Counts) -> impl Iterator<Item = (&'a str, Option<f64>, Option<f64>)> {
        let (then, now) = (&self.counts.rows, &now.rows);
        let new = now.iter().filter(|(row, _)| !then.contains_key(*row));
        let old = then.iter().map(|(row, &count)| (&row[..], Some(count), now.get(row).copied()));
        old.chain(new.map(|(row, &count)| (&row[..], None, Some(count))))
    }

    fn change(&self, then: Option<f64>, now: Option<f64>) -> Change {
        let (then, now) = match (then, now) {
            (Some(then), Some(now)) => (then, now),
            (None, _) => return Change::New,
            (_, None) => return Change::Gone,
        };
        match percent(then, now) {
            percent if percent.abs() <= self.tolerance => Change::Within,
            percent if percent < 0.0 => Change::Fewer,
            _ => Change::More,
        }
    }
}

fn percent(then: f64, now: f64) -> f64 {
    (now / then - 1.0) * 100.0
}

impl FromStr for Baseline {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let table: Table = text.parse().map_err(|error: toml::de::Error| error.to_string())?;
        let value = |key: &str| table.get(key).ok_or_else(|| format!("no {key}"));
        let table = |key| value(key)?.as_table().ok_or_else(|| format!("{key} is no table"));
        let origin = table("origin")?.iter().map(|(name, value)| {
            let value = value.as_str().ok_or_else(|| format!("{name} is no string"))?;
            Ok((name.clone(), value.to_owned()))
        });
        let rows = table("rows")?.iter().map(|(row, count)| Ok((row.clone(), positive(row, count)?)));
        Ok(Self {
            tolerance: positive("tolerance-percent", value("tolerance-percent")?)?,
            counts: Counts {
                origin: origin.collect::<Result<_, String>>()?,
                rows: rows.collect::<Result<_, String>>()?,
            },
        })
    }
}

fn positive(key: &str, value: &Value) -> Result<f64, String> {
    let number = value.as_float().or_else(|| value.as_integer().map(|integer| integer as f64));
    number.filter(|&number| number > 0.0).ok_or_else(|| format!("{key} is no number above 0"))
}

impl fmt::Display for Baseline {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { tolerance, counts: Counts { origin, rows } } = self;
        writeln!(f, "# Instructions for each event, written by `cargo xtask instructions --update`.\n")?;
        writeln!(f, "# Counts rise with a cause or not at all; this much in percent is let pass.")?;
        writeln!(f, "tolerance-percent = {tolerance}\n")?;
        writeln!(f, "# Where one of these is another, the counts cannot be compared.")?;
        writeln!(f, "[origin]")?;
        origin.iter().try_for_each(|(name, value)| writeln!(f, "{name} = {value:?}"))?;
        writeln!(f, "\n[rows]")?;
        rows.iter().try_for_each(|(row, count)| writeln!(f, "{row} = {count:.2}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counts(rows: &[(&str, f64)]) -> Counts {
        let rows = rows.iter().map(|&(row, count)| (row.to_owned(), count)).collect();
        let origin = [("rustc", "rustc 1.95.0"), ("scanner", "avx2")];
        let origin = origin.map(|(name, value)| (name.to_owned(), value.to_owned()));
        Counts { origin: origin.into(), rows }
    }

    fn baseline() -> Baseline {
        Baseline { tolerance: 3.0, counts: counts(&[("a-64K", 100.0), ("b-64B", 200.0)]) }
    }

    fn failure(now: &Counts) -> String {
        match baseline().verdict(now) {
            Outcome::Failed(what) => what,
            Outcome::Passed => "passed".to_owned(),
            Outcome::Skipped(why) => format!("skipped: {why}"),
        }
    }

    #[test]
    fn what_is_written_reads_back() {
        let text = baseline().to_string();
        let back: Baseline = text.parse().unwrap();
        assert_eq!(back.to_string(), text);
        assert_eq!(baseline().difference(&back.counts), None);
        assert_eq!((back.tolerance, back.counts.rows), (3.0, baseline().counts.rows));
    }

    #[test]
    fn what_is_wrong_with_a_file_is_told() {
        let error = |text: &str| text.parse::<Baseline>().map(|_| ()).unwrap_err();
        let good = baseline().to_string();
        assert!(error("rows = 3 = 4").contains("TOML"));
        assert!(error(&good.replace("[origin]", "[origins]")).contains("no origin"));
        assert!(error(&good.replace("\"avx2\"", "2")).contains("scanner"));
        assert!(error(&good.replace("b-64B = 200.00", "b-64B = \"?\"")).contains("b-64B"));
        assert!(error(&good.replace("percent = 3", "percent = -3")).contains("tolerance"));
    }

    #[test]
    fn more_than_the_tolerance_fails_and_names_the_row() {
        assert!(baseline().verdict(&counts(&[("a-64K", 102.9), ("b-64B", 200.0)])) == Outcome::Passed);
        let what = failure(&counts(&[("a-64K", 103.1), ("b-64B", 200.0)]));
        assert!(what.contains("a-64K") && !what.contains("b-64B"), "{what}");
    }

    #[test]
    fn fewer_than_the_tolerance_pass_and_ask_for_a_new_baseline() {
        let [little, much] = [98.0, 90.0].map(|count| counts(&[("a-64K", count), ("b-64B", 200.0)]));
        assert!(baseline().verdict(&much) == Outcome::Passed);
        assert!(baseline().is_beaten(&much));
        assert!(!baseline().is_beaten(&little));
    }

    #[test]
    fn rows_come_and_go_with_the_baseline_alone() {
        assert!(failure(&counts(&[("a-64K", 100.0)])).contains("in the baseline alone: b-64B"));
        let more = counts(&[("a-64K", 100.0), ("b-64B", 200.0), ("c", 1.0)]);
        assert!(failure(&more).contains("not in the baseline: c"));
    }

    #[test]
    fn what_cannot_be_compared_is_skipped() {
        let rows = [("a-64K", 900.0), ("b-64B", 900.0)];
        let here = |name: &str, value: &str| {
            let mut now = counts(&rows);
            now.origin.insert(name.to_owned(), value.to_owned());
            failure(&now)
        };
        assert_eq!(here("scanner", "sse2"), "skipped: the baseline's scanner is avx2, here it is sse2");
        assert!(here("rustc", "rustc 1.96.0").starts_with("skipped: the baseline's rustc is rustc 1.95.0"));
        assert!(here("libc", "glibc 2.36").starts_with("skipped: the baseline's libc is unknown"));
    }
}
