//! The service for a public harness of contract tests, with the exchanges that such a harness has with it.

#[path = "../../examples/contract_service/service.rs"]
mod service;

use std::time::Duration;

use axum::Router;
use axum::extract::{Path, State};
use axum::routing::post;
use eventwire_client::reqwest::{Client, Method, Response};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::mpsc;

use crate::server::{Answer, Server};

/// A harness: it has a callback endpoint, and talks to the service.
struct Harness {
    service: String,
    callback: String,
    messages: mpsc::UnboundedReceiver<(u64, Value)>,
    /// How many messages have come.
    count: u64,
    client: Client,
}

impl Harness {
    async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let service = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(service::serve(listener));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let callback = format!("http://{}/callback", listener.local_addr().unwrap());
        let (sender, messages) = mpsc::unbounded_channel();
        let receive = |State(sender): State<mpsc::UnboundedSender<(u64, Value)>>,
                       Path(number): Path<u64>,
                       body: String| async move {
            sender.send((number, serde_json::from_str(&body).unwrap())).unwrap();
        };
        let routes = Router::new().route("/callback/{number}", post(receive)).with_state(sender);
        tokio::spawn(async move { axum::serve(listener, routes).await });
        Self { service, callback, messages, count: 0, client: Client::new() }
    }

    async fn request(&self, method: &str, path: &str, body: Value) -> Response {
        let method: Method = method.parse().unwrap();
        let request = self.client.request(method, format!("{}{path}", self.service));
        request.body(body.to_string()).send().await.unwrap()
    }

    /// Opens a stream, and gives the path of its resource.
    async fn open(&self, mut parameters: Value) -> String {
        parameters["callbackUrl"] = self.callback.clone().into();
        parameters["tag"] = "test".into();
        let response = self.request("POST", "/", parameters).await;
        assert_eq!(response.status(), 201);
        response.headers()["location"].to_str().unwrap().to_owned()
    }

    /// The next message, whose number must be the next one.
    async fn message(&mut self) -> Value {
        let message = tokio::time::timeout(Duration::from_secs(5), self.messages.recv()).await;
        let (number, message) = message.expect("a message comes").unwrap();
        self.count += 1;
        assert_eq!(number, self.count);
        message
    }
}

fn event(event_type: &str, data: &str, id: &str) -> Value {
    json!({ "kind": "event", "event": { "type": event_type, "data": data, "id": id } })
}

#[tokio::test]
async fn it_tells_what_it_can() {
    let harness = Harness::start().await;
    let response = harness.request("GET", "/", Value::Null).await;
    assert_eq!(response.status(), 200);
    let told: Value = serde_json::from_str(&response.text().await.unwrap()).unwrap();
    for capability in [
        "bom",
        "comments",
        "headers",
        "last-event-id",
        "post",
        "read-timeout",
        "report",
        "restart",
        "event-type-listeners",
        "server-directed-shutdown-request",
    ] {
        assert!(told["capabilities"].as_array().unwrap().contains(&capability.into()), "{capability}");
    }
}

#[tokio::test]
async fn it_opens_streams_and_reports_what_comes() {
    let mut harness = Harness::start().await;
    let mut server = Server::start([
        Answer::stream([
            "\u{feff}: hello\nid: 1\ndata: a\n\n",
            "event: greet\ndata: b\n\nevent: other\ndata: c\n\n",
        ])
        .every(100)
        .hang(),
        Answer::stream(["data: d\n\n"]).hang(),
    ])
    .await;
    let stream = harness
        .open(json!({
            "streamUrl": server.url("/"),
            "initialDelayMs": 0,
            "lastEventId": "0",
            "method": "REPORT",
            "body": "{}",
            "headers": { "x-header": "y" },
            "readTimeoutMs": null,
        }))
        .await;
    let listen = json!({ "command": "listen", "listen": { "type": "greet" } });
    assert_eq!(harness.request("POST", &stream, listen).await.status(), 202);
    assert_eq!(harness.message().await, json!({ "kind": "comment", "comment": " hello" }));
    assert_eq!(harness.message().await, event("message", "a", "1"));
    assert_eq!(harness.message().await, event("greet", "b", "1"));
    let restart = json!({ "command": "restart" });
    assert_eq!(harness.request("POST", &stream, restart).await.status(), 202);
    // Nobody listens for `other`, and a restart is no error.
    assert_eq!(harness.message().await, event("message", "d", "1"));
    for (request, id) in server.requests().iter().zip(["0", "1"]) {
        assert_eq!((request.line.as_str(), &request.body[..]), ("REPORT / HTTP/1.1", &b"{}"[..]));
        assert_eq!(request.header("x-header").as_deref(), Some("y"));
        assert_eq!(request.header("last-event-id").as_deref(), Some(id));
    }
    assert_eq!(harness.request("DELETE", &stream, Value::Null).await.status(), 204);
    server.connections_over(2).await;
    assert_eq!(harness.request("DELETE", &stream, Value::Null).await.status(), 404);
    assert_eq!(harness.request("POST", &stream, json!({ "command": "restart" })).await.status(), 404);
}

#[tokio::test]
async fn it_reports_failures_but_no_plain_end() {
    let mut harness = Harness::start().await;
    let server = Server::start([
        Answer::stream(["data: a\n\n"]),
        Answer::stream(["data: b\n\n"]).hang(),
        Answer::status(301, &["Location: "]),
    ])
    .await;
    harness.open(json!({ "streamUrl": server.url("/"), "initialDelayMs": 0, "readTimeoutMs": 800 })).await;
    assert_eq!(harness.message().await, event("message", "a", ""));
    assert_eq!(harness.message().await, event("message", "b", ""));
    assert_eq!(harness.message().await, json!({ "kind": "error", "error": "nothing came for too long" }));
    assert_eq!(
        harness.message().await,
        json!({ "kind": "error", "error": "the server answered with status 301" })
    );
}

#[tokio::test]
async fn it_refuses_what_it_does_not_understand_and_ends_when_told() {
    let harness = Harness::start().await;
    for body in [json!(null), json!({ "streamUrl": 1 }), json!({ "streamUrl": "x", "callbackUrl": "y" })] {
        assert_eq!(harness.request("POST", "/", body).await.status(), 400);
    }
    let server = Server::start([]).await;
    let stream = harness.open(json!({ "streamUrl": server.url("/") })).await;
    assert_eq!(harness.request("POST", &stream, json!({ "command": "jump" })).await.status(), 400);
    assert_eq!(harness.request("DELETE", "/", Value::Null).await.status(), 204);
    tokio::time::sleep(Duration::from_millis(50)).await;
    assert!(Client::new().get(&harness.service).send().await.is_err());
}
