//! A whole desk on a table: the real runtime over a reader, cards and a registry of the lab, its log on a real disk.
//!
//! Nothing sleeps: a test waits on views, with a limit.

pub(crate) use crate::lab_people::{good, made, person};
use diemdanh::bits::hex;
use diemdanh::bits::random::{Random as _, SeededRandom};
use diemdanh::bits::secret::Secret;
use diemdanh::checkin::event::{Choice, Input, NotAdmittedReason};
use diemdanh::checkin::failure::{Failure, Signal};
use diemdanh::checkin::state::Halted;
use diemdanh::checkin::view::{
    CaseView, ClosingView, LineWord, Look, PortraitView, ReceiptView, Screen, StageView, View,
};
use diemdanh::desk::anchors::witness;
use diemdanh::desk::handover::hand_over;
use diemdanh::desk::plan::DeskPlan;
use diemdanh::desk::registry::client;
use diemdanh::desk::runtime::{RunningDesk, ViewCell};
use diemdanh::desk::start::{Adapters, read_config, start};
use diemdanh::host::clock::SystemClock;
use diemdanh::host::disk::{self, Gauge, Space};
use diemdanh::host::folder::read_folder;
use diemdanh::host::keys::{SealCost, create_key_file};
use diemdanh::host::random::SystemRandom;
use diemdanh::iso7816::transport::CardReader;
use diemdanh::lab::card::{CardData, SyntheticCard};
use diemdanh::lab::issuer::people::{Person, people};
use diemdanh::lab::issuer::trust_store_der;
use diemdanh::lab::reader::LabField;
use diemdanh::lab::registry_stub::{RegistryStub, StubSettings};
use diemdanh::lab::short_list::short_list;
use diemdanh::office::finding::Verdict;
use diemdanh::office::verify;
use diemdanh::record::certify::{CertRequest, certify, device_key_name};
use diemdanh::record::segment::{SegmentContent, read_segment};
use diemdanh::record::{AttendanceEvent, BoardKeys, Entry};
use diemdanh::roster::canonical;
use diemdanh::tlog::{NoteKey, NoteVerifier};
use jiff::{SignedDuration, Timestamp};
use std::fmt::Write as _;
use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tempfile::TempDir;

/// How long a test waits for a screen before it fails.
pub(crate) const PATIENCE_MS: u64 = 60_000;
/// Guessing costs nothing here: the passphrase protects a key of the lab.
const CHEAP: SealCost = SealCost { memory_kib: 8, passes: 1 };
const BOARD: &str = "board.example";
const DESK: &str = "desk-1";
const ROOM: &str = "P12";

/// The files of one desk, its board and its registry.
pub(crate) struct World {
    folder: TempDir,
    board: NoteKey,
    device: NoteVerifier,
    pub(crate) registry: Option<RegistryStub>,
}

impl World {
    /// A desk that asks no registry.
    pub(crate) fn alone() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let trust = folder.path().join("trust");
        fs::create_dir(&trust).unwrap();
        for (index, certificate) in trust_store_der().unwrap().iter().enumerate() {
            fs::write(trust.join(format!("{index}.cer")), certificate).unwrap();
        }
        fs::write(folder.path().join("roster.csv"), roster()).unwrap();
        fs::write(folder.path().join("exam.key"), hex::encode_lower(&[7; 32])).unwrap();
        let board = NoteKey::generate(BOARD, &mut SeededRandom::new("desk test board")).unwrap();
        let device = device_key(folder.path(), &board);
        let world = Self { folder, board, device, registry: None };
        world.write_config(CONFIG);
        world
    }

    /// A desk that asks a registry.
    pub(crate) fn asking(settings: StubSettings) -> Self {
        let mut world = Self::alone();
        let registry = RegistryStub::start(settings, &mut SystemRandom).unwrap();
        registry.hand_out(world.folder.path()).unwrap();
        world.write_config(&format!("{CONFIG}{}", registry_config(registry.url(), "")));
        world.registry = Some(registry);
        world
    }

    /// The same, with more keys in the configuration's part about the registry.
    pub(crate) fn with_registry_keys(self, keys: &str) -> Self {
        let url = self.registry.as_ref().map(|registry| registry.url().to_owned()).unwrap_or_default();
        self.write_config(&format!("{CONFIG}{}", registry_config(&url, keys)));
        self
    }

    pub(crate) fn board(&self) -> &NoteKey {
        &self.board
    }

    /// The board certifies another device key for this desk.
    pub(crate) fn certify(&self, device: &NoteVerifier, serial: u32) {
        fs::write(self.path("desk-cert"), certified(&self.board, device, serial)).unwrap();
    }

    /// The same registry is the log's witness too; `keys` are more keys of that part of the configuration.
    pub(crate) fn with_witness(self, keys: &str) -> Self {
        let registry = self.registry.as_ref().expect("a stub");
        fs::write(self.path("witness.vkey"), format!("{}\n", registry.witness_key())).unwrap();
        let (prefix, text) = (registry.witness_prefix(), fs::read_to_string(self.config()).unwrap());
        let text = text.split("[witness]").next().unwrap_or_default().to_owned();
        let part = format!("[witness]\nurl = \"{prefix}\"\nca = \"registry-ca.pem\"\nverifier = \"witness.vkey\"\n");
        self.write_config(&format!("{text}\n{part}{keys}"));
        self
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn config(&self) -> PathBuf {
        self.path("desk.toml")
    }

    pub(crate) fn write_config(&self, text: &str) {
        fs::write(self.config(), text).unwrap();
    }

    /// Changes one part of the configuration's text.
    pub(crate) fn change_config(&self, from: &str, to: &str) {
        let text = fs::read_to_string(self.config()).unwrap();
        assert!(text.contains(from), "the configuration says {from}");
        self.write_config(&text.replace(from, to));
    }

    /// Lets the next desk write another journal.
    pub(crate) fn use_journal(&self, name: &str) {
        let text = fs::read_to_string(self.config()).unwrap();
        let lines = text.lines().map(|line| match line.strip_prefix("journal = ") {
            Some(_) => format!("journal = \"{name}\""),
            None => line.to_owned(),
        });
        self.write_config(&lines.collect::<Vec<_>>().join("\n"));
    }

    /// Starts a desk with an empty field, which must work.
    pub(crate) fn open(&self) -> Bench {
        self.try_open().unwrap_or_else(|halted| panic!("{} {}", halted.failure.code(), halted.detail))
    }

    /// Starts a desk, or tells why not.
    pub(crate) fn try_open(&self) -> Result<Bench, Halted> {
        Bench::open(&self.config())
    }

    /// Starts a desk over other readers.
    pub(crate) fn open_with(
        &self,
        field: LabField,
        watcher: Box<dyn CardReader>,
        connector: Box<dyn CardReader>,
    ) -> Result<Bench, Halted> {
        Bench::open_with(&self.config(), field, watcher, connector)
    }

    /// Every entry in the journal `name`, all segments in order; also while a desk writes it.
    pub(crate) fn entries_in(&self, name: &str) -> Vec<Entry> {
        journal_entries(&self.path(name), &self.device)
    }

    pub(crate) fn events(&self) -> Vec<AttendanceEvent> {
        self.events_in("journal")
    }

    pub(crate) fn events_in(&self, name: &str) -> Vec<AttendanceEvent> {
        self.entries_in(name).into_iter().map(|entry| entry.event).collect()
    }

    /// Exports the closed journal into the folder `name` and lets the board check it.
    pub(crate) fn export(&self, name: &str) -> verify::Verification {
        let (config, base) = read_config(&self.config()).unwrap();
        let out = self.path(name);
        hand_over(&DeskPlan::of_files(&config, &base).unwrap(), &out).unwrap();
        verify::verify(&read_folder(&out).unwrap(), &BoardKeys::one(self.board.verifier().clone()))
    }

    /// The board finds nothing forged, damaged or undecidable in the closed journal.
    pub(crate) fn board_agrees(&self) {
        let verification = self.export("export-for-the-board");
        let verdict = verification.verdict();
        assert!(matches!(verdict, Verdict::Clean | Verdict::Remarks), "{:?}", verification.findings);
    }
}

/// A disk that a test mounts has as much room as it says; the machine's own has enough, whatever lies on it.
pub(crate) fn of_a_disk_of_its_own() -> Gauge {
    Arc::new(|folder| {
        let device = |path: &Path| std::fs::metadata(path).map(|metadata| metadata.dev());
        let is_mounted = device(folder)? != device(folder.parent().unwrap_or(folder))?;
        if is_mounted { disk::gauge()(folder) } else { Ok(Space::Enough { free: u64::MAX }) }
    })
}

/// A running desk and the field of its reader.
pub(crate) struct Bench {
    pub(crate) desk: RunningDesk,
    pub(crate) view: Arc<ViewCell>,
    pub(crate) field: LabField,
}

impl Bench {
    /// Starts the desk of this configuration over a field in this process.
    pub(crate) fn open(config: &Path) -> Result<Self, Halted> {
        let (field, watcher) = LabField::new();
        let connector = field.reader();
        Self::open_with(config, field, Box::new(watcher), Box::new(connector))
    }

    fn open_with(
        config: &Path,
        field: LabField,
        watcher: Box<dyn CardReader>,
        connector: Box<dyn CardReader>,
    ) -> Result<Self, Halted> {
        let (config, base) = read_config(config)?;
        let plan = DeskPlan::of_files(&config, &base)?;
        let adapters = Adapters {
            watcher,
            connector,
            registry: client(&plan)?,
            witness: witness(&plan)?,
            clock: Arc::new(SystemClock),
            gauge: of_a_disk_of_its_own(),
            card_random: Box::new(SystemRandom),
            key_random: Box::new(SystemRandom),
            sound: Box::new(|_| {}),
        };
        let desk = start(&plan, adapters)?;
        Ok(Self { view: desk.view(), desk, field })
    }

    /// Scans or types, then Enter.
    pub(crate) fn enter(&self, text: &str) {
        self.desk.send(Input::Entered(text.to_owned()));
    }

    /// Scans the person's QR and puts the card down.
    pub(crate) fn tap(&self, person: &Person, card: SyntheticCard) {
        self.enter(&person.qr());
        self.field.insert(card);
    }

    /// Presses a button as soon as it decides.
    pub(crate) fn choose(&self, choice: Choice) {
        self.wait("a button that decides", |view| offers(view, choice));
        self.paints();
        let view = self.wait("somebody who has looked", |view| offers(view, choice) && view.look.is_over());
        self.desk.send(Input::Chose(choice, view.meaning));
    }

    /// There is no window: says in its place that the portrait is on the screen.
    pub(crate) fn paints(&self) {
        if let Look::Wanted(contact) = self.view.get().look {
            self.desk.send(Input::Painted(contact));
        }
    }

    /// Presses a reason as soon as it decides.
    pub(crate) fn give_reason(&self, reason: NotAdmittedReason) {
        let asks = |view: &View| match view.screen.case().map(|case| &case.stage) {
            Some(StageView::ChoosingReason) => view.guarded_ms == 0,
            _ => false,
        };
        let view = self.wait("reasons that decide", asks);
        self.desk.send(Input::Reason(reason, view.meaning));
    }

    /// The view that fits, within the test's patience.
    pub(crate) fn wait(&self, what: &str, wanted: impl Fn(&View) -> bool) -> Arc<View> {
        self.view.wait(PATIENCE_MS, wanted).unwrap_or_else(|last| panic!("{what} never came: {last:?}"))
    }

    /// The case when everything is read and somebody can decide.
    pub(crate) fn decided(&self) -> CaseView {
        let view = self.wait("a verdict", |view| ready(&view.screen).is_some());
        ready(&view.screen).unwrap().clone()
    }

    /// The failure that the idle screen tells.
    pub(crate) fn notice(&self) -> Failure {
        let told = |view: &View| match &view.screen {
            Screen::Idle(idle) => idle.notice,
            _ => None,
        };
        told(&self.wait("a notice", |view| told(view).is_some())).unwrap()
    }

    /// What the reading was interrupted by.
    pub(crate) fn interruption(&self) -> Failure {
        let told = |view: &View| match &view.screen {
            Screen::Reading(reading) => reading.interrupted,
            _ => None,
        };
        told(&self.wait("an interruption", |view| told(view).is_some())).unwrap()
    }

    /// Waits until the decision is shown as recorded.
    pub(crate) fn receipt(&self) -> ReceiptView {
        let told = |view: &View| match case_of(&view.screen).map(|case| &case.stage) {
            Some(StageView::Recorded(receipt)) => Some(receipt.clone()),
            _ => None,
        };
        told(&self.wait("a receipt", |view| told(view).is_some())).unwrap()
    }

    /// Decides, and waits until that is shown as recorded.
    pub(crate) fn decide(&self, choice: Choice) -> ReceiptView {
        self.choose(choice);
        self.receipt()
    }

    /// Takes the card away and goes on to the next person.
    pub(crate) fn next(&self) {
        self.field.remove();
        self.desk.send(Input::Continue);
        self.wait("the idle screen", is_idle);
    }

    /// Ends the desk; its journal can be opened by another one.
    pub(crate) fn stop(self) {
        self.desk.stop();
    }
}

/// The button is on the screen, and decides.
pub(crate) fn offers(view: &View, choice: Choice) -> bool {
    let offered = match (&view.screen, view.screen.case().map(|case| &case.stage)) {
        (Screen::Closing(ClosingView::Asking(asking)), _) => asking.choices.contains(&choice),
        (_, Some(StageView::Deciding(choices))) => choices.contains(&choice),
        _ => false,
    };
    offered && view.guarded_ms == 0
}

pub(crate) fn is_idle(view: &View) -> bool {
    matches!(view.screen, Screen::Idle(_))
}

pub(crate) fn case_of(screen: &Screen) -> Option<&CaseView> {
    screen.case()
}

/// What the line about the chip says is wrong.
pub(crate) fn chip_failure(screen: &Screen) -> Option<Failure> {
    match case_of(screen)?.lines[0].word {
        LineWord::Failed(failure) => Some(failure),
        _ => None,
    }
}

pub(crate) fn ready(screen: &Screen) -> Option<&CaseView> {
    case_of(screen).filter(|case| {
        let open = matches!(case.stage, StageView::Deciding(_)) && case.signal != Signal::Working;
        open && !matches!(case.portrait, PortraitView::Pending)
    })
}

pub(crate) fn card(data: &CardData) -> SyntheticCard {
    SyntheticCard::new(data.clone())
}

/// Every entry of the journal in `folder`, all segments in order.
pub(crate) fn journal_entries(folder: &Path, device: &NoteVerifier) -> Vec<Entry> {
    let mut segments: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    segments.retain(|path| path.extension().is_some_and(|extension| extension == "seg"));
    segments.sort();
    let contents = segments.iter().map(|path| read_segment(&fs::read(path).unwrap(), device).unwrap());
    contents.flat_map(entries_of).collect()
}

fn entries_of(content: SegmentContent) -> Vec<Entry> {
    match content {
        SegmentContent::Good(segment) => segment.entries,
        SegmentContent::Nothing { .. } => Vec::new(),
    }
}

pub(crate) fn check_ins(events: &[AttendanceEvent]) -> usize {
    events.iter().filter(|event| matches!(event, AttendanceEvent::CheckIn(_))).count()
}

/// The causes of all entries about readings that failed.
pub(crate) fn failed_reads(events: &[AttendanceEvent]) -> Vec<String> {
    let cause = |event: &AttendanceEvent| match event {
        AttendanceEvent::ReadFailed { cause, .. } => Some(cause.as_str().to_owned()),
        _ => None,
    };
    events.iter().filter_map(cause).collect()
}

/// Device and word of all entries about devices.
pub(crate) fn device_events(events: &[AttendanceEvent]) -> Vec<String> {
    let word = |event: &AttendanceEvent| match event {
        AttendanceEvent::DeviceEvent { device, event } => Some(format!("{}: {}", device.as_str(), event.as_str())),
        _ => None,
    };
    events.iter().filter_map(word).collect()
}

fn roster() -> Vec<u8> {
    let mut rows = "SBD,Họ và tên,Ngày sinh,Số CCCD,Phòng thi,Số ghế\n".to_owned();
    for (index, person) in people().iter().enumerate().take(9) {
        let (name, number, birth) = (&person.full_name, &person.number, person.birth.strftime("%d/%m/%Y"));
        writeln!(rows, "0100000{index},{name},{birth},{number},{ROOM},{}", index + 1).unwrap();
    }
    canonical::write(short_list(&rows, &Secret::new([7; 32])).unwrap())
}

fn device_key(folder: &Path, board: &NoteKey) -> NoteVerifier {
    let passphrase = hex::encode_lower(&SystemRandom.bytes(16));
    fs::write(folder.join("device.pass"), &passphrase).unwrap();
    let name = device_key_name(BOARD, DESK);
    let sealed = folder.join("device.key");
    let device = create_key_file(&sealed, &name, &Secret::new(passphrase), CHEAP, &mut SystemRandom).unwrap();
    fs::write(folder.join("desk-cert"), certified(board, device.verifier(), 1)).unwrap();
    device.verifier().clone()
}

fn certified(board: &NoteKey, device: &NoteVerifier, serial: u32) -> String {
    let (now, day) = (Timestamp::now(), SignedDuration::from_hours(24));
    let request = CertRequest {
        serial,
        exam: "exam-1".parse().unwrap(),
        desk: DESK.parse().unwrap(),
        site: "0901".to_owned(),
        training: true,
        not_before: now - day,
        not_after: now + day,
        device: device.clone(),
        tls_certificate: None,
    };
    certify(board, request).unwrap()
}

fn registry_config(url: &str, keys: &str) -> String {
    format!(
        "[registry]\nurl = \"{url}\"\nca = \"registry-ca.pem\"\nverifier = \"registry.vkey\"\n{OWN_CERTIFICATE}{keys}\n"
    )
}

/// What the desk shows its registry.
pub(crate) const OWN_CERTIFICATE: &str =
    "client_cert = \"registry-client.pem\"\nclient_key = \"registry-client.key\"\n";
const CONFIG: &str = "\
[exam]
board = \"board.example\"
id = \"exam-1\"
title = \"Kỳ thi\"
[desk]
id = \"desk-1\"
title = \"1\"
room = \"P12\"
operator = \"gt-01\"
training = true
[paths]
trust = \"trust\"
roster = \"roster.csv\"
journal = \"journal\"
device_key = \"device.key\"
passphrase = \"device.pass\"
desk_cert = \"desk-cert\"
exam_key = \"exam.key\"
[window]
press_guard_ms = 30
portrait_guard_ms = 50
";
