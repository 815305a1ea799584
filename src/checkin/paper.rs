//! What goes onto paper: facts alone. How a page looks is no affair of the brain's, and where it goes is the board's rule.
//!
//! | Paper | when | holds |
//! |---|---|---|
//! | the list | every minute while a session runs | who is in and who is not yet: SBD, name, room, state |
//! | the incident note, the undertaking | on a key, about somebody who waits or was decided on | SBD, name, room, what the log says |
//!
//! Invariants:
//! - No number of an identity paper and no birth date stands on any of them.
//! - A stick that is gone, full or refuses is a word in the status bar and an entry, and stops nothing.

use crate::exception::{Cause, Ruling};
use bits::qr::QrMatrix;
use bits::secret::Pii;
use record::{CandidateRef, ChipState, Digest, RegistryState};

/// How often the list is written anew, in milliseconds.
pub const LIST_EVERY_MS: u64 = 60_000;
/// The most rows in each part of the list; how many there are above them stands below.
pub const MAX_LIST_ROWS: usize = 5_000;

/// A paper about one person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PaperKind {
    /// What happened, for those who were there to sign.
    Incident,
    /// Somebody without papers undertakes to bring them.
    Undertaking,
}

impl PaperKind {
    /// The stable word in the log.
    pub fn code(self) -> &'static str {
        match self {
            Self::Incident => "incident-note",
            Self::Undertaking => "undertaking",
        }
    }
}

/// What stands above and below every paper.
#[derive(Debug, Clone)]
pub struct PaperHead {
    /// The exam.
    pub exam: String,
    /// The session.
    pub session: String,
    /// The site.
    pub site: String,
    /// The desk.
    pub desk: String,
    /// Who is on duty.
    pub operator: String,
    /// Local date, `dd/mm/yyyy`.
    pub date: String,
    /// Local time, `HH:MM`.
    pub time: String,
    /// Training.
    pub training: bool,
    /// The head of the log at that moment.
    pub log: LogMark,
}

/// A head of the log as paper carries it.
#[derive(Debug, Clone)]
pub struct LogMark {
    /// Which log and segment.
    pub origin: String,
    /// Entries of that segment.
    pub entries: u64,
    /// Twenty-six characters of the root.
    pub characters: String,
    /// Origin, size and root, as the body of a checkpoint.
    pub qr: Option<QrMatrix>,
}

/// Who is in, and who is not yet.
#[derive(Debug, Clone)]
pub struct AttendanceSheet {
    /// Above and below.
    pub head: PaperHead,
    /// Who is in, by room and SBD.
    pub inside: SheetPart,
    /// Who belongs here and is not in, the same way.
    pub missing: SheetPart,
}

/// One part of the list.
#[derive(Debug, Clone, Default)]
pub struct SheetPart {
    /// The rows.
    pub rows: Vec<SheetRow>,
    /// How many more there are, that found no room.
    pub more: usize,
}

/// A person of the list.
#[derive(Debug, Clone)]
pub struct SheetRow {
    /// SBD.
    pub number: String,
    /// Full name.
    pub name: Pii<String>,
    /// Room.
    pub room: String,
    /// What is known.
    pub state: SheetState,
}

/// What the log says of somebody on the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SheetState {
    /// Is in since this local time, `HH:MM`; by a decision of people, or by card.
    In {
        /// Since when.
        time: String,
        /// By people's decision.
        manual: bool,
    },
    /// Waits for the head of site.
    Waiting,
    /// Nothing.
    NotYet,
}

/// A paper about one person.
#[derive(Debug, Clone)]
pub struct CasePaper {
    /// Which.
    pub kind: PaperKind,
    /// Above and below.
    pub head: PaperHead,
    /// Who, in the log.
    pub cand: Option<CandidateRef>,
    /// Full name; empty where nobody knows it.
    pub name: Pii<String>,
    /// SBD, where the person is on the list.
    pub number: Option<String>,
    /// Room, where the person is on the list.
    pub room: Option<String>,
    /// Since when the person waits, local time `HH:MM`.
    pub since: String,
    /// Why, the earliest first.
    pub causes: Vec<Cause>,
    /// What the chip came to.
    pub chip: ChipState,
    /// What the registry had said.
    pub registry: RegistryState,
    /// What was decided, where it was.
    pub decided: Option<PaperRuling>,
}

/// What two people decided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PaperRuling {
    /// What.
    pub ruling: Ruling,
    /// Number of the entry in its segment, from 1.
    pub entry: u64,
    /// The segment.
    pub segment: u32,
    /// Local time, `HH:MM`.
    pub time: String,
    /// Who stood behind it with a PIN, beside whoever is on duty.
    pub second: Option<String>,
    /// The head of the site, where one of the two is: the note's chair.
    pub chair: Option<String>,
}

/// What became of a paper.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PaperNews {
    /// The list lies where the rules say.
    ListWritten {
        /// SHA-256 of the file.
        sha256: Digest,
    },
    /// The place of the list is gone, full or refuses.
    ListLost,
    /// A paper about a person lies there.
    Printed {
        /// Which.
        kind: PaperKind,
        /// About whom.
        cand: Option<CandidateRef>,
        /// SHA-256 of the file.
        sha256: Digest,
    },
    /// It does not.
    NotPrinted,
    /// The list was taken away; false where that could not be done.
    Wiped(bool),
}

/// How the list stands.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum PaperHealth {
    /// The rules allow none.
    #[default]
    Off,
    /// Not written yet.
    Unknown,
    /// As of the last minute.
    Written,
    /// The place is gone, full or refuses.
    Lost,
}

/// What the brain remembers of its papers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Papers {
    pub(super) list: ListState,
    /// A paper about a person is being written.
    pub(super) is_printing: bool,
    /// What became of the last one.
    pub(super) printed: Option<bool>,
}

/// What is known of the list.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct ListState {
    /// When it was ordered last, on the boot clock.
    pub(super) ordered_ms: Option<u64>,
    /// It is being written.
    pub(super) is_out: bool,
    /// It lies there.
    pub(super) is_written: bool,
    /// The place refuses.
    pub(super) is_lost: bool,
    /// Where it goes is in the log.
    pub(super) is_said: bool,
}
