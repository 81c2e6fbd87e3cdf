//! The proxy of `examples/pingora`, as a process that ends with the benchmark.

use std::net::{SocketAddr, TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::Duration;

/// The process.
pub struct Process {
    child: Child,
    address: SocketAddr,
}

impl Process {
    /// Starts this program before this server.
    pub fn start(program: &str, upstream: SocketAddr, options: &[&str]) -> Self {
        // Free now, and most likely still when the proxy wants it.
        let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let mut command = Command::new(program);
        command.args([address.to_string(), upstream.to_string()]).args(options);
        let process = Self { child: command.stdout(Stdio::null()).spawn().unwrap(), address };
        for _ in 0..1000 {
            if TcpStream::connect(address).is_ok() {
                return process;
            }
            sleep(Duration::from_millis(10));
        }
        panic!("{program} does not listen");
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}
