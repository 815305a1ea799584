//! `diemdanh-board`: the exam board's command line. Exit codes of `verify`: 0 clean, 1 clean with remarks,
//! 2 forged or damaged, 3 could not decide (also: a file could not be read). Those of `inspect` are those of
//! `diemdanh read`; bad usage is 64 everywhere.
#![expect(clippy::print_stderr, reason = "a command line speaks to its terminal")]
#![expect(clippy::disallowed_methods, reason = "a program may ask its machine for the time")]

mod commands;

use clap::Parser as _;
use office::Verdict;
use std::process::ExitCode;

/// The exit code for bad usage (`EX_USAGE` of sysexits.h).
const BAD_USAGE: u8 = 64;

fn main() -> ExitCode {
    host::program::make_private_files();
    if let Err(error) = host::program::forbid_core_dumps() {
        eprintln!("diemdanh-board: core dumps could not be forbidden: {error}");
    }
    let command = match commands::Command::try_parse() {
        Ok(command) => command,
        Err(error) => {
            let code = if error.use_stderr() { BAD_USAGE } else { 0 };
            // What was typed stands in the message.
            if error.use_stderr() {
                eprint!("{}", bits::text::shown(&error.render().to_string()));
            } else {
                let _ = error.print();
            }
            return ExitCode::from(code);
        }
    };
    commands::run(command).unwrap_or_else(|error| {
        eprintln!("{}", bits::text::shown(&format!("diemdanh-board: {error}")));
        ExitCode::from(Verdict::Undecided.exit_code())
    })
}
