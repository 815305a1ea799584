//! What comes later about somebody who is in already.
//!
//! The registry may say "revoked" a second after the door was passed. Nobody stands at the desk then who would see it, so
//! it becomes a notice with an owner, on every screen, until a person says by name that it was dealt with.
//!
//! Invariants: one notice a question; nothing but [`LateNews::answered`] takes one away.

use crate::failure::Failure;
use jiff::Timestamp;
use record::{CandidateRef, EntryRef, RegistryState};
use registry::RequestId;

/// The most notices that are kept; what comes above them is in the log alone.
pub const MAX_NEWS: usize = 256;

/// Whom a question to the registry is about, as the log names people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct About {
    /// The candidate, where exactly one row is meant.
    pub candidate: Option<CandidateRef>,
}

/// One notice: bad news about somebody who is in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// The question that was answered.
    pub question: RequestId,
    /// Who is in.
    pub candidate: CandidateRef,
    /// The arrival that the news is about.
    pub arrival: EntryRef,
    /// What the registry says, for the log.
    pub state: RegistryState,
    /// What the registry says, for the screen.
    pub failure: Failure,
    /// When the news came.
    pub at: Timestamp,
}

/// The notices that nobody has answered yet, the oldest first.
#[derive(Debug, Default)]
pub struct LateNews {
    open: Vec<Notice>,
}

impl LateNews {
    /// The notices, the oldest first.
    pub fn open(&self) -> &[Notice] {
        &self.open
    }

    /// Takes a notice in; false where its question has one already, or where there are too many.
    pub(super) fn add(&mut self, notice: Notice) -> bool {
        let known = self.open.iter().any(|one| one.question == notice.question);
        let fits = !known && self.open.len() < MAX_NEWS;
        if fits {
            self.open.push(notice);
        }
        fits
    }

    /// A person has dealt with it.
    pub(super) fn answered(&mut self, question: RequestId) -> Option<Notice> {
        let index = self.open.iter().position(|one| one.question == question)?;
        Some(self.open.remove(index))
    }
}
