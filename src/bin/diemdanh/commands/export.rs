//! Copies a closed desk's log to a new folder.

use clap::Args;
use desk::handover::{HandoverError, hand_over};
use desk::sessions::chosen;
use desk::start::read_config;
use std::path::PathBuf;
use std::process::ExitCode;

/// What to copy, and where to.
#[derive(Args)]
pub(crate) struct Arguments {
    /// The desk's configuration.
    #[arg(long, default_value = "config/desk.toml")]
    config: PathBuf,
    /// Which session, at a desk that works from packages and has had several.
    #[arg(long)]
    session: Option<String>,
    /// The new folder, on a USB stick for instance.
    #[arg(long)]
    out: PathBuf,
}

/// Writes the export; tells where it is, or why there is none.
pub(crate) fn run(arguments: &Arguments) -> ExitCode {
    match export(arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!(%error, "nothing was exported");
            ExitCode::FAILURE
        }
    }
}

fn export(arguments: &Arguments) -> Result<(), HandoverError> {
    let (config, base) = read_config(&arguments.config).map_err(HandoverError::Config)?;
    let plan = chosen(&config, &base, arguments.session.as_deref()).map_err(HandoverError::Config)?;
    hand_over(&plan, &arguments.out)
}
