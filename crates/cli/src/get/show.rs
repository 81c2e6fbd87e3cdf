//! What is written of what a source tells: lines of JSON, the data alone, or a page for people.

use std::io::{self, Write};

use eventwire_client::{Error, Event, Item};

use super::args::GetArgs;
use super::pretty::Pretty;
use crate::json;
use crate::output::Output;
use crate::selection::Selection;

/// Writes what a source tells.
#[derive(Debug)]
pub(crate) struct Show<'o, W: Write> {
    out: Output<W>,
    selection: Selection<'o>,
    /// If it is for people.
    pretty: Option<Pretty>,
    lifecycle: bool,
}

impl<'o, W: Write> Show<'o, W> {
    /// Writes to `out` what `options` ask for.
    pub(crate) fn new(out: Output<W>, options: &'o GetArgs) -> Self {
        Self {
            out,
            selection: Selection::new(&options.selection),
            pretty: options.pretty.then(|| Pretty::new(options.color)),
            lifecycle: options.lifecycle,
        }
    }

    /// Writes an item, and answers whether it was an event that is wanted.
    pub(crate) fn item(&mut self, item: &Item) -> io::Result<bool> {
        let Self { out, pretty, .. } = self;
        match (item, pretty) {
            (Item::Event(event), _) => return self.event(event),
            (Item::Open, Some(pretty)) => pretty.open(out)?,
            (Item::Open, None) if self.lifecycle => out.write_all(b"{\"open\":true}\n")?,
            (Item::Retry(milliseconds), Some(pretty)) => pretty.retry(out, *milliseconds)?,
            (Item::Retry(milliseconds), None) => json::write_retry(out, *milliseconds)?,
            (Item::Comment(comment), Some(pretty)) => pretty.comment(out, comment)?,
            (Item::Comment(comment), None) => json::write_comment(out, comment)?,
            // Nothing else is asked for.
            _ => {}
        }
        self.out.end_line()?;
        Ok(false)
    }

    fn event(&mut self, event: &Event) -> io::Result<bool> {
        let event_type = event.event_type();
        if !self.selection.wants(event_type) {
            return Ok(false);
        }
        match &self.pretty {
            Some(pretty) => pretty.event(&mut self.out, event)?,
            None => {
                let (id, data) = (event.last_event_id(), event.data());
                self.selection.write_event(&mut self.out, event_type, id, data)?;
            }
        }
        self.out.end_line()?;
        Ok(true)
    }

    /// Writes what went wrong, if that is wanted, and answers whether it was.
    pub(crate) fn error(&mut self, error: &Error) -> io::Result<bool> {
        let told = match &self.pretty {
            Some(pretty) => {
                pretty.error(&mut self.out, error)?;
                true
            }
            None if self.lifecycle => {
                json::write_error(&mut self.out, &error.to_string(), error.ready_state() as u8)?;
                true
            }
            None => false,
        };
        self.out.end_line()?;
        Ok(told)
    }

    /// Lets out what has been written.
    pub(crate) fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}
