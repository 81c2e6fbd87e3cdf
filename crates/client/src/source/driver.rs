//! The driver: does what the machine asks for, tells it what came of it, and makes of its notices what the user is told.

use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use eventwire::event_source::{Action, Notice, Reason};
use eventwire::{BytesInput, ReadyState};
use tokio::task::coop;

use super::EventSource;
use crate::Item;
use crate::error::{Error, ErrorKind, Failure};
use crate::request::{Outgoing, Reply};
use crate::shared::Transfer;

/// Where the driver stands, as far as it need not ask the machine.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Phase {
    /// The machine knows what is to be done.
    Ask,
    /// A connection is to be received from: its head, or its body.
    Receive,
    /// The body has ended, and what it left is to be asked for.
    Ended,
}

/// What came of waiting for a connection.
enum Progress {
    Head(Result<Reply, Failure>),
    Chunk(Bytes),
    Broken(Failure),
    End,
    /// The connection has been taken away.
    Gone,
}

impl EventSource {
    /// One step after the other, until there is something to tell or to wait for.
    pub(super) fn poll_step(&mut self, cx: &mut Context<'_>) -> Poll<Option<Item>> {
        loop {
            if self.shared.ready_state() == ReadyState::Closed {
                self.release();
                return Poll::Ready(None);
            }
            if let Some(item) = self.next_of_chunk() {
                return Poll::Ready(Some(item));
            }
            let item = match self.phase {
                Phase::Ask => ready!(self.poll_machine(cx)),
                Phase::Receive | Phase::Ended if self.shared.take_restart() => self.hang_up(),
                Phase::Receive => ready!(self.poll_connection(cx)),
                Phase::Ended => self.next_of_end(),
            };
            if item.is_some() {
                return Poll::Ready(item);
            }
        }
    }

    /// Does what the machine asks for.
    fn poll_machine(&mut self, cx: &mut Context<'_>) -> Poll<Option<Item>> {
        let now = self.clock.over();
        match self.machine.source_mut().poll(now) {
            Action::Connect(request) => {
                // What is wanted comes anyway.
                self.shared.take_restart();
                self.heard = now;
                match Outgoing::new(&request, &self.shared.url) {
                    Ok(outgoing) => {
                        let request = Box::pin(Arc::clone(&self.sender).send(outgoing));
                        self.shared.set_transfer(Transfer::Request(request));
                    }
                    Err(failure) => return Poll::Ready(self.lose(failure)),
                }
            }
            Action::Wait { until } => {
                self.shared.take_restart();
                ready!(self.clock.poll_until(until, cx));
            }
            Action::Receive { deadline } => {
                self.patience = deadline.map(|deadline| deadline.saturating_sub(self.heard));
                self.phase = Phase::Receive;
            }
            Action::Closed => self.shared.close(),
        }
        Poll::Ready(None)
    }

    /// The next item of the chunk at hand.
    #[inline]
    fn next_of_chunk(&mut self) -> Option<Item> {
        while let Some(chunk) = &mut self.chunk {
            match self.machine.next_item(self.heard, chunk) {
                Ok(Some(item)) => {
                    let item = Item::parsed(item, &self.origin);
                    if item.is_some() {
                        return item;
                    }
                }
                Ok(None) => self.chunk = None,
                Err(error) => return Some(dropped(error)),
            }
        }
        None
    }

    /// What the end of a body leaves: an event, if that was asked for, and then the notice.
    fn next_of_end(&mut self) -> Option<Item> {
        match self.machine.finish() {
            Ok(Some(event)) => Some(Item::event(event, &self.origin)),
            Ok(None) => self.hang_up(),
            Err(error) => Some(dropped(error)),
        }
    }

    /// Takes the connection for ended in good order.
    fn hang_up(&mut self) -> Option<Item> {
        self.disconnect();
        let notice = self.machine.source_mut().handle_end(self.clock.now());
        self.tell(notice, Some(ErrorKind::End.into()))
    }

    /// Drops the connection. What follows, the machine is to be asked.
    fn disconnect(&mut self) {
        self.shared.set_transfer(Transfer::None);
        self.phase = Phase::Ask;
        self.waiting_since = None;
    }

    /// Waits for the connection, as long as it may be silent.
    fn poll_connection(&mut self, cx: &mut Context<'_>) -> Poll<Option<Item>> {
        let Poll::Ready(progress) = self.poll_transfer(cx) else {
            let Some(patience) = self.patience else { return Poll::Pending };
            // While the reader did something else the server was not silent; it was not listened to.
            let since = *self.waiting_since.get_or_insert_with(|| self.clock.now());
            ready!(self.clock.poll_until(since.max(self.heard).saturating_add(patience), cx));
            self.disconnect();
            let notice = self.machine.source_mut().handle_timeout(self.clock.now());
            return Poll::Ready(self.tell(notice, None));
        };
        self.waiting_since = None;
        Poll::Ready(match progress {
            Progress::Chunk(chunk) => {
                // What time it is matters to nobody else.
                if self.patience.is_some() {
                    self.heard = self.clock.now();
                }
                if let Some(tap) = &mut self.tap {
                    tap(&chunk);
                }
                self.chunk = Some(BytesInput::new(chunk));
                None
            }
            Progress::End => {
                self.phase = Phase::Ended;
                None
            }
            Progress::Head(Ok(reply)) => self.take_head(reply),
            Progress::Head(Err(failure)) | Progress::Broken(failure) => self.lose(failure),
            Progress::Gone => None,
        })
    }

    /// Takes a connection for lost.
    fn lose(&mut self, failure: Failure) -> Option<Item> {
        self.disconnect();
        let notice = self.machine.source_mut().handle_error(self.clock.now(), failure.fault());
        self.tell(notice, Some(failure))
    }

    fn poll_transfer(&mut self, cx: &mut Context<'_>) -> Poll<Progress> {
        // A server that sends without a pause must not keep the thread from other tasks.
        let budget = ready!(coop::poll_proceed(cx));
        let mut transfer = self.shared.transfer();
        let progress = match &mut *transfer {
            Transfer::None => Progress::Gone,
            Transfer::Request(request) => Progress::Head(ready!(request.as_mut().poll(cx))),
            // The future holds nothing but the response, so that it may be dropped when it has to wait.
            Transfer::Body(response) => match ready!(pin!(response.chunk()).poll(cx)) {
                Ok(Some(chunk)) => Progress::Chunk(chunk),
                Ok(None) => Progress::End,
                Err(error) => Progress::Broken(Failure::body(error)),
            },
        };
        drop(transfer);
        budget.made_progress();
        Poll::Ready(progress)
    }

    /// Takes the response's head; from now on the body is read.
    fn take_head(&mut self, reply: Reply) -> Option<Item> {
        self.heard = self.clock.now();
        let notice = self.machine.source_mut().handle_response(self.heard, &reply.head());
        let refused = match notice {
            Some(Notice::Error { reason: Reason::ContentType, .. }) => {
                Some(Failure::detailed(ErrorKind::ContentType, reply.content_type()))
            }
            _ => None,
        };
        self.disconnect();
        if notice == Some(Notice::Open) {
            self.origin = Arc::new(self.machine.source().origin().to_owned());
            self.shared.set_transfer(Transfer::Body(reply.into_response()));
        }
        self.tell(notice, refused)
    }

    /// A notice of the machine as the user sees it, the ready state being changed before. `failure` says more about
    /// what went wrong, if it is known.
    fn tell(&mut self, notice: Option<Notice>, failure: Option<Failure>) -> Option<Item> {
        match notice? {
            Notice::Open => self.shared.set_ready_state(ReadyState::Open).then_some(Item::Open),
            Notice::Error { ready_state, reason } => {
                let failure = failure.unwrap_or_else(|| Failure::from(kind_of(reason)));
                self.shared.set_ready_state(ready_state).then(|| Item::Error(failure.into_error(ready_state)))
            }
        }
    }

    /// Lets go of everything that belongs to a connection.
    fn release(&mut self) {
        self.machine.source_mut().close();
        self.shared.set_transfer(Transfer::None);
        self.clock.stop();
        self.chunk = None;
    }
}

/// What is told of an event of the stream that was dropped.
fn dropped(error: eventwire::Error) -> Item {
    Item::Error(Error::new(ErrorKind::Stream(error), ReadyState::Open))
}

/// The machine's reason as the user sees it, where the driver knows no more.
fn kind_of(reason: Reason) -> ErrorKind {
    match reason {
        Reason::End => ErrorKind::End,
        Reason::Status(status) => ErrorKind::Status(status),
        Reason::ContentType => ErrorKind::ContentType,
        Reason::IdleTimeout => ErrorKind::IdleTimeout,
        Reason::NoMemory => ErrorKind::NoMemory,
        _ => ErrorKind::Request,
    }
}
