//! Which events are written, and in which form: what `parse` and `get` have in common.

use std::io::{self, Write};

use clap::Args;
use eventwire::Items;

use crate::json;
use crate::output::Output;

/// Options that say what is written of a stream.
#[derive(Args, Debug)]
#[command(next_help_heading = "What to write")]
pub(crate) struct SelectionArgs {
    /// Write only events of this type (may be repeated)
    ///
    /// The type is compared byte by byte; events without a type have the type "message". Lines of --retry and
    /// --comments are written all the same.
    #[arg(long = "event", value_name = "TYPE")]
    pub(crate) events: Vec<String>,

    /// Write a line {"retry":3000} for each reconnection time that the stream sets, in milliseconds
    #[arg(long)]
    pub(crate) retry: bool,

    /// Write a line {"comment":"..."} for each comment
    ///
    /// The comment is all that follows the colon, a first space included.
    #[arg(long)]
    pub(crate) comments: bool,

    /// Write data that is JSON as JSON, not as a string
    ///
    /// {"event":"message","id":"","data":{"n":1.0}} instead of "data":"{\"n\":1.0}". Numbers, order and
    /// repeated keys stay as they are; line ends between the tokens are left out, so that each event stays on
    /// one line. Data that is not JSON, or is nested deeper than 128 levels, is written as a string.
    #[arg(long)]
    pub(crate) json: bool,

    /// Write the data alone, as it is, with a line end after each event
    ///
    /// Bytes that are not UTF-8 are not replaced. Data of several lines stays as it is: use --null to tell
    /// where one event ends.
    #[arg(long, conflicts_with_all = ["json", "retry", "comments"])]
    pub(crate) data: bool,

    /// With --data: end each event with a NUL byte, not with a line end
    #[arg(short = '0', long, requires = "data")]
    pub(crate) null: bool,
}

impl SelectionArgs {
    /// The items that the parser is to give beside events.
    pub(crate) fn items(&self) -> Items {
        let mut items = Items::NONE;
        if self.retry {
            items = items | Items::RETRY;
        }
        if self.comments {
            items = items | Items::COMMENTS;
        }
        items
    }
}

/// The events that are wanted, and their form.
#[derive(Debug)]
pub(crate) struct Selection<'o> {
    form: Form,
    /// The types that are wanted; none means all.
    types: &'o [String],
}

/// What is written of an event.
#[derive(Clone, Copy, Debug)]
enum Form {
    /// A JSON object, data that is JSON being part of it if `embed`.
    Json { embed: bool },
    /// The data as it is, and this byte.
    Data { end: u8 },
}

impl<'o> Selection<'o> {
    /// What `options` ask for.
    pub(crate) fn new(options: &'o SelectionArgs) -> Self {
        let form = match (options.data, options.null) {
            (false, _) => Form::Json { embed: options.json },
            (true, false) => Form::Data { end: b'\n' },
            (true, true) => Form::Data { end: 0 },
        };
        Self { form, types: &options.events }
    }

    /// Whether events of this type are wanted.
    #[inline]
    pub(crate) fn wants(&self, event_type: &[u8]) -> bool {
        self.types.is_empty() || self.types.iter().any(|wanted| wanted.as_bytes() == event_type)
    }

    /// Writes an event.
    #[inline]
    pub(crate) fn write_event<W: Write>(
        &self,
        out: &mut Output<W>,
        event_type: &[u8],
        id: &[u8],
        data: &[u8],
    ) -> io::Result<()> {
        match self.form {
            Form::Json { embed } => json::write_event(out, event_type, id, data, embed),
            Form::Data { end } => {
                out.write_all(data)?;
                out.write_all(&[end])
            }
        }
    }
}
