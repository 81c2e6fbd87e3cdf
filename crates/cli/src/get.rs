//! `eventwire get`: follows a stream over HTTP. The rules are those of the library's `EventSource`; here is what a
//! command makes of them:
//!
//! * [`args`]: what can be asked for, [`request`]: the source that it leads to;
//! * [`show`], [`pretty`]: what is written;
//! * this file: the loop, and how it ends.
//!
//! Like the other commands it handles no signal: all that is complete is written before more is waited for.

pub(crate) mod args;
mod pretty;
mod request;
mod show;

use std::future::poll_fn;
use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::Poll;

use eventwire::ReadyState;
use eventwire_client::{Error, ErrorKind, EventSource, Item};
use futures_core::Stream as _;

use self::args::GetArgs;
use self::show::Show;
use crate::failure::{Failure, Status, complain};
use crate::losses::Losses;
use crate::output;

/// Why `--raw` could not be written, if it could not.
type RawError = Arc<Mutex<Option<io::Error>>>;

/// Follows the stream that `options` name, as they say.
pub(crate) fn run(options: &GetArgs) -> Result<Status, Failure> {
    // It fails if another part of the program has installed one: there is none.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let raw_error = RawError::default();
    let source = request::source(options, &raw_error)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| Failure::Input { name: "network".into(), error })?;
    let mut follower = Follower {
        show: Show::new(output::standard(), options),
        options,
        place: place(options),
        raw_error,
        opened: false,
        losses: Losses::default(),
        after: 0,
    };
    let end = runtime.block_on(follower.follow(source));
    // A resolver that takes its time is not waited for.
    runtime.shutdown_background();
    if let Err(failure @ Failure::Output(_)) = end {
        return Err(failure);
    }
    let status = follower.losses.report(&follower.place, options.limits.max_event_size);
    end.map(|()| status)
}

/// What to call the stream: the URL without what may be secret in it.
fn place(options: &GetArgs) -> String {
    let mut url = options.url.clone();
    // Setting these fails for no URL of HTTP.
    let _ = url.set_username("");
    let _ = url.set_password(None);
    url.set_query(None);
    url.set_fragment(None);
    url.into()
}

struct Follower<'o, W: io::Write> {
    show: Show<'o, W>,
    options: &'o GetArgs,
    place: String,
    raw_error: RawError,
    /// Whether there has been a connection.
    opened: bool,
    losses: Losses,
    /// Where the latest event ended.
    after: u64,
}

impl<W: io::Write> Follower<'_, W> {
    /// Takes everything that comes, until it is over.
    async fn follow(&mut self, mut source: EventSource) -> Result<(), Failure> {
        let mut left = self.options.max_events.unwrap_or(u64::MAX);
        let end = loop {
            if left == 0 {
                break Ok(());
            }
            let Some(item) = self.next(&mut source).await? else { break Ok(()) };
            match &item {
                Item::Open => self.opened = true,
                Item::Event(event) => self.after = event.span().end,
                Item::Error(error) => {
                    if let Some(end) = self.take_error(error)? {
                        break end;
                    }
                    continue;
                }
                _ => {}
            }
            let shown = self.show.item(&item).map_err(Failure::Output)?;
            left -= u64::from(shown);
        };
        self.show.flush().map_err(Failure::Output)?;
        end
    }

    /// The next item; before it is waited for, what has been written is let out.
    async fn next(&mut self, source: &mut EventSource) -> Result<Option<Item>, Failure> {
        let item = poll_fn(|cx| match Pin::new(&mut *source).poll_next(cx) {
            Poll::Pending => match self.show.flush() {
                Ok(()) => Poll::Pending,
                Err(error) => Poll::Ready(Err(Failure::Output(error))),
            },
            Poll::Ready(item) => Poll::Ready(Ok(item)),
        })
        .await?;
        match (self.raw_error.lock().unwrap_or_else(PoisonError::into_inner).take(), &self.options.raw) {
            (Some(error), Some(file)) => Err(Failure::File { name: file.display().to_string(), error }),
            _ => Ok(item),
        }
    }

    /// Says what went wrong, and answers how it all ends, if it does.
    fn take_error(&mut self, error: &Error) -> Result<Option<Result<(), Failure>>, Failure> {
        if let ErrorKind::Stream(dropped) = error.kind() {
            self.losses.note(dropped, self.after);
            return Ok(None);
        }
        self.after = 0;
        let told = self.show.error(error).map_err(Failure::Output)?;
        let failed = || Failure::Network {
            name: self.place.clone(),
            what: error.to_string(),
            advice: advice(error.kind()),
        };
        if error.ready_state() == ReadyState::Closed {
            // These are ends that a server or the user wanted.
            let wanted = self.opened && matches!(error.kind(), ErrorKind::End | ErrorKind::Status(204));
            return Ok(Some(if wanted { Ok(()) } else { Err(failed()) }));
        }
        if !self.opened && self.options.reconnect.is_none() {
            return Ok(Some(Err(failed())));
        }
        if !told && error.kind() != ErrorKind::End {
            // What is complete comes before what is said about its end.
            self.show.flush().map_err(Failure::Output)?;
            complain(&self.place, &error.to_string(), "trying again");
        }
        Ok(None)
    }
}

/// What can be done about it.
fn advice(kind: ErrorKind) -> &'static str {
    match kind {
        ErrorKind::Refused => "check that the server runs, and the port; --reconnect keeps trying",
        ErrorKind::Dns => "check the host's name; --reconnect keeps trying",
        ErrorKind::Tls => "check the certificate, or trust its authority with --cacert",
        ErrorKind::Status(204) => "the server has nothing to say",
        ErrorKind::Status(401 | 403 | 407) => "check the credentials, which -H can send",
        ErrorKind::Status(404 | 410) => "check the URL",
        ErrorKind::Status(405 | 415) => "check the method and the body, which -X and -d set",
        ErrorKind::Status(429 | 500..=599) => "try later; --reconnect resilient keeps trying",
        ErrorKind::ContentType => "check the URL, and what the server was asked for with -H",
        ErrorKind::Redirect | ErrorKind::Unsendable => "check the URL",
        ErrorKind::LastEventId => "begin anew without it, or with another --last-event-id",
        _ => "check the server; --reconnect keeps trying",
    }
}
