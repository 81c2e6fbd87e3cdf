//! The test service that the harness `launchdarkly/sse-contract-tests` talks to: it is told over HTTP which streams to
//! open, and reports over HTTP what comes out of them.
//!
//! ```sh
//! cargo run -p eventwire-client --example contract_service -- 8000
//! ```
//!
//! | request | what it does |
//! |---|---|
//! | `GET /` | tells the capabilities |
//! | `POST /` | opens a stream; `Location` is its URL |
//! | `POST` to that URL | a command: `listen` for a type of events, or `restart` the connection |
//! | `DELETE` to that URL | closes the stream |
//! | `DELETE /` | ends the service |
//!
//! What comes out of a stream is sent to its `callbackUrl`, numbered. Errors are reported if they are failures; that a stream
//! ended, to be asked again, is none.

mod service;

use tokio::net::TcpListener;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let port = std::env::args().nth(1).map_or(Ok(8000), |port| port.parse())?;
    let listener = TcpListener::bind(("127.0.0.1", port)).await?;
    println!("contract_service: http://{}", listener.local_addr()?);
    service::serve(listener).await?;
    Ok(())
}
