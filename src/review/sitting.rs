//! One candidate in one session: what is known, how far, and by what.

use crate::{expected::Person, projection::Place};
use record::CandidateRef;

/// What became of a candidate in a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum State {
    /// Was let in, and nobody took that back.
    Present,
    /// Was not let in.
    NotAdmitted,
    /// Was sent to the head of site, and no entry says what became of it.
    Referred,
    /// Was shown the way to another place, and is in nowhere.
    Elsewhere,
    /// Every desk that could have let her in has a closed, verified log, and none of them did.
    Absent,
    /// A log is missing, not closed, or contradicted: nothing may be said.
    NotKnown,
}

impl State {
    /// All of them, in the order of every table.
    pub const ALL: [Self; 6] =
        [Self::Present, Self::NotAdmitted, Self::Referred, Self::Elsewhere, Self::Absent, Self::NotKnown];

    /// The stable word of reports and programs.
    pub fn word(self) -> &'static str {
        match self {
            Self::Present => "present",
            Self::NotAdmitted => "not-admitted",
            Self::Referred => "referred",
            Self::Elsewhere => "elsewhere",
            Self::Absent => "absent",
            Self::NotKnown => "not-known",
        }
    }
}

/// How far it has been looked that somebody is in once only.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Grade {
    /// One desk says so; a log of the site is missing.
    Unchecked,
    /// Every log of the site is here.
    Site,
    /// Every log of the session is here.
    Global,
}

impl Grade {
    /// All of them, the least first.
    pub const ALL: [Self; 3] = [Self::Unchecked, Self::Site, Self::Global];

    /// The stable word of reports and programs.
    pub fn word(self) -> &'static str {
        match self {
            Self::Unchecked => "unchecked",
            Self::Site => "site",
            Self::Global => "global",
        }
    }
}

/// Why a log that was expected says nothing yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum MissingWhy {
    /// Nothing of it has come.
    NotReceived,
    /// What has come ends without `close`.
    NotClosed,
    /// Two histories of it have come.
    Contradicted,
    /// No desk was packed for that session and site at all; the desk has no name.
    NotPacked,
}

impl MissingWhy {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::NotReceived, Self::NotClosed, Self::Contradicted, Self::NotPacked];

    /// The stable word of reports and programs.
    pub fn word(self) -> &'static str {
        match self {
            Self::NotReceived => "not-received",
            Self::NotClosed => "not-closed",
            Self::Contradicted => "contradicted",
            Self::NotPacked => "not-packed",
        }
    }
}

/// A desk that was packed for a session and site, and whose log does not allow anything to be concluded from silence.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MissingLog {
    /// The session, as a number of the exam's sessions.
    pub session: usize,
    /// The site's code.
    pub site: String,
    /// The desk's id.
    pub desk: String,
    /// Why.
    pub why: MissingWhy,
}

/// One candidate in one session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sitting {
    /// The session, as a number of the exam's sessions.
    pub session: usize,
    /// The candidate's id.
    pub cand: CandidateRef,
    /// The row of the list; nothing for an id that no list has.
    pub person: Option<Person>,
    /// True where the list expects the candidate in this session.
    pub is_expected: bool,
    /// What is known.
    pub state: State,
    /// The entries that this rests on; all arrivals of somebody who is in more than once. Empty where it rests on
    /// silence.
    pub behind: Vec<Place>,
    /// How far a second arrival is excluded. [`Grade::Unchecked`] unless present.
    pub grade: Grade,
    /// Logs that could still say otherwise, of the site where the candidate is expected.
    pub missing: Vec<MissingLog>,
    /// Every entry of the session that is about the candidate, in the order of logs and places.
    pub entries: Vec<Place>,
}
