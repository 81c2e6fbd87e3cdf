//! What a line says.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserialize, Deserializer, Error as _, MapAccess, Visitor};
use serde_json::error::Category;
use serde_json::value::RawValue;

use super::Mistake;
use super::compact::compact;

/// What a line says.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Record<'l> {
    Event(Event<'l>),
    /// A reconnection time in milliseconds.
    Retry(u64),
    Comment(Cow<'l, str>),
}

/// An event.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Event<'l> {
    /// Its type; none is `message`.
    pub(super) event_type: Option<Cow<'l, str>>,
    /// The last event ID in force; none is the one before.
    pub(super) id: Option<Cow<'l, str>>,
    /// Its data: a string's text, or any other JSON as it is.
    pub(super) data: Cow<'l, str>,
}

/// The values of a line, by their keys. All are valid JSON.
#[derive(Debug, Default)]
struct Values<'l> {
    event: Option<&'l RawValue>,
    id: Option<&'l RawValue>,
    data: Option<&'l RawValue>,
    retry: Option<&'l RawValue>,
    comment: Option<&'l RawValue>,
}

const FORM: &str =
    "write one JSON object a line, as eventwire parse does (eventwire help encode shows the form)";

impl<'l> Record<'l> {
    /// Reads a line that is not blank.
    pub(super) fn read(line: &'l [u8]) -> Result<Self, Mistake> {
        let values = serde_json::from_slice(line).map_err(|error| not_this_form(&error))?;
        match values {
            Values { event, id, data: Some(data), retry: None, comment: None } => Ok(Self::Event(Event {
                event_type: event.map(|value| string("event", value)).transpose()?,
                id: id.map(|value| string("id", value)).transpose()?,
                data: if data.get().starts_with('"') { string("data", data)? } else { compact(data.get()) },
            })),
            Values { event: None, id: None, data: None, retry: Some(retry), comment: None } => {
                retry.get().parse().map(Self::Retry).map_err(|_| Mistake {
                    what: "\"retry\" is not a whole number".into(),
                    advice: "write it in milliseconds: {\"retry\":3000}",
                })
            }
            Values { event: None, id: None, data: None, retry: None, comment: Some(comment) } => {
                string("comment", comment).map(Self::Comment)
            }
            Values { retry: None, comment: None, .. } => Err(Mistake {
                what: "an event without \"data\"".into(),
                advice: "write \"data\":\"\" if it has none",
            }),
            _ => Err(Mistake {
                what: "\"retry\" or \"comment\" beside another key".into(),
                advice: "write it on a line of its own",
            }),
        }
    }
}

/// The text of a value that must be a string.
fn string<'l>(key: &str, value: &'l RawValue) -> Result<Cow<'l, str>, Mistake> {
    let mistake = |what| Mistake { what, advice: FORM };
    if !value.get().starts_with('"') {
        return Err(mistake(format!("\"{key}\" is not a string")));
    }
    match serde_json::from_str(value.get()) {
        Ok(Text(text)) => Ok(text),
        // Half of a surrogate pair, for one.
        Err(error) => Err(mistake(format!("\"{key}\" is not text ({})", reason(&error)))),
    }
}

fn not_this_form(error: &serde_json::Error) -> Mistake {
    let column = error.column();
    let what = match error.classify() {
        Category::Data => reason(error),
        Category::Eof => format!("JSON that ends too early, at column {column}"),
        Category::Syntax | Category::Io => format!("not JSON at column {column} ({})", reason(error)),
    };
    Mistake { what, advice: FORM }
}

/// What the error says, without the place.
fn reason(error: &serde_json::Error) -> String {
    let text = error.to_string();
    match text.rfind(" at line ") {
        Some(end) => text[..end].to_owned(),
        None => text,
    }
}

impl<'de> Deserialize<'de> for Values<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Object;

        impl<'de> Visitor<'de> for Object {
            type Value = Values<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a JSON object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Values<'de>, A::Error> {
                let mut values = Values::default();
                while let Some(Text(key)) = map.next_key()? {
                    let place = match &*key {
                        "event" => &mut values.event,
                        "id" => &mut values.id,
                        "data" => &mut values.data,
                        "retry" => &mut values.retry,
                        "comment" => &mut values.comment,
                        _ => return Err(A::Error::custom(format_args!("unknown key {}", shown(&key)))),
                    };
                    if place.replace(map.next_value()?).is_some() {
                        return Err(A::Error::custom(format_args!("\"{key}\" twice")));
                    }
                }
                Ok(values)
            }
        }

        deserializer.deserialize_map(Object)
    }
}

/// A key in quotes, with nothing in it that a terminal could take for a command.
fn shown(key: &str) -> String {
    const CHARS: usize = 60;
    let end = if key.chars().nth(CHARS).is_some() { "…" } else { "" };
    format!("\"{}{end}\"", key.chars().take(CHARS).flat_map(char::escape_debug).collect::<String>())
}

/// A string, borrowed if nothing in it is escaped.
struct Text<'l>(Cow<'l, str>);

impl<'de> Deserialize<'de> for Text<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct String_;

        impl<'de> Visitor<'de> for String_ {
            type Value = Text<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a string")
            }

            fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Text<'de>, E> {
                Ok(Text(Cow::Borrowed(text)))
            }

            fn visit_str<E>(self, text: &str) -> Result<Text<'de>, E> {
                Ok(Text(Cow::Owned(text.to_owned())))
            }
        }

        deserializer.deserialize_str(String_)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event<'l>(event_type: Option<&'l str>, id: Option<&'l str>, data: &'l str) -> Record<'l> {
        Record::Event(Event {
            event_type: event_type.map(Cow::from),
            id: id.map(Cow::from),
            data: data.into(),
        })
    }

    #[test]
    fn lines_are_read() {
        for (line, record) in [
            (r#"{"event":"a","id":"1","data":"x\ny"}"#, event(Some("a"), Some("1"), "x\ny")),
            (r#"{"data":""}"#, event(None, None, "")),
            ("{\"data\":null}\r", event(None, None, "null")),
            (r#"{"data":[1.0, {"a" : 1e400}],"id":""}"#, event(None, Some(""), r#"[1.0,{"a":1e400}]"#)),
            (r#"{"data":"\u00e9\ud83d\ude00"}"#, event(None, None, "é😀")),
            (r#"{"retry":18446744073709551615}"#, Record::Retry(u64::MAX)),
            (r#"{"comment":" c"}"#, Record::Comment(" c".into())),
        ] {
            assert_eq!(Record::read(line.as_bytes()), Ok(record), "{line}");
        }
    }

    #[test]
    fn mistakes_are_named() {
        for (line, what) in [
            (&b"data: x"[..], "not JSON at column 1 (expected value)"),
            (b"{\"data\":\"x\"", "JSON that ends too early, at column 11"),
            (b"{\"data\":\"x\"}{}", "not JSON at column 13 (trailing characters)"),
            (b"[1]", "invalid type: sequence, expected a JSON object"),
            (b"{}", "an event without \"data\""),
            (b"{\"event\":\"a\",\"id\":\"1\"}", "an event without \"data\""),
            (b"{\"event\":null,\"data\":\"\"}", "\"event\" is not a string"),
            (b"{\"id\":1,\"data\":\"\"}", "\"id\" is not a string"),
            (b"{\"comment\":1}", "\"comment\" is not a string"),
            (b"{\"retry\":-1}", "\"retry\" is not a whole number"),
            (b"{\"retry\":\"1\"}", "\"retry\" is not a whole number"),
            (b"{\"retry\":18446744073709551616}", "\"retry\" is not a whole number"),
            (b"{\"retry\":1,\"data\":\"\"}", "\"retry\" or \"comment\" beside another key"),
            (b"{\"retry\":1,\"comment\":\"\"}", "\"retry\" or \"comment\" beside another key"),
            (b"{\"data\":\"\",\"data\":\"\"}", "\"data\" twice"),
            (b"{\"open\":true}", "unknown key \"open\""),
            (b"{\"\\u001b\\n\":1}", "unknown key \"\\u{1b}\\n\""),
            (b"{\"data\":\"\\ud83d\"}", "\"data\" is not text (unexpected end of hex escape)"),
        ] {
            assert_eq!(Record::read(line).unwrap_err().what, what);
        }
        assert!(Record::read(b"{\"data\":\"\xff\"}").unwrap_err().what.starts_with("not JSON at column "));
        let long = format!("{{\"{}\":1}}", "k".repeat(1_000));
        assert!(Record::read(long.as_bytes()).unwrap_err().what.len() < 100);
    }
}
