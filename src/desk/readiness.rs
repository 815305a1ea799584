//! `diemdanh doctor`: everything that a desk depends on, looked at the day before, and a report that the device signs.
//!
//! The machine is read from files below a root, the reader, the registry and the clock are arguments: a test shows another
//! machine. What could not be looked at is a finding of its own.

use crate::doctor::RegistryExam;
use crate::keys::device_key;
use crate::package::Packages;
use crate::papers::PapersError;
use crate::papers::readiness_pdf;
use crate::plan::DeskPlan;
use crate::scanner;
use crate::trust::TrustSource;
use bits::json;
use bits::stamp::Clock;
use checkin::readiness::{Check, Finding, Grade, scanner_check, worst};
use checkin::scanner::ScannerHealth;
use checkin::state::Halted;
use host::disk::{self, Gauge, Space};
use host::folder::{FolderError, write_folder};
use host::machine::MachineFiles;
use host::package_shelf::packages_in;
use host::serial::try_port;
use iso7816::transport::{CardReader, ReaderEvent};
use jiff::Timestamp;
use serde::Serialize;
use sha2::{Digest as _, Sha256};
use std::collections::BTreeMap;
use std::io;
use std::path::Path;
use tlog::{NoteError, NoteSigner};

/// What is looked at besides the plan.
pub struct Tools<'a> {
    /// The machine's files.
    pub machine: &'a MachineFiles,
    /// The reader, where one may be asked.
    pub reader: Option<&'a mut dyn CardReader>,
    /// What the registry's examination came to, where there was one.
    pub registry: Option<Result<RegistryExam, Halted>>,
    /// The clock.
    pub clock: &'a dyn Clock,
    /// How much room there is.
    pub gauge: &'a Gauge,
}

/// A desk's readiness at one moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Readiness {
    /// Whose exam.
    pub exam: String,
    /// Which desk, by its short name.
    pub desk: String,
    /// Training.
    pub training: bool,
    /// The program.
    pub program: String,
    /// When.
    pub at: Timestamp,
    /// The findings, in the order of the subjects.
    pub checks: Vec<Check>,
}

/// Why there is no report.
#[derive(Debug, thiserror::Error)]
pub enum ReportError {
    /// The device key does not open.
    #[error("{}: {}", .0.failure.code(), .0.detail)]
    Key(Halted),
    /// It does not sign.
    #[error("the device key: {0}")]
    Note(#[from] NoteError),
    /// The report cannot be drawn.
    #[error(transparent)]
    Paper(#[from] PapersError),
    /// It cannot be written.
    #[error("the report: {0}")]
    Json(#[from] serde_json::Error),
    /// The folder.
    #[error(transparent)]
    Folder(#[from] FolderError),
}

#[derive(Serialize)]
struct Report<'a> {
    v: u8,
    exam: &'a str,
    desk: &'a str,
    training: bool,
    program: &'a str,
    at: String,
    verdict: &'static str,
    findings: Vec<Row<'a>>,
}

#[derive(Serialize)]
struct Row<'a> {
    subject: &'static str,
    word: &'static str,
    grade: &'static str,
    seen: &'a str,
}

impl Readiness {
    /// The gravest finding.
    pub fn worst(&self) -> Grade {
        worst(&self.checks)
    }

    /// 0: all is well; 1: with remarks, or not everything was looked at; 2: the desk must not go out so.
    pub fn exit_code(&self) -> u8 {
        match self.worst() {
            Grade::Good => 0,
            Grade::NotDone | Grade::Remark => 1,
            Grade::Bad => 2,
        }
    }

    /// For programs: canonical JSON (RFC 8785), one line.
    ///
    /// # Errors
    /// The library's.
    pub fn json(&self) -> Result<Vec<u8>, serde_json::Error> {
        let row = |check: &'_ Check| -> (Finding, String) { (check.finding, check.seen.clone()) };
        let rows: Vec<(Finding, String)> = self.checks.iter().map(row).collect();
        let findings = rows.iter().map(|(finding, seen)| Row {
            subject: finding.subject(),
            word: finding.word(),
            grade: finding.grade().word(),
            seen,
        });
        let report = Report {
            v: 1,
            exam: &self.exam,
            desk: &self.desk,
            training: self.training,
            program: &self.program,
            at: self.at.to_string(),
            verdict: self.worst().word(),
            findings: findings.collect(),
        };
        let written = serde_json::to_vec(&report)?;
        let mut text = json::canonical(&written).unwrap_or(written);
        text.push(b'\n');
        Ok(text)
    }

    /// The report's files: for programs, for people, and a note of the device key over both.
    ///
    /// # Errors
    /// [`ReportError`].
    pub fn files(&self, device: &dyn NoteSigner) -> Result<Vec<(String, Vec<u8>)>, ReportError> {
        let (json, pdf) = (self.json()?, readiness_pdf(self)?);
        let line = |name: &str, bytes: &[u8]| {
            format!("file {} {} {name}\n", bytes.len(), bits::hex::encode_lower(&Sha256::digest(bytes)))
        };
        let text = format!("{NOTE_HEAD}{}{}", line(JSON_FILE, &json), line(PDF_FILE, &pdf));
        let note = device.sign(&text)?.into_bytes();
        Ok(vec![(JSON_FILE.to_owned(), json), (PDF_FILE.to_owned(), pdf), (NOTE_FILE.to_owned(), note)])
    }
}

/// Writes the report into the new folder `out`.
///
/// # Errors
/// [`ReportError`]; then `out` does not exist.
pub fn write_report(plan: &DeskPlan, readiness: &Readiness, out: &Path) -> Result<(), ReportError> {
    let device = device_key(plan.machine(), plan.base()).map_err(ReportError::Key)?;
    Ok(write_folder(out, &readiness.files(device.as_ref())?)?)
}

/// Looks at everything.
pub fn examine(plan: &DeskPlan, mut tools: Tools<'_>) -> Readiness {
    let machine = plan.machine();
    let mut checks = reader(tools.reader.take(), machine.desk.training);
    checks.push(scanner(plan));
    checks.push(registry(tools.registry.as_ref(), &machine.registry.url));
    checks.push(disk_room(plan.journal(), tools.gauge));
    checks.push(flush(plan.journal(), tools.clock));
    checks.push(clock(tools.registry.as_ref(), tools.machine));
    let keys = keys(plan, tools.clock);
    checks.extend(keys);
    checks.extend(around(tools.machine));
    Readiness {
        exam: machine.exam.id.clone(),
        desk: machine.desk.id.clone(),
        training: machine.desk.training,
        program: concat!("diemdanh ", env!("CARGO_PKG_VERSION")).to_owned(),
        at: tools.clock.now().wall,
        checks,
    }
}

/// What needs nothing but the machine's files: what a running desk can look at, too.
pub fn around(machine: &MachineFiles) -> Vec<Check> {
    vec![
        sound(machine),
        power(machine),
        screen(machine),
        radio(machine),
        devices(machine.cameras(), [Finding::CameraNone, Finding::CameraThere, Finding::CameraUnknown]),
        devices(machine.microphones(), [Finding::MicrophoneNone, Finding::MicrophoneThere, Finding::MicrophoneUnknown]),
        updates(machine),
    ]
}

/// What a running desk looks at: the disk that its journal lies on, and this machine.
pub(super) fn machine(journal: &Path, clock: &dyn Clock, gauge: &Gauge) -> Vec<Check> {
    let disk = [disk_room(journal, gauge), flush(journal, clock)];
    disk.into_iter().chain(around(&MachineFiles::here())).collect()
}

/// The reader, and a card if one is laid.
fn reader(reader: Option<&mut (dyn CardReader + '_)>, training: bool) -> Vec<Check> {
    let Some(reader) = reader else { return vec![Check::of(Finding::ReaderUnknown)] };
    let mut last = None;
    for _ in 0..READER_LOOKS {
        match reader.wait(READER_LOOK_MS) {
            Some(event @ ReaderEvent::CardPresent { .. }) => {
                last = Some(event);
                break;
            }
            Some(event) => last = Some(event),
            None => {}
        }
    }
    let seen = |name: &str| {
        let is_virtual = name.starts_with(VIRTUAL) && !training;
        Check::seen(if is_virtual { Finding::ReaderVirtual } else { Finding::ReaderReady }, name)
    };
    match last {
        Some(ReaderEvent::CardPresent { reader, .. }) => vec![seen(&reader), Check::of(Finding::CardThere)],
        Some(ReaderEvent::Ready { reader }) => vec![seen(&reader), Check::of(Finding::CardNotLaid)],
        Some(ReaderEvent::CardRemoved) => vec![seen(""), Check::of(Finding::CardNotLaid)],
        Some(ReaderEvent::ServiceDown) => vec![Check::of(Finding::ReaderServiceDown), Check::of(Finding::CardNotLaid)],
        Some(ReaderEvent::NoReader) => vec![Check::of(Finding::ReaderMissing), Check::of(Finding::CardNotLaid)],
        None => vec![Check::of(Finding::ReaderUnknown), Check::of(Finding::CardNotLaid)],
    }
}

/// The scanner at a serial port. One that types like a keyboard cannot be looked for.
fn scanner(plan: &DeskPlan) -> Check {
    let Some((port, baud)) = plan.scanner() else { return Check::of(Finding::ScannerOff) };
    let health = try_port(&port, baud).map_or_else(scanner::health, |()| ScannerHealth::Ready);
    let found = scanner_check(health).unwrap_or_else(|| Check::of(Finding::ScannerOff));
    Check::seen(found.finding, port.display().to_string())
}

fn registry(exam: Option<&Result<RegistryExam, Halted>>, url: &str) -> Check {
    match exam {
        _ if url.is_empty() => Check::of(Finding::RegistryOff),
        None => Check::of(Finding::RegistryNotAsked),
        Some(Err(halted)) => Check::seen(Finding::RegistryUnprepared, halted.detail.clone()),
        Some(Ok(exam)) => {
            let finding = match exam.exit_code() {
                0 => Finding::RegistryWell,
                1 => Finding::RegistryRemarks,
                _ => Finding::RegistryFailed,
            };
            let (answered, all) = (exam.answered_ms.len(), exam.answers.len());
            let median = exam.percentile_ms(50).map(|ms| format!(", {ms} ms")).unwrap_or_default();
            Check::seen(finding, format!("{answered}/{all}{median}"))
        }
    }
}

fn disk_room(journal: &Path, gauge: &Gauge) -> Check {
    // Before the first session there is no folder yet; the one above says as much.
    let place = journal.ancestors().find(|place| place.is_dir()).unwrap_or(journal);
    let megabytes = |bytes: u64| format!("{} MB", bytes / 1_000_000);
    match gauge(place) {
        Ok(Space::Enough { free }) => Check::seen(Finding::DiskEnough, megabytes(free)),
        Ok(Space::Low { free }) => Check::seen(Finding::DiskLow, megabytes(free)),
        Ok(Space::TooLittle { free }) => Check::seen(Finding::DiskTooLittle, megabytes(free)),
        Err(error) => Check::seen(Finding::DiskUnknown, error.kind().to_string()),
    }
}

/// How long it takes until something is durable: what every decision waits for.
fn flush(journal: &Path, clock: &dyn Clock) -> Check {
    let place = journal.ancestors().find(|place| place.is_dir()).unwrap_or(journal);
    let began_ms = clock.now().boot_ms;
    match disk::flush_times(place, FLUSHES) {
        Ok(()) => {
            let each_ms = clock.now().boot_ms.saturating_sub(began_ms) / u64::from(FLUSHES);
            let finding = if each_ms <= SLOW_FLUSH_MS { Finding::FlushFast } else { Finding::FlushSlow };
            Check::seen(finding, format!("{each_ms} ms"))
        }
        Err(error) => Check::seen(Finding::FlushFailed, error.kind().to_string()),
    }
}

fn clock(exam: Option<&Result<RegistryExam, Halted>>, machine: &MachineFiles) -> Check {
    let off = exam.and_then(|exam| exam.as_ref().ok()).and_then(|exam| exam.clock_off).map(|off| off.as_secs());
    match (off, machine.clock_is_set()) {
        (Some(seconds), _) if seconds.abs() > CLOCK_TOLERANCE_S => {
            Check::seen(Finding::ClockOff, format!("{seconds:+} s"))
        }
        (Some(seconds), _) => Check::seen(Finding::ClockRight, format!("{seconds:+} s")),
        (None, Some(true)) => Check::of(Finding::ClockRight),
        (None, Some(false)) => Check::of(Finding::ClockUnset),
        (None, None) => Check::of(Finding::ClockUnknown),
    }
}

/// The package, the trust store, the device key.
fn keys(plan: &DeskPlan, clock: &dyn Clock) -> Vec<Check> {
    let (machine, base) = (plan.machine(), plan.base());
    let key = match device_key(machine, base) {
        Ok(_) => Check::of(Finding::KeyOpens),
        Err(halted) => return vec![Check::seen(Finding::KeyClosed, halted.detail)],
    };
    let Some(folder) = machine.paths.packages.as_ref().map(|folder| base.join(folder)) else {
        return vec![Check::of(Finding::PackageOutside), trust(plan), key];
    };
    let packages = match Packages::open(machine, base) {
        Ok(Some(packages)) => packages,
        Ok(None) => return vec![Check::of(Finding::PackageOutside), trust(plan), key],
        Err(halted) => return vec![Check::seen(Finding::PackageMissing, halted.detail), key],
    };
    let kept = packages_in(&folder).unwrap_or_default();
    let good: Vec<String> = kept
        .iter()
        .filter_map(|path| packages.read(path, true, clock).ok())
        .map(|package| format!("{} v{}", package.note().session, package.note().version))
        .collect();
    if good.is_empty() {
        return vec![Check::seen(Finding::PackageMissing, format!("0/{}", kept.len())), key];
    }
    // The certificates that a package brings are judged with it.
    vec![Check::seen(Finding::PackageThere, good.join(", ")), Check::of(Finding::TrustGood), key]
}

fn trust(plan: &DeskPlan) -> Check {
    let read = TrustSource::of(&plan.machine().paths, plan.base()).and_then(|source| source.read());
    match read {
        Ok(store) => Check::seen(Finding::TrustGood, store.version().to_owned()),
        Err(halted) => Check::seen(Finding::TrustBad, halted.detail),
    }
}

fn sound(machine: &MachineFiles) -> Check {
    match machine.loudspeakers() {
        Ok(found) if found.is_empty() => Check::of(Finding::SoundMissing),
        Ok(found) => Check::seen(Finding::SoundThere, found.join(", ")),
        Err(error) => not_there(&error, Finding::SoundUnknown),
    }
}

fn power(machine: &MachineFiles) -> Check {
    let batteries = match machine.batteries() {
        Ok(batteries) => batteries,
        Err(error) => return not_there(&error, Finding::PowerUnknown),
    };
    let percent = batteries.iter().filter_map(|battery| battery.percent).max();
    let seen = percent.map(|percent| format!("{percent} %")).unwrap_or_default();
    let is_emptied = batteries.iter().any(|battery| battery.discharging);
    let finding = match (batteries.is_empty(), is_emptied) {
        (true, _) => Finding::PowerNoBattery,
        (false, true) if percent.is_none_or(|percent| percent < LOW_BATTERY_PERCENT) => Finding::PowerLow,
        (false, true) => Finding::PowerOnBattery,
        (false, false) => Finding::PowerGood,
    };
    Check::seen(finding, seen)
}

fn screen(machine: &MachineFiles) -> Check {
    let screens = match machine.screens() {
        Ok(screens) => screens,
        Err(error) => return not_there(&error, Finding::ScreenUnknown),
    };
    let largest = screens.iter().filter_map(|screen| screen.pixels).max();
    let seen = largest.map(|(width, height)| format!("{width}x{height}")).unwrap_or_default();
    let finding = match largest {
        _ if screens.is_empty() => Finding::ScreenMissing,
        Some((width, height)) if width < LEAST_SCREEN.0 || height < LEAST_SCREEN.1 => Finding::ScreenSmall,
        Some(_) => Finding::ScreenGood,
        None => Finding::ScreenUnknown,
    };
    Check::seen(finding, seen)
}

fn radio(machine: &MachineFiles) -> Check {
    match machine.radios() {
        Ok(radios) => {
            let on: Vec<String> = radios.into_iter().filter(|radio| radio.on).map(|radio| radio.name).collect();
            if on.is_empty() { Check::of(Finding::RadioOff) } else { Check::seen(Finding::RadioOn, on.join(", ")) }
        }
        Err(error) => not_there(&error, Finding::RadioUnknown),
    }
}

fn devices(found: io::Result<Vec<String>>, [none, there, unknown]: [Finding; 3]) -> Check {
    match found {
        Ok(found) if found.is_empty() => Check::of(none),
        Ok(found) => Check::seen(there, found.join(", ")),
        Err(error) => not_there(&error, unknown),
    }
}

fn updates(machine: &MachineFiles) -> Check {
    match machine.updates() {
        None => Check::of(Finding::UpdatesUnknown),
        Some(found) if found.restart => Check::of(Finding::UpdatesRestart),
        Some(found) => match found.pending {
            Some(0) => Check::of(Finding::UpdatesNone),
            Some(count) => Check::seen(Finding::UpdatesPending, count.to_string()),
            None => Check::of(Finding::UpdatesUnknown),
        },
    }
}

/// A system that shows nothing of it, or not to us.
fn not_there(error: &io::Error, finding: Finding) -> Check {
    Check::seen(finding, error.kind().to_string())
}

/// What each finding means and what is to be done about it, in one language.
pub struct Advice(BTreeMap<String, Said>);

/// What stands beside a finding.
#[derive(Debug, Clone, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Said {
    /// What was found.
    pub what: String,
    /// What to do; empty where nothing is.
    #[serde(default)]
    pub todo: String,
}

impl Advice {
    /// The words of a language by its tag: `vi`, or `en` for anything else.
    ///
    /// # Errors
    /// The parser's: a fault of the build.
    pub fn load(tag: &str) -> Result<Self, toml::de::Error> {
        toml::from_str(if tag == "vi" { VI } else { EN }).map(Self)
    }

    /// What is said of a finding; its code where there are no words, which a test forbids.
    pub fn said(&self, check: &Check) -> Said {
        let bare = || Said { what: check.finding.code(), todo: String::new() };
        let said = self.0.get(&check.finding.code()).cloned().unwrap_or_else(bare);
        let what = if check.seen.is_empty() { said.what } else { format!("{} ({})", said.what, check.seen) };
        Said { what, ..said }
    }

    /// The codes that have words.
    pub fn codes(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }
}

const VI: &str = include_str!("../../assets/i18n/readiness.vi.toml");
const EN: &str = include_str!("../../assets/i18n/readiness.en.toml");
const NOTE_HEAD: &str = "diemdanh/readiness/v1\n";
const JSON_FILE: &str = "readiness.json";
const PDF_FILE: &str = "readiness.pdf";
const NOTE_FILE: &str = "readiness.note";
/// The driver of a reader that is software.
const VIRTUAL: &str = "Virtual PCD";
const READER_LOOKS: u32 = 4;
const READER_LOOK_MS: u32 = 500;
const FLUSHES: u32 = 20;
const SLOW_FLUSH_MS: u64 = 30;
const CLOCK_TOLERANCE_S: i64 = 120;
const LOW_BATTERY_PERCENT: u8 = 30;
/// The smallest screen that the pictures are made for.
const LEAST_SCREEN: (u32, u32) = (1024, 600);
