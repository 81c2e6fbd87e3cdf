//! Licence expressions: names joined with OR, AND and parentheses; a slash is an old form of OR.

/// Whether an expression can be fulfilled with these licences alone.
pub fn is_allowed(expression: &str, allowed: &[String]) -> bool {
    let spaced = expression.replace('/', " OR ").replace('(', " ( ").replace(')', " ) ");
    let words: Vec<&str> = spaced.split_whitespace().collect();
    let mut rest = &words[..];
    let fulfilled = any(&mut rest, allowed);
    rest.is_empty() && fulfilled
}

fn any(rest: &mut &[&str], allowed: &[String]) -> bool {
    let mut fulfilled = all(rest, allowed);
    while let ["OR", behind @ ..] = *rest {
        *rest = behind;
        fulfilled |= all(rest, allowed);
    }
    fulfilled
}

fn all(rest: &mut &[&str], allowed: &[String]) -> bool {
    let mut fulfilled = one(rest, allowed);
    while let ["AND", behind @ ..] = *rest {
        *rest = behind;
        fulfilled &= one(rest, allowed);
    }
    fulfilled
}

fn one(rest: &mut &[&str], allowed: &[String]) -> bool {
    match **rest {
        ["(", ref behind @ ..] => {
            *rest = behind;
            let fulfilled = any(rest, allowed);
            let [")", behind @ ..] = *rest else { return false };
            *rest = behind;
            fulfilled
        }
        [name, "WITH", exception, ref behind @ ..] => {
            *rest = behind;
            allowed.contains(&format!("{name} WITH {exception}"))
        }
        [name, ref behind @ ..] => {
            *rest = behind;
            allowed.iter().any(|allowed| allowed == name)
        }
        [] => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expressions_are_fulfilled_or_not() {
        let allowed = ["MIT", "ISC", "X WITH y"].map(str::to_owned);
        for good in
            ["MIT", "GPL OR MIT", "GPL/MIT", "MIT AND (GPL OR ISC)", "X WITH y", "(MIT)", "GPL AND A OR MIT"]
        {
            assert!(is_allowed(good, &allowed), "{good}");
        }
        for bad in ["", "GPL", "MIT AND GPL", "MIT AND (GPL OR A)", "X", "MIT WITH y", "(MIT", "MIT ISC"] {
            assert!(!is_allowed(bad, &allowed), "{bad}");
        }
    }
}
