//! Documentation comments, from the form that rustdoc reads into the one that is read in a header.

use std::fmt::Write as _;

use super::WIDTH;

/// Rewrites all comments of a text: headings become words before their text, paragraphs are filled anew, and a comment that
/// fits becomes one line.
pub fn rewrite(text: &str) -> String {
    let mut rewritten = String::new();
    let mut lines = text.lines().map(str::trim_end);
    while let Some(line) = lines.next() {
        let Some(indent) = line.strip_suffix("/**") else {
            rewritten.push_str(line);
            rewritten.push('\n');
            continue;
        };
        let body = lines.by_ref().map(str::trim_start).take_while(|line| *line != "*/");
        let body: Vec<&str> = body.map(|line| line.trim_start_matches('*').trim_start()).collect();
        rewritten.push_str(&comment(indent, &body));
    }
    rewritten
}

/// A comment of these lines.
fn comment(indent: &str, body: &[&str]) -> String {
    let width = WIDTH - indent.len();
    if let [line] = body
        && line.len() + "/**  */".len() <= width
    {
        return format!("{indent}/** {line} */\n");
    }
    let mut text = format!("{indent}/**\n");
    for line in paragraphs(body, width - " * ".len()) {
        let _ = writeln!(text, "{}", format!("{indent} * {line}").trim_end());
    }
    let _ = writeln!(text, "{indent} */");
    text
}

/// The lines of a comment, filled to a width.
fn paragraphs(body: &[&str], width: usize) -> Vec<String> {
    let mut filled = Vec::new();
    // The paragraph that is being collected, and how far its lines behind the first are indented.
    let (mut paragraph, mut hanging) = (String::new(), 0);
    // A heading stands before the paragraph that follows.
    let mut heading = false;
    for line in body {
        let item = line.strip_prefix("- ");
        if line.is_empty() || item.is_some() {
            if !(heading && line.is_empty()) {
                filled.extend(fill(&paragraph, hanging, width));
                (paragraph, hanging) = (String::new(), 0);
            }
            match item {
                Some(item) => (paragraph, hanging, heading) = (format!("  - {item}"), 4, false),
                None if heading => {}
                None => filled.push((*line).to_owned()),
            }
        } else if let Some(word) = line.strip_prefix("# ") {
            // In rustdoc "Safety" is the name for what an unsafe function asks of its caller.
            paragraph = format!("{}:", if word == "Safety" { "Requires" } else { word });
            heading = true;
        } else {
            if !paragraph.is_empty() {
                paragraph.push(' ');
            }
            paragraph.push_str(line);
            heading = false;
        }
    }
    filled.extend(fill(&paragraph, hanging, width));
    filled
}

/// A paragraph as lines, those behind the first indented.
fn fill(paragraph: &str, hanging: usize, width: usize) -> Vec<String> {
    let indent = paragraph.len() - paragraph.trim_start().len();
    let mut lines = Vec::new();
    let mut line = " ".repeat(indent);
    for word in paragraph.split_whitespace() {
        let empty = line.trim_start().is_empty();
        if !empty && line.len() + 1 + word.len() > width {
            lines.push(std::mem::replace(&mut line, " ".repeat(hanging)));
        } else if !empty {
            line.push(' ');
        }
        line.push_str(word);
    }
    if !line.trim_start().is_empty() {
        lines.push(line);
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::rewrite;

    #[test]
    fn a_comment_that_fits_becomes_one_line() {
        assert_eq!(rewrite("  /**\n   * Short.\n   */\n  int x;\n"), "  /** Short. */\n  int x;\n");
    }

    #[test]
    fn headings_and_lists() {
        let long = "word ".repeat(25);
        let text = format!(
            "/**\n * What.\n *\n * # Parameters\n *\n * - `a`: {long}\n * - `b`: two\n *\n * # Safety\n *\n * Much.\n */\n"
        );
        let wanted = format!(
            "/**\n * What.\n *\n * Parameters:\n *   - `a`: {}\n *     {}\n *   - `b`: two\n *\n * Requires: Much.\n */\n",
            "word ".repeat(17).trim_end(),
            "word ".repeat(8).trim_end()
        );
        assert_eq!(rewrite(&text), wanted);
    }
}
