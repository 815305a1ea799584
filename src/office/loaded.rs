//! An exam and everything that was received for it, as every screen and paper of the review reads it.

use crate::FindingKind;
use crate::board_record::{Members, StepFault};
use crate::exam::Exam;
use record::BoardKeys;
use review::decision::Step;
use review::{EntryId, Review};

/// An exam with everything that was received for it.
pub struct Loaded {
    /// The exam's folder as it was read.
    pub exam: Exam,
    /// What is known.
    pub review: Review,
    /// Kept exports that were taken in.
    pub exports: usize,
    /// The board's keys.
    pub board: BoardKeys,
    /// The members of the board.
    pub members: Members,
    /// What they did about cases.
    pub steps: Vec<Step>,
    /// Entries of their records that do not count, and why.
    pub step_faults: Vec<(EntryId, StepFault)>,
    /// Kept exports that are not sound any more: their folders' names, and what the check found.
    pub damaged: Vec<(String, Vec<FindingKind>)>,
}
