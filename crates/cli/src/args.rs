//! What can be asked for on the command line. The texts here are the help, the man page and the completions.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;
use eventwire::{Config, Eof, Items, Overflow};

use crate::selection::SelectionArgs;
use crate::size;

/// Read and write event streams (text/event-stream, server-sent events)
#[derive(Debug, Parser)]
#[command(name = "eventwire", version, propagate_version = true, after_help = EXAMPLES)]
pub(crate) struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub(crate) command: Command,
}

const EXAMPLES: &str = "\
Examples:
  eventwire parse chat.sse                 events of a file, one JSON object a line
  curl -sN URL | eventwire parse           events of a live stream, as they arrive
  eventwire get URL                        the same over HTTP, connecting again and again
  eventwire encode events.ndjson           a stream of such lines
  eventwire help parse                     all that parse can do, with examples";

/// The subcommands.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Turn a stream into its events, one JSON object a line
    #[command(after_help = SEE_ALSO, after_long_help = PARSE_EXAMPLES)]
    Parse(ParseArgs),
    /// Turn events, one JSON object a line, into a stream
    #[command(after_help = SEE_ALSO, after_long_help = ENCODE_EXAMPLES)]
    Encode(EncodeArgs),
    /// Follow a stream over HTTP: its events, one JSON object a line
    #[cfg(feature = "get")]
    #[command(after_help = SEE_ALSO, after_long_help = crate::get::args::EXAMPLES)]
    Get(Box<crate::get::args::GetArgs>),
    /// Print a completion script for a shell
    ///
    /// For bash: eventwire completions bash > ~/.local/share/bash-completion/completions/eventwire
    Completions {
        /// The shell that will read the script
        shell: Shell,
    },
    /// Print a man page
    ///
    /// To read it: eventwire man parse | man -l -
    Man {
        /// The subcommand to print the page of [default: the page of eventwire itself]
        command: Option<String>,
    },
}

const SEE_ALSO: &str = "With --help: more about each option, examples, exit status.";

const PARSE_EXAMPLES: &str = r#"Output:
  {"event":"message","id":"","data":"..."}

  event is "message" where the stream gives no type; id is the last event ID
  at the time of the event; bytes that are not UTF-8 become U+FFFD. A line is
  written as soon as its event is complete.

Examples:
  The text of a chat, as it is generated:
    curl -sN -d @request.json https://llm.example/v1/chat/completions |
      eventwire parse --json |
      jq -j '.data | objects | .choices[0].delta.content // empty'

  Only two types of events, data only:
    eventwire parse --event delta --event done --data stream.sse

  Data of several lines, kept apart by NUL:
    eventwire parse --data -0 stream.sse | xargs -0 -n1 ./handle

  What is in a capture of a few gigabytes:
    eventwire parse --stats capture.sse

  Everything that a stream says, the last event too if its blank line is missing:
    eventwire parse --retry --comments --eof dispatch capture.sse

Exit status:
  0  all was parsed
  1  the input could not be read, or the output not be written
  2  wrong usage
  3  an event was over --max-event-size and was dropped; all others were parsed

  If the reader of the output closes it, parsing ends quietly with 0."#;

const ENCODE_EXAMPLES: &str = r#"Input:
  {"event":"message","id":"","data":"..."}
  {"retry":3000}
  {"comment":"..."}

  As eventwire parse writes it. event and id may be left out. An id is the last
  event ID at the time of the event; it is written where it changes. Data that
  is not a string is written as JSON, without white space between its tokens.
  What is complete is written before more input is waited for.

Examples:
  A stream without its pings:
    eventwire parse chat.sse | jq -c 'select(.event != "ping")' | eventwire encode

  Events made by a program:
    ./readings | jq -c --unbuffered '{event: "reading", data: .}' | eventwire encode

Exit status:
  0  all was encoded
  1  the input could not be read or a line of it is wrong, or the output could
     not be written; what came before is written
  2  wrong usage
  3  a line was over --max-line-size and was dropped; all others were encoded

  If the reader of the output closes it, encoding ends quietly with 0."#;

/// Options of `encode`.
#[derive(Args, Debug)]
pub(crate) struct EncodeArgs {
    /// The lines to read; - is standard input
    #[arg(value_name = "FILE", default_value = "-")]
    pub(crate) file: PathBuf,

    /// The most bytes that one line may have
    ///
    /// Escaped, an event can be six times as long as in a stream. K, M, G and KiB, MiB, GiB are powers of 1024, KB, MB,
    /// GB powers of 1000. Memory is needed for the longest line that there is, up to three times.
    #[arg(long, value_name = "BYTES", value_parser = size::parse, default_value = "128MiB")]
    pub(crate) max_line_size: usize,
}

/// Options of `parse`.
#[derive(Args, Debug)]
pub(crate) struct ParseArgs {
    /// The stream to read; - is standard input
    #[arg(value_name = "FILE", default_value = "-")]
    pub(crate) file: PathBuf,

    #[command(flatten)]
    pub(crate) selection: SelectionArgs,

    /// Write no events but a summary: types, sizes, line ends, ids, comments, retry, throughput
    ///
    /// With a histogram of the sizes of the events' data.
    #[arg(
        long,
        conflicts_with_all = ["events", "retry", "comments", "json", "data", "null"],
        help_heading = "What to write"
    )]
    pub(crate) stats: bool,

    #[command(flatten, next_help_heading = "How to read")]
    pub(crate) limits: Limits,

    /// What to do with a last event that no blank line completes
    #[arg(long, value_enum, value_name = "POLICY", default_value_t = EofPolicy::Discard, help_heading = "How to read")]
    pub(crate) eof: EofPolicy,

    /// Hand the input to the parser in pieces of at most this many bytes [default: as read]
    ///
    /// Makes no difference to the events. Suffixes as for --max-event-size; at most 64 MiB.
    #[arg(long, value_name = "BYTES", value_parser = size::parse_chunk, help_heading = "How to read")]
    pub(crate) chunk_size: Option<usize>,
}

/// Options that say how much of a stream is kept, and what becomes of the rest.
#[derive(Args, Debug)]
pub(crate) struct Limits {
    /// The most bytes that one event may have: data, type and id together
    ///
    /// K, M, G and KiB, MiB, GiB are powers of 1024, KB, MB, GB powers of 1000. Memory for the largest event
    /// that spans reads is needed once.
    #[arg(long, value_name = "BYTES", value_parser = size::parse, default_value = "16MiB")]
    pub(crate) max_event_size: usize,

    /// What to do with an event over --max-event-size
    #[arg(long, value_enum, value_name = "POLICY", default_value_t = OverflowPolicy::Error)]
    pub(crate) overflow: OverflowPolicy,
}

impl Limits {
    /// The parser's configuration for these options, all else being as usual.
    pub(crate) fn config(&self) -> Config {
        Config::new().max_event_size(self.max_event_size).overflow(match self.overflow {
            OverflowPolicy::Error => Overflow::Error,
            OverflowPolicy::Skip => Overflow::Skip,
        })
    }
}

/// Choices of `--overflow`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum OverflowPolicy {
    /// Drop it, parse on, say so at the end and exit with 3
    Error,
    /// Drop it and parse on
    Skip,
}

/// Choices of `--eof`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum EofPolicy {
    /// Drop it, as the standard says
    Discard,
    /// Write it, as if the blank line were there
    Dispatch,
}

impl ParseArgs {
    /// The parser's configuration for these options.
    pub(crate) fn config(&self) -> Config {
        let items = if self.stats { Items::RETRY | Items::COMMENTS } else { self.selection.items() };
        let eof = match self.eof {
            EofPolicy::Discard => Eof::Discard,
            EofPolicy::Dispatch => Eof::Dispatch,
        };
        self.limits.config().eof(eof).items(items)
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;
    use clap::error::ErrorKind;

    use super::*;

    fn parse(arguments: &[&str]) -> Result<ParseArgs, ErrorKind> {
        match Cli::try_parse_from(["eventwire", "parse"].iter().chain(arguments)) {
            Ok(Cli { command: Command::Parse(options) }) => Ok(options),
            Ok(other) => panic!("not parse: {other:?}"),
            Err(error) => Err(error.kind()),
        }
    }

    #[test]
    fn the_definition_is_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn defaults_are_those_of_the_help() {
        let options = parse(&[]).unwrap();
        assert_eq!(options.file, PathBuf::from("-"));
        assert_eq!(options.limits.max_event_size, 16 << 20);
        assert_eq!(options.limits.overflow, OverflowPolicy::Error);
        assert_eq!(options.eof, EofPolicy::Discard);
        assert_eq!(options.chunk_size, None);
    }

    #[test]
    fn types_add_up() {
        assert_eq!(parse(&["--event", "a", "--event", "b"]).unwrap().selection.events, ["a", "b"]);
    }

    #[test]
    fn what_makes_no_sense_together_is_refused() {
        for (arguments, kind) in [
            (&["-0"][..], ErrorKind::MissingRequiredArgument),
            (&["--data", "--json"], ErrorKind::ArgumentConflict),
            (&["--data", "--retry"], ErrorKind::ArgumentConflict),
            (&["--data", "--comments"], ErrorKind::ArgumentConflict),
            (&["--stats", "--json"], ErrorKind::ArgumentConflict),
            (&["--stats", "--data"], ErrorKind::ArgumentConflict),
            (&["--stats", "--event", "a"], ErrorKind::ArgumentConflict),
            (&["--chunk-size", "0"], ErrorKind::ValueValidation),
            (&["--max-event-size", "big"], ErrorKind::ValueValidation),
            (&["--overflow", "panic"], ErrorKind::InvalidValue),
            (&["--eof"], ErrorKind::InvalidValue),
            (&["a", "b"], ErrorKind::UnknownArgument),
        ] {
            assert_eq!(parse(arguments).unwrap_err(), kind, "{arguments:?}");
        }
    }
}
