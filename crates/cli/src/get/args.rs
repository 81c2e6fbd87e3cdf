//! What can be asked for on the command line. The texts here are the help, the man page and the completions.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, ValueEnum};
use eventwire::{Config, Utf8};
use eventwire_client::reqwest::Url;

use crate::args::Limits;
use crate::selection::SelectionArgs;

pub(crate) const EXAMPLES: &str = r#"Output:
  {"event":"message","id":"","data":"..."}

  As eventwire parse writes it; a line is written as soon as its event is
  complete. With --lifecycle also {"open":true} for a connection, and
  {"error":"...","ready_state":0} for a loss: 0 if it will be made again, 2 if
  it is over.

Examples:
  What a server tells, for people:
    eventwire get --pretty https://stream.example/changes

  The text of a chat, as it is generated:
    eventwire get --json -H "Authorization: Bearer $KEY" -d @request.json \
        https://llm.example/v1/chat/completions |
      jq -j '.data | objects | .choices[0].delta.content // empty'

  The next ten events of a type, going on where one left off:
    eventwire get --event change --max-events 10 --last-event-id 4711 URL

  A record of a stream, byte by byte, whatever happens to the connection:
    eventwire get --reconnect resilient --idle-timeout 60s --raw day.sse URL > day.ndjson

Connections:
  As the standard says, a connection that is lost is made again after the time
  that the stream sets (3 seconds if it sets none), and the server is told the
  last event ID; an answer other than a stream ends it, and so does status 204.
  A command has two habits of its own, unless --reconnect is given: it gives up
  if the first connection fails, and it sends a body only once.

Exit status:
  0  --max-events were written, or after a stream the server wanted no more
     connections (204), or one that is not to be reconnected ended in good order
  1  a file could not be read, or output not be written
  2  wrong usage
  3  an event was over --max-event-size and was dropped; all others were written
  4  no stream: refused, no address, TLS, status (204 too, if it comes first),
     content type, connection lost

  Ctrl-C ends it with what shells call 130, and all that was complete is written.
  If the reader of the output closes it, the command ends quietly with 0."#;

/// Options of `get`.
#[derive(Args, Debug)]
pub(crate) struct GetArgs {
    /// The URL of the stream: http or https
    #[arg(value_parser = parse_url)]
    pub(crate) url: Url,

    /// Send a header field, as in -H "Authorization: Bearer x" (may be repeated)
    ///
    /// Accept, Accept-Encoding and Cache-Control take the place of what is sent otherwise. Fields do not follow
    /// redirects to another origin.
    #[arg(short = 'H', long = "header", value_name = "FIELD", value_parser = parse_header, help_heading = "What to ask for")]
    pub(crate) headers: Vec<(String, String)>,

    /// Use this method [default: GET, or POST with --body]
    #[arg(short = 'X', long = "request", value_name = "METHOD", help_heading = "What to ask for")]
    pub(crate) method: Option<String>,

    /// Send this body; @FILE sends a file, @- standard input
    ///
    /// As application/json, unless -H gives another Content-Type. Sent once, unless --reconnect says that it may be
    /// sent again. Unlike fields it follows redirects, if their status is 307 or 308.
    #[arg(short = 'd', long, value_name = "TEXT", help_heading = "What to ask for")]
    pub(crate) body: Option<String>,

    /// Go on behind the event with this id
    #[arg(long, value_name = "ID", help_heading = "What to ask for")]
    pub(crate) last_event_id: Option<String>,

    /// Keep the cookies that the server sets, and send them
    #[arg(long, help_heading = "What to ask for")]
    pub(crate) with_credentials: bool,

    /// Trust the certificate authorities in this PEM file as well
    #[arg(long, value_name = "FILE", help_heading = "What to ask for")]
    pub(crate) cacert: Option<PathBuf>,

    /// What to do when a connection is lost or cannot be made [default: standard, but see --help]
    ///
    /// By default the first connection must succeed, and a body is sent once.
    #[arg(long, value_enum, value_name = "POLICY", help_heading = "How to follow")]
    pub(crate) reconnect: Option<Reconnect>,

    /// Take a connection for lost when nothing comes for so long: 30s, 500ms, 2m
    ///
    /// Comments count, and so does every single byte.
    #[arg(long, value_name = "TIME", value_parser = parse_time, help_heading = "How to follow")]
    pub(crate) idle_timeout: Option<Duration>,

    /// End after so many events have been written
    #[arg(long, value_name = "N", help_heading = "How to follow")]
    pub(crate) max_events: Option<u64>,

    #[command(flatten, next_help_heading = "How to follow")]
    pub(crate) limits: Limits,

    #[command(flatten)]
    pub(crate) selection: SelectionArgs,

    /// Write a line {"open":true} for each connection, and one with an error for each loss
    ///
    /// The latter has the reason, and the ready state, which is 0 if another attempt follows and 2 if it is over.
    #[arg(long, conflicts_with = "data", help_heading = "What to write")]
    pub(crate) lifecycle: bool,

    /// Write for people: types, ids and data apart, connections and losses, in colours
    #[arg(long, conflicts_with_all = ["json", "data", "lifecycle"], help_heading = "What to write")]
    pub(crate) pretty: bool,

    /// When to use colours with --pretty; auto is on a terminal, unless its variables forbid it
    #[arg(long, value_enum, value_name = "WHEN", default_value_t = Color::Auto, requires = "pretty", help_heading = "What to write")]
    pub(crate) color: Color,

    /// Record the stream's bytes in a file; those of several connections follow each other
    #[arg(long, value_name = "FILE", help_heading = "What to write")]
    pub(crate) raw: Option<PathBuf>,
}

/// Choices of `--reconnect`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Reconnect {
    /// Connect again after the reconnection time, for ever; any answer but a stream ends it
    Standard,
    /// The same, also after 429 and 5xx, with growing delays, jitter and Retry-After
    Resilient,
    /// One connection
    Never,
}

/// Choices of `--color`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Color {
    /// On a terminal
    Auto,
    /// In any case
    Always,
    /// In no case
    Never,
}

impl GetArgs {
    /// The parser's configuration for these options.
    pub(crate) fn config(&self) -> Config {
        // As for `parse`, raw data stays as it is.
        let utf8 = if self.selection.data { Utf8::Raw } else { Utf8::Replace };
        self.limits.config().utf8(utf8).items(self.selection.items())
    }
}

fn parse_url(text: &str) -> Result<Url, String> {
    match Url::parse(text) {
        Ok(url) if matches!(url.scheme(), "http" | "https") => Ok(url),
        Ok(_) => Err("only http and https can be fetched: begin it with https://".into()),
        Err(error) => Err(format!("{error}: begin it with https:// and a host")),
    }
}

/// Takes a header field apart at its colon.
fn parse_header(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once(':').ok_or("a field is a name, a colon and a value")?;
    Ok((name.to_owned(), value.trim_matches([' ', '\t']).to_owned()))
}

/// Reads a time: a whole number of seconds, or with a unit.
fn parse_time(text: &str) -> Result<Duration, String> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (number, unit) = text.split_at(digits);
    let milliseconds = match unit.trim_start() {
        "ms" => 1,
        "" | "s" => 1000,
        "m" => 60_000,
        "h" => 3_600_000,
        _ => return Err("a time is a whole number with ms, s, m or h".into()),
    };
    let number: u64 = number.parse().map_err(|_| "a time begins with a whole number")?;
    match number.checked_mul(milliseconds) {
        Some(0) => Err("it must be longer than nothing".into()),
        Some(milliseconds) => Ok(Duration::from_millis(milliseconds)),
        None => Err("the time is too long".into()),
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;
    use clap::error::ErrorKind;

    use super::*;
    use crate::args::{Cli, Command};

    fn get(arguments: &[&str]) -> Result<GetArgs, ErrorKind> {
        match Cli::try_parse_from(["eventwire", "get"].iter().chain(arguments)) {
            Ok(Cli { command: Command::Get(options) }) => Ok(*options),
            Ok(other) => panic!("not get: {other:?}"),
            Err(error) => Err(error.kind()),
        }
    }

    #[test]
    fn fields_and_times_are_taken_apart() {
        let options =
            get(&["http://h", "-H", "A: b:c ", "-H", "D:", "--idle-timeout", "2m", "-d", "{}"]).unwrap();
        let field = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        assert_eq!(options.headers, [field("A", "b:c"), field("D", "")]);
        assert_eq!(options.idle_timeout, Some(Duration::from_secs(120)));
        for (text, milliseconds) in [("1", 1000), ("1s", 1000), ("500ms", 500), ("2 h", 7_200_000)] {
            assert_eq!(parse_time(text), Ok(Duration::from_millis(milliseconds)));
        }
    }

    #[test]
    fn what_makes_no_sense_is_refused() {
        for (arguments, kind) in [
            (&[][..], ErrorKind::MissingRequiredArgument),
            (&["example.org"], ErrorKind::ValueValidation),
            (&["ftp://h"], ErrorKind::ValueValidation),
            (&["http://h", "-H", "x"], ErrorKind::ValueValidation),
            (&["http://h", "--idle-timeout", "soon"], ErrorKind::ValueValidation),
            (&["http://h", "--idle-timeout", "0"], ErrorKind::ValueValidation),
            (&["http://h", "--idle-timeout", "99999999999999999999"], ErrorKind::ValueValidation),
            (&["http://h", "--idle-timeout", "99999999999999999h"], ErrorKind::ValueValidation),
            (&["http://h", "--reconnect", "maybe"], ErrorKind::InvalidValue),
            (&["http://h", "--data", "--lifecycle"], ErrorKind::ArgumentConflict),
            (&["http://h", "--pretty", "--json"], ErrorKind::ArgumentConflict),
            (&["http://h", "--color", "always"], ErrorKind::MissingRequiredArgument),
            (&["http://h", "-0"], ErrorKind::MissingRequiredArgument),
        ] {
            assert_eq!(get(arguments).unwrap_err(), kind, "{arguments:?}");
        }
    }
}
