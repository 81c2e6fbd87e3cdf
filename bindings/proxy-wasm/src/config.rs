//! The plugin's configuration: a JSON object, every member of which may be left out.

use std::fmt;
use std::ops::RangeInclusive;

use eventwire::rewriter::Oversized;
use eventwire::{EncodeError, Message};
use serde::Deserialize;

use crate::rules::{Action, Rule, Rules};

/// What a filter goes by.
#[derive(Debug)]
pub struct Config {
    /// The size in bytes up to which events are seen, and held if there are rules.
    pub max_event_size: usize,
    /// What becomes of larger ones, if there are rules.
    pub oversized: Oversized,
    /// What is looked for in types and data.
    pub needle: Option<Vec<u8>>,
    /// How many bytes of a match are kept.
    pub max_match_size: usize,
    /// The data that says that a stream is complete.
    pub sentinel: Vec<u8>,
    /// What becomes of which events.
    pub rules: Rules,
    /// What the names of metrics begin with.
    pub stat_prefix: String,
}

/// What is wrong with a configuration, and where.
#[derive(Debug)]
pub enum ConfigError {
    /// It is not the text of a JSON object.
    NoObject,
    /// It is not of the form that is expected. The text says where.
    Form(serde_json::Error),
    /// A value is refused: where it stands, and why.
    Value(String, String),
}

impl Config {
    /// Reads a configuration. Nothing at all is the default configuration.
    pub fn read(text: &[u8]) -> Result<Self, ConfigError> {
        let written = match text.trim_ascii().first() {
            None => Written::default(),
            Some(b'{') => serde_json::from_slice(text).map_err(ConfigError::Form)?,
            Some(_) => return Err(ConfigError::NoObject),
        };
        written.check()
    }
}

/// The configuration as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Written {
    max_event_size: u32,
    oversized: WrittenOversized,
    #[serde(rename = "match")]
    needle: Option<String>,
    max_match_size: u32,
    sentinel: String,
    rules: Vec<WrittenRule>,
    stat_prefix: String,
}

#[derive(Deserialize, Clone, Copy)]
#[serde(rename_all = "lowercase")]
enum WrittenOversized {
    Pass,
    Drop,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "a rule, which is an object")]
struct WrittenRule {
    #[serde(rename = "type")]
    event_type: Option<String>,
    contains: Option<String>,
    action: WrittenAction,
    with: Option<WrittenMessage>,
}

#[derive(Deserialize, Clone, Copy, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
enum WrittenAction {
    Keep,
    Drop,
    Replace,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "an event, which is an object")]
struct WrittenMessage {
    event: Option<String>,
    id: Option<String>,
    data: String,
}

impl Default for Written {
    fn default() -> Self {
        Self {
            max_event_size: 1 << 20,
            oversized: WrittenOversized::Pass,
            needle: None,
            max_match_size: 16 << 10,
            sentinel: "[DONE]".to_owned(),
            rules: Vec::new(),
            stat_prefix: "eventwire".to_owned(),
        }
    }
}

impl Written {
    fn check(self) -> Result<Config, ConfigError> {
        // A module that has run out of memory takes all streams of its worker along.
        const SIZES: RangeInclusive<u32> = 16..=64 << 20;
        if !SIZES.contains(&self.max_event_size) {
            let why = format!("{} is not from {} to {}", self.max_event_size, SIZES.start(), SIZES.end());
            return Err(refuse("max_event_size", why));
        }
        if self.needle.as_deref() == Some("") {
            return Err(refuse("match", "empty: every event would match"));
        }
        let is_name = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'-');
        if self.stat_prefix.is_empty() || !self.stat_prefix.bytes().all(is_name) {
            let why = format!("{:?} is not made of letters, digits, `_`, `-` and `.`", self.stat_prefix);
            return Err(refuse("stat_prefix", why));
        }
        let rules = self.rules.into_iter().enumerate();
        let rules = rules.map(|(index, rule)| rule.check(&format!("rules[{index}]")));
        Ok(Config {
            max_event_size: self.max_event_size as usize,
            oversized: match self.oversized {
                WrittenOversized::Pass => Oversized::Pass,
                WrittenOversized::Drop => Oversized::Drop,
            },
            needle: self.needle.map(String::into_bytes),
            max_match_size: self.max_match_size as usize,
            sentinel: self.sentinel.into_bytes(),
            rules: Rules::new(rules.collect::<Result<_, _>>()?),
            stat_prefix: self.stat_prefix,
        })
    }
}

impl WrittenRule {
    fn check(self, place: &str) -> Result<Rule, ConfigError> {
        if self.contains.as_deref() == Some("") {
            return Err(refuse(
                &format!("{place}.contains"),
                "empty: leave it out for a rule for every event",
            ));
        }
        let action = match (self.action, self.with) {
            (WrittenAction::Keep, None) => Action::Keep,
            (WrittenAction::Drop, None) => Action::Drop,
            (WrittenAction::Replace, Some(message)) => Action::Replace(
                message.encode().map_err(|error| refuse(&format!("{place}.with"), error.to_string()))?,
            ),
            (WrittenAction::Replace, None) => {
                return Err(refuse(place, "`replace` needs `with`, the event to be written instead"));
            }
            (_, Some(_)) => return Err(refuse(&format!("{place}.with"), "only `replace` has it")),
        };
        Ok(Rule::new(self.event_type.as_deref(), self.contains.as_deref(), action))
    }
}

impl WrittenMessage {
    fn encode(&self) -> Result<Vec<u8>, EncodeError> {
        let mut message = Message::new().data(&self.data);
        if let Some(event) = &self.event {
            message = message.event(event);
        }
        if let Some(id) = &self.id {
            message = message.id(id);
        }
        let mut block = Vec::new();
        message.encode_to_vec(&mut block).map(|_| block)
    }
}

fn refuse(place: &str, why: impl Into<String>) -> ConfigError {
    ConfigError::Value(place.to_owned(), why.into())
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoObject => {
                write!(f, "no JSON object: it has to be the text of one, in a google.protobuf.StringValue")
            }
            Self::Form(error) => write!(f, "{error}"),
            Self::Value(place, why) => write!(f, "{place}: {why}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(text: &str) -> String {
        Config::read(text.as_bytes()).expect_err(text).to_string()
    }

    #[test]
    fn nothing_is_the_default() {
        for text in ["", " \n", "{}"] {
            let config = Config::read(text.as_bytes()).unwrap();
            assert_eq!((config.max_event_size, config.max_match_size), (1 << 20, 16 << 10));
            assert!(config.rules.is_empty());
        }
    }

    #[test]
    fn what_is_wrong_is_said_with_its_place() {
        for (text, expected) in [
            ("{", "EOF while parsing an object at line 1 column 1"),
            ("[]", "no JSON object"),
            ("\n\x0e\n\x05", "no JSON object"),
            ("{} {}", "trailing characters at line 1 column 4"),
            ("{\n \"max\": 1}", "unknown field `max`, expected one of `max_event_size`"),
            ("{\"max_event_size\": -1}", "invalid value: integer `-1`, expected u32 at line 1 column 21"),
            ("{\"max_event_size\": 15}", "max_event_size: 15 is not from 16 to 67108864"),
            ("{\"max_event_size\": 67108865}", "max_event_size: 67108865 is not from 16 to 67108864"),
            ("{\"match\": \"\"}", "match: empty"),
            (
                "{\"oversized\": \"cut\"}",
                "unknown variant `cut`, expected `pass` or `drop` at line 1 column 19",
            ),
            ("{\"stat_prefix\": \"a b\"}", "stat_prefix: \"a b\" is not made of"),
            ("{\"rules\": [\"drop\"]}", "invalid type: string \"drop\", expected a rule, which is an object"),
            ("{\"rules\": [{}]}", "missing field `action` at line 1 column 13"),
            (
                "{\"rules\": [{\"action\": \"drop\"}, {\"action\": \"replace\"}]}",
                "rules[1]: `replace` needs `with`",
            ),
            ("{\"rules\": [{\"action\": \"drop\", \"contains\": \"\"}]}", "rules[0].contains: empty"),
            (
                "{\"rules\": [{\"action\": \"keep\", \"with\": {\"data\": \"\"}}]}",
                "rules[0].with: only `replace`",
            ),
            (
                "{\"rules\": [{\"action\": \"replace\", \"with\": {\"data\": \"x\", \"event\": \"a\\nb\"}}]}",
                "rules[0].with: event type refused: LF at byte 1",
            ),
        ] {
            let refusal = refusal(text);
            assert!(refusal.starts_with(expected), "{text}: {refusal}");
        }
    }
}
