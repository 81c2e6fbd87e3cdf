//! How a run ends: the exit status, and for what stops a run early the one line that says so.
//!
//! Every line has the form `eventwire: WHERE: what happened: what to do about it`.

use std::io::{self, ErrorKind};
use std::process::ExitCode;

/// How a run that came to its end went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Status {
    /// Everything was parsed and written.
    Fine,
    /// Something was dropped because memory ran out; the rest was parsed and written.
    OutOfMemory,
    /// Something was dropped because it was too large; the rest was parsed and written.
    TooLarge,
}

impl From<Status> for ExitCode {
    fn from(status: Status) -> Self {
        Self::from(match status {
            Status::Fine => 0,
            Status::OutOfMemory => 1,
            // 2 is for wrong usage; clap uses it by itself.
            Status::TooLarge => 3,
        })
    }
}

/// What stops a run before its end.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The input could not be opened or read.
    Input {
        /// What to call the input.
        name: String,
        /// What the system said.
        error: io::Error,
    },
    /// A line of the input is not what it must be.
    Line {
        /// What to call the input.
        name: String,
        /// Which line it is, counted from 1.
        number: u64,
        /// What is wrong with it.
        what: String,
        /// What to do about it.
        advice: &'static str,
    },
    /// A file could not be written.
    #[cfg(feature = "get")]
    File {
        /// What to call the file.
        name: String,
        /// What the system said.
        error: io::Error,
    },
    /// What was asked for makes no sense, as far as the definition of the command line cannot tell.
    #[cfg(feature = "get")]
    Usage {
        /// What is wrong with it.
        what: String,
        /// What to do about it.
        advice: &'static str,
    },
    /// There is no stream, or none any more.
    #[cfg(feature = "get")]
    Network {
        /// What to call the stream.
        name: String,
        /// What happened.
        what: String,
        /// What to do about it.
        advice: &'static str,
    },
    /// The output could not be written.
    Output(io::Error),
}

impl Failure {
    /// Says on standard error what happened, and gives the exit status.
    ///
    /// A closed output is no failure: who reads us (`head`, a pager) has seen enough, and wants no noise.
    pub(crate) fn report(&self) -> ExitCode {
        match self {
            Self::Output(error) if error.kind() == ErrorKind::BrokenPipe => ExitCode::SUCCESS,
            Self::Output(error) => {
                complain("standard output", &format!("cannot be written ({error})"), output_advice(error));
                ExitCode::FAILURE
            }
            Self::Line { name, number, what, advice } => {
                complain(name, &format!("line {number}: {what}"), advice);
                ExitCode::FAILURE
            }
            Self::Input { name, error } => {
                let (what, advice) = input_advice(error);
                complain(name, &what, advice);
                ExitCode::FAILURE
            }
            #[cfg(feature = "get")]
            Self::File { name, error } => {
                complain(name, &format!("cannot be written ({error})"), output_advice(error));
                ExitCode::FAILURE
            }
            #[cfg(feature = "get")]
            Self::Usage { what, advice } => {
                complain("usage", what, advice);
                ExitCode::from(2)
            }
            #[cfg(feature = "get")]
            Self::Network { name, what, advice } => {
                complain(name, what, advice);
                ExitCode::from(4)
            }
        }
    }
}

/// Writes one line of complaint to standard error.
pub(crate) fn complain(place: &str, what: &str, advice: &str) {
    eprintln!("eventwire: {place}: {what}: {advice}");
}

fn output_advice(error: &io::Error) -> &'static str {
    match error.kind() {
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => "free some space, or write elsewhere",
        _ => "check where the output goes",
    }
}

fn input_advice(error: &io::Error) -> (String, &'static str) {
    match error.kind() {
        ErrorKind::NotFound => ("no such file".into(), "check the path, or give - for standard input"),
        ErrorKind::PermissionDenied => ("permission denied".into(), "check who may read it"),
        ErrorKind::IsADirectory => ("is a directory".into(), "give a file, or - for standard input"),
        _ => (format!("cannot be read ({error})"), "what was complete before is written; check the source"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_errors_are_named_and_others_quoted() {
        let (what, _) = input_advice(&io::Error::from(ErrorKind::NotFound));
        assert_eq!(what, "no such file");
        let (what, _) = input_advice(&io::Error::other("the disk is on fire"));
        assert_eq!(what, "cannot be read (the disk is on fire)");
    }

    #[test]
    fn only_a_closed_output_is_quiet_success() {
        let closed = Failure::Output(ErrorKind::BrokenPipe.into());
        assert_eq!(closed.report(), ExitCode::SUCCESS);
        let full = Failure::Output(ErrorKind::StorageFull.into());
        assert_eq!(full.report(), ExitCode::FAILURE);
        let input = Failure::Input { name: "x".into(), error: ErrorKind::BrokenPipe.into() };
        assert_eq!(input.report(), ExitCode::FAILURE);
    }
}
