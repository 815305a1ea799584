//! The world of the demo: training data made at start, a registry on loopback, a reader in the process.

use super::board;
use super::package::write_stick;
use bits::hex;
use bits::random::Random as _;
use bits::secret::Secret;
use checkin::show::halted_at_start;
use checkin::state::Halted;
use checkin::view::View;
use crypto::pin::PinError;
use desk::anchors::witness;
use desk::enrol::{EnrolError, enrol};
use desk::handover::{HandoverError, hand_over};
use desk::kiosk::Kiosk;
use desk::plan::DeskPlan;
use desk::registry::client;
use desk::runtime::RunningDesk;
use desk::sessions::chosen;
use desk::start::{Adapters, read_config, start};
use host::clock::SystemClock;
use host::folder::FolderError;
use host::keys::KeyFileError;
use host::random::SystemRandom;
use jiff::{SignedDuration, Timestamp};
use lab::issuer::people::{Person, people};
use lab::issuer::{IssueError, trust_store_der};
use lab::reader::{LabField, LabReader};
use lab::registry_stub::{RegistryStub, StubError, StubSettings};
use lab::roster_sample::{Placed, SampleList};
use package::sealing::SealingFault;
use record::certify::{CertRequest, CertifyError, certify};
use record::export::ExportFault;
use record::ids::IdError;
use record::{CodeError, Enrolment, LogFault};
use roster::Candidate;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::{fs, io};
use tlog::{NoteError, NoteKey, NoteVerifier};
use ui::app::WindowError;

/// Why there is no demo.
#[derive(Debug, thiserror::Error)]
pub(crate) enum DemoError {
    #[error("a file: {0}")]
    File(#[from] io::Error),
    #[error("a folder: {0}")]
    Folder(#[from] FolderError),
    #[error("a key: {0}")]
    Note(#[from] NoteError),
    #[error("a certificate: {0}")]
    Certificate(#[from] CertifyError),
    #[error("a name in the log: {0}")]
    Id(#[from] IdError),
    #[error("a card: {0}")]
    Card(#[from] IssueError),
    #[error("the registry: {0}")]
    Registry(#[from] StubError),
    #[error("the desk: {} {}", .0.failure.code(), .0.detail)]
    Desk(Halted),
    #[error("the export: {0}")]
    Export(#[from] HandoverError),
    #[error("the window: {0}")]
    Window(#[from] WindowError),
    #[error("a package: {0}")]
    Contents(#[from] SealingFault),
    #[error("a word in the log: {0}")]
    Word(#[from] CodeError),
    #[error("the other desk's log: {0}")]
    Log(#[from] LogFault),
    #[error("the other desk's export: {0}")]
    OtherExport(#[from] ExportFault),
    #[error("the board's key: {0}")]
    BoardKey(#[from] KeyFileError),
    #[error("a PIN: {0}")]
    Pin(#[from] PinError),
    #[error("the enrolment: {0}")]
    Enrol(#[from] EnrolError),
    #[error("the window is gone")]
    WindowGone,
    #[error("the script: {0}")]
    Script(String),
    #[error("{who}: {what}")]
    Unexpected { who: String, what: String },
}

/// Everything around the desk.
pub(crate) struct World {
    out: PathBuf,
    work: PathBuf,
    pub(super) registry: RegistryStub,
}

pub(super) const BOARD: &str = "hoidong.example";
pub(super) const EXAM: &str = "tap-huan";
pub(super) const DESK: &str = "ban-01";
pub(super) const SITE: &str = "0901";
/// The room of the demo's desk: where most of its people belong.
pub(super) const ROOM: u32 = 12;
/// The room of the person who comes to the wrong door.
pub(super) const OTHER_ROOM: u32 = 15;
/// The one of the lab's people who is on no list.
const ON_NO_LIST: usize = 9;
/// Whose name somebody else has as well.
pub(super) const HAS_NAMESAKE: usize = 7;
/// That other one: number, name, day of birth.
const NAMESAKE: (&str, &str, i8) = ("099308007798", "Bùi Khanh Kiểm Thử", 19);
/// Who stands on the list under an old number, and somebody of the same name and birth date as well.
const HAS_DOUBLE: usize = 8;
/// The number of that other row.
const DOUBLE_NUMBER: &str = "099000016";
/// What one command takes on the air of a usual reader.
const COMMAND_MS: u64 = 12;

impl World {
    /// Makes everything new below `out`.
    pub(crate) fn prepare(out: &Path, list: ListSize) -> Result<Self, DemoError> {
        let _ = fs::remove_dir_all(out);
        let work = out.join("work");
        fs::create_dir_all(work.join("trust"))?;
        for (index, certificate) in trust_store_der()?.iter().enumerate() {
            fs::write(work.join("trust").join(format!("lab-csca-{index}.cer")), certificate)?;
        }
        let board_key = NoteKey::generate(BOARD, &mut SystemRandom)?;
        secrets(&work)?;
        let registry =
            RegistryStub::start(StubSettings { delay_ms: 150, ..StubSettings::default() }, &mut SystemRandom)?;
        registry.hand_out(&work)?;
        let witness = registry.witness_prefix();
        fs::write(work.join("desk.toml"), configuration(registry.url(), witness, PACKAGES))?;
        fs::write(work.join("broken.toml"), configuration(registry.url(), witness, NO_TRUST))?;
        fs::write(out.join("board.vkey"), format!("{}\n", board_key.verifier()))?;
        let (config, base) = read_config(&work.join("desk.toml")).map_err(DemoError::Desk)?;
        let request = enrol(&config, &base, false, &mut SystemRandom)?;
        let Enrolment { recipient, device, .. } = Enrolment::open(&request.note)?;
        let cert = certified(&board_key, DESK, 1, device)?;
        let packed = write_stick(&work.join("stick"), &board_key, &recipient, &cert, list)?;
        board::write(out, &board_key, &packed, &cert)?;
        // What `verify --anchors` takes: the keys that the board knows of whoever sees logs from outside.
        let anchors = out.join("anchors");
        fs::create_dir_all(&anchors)?;
        fs::write(anchors.join("witness.vkey"), format!("{}\n", registry.witness_key()))?;
        fs::write(anchors.join("registry-cosigner.vkey"), cosigner(&registry))?;
        fs::write(anchors.join("registry.vkey"), format!("{}\n", registry.verifier()))?;
        Ok(Self { out: out.to_owned(), work, registry })
    }

    /// The desk from its first picture on, and the field of its reader.
    pub(crate) fn open_desk(&self) -> Result<(Kiosk, LabField), DemoError> {
        let (field, watcher) = LabField::new();
        field.set_delay_ms(COMMAND_MS);
        let (config, base) = read_config(&self.work.join("desk.toml")).map_err(DemoError::Desk)?;
        let connector = field.reader();
        let make = move |plan: &DeskPlan| adapters(plan, watcher, connector);
        Ok((Kiosk::open(config, base, Arc::new(SystemClock), host::disk::gauge(), Box::new(make))?, field))
    }

    /// A desk that works from single files and stands at its first screen at once: 600 people, nobody to sign in.
    pub(crate) fn plain_desk(&self) -> Result<RunningDesk, DemoError> {
        let sample = SampleList { site: SITE.to_owned(), ..SampleList::default() };
        let list = sample.canonical(&[], &Secret::new([7; 32]));
        fs::write(self.work.join("roster.csv"), list)?;
        let plain = "[exam]\nboard = \"hoidong.example\"\nid = \"do\"\n\
             [desk]\nid = \"ban-01\"\noperator = \"gt-01\"\ntraining = true\n\
             [paths]\ntrust = \"trust\"\nroster = \"roster.csv\"\nexam_key = \"exam.key\"\njournal = \"plain\"\n\
             device_key = \"device.key\"\npassphrase = \"device.pass\"\n";
        fs::write(self.work.join("plain.toml"), plain)?;
        let (field, watcher) = LabField::new();
        let (config, base) = read_config(&self.work.join("plain.toml")).map_err(DemoError::Desk)?;
        let plan = DeskPlan::of_files(&config, &base).map_err(DemoError::Desk)?;
        let adapters = adapters(&plan, watcher, field.reader()).map_err(DemoError::Desk)?;
        start(&plan, adapters).map_err(DemoError::Desk)
    }

    /// What the window shows when the trust folder is missing.
    pub(super) fn broken_desk(&self) -> View {
        let (field, watcher) = LabField::new();
        // It is meant to fail: nobody has to read an error about it.
        let opened = tracing::subscriber::with_default(tracing::subscriber::NoSubscriber::default(), || {
            read_config(&self.work.join("broken.toml")).and_then(|(config, base)| {
                let plan = DeskPlan::of_files(&config, &base)?;
                start(&plan, adapters(&plan, watcher, field.reader())?)
            })
        });
        match opened {
            Ok(desk) => {
                let view = (*desk.view().get()).clone();
                desk.stop();
                view
            }
            Err(halted) => halted_at_start(&halted, env!("CARGO_PKG_VERSION")),
        }
    }

    /// Exports the closed log; the board's half of the demo checks it.
    pub(super) fn hand_over(&self) -> Result<(), DemoError> {
        let (config, base) = read_config(&self.work.join("desk.toml")).map_err(DemoError::Desk)?;
        let plan = chosen(&config, &base, None).map_err(DemoError::Desk)?;
        hand_over(&plan, &self.out.join("export"))?;
        Ok(())
    }
}

fn cosigner(registry: &RegistryStub) -> String {
    registry.cosigner_key().map(|key| format!("{key}\n")).unwrap_or_default()
}

fn adapters(plan: &DeskPlan, watcher: LabReader, connector: LabReader) -> Result<Adapters, Halted> {
    Ok(Adapters {
        watcher: Box::new(watcher),
        connector: Box::new(connector),
        registry: client(plan)?,
        witness: witness(plan)?,
        clock: Arc::new(SystemClock),
        gauge: host::disk::gauge(),
        card_random: Box::new(SystemRandom),
        key_random: Box::new(SystemRandom),
        sound: desk::sounds::speaker(),
    })
}

/// The passphrase of the device key, which the enrolment makes, and the exam's key.
fn secrets(work: &Path) -> Result<(), DemoError> {
    fs::write(work.join("device.pass"), hex::encode_lower(&SystemRandom.bytes(16)))?;
    fs::write(work.join("exam.key"), hex::encode_lower(&SystemRandom.bytes(32)))?;
    Ok(())
}

/// The board's note over the desk's key.
pub(super) fn certified(board: &NoteKey, desk: &str, serial: u32, device: NoteVerifier) -> Result<String, DemoError> {
    let now = Timestamp::now();
    let day = SignedDuration::from_hours(24);
    let request = CertRequest {
        serial,
        exam: EXAM.parse()?,
        desk: desk.parse()?,
        site: SITE.to_owned(),
        training: true,
        not_before: now.saturating_sub(day).unwrap_or(now),
        not_after: now.saturating_add(day * 7).unwrap_or(now),
        device,
        tls_certificate: None,
    };
    Ok(certify(board, request)?)
}

/// How many people a desk expects.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ListSize {
    /// Rooms.
    pub(crate) rooms: u32,
    /// People in each.
    pub(crate) seats: u32,
}

/// 600 people.
impl Default for ListSize {
    fn default() -> Self {
        let SampleList { rooms, seats, .. } = SampleList::default();
        Self { rooms, seats }
    }
}

/// So many people, the lab's people among them.
pub(super) fn roster(key: &Secret<[u8; 32]>, size: ListSize) -> Vec<Candidate> {
    let ListSize { rooms, seats } = size;
    let list = SampleList { site: SITE.to_owned(), rooms, seats, ..SampleList::default() };
    let placed: Vec<Placed> = people()
        .iter()
        .enumerate()
        .filter(|(index, _)| *index != ON_NO_LIST)
        .map(|(index, person)| placed(index, person))
        .chain(namesake())
        .chain(double())
        .collect();
    list.candidates(&placed, key)
}

/// Somebody whom a queue may mix up with one of the lab's people: the name but for a mark, the room, the year.
fn namesake() -> Option<Placed> {
    let person = people().into_iter().nth(HAS_NAMESAKE)?;
    Some(Placed {
        id_number: NAMESAKE.0.to_owned(),
        full_name: NAMESAKE.1.to_owned(),
        birth_date: person.birth.with().day(NAMESAKE.2).build().unwrap_or(person.birth),
        room: ROOM,
        seat: 20,
    })
}

/// Somebody of the same name and birth date as the one whose number is an old one on the list: two rows fit one card.
fn double() -> Option<Placed> {
    let person = people().into_iter().nth(HAS_DOUBLE)?;
    let own = placed(HAS_DOUBLE, &person);
    Some(Placed { id_number: DOUBLE_NUMBER.to_owned(), seat: 21, ..own })
}

fn placed(index: usize, person: &Person) -> Placed {
    let room = if index == 1 { OTHER_ROOM } else { ROOM };
    let seat = u32::try_from(index).unwrap_or(0) + 3;
    // The list has an old number wherever there is one.
    let id_number = person.old_number.clone().unwrap_or_else(|| person.number.clone());
    let full_name = person.full_name.clone();
    Placed { id_number, full_name, birth_date: person.birth, room, seat }
}

/// The desk's own file; `sources` says where candidates, CSCA certificates and keys come from.
fn configuration(url: &str, witness: &str, sources: &str) -> String {
    format!(
        "[exam]\nboard = \"{BOARD}\"\nid = \"{EXAM}\"\n\
         [desk]\nid = \"{DESK}\"\ntitle = \"1\"\nsite = \"{SITE}\"\noperator = \"gt-01\"\ntraining = true\n\
         [paths]\n{sources}journal = \"journal\"\ndevice_key = \"device.key\"\npassphrase = \"device.pass\"\n\
         board_key = \"../board.vkey\"\n\
         [registry]\nurl = \"{url}\"\nca = \"registry-ca.pem\"\nverifier = \"registry.vkey\"\n\
         cosigner = \"registry-cosigner.vkey\"\n\
         client_cert = \"registry-client.pem\"\nclient_key = \"registry-client.key\"\n\
         [witness]\nurl = \"{witness}\"\nca = \"registry-ca.pem\"\nverifier = \"witness.vkey\"\n",
    )
}

/// A desk that works from packages.
const PACKAGES: &str = "packages = \"packages\"\ninbox = [\"stick\"]\n";
/// A desk that works from single files, one of which is not there.
const NO_TRUST: &str = "trust = \"no-such-folder\"\nroster = \"roster.csv\"\nexam_key = \"exam.key\"\n";
