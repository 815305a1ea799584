//! From configuration and adapters to a running desk, or to the reason why there is none.

use crate::anchors::{Schedule, WitnessLink, carry, outside_head};
use crate::card::CardWorker;
use crate::carrying::Carry;
use crate::config::DeskConfig;
use crate::halting::{diagnose, failure_of, halted_at};
use crate::indexing::{self, IndexOrder};
use crate::keys::small_text;
use crate::logbook::{Anchors, EvidenceHand, LogHand};
use crate::opening::opening;
use crate::orders::{Hands, LogOrder, Message, NO_CONTACT, PinOrder, QUEUE_LEN, RegistryOrder, Started};
use crate::package::OpenPackage;
use crate::papers::{self, PaperOrder, PaperPlace};
use crate::pending::PendingStore;
use crate::plan::DeskPlan;
use crate::registry::{RegistryMaker, asker};
use crate::rules::EffectiveRules;
use crate::runtime::{Brain, RunningDesk, ViewCell, inbox};
use crate::sources::{Prepared, prepare};
use crate::{pins, questions, readiness, scanner, watch};
use bits::random::Random;
use bits::stamp::{Clock, Stamp};
use checkin::context::{Context, DeskPolicy};
use checkin::event::Event;
use checkin::exception::Staff;
use checkin::failure::{Failure, Signal};
use checkin::records;
use checkin::show::view;
use checkin::state::{Halted, State};
use host::disk::{FileStore, Gauge, Space};
use host::durable::Disk;
use host::second_copy::SecondCopy;
use host::serial::SerialScanner;
use host::{sealed, threads};
use iso7816::transport::CardReader;
use record::{Appended, AttendanceEvent, AttendanceLog, Code, Durable, LogFault, OpenBasis, Opening};
use registry::Registry;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::sync::mpsc::{SyncSender, sync_channel};
use tlog::NoteSigner;

/// The adapters a desk works with.
pub struct Adapters {
    /// Watches the reader's field.
    pub watcher: Box<dyn CardReader>,
    /// Connects to cards.
    pub connector: Box<dyn CardReader>,
    /// Makes the registry's client, where it is asked.
    pub registry: Option<RegistryMaker>,
    /// The witness, where there is one.
    pub witness: Option<WitnessLink>,
    /// The clock.
    pub clock: Arc<dyn Clock + Sync>,
    /// How much room the journal has.
    pub gauge: Gauge,
    /// Chance for the card thread.
    pub card_random: Box<dyn Random>,
    /// Chance for keys.
    pub key_random: Box<dyn Random>,
    /// Makes the sound of a signal.
    pub sound: Box<dyn FnMut(Signal) + Send>,
}

/// Starts a desk whose plan names single files.
///
/// # Errors
/// What the halted screen shows: the failure, and the place it lies in. The diagnostics have been told.
pub fn start(plan: &DeskPlan, adapters: Adapters) -> Result<RunningDesk, Halted> {
    let (inbox, messages) = inbox();
    let clock = Arc::clone(&adapters.clock);
    let started = prepare(plan).and_then(|prepared| open(plan, prepared, adapters, inbox.clone()));
    let started = started.inspect_err(diagnose)?;
    let view = Arc::new(ViewCell::new(view(&started.context, &started.state)));
    spawned(RunningDesk::start(Brain::running(started, clock, view), inbox, messages)).inspect_err(diagnose)
}

/// Opens the log and starts the hands of a session whose brain hears from `inbox` already.
pub(super) fn start_in(
    plan: &DeskPlan,
    prepared: Prepared,
    adapters: Adapters,
    inbox: SyncSender<Message>,
) -> Result<Started, Halted> {
    open(plan, prepared, adapters, inbox).inspect_err(diagnose)
}

fn open(
    plan: &DeskPlan,
    mut prepared: Prepared,
    mut adapters: Adapters,
    inbox: SyncSender<Message>,
) -> Result<Started, Halted> {
    let (recipient, began) = (evidence_recipient(plan.rules())?, adapters.clock.now());
    let (mut log, opened) = open_log(plan, &prepared, &mut adapters)?;
    let first_entry = IndexOrder::of(&opened);
    let loaded = package_loaded(&mut log, &prepared, adapters.clock.now())?;
    let opened = loaded.unwrap_or(opened.proof);
    let trust_watch = prepared.trust_watch.take();
    let (package, tries) = prepared.staff.take().unzip();
    let tries = tries.unwrap_or_default();
    let staff = package.as_ref().map(staff_of);
    let registry = registry(&log, &prepared, adapters.registry.take());
    let registry =
        registry.inspect_err(|halted| close_log(&mut log, prepared.on_duty.word(), halted, adapters.clock.now()))?;
    let (operator, device) = (prepared.on_duty.word().clone(), prepared.device.verifier().clone());
    let trust = Arc::new(prepared.trust.clone());
    let desk_cert = prepared.desk_cert.clone();
    let (context, mut state, signer) = brain(plan, prepared, staff, &log, (opened, began));
    let carry = plan.export().map(|folder| Carry { folder, desk_cert, device: signer });
    state.sign_in = tries;
    let contact = Arc::new(AtomicU64::new(NO_CONTACT));
    let (card, card_orders) = sync_channel(QUEUE_LEN);
    let (log_orders, log_queue) = sync_channel(QUEUE_LEN);
    let card_worker = CardWorker {
        reader: adapters.connector,
        trust,
        trust_watch,
        policy: plan.rules().inspection(),
        clock: Arc::clone(&adapters.clock),
        random: adapters.card_random,
        keeps_evidence: !recipient.is_empty(),
        keeps_portrait: plan.rules().rules().evidence_portrait,
        inbox: inbox.clone(),
        warmed: 0,
        resumption: None,
        current: Arc::clone(&contact),
    };
    let mut workers = Vec::new();
    let witness = adapters.witness.take();
    let anchors = witness.map(|link| witness_thread(link, plan.machine(), &log_orders, &mut workers)).transpose()?;
    let doctor = doctor_thread(plan, (Arc::clone(&adapters.clock), adapters.gauge.clone()), &inbox, &mut workers)?;
    let clock = Arc::clone(&adapters.clock);
    let evidence = EvidenceHand { recipient, waiting: None };
    let copy = plan.copy().map(|target| SecondCopy::start(plan.journal(), target));
    let copy = spawned(copy.transpose())?;
    let index = indexing::start(&log, plan.journal(), device, first_entry, inbox.clone());
    let index = index.map(|(orders, thread)| {
        workers.push(thread);
        orders
    });
    let (journal, gauge, own) = (plan.journal().to_owned(), adapters.gauge, inbox.clone());
    let log_hand =
        LogHand { log, operator, clock, inbox: own, journal, gauge, began, anchors, evidence, copy, carry, index };
    workers.extend([
        spawned(threads::spawn("card", move || card_worker.run(&card_orders)))?,
        spawned(threads::spawn("log", move || log_hand.run(&log_queue)))?,
    ]);
    hear(plan, adapters.watcher, &inbox, &mut workers)?;
    let registry =
        registry.map(|registry| ask_threads(registry, plan, &mut state, &inbox, &mut workers)).transpose()?;
    let pins = package.map(|package| pin_thread(package, &inbox, &mut workers)).transpose()?;
    let papers = paper_thread(plan, &inbox, &mut workers)?;
    let hands = Hands { card, log: log_orders, registry, pins, papers, doctor, sound: adapters.sound, contact };
    Ok(Started { context, state, hands, workers })
}

/// The threads that hear what people bring: a card in the field, a code before the scanner.
fn hear(
    plan: &DeskPlan,
    watcher: Box<dyn CardReader>,
    inbox: &SyncSender<Message>,
    workers: &mut Vec<std::thread::JoinHandle<()>>,
) -> Result<(), Halted> {
    let field = inbox.clone();
    workers.push(spawned(threads::spawn("reader", move || watch::watch(watcher, &field)))?);
    if let Some((port, baud)) = plan.scanner() {
        let (serial, inbox) = (SerialScanner::new(port, baud), inbox.clone());
        workers.push(spawned(threads::spawn("scanner", move || scanner::listen(serial, &inbox)))?);
    }
    Ok(())
}

/// What the brain goes by, and what it begins with: what the journal says is still open.
fn brain(
    plan: &DeskPlan,
    prepared: Prepared,
    staff: Option<Arc<Staff>>,
    log: &AttendanceLog<FileStore>,
    (opened, began): (Durable, Stamp),
) -> (Arc<Context>, State, Box<dyn NoteSigner>) {
    let on_duty = prepared.on_duty.clone();
    let (context, signer) = context(plan, prepared, staff, log.head().origin);
    let context = Arc::new(context);
    let mut state = State::new(&context, on_duty, log.arrivals(), opened, began);
    state.take_up_standing(&context, log.standing());
    (context, state, signer)
}

/// A recipient that is none would leave every decision without its evidence.
fn evidence_recipient(rules: &EffectiveRules) -> Result<String, Halted> {
    let recipient = &rules.rules().evidence_recipient;
    let checked = if recipient.is_empty() { Ok(()) } else { sealed::check_recipient(recipient) };
    checked.map_err(|error| halted_at(Failure::ConfigUnreadable, "evidence.recipient", error))?;
    Ok(recipient.clone())
}

/// The log says which package the desk works from, and what there is to say about who signed in.
fn package_loaded(
    log: &mut AttendanceLog<FileStore>,
    prepared: &Prepared,
    stamp: Stamp,
) -> Result<Option<Durable>, Halted> {
    let Some(package) = prepared.package.clone() else { return Ok(None) };
    let rows = u64::try_from(prepared.roster.len()).unwrap_or(u64::MAX);
    let event = AttendanceEvent::PackageLoaded { package, rows };
    let mut written = None;
    for event in [event].into_iter().chain(prepared.words.iter().cloned()) {
        let done = log.append(prepared.on_duty.word(), event, stamp);
        written = Some(done.map_err(|fault| halted(failure_of(&fault), fault))?.proof);
    }
    Ok(written)
}

/// A log that was opened for nothing says why, and ends in order.
fn close_log(log: &mut AttendanceLog<FileStore>, operator: &Code, halted: &Halted, stamp: Stamp) {
    let event = records::device("registry", halted.failure);
    let closed = log.append(operator, event, stamp).and_then(|_| log.close(operator, stamp));
    if let Err(fault) = closed {
        tracing::error!(%fault, "the log could not be closed");
    }
}

/// The registry's client. Questions are signed by the segment's key, which never leaves memory.
fn registry(
    log: &AttendanceLog<FileStore>,
    prepared: &Prepared,
    maker: Option<RegistryMaker>,
) -> Result<Option<Box<dyn Registry>>, Halted> {
    let Some(make) = maker else { return Ok(None) };
    let asker = asker(log.segment_key().clone(), prepared.device.as_ref(), prepared.desk_cert.clone())?;
    make(asker).map(Some)
}

/// The threads that keep and ask questions; what an earlier run left open is taken up.
fn ask_threads(
    registry: Box<dyn Registry>,
    plan: &DeskPlan,
    state: &mut State,
    inbox: &SyncSender<Message>,
    workers: &mut Vec<std::thread::JoinHandle<()>>,
) -> Result<SyncSender<RegistryOrder>, Halted> {
    let store = match PendingStore::open(plan) {
        Ok((store, left)) => {
            state.take_up(left);
            Some(store)
        }
        Err(error) => {
            tracing::error!(%error, "open questions are neither read nor kept");
            None
        }
    };
    spawned(questions::start(registry, store, inbox, workers))
}

fn pin_thread(
    package: OpenPackage,
    inbox: &SyncSender<Message>,
    workers: &mut Vec<std::thread::JoinHandle<()>>,
) -> Result<SyncSender<PinOrder>, Halted> {
    let (orders, queue) = sync_channel(1);
    let inbox = inbox.clone();
    workers.push(spawned(threads::spawn("pins", move || pins::check(&package, &queue, &inbox)))?);
    Ok(orders)
}

/// Where the board's rules allow papers, a thread that writes them.
fn paper_thread(
    plan: &DeskPlan,
    inbox: &SyncSender<Message>,
    workers: &mut Vec<std::thread::JoinHandle<()>>,
) -> Result<Option<SyncSender<PaperOrder>>, Halted> {
    let Some(folder) = papers::folder(&plan.rules().rules().paper_folder, plan.base()) else { return Ok(None) };
    let list = papers::list_name(&plan.machine().desk.id, plan.session_id());
    let place = PaperPlace { folder, own: plan.journal().to_owned(), list, medium: Disk };
    let (orders, queue) = sync_channel(PAPERS_QUEUED);
    let inbox = inbox.clone();
    workers.push(spawned(threads::spawn("papers", move || papers::run(place, &queue, &inbox)))?);
    Ok(Some(orders))
}

/// Looks at the machine whenever the page asks for it: nobody waits for a slow disk.
fn doctor_thread(
    plan: &DeskPlan,
    (clock, gauge): (Arc<dyn Clock + Sync>, Gauge),
    inbox: &SyncSender<Message>,
    workers: &mut Vec<std::thread::JoinHandle<()>>,
) -> Result<SyncSender<()>, Halted> {
    let (orders, queue) = sync_channel(1);
    let (journal, inbox) = (plan.journal().to_owned(), inbox.clone());
    workers.push(spawned(threads::spawn("doctor", move || {
        while queue.recv().is_ok() {
            let found = readiness::machine(&journal, clock.as_ref(), &gauge);
            let _ = inbox.send(Message::Event(Event::Examined(found)));
        }
    }))?);
    Ok(orders)
}

/// A list, a form and the end of the list: no more is ever out at once.
const PAPERS_QUEUED: usize = 4;

fn witness_thread(
    link: WitnessLink,
    config: &DeskConfig,
    log: &SyncSender<LogOrder>,
    workers: &mut Vec<std::thread::JoinHandle<()>>,
) -> Result<Anchors, Halted> {
    let (heads, queue) = sync_channel(1);
    let answers = log.clone();
    workers.push(spawned(threads::spawn("witness", move || carry(link, &queue, &answers)))?);
    Ok(Anchors { schedule: Schedule::new(&config.witness), heads })
}

fn open_log(
    plan: &DeskPlan,
    prepared: &Prepared,
    adapters: &mut Adapters,
) -> Result<(AttendanceLog<FileStore>, Appended), Halted> {
    let journal = plan.journal();
    let place = || journal.display().to_string();
    let store = FileStore::open(journal).map_err(|error| halted_at(Failure::LogUnwritable, &place(), error))?;
    if let Ok(Space::TooLittle { .. }) = (adapters.gauge)(journal) {
        return Err(Halted { failure: Failure::DiskFull, detail: place() });
    }
    let trust_store = prepared.trust.version().to_owned();
    let (cert, operator) = (prepared.desk_cert.clone(), prepared.on_duty.word().clone());
    let opening = opening(plan, prepared.device.as_ref(), cert, operator, trust_store);
    let outside_head = Some(outside_head(adapters.witness.as_mut(), &plan.log_name().log()));
    let basis = OpenBasis { board_keys: prepared.board_keys, outside_head, ..opening.basis.clone() };
    let opening = Opening { revocations: prepared.revocations, package: prepared.package.clone(), basis, ..opening };
    AttendanceLog::open(store, &opening, adapters.clock.now(), adapters.key_random.as_mut()).map_err(|fault| {
        let named = fault == LogFault::BadName;
        let place = if named { "exam.board, exam.id, desk.id, session.id".to_owned() } else { place() };
        halted_at(failure_of(&fault), &place, fault)
    })
}

/// Those whom the package lets stand beside whoever is on duty.
fn staff_of(package: &OpenPackage) -> Arc<Staff> {
    Arc::new(Staff { operators: package.front().operators.clone(), site: package.note().site.clone() })
}

/// With it, what signs for this desk.
fn context(
    plan: &DeskPlan,
    prepared: Prepared,
    staff: Option<Arc<Staff>>,
    origin: String,
) -> (Context, Box<dyn NoteSigner>) {
    let Prepared { roster, exam_key, portraits, cosigner, device, .. } = prepared;
    let place = plan.place();
    let expected = roster.count_at(&place);
    let rooms = roster.rooms_at(&place);
    let context = Context {
        roster,
        portraits,
        place,
        rooms,
        policy: DeskPolicy { registry_cosigner: cosigner, ..plan.policy() },
        staff,
        labels: plan.labels(),
        exam_key,
        utc_offset: plan.utc_offset(),
        training: plan.is_training(),
        outside_package: plan.rules().is_outside_package(),
        origin,
        expected,
    };
    (context, device)
}

fn spawned<T>(result: std::io::Result<T>) -> Result<T, Halted> {
    result.map_err(|error| halted(Failure::LogUnwritable, error))
}

fn halted(failure: Failure, cause: impl std::fmt::Display) -> Halted {
    Halted { failure, detail: cause.to_string() }
}

/// Reads the configuration file at `path`; returns it with the folder its relative paths count from.
///
/// # Errors
/// A halted desk that names the unknown key, or the line that cannot be read. The diagnostics have been told.
pub fn read_config(path: &Path) -> Result<(DeskConfig, PathBuf), Halted> {
    let text = small_text(path, Failure::ConfigUnreadable).inspect_err(diagnose)?;
    let config = super::config::parse(&text).map_err(|error| {
        let unknown = super::config::is_unknown_key(&error);
        let failure = if unknown { Failure::ConfigUnknownKey } else { Failure::ConfigUnreadable };
        halted_at(failure, &place_of(path, &text, &error), error.message())
    });
    Ok((config.inspect_err(diagnose)?, path.parent().map(Path::to_owned).unwrap_or_default()))
}

/// The file and the line that `error` is about, counted from one.
fn place_of(path: &Path, text: &str, error: &toml::de::Error) -> String {
    let before = error.span().and_then(|span| text.get(..span.start)).unwrap_or_default();
    format!("{}, line {}", path.display(), before.matches('\n').count() + 1)
}
