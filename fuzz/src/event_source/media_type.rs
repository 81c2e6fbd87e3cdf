//! Whether a response is an event stream, step by step as Fetch says it ("extract a MIME type").

/// Of the media types in a list the last one counts that is one and not `*/*`.
pub(super) fn is_event_stream(list: &[u8]) -> bool {
    let mut last = None;
    for element in split(list) {
        if let Some(essence) = essence(&element).filter(|essence| essence != b"*/*") {
            last = Some(essence);
        }
    }
    last.is_some_and(|essence| essence == b"text/event-stream")
}

/// "Get, decode, and split": at commas, but not at those in quoted strings.
fn split(list: &[u8]) -> Vec<Vec<u8>> {
    let (mut elements, mut element, mut rest) = (vec![], vec![], list.iter().copied());
    while let Some(byte) = rest.next() {
        match byte {
            b',' => elements.push(std::mem::take(&mut element)),
            b'"' => {
                element.push(byte);
                // "Collect an HTTP quoted string".
                while let Some(byte) = rest.next() {
                    element.push(byte);
                    match byte {
                        b'\\' => element.extend(rest.next()),
                        b'"' => break,
                        _ => {}
                    }
                }
            }
            _ => element.push(byte),
        }
    }
    elements.push(element);
    elements
}

/// Type and subtype in lower case, if this is a media type.
fn essence(element: &[u8]) -> Option<Vec<u8>> {
    let is_token = |byte: &u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(byte);
    let is_space = |byte: &u8| b" \t\r\n".contains(byte);
    let end = element.iter().position(|&byte| byte == b';').unwrap_or(element.len());
    let mut essence = element[..end].to_vec();
    while essence.last().is_some_and(is_space) {
        essence.pop();
    }
    while essence.first().is_some_and(is_space) {
        essence.remove(0);
    }
    let slash = essence.iter().position(|&byte| byte == b'/')?;
    let (kind, subtype) = (&essence[..slash], &essence[slash + 1..]);
    let is_media_type = [kind, subtype].iter().all(|part| !part.is_empty() && part.iter().all(is_token));
    is_media_type.then(|| essence.to_ascii_lowercase())
}
