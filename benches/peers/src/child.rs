//! Work that has a process of its own: this program again, with another command.
//!
//! Peak memory is a property of a process and never falls, so each measurement of it needs a fresh one; and a process
//! can be ended when it takes too long, which a call cannot. A counting allocator would give exact numbers of bytes
//! asked for, but it would also be there, and cost time at every allocation, while the speed of others is measured.

use std::io::Read as _;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

/// How it ended.
#[derive(Clone, Debug)]
pub enum End {
    /// With success, and this on standard output.
    Done(String),
    /// It was ended after the time limit.
    TimedOut,
    /// Otherwise.
    Failed(String),
}

/// Runs this program with these arguments, for so long at most.
///
/// It must write less than a pipe holds, since it is read when it has ended.
#[must_use]
pub fn run(args: &[&str], limit: Duration) -> End {
    try_run(args, limit).unwrap_or_else(|error| End::Failed(error.to_string()))
}

fn try_run(args: &[&str], limit: Duration) -> std::io::Result<End> {
    let program = std::env::current_exe()?;
    let mut child = Command::new(program).args(args).stdin(Stdio::null()).stdout(Stdio::piped()).spawn()?;
    let begin = Instant::now();
    let status = loop {
        if let Some(status) = child.try_wait()? {
            break status;
        }
        if begin.elapsed() > limit {
            child.kill()?;
            child.wait()?;
            return Ok(End::TimedOut);
        }
        thread::sleep(Duration::from_millis(5));
    };
    let mut output = String::new();
    if let Some(mut stdout) = child.stdout.take() {
        stdout.read_to_string(&mut output)?;
    }
    Ok(if status.success() { End::Done(output) } else { End::Failed(status.to_string()) })
}

/// A line of this process' memory statistics, in bytes: `VmRSS` is what is resident, `VmHWM` the most that ever was.
///
/// `None` where the system does not tell: only Linux does, in this form.
#[must_use]
pub fn memory(line: &str) -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let value = status.lines().find_map(|found| found.strip_prefix(line)?.strip_prefix(':'))?;
    let kilobytes: u64 = value.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kilobytes << 10)
}

/// Begins the peak of resident memory anew, so that what came before does not hide what follows. Answers whether it did: only
/// Linux does, in this form.
#[must_use]
pub fn forget_peak() -> bool {
    // The kernel's word for that is 5: proc(5).
    std::fs::write("/proc/self/clear_refs", "5").is_ok()
}
