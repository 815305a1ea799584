//! The desk: the kiosk window, and reading one card without it.

#![expect(clippy::disallowed_methods, reason = "a program may ask its machine for the time")]

mod commands;

use clap::Parser;
use host::speech;
use std::process::ExitCode;

/// Điểm Danh: the check-in desk.
#[derive(Parser)]
#[command(version, about, args_conflicts_with_subcommands = true)]
struct Arguments {
    #[command(subcommand)]
    command: Option<commands::Command>,
    #[command(flatten)]
    kiosk: commands::kiosk::KioskArguments,
}

/// The exit code for bad usage (`EX_USAGE` of sysexits.h).
const BAD_USAGE: u8 = 64;

fn main() -> ExitCode {
    host::logging::start();
    host::program::make_private_files();
    if let Err(error) = host::program::forbid_core_dumps() {
        tracing::warn!(%error, "core dumps could not be forbidden");
    }
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => {
            let code = if error.use_stderr() { BAD_USAGE } else { 0 };
            speech::note(error.print());
            return speech::exit_code(ExitCode::from(code));
        }
    };
    speech::exit_code(commands::run(arguments.command, &arguments.kiosk))
}
