//! Copies a closed desk's log to a new folder.

use clap::Args;
use diemdanh::desk::handover::{HandoverError, hand_over};
use diemdanh::desk::start::read_config;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// What to copy, and where to.
#[derive(Args)]
pub(crate) struct Arguments {
    /// The desk's configuration.
    #[arg(long, default_value = "config/desk.toml")]
    config: PathBuf,
    /// The new folder, on a USB stick for instance.
    #[arg(long)]
    out: PathBuf,
}

/// Writes the export; tells where it is, or why there is none.
pub(crate) fn run(arguments: &Arguments) -> ExitCode {
    match export(&arguments.config, &arguments.out) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!(%error, "nothing was exported");
            ExitCode::FAILURE
        }
    }
}

fn export(config: &Path, out: &Path) -> Result<(), HandoverError> {
    let (config, base) = read_config(config).map_err(HandoverError::Config)?;
    hand_over(&config, &base, out)
}
