//! An exam and everything that was received for it, as every screen and paper of the review reads it.

use crate::FindingKind;
use crate::board_record::{Members, Told};
use crate::exam::Exam;
use record::BoardKeys;
use review::Review;
use review::balance::{Balance, balance};
use review::explanation::{Explanation, explain};
use review::scripts::{ScriptCount, Scripts, counted_at_desks};
use std::path::PathBuf;

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
    /// What they did about cases, scripts and differences.
    pub told: Told,
    /// Kept exports that are not sound any more: their folders' names, and what the check found.
    pub damaged: Vec<(String, Vec<FindingKind>)>,
    /// The file of this user's key for what was checked, and why it is none: everything is checked every time.
    pub unindexed: Option<(PathBuf, String)>,
}

impl Loaded {
    /// How many scripts rooms handed in, from everybody who counted. Whatever else holds counts joins here: each with the
    /// entry that holds it.
    pub fn script_counts(&self) -> impl Iterator<Item = ScriptCount> + '_ {
        counted_at_desks(&self.review).into_iter().chain(self.told.counts.iter().cloned())
    }

    /// Every room with its balance: scripts as everybody counted them, differences with what members said about them. The
    /// one source of every screen, sheet and paper.
    pub fn balances(&self) -> Vec<Balance> {
        self.explained().0
    }

    /// The same, and explanations of differences that are no more.
    pub fn explained(&self) -> (Vec<Balance>, Vec<&Explanation>) {
        let counts = self.script_counts();
        let mut balances = balance(&self.review, &Scripts::of(self.review.expected(), counts));
        let gone = explain(&mut balances, &self.told.explanations);
        (balances, gone)
    }
}
