//! `cargo xtask header`: the C header, generated from `src/capi`.
//!
//! cbindgen lists constants, types and functions of all it reads in three blocks. A header is read by topic, so each file of
//! `src/capi` is run through it alone and becomes a section, in the order of [`SECTIONS`]; the text before the first one
//! is `header/top.h`.

mod comment;

use std::fmt::Write as _;
use std::fs;
use std::process::ExitCode;

use cbindgen::{Builder, Config, DocumentationStyle, Language, Style};

use crate::manifest::Version;
use crate::suite::Outcome;
use crate::tools::root;

/// Where the header is, from the root of the checkout.
pub const PATH: &str = "include/eventwire.h";

/// Columns of the header.
const WIDTH: usize = 100;

/// Each topic: its title, the files of `src/capi` that it is made of, and what C needs besides.
const SECTIONS: [(&str, &[&str], &str); 11] = [
    ("Version", &["version"], ""),
    ("Status", &["status"], ""),
    ("Bytes and chunks", &["input"], ""),
    ("Settings", &["config"], CONFIG_INIT),
    ("Events", &["event"], ""),
    ("Parser", &["handle", "parser/make", "parser/pull", "parser/connection"], ""),
    ("Tokenizer", &["tokenizer"], ""),
    ("Encoder", &["encoder"], MESSAGE_INIT),
    (
        "Sources",
        &["source/config", "source/messages", "source/handle", "source/make", "source/drive", "source/look"],
        SOURCE_INIT,
    ),
    ("Tap", &["tap/config", "tap/handle", "tap/make", "tap/look"], TAP_INIT),
    (
        "Rewriter",
        &[
            "rewriter/config",
            "rewriter/handle",
            "rewriter/make",
            "rewriter/pull",
            "rewriter/decide",
            "rewriter/look",
        ],
        REWRITER_INIT,
    ),
];

/// cbindgen cannot write a `sizeof`.
const CONFIG_INIT: &str = "
/**
 * The default settings, to initialise an `ew_config` with.
 */
#define EW_CONFIG_INIT { sizeof(ew_config), 0, 0, 0, 0, 0, 0 }
";

const MESSAGE_INIT: &str = "
/**
 * A message of which nothing is set, to initialise an `ew_message` with.
 */
#define EW_MESSAGE_INIT { sizeof(ew_message), 0, { NULL, 0 }, { NULL, 0 }, { NULL, 0 }, { NULL, 0 }, 0 }
";

const SOURCE_INIT: &str = "
/**
 * The default settings, to initialise an `ew_source_config` with. The URL is still to be set.
 */
#define EW_SOURCE_CONFIG_INIT { sizeof(ew_source_config), 0, { NULL, 0 }, { NULL, 0 }, { NULL, 0 }, \\
    { NULL, 0 }, NULL, 0, NULL, 0, NULL, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 }

/**
 * A head of nothing, to initialise an `ew_head` with.
 */
#define EW_HEAD_INIT { sizeof(ew_head), 0, { NULL, 0 }, { NULL, 0 }, { NULL, 0 }, { NULL, 0 } }
";

const TAP_INIT: &str = "
/**
 * The default settings, to initialise an `ew_tap_config` with.
 */
#define EW_TAP_CONFIG_INIT { sizeof(ew_tap_config), 0, 0, 0, { NULL, 0 }, { NULL, 0 } }
";

const REWRITER_INIT: &str = "
/**
 * The default settings, to initialise an `ew_rewriter_config` with.
 */
#define EW_REWRITER_CONFIG_INIT { sizeof(ew_rewriter_config), EW_OVERSIZED_PASS, 0 }
";

/// What the types of `src/capi` are called in C.
const NAMES: [(&str, &str); 25] = [
    ("Status", "ew_status"),
    ("Span", "ew_span"),
    ("Input", "ew_input"),
    ("Config", "ew_config"),
    ("Event", "ew_event"),
    ("Parser", "ew_parser"),
    ("Tokenizer", "ew_tokenizer"),
    ("Token", "ew_token"),
    ("Message", "ew_message"),
    ("Fault", "ew_fault"),
    ("Source", "ew_source"),
    ("SourceConfig", "ew_source_config"),
    ("Header", "ew_header"),
    ("HttpStatuses", "ew_http_statuses"),
    ("Action", "ew_action"),
    ("Request", "ew_request"),
    ("Head", "ew_head"),
    ("Notice", "ew_notice"),
    ("Tap", "ew_tap"),
    ("TapConfig", "ew_tap_config"),
    ("TapSummary", "ew_tap_summary"),
    ("Match", "ew_match"),
    ("Rewriter", "ew_rewriter"),
    ("RewriterConfig", "ew_rewriter_config"),
    ("RewriterSummary", "ew_rewriter_summary"),
];

const BEGIN: &str = "
#ifndef EVENTWIRE_H
#define EVENTWIRE_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern \"C\" {
#endif
";

const END: &str = "
#ifdef __cplusplus
}
#endif

#endif /* EVENTWIRE_H */
";

/// Writes the header, or with `--check` compares it with what is there.
pub fn run(args: &[&str]) -> ExitCode {
    let outcome = match *args {
        [] => write(),
        ["--check"] => check(),
        _ => Outcome::Failed("usage: cargo xtask header [--check]".to_owned()),
    };
    outcome.exit_code()
}

/// The header is what the sources say.
pub fn check() -> Outcome {
    match (generate(), fs::read_to_string(root().join(PATH))) {
        (Ok(wanted), Ok(found)) if wanted == found => Outcome::Passed,
        (Ok(_), _) => Outcome::Failed(format!("{PATH} is not what src/capi says; run `cargo xtask header`")),
        (Err(error), _) => Outcome::Failed(error),
    }
}

fn write() -> Outcome {
    let written =
        generate().and_then(|text| fs::write(root().join(PATH), text).map_err(|error| error.to_string()));
    written.map_or_else(Outcome::Failed, |()| Outcome::Passed)
}

fn generate() -> Result<String, String> {
    let mut header = format!("{}{BEGIN}", include_str!("header/top.h"));
    for (title, files, besides) in SECTIONS {
        let line = "*".repeat(WIDTH - " * ".len() - title.len());
        let _ = write!(header, "\n/* {title} {line}/\n");
        if title == "Version" {
            header.push_str(&version_macros(&Version::of_library()?));
        }
        for file in files {
            header.push_str(&section(file)?);
        }
        header.push_str(&comment::rewrite(besides));
    }
    header.push_str(END);
    Ok(header)
}

/// What one file declares.
fn section(file: &str) -> Result<String, String> {
    let mut config = Config {
        language: Language::C,
        style: Style::Both,
        documentation_style: DocumentationStyle::Doxy,
        no_includes: true,
        usize_is_size_t: true,
        // It counts the comment before a function, which is filled anew below.
        line_length: usize::MAX,
        tab_width: 4,
        ..Config::default()
    };
    // Also those that no function of the same file mentions.
    config.export.include = NAMES.map(|(rust, _)| rust.to_owned()).into();
    config.export.rename = NAMES.map(|(rust, c)| (rust.to_owned(), c.to_owned())).into();
    let source = root().join("src/capi").join(file).with_extension("rs");
    let bindings = Builder::new().with_config(config).with_src(source).generate();
    let mut text = Vec::new();
    bindings.map_err(|error| format!("src/capi/{file}.rs: {error}"))?.write(&mut text);
    let text = String::from_utf8(text).map_err(|error| error.to_string())?;
    Ok(format!("\n{}", tidy(&comment::rewrite(text.trim()))))
}

/// What cbindgen writes, as C programmers do: numbers below zero in parentheses, no `struct` where there is a name without
/// it, and long declarations on two lines.
fn tidy(text: &str) -> String {
    let mut tidied = String::new();
    for line in text.lines() {
        let number = line.strip_prefix("#define ").and_then(|line| line.split_once(" -"));
        let line = match number {
            Some((name, number)) => format!("#define {name} (-{number})"),
            None if line.starts_with("typedef ") => line.to_owned(),
            None => line.replace("struct ew_", "ew_"),
        };
        let end = line.char_indices().map_while(|(at, c)| (at < WIDTH).then_some((at, c)));
        let comma = end.filter(|(_, c)| *c == ',').last();
        match comma {
            Some((comma, _)) if line.len() > WIDTH && line.ends_with(");") => {
                let (first, second) = line.split_at(comma + 1);
                let indent = line.find('(').unwrap_or(0) + 1;
                let _ = writeln!(tidied, "{first}\n{:indent$}{}", "", second.trim_start());
            }
            _ => {
                let _ = writeln!(tidied, "{line}");
            }
        }
    }
    tidied
}

fn version_macros(Version { major, minor, patch }: &Version) -> String {
    let number = major * 1_000_000 + minor * 1_000 + patch;
    comment::rewrite(&format!(
        "
/**
 * The version of this header's library: major, minor, patch. A program that needs what a certain release has brought can
 * compare `EW_VERSION_NUMBER`: major times 1000000, plus minor times 1000, plus patch.
 */
#define EW_VERSION_MAJOR {major}
#define EW_VERSION_MINOR {minor}
#define EW_VERSION_PATCH {patch}
#define EW_VERSION_STRING \"{major}.{minor}.{patch}\"
#define EW_VERSION_NUMBER {number}
"
    ))
}
