//! The results as text: on standard output while they come, and as the tables of `BENCHMARKS.md`.

use std::fmt::Write as _;

use crate::budgets::{Unit, Verdict};
use crate::contestant::{CONTESTANTS, Kind};
use crate::encode::{EncoderRow, EncoderTable};
use crate::grid::Grid;
use crate::hostile::{HostileRow, Outcome};
use crate::idle::IdleRow;
use crate::results::{Figure, Results, Row, Table};

/// One case in full.
#[must_use]
pub fn case(table: &Table) -> String {
    let mut grid = Grid::new(&["contestant", "GB/s", "ns/event", "quartiles", "eventwire is"]);
    for row in &table.rows {
        grid.row(match &row.figure {
            Figure::Speed(speed) => {
                let [low, high] = speed.ns_per_event_quartiles;
                let ratio = table.ratio(row).map_or("-".to_owned(), |ratio| format!("{} x", times(ratio)));
                [
                    name(row),
                    significant(speed.gb_per_s),
                    significant(speed.ns_per_event),
                    format!("{}..{}", significant(low), significant(high)),
                    ratio,
                ]
            }
            Figure::Wrong { why } => {
                [name(row), "wrong".to_owned(), why.clone(), String::new(), String::new()]
            }
        });
    }
    let Table { corpus, chunk, bytes, events, .. } = table;
    format!("\n{corpus}, chunks {chunk} ({events} events, {bytes} bytes)\n\n{grid}")
}

/// Limits stand in brackets: they are no parsers.
fn name(row: &Row) -> String {
    bracketed(&row.contestant, row.kind)
}

fn bracketed(name: &str, kind: Kind) -> String {
    match kind {
        Kind::Limit => format!("({name})"),
        Kind::Peer | Kind::Eventwire => name.to_owned(),
    }
}

/// Three digits that matter, or about that.
fn significant(figure: f64) -> String {
    match figure {
        ..0.095 => format!("{figure:.4}"),
        ..10.0 => format!("{figure:.2}"),
        ..100.0 => format!("{figure:.1}"),
        _ => format!("{figure:.0}"),
    }
}

/// A ratio; two digits behind the point are enough for the smallest.
fn times(ratio: f64) -> String {
    if ratio < 0.095 { format!("{ratio:.2}") } else { significant(ratio) }
}

/// Which budgets hold.
#[must_use]
pub fn budgets(verdicts: &[Verdict]) -> String {
    let mut grid = Grid::new(&["budget", "asked", "reached", "verdict"]);
    for verdict in verdicts {
        let reached = verdict.figure.map_or("not measured".to_owned(), |figure| match verdict.unit {
            Unit::Times => format!("{figure:.2}"),
            Unit::Bytes => format!("{figure}"),
        });
        let holds = match verdict.holds {
            Some(true) => "holds",
            Some(false) => "**FAILS**",
            None => "-",
        };
        grid.row([verdict.what.clone(), verdict.asked.clone(), reached, holds.to_owned()]);
    }
    let count = |holds| verdicts.iter().filter(|verdict| verdict.holds == holds).count();
    let (hold, fail, unknown) = (count(Some(true)), count(Some(false)), count(None));
    format!("{grid}\n{hold} hold, {fail} fail, {unknown} not measured\n")
}

/// The encoders: a row for each, a column for each corpus.
#[must_use]
pub fn encoders(tables: &[EncoderTable]) -> String {
    let mut head = vec!["ns for an event (`eventwire` is so many times as fast)"];
    head.extend(tables.iter().map(|table| table.corpus));
    let mut grid = Grid::new(&head);
    let Some(first) = tables.first() else { return String::new() };
    for (number, row) in first.rows.iter().enumerate() {
        let cells = tables.iter().map(|table| encoder_cell(table, &table.rows[number]));
        grid.row(std::iter::once(bracketed(row.contestant, row.kind)).chain(cells));
    }
    grid.to_string()
}

fn encoder_cell(table: &EncoderTable, row: &EncoderRow) -> String {
    match (row.ns_per_event, table.time("eventwire")) {
        (None, _) => "wrong".to_owned(),
        (Some(time), Some(own)) if row.kind != Kind::Eventwire => {
            format!("{} ({})", significant(time), times(time / own))
        }
        (Some(time), _) => significant(time),
    }
}

/// What became of the hostile streams.
#[must_use]
pub fn hostile(rows: &[HostileRow]) -> String {
    let mut grid = Grid::new(&["stream", "contestant", "time", "peak memory", "events"]);
    for row in rows {
        let (time, memory, events) = match row.outcome {
            Outcome::Done { seconds, peak_bytes, events } => (
                format!("{} ms", significant(seconds * 1e3)),
                peak_bytes
                    .map_or("-".to_owned(), |bytes| format!("{:.1} MiB", bytes as f64 / f64::from(1 << 20))),
                events.to_string(),
            ),
            Outcome::MoreThanSeconds(limit) => (format!("> {limit:.0} s"), "-".to_owned(), "-".to_owned()),
            Outcome::Wrong => ("wrong".to_owned(), "-".to_owned(), "-".to_owned()),
        };
        grid.row([row.stream.to_owned(), row.contestant.to_owned(), time, memory, events]);
    }
    grid.to_string()
}

/// The memory of waiting parsers.
#[must_use]
pub fn idle(rows: &[IdleRow]) -> String {
    let mut grid = Grid::new(&["a million parsers with", "bytes each"]);
    for row in rows {
        let bytes = row.bytes_per_parser.map_or("-".to_owned(), |bytes| format!("{bytes:.0}"));
        grid.row([row.state.to_owned(), bytes]);
    }
    grid.to_string()
}

/// All of it, more densely: for each corpus one table of all chunk sizes.
#[must_use]
pub fn markdown(results: &Results) -> String {
    let mut text = String::new();
    let machine = &results.machine;
    let versions: Vec<_> =
        machine.versions.iter().map(|(name, version)| format!("{name} {version}")).collect();
    let _ = writeln!(
        text,
        "* Machine: {}; {} processors; {}\n* Compiler: {}\n* Kernel of `eventwire`: {}\n* Versions: {}\n",
        machine.cpu,
        machine.cpus,
        machine.system,
        machine.rustc,
        machine.scanner,
        versions.join(", ")
    );
    let _ = writeln!(text, "### Budgets\n\n{}", budgets(&results.budgets));
    let mut corpora: Vec<&str> = results.tables.iter().map(|table| &table.corpus[..]).collect();
    corpora.dedup();
    for corpus in corpora {
        let tables: Vec<_> = results.tables.iter().filter(|table| table.corpus == corpus).collect();
        let _ = writeln!(text, "### {corpus}\n\n{}", matrix(&tables));
    }
    if !results.encoders.is_empty() {
        let _ = writeln!(text, "### Encoders\n\n{}", encoders(&results.encoders));
    }
    if !results.hostile.is_empty() {
        let _ = writeln!(text, "### Hostile streams\n\n{}", hostile(&results.hostile));
    }
    if !results.idle.is_empty() {
        let _ = writeln!(text, "### Parsers that wait\n\n{}", idle(&results.idle));
    }
    let _ = write!(text, "### Who is wrong where\n\n{}", faults(results));
    text
}

/// A corpus: a row for each contestant, a column for each chunk size.
fn matrix(tables: &[&Table]) -> String {
    let mut head = vec!["GB/s (`eventwire` is so many times as fast)"];
    head.extend(tables.iter().map(|table| &table.chunk[..]));
    let mut grid = Grid::new(&head);
    for contestant in &CONTESTANTS {
        let rows = tables.iter().map(|table| {
            let row = table.rows.iter().find(|row| row.contestant == contestant.name)?;
            Some((*table, row))
        });
        let Some(rows) = rows.collect::<Option<Vec<_>>>() else { continue };
        let Some(&(_, first)) = rows.first() else { continue };
        let cells = rows.iter().map(|(table, row)| cell(table, row));
        grid.row(std::iter::once(name(first)).chain(cells));
    }
    grid.to_string()
}

fn cell(table: &Table, row: &Row) -> String {
    let Some(speed) = row.speed() else { return "wrong".to_owned() };
    let speed = significant(speed.gb_per_s);
    match table.ratio(row) {
        Some(ratio) if row.kind != Kind::Eventwire => format!("{speed} ({})", times(ratio)),
        _ => speed,
    }
}

/// A line for each contestant and corpus that do not agree.
fn faults(results: &Results) -> String {
    let mut faults: Vec<(&str, &str, &str, Vec<&str>)> = Vec::new();
    for table in &results.tables {
        for row in &table.rows {
            let Figure::Wrong { why } = &row.figure else { continue };
            let known = faults.iter_mut().find(|(contestant, corpus, known, _)| {
                *contestant == row.contestant && *corpus == table.corpus && known == why
            });
            match known {
                Some((.., chunks)) => chunks.push(&table.chunk),
                None => faults.push((&row.contestant, &table.corpus, why, vec![&table.chunk])),
            }
        }
    }
    if faults.is_empty() {
        return "Nobody, in what was measured.\n".to_owned();
    }
    faults.sort_unstable();
    let mut grid = Grid::new(&["contestant", "corpus", "found", "chunks"]);
    for (contestant, corpus, why, chunks) in faults {
        grid.row([contestant.to_owned(), corpus.to_owned(), why.to_owned(), chunks.join(", ")]);
    }
    grid.to_string()
}

/// The lines between which [`markdown`] is written into a file.
pub const MARKERS: [&str; 2] = ["<!-- figures: begin -->\n", "<!-- figures: end -->"];

/// `file` with what stands between the markers replaced; `None` if they are not there.
#[must_use]
pub fn between_markers(file: &str, tables: &str) -> Option<String> {
    let [begin, end] = MARKERS;
    let (head, rest) = file.split_once(begin)?;
    let (_, tail) = rest.split_once(end)?;
    Some(format!("{head}{begin}\n{tables}\n{end}{tail}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_are_put_between_the_markers() {
        let [begin, end] = MARKERS;
        let file = format!("before\n{begin}old\n{end}\nafter\n");
        let new = between_markers(&file, "new\n").unwrap();
        assert_eq!(new, format!("before\n{begin}\nnew\n\n{end}\nafter\n"));
        assert_eq!(between_markers(&new, "new\n"), Some(new.clone()));
        assert_eq!(between_markers("no markers", "new"), None);
    }

    #[test]
    fn digits_that_matter() {
        assert_eq!([0.0004, 1.234, 12.34, 1234.5].map(significant), ["0.0004", "1.23", "12.3", "1234"]);
    }
}
