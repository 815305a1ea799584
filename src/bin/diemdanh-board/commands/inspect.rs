//! Judges the files of a past inspection again.

use clap::Args;
use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use office::work::inspecting::{self, Inspect as InspectOrder};
use office::work::{Work, WorkError};
use std::path::PathBuf;

/// Which files, against which trust, as of when.
#[derive(Args)]
pub(crate) struct Inspect {
    /// EF.SOD
    #[arg(long, value_name = "FILE")]
    sod: PathBuf,
    /// EF.COM
    #[arg(long, value_name = "FILE")]
    com: Option<PathBuf>,
    /// EF.CardAccess
    #[arg(long, value_name = "FILE")]
    card_access: Option<PathBuf>,
    /// EF.CardSecurity
    #[arg(long, value_name = "FILE")]
    card_security: Option<PathBuf>,
    /// A data group: its number, an equals sign, its file. May be given for each group.
    #[arg(long = "dg", value_name = "N=FILE", value_parser = numbered)]
    groups: Vec<(u8, PathBuf)>,
    /// The chip's kept answer to active authentication, as `diemdanh read --save` writes it; wants --dg 15=FILE
    #[arg(long, value_name = "FILE")]
    evidence: Option<PathBuf>,
    /// The folder of CSCA certificates, master lists, revocation lists
    #[arg(long, value_name = "DIR")]
    trust: PathBuf,
    /// Judge as of this day (2026-06-26) or moment (2026-06-26T00:30:00Z); default: now
    #[arg(long, value_name = "DATE", value_parser = moment)]
    at: Option<Timestamp>,
    /// JSON with stable codes
    #[arg(long)]
    json: bool,
    /// Writes a page that a person can read; an existing file is not overwritten
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
    /// Shows on the page what the MRZ says about the holder
    #[arg(long, requires = "html")]
    person: bool,
}

/// Says every check; the exit code is the verdict: 0 PASS, 1 WARN, 2 UNKNOWN, 3 FAIL.
pub(crate) fn run(work: &Work<'_>, args: Inspect) -> Result<u8, WorkError> {
    let Inspect { sod, com, card_access, card_security, groups, evidence, trust, at, json, html, person } = args;
    let asked = InspectOrder { sod, com, card_access, card_security, groups, evidence, trust, at, json, html, person };
    inspecting::inspect(work, &asked)
}

fn numbered(text: &str) -> Result<(u8, PathBuf), String> {
    let (number, path) = text.split_once('=').ok_or("a number, an equals sign and a file")?;
    match number.parse() {
        Ok(number @ 1..=16) => Ok((number, path.into())),
        _ => Err("a data group from 1 to 16".to_owned()),
    }
}

/// A day means its end, so that what was signed on it is not in its future.
fn moment(text: &str) -> Result<Timestamp, String> {
    if let Ok(moment) = text.parse() {
        return Ok(moment);
    }
    let day: Date = text.parse().map_err(|_| "a day such as 2026-06-26")?;
    let end = day.to_datetime(Time::midnight()).to_zoned(TimeZone::UTC).map_err(|error| error.to_string())?;
    let next = end.tomorrow().map_err(|error| error.to_string())?;
    next.timestamp().checked_sub(SignedDuration::from_secs(1)).map_err(|error| error.to_string())
}
