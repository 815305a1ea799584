//! `diemdanh-board`: the exam board's command line. Exit codes of `verify`: 0 clean, 1 clean with remarks,
//! 2 forged or damaged, 3 could not decide (also: a file could not be read). Those of `inspect` are those of
//! `diemdanh read`; bad usage is 64 everywhere, and so is 74 where standard output could not be written.
#![expect(clippy::disallowed_methods, reason = "a program may ask its machine for the time")]

mod commands;

use clap::Parser as _;
use host::speech;
use office::Verdict;
use std::process::ExitCode;

/// The exit code for bad usage (`EX_USAGE` of sysexits.h).
const BAD_USAGE: u8 = 64;

fn main() -> ExitCode {
    host::program::make_private_files();
    if let Err(error) = host::program::forbid_core_dumps() {
        speech::complain(format_args!("diemdanh-board: core dumps could not be forbidden: {error}"));
    }
    let command = match commands::Command::try_parse() {
        Ok(command) => command,
        Err(error) => {
            let code = if error.use_stderr() { BAD_USAGE } else { 0 };
            // What was typed stands in the message.
            if error.use_stderr() {
                speech::complain(bits::text::shown(error.render().to_string().trim_end()));
            } else {
                speech::note(error.print());
            }
            return speech::exit_code(ExitCode::from(code));
        }
    };
    let code = commands::run(command).unwrap_or_else(|error| {
        speech::complain(bits::text::shown(&format!("diemdanh-board: {error}")));
        ExitCode::from(Verdict::Undecided.exit_code())
    });
    speech::exit_code(code)
}
