//! What a window of the board asks: lists, rows, and the sheet behind a row.
//!
//! A window holds none of it: it asks for the rows that it draws, by number, in the frame in which it draws them. So a
//! list may have a million rows, and what a row says is made where the exam's people are known.
//!
//! Invariants:
//! - Every answer comes from memory, at once; nothing here waits for a disk.
//! - What is typed and what is shown may name a person: none of it can be printed for a diagnosis.

use super::{Counts, EntryId, answer::Found, case::CaseId, decision::CaseState};
use record::{CandidateRef, Digest};
use std::fmt;
use words::Language;

/// A list of the window.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum List {
    /// Rooms of every session, with their balance.
    Rooms,
    /// Desks and their logs, those that have not come too.
    Desks,
    /// Everybody of the exam's list.
    People,
    /// Cases.
    Cases,
}

/// Which rows of a list are wanted, and in which order.
#[derive(Clone, Default, PartialEq, Eq, Hash)]
pub struct Wanted {
    /// What was typed: names without marks, numbers, codes; empty for everybody.
    pub text: String,
    /// One session, as a number of the exam's; `None` for all.
    pub session: Option<usize>,
    /// Only rows that somebody has to look at.
    pub only_open: bool,
    /// The column that decides the order, and whether the largest comes first; `None` for the list's own order.
    pub sort: Option<(usize, bool)>,
}

/// Whether a person has to look at something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Mark {
    /// Nothing to say.
    Plain,
    /// As it should be.
    Good,
    /// Somebody has to look.
    Look,
    /// A record that cannot be relied on.
    Grave,
}

/// One row, as it is drawn.
#[derive(Clone, PartialEq, Eq)]
pub struct Row {
    /// The cells, one a column of its list.
    pub cells: Vec<String>,
    /// Whether somebody has to look.
    pub mark: Mark,
}

/// What stands behind a row.
#[derive(Clone, PartialEq, Eq)]
pub struct Sheet {
    /// Whom or what it is about.
    pub title: String,
    /// The blocks, one below the other; two that stand beside each other share a line.
    pub blocks: Vec<(Block, Option<Block>)>,
    /// A log on a line of time; its points name lines of the first block.
    pub timeline: Option<Timeline>,
}

/// Lines under a heading.
#[derive(Clone, PartialEq, Eq)]
pub struct Block {
    /// The heading.
    pub title: String,
    /// The lines.
    pub lines: Vec<Line>,
}

/// One line of a sheet.
#[derive(Clone, PartialEq, Eq)]
pub struct Line {
    /// What it says.
    pub text: String,
    /// Whether somebody has to look.
    pub mark: Mark,
    /// The row that it leads to.
    pub opens: Option<(List, u32)>,
}

/// One session on the first page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionSummary {
    /// Its name, as people read it.
    pub title: String,
    /// The people, over all rooms.
    pub counts: Counts,
    /// Rooms whose balance has a difference, of how many.
    pub differing: (usize, usize),
    /// Arrivals in slices of [`SLICE_MINUTES`], from `slices_from` minutes before or after the start signal on.
    pub arrivals: Vec<u32>,
    /// Where the first slice begins, in minutes from the start signal; negative before it.
    pub slices_from: i32,
    /// The last entry, in minutes from the start signal; `None` where the exam sets none.
    pub last_entry: Option<i32>,
}

/// The first page.
#[derive(Clone, PartialEq, Eq)]
pub struct Overview {
    /// The sessions, in their order.
    pub sessions: Vec<SessionSummary>,
    /// Logs that are here, of how many that were packed.
    pub logs: (usize, usize),
    /// What has not come, is not closed, contradicts itself or is damaged, a line each.
    pub missing: Vec<Line>,
    /// How many cases of each rule, and how many of them wait for somebody.
    pub cases: Vec<(String, usize, usize)>,
    /// Cases whose due date is over.
    pub overdue: usize,
}

/// A log on a line of time. Moments are counted from its first entry by the machine's own clock, which nobody sets;
/// between two boots by the wall clock, as far as that went on.
#[derive(Clone, PartialEq, Eq)]
pub struct Timeline {
    /// The first and the last moment, as the desk's wall clock had them.
    pub ends: [String; 2],
    /// From the first entry to the last.
    pub span_ms: u64,
    /// Up to where somebody outside has confirmed it.
    pub confirmed_ms: Option<u64>,
    /// What happened, in its order.
    pub points: Vec<Point>,
}

/// A moment of a log.
#[derive(Clone, PartialEq, Eq)]
pub struct Point {
    /// When, from the first entry on.
    pub at_ms: u64,
    /// What.
    pub kind: PointKind,
    /// In words.
    pub text: String,
    /// Its line in the sheet's first block.
    pub line: usize,
}

/// What a moment is drawn as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PointKind {
    /// An entry of no further interest.
    Entry,
    /// Somebody was let in.
    Arrival,
    /// The desk began to write, again or for the first time.
    Start,
    /// Somebody outside confirmed the log so far.
    Anchor,
    /// The wall clock moved.
    ClockMoved,
    /// Nothing was written for long, until the next entry.
    Gap {
        /// When that ended.
        until_ms: u64,
    },
}

impl PointKind {
    /// Worth to be gone to at once.
    pub fn is_notable(self) -> bool {
        !matches!(self, Self::Entry | Self::Arrival)
    }
}

/// Somebody about whom a folder is written.
#[derive(Clone, PartialEq, Eq)]
pub struct Whom {
    /// Her id.
    pub cand: CandidateRef,
    /// A name for the folder.
    pub folder: String,
}

impl fmt::Debug for Whom {
    /// Without the words, which may name a person.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Whom").field("cand", &self.cand).finish_non_exhaustive()
    }
}

/// What a member has to know who writes a step of a case.
#[derive(Clone)]
pub struct OpenCase {
    /// Its name.
    pub id: CaseId,
    /// Its title, as its sheet has it.
    pub title: String,
    /// What is seen of it now, see [`super::decision::seen`].
    pub seen: Digest,
    /// All states, in words.
    pub states: Vec<(CaseState, String)>,
    /// The harmless explanations of its kind: code and words.
    pub explanations: Vec<(String, String)>,
    /// What may be found about one, in words.
    pub found: Vec<(Found, String)>,
    /// Steps that may be taken back.
    pub steps: Vec<(EntryId, String)>,
}

/// What a window asks.
pub trait Book: Send + Sync {
    /// The exam, as people read it.
    fn title(&self) -> String;

    /// The names of the sessions, in their order.
    fn sessions(&self) -> Vec<String>;

    /// The first page.
    fn overview(&self, language: Language) -> Overview;

    /// The rows that are wanted, by their numbers.
    fn find(&self, list: List, wanted: &Wanted) -> Vec<u32>;

    /// One row. A number that the list does not have is an empty row.
    fn row(&self, list: List, number: u32, language: Language) -> Row;

    /// What stands behind a row; `None` where there is nothing more to say.
    fn sheet(&self, list: List, number: u32, language: Language) -> Option<Sheet>;

    /// What is to be known of a case by whoever writes a step.
    fn open_case(&self, number: u32, language: Language) -> Option<OpenCase>;

    /// The row of a case, by its name: another reading may have put it elsewhere.
    fn case_row(&self, id: CaseId) -> Option<u32>;

    /// Somebody of the list, for what is written about her.
    fn person(&self, number: u32) -> Option<Whom>;
}

/// The width of a slice of arrivals.
pub const SLICE_MINUTES: i32 = 5;
