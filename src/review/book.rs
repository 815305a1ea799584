//! What a window of the board asks: lists, rows, and the sheet behind a row.
//!
//! A window holds none of it: it asks for the rows that it draws, by number, in the frame in which it draws them. So a
//! list may have a million rows, and what a row says is made where the exam's people are known.
//!
//! Invariants:
//! - Every answer comes from memory, at once; nothing here waits for a disk.
//! - What is typed and what is shown may name a person: none of it can be printed for a diagnosis.

use super::Counts;
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
}

/// The width of a slice of arrivals.
pub const SLICE_MINUTES: i32 = 5;
