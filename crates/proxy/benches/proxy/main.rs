//! What the layers cost in a reverse proxy on hyper: throughput, and the time by which an event comes later.
//!
//! ```sh
//! cargo xtask bench-proxies            # --test: a short run that only checks; --pingora: the proxy on Pingora as well
//! ```
//!
//! A server, the proxies and a client run on one machine, over loopback. Each round measures every proxy once, one after the other, so that what else
//! the machine does befalls all of them; medians of the rounds are shown, and how they differ from those of the proxy that does nothing else.

mod client;
#[path = "../../examples/hyper_proxy/forward.rs"]
mod forward;
mod pingora;
mod upstream;

use std::net::SocketAddr;
use std::thread;

use axum::Router;
use axum::extract::Request;
use axum::serve::ListenerExt;
use eventwire::rewriter::Edit;
use eventwire::{Event, Tap};
use eventwire_proxy::{Report, RewriteLayer, TapLayer};
use tokio::net::TcpListener;
use tokio::runtime::Builder;

use client::Latency;
use pingora::Process;

/// What becomes of the events of a stream.
type Decide = Box<dyn FnMut(&Event<'_>, &mut Edit<'_>) + Send>;

/// What makes a proxy of the plain one.
type Make = fn(Router) -> Router;

const PROXIES: [(&str, Make); 5] = [
    ("hyper", |router| router),
    ("hyper, TapLayer", |router| router.layer(tap())),
    ("hyper, RewriteLayer, kept", |router| router.layer(rewrite(false))),
    ("hyper, RewriteLayer, half", |router| router.layer(rewrite(true))),
    ("hyper, both, kept", |router| router.layer(tap()).layer(rewrite(false))),
];

fn tap() -> TapLayer<impl Fn(&Request) -> fn(Report) + Clone, impl Fn() -> Tap + Clone> {
    let nothing: fn(Report) = |_| {};
    TapLayer::new(move |_: &Request| nothing).with_tap(|| Tap::new().needle("\"usage\""))
}

fn rewrite(drops: bool) -> RewriteLayer<impl Fn(&Request) -> Decide + Clone> {
    RewriteLayer::new(move |_: &Request| {
        let mut drop_it = false;
        Box::new(move |_: &Event<'_>, edit: &mut Edit<'_>| {
            drop_it = drops && !drop_it;
            if drop_it {
                edit.drop_event();
            }
        }) as Decide
    })
}

/// Starts a proxy on a thread of its own.
fn start(make: Make, upstream: SocketAddr) -> SocketAddr {
    let (sender, receiver) = std::sync::mpsc::channel();
    thread::spawn(move || {
        Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
            let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
            sender.send(listener.local_addr().unwrap()).unwrap();
            let upstream = upstream.to_string().parse().unwrap();
            let listener = listener.tap_io(|connection| connection.set_nodelay(true).unwrap());
            axum::serve(listener, make(forward::router(upstream))).await
        })
    });
    receiver.recv().unwrap()
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// A proxy that is measured.
struct Contestant {
    name: &'static str,
    address: SocketAddr,
    /// The place of the proxy that it is compared with.
    base: usize,
    throughputs: Vec<f64>,
    latencies: Vec<Latency>,
}

impl Contestant {
    fn new(name: &'static str, address: SocketAddr, base: usize) -> Self {
        Self { name, address, base, throughputs: Vec::new(), latencies: Vec::new() }
    }

    /// Medians: MiB a second, the median of the latency in microseconds, its 99th percentile.
    fn figures(&self) -> [f64; 3] {
        let latency = |which: fn(&Latency) -> f64| median(self.latencies.iter().map(which).collect());
        [median(self.throughputs.clone()), latency(|latency| latency.p50), latency(|latency| latency.p99)]
    }
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let is_test = arguments.iter().any(|argument| argument == "--test");
    let pingora = arguments.iter().skip_while(|argument| *argument != "--pingora").nth(1);
    let (rounds, mebibytes, ticks) = if is_test { (1, 1, 20) } else { (15, 64, 400) };
    let upstream = upstream::start(mebibytes, ticks);

    let mut contestants: Vec<Contestant> =
        PROXIES.iter().map(|(name, make)| Contestant::new(name, start(*make, upstream), 0)).collect();
    let processes = pingora
        .map(|program| [&["--plain"][..], &[]].map(|options| Process::start(program, upstream, options)));
    let base = contestants.len();
    for (name, process) in
        ["Pingora", "Pingora, tap and rewriter"].into_iter().zip(processes.iter().flatten())
    {
        contestants.push(Contestant::new(name, process.address(), base));
    }

    for _ in 0..rounds {
        for contestant in &mut contestants {
            contestant.throughputs.push(client::throughput(contestant.address, mebibytes));
            contestant.latencies.push(client::latency(contestant.address, upstream::epoch()));
        }
    }

    let rows: Vec<[f64; 3]> = contestants.iter().map(Contestant::figures).collect();
    println!("{:28}    MiB/s  ratio  p50 us       p99 us", "proxy");
    for (Contestant { name, base, .. }, [throughput, p50, p99]) in contestants.iter().zip(&rows) {
        let [plain, plain_p50, plain_p99] = rows[*base];
        println!(
            "{name:28} {throughput:8.0} {:6.2} {p50:7.0} {:+5.0} {p99:6.0} {:+5.0}",
            throughput / plain,
            p50 - plain_p50,
            p99 - plain_p99,
        );
    }
}
