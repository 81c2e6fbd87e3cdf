//! TLS and HTTP/2, with an authority of the test's own, and a server that others have written.

use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::routing::get;
use eventwire_client::reqwest::{Certificate, Client, ClientBuilder, redirect, tls};
use eventwire_client::{ErrorKind, EventSource, Item, ReadyState};
use futures_util::Stream;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::service::TowerToHyperService;
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::{ServerConfig, crypto};

use crate::support::{lines, next};

/// A server of axum's behind TLS, which counts.
struct Secure {
    port: u16,
    authority: Certificate,
    connections: Arc<AtomicUsize>,
    streams: Arc<AtomicUsize>,
}

impl Secure {
    /// A server that speaks these protocols.
    async fn start(protocols: &[&str]) -> Self {
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().unwrap();
        let authority = Certificate::from_pem(params.self_signed(&key).unwrap().pem().as_bytes()).unwrap();
        let issuer = Issuer::new(params, key);
        let key = KeyPair::generate().unwrap();
        let names = ["localhost".to_owned(), "127.0.0.1".to_owned()];
        let certificate = CertificateParams::new(names).unwrap().signed_by(&key, &issuer).unwrap();
        let mut config = ServerConfig::builder_with_provider(Arc::new(crypto::ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![certificate.der().clone()], key.into())
            .unwrap();
        config.alpn_protocols = protocols.iter().map(|protocol| protocol.as_bytes().to_vec()).collect();
        let acceptor = TlsAcceptor::from(Arc::new(config));

        let (connections, streams) = (Arc::<AtomicUsize>::default(), Arc::<AtomicUsize>::default());
        let routes = Router::new().route("/", get(stream)).with_state(Arc::clone(&streams));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let count = Arc::clone(&connections);
        tokio::spawn(async move {
            loop {
                let (socket, _) = listener.accept().await.unwrap();
                count.fetch_add(1, Ordering::Relaxed);
                let (acceptor, routes) = (acceptor.clone(), routes.clone());
                tokio::spawn(async move {
                    let Ok(socket) = acceptor.accept(socket).await else { return };
                    let server = hyper_util::server::conn::auto::Builder::new(TokioExecutor::new());
                    let service = TowerToHyperService::new(routes);
                    let _ = server.serve_connection(TokioIo::new(socket), service).await;
                });
            }
        });
        Self { port, authority, connections, streams }
    }

    fn url(&self, host: &str) -> String {
        format!("https://{host}:{}/", self.port)
    }

    fn trusting(&self) -> ClientBuilder {
        Client::builder().tls_certs_merge([self.authority.clone()]).redirect(redirect::Policy::none())
    }

    /// Waits until so many streams are open.
    async fn streams_are(&self, count: usize) {
        for _ in 0..500 {
            if self.streams.load(Ordering::Relaxed) == count {
                return;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("{} streams", self.streams.load(Ordering::Relaxed));
    }
}

/// Counts as open until it is dropped.
struct Open(Arc<AtomicUsize>);

impl Drop for Open {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// What browsers get from axum: an event with the protocol's version, then one after the other, with keep-alives between.
async fn stream(
    State(open): State<Arc<AtomicUsize>>,
    headers: HeaderMap,
    request: axum::extract::Request,
) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    open.fetch_add(1, Ordering::Relaxed);
    let open = Open(open);
    let seen = headers.get("last-event-id").map_or(0, |id| id.to_str().unwrap().parse::<u64>().unwrap());
    let version = format!("{:?}", request.version());
    let events = futures_util::stream::unfold((seen, version, open), |(seen, version, open)| async move {
        tokio::time::sleep(Duration::from_millis(20)).await;
        let event = Event::default().id((seen + 1).to_string()).event("version").data(&version);
        Some((Ok(event), (seen + 1, version, open)))
    });
    Sse::new(events).keep_alive(KeepAlive::new().interval(Duration::from_millis(5)))
}

#[tokio::test]
async fn a_stream_comes_over_either_version_of_http() {
    for (protocols, version) in [(&["http/1.1"][..], "HTTP/1.1"), (&["h2", "http/1.1"], "HTTP/2.0")] {
        let server = Secure::start(protocols).await;
        for host in ["localhost", "127.0.0.1"] {
            let url = server.url(host);
            let mut source = EventSource::builder(&url)
                .client_builder(server.trusting())
                .last_event_id("41")
                .build()
                .unwrap();
            assert!(matches!(next(&mut source).await, Some(Item::Open)));
            let Some(Item::Event(event)) = next(&mut source).await else { panic!("no event") };
            assert_eq!(event.origin(), url.trim_end_matches('/'));
            assert_eq!((event.data_str().as_ref(), event.last_event_id()), (version, &b"42"[..]));
            assert_eq!(lines(&mut source, 1).await, [format!("version 43 {version}")]);
            drop(source);
            server.streams_are(0).await;
        }
    }
}

#[tokio::test]
async fn streams_share_a_connection_over_http_2_and_end_apart() {
    let server = Secure::start(&["h2"]).await;
    let client = server.trusting().build().unwrap();
    let source = || EventSource::builder(server.url("localhost")).client(client.clone()).build().unwrap();
    let (mut first, mut second) = (source(), source());
    assert_eq!(lines(&mut first, 2).await, ["open", "version 1 HTTP/2.0"]);
    assert_eq!(lines(&mut second, 2).await, ["open", "version 1 HTTP/2.0"]);
    assert_eq!(server.connections.load(Ordering::Relaxed), 1);
    server.streams_are(2).await;
    first.close();
    server.streams_are(1).await;
    assert!(lines(&mut second, 1).await[0].starts_with("version "));
    drop(second);
    server.streams_are(0).await;
}

#[tokio::test]
async fn who_is_not_trusted_gives_no_stream() {
    let server = Secure::start(&["http/1.1"]).await;
    let mut source = EventSource::new(server.url("localhost")).unwrap();
    let Some(Item::Error(error)) = next(&mut source).await else { panic!("no error") };
    assert_eq!((error.kind(), error.ready_state()), (ErrorKind::Tls, ReadyState::Connecting));
    assert!(error.to_string().starts_with("TLS failed ("), "{error}");
    assert_eq!(server.streams.load(Ordering::Relaxed), 0);
}

#[tokio::test]
async fn the_options_of_tls_are_those_of_the_client() {
    let server = Secure::start(&["http/1.1"]).await;
    let strict =
        server.trusting().tls_version_max(tls::Version::TLS_1_2).tls_version_min(tls::Version::TLS_1_2);
    let mut source = EventSource::builder(server.url("localhost")).client_builder(strict).build().unwrap();
    assert_eq!(lines(&mut source, 1).await, ["open"]);
}
