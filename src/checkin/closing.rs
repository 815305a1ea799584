//! The end of a session: what is asked before, and what is carried away afterwards.
//!
//! | Unsent | whom it is for | sent when |
//! |---|---|---|
//! | somebody waits | the head of site | decided on |
//! | bad news about somebody who is in | the head of site | answered by name |
//! | scripts that the rules ask for | the board | the room's number is typed in |
//! | the log, where it is carried off from here | the board | exported and read back, and no decision since |
//!
//! Questions to the registry hold nobody up: they stand in the last entry, and what was asked goes out sealed for the
//! board.
//!
//! Invariant: a session with something unsent ends by two people, each by PIN, or not at all.

use crate::context::Context;
use crate::event::ClosedLog;
use crate::exception::Step;
use crate::state::State;
use bits::base32;
use bits::qr::QrMatrix;
use record::CandidateRef;
use roster::CandidateId;
use std::collections::BTreeMap;
use std::sync::Arc;
use tlog::tree::Hash;

/// The most scripts that one room can have; what is longer is a slip or a scan.
pub const MAX_SCRIPTS: u64 = 9_999;

/// The session is being ended.
#[derive(Debug, Clone)]
pub enum Closing {
    /// The summary stands there; somebody has to say yes.
    Asking(Asking),
    /// What stands on paper is being taken away, since this moment of the boot clock.
    Wiping {
        /// Since when.
        since_ms: u64,
    },
    /// The last entry is being written.
    Writing,
    /// The log is closed.
    Closed(Arc<LogHead>),
}

/// Before the end.
#[derive(Debug, Clone)]
pub struct Asking {
    /// The rooms of this place, in order.
    pub rooms: Arc<[RoomSummary]>,
    /// Whom the summary counts outside them.
    pub beside: Beside,
    /// Who belongs here and is not in, by SBD.
    pub people: Arc<OutsidePeople>,
    /// What is being done.
    pub stage: AskingStage,
}

/// What is being done before the end.
#[derive(Debug, Clone)]
pub enum AskingStage {
    /// The summary is read.
    Summary,
    /// The scripts of the room with this number are typed.
    Counting {
        /// Which room.
        room: usize,
        /// The last text was no number of scripts.
        wrong: bool,
    },
    /// Whoever cannot hold a key down types how many are in, in place of it.
    Typing(TypedArrivals),
    /// A number is being written.
    Keeping,
    /// The log is being carried off.
    Exporting,
    /// Two people end it although something is unsent.
    Overruling(Step),
}

/// How many are in, as somebody counted and typed it: it ends nothing, it lets a press do so that is no hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TypedArrivals {
    /// Nothing yet.
    Nothing,
    /// A text that is no number.
    NoNumber,
    /// This many.
    Number(u64),
}

impl TypedArrivals {
    /// It is what this desk has counted.
    pub(super) fn agrees(self, arrived: usize) -> bool {
        self == Self::Number(u64::try_from(arrived).unwrap_or(u64::MAX))
    }
}

/// A room of this place, counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoomSummary {
    /// The room, as the list writes it.
    pub room: String,
    /// How many belong there.
    pub expected: usize,
    /// How many of them are in.
    pub arrived: usize,
    /// How many of them wait for the head of site.
    pub waiting: usize,
}

/// Who stands in no room of this place.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Beside {
    /// Let in here, and expected elsewhere.
    pub guests: usize,
    /// Shown the way to another place.
    pub directed: usize,
    /// Waiting here, and of no room of this place.
    pub waiting: usize,
}

/// Who belongs to this place and is not in, by SBD, each once.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OutsidePeople {
    /// Nothing is known of them here.
    pub absent: Vec<String>,
    /// They wait for the head of site.
    pub waiting: Vec<String>,
    /// They were not let in.
    pub not_admitted: Vec<String>,
}

impl OutsidePeople {
    fn of(context: &Context, state: &State) -> Self {
        let mut people = Self::default();
        for id in context.roster.rows_at(&context.place) {
            let cand = CandidateRef(id.0);
            let list = match () {
                () if state.arrivals.contains_key(&cand) => continue,
                () if state.waiting.iter().any(|one| one.candidate == Some(id)) => &mut people.waiting,
                () if state.not_admitted.contains(&cand) => &mut people.not_admitted,
                () => &mut people.absent,
            };
            list.extend(context.roster.get(id).map(|row| row.number.as_str().to_owned()));
        }
        for list in [&mut people.absent, &mut people.waiting, &mut people.not_admitted] {
            list.sort_unstable();
        }
        people
    }

    /// Everybody who belongs here is in.
    pub fn is_nobody(&self) -> bool {
        *self == Self::default()
    }
}

/// How far the log has been carried off.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Carried {
    /// Not, or something was decided since.
    #[default]
    Not,
    /// The last try failed.
    Failed,
    /// As far as the last decision, and read back.
    Whole,
}

/// What has not reached whom it is for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Unsent {
    /// People who wait for the head of site.
    pub waiting: usize,
    /// Bad news that nobody has answered.
    pub news: usize,
    /// Rooms whose scripts the rules ask for and nobody counted.
    pub uncounted: usize,
    /// The log itself.
    pub log: bool,
}

impl Unsent {
    /// Of this moment.
    pub(super) fn of(context: &Context, state: &State) -> Self {
        let asked = context.policy.rules.scripts_required;
        let uncounted = context.rooms.iter().filter(|room| asked && !state.scripts.contains_key(*room));
        Self {
            waiting: state.waiting.len(),
            news: state.news.open().len(),
            uncounted: uncounted.count(),
            log: context.policy.exports && state.carried != Carried::Whole,
        }
    }

    /// Nothing is.
    pub fn is_nothing(&self) -> bool {
        *self == Self::default()
    }
}

impl Asking {
    /// The summary of this moment.
    pub(super) fn of(context: &Context, state: &State) -> Self {
        let mut rooms: BTreeMap<String, RoomSummary> = BTreeMap::new();
        for (room, expected) in context.roster.count_by_room(&context.place) {
            rooms.insert(room.clone(), RoomSummary { room, expected, arrived: 0, waiting: 0 });
        }
        let mut beside = Beside { directed: state.directed.len(), ..Beside::default() };
        for CandidateRef(id) in state.arrivals.keys() {
            match room_here(context, CandidateId(*id)).and_then(|room| rooms.get_mut(&room)) {
                Some(room) => room.arrived += 1,
                None => beside.guests += 1,
            }
        }
        for waiting in &state.waiting {
            let home = waiting.candidate.and_then(|id| room_here(context, id));
            match home.and_then(|room| rooms.get_mut(&room)) {
                Some(room) => room.waiting += 1,
                None => beside.waiting += 1,
            }
        }
        let people = Arc::new(OutsidePeople::of(context, state));
        Self { rooms: rooms.into_values().collect(), beside, people, stage: AskingStage::Summary }
    }
}

/// The room of somebody who belongs to this place.
fn room_here(context: &Context, id: CandidateId) -> Option<String> {
    let is_here = !context.roster.is_elsewhere(id, &context.place);
    context.roster.get(id).filter(|_| is_here).map(|row| row.room)
}

/// The number of scripts that a text says; `None` for anything else.
pub(super) fn scripts(text: &str) -> Option<u64> {
    let text = text.trim();
    let is_short = text.len() <= MAX_SCRIPTS.to_string().len();
    let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if is_short && is_number { text.parse().ok() } else { None }
}

/// The head of a closed log as people carry it away.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogHead {
    /// Segment and entries.
    pub segment: u32,
    /// Entries, the last one included.
    pub entries: u64,
    /// When it was closed.
    pub at: jiff::Timestamp,
    /// Who is in, over all segments.
    pub arrived: u64,
    /// The root over them.
    pub root: Hash,
    /// Twenty-six characters of the root, for the paper minutes: whoever owns the desk could make two histories of the
    /// same sixteen.
    pub characters: String,
    /// The signed note as a QR code.
    pub qr: Option<QrMatrix>,
}

impl LogHead {
    /// The head of this log.
    pub fn of(log: &ClosedLog) -> Self {
        let entry = log.durable.entry();
        Self {
            segment: entry.segment,
            entries: entry.seq + 1,
            at: log.durable.at(),
            arrived: log.totals.arrived,
            root: *log.durable.root(),
            characters: base32::twenty_six(log.durable.root()),
            qr: QrMatrix::of(&log.checkpoint),
        }
    }
}
