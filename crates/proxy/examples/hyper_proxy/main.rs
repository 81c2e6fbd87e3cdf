//! A reverse proxy in front of an LLM server, which logs for each stream what it has cost and when its first event came.
//!
//! ```sh
//! cargo run -p eventwire-proxy --example hyper_proxy -- 127.0.0.1:8080 127.0.0.1:9000
//! ```
//!
//! listens at the first address and passes everything on to the second. Events of the type `debug` do not reach clients.

mod forward;
mod proxy;

use std::process::ExitCode;

use tokio::net::TcpListener;

#[tokio::main]
async fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [address, upstream] = &arguments[..] else {
        eprintln!("usage: hyper_proxy ADDRESS UPSTREAM, both as HOST:PORT");
        return ExitCode::from(2);
    };
    let upstream = match upstream.parse() {
        Ok(upstream) => upstream,
        Err(error) => {
            eprintln!("hyper_proxy: upstream {upstream:?}: {error}");
            return ExitCode::from(2);
        }
    };
    let served = match TcpListener::bind(address).await {
        Ok(listener) => proxy::serve(listener, upstream, |line| println!("{line}")).await,
        Err(error) => Err(error),
    };
    match served {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("hyper_proxy: {address}: {error}");
            ExitCode::FAILURE
        }
    }
}
