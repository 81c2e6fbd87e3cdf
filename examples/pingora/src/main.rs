//! A proxy on Pingora in front of an LLM server, which logs for each stream what it has cost and when its first event came.
//!
//! ```sh
//! cargo run --manifest-path examples/pingora/Cargo.toml -- 127.0.0.1:8080 127.0.0.1:9000
//! ```
//!
//! listens at the first address and passes everything on to the second. Events of the type `debug` do not reach clients. With `--plain` behind the
//! addresses it does nothing else than pass on, to see what the rest costs.

mod proxy;
mod stream;

use std::net::{SocketAddr, TcpListener};
use std::process::ExitCode;

use pingora_core::server::Server;
use pingora_core::server::configuration::ServerConf;
use pingora_proxy::http_proxy_service;

use proxy::Proxy;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (address, upstream, is_plain) = match &arguments[..] {
        [address, upstream] => (address, upstream, false),
        [address, upstream, option] if option == "--plain" => (address, upstream, true),
        _ => {
            eprintln!("usage: eventwire-pingora ADDRESS UPSTREAM [--plain], both as IP:PORT");
            return ExitCode::from(2);
        }
    };
    let upstream: SocketAddr = match upstream.parse() {
        Ok(upstream) => upstream,
        Err(error) => {
            eprintln!("eventwire-pingora: upstream {upstream:?}: {error}");
            return ExitCode::from(2);
        }
    };
    // Pingora itself would panic in a thread of its own, and stay.
    if let Err(error) = TcpListener::bind(address) {
        eprintln!("eventwire-pingora: {address}: {error}");
        return ExitCode::FAILURE;
    }
    let mut server = Server::new_with_opt_and_conf(None, ServerConf::default());
    server.bootstrap();
    let mut service = http_proxy_service(&server.configuration, Proxy::new(upstream, is_plain));
    service.add_tcp(address);
    server.add_service(service);
    server.run_forever();
}
