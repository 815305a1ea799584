//! Reads one card over PC/SC and prints every check.

use clap::Args;
use diemdanh::cccd::access::{bac_candidates, key_from_qr, key_from_typed};
use diemdanh::cccd::holder::Holder;
use diemdanh::cccd::qr::QrCard;
use diemdanh::desk::start;
use diemdanh::emrtd::access::key::AccessKey;
use diemdanh::emrtd::authenticity::trust::TrustStore;
use diemdanh::emrtd::inspect::{Inspection, InspectionPolicy, Unobserved, inspect};
use diemdanh::emrtd::lds::files::FileId;
use diemdanh::emrtd::report::{Cause, Check, Overall, render};
use diemdanh::host::pcsc::PcscReader;
use diemdanh::host::random::SystemRandom;
use diemdanh::iso7816::transport::{CardReader, ReaderEvent, TransportError};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, Instant};

/// The exit code for a key that cannot be understood (`EX_USAGE` of sysexits.h).
const BAD_USAGE: u8 = 64;
/// How long one look at the reader lasts, in milliseconds.
const LOOK_MS: u32 = 500;

/// Which card, which key, what to print.
#[derive(Args)]
pub(crate) struct Arguments {
    /// The key: six or twelve digits, the text of the card's QR, or "NUMBER,YYMMDD,YYMMDD" of the MRZ. Other users of
    /// this machine may see it; without it one line is read from standard input.
    #[arg(long)]
    key: Option<String>,
    /// The folder of trust anchors; without it every signer is unknown.
    #[arg(long)]
    trust: Option<PathBuf>,
    /// Part of the reader's name.
    #[arg(long)]
    reader: Option<String>,
    /// How long to wait for a card, in seconds.
    #[arg(long, default_value_t = 60)]
    wait: u64,
    /// JSON with stable codes.
    #[arg(long)]
    json: bool,
    /// Prints name, birth date and covered number too.
    #[arg(long)]
    person: bool,
    /// Writes the files to this new folder. They are personal data.
    #[arg(long)]
    save: Option<PathBuf>,
}

/// Reads one card. The exit code is the verdict: 0 PASS, 1 WARN, 2 UNKNOWN, 3 FAIL, 4 ACCESS, 5 RETRY.
pub(crate) fn run(arguments: &Arguments) -> ExitCode {
    let Some(keys) = keys(arguments) else {
        tracing::error!("the key is none: six or twelve digits, a QR, or NUMBER,YYMMDD,YYMMDD");
        return ExitCode::from(BAD_USAGE);
    };
    let Ok(trust) = trust(arguments.trust.as_deref()) else { return ExitCode::from(BAD_USAGE) };
    match read(arguments, &keys, &trust).and_then(|inspection| tell(arguments, &inspection).map(|()| inspection)) {
        Ok(inspection) => ExitCode::from(inspection.overall.exit_code()),
        Err(error) => {
            tracing::error!(%error, "no card was read");
            ExitCode::from(Overall::Retry.exit_code())
        }
    }
}

#[derive(Debug, thiserror::Error)]
enum ReadError {
    #[error("no card within {0} s")]
    NoCard(u64),
    #[error(transparent)]
    Transport(#[from] TransportError),
    #[error(transparent)]
    Output(#[from] io::Error),
}

/// The keys to try, in order: the first is for PACE, the others for a card that has BAC only.
fn keys(arguments: &Arguments) -> Option<Vec<AccessKey>> {
    let text = match &arguments.key {
        Some(text) => text.clone(),
        None => {
            let mut line = String::new();
            io::stdin().read_line(&mut line).ok()?;
            line.trim().to_owned()
        }
    };
    if let [number, birth, expiry] = text.split(',').collect::<Vec<_>>().as_slice() {
        return Some(vec![AccessKey::mrz(number, birth, expiry)]);
    }
    if let Ok(found) = key_from_typed(&text) {
        return Some(vec![found.key]);
    }
    let found = key_from_qr(&text).ok()?;
    let mut keys = vec![found.key];
    if let Some((card, birth)) = QrCard::parse(&text).ok().and_then(|card| card.birth.map(|birth| (card, birth))) {
        keys.extend(bac_candidates(&card.number, birth));
    }
    Some(keys)
}

fn trust(folder: Option<&Path>) -> Result<TrustStore, ()> {
    match folder {
        None => Ok(TrustStore::empty()),
        Some(folder) => start::trust(folder).map_err(|halted| tracing::error!(?halted, "no trust anchors")),
    }
}

fn read(arguments: &Arguments, keys: &[AccessKey], trust: &TrustStore) -> Result<Inspection, ReadError> {
    let mut reader = PcscReader::new(arguments.reader.clone());
    wait_for_card(&mut reader, arguments.wait)?;
    let policy = InspectionPolicy::default();
    let mut last = None;
    for key in keys {
        let mut transport = reader.connect()?;
        let now = jiff::Timestamp::now();
        let inspection = inspect(transport.as_mut(), key, trust, &policy, now, &mut SystemRandom, &mut Unobserved);
        let done = !wants_another_key(&inspection, last.is_some());
        last = Some(inspection);
        if done {
            break;
        }
    }
    last.ok_or(ReadError::NoCard(arguments.wait))
}

fn wait_for_card(reader: &mut PcscReader, wait_s: u64) -> Result<(), ReadError> {
    let end = Instant::now() + Duration::from_secs(wait_s);
    while Instant::now() < end {
        if let Some(ReaderEvent::CardPresent { .. }) = reader.wait(LOOK_MS) {
            return Ok(());
        }
    }
    Err(ReadError::NoCard(wait_s))
}

/// Another key may help where the card has no PACE, and after that as long as BAC only refuses the key.
fn wants_another_key(inspection: &Inspection, is_further: bool) -> bool {
    let bac_needs = if is_further { Cause::KeyRefused } else { Cause::KeyUnsuitable };
    inspection.overall == Overall::Access
        && inspection.results.iter().any(|line| line.check == Check::Bac && line.cause == Some(bac_needs))
}

fn tell(arguments: &Arguments, inspection: &Inspection) -> Result<(), ReadError> {
    let mut out = io::stdout().lock();
    if arguments.json {
        writeln!(out, "{:#}", render::json(inspection))?;
    } else {
        write!(out, "{}", render::text(inspection))?;
    }
    if arguments.person {
        tell_person(&mut out, inspection)?;
    }
    if let Some(folder) = &arguments.save {
        std::fs::create_dir(folder)?;
        for file in inspection.files.present() {
            std::fs::write(folder.join(file.file_name()), inspection.files.get(file).unwrap_or_default())?;
        }
    }
    Ok(())
}

fn tell_person(out: &mut impl io::Write, inspection: &Inspection) -> Result<(), ReadError> {
    let Some(dg1) = inspection.files.get(FileId::Dg(1)) else { return Ok(()) };
    match Holder::from_files(dg1, inspection.files.get(FileId::Dg(13))) {
        Ok((holder, notes)) => {
            let (name, birth) = (holder.full_name.reveal(), holder.birth_date_vi());
            writeln!(out, "{name}, {}, {}", birth.reveal(), holder.number.masked())?;
            notes.iter().try_for_each(|note| writeln!(out, "note: {note:?}"))?;
        }
        Err(error) => writeln!(out, "no holder: {error}")?,
    }
    Ok(())
}
