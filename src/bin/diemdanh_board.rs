//! `diemdanh-board`: the exam board's command line. Exit codes of `verify`: 0 clean, 1 clean with remarks,
//! 2 forged or damaged, 3 could not decide (also: a file could not be read).
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a command line speaks to its terminal")]
#![expect(clippy::disallowed_methods, reason = "a program may ask its machine for the time")]

mod board_commands;

use clap::Parser as _;
use diemdanh::board::Verdict;
use std::process::ExitCode;

fn main() -> ExitCode {
    let verdict = board_commands::run(board_commands::Command::parse()).unwrap_or_else(|error| {
        eprintln!("diemdanh-board: {error}");
        Verdict::Undecided
    });
    ExitCode::from(verdict.exit_code())
}
