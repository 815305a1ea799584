//! Removes people's data from the desk, with a signed entry.

use clap::{ArgGroup, Args};
use diemdanh::desk::purge::{Leave, PurgeError, purge};
use diemdanh::desk::sessions::chosen;
use diemdanh::desk::start::read_config;
use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

/// Which desk, and who allows it.
#[derive(Args)]
#[command(group(ArgGroup::new("leave").required(true).args(["receipt", "overrule"])))]
pub(crate) struct Arguments {
    /// The desk's configuration.
    #[arg(long, default_value = "config/desk.toml")]
    config: PathBuf,
    /// Which session, at a desk that works from packages and has had several.
    #[arg(long)]
    session: Option<String>,
    /// The board's receipt over the whole log.
    #[arg(long)]
    receipt: Option<PathBuf>,
    /// Without a receipt: the codes of the two people who take it upon themselves.
    #[arg(long, num_args = 2, value_names = ["CODE", "CODE"])]
    overrule: Option<Vec<String>>,
}

/// Tells what was removed, or why nothing was.
pub(crate) fn run(arguments: &Arguments) -> ExitCode {
    match run_purge(arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!(%error, "nothing was purged");
            ExitCode::FAILURE
        }
    }
}

fn run_purge(arguments: &Arguments) -> Result<(), PurgeError> {
    let (config, base) = read_config(&arguments.config).map_err(PurgeError::Config)?;
    let config = chosen(config, &base, arguments.session.as_deref()).map_err(PurgeError::Config)?;
    let leave = match (&arguments.receipt, arguments.overrule.as_deref()) {
        (Some(receipt), _) => Leave::Receipt(receipt),
        (None, Some([one, other])) => Leave::Overruled(one, other),
        (None, _) => return Err(PurgeError::OnePerson),
    };
    let purged = purge(&config, &base, &leave)?;
    let mut out = std::io::stdout();
    for path in purged.removed {
        let _ = writeln!(out, "removed {}", path.display());
    }
    Ok(())
}
