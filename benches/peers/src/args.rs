//! The command line.

use std::path::PathBuf;

/// What to measure and where to put it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Args {
    /// These corpora alone, `encode`, `hostile` and `idle` among them; all if empty.
    pub corpora: Vec<String>,
    /// These chunks alone; all if empty.
    pub chunks: Vec<String>,
    /// Less of everything.
    pub quick: bool,
    /// A file for the results as JSON.
    pub json: Option<PathBuf>,
    /// A file between whose markers the tables are written.
    pub markdown: Option<PathBuf>,
    /// A folder for the plots.
    pub plots: Option<PathBuf>,
}

/// How to call it.
pub const USAGE: &str = "\
Measures eventwire beside other parsers of event streams, and beside the limits of the machine.

  --corpus NAME    this corpus alone (may be repeated): openai, anthropic, ticks, wikimedia, large, comments,
                   the first three with -crlf and -cr; huge (one event of 2 MiB); encode (the events of most
                   corpora written); hostile (what an attacker sends); idle (memory of parsers that wait)
  --chunk NAME     chunks of this size alone (may be repeated): 64B, 1460B, 16K, 64K, 1M, event (one a chunk), whole;
                   256B for huge
  --quick          short streams and few rounds, to see that all is in order
  --json FILE      writes the results to FILE
  --markdown FILE  writes the tables into FILE, between its markers
  --plots DIR      writes the plots into DIR
";

impl Args {
    /// Reads the arguments behind the program's name.
    ///
    /// # Errors
    ///
    /// What is wrong with them.
    pub fn parse(args: &[&str]) -> Result<Self, String> {
        let mut parsed = Self::default();
        let mut args = args.iter();
        while let Some(&option) = args.next() {
            if option == "--quick" {
                parsed.quick = true;
                continue;
            }
            let mut value = || args.next().ok_or(format!("{option} needs a value")).copied();
            match option {
                "--corpus" => parsed.corpora.push(value()?.to_owned()),
                "--chunk" => parsed.chunks.push(value()?.to_owned()),
                "--json" => parsed.json = Some(value()?.into()),
                "--markdown" => parsed.markdown = Some(value()?.into()),
                "--plots" => parsed.plots = Some(value()?.into()),
                _ => return Err(format!("no option {option}")),
            }
        }
        Ok(parsed)
    }

    /// Checks the names that are asked for against those that there are.
    ///
    /// # Errors
    ///
    /// If there is none of a name.
    pub fn check(&self, corpora: &[&str], chunks: &[&str]) -> Result<(), String> {
        let unknown = |asked: &[String], known: &[&str]| {
            asked.iter().find(|asked| !known.contains(&asked.as_str())).cloned()
        };
        match unknown(&self.corpora, corpora).or(unknown(&self.chunks, chunks)) {
            Some(name) => Err(format!("nothing is called {name}; --help lists the names")),
            None => Ok(()),
        }
    }

    /// Whether this corpus is asked for.
    #[must_use]
    pub fn wants_corpus(&self, name: &str) -> bool {
        self.corpora.is_empty() || self.corpora.iter().any(|wanted| wanted == name)
    }

    /// Whether chunks of this name are asked for.
    #[must_use]
    pub fn wants_chunk(&self, name: &str) -> bool {
        self.chunks.is_empty() || self.chunks.iter().any(|wanted| wanted == name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_are_read() {
        let args =
            Args::parse(&["--corpus", "ticks", "--quick", "--json", "a.json", "--corpus", "idle"]).unwrap();
        assert_eq!(args.corpora, ["ticks", "idle"]);
        assert!(
            args.quick && args.wants_chunk("64K") && args.wants_corpus("idle") && !args.wants_corpus("large")
        );
        assert_eq!(args.json, Some("a.json".into()));
    }

    #[test]
    fn mistakes_are_told() {
        assert!(Args::parse(&["--chunks", "64K"]).unwrap_err().contains("--chunks"));
        assert!(Args::parse(&["--chunk"]).unwrap_err().contains("value"));
        let args = Args::parse(&["--corpus", "tics", "--chunk", "64K"]).unwrap();
        assert!(args.check(&["ticks"], &["64K"]).unwrap_err().contains("tics"));
        assert_eq!(args.check(&["tics"], &["64K"]), Ok(()));
    }
}
