//! What is written of what a source tells: lines of JSON, the data alone, or a page for people.

use std::io::{self, Write};

use eventwire_client::{Error, Event, Item};

use super::args::GetArgs;
use super::pretty::Pretty;
use crate::json;
use crate::output::Output;

/// The form in which things are written.
#[derive(Debug)]
enum Form {
    /// JSON objects, data that is JSON being part of them if `embed`.
    Json { embed: bool },
    /// The data of events as it is, and this byte.
    Data { end: u8 },
    /// For people.
    Pretty(Pretty),
}

/// Writes what a source tells.
#[derive(Debug)]
pub(crate) struct Show<'o, W: Write> {
    out: Output<W>,
    form: Form,
    lifecycle: bool,
    /// The types that are wanted; none means all.
    types: &'o [String],
}

impl<'o, W: Write> Show<'o, W> {
    /// Writes to `out` what `options` ask for.
    pub(crate) fn new(out: Output<W>, options: &'o GetArgs) -> Self {
        let form = if options.pretty {
            Form::Pretty(Pretty::new(options.color))
        } else if options.data {
            Form::Data { end: if options.null { 0 } else { b'\n' } }
        } else {
            Form::Json { embed: options.json }
        };
        Self { out, form, lifecycle: options.lifecycle, types: &options.events }
    }

    /// Writes an item, and answers whether it was an event that is wanted.
    pub(crate) fn item(&mut self, item: &Item) -> io::Result<bool> {
        let Self { out, form, .. } = self;
        let is_event = match item {
            Item::Event(event) => {
                if !wants(self.types, event) {
                    return Ok(false);
                }
                match form {
                    Form::Json { embed } => {
                        json::write_event(
                            out,
                            event.event_type(),
                            event.last_event_id(),
                            event.data(),
                            *embed,
                        )?;
                    }
                    Form::Data { end } => {
                        out.write_all(event.data())?;
                        out.write_all(&[*end])?;
                    }
                    Form::Pretty(pretty) => pretty.event(out, event)?,
                }
                true
            }
            other => {
                match (form, other) {
                    (Form::Pretty(pretty), Item::Open) => pretty.open(out)?,
                    (Form::Pretty(pretty), Item::Retry(milliseconds)) => pretty.retry(out, *milliseconds)?,
                    (Form::Pretty(pretty), Item::Comment(comment)) => pretty.comment(out, comment)?,
                    (Form::Json { .. }, Item::Open) if self.lifecycle => {
                        out.write_all(b"{\"open\":true}\n")?;
                    }
                    (Form::Json { .. }, Item::Retry(milliseconds)) => json::write_retry(out, *milliseconds)?,
                    (Form::Json { .. }, Item::Comment(comment)) => json::write_comment(out, comment)?,
                    // Nothing else is asked for.
                    _ => {}
                }
                false
            }
        };
        self.out.end_line()?;
        Ok(is_event)
    }

    /// Writes what went wrong, if that is wanted, and answers whether it was.
    pub(crate) fn error(&mut self, error: &Error) -> io::Result<bool> {
        let told = match &self.form {
            Form::Pretty(pretty) => {
                pretty.error(&mut self.out, error)?;
                true
            }
            Form::Json { .. } if self.lifecycle => {
                json::write_error(&mut self.out, &error.to_string(), error.ready_state() as u8)?;
                true
            }
            _ => false,
        };
        self.out.end_line()?;
        Ok(told)
    }

    /// Lets out what has been written.
    pub(crate) fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

fn wants(types: &[String], event: &Event) -> bool {
    types.is_empty() || types.iter().any(|wanted| wanted.as_bytes() == event.event_type())
}
