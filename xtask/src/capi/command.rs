//! Commands that are silent while they succeed.

use std::ffi::OsStr;
use std::io::Write as _;
use std::process::{Command, Stdio};

/// Runs a program to its end and gives what it wrote to standard output; if it fails, all that it wrote, and how it was called.
pub fn run(
    program: impl AsRef<OsStr>,
    args: impl IntoIterator<Item = impl AsRef<OsStr>>,
) -> Result<String, String> {
    let mut command = Command::new(program);
    command.args(args);
    run_command(&mut command, b"")
}

/// The same for a command that has been prepared, with this on its standard input.
pub fn run_command(command: &mut Command, input: &[u8]) -> Result<String, String> {
    let shown = format!("{command:?}");
    let failed = |what: String| format!("{shown}: {what}");
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().map_err(|error| failed(error.to_string()))?;
    if let Some(mut stdin) = child.stdin.take() {
        // A program that does not read its input shows that by what it answers.
        let _ = stdin.write_all(input);
    }
    let output = child.wait_with_output().map_err(|error| failed(error.to_string()))?;
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    if output.status.success() {
        Ok(out.into_owned())
    } else {
        Err(failed(format!("{}\n{out}{err}", output.status)))
    }
}

/// Whether this compiler is there with the libraries of its sanitizers.
pub fn compiles_with_sanitizers(compiler: &str) -> bool {
    ["address,undefined", "thread"].into_iter().all(|sanitizers| {
        let sanitize = format!("-fsanitize={sanitizers}");
        let language = if compiler.ends_with("++") { "c++" } else { "c" };
        let mut command = Command::new(compiler);
        command.args([&sanitize, "-x", language, "-", "-o", "/dev/null"]);
        run_command(&mut command, b"int main(void) { return 0; }\n").is_ok()
    })
}
