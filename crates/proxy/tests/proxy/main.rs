//! The bodies and layers, frame by frame and over HTTP.

mod contracts;
mod example;
#[path = "../../examples/hyper_proxy/forward.rs"]
mod forward;
mod http;
mod layers;
#[path = "../../../../tests/rewriter/oracle.rs"]
mod oracle;
mod rewrite_body;
mod script;
mod streams;
mod tap_body;
mod upstream;
