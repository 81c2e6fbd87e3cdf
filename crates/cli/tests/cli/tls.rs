//! `eventwire get` over TLS, with an authority of the test's own.

use std::io::Write as _;
use std::net::TcpListener;
use std::sync::Arc;
use std::thread;

use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use rustls::{ServerConfig, ServerConnection, StreamOwned, crypto};

use crate::server::{read_request, stream};
use crate::support::{Scratch, run};

/// A server that answers one request with this stream over TLS; the authority that vouches for it, in PEM form.
fn serve(events: &'static str) -> (String, String) {
    let mut params = CertificateParams::default();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let key = KeyPair::generate().unwrap();
    let authority = params.self_signed(&key).unwrap().pem();
    let issuer = Issuer::new(params, key);
    let key = KeyPair::generate().unwrap();
    let certificate =
        CertificateParams::new(["localhost".to_owned()]).unwrap().signed_by(&key, &issuer).unwrap();
    let config = ServerConfig::builder_with_provider(Arc::new(crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der().clone()], key.into())
        .unwrap();

    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("https://localhost:{}/", listener.local_addr().unwrap().port());
    thread::spawn(move || {
        let (socket, _) = listener.accept().unwrap();
        let connection = ServerConnection::new(Arc::new(config)).unwrap();
        let mut socket = StreamOwned::new(connection, socket);
        // Who does not trust it says so, and leaves.
        if socket.conn.complete_io(&mut socket.sock).is_err() {
            return;
        }
        read_request(&mut socket);
        socket.write_all(stream(events).as_bytes()).unwrap();
        socket.conn.send_close_notify();
        socket.flush().unwrap();
    });
    (url, authority)
}

#[test]
fn an_authority_that_is_named_is_trusted() {
    let (url, authority) = serve("id: 1\ndata: a\n\ndata: b\n\n");
    let authority = Scratch::new("authority.pem", authority.as_bytes());
    let run = run(&["get", &url, "--cacert", authority.path(), "--reconnect", "never", "--data"], b"");
    assert_eq!(run.output(), "a\nb\n");
}

#[test]
fn another_is_not_and_it_is_said_how_to() {
    let (url, _) = serve("data: a\n\n");
    let run = run(&["get", &url], b"");
    assert_eq!((run.status, &run.out[..]), (Some(4), &b""[..]));
    assert!(run.err.contains("TLS failed (") && run.err.contains("--cacert"), "{}", run.err);
    assert_eq!(run.err.lines().count(), 1, "{}", run.err);
}
