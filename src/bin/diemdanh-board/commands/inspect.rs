//! Judges the files of a past inspection again.

use cccd::dg13;
use clap::Args;
use emrtd::authenticity::trust::{MAX_ANCHORS, TrustStore};
use emrtd::evidence::{ActiveAnswer, MAX_ANSWER_FILE_BYTES};
use emrtd::lds::files::{FileId, LdsFiles};
use emrtd::replay::{Beside, replay_with};
use emrtd::report::{page, render};
use host::file;
use host::folder::write_new_file;
use host::trust::{TrustFolderError, read_trust_folder};
use jiff::Timestamp;
use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;
use std::error::Error;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// The exit code for what cannot be begun (`EX_USAGE` of sysexits.h).
const BAD_USAGE: u8 = 64;
/// The largest file that is read: a group with a large portrait, and then some.
const MAX_FILE_BYTES: u64 = 4 << 20;

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
    /// The folder of trust anchors: certificates, master lists, revocation lists
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

/// Prints every check; the exit code is the verdict: 0 PASS, 1 WARN, 2 UNKNOWN, 3 FAIL.
pub(crate) fn run(arguments: &Inspect) -> ExitCode {
    let material = files(arguments).and_then(|files| Ok((files, answer(arguments)?, trust(&arguments.trust)?)));
    let (files, answer, trust) = match material {
        Ok(found) => found,
        Err(error) => {
            complain!("diemdanh-board: {error}");
            return ExitCode::from(BAD_USAGE);
        }
    };
    let at = arguments.at.unwrap_or_else(Timestamp::now);
    let beside = Beside { answer: answer.as_ref(), issue_date: Some(dg13::ISSUED) };
    let inspection = replay_with(files, beside, &trust, at);
    if let Some(path) = &arguments.html {
        let html = page::html(&inspection, at, arguments.person);
        if let Err(error) = write_new_file(path, html.as_bytes()) {
            complain!("diemdanh-board: {error}");
            return ExitCode::from(BAD_USAGE);
        }
    }
    if arguments.json {
        hand_on!(render::json(&inspection));
    } else {
        put!("{}", render::text(&inspection));
    }
    ExitCode::from(inspection.overall.exit_code())
}

fn files(arguments: &Inspect) -> Result<LdsFiles, Box<dyn Error>> {
    let mut named = vec![(FileId::Sod, &arguments.sod)];
    named.extend(arguments.com.iter().map(|path| (FileId::Com, path)));
    named.extend(arguments.card_access.iter().map(|path| (FileId::CardAccess, path)));
    named.extend(arguments.card_security.iter().map(|path| (FileId::CardSecurity, path)));
    named.extend(arguments.groups.iter().map(|(group, path)| (FileId::Dg(*group), path)));
    let mut files = LdsFiles::new();
    for (file, path) in named {
        if files.get(file).is_some() {
            return Err(format!("{file} was given twice").into());
        }
        let bytes = file::read(path, MAX_FILE_BYTES).map_err(|error| format!("{}: {error}", path.display()))?;
        files.insert(file, bytes);
    }
    Ok(files)
}

/// The chip's answer, where it was kept.
fn answer(arguments: &Inspect) -> Result<Option<ActiveAnswer>, Box<dyn Error>> {
    let Some(path) = &arguments.evidence else { return Ok(None) };
    let named = |error: &dyn std::fmt::Display| format!("{}: {error}", path.display());
    let bytes = file::read(path, MAX_ANSWER_FILE_BYTES).map_err(|error| named(&error))?;
    Ok(Some(ActiveAnswer::parse(&bytes).map_err(|error| named(&error))?))
}

/// A folder without any anchor is an empty store: every signer is unknown to it.
fn trust(folder: &Path) -> Result<TrustStore, Box<dyn Error>> {
    let found = match read_trust_folder(folder) {
        Ok(found) => found,
        Err(TrustFolderError::Empty(folder)) => {
            complain!("diemdanh-board: {} holds no certificate", folder.display());
            return Ok(TrustStore::empty());
        }
        Err(error) => return Err(error.into()),
    };
    let (store, dropped) = TrustStore::from_folder(&found.certificates, found.deviations.as_deref())?;
    for skipped in &found.skipped {
        complain!("diemdanh-board: {skipped} holds no certificate");
    }
    for dropped in dropped.iter().take(MAX_ANCHORS) {
        complain!("diemdanh-board: trust object {} was left out: {}", dropped.index + 1, dropped.cause);
    }
    Ok(store)
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
    next.timestamp().checked_sub(jiff::SignedDuration::from_secs(1)).map_err(|error| error.to_string())
}
