//! The log that is written: one segment, one append at a time.

mod ending;

use super::durable::{Appended, Durable};
use super::entry::{ENTRY_VERSION, Entry, whole_ms};
use super::frame::{self, FrameKind, MAX_ENTRY_LEN};
use super::history::{History, SegmentHead};
use super::ids::{DeskId, ExamId, SessionId};
use super::{
    ArrivalIndex, AttendanceEvent, Code, Digest, LogStore, OpenBasis, Opened, OutsideHead, PackageRef, Standing,
    StoreFault, Totals, statement,
};
use bits::random::Random;
use bits::stamp::Stamp;
use jiff::Timestamp;
use std::sync::Arc;
use tlog::checkpoint::Checkpoint;
use tlog::presenting::{self, Presentation, PresentedSegment};
use tlog::tree::{Hash, Tree, leaf_hash};
use tlog::witness::Introduction;
use tlog::{NoteError, NoteKey, NoteSigner};

/// Whose log it is: the parts of an origin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogName {
    /// The board's domain, `so.example`: one board, one domain, for all its exams.
    pub board: String,
    /// The exam's word from the board's settings, `tn2026`.
    pub exam: ExamId,
    /// The desk's id in its certificate, `ban-01`; one journal belongs to one desk.
    pub desk: DeskId,
    /// The session's word, `b1`: a desk begins a log for each.
    pub session: SessionId,
}

impl LogName {
    /// The origin of a segment: `<board-domain>/<exam>/<desk>/<session>/<nnn>`.
    pub fn origin(&self, segment: u32) -> String {
        format!("{}/{segment:03}", self.log())
    }

    /// The name of the log over all its segments: an origin without the number.
    pub fn log(&self) -> String {
        format!("{}/{}/{}/{}", self.board, self.exam, self.desk, self.session)
    }

    /// The board's domain comes from the name of its key; the rest was read where it came in.
    fn is_good(&self) -> bool {
        let byte_is_good = |byte: u8| byte.is_ascii_graphic() && byte != b'+' && byte != b'/';
        !self.board.is_empty() && self.board.bytes().all(byte_is_good)
    }
}

/// What a segment is opened with.
pub struct Opening<'a> {
    /// Whose log it is.
    pub name: LogName,
    /// The device key, which endorses the segment's key.
    pub device: &'a dyn NoteSigner,
    /// The board's note over the device key; empty in training without one.
    pub desk_cert: String,
    /// True where the log must never count as live.
    pub training: bool,
    /// The operating system's id of this boot.
    pub boot_id: String,
    /// The code of who signed in, as the package lists it.
    pub operator: Code,
    /// What the desk works from; nothing where it reads a list of its own.
    pub package: Option<PackageRef>,
    /// SHA-256 of the rules in force as a file: of the package's settings, or of `desk.toml`.
    pub policy_sha256: Digest,
    /// What the trust store calls itself in its manifest, or a digest of its files.
    pub trust_store: String,
    /// Name and version of the program.
    pub program: String,
    /// SHA-256 of the program file.
    pub program_sha256: Option<Digest>,
    /// The number of the revocation list that the desk knows.
    pub revocations: Option<u32>,
    /// What else the desk knows; `OpenBasis::default()` says nothing.
    pub basis: OpenBasis,
}

/// Why nothing was acknowledged.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LogFault {
    /// The store failed. The log is stopped from now on.
    #[error("the log cannot be written: {0}")]
    Store(#[from] StoreFault),
    /// An earlier append failed: this log never acknowledges again. A restart opens a new segment.
    #[error("the log was stopped by an earlier failure")]
    Stopped,
    /// The segment was closed.
    #[error("the segment is closed")]
    Closed,
    /// The entry is larger than an entry may be.
    #[error("the entry has {bytes} bytes")]
    EntryTooLong {
        /// Its bytes.
        bytes: usize,
    },
    /// An event that only the log itself writes.
    #[error("this event is written by the log itself")]
    OwnEvent,
    /// The boot clock went back within one boot.
    #[error("the boot clock went back by {by_ms} ms")]
    BootClockFell {
        /// By how much.
        by_ms: u64,
    },
    /// A part of the log's name cannot stand in an origin.
    #[error("a part of the log's name is empty or has a space, a slash or a plus sign")]
    BadName,
    /// The device key did not sign: its token or TPM cannot be used.
    #[error("the device key did not sign")]
    DeviceKey,
    /// An undo names no arrival that counts.
    #[error("there is no arrival to undo")]
    NothingToUndo,
    /// An earlier segment was damaged or tampered with: an alarm, not a torn append.
    #[error("segment {segment} was damaged or changed")]
    Damaged {
        /// Which.
        segment: u32,
    },
    /// An earlier segment belongs to another desk, exam or session.
    #[error("segment {segment} belongs to another log")]
    ForeignSegment {
        /// Which.
        segment: u32,
    },
}

/// One desk's log, open for writing.
pub struct AttendanceLog<S: LogStore> {
    store: S,
    key: NoteKey,
    segment: u32,
    boot: String,
    state: State,
    tree: Tree,
    leaves: Vec<Hash>,
    name: String,
    introduction: Introduction,
    presented: Arc<[PresentedSegment]>,
    was_told: bool,
    falls_short: bool,
    checkpoint: String,
    last: Option<LastTime>,
    arrivals: ArrivalIndex,
    standing: Standing,
    totals: Totals,
    earlier: Vec<SegmentHead>,
}

impl<S: LogStore> AttendanceLog<S> {
    /// Reads every earlier segment, creates a new one and writes its `open` entry.
    ///
    /// # Errors
    /// [`LogFault`].
    pub fn open(
        mut store: S,
        opening: &Opening<'_>,
        stamp: Stamp,
        random: &mut dyn Random,
    ) -> Result<(Self, Appended), LogFault> {
        if !opening.name.is_good() {
            return Err(LogFault::BadName);
        }
        let history = History::read(&mut store, &opening.name, opening.device.verifier())?;
        let segment = history.next_segment;
        let key = NoteKey::generate(&opening.name.origin(segment), random).map_err(|_| LogFault::BadName)?;
        // Asked before the segment exists: a device key that does not sign leaves no empty segment behind.
        let opened = opened(opening, &key, &history)?;
        store.create(segment)?;
        let falls_short = falls_short(&opened, &history.presented);
        let mut log = Self {
            store,
            key,
            segment,
            boot: opening.boot_id.clone(),
            state: State::Running,
            tree: Tree::default(),
            leaves: Vec::new(),
            name: opening.name.log(),
            introduction: opened.introduction(String::new()),
            presented: history.presented.into(),
            was_told: was_told(&opened),
            falls_short,
            checkpoint: String::new(),
            last: None,
            arrivals: history.arrivals,
            standing: history.standing,
            totals: Totals::default(),
            earlier: history.heads,
        };
        let (proof, entry) = log.write(&opening.operator, AttendanceEvent::Open(Box::new(opened)), stamp)?;
        log.introduction.opened = entry.encode().map(lossless).unwrap_or_default();
        // The first entry stands at its own time; the jump from the segment before follows it.
        let here = std::mem::replace(&mut log.last, history.last);
        let jump = log.record_clock_jump(&opening.operator, stamp)?;
        log.last = here;
        let appended = Appended { proof, entries: [entry].into_iter().chain(jump).collect(), root: log.tree.root() };
        Ok((log, appended))
    }

    /// Writes one event and makes it durable. A jump of the wall clock is recorded before it.
    ///
    /// # Errors
    /// [`LogFault`]. After [`LogFault::Store`] every call ends in [`LogFault::Stopped`].
    pub fn append(&mut self, operator: &Code, event: AttendanceEvent, stamp: Stamp) -> Result<Appended, LogFault> {
        use AttendanceEvent::{ClockJump, Close, Open, Undo};
        self.require_running()?;
        match &event {
            Open(_) | ClockJump { .. } | Close { .. } => return Err(LogFault::OwnEvent),
            Undo { refers, .. } if self.arrivals.candidate_of(*refers).is_none() => {
                return Err(LogFault::NothingToUndo);
            }
            _ => (),
        }
        self.write_behind_jump(operator, event, stamp)
    }

    /// Who is in, over all segments.
    pub fn arrivals(&self) -> &ArrivalIndex {
        &self.arrivals
    }

    /// What is still open, over all segments.
    pub fn standing(&self) -> &Standing {
        &self.standing
    }

    /// Sums of this segment so far.
    pub fn totals(&self) -> Totals {
        Totals { arrived: u64::try_from(self.arrivals.len()).unwrap_or(u64::MAX), ..self.totals }
    }

    /// The head of the log: what an outside witness is told.
    pub fn head(&self) -> Checkpoint {
        Checkpoint { origin: self.key.verifier().name().to_owned(), size: self.tree.size(), root: self.tree.root() }
    }

    /// The last durable checkpoint, as a signed note.
    pub fn checkpoint(&self) -> &str {
        &self.checkpoint
    }

    /// The whole log as a witness gets to see it.
    pub fn presentation(&self) -> Presentation {
        let current = PresentedSegment {
            introduction: self.introduction.clone(),
            leaves: self.leaves.clone(),
            checkpoint: self.checkpoint.clone(),
        };
        Presentation { log: self.name.clone(), earlier: Arc::clone(&self.presented), current }
    }

    /// True when the witness had signed a head, before this segment was opened, that the segments before do not hold:
    /// the journal is gone, or an old copy or another one stands in its place.
    pub fn falls_short(&self) -> bool {
        self.falls_short
    }

    /// True when a witness could be asked how far it has seen this log before this segment was opened.
    pub fn was_told(&self) -> bool {
        self.was_told
    }

    /// Entries of this segment.
    pub fn size(&self) -> u64 {
        self.tree.size()
    }

    /// How far each earlier segment goes, in order.
    pub fn earlier(&self) -> &[SegmentHead] {
        &self.earlier
    }

    /// The segment's number.
    pub fn segment(&self) -> u32 {
        self.segment
    }

    /// The segment's key, for questions to the registry. It must stay in memory.
    pub fn segment_key(&self) -> &NoteKey {
        &self.key
    }

    /// True when nothing will be acknowledged any more because a write or flush failed.
    pub fn is_stopped(&self) -> bool {
        matches!(self.state, State::Stopped | State::Full)
    }

    /// True when the last entry was written.
    pub fn is_closed(&self) -> bool {
        self.state == State::Closed
    }

    /// The store, for reading all segments before an export.
    pub fn store_mut(&mut self) -> &mut S {
        &mut self.store
    }

    fn require_running(&self) -> Result<(), LogFault> {
        match self.state {
            State::Running => Ok(()),
            State::Stopped | State::Full => Err(LogFault::Stopped),
            State::Closed => Err(LogFault::Closed),
        }
    }

    fn write_behind_jump(
        &mut self,
        operator: &Code,
        event: AttendanceEvent,
        stamp: Stamp,
    ) -> Result<Appended, LogFault> {
        let jump = self.record_clock_jump(operator, stamp)?;
        let (proof, entry) = self.write(operator, event, stamp)?;
        Ok(self.appended(proof, jump, entry))
    }

    fn appended(&self, proof: Durable, jump: Option<Entry>, entry: Entry) -> Appended {
        Appended { proof, entries: jump.into_iter().chain([entry]).collect(), root: self.tree.root() }
    }

    /// The wall clock may fall, or run away from the boot clock, only where an entry says so: this one.
    fn record_clock_jump(&mut self, operator: &Code, stamp: Stamp) -> Result<Option<Entry>, LogFault> {
        let Some(last) = self.last.clone() else { return Ok(None) };
        let wall_ms = stamp.wall.as_millisecond().saturating_sub(last.wall.as_millisecond());
        let same_boot = last.boot == self.boot;
        if same_boot && stamp.boot_ms < last.boot_ms {
            return Err(LogFault::BootClockFell { by_ms: last.boot_ms - stamp.boot_ms });
        }
        let boot_ms = i64::try_from(stamp.boot_ms.saturating_sub(last.boot_ms)).unwrap_or(i64::MAX);
        let by_ms = if same_boot { wall_ms.saturating_sub(boot_ms) } else { wall_ms };
        let jumped = wall_ms < 0 || same_boot && by_ms.abs() > CLOCK_JUMP_MS;
        if !jumped {
            return Ok(None);
        }
        let (_, entry) = self.write(operator, AttendanceEvent::ClockJump { by_ms }, stamp)?;
        Ok(Some(entry))
    }

    /// One write of both frames, one flush; only then does the entry exist for anybody.
    fn write(&mut self, operator: &Code, event: AttendanceEvent, stamp: Stamp) -> Result<(Durable, Entry), LogFault> {
        let entry = self.entry(operator, event, stamp);
        let bytes = entry.encode().ok_or(LogFault::EntryTooLong { bytes: 0 })?;
        if bytes.len() > MAX_ENTRY_LEN {
            return Err(LogFault::EntryTooLong { bytes: bytes.len() });
        }
        let mut tree = self.tree.clone();
        let leaf = leaf_hash(&bytes);
        tree.push(leaf);
        let (size, root) = (tree.size(), tree.root());
        let head = Checkpoint { origin: self.key.verifier().name().to_owned(), size, root };
        let checkpoint = head.sign(&self.key).map_err(|_| LogFault::BadName)?;
        let mut frames = frame::encode(FrameKind::Entry, &bytes);
        frames.extend_from_slice(&frame::encode(FrameKind::Checkpoint, checkpoint.as_bytes()));
        self.flush(&frames)?;
        self.tree = tree;
        self.leaves.push(leaf);
        self.checkpoint = checkpoint;
        self.take_in(&entry);
        let durable = Durable { segment: self.segment, seq: entry.seq, at: entry.t, root };
        Ok((durable, entry))
    }

    fn entry(&self, operator: &Code, event: AttendanceEvent, stamp: Stamp) -> Entry {
        Entry {
            v: ENTRY_VERSION,
            seq: self.tree.size(),
            t: whole_ms(stamp.wall),
            bt: stamp.boot_ms,
            boot: self.boot.clone(),
            op: operator.clone(),
            event,
        }
    }

    fn flush(&mut self, frames: &[u8]) -> Result<(), LogFault> {
        // Stopped first: whatever happens below, no later call may write behind a half-written frame, and a
        // failed flush is never tried again (the pages may be marked clean though they never reached the disk).
        self.state = State::Stopped;
        let written = self.store.write(frames).inspect_err(|fault| {
            // The store says that nothing was written: the segment is whole, and its end may still be written.
            if *fault == StoreFault::NoSpace {
                self.state = State::Full;
            }
        })?;
        if written != frames.len() {
            return Err(StoreFault::ShortWrite { written, wanted: frames.len() }.into());
        }
        self.store.sync()?;
        self.state = State::Running;
        Ok(())
    }

    fn take_in(&mut self, entry: &Entry) {
        self.last = Some(LastTime { wall: entry.t, boot_ms: entry.bt, boot: entry.boot.clone() });
        self.arrivals.apply(self.segment, entry);
        self.standing.apply(entry);
        self.totals.count(&entry.event);
    }
}

/// The times of the last entry.
#[derive(Debug, Clone)]
pub(super) struct LastTime {
    pub(super) wall: Timestamp,
    pub(super) boot_ms: u64,
    pub(super) boot: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Running,
    Stopped,
    /// Stopped by a full disk before anything of the entry was written.
    Full,
    Closed,
}

fn endorsement(key: &NoteKey, device: &dyn NoteSigner) -> Result<String, LogFault> {
    statement::endorse(key.verifier(), device).map_err(|error| match error {
        NoteError::Device | NoteError::BadSignature => LogFault::DeviceKey,
        _ => LogFault::BadName,
    })
}

fn was_told(opened: &Opened) -> bool {
    matches!(opened.outside_head, Some(OutsideHead::Nothing | OutsideHead::Head { .. }))
}

/// A head that cannot be read is none that these segments hold.
fn falls_short(opened: &Opened, segments: &[PresentedSegment]) -> bool {
    let Some(OutsideHead::Head { note }) = &opened.outside_head else { return false };
    let text = note.find("\n\n").and_then(|end| note.get(..=end));
    !text.and_then(Checkpoint::parse).is_some_and(|head| presenting::holds(segments, &head))
}

fn lossless(json: Vec<u8>) -> String {
    String::from_utf8(json).unwrap_or_default()
}

fn opened(opening: &Opening<'_>, key: &NoteKey, history: &History) -> Result<Opened, LogFault> {
    let basis = opening.basis.clone();
    Ok(Opened {
        origin: key.verifier().name().to_owned(),
        segment: history.next_segment,
        endorsement: endorsement(key, opening.device)?,
        desk_cert: opening.desk_cert.clone(),
        training: opening.training,
        prev: history.prev.clone(),
        abandoned: history.abandoned.clone(),
        package: opening.package.clone(),
        policy_sha256: opening.policy_sha256,
        trust_store: opening.trust_store.clone(),
        program: opening.program.clone(),
        program_sha256: opening.program_sha256,
        revocations: opening.revocations,
        board_keys: basis.board_keys,
        rules: basis.rules,
        outside_head: basis.outside_head,
    })
}

/// How far wall and boot clock may drift apart between two entries before it is a jump.
const CLOCK_JUMP_MS: i64 = 2_000;
