//! Reads one card over PC/SC and prints every check.

mod key;

use cccd::dg13;
use cccd::holder::Holder;
use clap::{ArgGroup, Args};
use desk::trust::TrustSource;
use emrtd::access::key::AccessKey;
use emrtd::authenticity::trust::TrustStore;
use emrtd::evidence::{ActiveAnswer, ChipEvidence};
use emrtd::inspect::{Inspection, InspectionPolicy, Observer, Progress, inspect};
use emrtd::lds::files::FileId;
use emrtd::report::{Cause, Check, Overall, render};
use host::pcsc::PcscReader;
use host::private_folder;
use host::random::SystemRandom;
use iso7816::transport::{CardReader, ReaderEvent, TransportError};
use key::Sources;
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
#[command(group = ArgGroup::new("key").required(true).multiple(false).args(["can", "number", "qr", "mrz"]))]
pub(crate) struct Arguments {
    /// Part of the reader's name, in any case; the first reader without it.
    #[arg(long)]
    reader: Option<String>,
    /// The key: the last six digits printed on the card, or where to read them from (FILE, or - for the standard
    /// input). Digits on the command line can be seen by everybody on this machine.
    #[arg(long, value_name = "DIGITS|FROM")]
    can: Option<String>,
    /// The key: where to read the personal number from, twelve digits (FILE, or - for the standard input).
    #[arg(long, value_name = "FROM")]
    number: Option<String>,
    /// The key: where to read the text of the card's QR from (FILE, or - for the standard input).
    #[arg(long, value_name = "FROM")]
    qr: Option<String>,
    /// The key: where to read document number, birth date and expiry date (YYMMDD) of the MRZ from, in one line (FILE,
    /// or - for the standard input).
    #[arg(long, value_name = "FROM")]
    mrz: Option<String>,
    /// The folder of CSCA certificates.
    #[arg(long, value_name = "DIR")]
    trust: PathBuf,
    /// How long to wait for a card, in seconds.
    #[arg(long, default_value_t = 10)]
    wait: u64,
    /// JSON with stable codes.
    #[arg(long)]
    json: bool,
    /// Prints name, birth date and covered number too.
    #[arg(long)]
    person: bool,
    /// Writes the files to this folder, readable by you alone. They are personal data; nothing is overwritten.
    #[arg(long, value_name = "DIR")]
    save: Option<PathBuf>,
}

/// Reads one card. The exit code is the verdict: 0 PASS, 1 WARN, 2 UNKNOWN, 3 FAIL, 4 ACCESS, 5 RETRY.
pub(crate) fn run(arguments: &Arguments) -> ExitCode {
    let keys = match key::given(arguments.sources()).and_then(|given| given.keys()) {
        Ok(keys) => keys,
        Err(error) => {
            tracing::error!(%error, "no key");
            return ExitCode::from(BAD_USAGE);
        }
    };
    let trust = match TrustSource::unsigned(&arguments.trust).read() {
        Ok(trust) => trust,
        Err(halted) => {
            tracing::error!(code = halted.failure.code(), detail = %halted.detail, "no CSCA certificates");
            return ExitCode::from(BAD_USAGE);
        }
    };
    match read(arguments, &keys, &trust).and_then(|reading| tell(arguments, &reading).map(|()| reading)) {
        Ok(reading) => ExitCode::from(reading.inspection.overall.exit_code()),
        Err(error) => {
            tracing::error!(%error, "no card was read");
            ExitCode::from(Overall::Retry.exit_code())
        }
    }
}

#[derive(Debug, thiserror::Error)]
enum ReadError {
    #[error("the reader {reader} has no card (waited {waited_s} s)")]
    NoCard { reader: String, waited_s: u64 },
    #[error("the PC/SC service does not run or does not answer (waited {0} s)")]
    NoService(u64),
    #[error("no reader is connected (waited {0} s)")]
    NoReader(u64),
    #[error("no reader's name contains \"{wanted}\"; there is: {}", there.join(", "))]
    NoReaderOfThatName { wanted: String, there: Vec<String> },
    #[error("the card is in the reader {with_card}, not in {watched}: name it by --reader")]
    OtherReader { watched: String, with_card: String },
    #[error("no key was tried")]
    NoKey,
    #[error(transparent)]
    Transport(#[from] TransportError),
    #[error(transparent)]
    Output(#[from] io::Error),
}

impl Arguments {
    /// Where each kind of key comes from; one is given.
    fn sources(&self) -> Sources<'_> {
        Sources {
            can: self.can.as_deref(),
            number: self.number.as_deref(),
            qr: self.qr.as_deref(),
            mrz: self.mrz.as_deref(),
        }
    }
}

/// An inspection, with what only the program knows about it.
struct Reading {
    inspection: Inspection,
    reader: String,
    timings: Timings,
}

/// When something had come, counted from the moment when the card was found.
struct Timings {
    began: Instant,
    opened: Option<Duration>,
    identity: Option<Duration>,
    whole: Duration,
}

impl Observer for Timings {
    fn progress(&mut self, progress: Progress<'_>) {
        match progress {
            Progress::AccessDone { .. } => self.opened = Some(self.began.elapsed()),
            Progress::Identity(_) => self.identity = Some(self.began.elapsed()),
            Progress::Reading { .. } | Progress::FileRead(_) => {}
        }
    }
}

fn read(arguments: &Arguments, keys: &[AccessKey], trust: &TrustStore) -> Result<Reading, ReadError> {
    let mut reader = PcscReader::new(arguments.reader.clone());
    let name = wait_for_card(&mut reader, arguments)?;
    let mut timings = Timings { began: Instant::now(), opened: None, identity: None, whole: Duration::ZERO };
    let policy = InspectionPolicy { issue_date: Some(dg13::ISSUED), ..InspectionPolicy::default() };
    let mut last = None;
    for key in keys {
        let mut transport = reader.connect()?;
        let now = jiff::Timestamp::now();
        let inspection = inspect(transport.as_mut(), key, trust, &policy, now, &mut SystemRandom, &mut timings);
        let done = !wants_another_key(&inspection, last.is_some());
        last = Some(inspection);
        if done {
            break;
        }
    }
    let inspection = last.ok_or(ReadError::NoKey)?;
    timings.whole = timings.began.elapsed();
    Ok(Reading { inspection, reader: name, timings })
}

/// The name of the reader that has the card.
fn wait_for_card(reader: &mut PcscReader, arguments: &Arguments) -> Result<String, ReadError> {
    let end = Instant::now() + Duration::from_secs(arguments.wait);
    let mut last = None;
    while Instant::now() < end {
        match reader.wait(LOOK_MS) {
            Some(ReaderEvent::CardPresent { reader, .. }) => return Ok(reader),
            Some(event) => last = Some(event),
            None => {}
        }
    }
    Err(why_no_card(reader, last, arguments))
}

/// Service, reader, its name or the card: one sentence for each that can be missing.
fn why_no_card(reader: &mut PcscReader, last: Option<ReaderEvent>, arguments: &Arguments) -> ReadError {
    let waited_s = arguments.wait;
    if last == Some(ReaderEvent::ServiceDown) {
        return ReadError::NoService(waited_s);
    }
    let Ok(found) = reader.survey() else { return ReadError::NoService(waited_s) };
    match (last, &arguments.reader) {
        (Some(ReaderEvent::Ready { reader: watched }), _) => {
            let other = found.into_iter().find(|other| other.has_card && other.name != watched);
            match other {
                Some(other) => ReadError::OtherReader { watched, with_card: other.name },
                None => ReadError::NoCard { reader: watched, waited_s },
            }
        }
        (_, Some(wanted)) if !found.is_empty() => ReadError::NoReaderOfThatName {
            wanted: wanted.clone(),
            there: found.into_iter().map(|reader| reader.name).collect(),
        },
        _ => ReadError::NoReader(waited_s),
    }
}

/// Another key may help where the card has no PACE, and after that as long as BAC only refuses the key.
fn wants_another_key(inspection: &Inspection, is_further: bool) -> bool {
    let bac_needs = if is_further { Cause::KeyRefused } else { Cause::KeyUnsuitable };
    inspection.overall == Overall::Access
        && inspection.results.iter().any(|line| line.check == Check::Bac && line.cause == Some(bac_needs))
}

fn tell(arguments: &Arguments, reading: &Reading) -> Result<(), ReadError> {
    let Reading { inspection, reader, timings } = reading;
    let ms = |time: Duration| u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
    let word = |time: Option<Duration>| time.map_or("none".to_owned(), |time| format!("{} ms", ms(time)));
    let mut out = io::stdout().lock();
    if arguments.json {
        let mut report = render::json(inspection);
        report["reader"] = reader.as_str().into();
        report["duration_ms"] = ms(timings.whole).into();
        report["opened_ms"] = timings.opened.map(ms).into();
        report["identity_ms"] = timings.identity.map(ms).into();
        writeln!(out, "{report:#}")?;
    } else {
        let (opened, identity) = (word(timings.opened), word(timings.identity));
        writeln!(out, "{}reader {reader}", render::text(inspection))?;
        writeln!(out, "time {} ms, opened after {opened}, identity after {identity}", ms(timings.whole))?;
    }
    if arguments.person {
        tell_person(&mut out, inspection)?;
    }
    if let Some(folder) = &arguments.save {
        save(folder, inspection)?;
    }
    Ok(())
}

/// Personal data: for nobody else on this machine, from the first byte.
fn save(folder: &Path, inspection: &Inspection) -> Result<(), ReadError> {
    let mut files: Vec<(String, Vec<u8>)> = Vec::new();
    for file in inspection.files.present() {
        files.push((file.file_name(), inspection.files.get(file).unwrap_or_default().to_vec()));
    }
    let chip = inspection.evidence.as_ref().and_then(|evidence| evidence.chip.as_ref());
    if let Some(ChipEvidence::ActiveAuthentication { answer, .. }) = chip {
        files.push((ActiveAnswer::FILE_NAME.to_owned(), answer.encode().into_bytes()));
    }
    private_folder::create(folder)?;
    for (name, bytes) in files {
        private_folder::write_new(&folder.join(name), &bytes)?;
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
