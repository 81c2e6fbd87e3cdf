//! The clients, each as its documentation shows it.

use std::future::Future;
use std::pin::Pin;

use eventsource_client::{Client as _, SSE};
use eventwire::{Input, Parser};
use eventwire_client::reqwest;
use futures_util::StreamExt as _;
use launchdarkly_sdk_transport::HyperTransport;
use reqwest_eventsource::EventSource as ReqwestEventSource;

/// When to stop.
#[derive(Clone, Copy, Debug)]
pub struct Expected {
    pub bytes: u64,
    pub events: u64,
}

/// What a client has seen.
#[derive(Clone, Copy, Debug)]
pub enum Seen {
    /// It does not look at what it reads.
    Bytes(u64),
    Events {
        events: u64,
        data_bytes: u64,
    },
}

/// A client: its name, and how it reads a stream.
pub struct Client {
    pub name: &'static str,
    pub run: for<'u> fn(&'u str, Expected) -> Running<'u>,
}

type Running<'u> = Pin<Box<dyn Future<Output = Seen> + 'u>>;

/// All of them; the first is what the others are compared with.
pub const CLIENTS: &[Client] = &[
    Client { name: "reqwest 0.13 alone: bytes", run: |url, expected| Box::pin(bytes(url, expected)) },
    Client { name: "reqwest 0.13 and `Parser`", run: |url, expected| Box::pin(parser(url, expected)) },
    Client { name: "eventwire-client", run: |url, expected| Box::pin(own(url, expected)) },
    Client {
        name: "reqwest-eventsource 0.6.0",
        run: |url, expected| Box::pin(reqwest_eventsource(url, expected)),
    },
    Client {
        name: "eventsource-client 0.18.0",
        run: |url, expected| Box::pin(eventsource_client(url, expected)),
    },
];

async fn bytes(url: &str, expected: Expected) -> Seen {
    let mut response = reqwest::get(url).await.expect("a response");
    let mut bytes = 0;
    while bytes < expected.bytes {
        bytes += response.chunk().await.expect("a chunk").expect("more").len() as u64;
    }
    Seen::Bytes(bytes)
}

async fn parser(url: &str, expected: Expected) -> Seen {
    let mut response = reqwest::get(url).await.expect("a response");
    let mut parser = Parser::new();
    let (mut events, mut data_bytes) = (0, 0);
    while events < expected.events {
        let chunk = response.chunk().await.expect("a chunk").expect("more");
        let mut input = Input::new(&chunk);
        while let Some(event) = parser.next_event(&mut input).expect("an event") {
            events += 1;
            data_bytes += event.data().len() as u64;
        }
    }
    Seen::Events { events, data_bytes }
}

async fn own(url: &str, expected: Expected) -> Seen {
    let mut source = eventwire_client::EventSource::new(url).expect("a source");
    let (mut events, mut data_bytes) = (0, 0);
    while events < expected.events {
        match source.next().await.expect("more") {
            eventwire_client::Item::Event(event) => {
                events += 1;
                data_bytes += event.data().len() as u64;
            }
            eventwire_client::Item::Open => {}
            other => panic!("{other:?}"),
        }
    }
    Seen::Events { events, data_bytes }
}

async fn reqwest_eventsource(url: &str, expected: Expected) -> Seen {
    let mut source = ReqwestEventSource::get(url);
    let (mut events, mut data_bytes) = (0, 0);
    while events < expected.events {
        if let reqwest_eventsource::Event::Message(message) =
            source.next().await.expect("more").expect("an event")
        {
            events += 1;
            data_bytes += message.data.len() as u64;
        }
    }
    Seen::Events { events, data_bytes }
}

async fn eventsource_client(url: &str, expected: Expected) -> Seen {
    let transport = HyperTransport::builder().build_http().expect("a transport");
    let client =
        eventsource_client::ClientBuilder::for_url(url).expect("a URL").build_with_transport(transport);
    let mut stream = client.stream();
    let (mut events, mut data_bytes) = (0, 0);
    while events < expected.events {
        if let SSE::Event(event) = stream.next().await.expect("more").expect("an event") {
            events += 1;
            data_bytes += event.data.len() as u64;
        }
    }
    Seen::Events { events, data_bytes }
}
