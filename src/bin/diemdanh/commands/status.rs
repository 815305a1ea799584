//! What the log adds up to, for the technician.

use bits::base32;
use clap::Args;
use desk::sessions::chosen;
use desk::start::read_config;
use desk::status::{Source, Status, StatusError, status};
use host::speech;
use std::path::PathBuf;
use std::process::ExitCode;

/// Which desk.
#[derive(Args)]
pub(crate) struct Arguments {
    /// The desk's configuration.
    #[arg(long, default_value = "config/desk.toml")]
    config: PathBuf,
    /// Which session, at a desk that works from packages and has had several.
    #[arg(long)]
    session: Option<String>,
}

/// Prints the counts, or why there are none.
pub(crate) fn run(arguments: &Arguments) -> ExitCode {
    let read = read_config(&arguments.config);
    let plan = read.and_then(|(config, base)| chosen(&config, &base, arguments.session.as_deref()));
    match plan.map_err(StatusError::Config).and_then(|plan| status(&plan)) {
        Ok(status) => {
            speech::put(text(&status));
            ExitCode::SUCCESS
        }
        Err(error) => {
            tracing::error!(%error, "the log cannot be counted");
            ExitCode::FAILURE
        }
    }
}

fn text(status: &Status) -> String {
    let counts = &status.counts;
    let source = match status.source {
        Source::Index => "the index, which agrees with the journal",
        Source::Rebuilt => "the index, built again from the journal",
        Source::Journal => "the journal; a running desk holds the index",
    };
    let head = status.heads.last().map_or_else(
        || "none".to_owned(),
        |head| format!("{}/{}  {}", head.segment, head.size, base32::twenty_six(&head.root)),
    );
    let rows = [
        ("segments", status.heads.len().to_string()),
        ("entries", counts.entries.to_string()),
        ("head", head),
        ("arrived", counts.arrived.to_string()),
        ("not admitted", counts.not_admitted.to_string()),
        ("manual", counts.manual.to_string()),
        ("unanswered", counts.unanswered.to_string()),
        ("counted from", source.to_owned()),
    ];
    rows.iter().map(|(name, value)| format!("{name:<14}{value}\n")).collect()
}
