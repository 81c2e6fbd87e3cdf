//! The same done on a whole stream, line by line and without an engine: what comes out, byte for byte.

use eventwire::rewriter::{Edit, Oversized};

/// What an event's type asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    Keep,
    Drop,
    Replace,
    Before,
    After,
}

impl Order {
    /// Says it to a rewriter.
    pub fn tell(self, edit: &mut Edit<'_>) {
        match self {
            Self::Keep => {}
            Self::Drop => edit.drop_event(),
            Self::Replace => edit.replace(REPLACEMENT),
            Self::Before => edit.insert_before(BEFORE),
            Self::After => edit.insert_after(AFTER),
        }
    }
}

pub const REPLACEMENT: &[u8] = b"event: instead\ndata: new\n\n";
pub const BEFORE: &[u8] = b": before\n\n";
pub const AFTER: &[u8] = b"data: after\n\n";

pub fn order(event_type: &[u8]) -> Order {
    match event_type {
        b"drop" => Order::Drop,
        b"replace" => Order::Replace,
        b"before" => Order::Before,
        b"after" => Order::After,
        _ => Order::Keep,
    }
}

/// What a rewriter that obeys [`order`] writes for this stream.
pub fn rewritten(stream: &[u8], limit: usize, oversized: Oversized) -> Vec<u8> {
    let mut out = Vec::new();
    let mut rest = stream;
    if let Some(behind) = rest.strip_prefix(b"\xEF\xBB\xBF") {
        out.extend_from_slice(b"\xEF\xBB\xBF");
        rest = behind;
    }
    let mut block = Vec::new();
    let mut lines: Vec<&[u8]> = Vec::new();
    while let Some(at) = rest.iter().position(|byte| matches!(byte, b'\r' | b'\n')) {
        let terminator = if rest[at..].starts_with(b"\r\n") { 2 } else { 1 };
        let (raw, behind) = rest.split_at(at + terminator);
        let line = &raw[..at];
        rest = behind;
        if line.starts_with(b":") && lines.is_empty() {
            out.extend_from_slice(raw);
            continue;
        }
        block.extend_from_slice(raw);
        if !line.is_empty() {
            lines.push(line);
            continue;
        }
        // The LF of a CR LF goes with the block, but its size is that of what had to be held to decide: nothing, if there is no line.
        if !lines.is_empty() && block.len() - (terminator - 1) > limit {
            pass(&mut out, &block, oversized);
        } else {
            obey(&mut out, &block, &lines);
        }
        block.clear();
        lines.clear();
    }
    // What the stream ends with is not a block, and stays; of a comment before a block nothing has been held.
    if rest.starts_with(b":") && lines.is_empty() {
        out.extend_from_slice(rest);
    } else {
        block.extend_from_slice(rest);
        if block.len() > limit { pass(&mut out, &block, oversized) } else { out.extend_from_slice(&block) }
    }
    out
}

fn pass(out: &mut Vec<u8>, block: &[u8], oversized: Oversized) {
    if oversized == Oversized::Pass {
        out.extend_from_slice(block);
    }
}

fn obey(out: &mut Vec<u8>, block: &[u8], lines: &[&[u8]]) {
    let (mut event_type, mut has_data) = (&b""[..], false);
    for line in lines {
        let (name, value) = match line.iter().position(|&byte| byte == b':') {
            Some(colon) => (&line[..colon], &line[colon + 1..]),
            None => (*line, &b""[..]),
        };
        match name {
            b"data" => has_data = true,
            b"event" => event_type = value.strip_prefix(b" ").unwrap_or(value),
            _ => {}
        }
    }
    match order(event_type) {
        Order::Drop if has_data => {}
        Order::Replace if has_data => out.extend_from_slice(REPLACEMENT),
        Order::Before if has_data => {
            out.extend_from_slice(BEFORE);
            out.extend_from_slice(block);
        }
        Order::After if has_data => {
            out.extend_from_slice(block);
            out.extend_from_slice(AFTER);
        }
        _ => out.extend_from_slice(block),
    }
}
