//! An event stream on its way through the proxy: watched, and rewritten if there are rules.

use eventwire::{Rewriter, Tap};

use crate::config::Config;
use crate::rules::Action;
use crate::splice::Splice;

/// An event stream from its first byte.
#[derive(Debug)]
pub struct Stream {
    tap: Tap,
    /// `None` if there are no rules.
    rewriter: Option<Rewriter>,
    dropped: u64,
    replaced: u64,
}

impl Stream {
    /// A stream of which nothing has come yet.
    pub fn new(config: &Config) -> Self {
        let mut tap = Tap::new()
            .max_event_size(config.max_event_size)
            .max_match_size(config.max_match_size)
            .sentinel(&config.sentinel);
        if let Some(needle) = &config.needle {
            tap = tap.needle(needle);
        }
        let rewriter = (!config.rules.is_empty())
            .then(|| Rewriter::new().max_block_size(config.max_event_size).oversized(config.oversized));
        Self { tap, rewriter, dropped: 0, replaced: 0 }
    }

    /// Takes the next chunk, which came at this time and may be the last one, and tells what the proxy is to send on instead of it.
    pub fn chunk(
        &mut self,
        chunk: &[u8],
        milliseconds: u64,
        is_last: bool,
        config: &Config,
    ) -> Option<Splice> {
        self.tap.observe(chunk, milliseconds);
        let Self { rewriter, dropped, replaced, .. } = self;
        let rewriter = rewriter.as_mut()?;
        let slices = rewriter.rewrite(chunk, |event, edit| match config.rules.action(event) {
            Action::Keep => {}
            Action::Drop => {
                *dropped += 1;
                edit.drop_event();
            }
            Action::Replace(block) => {
                *replaced += 1;
                edit.replace(block);
            }
        });
        if !is_last {
            return Splice::new(chunk, slices);
        }
        let mut rest: Vec<u8> = slices.flatten().copied().collect();
        rewriter.finish().for_each(|slice| rest.extend_from_slice(slice));
        (rest != chunk).then_some(Splice { removed: chunk.len(), inserted: rest })
    }

    /// What has been seen.
    pub fn tap(&self) -> &Tap {
        &self.tap
    }

    /// Events that were too large to be seen, or for the rules, to which line ends and comments count as well.
    pub fn oversized(&self) -> u64 {
        self.tap.oversized().max(self.rewriter.as_ref().map_or(0, Rewriter::oversized_blocks))
    }

    /// Events that have been dropped by rule.
    pub fn dropped(&self) -> u64 {
        self.dropped
    }

    /// Events that have been replaced by rule.
    pub fn replaced(&self) -> u64 {
        self.replaced
    }

    /// Bytes that came and have not been sent on, because they are not decided about.
    pub fn held(&self) -> usize {
        self.rewriter.as_ref().map_or(0, Rewriter::held)
    }

    /// Whether there are rules.
    pub fn is_rewritten(&self) -> bool {
        self.rewriter.is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RULES: &[u8] = br#"{"max_event_size": 32, "rules": [{"type": "a", "action": "drop"},
        {"contains": "old", "action": "replace", "with": {"event": "b", "data": "new"}}]}"#;

    /// What is sent on of these chunks, the last of which ends the stream, and what is held behind each.
    fn sent(config: &Config, chunks: &[&[u8]]) -> (Vec<u8>, Vec<usize>, Stream) {
        let mut stream = Stream::new(config);
        let (mut sent, mut held) = (Vec::new(), Vec::new());
        for (index, chunk) in chunks.iter().enumerate() {
            let splice = stream.chunk(chunk, 0, index + 1 == chunks.len(), config);
            let Splice { removed, inserted } = splice.unwrap_or(Splice { removed: 0, inserted: vec![] });
            sent.extend(inserted);
            sent.extend_from_slice(&chunk[removed..]);
            held.push(stream.held());
        }
        (sent, held, stream)
    }

    #[test]
    fn only_what_is_not_decided_about_is_held() {
        let config = Config::read(RULES).unwrap();
        let chunks: [&[u8]; 5] =
            [b"data: 1\n\neve", b"nt: a\ndata: x\n\ndata", b": old\r\n\r", b"\ndata: 2\n\nda", b"ta: cut"];
        let (sent, held, stream) = sent(&config, &chunks);
        assert_eq!(sent, b"data: 1\n\nevent: b\ndata: new\n\ndata: 2\n\ndata: cut");
        assert_eq!(held, [3, 4, 0, 2, 0]);
        assert_eq!((stream.tap().events(), stream.dropped(), stream.replaced()), (4, 1, 1));
    }

    #[test]
    fn what_is_too_large_goes_on_unseen() {
        let config = Config::read(RULES).unwrap();
        let chunks: [&[u8]; 3] = [b"event: a\ndata: 0123456789", b"0123456789\n", b"\nevent: a\ndata: y\n\n"];
        let (sent, held, stream) = sent(&config, &chunks);
        assert_eq!(sent, b"event: a\ndata: 01234567890123456789\n\n");
        assert_eq!(held, [25, 0, 0]);
        assert_eq!((stream.dropped(), stream.oversized(), stream.is_rewritten()), (1, 1, true));
    }

    #[test]
    fn without_rules_nothing_is_touched() {
        let config = Config::read(b"").unwrap();
        let mut stream = Stream::new(&config);
        for (byte, is_last) in [(b"d", false), (b"a", false), (b"t", true)] {
            assert_eq!(stream.chunk(byte, 0, is_last, &config), None);
        }
        assert_eq!((stream.held(), stream.is_rewritten(), stream.tap().bytes()), (0, false, 3));
    }
}
