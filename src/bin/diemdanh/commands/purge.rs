//! Removes people's data from the desk, with a signed entry.

use clap::{ArgGroup, Args};
use desk::overrule::{Claim, OverruleError, prove};
use desk::purge::{Leave, PurgeError, purge};
use desk::sessions::chosen;
use desk::start::read_config;
use host::clock::SystemClock;
use host::terminal::ask_hidden;
use std::error::Error;
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
    /// Without a receipt: the codes of the two people who take it upon themselves, one of them a head of site or of the
    /// board. Each is asked for the PIN.
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

fn run_purge(arguments: &Arguments) -> Result<(), Box<dyn Error>> {
    let (config, base) = read_config(&arguments.config).map_err(PurgeError::Config)?;
    let plan = chosen(&config, &base, arguments.session.as_deref()).map_err(PurgeError::Config)?;
    let pair;
    let leave = match (&arguments.receipt, arguments.overrule.as_deref()) {
        (Some(receipt), _) => Leave::Receipt(receipt),
        (None, codes) => {
            let claims = claims(codes.unwrap_or_default())?;
            pair = prove(&plan, &claims, &SystemClock)?;
            Leave::Overruled(&pair)
        }
    };
    let purged = purge(&plan, &leave)?;
    let mut out = std::io::stdout();
    for path in purged.removed {
        let _ = writeln!(out, "removed {}", path.display());
    }
    Ok(())
}

/// No PIN stands in an argument, where every program of the computer could read it.
fn claims(codes: &[String]) -> Result<[Claim; 2], Box<dyn Error>> {
    let [one, other] = codes else { return Err(OverruleError::OnePerson.into()) };
    let claim = |code: &String| -> Result<Claim, Box<dyn Error>> {
        Ok(Claim { code: code.clone(), pin: ask_hidden(&format!("PIN of {code}:"))? })
    };
    Ok([claim(one)?, claim(other)?])
}
