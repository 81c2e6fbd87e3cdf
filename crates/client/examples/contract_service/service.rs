//! The service: what each request does, and what is reported.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use axum::routing::{get, post};
use axum::{Json, Router};
use eventwire_client::{
    BuildError, Config, ErrorKind, EventSource, Handle, Item, Items, Policy, Replay, Utf8, reqwest,
};
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::Notify;

const CAPABILITIES: [&str; 10] = [
    "bom",
    "comments",
    "event-type-listeners",
    "headers",
    "last-event-id",
    "post",
    "read-timeout",
    "report",
    "restart",
    "server-directed-shutdown-request",
];

/// Serves until it is told to stop.
pub(crate) async fn serve(listener: TcpListener) -> io::Result<()> {
    let service = Arc::new(Service::default());
    let routes = Router::new()
        .route("/", get(status).post(open).delete(stop))
        .route("/streams/{number}", post(command).delete(close))
        .with_state(Arc::clone(&service));
    axum::serve(listener, routes).with_graceful_shutdown(async move { service.stop.notified().await }).await
}

/// All streams, by number.
#[derive(Default)]
struct Service {
    streams: Mutex<Streams>,
    stop: Notify,
}

#[derive(Default)]
struct Streams {
    latest: u64,
    open: BTreeMap<u64, Stream>,
}

/// A stream as the service knows it.
struct Stream {
    handle: Handle,
    /// The types of events that are listened for.
    types: Arc<Mutex<HashSet<String>>>,
}

/// What a stream is opened with.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Parameters {
    stream_url: String,
    callback_url: String,
    initial_delay_ms: Option<u64>,
    read_timeout_ms: Option<u64>,
    last_event_id: Option<String>,
    method: Option<String>,
    body: Option<String>,
    headers: Option<HashMap<String, String>>,
}

#[derive(Deserialize)]
#[serde(tag = "command", content = "listen", rename_all = "lowercase")]
enum Command {
    Listen {
        #[serde(rename = "type")]
        event_type: String,
    },
    Restart,
}

async fn status() -> Json<Value> {
    Json(json!({ "name": "eventwire", "capabilities": CAPABILITIES }))
}

async fn open(State(service): State<Arc<Service>>, body: String) -> impl IntoResponse {
    let parameters: Parameters = serde_json::from_str(&body).map_err(|error| bad_request(&error))?;
    let source = source(&parameters).map_err(|error| bad_request(&error))?;
    let types = Arc::new(Mutex::new(HashSet::from(["message".to_owned()])));
    let stream = Stream { handle: source.handle(), types: Arc::clone(&types) };
    tokio::spawn(report(source, types, parameters.callback_url));
    let mut streams = lock(&service.streams);
    streams.latest += 1;
    let number = streams.latest;
    streams.open.insert(number, stream);
    Ok::<_, (StatusCode, String)>((StatusCode::CREATED, [(header::LOCATION, format!("/streams/{number}"))]))
}

async fn command(
    State(service): State<Arc<Service>>,
    Path(number): Path<u64>,
    body: String,
) -> impl IntoResponse {
    let streams = lock(&service.streams);
    let stream = streams.open.get(&number).ok_or((StatusCode::NOT_FOUND, String::new()))?;
    match serde_json::from_str(&body).map_err(|error| bad_request(&error))? {
        Command::Listen { event_type } => {
            lock(&stream.types).insert(event_type);
        }
        Command::Restart => stream.handle.restart(),
    }
    Ok::<_, (StatusCode, String)>(StatusCode::ACCEPTED)
}

async fn close(State(service): State<Arc<Service>>, Path(number): Path<u64>) -> StatusCode {
    match lock(&service.streams).open.remove(&number) {
        Some(stream) => {
            stream.handle.close();
            StatusCode::NO_CONTENT
        }
        None => StatusCode::NOT_FOUND,
    }
}

async fn stop(State(service): State<Arc<Service>>) -> StatusCode {
    for stream in lock(&service.streams).open.values() {
        stream.handle.close();
    }
    service.stop.notify_one();
    StatusCode::NO_CONTENT
}

fn bad_request(error: &impl ToString) -> (StatusCode, String) {
    (StatusCode::BAD_REQUEST, error.to_string())
}

fn source(parameters: &Parameters) -> Result<EventSource, BuildError> {
    let mut builder = EventSource::builder(&parameters.stream_url)
        .config(Config::new().utf8(Utf8::Replace).items(Items::COMMENTS))
        .method(parameters.method.as_deref().unwrap_or("GET"));
    for (name, value) in parameters.headers.iter().flatten() {
        builder = builder.header(name, value);
    }
    if let Some(body) = &parameters.body {
        builder = builder.body(body, Replay::Allowed);
    }
    if let Some(id) = &parameters.last_event_id {
        builder = builder.last_event_id(id);
    }
    if let Some(milliseconds) = parameters.initial_delay_ms {
        builder = builder.reconnection_time(Duration::from_millis(milliseconds));
    }
    if let Some(milliseconds) = parameters.read_timeout_ms {
        builder = builder.policy(Policy::new().idle_timeout(milliseconds));
    }
    builder.build()
}

/// Sends what comes out of a source to a callback, one after the other.
async fn report(mut source: EventSource, types: Arc<Mutex<HashSet<String>>>, callback_url: String) {
    let client = reqwest::Client::new();
    let mut number = 0;
    while let Some(item) = source.next().await {
        let message = match item {
            Item::Event(event) if lock(&types).contains(&*event.event_type_str()) => json!({
                "kind": "event",
                "event": {
                    "type": event.event_type_str(),
                    "data": event.data_str(),
                    "id": event.last_event_id_str(),
                },
            }),
            Item::Comment(comment) => {
                json!({ "kind": "comment", "comment": String::from_utf8_lossy(&comment) })
            }
            Item::Error(error) if error.kind() != ErrorKind::End => {
                json!({ "kind": "error", "error": error.to_string() })
            }
            _ => continue,
        };
        number += 1;
        let callback =
            client.post(format!("{callback_url}/{number}")).header("Content-Type", "application/json");
        if let Err(error) = callback.body(message.to_string()).send().await {
            eprintln!("contract_service: callback {number}: {error}");
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
