//! What the screen shows of the end of a session.

use super::{Beside, Carried, OutsidePeople, QrMatrix, RoomSummary, TypedArrivals, Unsent};
use crate::event::Choice;
use std::sync::Arc;

/// The end of a session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ClosingView {
    /// The summary; somebody has to say yes.
    Asking(Box<AskingView>),
    /// The scripts of a room are typed.
    Counting(CountingView),
    /// How many are in is typed.
    Typing(TypingView),
    /// The last entry is being written.
    Writing,
    /// The log is closed.
    Closed(Box<ClosedView>),
}

/// The screen of a closed log: what goes into the paper minutes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClosedView {
    /// The log's head.
    pub head: HeadView,
    /// How many are in.
    pub arrived: u64,
    /// How many belong here.
    pub expected: usize,
    /// Questions to the registry without an answer.
    pub unanswered: usize,
    /// There is a witness outside.
    pub witness_asked: bool,
    /// The witness has signed the whole log.
    pub witnessed: bool,
    /// How far the closed log was carried off; `None` where that is not done from here.
    pub carried: Option<Carried>,
}

/// A log's head as people carry it away.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeadView {
    /// Segment and entries, `1/54`.
    pub entry: String,
    /// Local time, `HH:MM:SS`.
    pub time: String,
    /// Twenty-six characters of the root, for the paper minutes.
    pub characters: String,
    /// The signed note.
    pub qr: Option<QrMatrix>,
}

/// The summary before the end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AskingView {
    /// How many are in.
    pub arrived: usize,
    /// How many belong here.
    pub expected: usize,
    /// Entries so far.
    pub entries: u64,
    /// Questions to the registry without an answer.
    pub unanswered: usize,
    /// The rooms of this place, in order.
    pub rooms: Vec<ClosingRoomView>,
    /// Whom they do not count.
    pub beside: Beside,
    /// Who belongs here and is not in.
    pub people: Arc<OutsidePeople>,
    /// What has not reached whom it is for.
    pub unsent: Unsent,
    /// What ends the session now: [`Choice::EndSession`], [`Choice::EndUnsent`], or nothing.
    pub choices: Vec<Choice>,
    /// How far the log was carried off; `None` where that is not done from here.
    pub carried: Option<Carried>,
    /// Something is being written or carried off: nothing is to be pressed.
    pub is_busy: bool,
}

/// A room before the end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClosingRoomView {
    /// Who belongs there.
    pub summary: RoomSummary,
    /// Its scripts; `None` while nobody has counted them.
    pub scripts: Option<u64>,
}

/// The scripts of a room are typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CountingView {
    /// Which room.
    pub room: String,
    /// The last text was no number of scripts.
    pub wrong: bool,
}

/// How many are in is typed, in place of a key that is held.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TypingView {
    /// What was typed last.
    pub typed: TypedArrivals,
    /// How many are in.
    pub arrived: usize,
    /// They agree, and the session can be ended by a press.
    pub ends: bool,
}
