//! The world of the demo: training data made at start, a registry on loopback, a reader in the process.

use diemdanh::bits::hex;
use diemdanh::bits::random::Random as _;
use diemdanh::bits::secret::Secret;
use diemdanh::bits::spread::InTurn;
use diemdanh::board::keys::{CertRequest, CertifyError, certify, device_key_name};
use diemdanh::board::{Check, Outside, report};
use diemdanh::checkin::show::halted_at_start;
use diemdanh::checkin::state::Halted;
use diemdanh::checkin::view::View;
use diemdanh::desk::anchors::witness;
use diemdanh::desk::handover::{HandoverError, hand_over};
use diemdanh::desk::registry::client;
use diemdanh::desk::runtime::RunningDesk;
use diemdanh::desk::start::{Adapters, read_config, start};
use diemdanh::host::clock::SystemClock;
use diemdanh::host::folder::{FolderError, read_folder};
use diemdanh::host::keys::{KeyFileError, SealCost, create_key_file};
use diemdanh::host::random::SystemRandom;
use diemdanh::lab::issuer::people::{Person, people};
use diemdanh::lab::issuer::{IssueError, trust_store_der};
use diemdanh::lab::reader::LabField;
use diemdanh::lab::registry_stub::{RegistryStub, StubError, StubSettings};
use diemdanh::lab::roster_sample::{Placed, SampleList, room_name};
use diemdanh::record::{ExportSource, NoteError, NoteKey, NoteVerifier};
use diemdanh::ui::app::WindowError;
use jiff::{SignedDuration, Timestamp};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::{fs, io};

/// Why there is no demo.
#[derive(Debug, thiserror::Error)]
pub(super) enum DemoError {
    #[error("a file: {0}")]
    File(#[from] io::Error),
    #[error("a folder: {0}")]
    Folder(#[from] FolderError),
    #[error("a key file: {0}")]
    Key(#[from] KeyFileError),
    #[error("a key: {0}")]
    Note(#[from] NoteError),
    #[error("a certificate: {0}")]
    Certificate(#[from] CertifyError),
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
    #[error("the window is gone")]
    WindowGone,
    #[error("the script: {0}")]
    Script(String),
    #[error("{who}: {what}")]
    Unexpected { who: String, what: String },
}

/// Everything around the desk.
pub(super) struct World {
    out: PathBuf,
    work: PathBuf,
    board: NoteVerifier,
    pub(super) registry: RegistryStub,
}

const BOARD: &str = "hoidong.example";
const EXAM: &str = "tap-huan";
const DESK: &str = "ban-01";
const SITE: &str = "0901";
/// The room of the demo's desk: where most of its people belong.
const ROOM: u32 = 12;
/// The room of the person who comes to the wrong door.
const OTHER_ROOM: u32 = 15;
/// The one of the lab's people who is on no list.
const ON_NO_LIST: usize = 9;
/// Whose name somebody else has as well.
pub(super) const HAS_NAMESAKE: usize = 7;
/// That other one: number, name, day of birth.
const NAMESAKE: (&str, &str, i8) = ("099308007798", "Bùi Khanh Kiểm Thử", 19);
/// What one command takes on the air of a usual reader.
const COMMAND_MS: u64 = 12;

impl World {
    /// Makes everything new below `out`.
    pub(super) fn prepare(out: &Path) -> Result<Self, DemoError> {
        let _ = fs::remove_dir_all(out);
        let work = out.join("work");
        fs::create_dir_all(work.join("trust"))?;
        for (index, certificate) in trust_store_der()?.iter().enumerate() {
            fs::write(work.join("trust").join(format!("lab-csca-{index}.cer")), certificate)?;
        }
        fs::write(work.join("roster.csv"), roster())?;
        let board = keys(&work)?;
        let registry =
            RegistryStub::start(StubSettings { delay_ms: 150, ..StubSettings::default() }, &mut SystemRandom)?;
        fs::write(work.join("registry-ca.pem"), registry.authority_pem())?;
        fs::write(work.join("registry.vkey"), format!("{}\n", registry.verifier()))?;
        fs::write(work.join("witness.vkey"), format!("{}\n", registry.witness_key()))?;
        fs::write(work.join("registry-cosigner.vkey"), cosigner(&registry))?;
        let witness = registry.witness_prefix();
        fs::write(work.join("desk.toml"), configuration(registry.url(), &witness, "trust"))?;
        fs::write(work.join("broken.toml"), configuration(registry.url(), &witness, "no-such-folder"))?;
        fs::write(out.join("board.vkey"), format!("{board}\n"))?;
        // What `verify --anchors` takes: the keys that the board knows of whoever sees logs from outside.
        let anchors = out.join("anchors");
        fs::create_dir_all(&anchors)?;
        fs::write(anchors.join("witness.vkey"), format!("{}\n", registry.witness_key()))?;
        fs::write(anchors.join("registry-cosigner.vkey"), cosigner(&registry))?;
        fs::write(anchors.join("registry.vkey"), format!("{}\n", registry.verifier()))?;
        Ok(Self { out: out.to_owned(), work, board, registry })
    }

    /// The desk, and the field of its reader.
    pub(super) fn open_desk(&self) -> Result<(RunningDesk, LabField), DemoError> {
        let (field, watcher) = LabField::new();
        field.set_delay_ms(COMMAND_MS);
        let desk = self.open("desk.toml", &field, watcher).map_err(DemoError::Desk)?;
        Ok((desk, field))
    }

    /// What the window shows when the trust folder is missing.
    pub(super) fn broken_desk(&self) -> View {
        let (field, watcher) = LabField::new();
        match self.open("broken.toml", &field, watcher) {
            Ok(desk) => {
                let view = (*desk.view().get()).clone();
                desk.stop();
                view
            }
            Err(halted) => halted_at_start(&halted, env!("CARGO_PKG_VERSION")),
        }
    }

    fn open(
        &self,
        config: &str,
        field: &LabField,
        watcher: diemdanh::lab::reader::LabReader,
    ) -> Result<RunningDesk, Halted> {
        let (config, base) = read_config(&self.work.join(config))?;
        let adapters = Adapters {
            watcher: Box::new(watcher),
            connector: Box::new(field.reader()),
            registry: client(&config.registry, &base)?,
            witness: witness(&config.witness, &base)?,
            clock: Arc::new(SystemClock),
            card_random: Box::new(SystemRandom),
            key_random: Box::new(SystemRandom),
            sound: diemdanh::desk::sounds::speaker(),
        };
        start(&config, &base, adapters)
    }

    /// Exports the closed log and lets the board check it. True when the board finds nothing wrong.
    pub(super) fn hand_over(&self) -> Result<bool, DemoError> {
        let (config, base) = read_config(&self.work.join("desk.toml")).map_err(DemoError::Desk)?;
        let export = self.out.join("export");
        hand_over(&config, &base, &export)?;
        let outside = Outside {
            witnesses: [Some(self.registry.witness_key()), self.registry.cosigner_key()]
                .into_iter()
                .flatten()
                .cloned()
                .collect(),
            registries: vec![self.registry.verifier().clone()],
            ..Outside::default()
        };
        let check = Check { board: &self.board, outside: &outside, spread: &InTurn, progress: &|_| {} };
        let files = read_folder(&export)?;
        let verification = check.run(&[&files as &dyn ExportSource]).pop().unwrap_or_default();
        fs::write(self.out.join("report.txt"), report::text("export", &verification))?;
        Ok(verification.verdict().exit_code() <= 1)
    }
}

fn cosigner(registry: &RegistryStub) -> String {
    registry.cosigner_key().map(|key| format!("{key}\n")).unwrap_or_default()
}

/// The board's key, the desk's key with the board's note over it, the exam's key.
fn keys(work: &Path) -> Result<NoteVerifier, DemoError> {
    let board = NoteKey::generate(BOARD, &mut SystemRandom)?;
    let passphrase = hex::encode_lower(&SystemRandom.bytes(16));
    fs::write(work.join("device.pass"), &passphrase)?;
    let cost = SealCost::default();
    let name = device_key_name(BOARD, DESK);
    let device = create_key_file(&work.join("device.key"), &name, &Secret::new(passphrase), cost, &mut SystemRandom)?;
    let now = Timestamp::now();
    let day = SignedDuration::from_hours(24);
    let request = CertRequest {
        serial: 1,
        exam: EXAM.to_owned(),
        desk: DESK.to_owned(),
        site: SITE.to_owned(),
        training: true,
        not_before: now.saturating_sub(day).unwrap_or(now),
        not_after: now.saturating_add(day * 7).unwrap_or(now),
        device: device.verifier().clone(),
    };
    fs::write(work.join("desk-cert"), certify(&board, request)?)?;
    fs::write(work.join("exam.key"), hex::encode_lower(&SystemRandom.bytes(32)))?;
    Ok(board.verifier().clone())
}

/// 600 people, the lab's people among them.
fn roster() -> String {
    let list = SampleList { site: SITE.to_owned(), ..SampleList::default() };
    let placed: Vec<Placed> = people()
        .iter()
        .enumerate()
        .filter(|(index, _)| *index != ON_NO_LIST)
        .map(|(index, person)| placed(index, person))
        .chain(namesake())
        .collect();
    list.csv(&placed)
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

fn placed(index: usize, person: &Person) -> Placed {
    let room = if index == 1 { OTHER_ROOM } else { ROOM };
    let seat = u32::try_from(index).unwrap_or(0) + 3;
    let (id_number, full_name) = (person.number.clone(), person.full_name.clone());
    Placed { id_number, full_name, birth_date: person.birth, room, seat }
}

/// A session whose start signal is 25 minutes away: the door is open, nobody is late.
fn configuration(url: &str, witness: &str, trust: &str) -> String {
    let now = Timestamp::now();
    let start = now.saturating_add(SignedDuration::from_mins(25)).unwrap_or(now);
    format!(
        "[exam]\nboard = \"{BOARD}\"\nid = \"{EXAM}\"\ntitle = \"Tập huấn kỳ thi tốt nghiệp THPT\"\n\
         [desk]\nid = \"{DESK}\"\ntitle = \"1\"\nsite = \"{SITE}\"\nroom = \"{}\"\noperator = \"gt-01\"\n\
         operator_title = \"Nguyễn Mẫu\"\ntraining = true\n\
         [session]\nid = \"b1\"\ntitle = \"\"\nstart = \"{start}\"\n\
         [paths]\ntrust = \"{trust}\"\nroster = \"roster.csv\"\njournal = \"journal\"\ndevice_key = \"device.key\"\n\
         passphrase = \"device.pass\"\ndesk_cert = \"desk-cert\"\nexam_key = \"exam.key\"\n\
         [registry]\nurl = \"{url}\"\nca = \"registry-ca.pem\"\nverifier = \"registry.vkey\"\n\
         cosigner = \"registry-cosigner.vkey\"\n\
         [witness]\nurl = \"{witness}\"\nca = \"registry-ca.pem\"\nverifier = \"witness.vkey\"\n",
        room_name(ROOM),
    )
}
