//! Many clients of a server that drops them at random, for some minutes: every id is to be seen exactly once, and in order, and
//! memory is to stay what it is.
//!
//! ```sh
//! cargo run --release -p eventwire-client --example soak -- [SECONDS [CLIENTS]]
//! ```
//!
//! The server writes numbered events, going on behind the `Last-Event-ID` that it is told, and after a random time hangs up:
//! between two events or in the midst of one, in good order or not, or it does not even answer. Everything random comes from
//! one seed.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use eventwire_client::{EventSource, Handle, Item, Policy, reqwest};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

/// What has been counted, of all clients together.
#[derive(Default)]
struct Counts {
    connections: AtomicU64,
    events: AtomicU64,
    lost: AtomicU64,
    doubled: AtomicU64,
    errors: AtomicU64,
    over: AtomicBool,
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let seconds: u64 = arguments.next().map_or(Ok(180), |seconds| seconds.parse())?;
    let clients: u64 = arguments.next().map_or(Ok(1000), |clients| clients.parse())?;

    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let url = format!("http://{}/", listener.local_addr()?);
    let counts = Arc::new(Counts::default());
    tokio::spawn(serve(listener, Arc::clone(&counts)));

    let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build()?;
    let mut handles: Vec<Handle> = Vec::new();
    let mut tasks = Vec::new();
    for seed in 0..clients {
        let source = EventSource::builder(&url)
            .client(client.clone())
            .reconnection_time(Duration::from_millis(200))
            .policy(Policy::new().jitter(100, seed).idle_timeout(10_000))
            .build()?;
        handles.push(source.handle());
        tasks.push(tokio::spawn(follow(source, Arc::clone(&counts))));
    }

    let start = Instant::now();
    let (mut least, mut most) = (u64::MAX, 0);
    println!("   s  connections       events  lost  doubled  memory KiB");
    while start.elapsed() < Duration::from_secs(seconds) {
        tokio::time::sleep(Duration::from_secs(seconds.div_ceil(18))).await;
        let memory = resident();
        // The first half is for everything to reach its size, the allocator's arenas last.
        if start.elapsed() > Duration::from_secs(seconds) / 2 {
            (least, most) = (least.min(memory), most.max(memory));
        }
        let read = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        println!(
            "{:4}  {:11}  {:11}  {:4}  {:7}  {memory:10}",
            start.elapsed().as_secs(),
            read(&counts.connections),
            read(&counts.events),
            read(&counts.lost),
            read(&counts.doubled),
        );
    }
    counts.over.store(true, Ordering::Relaxed);
    handles.iter().for_each(Handle::close);
    for task in tasks {
        task.await?;
    }
    let faults = counts.lost.load(Ordering::Relaxed) + counts.doubled.load(Ordering::Relaxed);
    println!(
        "{clients} clients, {} lost connections, memory between {least} and {most} KiB, {faults} events lost or doubled",
        counts.errors.load(Ordering::Relaxed)
    );
    let grew = most > least + least / 10;
    if faults > 0 || grew || counts.errors.load(Ordering::Relaxed) == 0 {
        return Err("the soak has failed".into());
    }
    Ok(())
}

/// Follows a source, and checks that each number is one more than the one before.
async fn follow(mut source: EventSource, counts: Arc<Counts>) {
    let mut expected = 1;
    while let Some(item) = source.next().await {
        match item {
            Item::Event(event) => {
                counts.events.fetch_add(1, Ordering::Relaxed);
                let number: u64 = event.data_str().parse().unwrap_or(0);
                if number > expected || event.data() != event.last_event_id() {
                    counts.lost.fetch_add(1, Ordering::Relaxed);
                } else if number < expected {
                    counts.doubled.fetch_add(1, Ordering::Relaxed);
                }
                expected = number + 1;
            }
            Item::Error(_) => {
                counts.errors.fetch_add(1, Ordering::Relaxed);
            }
            _ => {}
        }
    }
    // Only the end of it all ends a source.
    if !counts.over.load(Ordering::Relaxed) {
        counts.lost.fetch_add(1, Ordering::Relaxed);
    }
}

/// Numbers that look random: an xorshift generator.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % limit
    }
}

async fn serve(listener: TcpListener, counts: Arc<Counts>) {
    while let Ok((socket, _)) = listener.accept().await {
        let number = counts.connections.fetch_add(1, Ordering::Relaxed);
        tokio::spawn(async move {
            // Who hangs up is a client that is being closed.
            let _ = answer(socket, Random(0x9e37_79b9_7f4a_7c15 ^ (number + 1))).await;
        });
    }
}

/// Answers one request with the stream from where it was left, and drops it at some moment.
async fn answer(mut socket: TcpStream, mut random: Random) -> std::io::Result<()> {
    for _ in 0..16 {
        random.below(2);
    }
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        if socket.read_buf(&mut head).await? == 0 {
            return Ok(());
        }
    }
    let head = String::from_utf8_lossy(&head).to_ascii_lowercase();
    let seen = head.lines().find_map(|line| line.strip_prefix("last-event-id: "));
    let mut number: u64 = seen.map_or(0, |id| id.parse().unwrap_or(0));
    if random.below(10) == 0 {
        return socket.set_zero_linger();
    }
    let head = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n";
    socket.write_all(head).await?;
    let end = Instant::now() + Duration::from_millis(random.below(2000));
    while Instant::now() < end {
        // Several at once, in pieces that end anywhere.
        let mut text = String::new();
        for _ in 0..=random.below(8) {
            number += 1;
            text.push_str(&format!("id: {number}\r\ndata: {number}\r\n\r\n"));
        }
        let cut = usize::try_from(random.below(text.len() as u64)).unwrap_or(0);
        for piece in [&text[..cut], &text[cut..]] {
            if !piece.is_empty() {
                write_chunk(&mut socket, piece).await?;
                tokio::time::sleep(Duration::from_millis(random.below(100))).await;
            }
        }
    }
    match random.below(3) {
        0 => socket.write_all(b"0\r\n\r\n").await,
        // In the midst of an event, whose id must not count.
        1 => write_chunk(&mut socket, &format!("id: {}\r\ndata: x\r\n", number + 5)).await,
        _ => socket.set_zero_linger(),
    }
}

async fn write_chunk(socket: &mut TcpStream, text: &str) -> std::io::Result<()> {
    socket.write_all(format!("{:x}\r\n{text}\r\n", text.len()).as_bytes()).await
}

/// What the process has in memory, the server included, in KiB; 0 where the system does not tell.
fn resident() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    line.and_then(|line| line.split_whitespace().next()?.parse().ok()).unwrap_or(0)
}
