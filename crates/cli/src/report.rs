//! The summary of `--stats`, for people.

use std::io::{self, Write};
use std::time::Duration;

use eventwire::Parser;

use crate::size::{bytes, grouped, rounded};
use crate::stats::{Stats, Tally, Types};

/// How many types are listed.
const LISTED_TYPES: usize = 20;

/// Types and ids are shown up to so many characters.
const SHOWN_CHARS: usize = 60;

/// The longest bar of the histogram.
const BAR: u64 = 40;

/// Writes the summary of a stream that went through `parser`.
pub(crate) fn write<W: Write>(out: &mut W, stats: &Stats, parser: &Parser) -> io::Result<()> {
    write_input(out, stats.bytes(), stats.started().elapsed())?;
    write_types(out, stats.types(), stats.sizes().count())?;
    write_sizes(out, stats)?;
    let ends = stats.line_ends();
    let [lf, crlf, cr] = [ends.lf(), ends.crlf(), ends.cr()].map(grouped);
    writeln!(out, "line ends   LF {lf}, CRLF {crlf}, CR {cr}")?;
    let last = shown(parser.last_event_id());
    writeln!(
        out,
        "ids         {} (events with an id field); the last event ID is {last}",
        grouped(stats.ids())
    )?;
    writeln!(out, "comments    {}", grouped(stats.comments()))?;
    let retries = grouped(stats.retries());
    match parser.retry() {
        Some(time) => writeln!(out, "retry       {retries} (valid lines); the last says {time} ms"),
        None => writeln!(out, "retry       {retries}"),
    }?;
    if parser.skipped() > 0 {
        writeln!(out, "skipped     {} (over the limit)", grouped(parser.skipped()))?;
    }
    write_histogram(out, stats)
}

fn write_input<W: Write>(out: &mut W, size: u64, elapsed: Duration) -> io::Result<()> {
    let seconds = elapsed.as_secs_f64();
    let speed = rounded(size as f64 / seconds.max(1e-9));
    writeln!(out, "input       {} in {seconds:.3} s, {speed}/s", bytes(size))
}

fn write_types<W: Write>(out: &mut W, types: &Types, events: u64) -> io::Result<()> {
    writeln!(out, "events      {}", grouped(events))?;
    let named = types.by_frequency();
    let (listed, rest) = named.split_at(named.len().min(LISTED_TYPES));
    for (name, tally) in listed {
        write_tally(out, &shown(name), *tally)?;
    }
    let mut others = types.others();
    for (_, tally) in rest {
        others.events += tally.events;
        others.data += tally.data;
    }
    if others.events > 0 { write_tally(out, "other types", others) } else { Ok(()) }
}

fn write_tally<W: Write>(out: &mut W, name: &str, tally: Tally) -> io::Result<()> {
    let Tally { events, data } = tally;
    writeln!(out, "{:>13}  {name}, {} of data", grouped(events), bytes(data))
}

fn write_sizes<W: Write>(out: &mut W, stats: &Stats) -> io::Result<()> {
    let sizes = stats.sizes();
    let total = bytes(sizes.total());
    match sizes.range() {
        None => writeln!(out, "data        0 bytes"),
        Some((smallest, largest)) => {
            let mean = grouped(sizes.total() / sizes.count());
            let (smallest, largest) = (grouped(smallest), grouped(largest));
            writeln!(out, "data        {total}; an event has {smallest} to {largest}, {mean} on average")
        }
    }
}

fn write_histogram<W: Write>(out: &mut W, stats: &Stats) -> io::Result<()> {
    let Some(highest) = stats.sizes().histogram().map(|(.., count)| count).max() else { return Ok(()) };
    writeln!(out, "\nbytes of data          events")?;
    for (smallest, largest, count) in stats.sizes().histogram() {
        let class =
            if smallest == largest { smallest.to_string() } else { format!("{smallest} - {largest}") };
        // What is there is seen, however little it is.
        let bar = "#".repeat((u128::from(count) * u128::from(BAR)).div_ceil(u128::from(highest)) as usize);
        writeln!(out, "{}", format!("{class:>18} {:>13}  {bar}", grouped(count)).trim_end())?;
    }
    Ok(())
}

/// A type or an id in quotes, with nothing in it that a terminal could take for a command.
fn shown(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(&bytes[..bytes.len().min(4 * SHOWN_CHARS)]);
    let mut shown: String = text.chars().take(SHOWN_CHARS).flat_map(char::escape_debug).collect();
    if text.chars().nth(SHOWN_CHARS).is_some() {
        shown.push('…');
    }
    format!("\"{shown}\"")
}

#[cfg(test)]
mod tests {
    use eventwire::{Config, Input, Items};

    use super::*;
    use crate::parse::Sink as _;

    fn summary(stream: &[u8]) -> String {
        let mut parser = Parser::with_config(Config::new().items(Items::COMMENTS | Items::RETRY));
        let mut stats = Stats::new();
        let mut input = Input::new(stream);
        while let Some(item) = parser.next_item(&mut input).unwrap() {
            stats.item(&item).unwrap();
        }
        stats.end_read(stream).unwrap();
        let mut out = Vec::new();
        write(&mut out, &stats, &parser).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn a_summary_says_everything() {
        let stream =
            b"retry: 3000\n: hello\n\ndata: 12345\nid: a\n\nevent: x\r\ndata: 1\r\n\r\nevent: x\rdata\r\r";
        let text = summary(stream);
        let (first, rest) = text.split_once('\n').unwrap();
        assert!(first.starts_with("input       76 bytes in "), "{first}");
        assert_eq!(
            rest,
            "\
events      3
            2  \"x\", 1 byte of data
            1  \"message\", 5 bytes of data
data        6 bytes; an event has 0 to 5, 2 on average
line ends   LF 6, CRLF 3, CR 3
ids         1 (events with an id field); the last event ID is \"a\"
comments    1
retry       1 (valid lines); the last says 3000 ms

bytes of data          events
                 0             1  ########################################
                 1             1  ########################################
             2 - 3             0
             4 - 7             1  ########################################
"
        );
    }

    #[test]
    fn nothing_gives_a_summary_too() {
        let text = summary(b"");
        assert!(text.contains("events      0\ndata        0 bytes\n"), "{text}");
        assert!(!text.contains("bytes of data"), "{text}");
    }

    #[test]
    fn names_are_harmless_and_short() {
        assert_eq!(shown(b"a\x1b[31m\"\n"), r#""a\u{1b}[31m\"\n""#);
        assert_eq!(shown(&[b'x'; 1000]), format!("\"{}…\"", "x".repeat(60)));
        assert_eq!(shown("é".repeat(60).as_bytes()), format!("\"{}\"", "é".repeat(60)));
        assert_eq!(shown(b"\xff"), "\"\u{fffd}\"");
    }
}
