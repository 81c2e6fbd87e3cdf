//! A server of HTTP/1.1 that does what a test says, byte by byte: each request gets the next answer of a list.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// What a request is answered with.
#[derive(Clone)]
pub(crate) struct Answer {
    head: Vec<u8>,
    chunks: Vec<Vec<u8>>,
    /// Whether the body is in chunks as HTTP calls them; else it ends with the connection.
    chunked: bool,
    pause: Duration,
    end: End,
}

/// How an answer ends.
#[derive(Clone, Copy, PartialEq, Eq)]
enum End {
    /// In good order.
    Good,
    /// The connection breaks.
    Cut,
    /// It does not: the connection stays until the client closes it.
    Hang,
    /// There is not even a head.
    Silent,
}

/// A request as it came.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    pub(crate) line: String,
    headers: Vec<(String, Vec<u8>)>,
    pub(crate) body: Vec<u8>,
    pub(crate) at: Instant,
}

/// A server on a port of its own. It ends with the test.
pub(crate) struct Server {
    address: SocketAddr,
    requests: Arc<Mutex<Vec<Request>>>,
    hung_up: watch::Receiver<usize>,
    task: JoinHandle<()>,
}

impl Answer {
    /// An answer with a head of this status and these lines, and no body.
    pub(crate) fn status(status: u16, lines: &[&str]) -> Self {
        let mut head = format!("HTTP/1.1 {status} Whatever\r\n");
        for line in lines {
            head.push_str(line);
            head.push_str("\r\n");
        }
        Self {
            head: head.into_bytes(),
            chunks: Vec::new(),
            chunked: true,
            pause: Duration::from_millis(2),
            end: End::Good,
        }
    }

    /// A stream in these pieces.
    pub(crate) fn stream<P: AsRef<[u8]>>(pieces: impl IntoIterator<Item = P>) -> Self {
        Self::status(200, &["Content-Type: text/event-stream"]).body(pieces)
    }

    pub(crate) fn body<P: AsRef<[u8]>>(mut self, pieces: impl IntoIterator<Item = P>) -> Self {
        self.chunks = pieces.into_iter().map(|piece| piece.as_ref().to_vec()).collect();
        self
    }

    /// No answer at all, but the connection stays.
    pub(crate) fn silence() -> Self {
        Self { end: End::Silent, ..Self::status(200, &[]) }
    }

    /// Not in chunks of HTTP: the end of the connection is the end of the body.
    pub(crate) fn unframed(mut self) -> Self {
        self.chunked = false;
        self
    }

    /// Waits so long before each piece.
    pub(crate) fn every(mut self, milliseconds: u64) -> Self {
        self.pause = Duration::from_millis(milliseconds);
        self
    }

    pub(crate) fn cut(mut self) -> Self {
        self.end = End::Cut;
        self
    }

    pub(crate) fn hang(mut self) -> Self {
        self.end = End::Hang;
        self
    }

    async fn play(&self, socket: &mut TcpStream) -> std::io::Result<()> {
        if self.end == End::Silent {
            return until_closed(socket).await;
        }
        let framing =
            if self.chunked { "Transfer-Encoding: chunked\r\n\r\n" } else { "Connection: close\r\n\r\n" };
        socket.write_all(&[&self.head[..], framing.as_bytes()].concat()).await?;
        // An empty one would be the end.
        for chunk in self.chunks.iter().filter(|chunk| !chunk.is_empty()) {
            tokio::time::sleep(self.pause).await;
            if self.chunked {
                socket.write_all(format!("{:x}\r\n", chunk.len()).as_bytes()).await?;
            }
            socket.write_all(chunk).await?;
            if self.chunked {
                socket.write_all(b"\r\n").await?;
            }
        }
        match self.end {
            End::Good if self.chunked => socket.write_all(b"0\r\n\r\n").await,
            End::Good => socket.shutdown().await,
            End::Hang => until_closed(socket).await,
            End::Cut => {
                // So that what was sent is read before the connection is gone.
                tokio::time::sleep(Duration::from_millis(20)).await;
                socket.set_zero_linger()
            }
            End::Silent => Ok(()),
        }
    }

    /// Whether another request may come over the connection.
    fn keeps_alive(&self) -> bool {
        self.chunked && self.end == End::Good
    }
}

impl Request {
    /// The values of a header field, joined.
    pub(crate) fn header(&self, name: &str) -> Option<String> {
        self.header_bytes(name).map(|value| String::from_utf8_lossy(&value).into_owned())
    }

    pub(crate) fn header_bytes(&self, name: &str) -> Option<Vec<u8>> {
        let values: Vec<_> =
            self.headers.iter().filter(|(other, _)| other == name).map(|(_, value)| &value[..]).collect();
        if values.is_empty() { None } else { Some(values.join(&b", "[..])) }
    }

    /// Reads one; none if the client closes the connection before it begins.
    async fn read(socket: &mut TcpStream) -> Option<Self> {
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            head.push(socket.read_u8().await.ok()?);
        }
        let mut lines =
            head.split(|&byte| byte == b'\n').map(|line| line.strip_suffix(b"\r").unwrap_or(line));
        let line = String::from_utf8(lines.next()?.to_vec()).ok()?;
        let headers: Vec<_> = lines
            .filter_map(|line| {
                let colon = line.iter().position(|&byte| byte == b':')?;
                let name = String::from_utf8_lossy(&line[..colon]).to_ascii_lowercase();
                Some((name, line[colon + 1..].trim_ascii().to_vec()))
            })
            .collect();
        let mut request = Self { line, headers, body: Vec::new(), at: Instant::now() };
        let length = request.header("content-length").map_or(0, |length| length.parse().unwrap());
        request.body = vec![0; length];
        socket.read_exact(&mut request.body).await.ok()?;
        Some(request)
    }
}

impl Server {
    /// A server that gives these answers, and after the last one silence.
    pub(crate) async fn start(answers: impl IntoIterator<Item = Answer>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let answers = Arc::new(Mutex::new(answers.into_iter().collect::<Vec<_>>().into_iter()));
        let requests = Arc::new(Mutex::new(Vec::new()));
        let (hang_up, hung_up) = watch::channel(0);
        let (log, hang_up) = (Arc::clone(&requests), Arc::new(hang_up));
        let task = tokio::spawn(async move {
            loop {
                let (mut socket, _) = listener.accept().await.unwrap();
                socket.set_nodelay(true).unwrap();
                let (answers, log, hang_up) = (Arc::clone(&answers), Arc::clone(&log), Arc::clone(&hang_up));
                tokio::spawn(async move {
                    while let Some(request) = Request::read(&mut socket).await {
                        log.lock().unwrap().push(request);
                        let next = answers.lock().unwrap().next();
                        let answer = next.unwrap_or_else(Answer::silence);
                        if answer.play(&mut socket).await.is_err() || !answer.keeps_alive() {
                            break;
                        }
                    }
                    drop(socket);
                    hang_up.send_modify(|count| *count += 1);
                });
            }
        });
        Self { address, requests, hung_up, task }
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// The same server by another name, which is another origin.
    pub(crate) fn other_url(&self, path: &str) -> String {
        format!("http://localhost:{}{path}", self.address.port())
    }

    pub(crate) fn requests(&self) -> Vec<Request> {
        self.requests.lock().unwrap().clone()
    }

    /// Waits until so many connections are over.
    pub(crate) async fn connections_over(&mut self, count: usize) {
        let over = self.hung_up.wait_for(|&over| over >= count);
        tokio::time::timeout(Duration::from_secs(5), over).await.expect("the connection is closed").unwrap();
    }

    /// Waits until so many requests have come.
    pub(crate) async fn requests_made(&self, count: usize) {
        let deadline = Instant::now() + Duration::from_secs(5);
        while self.requests.lock().unwrap().len() < count {
            assert!(Instant::now() < deadline, "fewer than {count} requests");
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// A server for one connection that sends this again and again, until the client closes it.
pub(crate) async fn flood(piece: Vec<u8>, sent: Arc<AtomicUsize>) -> (String, JoinHandle<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    let task = tokio::spawn(async move {
        let (mut socket, _) = listener.accept().await.unwrap();
        Request::read(&mut socket).await.unwrap();
        let head = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n";
        socket.write_all(head).await.unwrap();
        while socket.write_all(&piece).await.is_ok() {
            sent.fetch_add(piece.len(), Ordering::Relaxed);
        }
    });
    (url, task)
}

/// Waits until the client closes the connection.
async fn until_closed(socket: &mut TcpStream) -> std::io::Result<()> {
    while socket.read(&mut [0; 64]).await? > 0 {}
    Ok(())
}
