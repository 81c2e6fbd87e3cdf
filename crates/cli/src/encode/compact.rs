//! JSON without the white space between its tokens.

use std::borrow::Cow;

/// `json`, which is one valid value, without white space outside of strings. Numbers, escapes, order and repeated keys stay
/// as they are.
pub(super) fn compact(json: &str) -> Cow<'_, str> {
    let (mut in_string, mut escaped) = (false, false);
    let mut is_kept = |c: char| {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = in_string,
            '"' => in_string = !in_string,
            ' ' | '\t' | '\r' | '\n' => return in_string,
            _ => {}
        }
        true
    };
    match json.find(|c| !is_kept(c)) {
        None => Cow::Borrowed(json),
        // At white space nothing has changed in what `is_kept` knows.
        Some(first) => {
            let (head, rest) = json.split_at(first);
            let mut compact = String::with_capacity(json.len());
            compact.push_str(head);
            compact.extend(rest.chars().filter(|&c| is_kept(c)));
            Cow::Owned(compact)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn white_space_goes_outside_of_strings_alone() {
        for (json, expected) in [
            ("1.0", "1.0"),
            (r#"{"a b":[1,"\" \\"],"é":" "}"#, r#"{"a b":[1,"\" \\"],"é":" "}"#),
            ("{ \"a b\" :\t[ 1 , \"\\\" \\\\\" ]\r, \"a b\" : \"é \" }", r#"{"a b":[1,"\" \\"],"a b":"é "}"#),
            (r#"["\\", "x" ]"#, r#"["\\","x"]"#),
        ] {
            assert_eq!(compact(json), expected);
        }
        assert!(matches!(compact("[1,2]"), Cow::Borrowed(_)));
    }
}
