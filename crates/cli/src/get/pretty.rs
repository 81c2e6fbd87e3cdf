//! Events for people: type and id in a line, the data indented below it.
//!
//! Nothing that comes from a server reaches the terminal as a control character, so that it can neither move the cursor nor
//! pretend to be another line.

use std::env;
use std::fmt::Write as _;
use std::io::{self, IsTerminal as _, Write};

use anstyle::{AnsiColor, Style};
use eventwire::ReadyState;
use eventwire_client::{Error, Event};

use super::args::Color;
use crate::output::Output;

const NAME: Style = AnsiColor::Cyan.on_default().bold();
const QUIET: Style = Style::new().dimmed();
const GOOD: Style = AnsiColor::Green.on_default();
const LOST: Style = AnsiColor::Yellow.on_default();
const OVER: Style = AnsiColor::Red.on_default().bold();

/// Writes for people.
#[derive(Debug)]
pub(crate) struct Pretty {
    colors: bool,
}

impl Pretty {
    pub(crate) fn new(color: Color) -> Self {
        let colors = match color {
            Color::Always => true,
            Color::Never => false,
            Color::Auto => {
                let said_no = env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
                let dumb = env::var_os("TERM").is_some_and(|value| value == "dumb");
                io::stdout().is_terminal() && !said_no && !dumb
            }
        };
        Self { colors }
    }

    pub(crate) fn open<W: Write>(&self, out: &mut Output<W>) -> io::Result<()> {
        self.styled(out, GOOD, b"open")?;
        out.write_all(b"\n")
    }

    pub(crate) fn event<W: Write>(&self, out: &mut Output<W>, event: &Event) -> io::Result<()> {
        self.styled(out, NAME, event.event_type())?;
        if !event.last_event_id().is_empty() {
            out.write_all(b"  ")?;
            self.styled(out, QUIET, event.last_event_id())?;
        }
        out.write_all(b"\n")?;
        for line in event.data().split(|&byte| byte == b'\n') {
            out.write_all(b"  ")?;
            write_visible(out, line)?;
            out.write_all(b"\n")?;
        }
        Ok(())
    }

    pub(crate) fn retry<W: Write>(&self, out: &mut Output<W>, milliseconds: u64) -> io::Result<()> {
        self.styled(out, QUIET, format!("retry {milliseconds} ms").as_bytes())?;
        out.write_all(b"\n")
    }

    pub(crate) fn comment<W: Write>(&self, out: &mut Output<W>, comment: &[u8]) -> io::Result<()> {
        self.styled(out, QUIET, &[b":", comment].concat())?;
        out.write_all(b"\n")
    }

    pub(crate) fn error<W: Write>(&self, out: &mut Output<W>, error: &Error) -> io::Result<()> {
        let (style, what_now) = match error.ready_state() {
            ReadyState::Closed => (OVER, "closed"),
            _ => (LOST, "connecting"),
        };
        self.styled(out, style, what_now.as_bytes())?;
        out.write_all(b"  ")?;
        write_visible(out, error.to_string().as_bytes())?;
        out.write_all(b"\n")
    }

    fn styled<W: Write>(&self, out: &mut Output<W>, style: Style, text: &[u8]) -> io::Result<()> {
        if self.colors {
            write!(out, "{style}")?;
        }
        write_visible(out, text)?;
        if self.colors {
            write!(out, "{style:#}")?;
        }
        Ok(())
    }
}

/// Writes text with control characters, but for tabs, as escapes, and bytes that are not UTF-8 as U+FFFD.
fn write_visible<W: Write>(out: &mut Output<W>, text: &[u8]) -> io::Result<()> {
    let mut escape = String::new();
    for chunk in text.utf8_chunks() {
        let mut rest = chunk.valid();
        while let Some(at) = rest.find(|character: char| character.is_control() && character != '\t') {
            let (plain, after) = rest.split_at(at);
            out.write_all(plain.as_bytes())?;
            let mut characters = after.chars();
            escape.clear();
            if let Some(control) = characters.next() {
                // Writing to a string does not fail.
                let _ = write!(escape, "{}", control.escape_default());
            }
            out.write_all(escape.as_bytes())?;
            rest = characters.as_str();
        }
        out.write_all(rest.as_bytes())?;
        if !chunk.invalid().is_empty() {
            out.write_all("\u{FFFD}".as_bytes())?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_characters_are_shown_and_not_obeyed() {
        let mut bytes = Vec::new();
        let mut out = Output::new(&mut bytes);
        write_visible(&mut out, b"a\tb\x1b[2J\0\r\xff\x7f\xc2\x9b c").unwrap();
        out.flush().unwrap();
        assert_eq!(String::from_utf8(bytes).unwrap(), "a\tb\\u{1b}[2J\\u{0}\\r\u{FFFD}\\u{7f}\\u{9b} c");
    }
}
