//! Reads one card over PC/SC and prints every check.

use clap::Args;
use std::process::ExitCode;

/// Which card, which key, what to print.
#[derive(Args)]
pub(crate) struct Arguments {}

/// x
pub(crate) fn run(_arguments: &Arguments) -> ExitCode {
    ExitCode::FAILURE
}
