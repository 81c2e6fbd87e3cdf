//! The proxy as a process, and a client of it.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::thread::sleep;
use std::time::Duration;

/// The process, which ends with the test.
pub struct Proxy {
    child: Child,
    address: SocketAddr,
    log: BufReader<ChildStdout>,
}

/// A response as a client got it.
pub struct Response {
    /// In small letters.
    pub head: String,
    pub body: Vec<u8>,
    /// Whether the body came to its end.
    pub is_whole: bool,
}

impl Proxy {
    /// Starts it before this server.
    pub fn start(upstream: SocketAddr) -> Self {
        Self::with(upstream, &[])
    }

    /// The same as one that takes no notice of streams.
    pub fn plain(upstream: SocketAddr) -> Self {
        Self::with(upstream, &["--plain"])
    }

    fn with(upstream: SocketAddr, options: &[&str]) -> Self {
        // Free now, and most likely still when the proxy wants it.
        let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let mut child = Command::new(env!("CARGO_BIN_EXE_eventwire-pingora"))
            .args([address.to_string(), upstream.to_string()])
            .args(options)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let log = BufReader::new(child.stdout.take().unwrap());
        let proxy = Self { child, address, log };
        for _ in 0..1000 {
            if TcpStream::connect(address).is_ok() {
                return proxy;
            }
            sleep(Duration::from_millis(10));
        }
        panic!("the proxy does not listen");
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The next line that it logs.
    pub fn line(&mut self) -> String {
        let mut line = String::new();
        self.log.read_line(&mut line).unwrap();
        line.trim_end_matches('\n').to_owned()
    }

    /// A connection on which this has been asked for.
    pub fn ask(&self, method: &str, path: &str) -> TcpStream {
        let mut client = TcpStream::connect(self.address).unwrap();
        // So that a proxy that hangs fails the test.
        client.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
        write!(
            client,
            "{method} {path} HTTP/1.1\r\nHost: x\r\nAccept-Encoding: gzip\r\nConnection: close\r\n\r\n"
        )
        .unwrap();
        client
    }

    /// Asks, and takes all that comes.
    pub fn get(&self, path: &str) -> Response {
        let mut received = Vec::new();
        self.ask("GET", path).read_to_end(&mut received).unwrap();
        let end = received.windows(4).position(|window| window == b"\r\n\r\n").expect("a head") + 4;
        let head = String::from_utf8_lossy(&received[..end]).to_lowercase();
        let body = &received[end..];
        let (body, is_whole) =
            if head.contains("transfer-encoding: chunked") { joined(body) } else { (body.to_vec(), true) };
        Response { head, body, is_whole }
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

/// The data of chunks, and whether the last one is there.
fn joined(mut chunks: &[u8]) -> (Vec<u8>, bool) {
    let mut data = Vec::new();
    while let Some(end) = chunks.windows(2).position(|window| window == b"\r\n") {
        let size = usize::from_str_radix(std::str::from_utf8(&chunks[..end]).unwrap(), 16).unwrap();
        let chunk = &chunks[end + 2..];
        if size == 0 {
            return (data, chunk == b"\r\n");
        }
        data.extend_from_slice(&chunk[..size]);
        chunks = chunk[size..].strip_prefix(b"\r\n").expect("chunks end with a line end");
    }
    (data, false)
}
