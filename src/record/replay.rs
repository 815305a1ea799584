//! What earlier segments say.

use super::{CandidateRef, EntryRef};
use jiff::Timestamp;
use std::collections::HashMap;

/// One arrival that counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Arrival {
    /// The entry.
    pub entry: EntryRef,
    /// Its time.
    pub at: Timestamp,
    /// True for a manual decision.
    pub manual: bool,
}

/// Who is in: each candidate's arrivals that were not undone, over all segments.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ArrivalIndex {
    open: HashMap<CandidateRef, Vec<Arrival>>,
}

impl ArrivalIndex {
    /// The arrival that counts: the earliest that was not undone.
    pub fn get(&self, candidate: CandidateRef) -> Option<Arrival> {
        self.open.get(&candidate).and_then(|arrivals| arrivals.first()).copied()
    }

    /// How many candidates are in.
    pub fn len(&self) -> usize {
        self.open.len()
    }

    /// True when nobody is in.
    pub fn is_empty(&self) -> bool {
        self.open.is_empty()
    }
}
