//! Plays a whole exam, so that a board has something to review, at any size: lists, keys, packed desks, and the exports
//! of all desks, with every kind of trouble on order.
//!
//! ```text
//! exam/          the exam's folder as a board keeps it, packed
//! keys/          the board's keys and what is collected from outside; the passphrase of all of them lies beside them
//! packages/      what was packed
//! exports/       what comes back: each desk's log of each session, and what should not be taken
//! ordered.csv    every trouble, where it happened, and what the board must end in
//! ```
//!
//! Everything is a training exam: nothing that was played passes for a live one. Logs are written by `record`, as a desk
//! writes them; forged and torn exports are made by hand (`forgery`), without it.
//!
//! Invariants:
//! - The same order with the same seed has the same people, and the same happens to them. What `age` seals differs each
//!   time, and with it the first entry of each log, which names the package.
//! - Nobody in it is real (province code 099).

mod chance;
mod crew;
mod deal;
mod desk;
mod forgery;
mod journal;
mod ordered;
mod playing;
mod scenes;
mod stage;
mod trouble;

pub use crew::{Crew, CrewDesk, CrewError, Enrolled, Sat, Sitting};
pub use stage::{opens, session_id};
pub use trouble::{Outcome, Scope, Trouble};

use crate::deal::Slot;
use host::folder::FolderError;
use host::keys::KeyFileError;
use jiff::Timestamp;
use office::exam::ExamError;
use office::work::WorkError;
use record::certify::CertifyError;
use record::export::ExportFault;
use record::{CodeError, LogFault};
use std::collections::BTreeSet;
use std::path::PathBuf;
use tlog::NoteError;

/// What is to be played.
#[derive(Debug, Clone)]
pub struct PlayOrder {
    /// The folder to make.
    pub folder: PathBuf,
    /// How many sites.
    pub sites: usize,
    /// How many people at each.
    pub people: usize,
    /// How many desks at each.
    pub desks: usize,
    /// How many sessions, each for everybody.
    pub sessions: usize,
    /// The same seed plays the same.
    pub seed: String,
    /// What goes wrong.
    pub troubles: BTreeSet<Trouble>,
    /// The start signal of the first session.
    pub start: Timestamp,
}

/// What was played.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Played {
    /// People on the list.
    pub people: usize,
    /// Exports that were written.
    pub exports: usize,
    /// Entries in the logs of the desks.
    pub entries: u64,
    /// Troubles.
    pub ordered: usize,
}

/// Why nothing was played.
#[derive(Debug, thiserror::Error)]
pub enum PlayError {
    /// Troubles of whole logs need a log each, and one is to stay whole.
    #[error("{logs} logs for troubles that need {needed}: more sites, desks or sessions, or fewer troubles")]
    TooSmall {
        /// How many logs there are.
        logs: usize,
        /// How many are needed.
        needed: usize,
    },
    /// A desk has fewer people than troubles about people, or there is no second desk.
    #[error("too few people or desks for so many troubles")]
    TooFewPeople,
    /// The exam could not be packed.
    #[error("the exam could not be packed: {0}")]
    Packing(String),
    /// A package that was made is not in the ledger.
    #[error("a package is missing in the ledger")]
    Unpacked,
    /// A sample that contradicts itself.
    #[error("{0} cannot stand where it is to stand")]
    Word(&'static str),
    /// A file by hand is not in the form that was expected.
    #[error("an export by hand could not be made: {0}")]
    Forgery(&'static str),
    /// A real desk.
    #[error(transparent)]
    Crew(#[from] CrewError),
    /// The board's work.
    #[error(transparent)]
    Work(#[from] WorkError),
    /// A folder.
    #[error(transparent)]
    Folder(#[from] FolderError),
    /// The exam's folder.
    #[error(transparent)]
    Exam(#[from] ExamError),
    /// A key file.
    #[error(transparent)]
    Key(#[from] KeyFileError),
    /// A note.
    #[error(transparent)]
    Note(#[from] NoteError),
    /// A certificate.
    #[error(transparent)]
    Certificate(#[from] CertifyError),
    /// A log.
    #[error(transparent)]
    Log(#[from] LogFault),
    /// An export.
    #[error(transparent)]
    Export(#[from] ExportFault),
    /// A code.
    #[error(transparent)]
    Code(#[from] CodeError),
}

impl PlayOrder {
    /// Every log of every desk.
    fn slots(&self) -> impl Iterator<Item = Slot> + '_ {
        (0..self.sites * self.desks).flat_map(|desk| (0..self.sessions).map(move |session| Slot { desk, session }))
    }

    /// How many people come to each desk at least.
    fn line_len(&self) -> usize {
        let rooms = self.people.div_ceil(SEATS);
        let whole = rooms / self.desks.max(1);
        if rooms * SEATS == self.people { whole * SEATS } else { whole.saturating_sub(1) * SEATS + self.people % SEATS }
    }
}

/// Plays it. `progress` is told how many of how many logs are done.
///
/// # Errors
/// [`PlayError`].
pub fn play(
    words: &office::language::BoardWords,
    order: &PlayOrder,
    progress: &mut dyn FnMut(usize, usize),
) -> Result<Played, PlayError> {
    playing::play(words, order, &crew::Nobody, progress)
}

/// The same, the first desks through a desk's own runtime.
///
/// # Errors
/// [`PlayError`].
pub fn play_with(
    words: &office::language::BoardWords,
    order: &PlayOrder,
    crew: &dyn Crew,
    progress: &mut dyn FnMut(usize, usize),
) -> Result<Played, PlayError> {
    playing::play(words, order, crew, progress)
}

/// Places in a room.
const SEATS: usize = 24;
