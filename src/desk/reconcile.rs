//! Asks the registry again for everything that is still open at this desk, session by session, without a window.
//!
//! Each question keeps its id and goes out under the key of a new segment of its own session's log, as it does when a
//! desk starts again. A session whose desk runs is left to that desk, which asks by itself.
//!
//! Invariant: an answer is in the log before its question is forgotten.

use crate::config::DeskConfig;
use crate::keys::{desk_cert, device_key};
use crate::opening::opening;
use crate::package::{OpenPackage, Packages, peeked};
use crate::pending::{PendingError, PendingStore};
use crate::plan::{DeskPlan, PENDING_FOLDER};
use crate::registry::{RegistryMaker, asker, client, cosigner};
use crate::sessions::{chosen, known};
use bits::random::Random;
use bits::stamp::Clock;
use checkin::cosigned::{OwnLog, judge_cosigned};
use checkin::records;
use checkin::state::Halted;
use host::disk::{FileStore, JournalError};
use record::segment::{SegmentContent, read_segment};
use record::{
    ArrivalIndex, AttendanceLog, Code, EntryRef, LogFault, LogStore as _, OpenNews, Opening, Standing, StoreFault,
};
use registry::{Answer, Asked, Query, Registry, Reply};
use std::path::Path;
use tlog::{CosignatureKey, NoteSigner, NoteVerifier};

/// Why a session's questions were not asked.
#[derive(Debug, thiserror::Error)]
pub enum ReconcileError {
    /// Configuration, key or registry cannot be used.
    #[error("{}: {}", .0.failure.code(), .0.detail)]
    Config(Halted),
    /// This desk asks no registry.
    #[error("registry.url is empty: this desk asks no registry")]
    NoRegistry,
    /// The journal cannot be had.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// The journal cannot be read.
    #[error(transparent)]
    Store(#[from] StoreFault),
    /// The log cannot be written, or was damaged.
    #[error(transparent)]
    Log(#[from] LogFault),
    /// The kept questions cannot be opened.
    #[error("{0}")]
    Pending(String),
}

impl From<PendingError> for ReconcileError {
    fn from(error: PendingError) -> Self {
        Self::Pending(error.to_string())
    }
}

impl ReconcileError {
    /// True where a desk that runs has the journal, and asks by itself.
    pub fn is_running(&self) -> bool {
        matches!(self, Self::Journal(JournalError::InUse))
    }
}

/// What a session came to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reconciled {
    /// Questions that were asked again.
    pub asked: usize,
    /// Those among them with an answer that counts.
    pub answered: usize,
    /// Questions of this session's log that have no answer that counts.
    pub open: usize,
    /// What the registry said against people who were in, now or before, and nobody has answered for.
    pub late: Vec<LateWord>,
}

/// What the registry said against somebody who was in already, and nobody has answered for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LateWord {
    /// What it said, and when.
    pub news: OpenNews,
    /// The arrival that it is about.
    pub arrival: EntryRef,
}

/// The sessions whose questions are asked again: the one that is named, or all that this desk has a journal of.
///
/// # Errors
/// A halted desk with its configuration's fault.
pub fn plans(config: &DeskConfig, base: &Path, named: Option<&str>) -> Result<Vec<DeskPlan>, Halted> {
    if config.paths.packages.is_none() {
        return Ok(vec![DeskPlan::of_files(config, base)?]);
    }
    // One that this desk never had would get a journal by being asked about.
    if named.is_some() {
        let session = chosen(config, base, named)?;
        return Ok(vec![planned(config, base, session.session_id())?]);
    }
    known(config, base).iter().map(|session| planned(config, base, session)).collect()
}

/// The plan of a session with the rules of its package, where that lies here still: it may name the registry's key.
fn planned(config: &DeskConfig, base: &Path, session: &str) -> Result<DeskPlan, Halted> {
    match kept_package(config, base, session)? {
        Some(package) => DeskPlan::of_package(config, base, package.front()),
        None => DeskPlan::of_session(config, base, session),
    }
}

fn kept_package(config: &DeskConfig, base: &Path, session: &str) -> Result<Option<OpenPackage>, Halted> {
    let Some(packages) = Packages::open(config, base)? else { return Ok(None) };
    let paths = packages.shelf.packages().unwrap_or_default();
    let path = paths.into_iter().find(|path| peeked(path).is_some_and(|note| note.session == session));
    // One that cannot be read any more brings no rules; the journal is asked about all the same.
    Ok(path.and_then(|path| packages.read_whatever_its_age(&path).ok()))
}

/// Asks the open questions of one session again. `progress` is told how many of how many are done.
///
/// # Errors
/// [`ReconcileError`]. What was answered before is in the log.
pub fn reconcile(
    plan: &DeskPlan,
    clock: &dyn Clock,
    random: &mut dyn Random,
    progress: &dyn Fn(usize, usize),
) -> Result<Reconciled, ReconcileError> {
    let (machine, base) = (plan.machine(), plan.base());
    let device = device_key(machine, base).map_err(ReconcileError::Config)?;
    let mut store = FileStore::open(plan.journal())?;
    let (store_of_questions, left) = match plan.journal().join(PENDING_FOLDER).is_dir() {
        true => PendingStore::open(plan).map(|(kept, left)| (Some(kept), left))?,
        false => (None, Vec::new()),
    };
    let Some(kept) = store_of_questions.filter(|_| !left.is_empty()) else {
        let (standing, arrivals) = said_before(&mut store, device.verifier())?;
        return Ok(Reconciled::of(&standing, &arrivals, 0, 0));
    };
    let maker = client(plan).map_err(ReconcileError::Config)?.ok_or(ReconcileError::NoRegistry)?;
    let mut desk = Reconciler::open(plan, store, device.as_ref(), maker, kept, (clock, random))?;
    let total = left.len();
    for (done, (query, _)) in left.into_iter().enumerate() {
        progress(done, total);
        desk.ask(query, clock)?;
        if desk.silent_in_a_row == HOPELESS {
            break;
        }
    }
    progress(total, total);
    desk.close(clock)
}

/// A log that was opened to be asked about again.
struct Reconciler {
    log: AttendanceLog<FileStore>,
    registry: Box<dyn Registry>,
    cosigner: Option<CosignatureKey>,
    kept: PendingStore,
    operator: Code,
    asked: usize,
    answered: usize,
    silent_in_a_row: usize,
}

impl Reconciler {
    fn open(
        plan: &DeskPlan,
        store: FileStore,
        device: &dyn NoteSigner,
        maker: RegistryMaker,
        kept: PendingStore,
        (clock, random): (&dyn Clock, &mut dyn Random),
    ) -> Result<Self, ReconcileError> {
        let (machine, base) = (plan.machine(), plan.base());
        let cert = desk_cert(machine, base).map_err(ReconcileError::Config)?;
        let operator = operator(plan);
        let opening: Opening<'_> = opening(plan, device, cert.clone(), operator.clone(), String::new());
        let cosigner = cosigner(&machine.registry, base).map_err(ReconcileError::Config)?;
        let (mut log, _) = AttendanceLog::open(store, &opening, clock.now(), random)?;
        let registry = match asker(log.segment_key().clone(), device, cert).and_then(maker) {
            Ok(registry) => registry,
            Err(halted) => {
                log.close(&operator, clock.now())?;
                return Err(ReconcileError::Config(halted));
            }
        };
        Ok(Self { log, registry, cosigner, kept, operator, asked: 0, answered: 0, silent_in_a_row: 0 })
    }

    fn ask(&mut self, mut query: Query, clock: &dyn Clock) -> Result<(), ReconcileError> {
        let head = self.log.head();
        query.asked = Asked { origin: head.origin, size: head.size, root: head.root };
        let reply = self.registry.ask(&query);
        self.asked += 1;
        self.log.append(&self.operator, records::answer(query.request_id, &reply), clock.now())?;
        self.cosigned(&reply, clock)?;
        if matches!(reply.answer, Answer::NotAsked { .. } | Answer::Refused { .. }) {
            self.silent_in_a_row += 1;
            return Ok(());
        }
        (self.answered, self.silent_in_a_row) = (self.answered + 1, 0);
        self.kept.forget(query.request_id);
        Ok(())
    }

    /// The registry signed the head that the question named: an anchor, or an entry that says why it is none.
    fn cosigned(&mut self, reply: &Reply, clock: &dyn Clock) -> Result<(), ReconcileError> {
        let (Some(key), Some(signed)) = (&self.cosigner, &reply.cosigned) else { return Ok(()) };
        let (origin, now) = (self.log.head().origin, clock.now());
        let own = OwnLog { origin: &origin, size: self.log.size(), now: now.wall, tolerance_s: CLOCK_TOLERANCE_S };
        let event = match judge_cosigned(key, signed, own) {
            Ok(witnessed) => records::anchor(&witnessed),
            Err(why) => records::device_news("registry-cosigner", why),
        };
        self.log.append(&self.operator, event, now)?;
        Ok(())
    }

    fn close(mut self, clock: &dyn Clock) -> Result<Reconciled, ReconcileError> {
        self.log.close(&self.operator, clock.now())?;
        Ok(Reconciled::of(self.log.standing(), self.log.arrivals(), self.asked, self.answered))
    }
}

impl Reconciled {
    /// 0: nothing is open; 1: questions wait still; 2: the registry says something against somebody who is in.
    pub fn exit_code(&self) -> u8 {
        match (self.late.is_empty(), self.open) {
            (false, _) => 2,
            (true, 0) => 0,
            (true, _) => 1,
        }
    }

    /// News about somebody whose arrival was undone meanwhile is nobody's.
    fn of(standing: &Standing, arrivals: &ArrivalIndex, asked: usize, answered: usize) -> Self {
        let word = |news: &OpenNews| Some(LateWord { arrival: arrivals.get(news.cand)?.entry, news: news.clone() });
        let late = standing.news().iter().filter_map(word).collect();
        Self { asked, answered, open: standing.unanswered(), late }
    }
}

/// Who stands for the entries: at a desk that works from packages nobody has proved to be anybody.
fn operator(plan: &DeskPlan) -> Code {
    let config = plan.machine();
    let named = config.paths.packages.is_none().then(|| Code::new(&config.desk.operator).ok()).flatten();
    named.unwrap_or_else(Code::unknown)
}

/// What stands in a journal that nothing is written to.
fn said_before(store: &mut FileStore, device: &NoteVerifier) -> Result<(Standing, ArrivalIndex), ReconcileError> {
    let (mut standing, mut arrivals) = (Standing::default(), ArrivalIndex::default());
    for segment in store.segments()? {
        let content = read_segment(&store.read(segment)?, device).map_err(|_| LogFault::Damaged { segment })?;
        if let SegmentContent::Good(good) = content {
            for entry in &good.entries {
                arrivals.apply(segment, entry);
                standing.apply(entry);
            }
        }
    }
    Ok((standing, arrivals))
}

/// After so many questions in a row without an answer the others would end the same way, and take minutes.
const HOPELESS: usize = 3;
/// How far the registry's time under a head may be from this desk's, in seconds: as a desk that runs takes it.
const CLOCK_TOLERANCE_S: i64 = 120;
