//! The client against servers that others have written: those of Node and Python, and nginx in front of one.
//!
//! A server that is not on the machine is passed over, and that is said; with `EVENTWIRE_SERVERS=all` it is a failure.

use std::io::{BufRead as _, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use eventwire_client::Policy;

use crate::server::{Answer, Server};
use crate::support::{all, lines, quick};

/// A process that ends with the test.
struct Process(Child);

impl Process {
    /// Starts a program; none if it is not on the machine.
    fn start(command: &mut Command) -> Option<Self> {
        let program = command.get_program().to_string_lossy().into_owned();
        match command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn() {
            Ok(child) => Some(Self(child)),
            Err(error) => {
                let all = std::env::var_os("EVENTWIRE_SERVERS").is_some_and(|which| which == "all");
                assert!(!all, "{program}: {error}");
                println!("skipped: {program}: {error}");
                None
            }
        }
    }

    /// The first line that it writes.
    fn line(&mut self) -> String {
        let mut line = String::new();
        BufReader::new(self.0.stdout.take().unwrap()).read_line(&mut line).unwrap();
        line.trim_end().to_owned()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}

/// A server that answers one request after the other with: a stream in pieces of three bytes that dies in the midst of an event, a
/// redirect to a stream that ends, two refusals, and a farewell. It writes its port.
const NODE: &str = r#"
const stream = { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' };
let count = 0;
const server = require('http').createServer(async (request, response) => {
  const seen = request.headers['last-event-id'] ?? 'none';
  switch (request.url === '/moved' ? 'moved' : ++count) {
    case 1: {
      response.writeHead(200, stream);
      const bytes = Buffer.from(`\ufeff: hi\r\nretry: 10\r\nid: 1\r\ndata: ${seen} é😀\r\n\r\nid: 2\rdata: b\r\rid: 3\ndata: cut`);
      for (let at = 0; at < bytes.length; at += 3) {
        response.write(bytes.subarray(at, at + 3));
        await new Promise(resolve => setTimeout(resolve, 1));
      }
      return setTimeout(() => response.destroy(), 20);
    }
    case 2:
      return response.writeHead(307, { Location: 'moved' }).end();
    case 'moved':
      return response.writeHead(200, stream).end(`data: ${seen}\n\n`);
    case 3:
      return response.writeHead(429, { 'Retry-After': '1' }).end('slowly');
    case 4:
      return response.writeHead(500).end();
    default:
      return response.writeHead(204).end();
  }
});
server.listen(0, '127.0.0.1', () => console.log(server.address().port));
"#;

/// The same.
const PYTHON: &str = r#"
import http.server, socket, time

class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    count = 0

    def head(self, status, **fields):
        self.send_response(status)
        for name, value in fields.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()

    def chunk(self, data):
        self.wfile.write(b"%x\r\n%s\r\n" % (len(data), data))
        self.wfile.flush()

    def do_GET(self):
        seen = self.headers.get("Last-Event-ID", "none")
        stream = {"Content_Type": "text/event-stream", "Transfer_Encoding": "chunked"}
        if self.path == "/moved":
            self.head(200, **stream)
            self.chunk(f"data: {seen}\n\n".encode())
            self.wfile.write(b"0\r\n\r\n")
            return
        Handler.count += 1
        if Handler.count == 1:
            self.head(200, **stream)
            text = f"\ufeff: hi\r\nretry: 10\r\nid: 1\r\ndata: {seen} é😀\r\n\r\nid: 2\rdata: b\r\rid: 3\ndata: cut"
            data = text.encode()
            for at in range(0, len(data), 3):
                self.chunk(data[at:at + 3])
                time.sleep(0.001)
            time.sleep(0.02)
            self.connection.shutdown(socket.SHUT_RDWR)
            self.close_connection = True
        elif Handler.count == 2:
            self.head(307, Location="moved", Content_Length="0")
        elif Handler.count == 3:
            self.head(429, Retry_After="1", Content_Length="0")
        elif Handler.count == 4:
            self.head(500, Content_Length="0")
        else:
            self.head(204)

    def log_message(self, *arguments):
        pass

server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
print(server.server_address[1], flush=True)
server.serve_forever()
"#;

async fn follows(command: &mut Command) {
    let Some(mut process) = Process::start(command) else { return };
    let url = format!("http://127.0.0.1:{}/", process.line());
    let policy = Policy::new().retry_statuses(429..=429).retry_statuses(500..=599).retry_after(5_000);
    let mut source = quick(url).policy(policy).build().unwrap();
    assert_eq!(
        all(&mut source).await,
        [
            "open",
            "message 1 none é😀",
            "message 2 b",
            "Connecting: the connection was lost in mid-stream",
            "open",
            "message 2 2",
            "Connecting: the stream ended",
            "Connecting: the server answered with status 429",
            "Connecting: the server answered with status 500",
            "Closed: the server answered with status 204",
        ]
    );
}

#[tokio::test]
async fn node() {
    follows(Command::new("node").args(["-e", NODE])).await;
}

#[tokio::test]
async fn python() {
    follows(Command::new("python3").args(["-c", PYTHON])).await;
}

/// nginx in front of a server, with what its documentation asks for: no buffering.
struct Nginx {
    folder: PathBuf,
    port: u16,
}

impl Nginx {
    fn new(server: &Server) -> Self {
        let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("nginx-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        // Free now, and most likely still when nginx wants it.
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let (home, upstream) = (folder.display(), server.url("/"));
        let config = format!(
            "daemon off; master_process off; pid {home}/pid; error_log {home}/error.log;
            events {{ }}
            http {{
              access_log off;
              client_body_temp_path {home}/a; proxy_temp_path {home}/b; fastcgi_temp_path {home}/c;
              uwsgi_temp_path {home}/d; scgi_temp_path {home}/e;
              server {{
                listen 127.0.0.1:{port};
                location / {{ proxy_pass {upstream}; proxy_http_version 1.1; proxy_set_header Connection ''; proxy_buffering off; }}
              }}
            }}"
        );
        std::fs::write(folder.join("nginx.conf"), config).unwrap();
        Self { folder, port }
    }

    async fn start(&self) -> Option<Process> {
        let path = std::env::var("PATH").unwrap_or_default();
        let config = self.folder.join("nginx.conf");
        // Debian has it where only root's shell looks.
        let mut command = Command::new("nginx");
        command.env("PATH", format!("{path}:/usr/sbin")).arg("-p").arg(&self.folder).arg("-c").arg(config);
        let process = Process::start(&mut command)?;
        for _ in 0..500 {
            if tokio::net::TcpStream::connect(("127.0.0.1", self.port)).await.is_ok() {
                return Some(process);
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("nginx does not listen");
    }
}

impl Drop for Nginx {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

#[tokio::test]
async fn nginx_passes_events_on_and_may_be_killed() {
    let server = Server::start([
        Answer::stream(["id: 1\r", "\ndata: a\r\n\r", "\nid: 2\ndata: b\n\nid: 3\ndata: cut"])
            .every(30)
            .hang(),
        Answer::stream(["data: c\n\n"]),
        Answer::status(204, &[]).unframed(),
    ])
    .await;
    let nginx = Nginx::new(&server);
    let Some(process) = nginx.start().await else { return };
    let mut source = quick(format!("http://127.0.0.1:{}/", nginx.port)).build().unwrap();
    assert_eq!(lines(&mut source, 3).await, ["open", "message 1 a", "message 2 b"]);
    // In mid-stream: what comes next is a broken body, and then nobody is there.
    drop(process);
    assert_eq!(
        lines(&mut source, 2).await,
        ["Connecting: the connection was lost in mid-stream", "Connecting: connection refused"]
    );
    let _process = nginx.start().await.unwrap();
    let rest = all(&mut source).await;
    let opened = rest.iter().position(|line| line == "open").unwrap();
    assert_eq!(
        rest[opened..],
        [
            "open",
            "message 2 c",
            "Connecting: the stream ended",
            "Closed: the server answered with status 204"
        ]
    );
    assert_eq!(server.requests()[1].header("last-event-id").as_deref(), Some("2"));
}
