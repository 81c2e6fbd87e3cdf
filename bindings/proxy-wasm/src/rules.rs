//! What becomes of an event: the first rule that fits says so, and what no rule fits is kept.

use eventwire::Event;
use memchr::memmem::Finder;

/// The rules, in order.
#[derive(Debug)]
pub struct Rules(Vec<Rule>);

/// Which events, and what becomes of them.
#[derive(Debug)]
pub struct Rule {
    event_type: Option<Vec<u8>>,
    contains: Option<Finder<'static>>,
    action: Action,
}

/// What becomes of an event.
#[derive(Debug, PartialEq, Eq)]
pub enum Action {
    /// It goes on as it came.
    Keep,
    /// It does not.
    Drop,
    /// This block goes on instead.
    Replace(Vec<u8>),
}

impl Rules {
    /// These, of which the first that fits counts.
    pub fn new(rules: Vec<Rule>) -> Self {
        Self(rules)
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// What becomes of an event.
    pub fn action(&self, event: &Event<'_>) -> &Action {
        self.0.iter().find(|rule| rule.fits(event)).map_or(&Action::Keep, |rule| &rule.action)
    }
}

impl Rule {
    /// A rule for events of this type whose data holds this text: both if both are given, every event if none is.
    pub fn new(event_type: Option<&str>, contains: Option<&str>, action: Action) -> Self {
        let contains = contains.map(|text| Finder::new(text).into_owned());
        Self { event_type: event_type.map(Into::into), contains, action }
    }

    fn fits(&self, event: &Event<'_>) -> bool {
        self.event_type.as_ref().is_none_or(|event_type| event.event_type() == event_type)
            && self.contains.as_ref().is_none_or(|text| text.find(event.data()).is_some())
    }
}

#[cfg(test)]
mod tests {
    use eventwire::{Input, Parser};

    use super::*;

    #[test]
    fn the_first_rule_that_fits_counts() {
        let rules = Rules::new(vec![
            Rule::new(Some("a"), Some("x"), Action::Keep),
            Rule::new(Some("a"), None, Action::Drop),
            Rule::new(None, Some("secret"), Action::Replace(b"data\n\n".to_vec())),
            Rule::new(Some("message"), None, Action::Drop),
        ]);
        for (stream, expected) in [
            ("event: a\ndata: axa\n\n", Action::Keep),
            ("event: a\ndata: secret\n\n", Action::Drop),
            ("event: b\ndata: no secret\n\n", Action::Replace(b"data\n\n".to_vec())),
            ("event: secret\ndata: b\n\n", Action::Keep),
            ("data: b\n\n", Action::Drop),
        ] {
            let mut parser = Parser::new();
            let event = parser.next_event(&mut Input::new(stream.as_bytes())).unwrap().unwrap();
            assert_eq!(*rules.action(&event), expected, "{stream:?}");
        }
    }
}
