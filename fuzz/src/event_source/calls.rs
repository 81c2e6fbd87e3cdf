//! The calls of a driver, as they are written.
//!
//! | text | call |
//! |---|---|
//! | `+250`, `-250` | the clock goes on, or back |
//! | `w` | the clock goes on to the time of the next attempt |
//! | `p` | `poll` |
//! | `h200`, `h503 7` | a response with a status, and a `Retry-After` |
//! | `mtext/html` | a response with status 200 and a media type |
//! | `uhttp://h/` | a good response from another URL |
//! | `bdata: 1...` | a chunk, for its events |
//! | `idata: 1...` | a chunk, for its items |
//! | `2data: 1...` | a chunk, for its items; the source is closed when two have come |
//! | `f`, `e`, `x`, `X`, `t`, `c` | `finish`, `handle_end`, `handle_error` (transient, fatal), `handle_timeout`, `close` |

use crate::text::{Bytes, number};

#[derive(Clone, Debug)]
pub(crate) enum Call {
    Later(u64),
    Earlier(u64),
    Wait,
    Poll,
    Response { status: u16, retry_after: Option<Bytes> },
    Type(Bytes),
    Url(String),
    Chunk { bytes: Bytes, way: Way, close_after: Option<usize> },
    Finish,
    End,
    Transient,
    Fatal,
    Timeout,
    Close,
}

/// How what is in a chunk is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    Events,
    Items,
}

impl Call {
    pub(crate) fn read(bytes: &[u8]) -> Option<Self> {
        let (&letter, rest) = bytes.split_first()?;
        let chunk = |way, close_after| Self::Chunk { bytes: Bytes(rest.to_vec()), way, close_after };
        Some(match letter {
            b'+' => Self::Later(number(rest)?),
            b'-' => Self::Earlier(number(rest)?),
            b'w' => Self::Wait,
            b'p' => Self::Poll,
            b'h' => {
                let mut halves = rest.splitn(2, |&byte| byte == b' ');
                let status = number(halves.next()?).unwrap_or(200);
                let retry_after = halves.next().map(|value| Bytes(value.to_vec()));
                Self::Response { status: u16::try_from(status).unwrap_or(u16::MAX), retry_after }
            }
            b'm' => Self::Type(Bytes(rest.to_vec())),
            b'u' => Self::Url(String::from_utf8_lossy(rest).into_owned()),
            b'b' => chunk(Way::Events, None),
            b'i' => chunk(Way::Items, None),
            b'0'..=b'9' => chunk(Way::Items, Some(usize::from(letter - b'0'))),
            b'f' => Self::Finish,
            b'e' => Self::End,
            b'x' => Self::Transient,
            b'X' => Self::Fatal,
            b't' => Self::Timeout,
            b'c' => Self::Close,
            _ => return None,
        })
    }
}
