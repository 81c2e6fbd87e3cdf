//! Reads one file of vectors.
//!
//! The keys of a vector fall into two groups: those of the vector itself, and those of a connection, which stand
//! beside them when there is only one. The two are told apart here; then each group refuses keys that it does not
//! know.

use super::{Connection, STATEMENTS, Vector};
use crate::notation;
use crate::outcome::{Event, Fault, Item, Outcome};
use crate::settings::{Eof, Items, Overflow, Settings, Start, Utf8};
use serde::Deserialize;
use toml::{Table, Value};

/// Reads the text of the file of this name. The error names the file and the vector.
pub(super) fn read(file: &str, text: &str) -> Result<Vec<Vector>, String> {
    let document: Document = toml::from_str(text).map_err(|error| format!("{file}: {error}"))?;
    let vectors = document.vector.into_iter().enumerate().map(|(index, table)| {
        let name =
            table.get("name").and_then(Value::as_str).map_or(format!("number {}", index + 1), Into::into);
        vector(file, table).map_err(|error| format!("{file}: vector `{name}`: {error}"))
    });
    vectors.collect()
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    vector: Vec<Table>,
}

/// The keys of a vector itself.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct VectorKeys {
    name: String,
    #[serde(default)]
    shows: Vec<u16>,
    about: Option<String>,
    /// Allowed, and for the reader of the file alone.
    #[serde(rename = "note")]
    _note: Option<String>,
    max_event_size: Option<usize>,
    capacity: Option<usize>,
    #[serde(default)]
    overflow: Overflow,
    #[serde(default)]
    utf8: Utf8,
    #[serde(default)]
    eof: Eof,
    #[serde(default)]
    start: StartKeys,
}

const VECTOR_KEYS: [&str; 10] =
    ["name", "shows", "about", "note", "max_event_size", "capacity", "overflow", "utf8", "eof", "start"];

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct StartKeys {
    id: Option<Text>,
    retry: Option<Number>,
}

/// The keys of a connection.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ConnectionKeys {
    input: Text,
    #[serde(default)]
    events: Vec<EventKeys>,
    retry: Option<Vec<Number>>,
    comments: Option<Vec<Text>>,
    unknown: Option<Vec<UnknownKeys>>,
    #[serde(default)]
    errors: Vec<ErrorName>,
    order: Option<Vec<Kind>>,
    #[serde(default)]
    skipped: u64,
    final_id: Option<Text>,
    final_retry: Option<Number>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct EventKeys {
    event: Option<Text>,
    data: Text,
    id: Option<Text>,
    #[serde(default)]
    inherited: bool,
    span: Option<[u64; 2]>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct UnknownKeys {
    name: Text,
    value: Text,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
enum ErrorName {
    EventTooLarge,
    ItemTooLarge,
    InvalidUtf8,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Kind {
    Event,
    Retry,
    Comment,
    Unknown,
    Error,
}

/// Bytes in the notation, in one string or in several parts.
#[derive(Deserialize)]
#[serde(untagged, expecting = "expected a string, or an array of strings and { repeat, times }")]
enum Text {
    Plain(String),
    Parts(Vec<Part>),
}

#[derive(Deserialize)]
#[serde(untagged, expecting = "expected a string or { repeat, times }")]
enum Part {
    Plain(String),
    Repeat(Repeat),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Repeat {
    repeat: String,
    times: usize,
}

/// A number of milliseconds; in a string if TOML's signed integers cannot hold it.
#[derive(Deserialize)]
#[serde(untagged, expecting = "expected a number, or a string of digits")]
enum Number {
    Plain(u64),
    Digits(String),
}

fn vector(file: &str, mut table: Table) -> Result<Vector, String> {
    let mut own = Table::new();
    for key in VECTOR_KEYS {
        own.extend(table.remove_entry(key));
    }
    let keys: VectorKeys = own.try_into().map_err(|error| message(&error))?;
    check(&keys)?;

    let connections: Vec<ConnectionKeys> = match table.remove("connection") {
        Some(_) if !table.is_empty() => {
            let strays: Vec<&str> = table.keys().map(String::as_str).collect();
            return Err(format!("`{}` must stand in a connection, or is unknown", strays.join("`, `")));
        }
        Some(connections) => connections.try_into().map_err(|error| message(&error))?,
        None => vec![table.try_into().map_err(|error| message(&error))?],
    };
    if connections.is_empty() {
        return Err("there is no connection".into());
    }

    let settings = Settings {
        max_event_size: keys.max_event_size.unwrap_or(Settings::default().max_event_size),
        capacity: keys.capacity,
        overflow: keys.overflow,
        utf8: keys.utf8,
        eof: keys.eof,
        items: Items {
            retry: connections.iter().any(|connection| connection.retry.is_some()),
            comments: connections.iter().any(|connection| connection.comments.is_some()),
            unknown: connections.iter().any(|connection| connection.unknown.is_some()),
        },
    };
    let start = Start {
        last_event_id: keys.start.id.as_ref().map_or(Ok(Vec::new()), bytes)?,
        retry: keys.start.retry.as_ref().map(number).transpose()?,
    };

    let mut before = start.clone();
    let mut loaded = Vec::with_capacity(connections.len());
    for keys in connections {
        let connection = connection(&keys, &before)?;
        before = connection.end();
        loaded.push(connection);
    }
    Ok(Vector {
        name: keys.name,
        file: file.to_owned(),
        shows: keys.shows,
        settings,
        start,
        connections: loaded,
    })
}

fn check(keys: &VectorKeys) -> Result<(), String> {
    let is_name_char = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    if keys.name.is_empty() || !keys.name.bytes().all(is_name_char) {
        return Err("a name consists of small letters, digits and hyphens".into());
    }
    if keys.shows.is_empty() && keys.about.is_none() {
        return Err("shows no statement, and does not say what it is about".into());
    }
    match keys.shows.iter().find(|statement| !STATEMENTS.contains(statement)) {
        Some(statement) => Err(format!("there is no statement {statement} on parsing")),
        None => Ok(()),
    }
}

fn connection(keys: &ConnectionKeys, start: &Start) -> Result<Connection, String> {
    let stream = bytes(&keys.input)?;
    let mut last_event_id = start.last_event_id.clone();
    let mut retry = start.retry;

    let mut events = Vec::new();
    for event in &keys.events {
        let (event, has_span) = read_event(event)?;
        last_event_id.clone_from(&event.last_event_id);
        events.push((Item::Event(event), has_span));
    }
    let mut retries = Vec::new();
    for value in keys.retry.iter().flatten() {
        retry = Some(number(value)?);
        retries.extend(retry.map(Item::Retry));
    }
    let comments: Result<Vec<Item>, String> =
        keys.comments.iter().flatten().map(|text| Ok(Item::Comment(bytes(text)?))).collect();
    let unknown: Result<Vec<Item>, String> = keys.unknown.iter().flatten().map(read_unknown).collect();
    let errors: Vec<Item> = keys.errors.iter().map(|error| Item::Error(fault(error))).collect();

    let plain = |items: Vec<Item>| items.into_iter().map(|item| (item, false)).collect();
    let lists = [
        (Kind::Event, events),
        (Kind::Retry, plain(retries)),
        (Kind::Comment, plain(comments?)),
        (Kind::Unknown, plain(unknown?)),
        (Kind::Error, plain(errors)),
    ];
    let (items, has_span) = in_order(lists, keys.order.as_deref())?.into_iter().unzip();

    let outcome = Outcome {
        items,
        last_event_id: keys.final_id.as_ref().map_or(Ok(last_event_id), bytes)?,
        retry: keys.final_retry.as_ref().map(number).transpose()?.or(retry),
        position: stream.len() as u64,
        skipped: keys.skipped,
    };
    Ok(Connection { stream, outcome, has_span })
}

type MarkedItems = Vec<(Item, bool)>;

/// Merges the lists of items. `order` names the list that each item comes from.
fn in_order(lists: [(Kind, MarkedItems); 5], order: Option<&[Kind]>) -> Result<MarkedItems, String> {
    let Some(order) = order else {
        if lists.iter().filter(|(_, items)| !items.is_empty()).count() > 1 {
            return Err("items of several kinds are expected: `order` is missing".into());
        }
        return Ok(lists.into_iter().flat_map(|(_, items)| items).collect());
    };
    let mut lists = lists.map(|(kind, items)| (kind, items.into_iter()));
    let mut merged = Vec::with_capacity(order.len());
    for &kind in order {
        // The lists stand in the order of the kinds.
        let item = lists[kind as usize].1.next();
        merged.push(item.ok_or_else(|| format!("`order` names more items of kind {kind:?} than there are"))?);
    }
    match lists.iter().find(|(_, items)| items.len() > 0) {
        Some((kind, items)) => Err(format!("`order` leaves out {} of kind {kind:?}", items.len())),
        None => Ok(merged),
    }
}

fn read_event(keys: &EventKeys) -> Result<(Event, bool), String> {
    let last_event_id = keys.id.as_ref().map_or(Ok(Vec::new()), bytes)?;
    let is_own = keys.id.is_some() && !keys.inherited;
    let [begin, end] = keys.span.unwrap_or_default();
    let event = Event {
        event_type: keys.event.as_ref().map_or(Ok(b"message".to_vec()), bytes)?,
        data: bytes(&keys.data)?,
        id: is_own.then(|| last_event_id.clone()),
        last_event_id,
        span: begin..end,
    };
    Ok((event, keys.span.is_some()))
}

fn read_unknown(keys: &UnknownKeys) -> Result<Item, String> {
    Ok(Item::Unknown { name: bytes(&keys.name)?, value: bytes(&keys.value)? })
}

const fn fault(name: &ErrorName) -> Fault {
    match name {
        ErrorName::EventTooLarge => Fault::EventTooLarge,
        ErrorName::ItemTooLarge => Fault::ItemTooLarge,
        ErrorName::InvalidUtf8 => Fault::InvalidUtf8,
    }
}

fn bytes(text: &Text) -> Result<Vec<u8>, String> {
    let parts = match text {
        Text::Plain(text) => return notation::parse(text),
        Text::Parts(parts) => parts,
    };
    let mut bytes = Vec::new();
    for part in parts {
        match part {
            Part::Plain(text) => bytes.extend(notation::parse(text)?),
            Part::Repeat(Repeat { repeat, times }) => bytes.extend(notation::parse(repeat)?.repeat(*times)),
        }
    }
    Ok(bytes)
}

fn number(number: &Number) -> Result<u64, String> {
    match number {
        Number::Plain(number) => Ok(*number),
        Number::Digits(digits) => {
            digits.parse().map_err(|_| format!("`{digits}` is not a number of 64 bits"))
        }
    }
}

fn message(error: &toml::de::Error) -> String {
    // The error is about a table taken out of its file: what it could say of the place would mislead.
    error.message().to_owned()
}

#[cfg(test)]
mod tests;
