//! A server on loopback that answers every request with the same bytes, in these pieces, and a client of the proxy before it.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::body::Body;
use axum::http::{Request, response};
use bytes::Bytes;
use http_body_util::BodyExt;
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// What a server sends.
#[derive(Clone, Debug)]
pub struct Answer {
    head: String,
    pieces: Vec<Vec<u8>>,
    is_chunked: bool,
    /// Whether the connection is closed before the body's end.
    is_cut: bool,
    /// Whether nothing more comes, not even the end.
    hangs: bool,
}

impl Answer {
    /// An event stream in chunks, one for each piece.
    pub fn stream<'s>(pieces: impl IntoIterator<Item = &'s [u8]>) -> Self {
        Self::chunked("Content-Type: text/event-stream\r\n", pieces)
    }

    /// A body in chunks, with these fields.
    pub fn chunked<'s>(fields: &str, pieces: impl IntoIterator<Item = &'s [u8]>) -> Self {
        let head = format!("HTTP/1.1 200 OK\r\n{fields}Transfer-Encoding: chunked\r\n\r\n");
        let pieces = pieces.into_iter().filter(|piece| !piece.is_empty()).map(<[u8]>::to_vec).collect();
        Self { head, pieces, is_chunked: true, is_cut: false, hangs: false }
    }

    /// A body whose length is said before.
    pub fn with_length(fields: &str, body: &[u8]) -> Self {
        let head = format!("HTTP/1.1 200 OK\r\n{fields}Content-Length: {}\r\n\r\n", body.len());
        Self { head, pieces: vec![body.to_vec()], is_chunked: false, is_cut: false, hangs: false }
    }

    pub fn cut(mut self) -> Self {
        self.is_cut = true;
        self
    }

    pub fn hang(mut self) -> Self {
        self.hangs = true;
        self
    }

    async fn write(&self, connection: &mut TcpStream) -> std::io::Result<()> {
        connection.set_nodelay(true)?;
        connection.write_all(self.head.as_bytes()).await?;
        for piece in &self.pieces {
            let mut framed = piece.clone();
            if self.is_chunked {
                framed = [format!("{:x}\r\n", piece.len()).as_bytes(), piece, b"\r\n"].concat();
            }
            connection.write_all(&framed).await?;
            tokio::task::yield_now().await;
        }
        if self.hangs {
            tokio::time::sleep(Duration::from_secs(60)).await;
        }
        if self.is_chunked && !self.is_cut {
            connection.write_all(b"0\r\n\r\n").await?;
        }
        Ok(())
    }
}

/// The server.
pub struct Upstream {
    pub address: SocketAddr,
    requests: Arc<Mutex<Vec<String>>>,
}

impl Upstream {
    pub async fn start(answer: Answer) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let requests = Arc::new(Mutex::new(Vec::new()));
        let seen = Arc::clone(&requests);
        tokio::spawn(async move {
            while let Ok((mut connection, _)) = listener.accept().await {
                let (answer, seen) = (answer.clone(), Arc::clone(&seen));
                tokio::spawn(async move {
                    let mut request = Vec::new();
                    while !request.ends_with(b"\r\n\r\n") {
                        request.push(connection.read_u8().await?);
                    }
                    seen.lock().unwrap().push(String::from_utf8(request).unwrap().to_lowercase());
                    // A client that is gone is none of the server's business.
                    answer.write(&mut connection).await
                });
            }
        });
        Self { address, requests }
    }

    /// The last request's head, in small letters.
    pub fn request(&self) -> String {
        self.requests.lock().unwrap().last().cloned().unwrap()
    }
}

/// A response as a client got it.
pub struct Received {
    pub head: response::Parts,
    pub body: Vec<u8>,
    /// Whether the body came to its end.
    pub is_whole: bool,
}

/// Asks for `/stream?q=1`, and takes all that comes.
pub async fn get(address: SocketAddr, fields: &[(&str, &str)]) -> Received {
    let (head, mut body) = open("GET", address, fields).await;
    let (mut bytes, mut is_whole) = (Vec::new(), true);
    while let Some(frame) = body.frame().await {
        match frame {
            Ok(frame) => bytes.extend(frame.into_data().unwrap_or_default()),
            Err(_) => {
                is_whole = false;
                break;
            }
        }
    }
    Received { head, body: bytes, is_whole }
}

/// A response of which the body is still to come. The connection is closed when it is dropped.
pub async fn open(
    method: &str,
    address: SocketAddr,
    fields: &[(&str, &str)],
) -> (response::Parts, impl http_body::Body<Data = Bytes, Error = hyper::Error> + Unpin) {
    let client = Client::builder(TokioExecutor::new()).pool_max_idle_per_host(0).build_http::<Body>();
    let request = Request::builder().method(method).uri(format!("http://{address}/stream?q=1"));
    let request = fields.iter().fold(request, |request, (name, value)| request.header(*name, *value));
    client.request(request.body(Body::empty()).unwrap()).await.unwrap().into_parts()
}
