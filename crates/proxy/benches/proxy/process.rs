//! A proxy as a process of its own, which ends with the benchmark.

use std::fs;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::Duration;

/// How a proxy is started: a program, and what stands before and behind the two addresses.
#[derive(Clone, Debug)]
pub struct Program {
    pub path: String,
    pub before: Vec<String>,
    pub behind: Vec<String>,
}

/// The process.
pub struct Process {
    child: Child,
    address: SocketAddr,
}

impl Process {
    /// Starts this program before this server.
    pub fn start(program: &Program, upstream: SocketAddr) -> Self {
        // Free now, and most likely still when the proxy wants it.
        let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let mut command = Command::new(&program.path);
        command.args(&program.before).args([address.to_string(), upstream.to_string()]).args(&program.behind);
        let process = Self { child: command.stdout(Stdio::null()).spawn().unwrap(), address };
        for _ in 0..1000 {
            if TcpStream::connect(address).is_ok() {
                return process;
            }
            sleep(Duration::from_millis(10));
        }
        panic!("{} does not listen", program.path);
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Processor time of all its threads, in microseconds (`schedstat` of Linux).
    pub fn processor_time(&self) -> f64 {
        let threads = fs::read_dir(format!("/proc/{}/task", self.child.id())).unwrap();
        let nanoseconds = threads.filter_map(|thread| {
            // A thread may have ended since.
            let figures = fs::read_to_string(thread.ok()?.path().join("schedstat")).ok()?;
            figures.split(' ').next()?.parse::<u64>().ok()
        });
        nanoseconds.sum::<u64>() as f64 / 1e3
    }

    /// Resident memory in bytes, once it has stopped changing.
    pub fn memory(&self) -> f64 {
        let mut last = self.resident();
        loop {
            sleep(Duration::from_millis(300));
            let now = self.resident();
            if now == last {
                return now;
            }
            last = now;
        }
    }

    fn resident(&self) -> f64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
        line.trim().trim_end_matches(" kB").parse::<f64>().unwrap() * 1024.0
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}
