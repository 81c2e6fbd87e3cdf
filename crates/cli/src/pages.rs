//! Completion scripts and man pages, made from the definition of the command line itself.

use std::io::Write as _;

use clap::CommandFactory as _;
use clap::error::ErrorKind;
use clap_complete::Shell;
use clap_mangen::Man;

use crate::args::Cli;
use crate::failure::{Failure, Status};
use crate::output;

/// Prints the completion script for a shell.
pub(crate) fn completions(shell: Shell) -> Result<Status, Failure> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "eventwire", &mut script);
    print(&script)
}

/// Prints the man page of a subcommand, or of the program. Does not return if there is no such subcommand.
pub(crate) fn man(subcommand: Option<&str>) -> Result<Status, Failure> {
    let mut program = Cli::command();
    program.build();
    let command = match subcommand {
        None => program,
        Some(name) => match program.find_subcommand(name) {
            Some(command) => command.clone(),
            None => program.error(ErrorKind::InvalidSubcommand, format!("no subcommand '{name}'")).exit(),
        },
    };
    let mut page = Vec::new();
    Man::new(command).render(&mut page).map_err(Failure::Output)?;
    print(&page)
}

/// Prints text that is complete: the generators cannot cope with an output that is closed early.
fn print(text: &[u8]) -> Result<Status, Failure> {
    let mut out = output::standard();
    out.write_all(text).and_then(|()| out.flush()).map_err(Failure::Output)?;
    Ok(Status::Fine)
}
