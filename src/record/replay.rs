//! Who is in, told from the entries alone.

use super::{AttendanceEvent, CandidateRef, EntryRef, Totals, effective::Saying, entry::Entry};
use jiff::Timestamp;
use std::collections::HashMap;

/// One arrival that counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Arrival {
    /// The entry that let her in: `check-in`, `manual-decision`, `guest` or `paper-decision`.
    pub entry: EntryRef,
    /// That entry's wall-clock time.
    pub at: Timestamp,
    /// A person decided against or without the chip.
    pub manual: bool,
}

/// Who is in: each candidate's arrivals that were not undone, over all segments.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ArrivalIndex {
    by_candidate: HashMap<CandidateRef, Vec<Arrival>>,
    by_entry: HashMap<EntryRef, CandidateRef>,
}

impl ArrivalIndex {
    /// The arrival that counts: the earliest that was not undone.
    pub fn get(&self, candidate: CandidateRef) -> Option<Arrival> {
        self.by_candidate.get(&candidate).and_then(|arrivals| arrivals.first()).copied()
    }

    /// The candidate whose arrival this entry is, unless it was undone.
    pub fn candidate_of(&self, entry: EntryRef) -> Option<CandidateRef> {
        self.by_entry.get(&entry).copied()
    }

    /// How many candidates are in.
    pub fn len(&self) -> usize {
        self.by_candidate.len()
    }

    /// True when nobody is in.
    pub fn is_empty(&self) -> bool {
        self.by_candidate.is_empty()
    }

    /// All candidates that are in, with the arrival that counts, in no order.
    pub fn iter(&self) -> impl Iterator<Item = (CandidateRef, Arrival)> + '_ {
        self.by_candidate.iter().filter_map(|(candidate, arrivals)| Some((*candidate, *arrivals.first()?)))
    }

    /// Takes the next entry of `segment` into account. An undo of what is no arrival changes nothing.
    pub fn apply(&mut self, segment: u32, entry: &Entry) {
        let place = EntryRef { segment, seq: entry.seq };
        match Saying::of(&entry.event) {
            Some((Some(cand), Saying::Arrived)) => {
                let manual = !matches!(entry.event, AttendanceEvent::CheckIn(_));
                self.arrive(cand, place, entry.t, manual);
            }
            Some((_, Saying::Undone(refers))) => self.undo(refers),
            _ => (),
        }
    }

    fn arrive(&mut self, candidate: CandidateRef, entry: EntryRef, at: Timestamp, manual: bool) {
        self.by_candidate.entry(candidate).or_default().push(Arrival { entry, at, manual });
        self.by_entry.insert(entry, candidate);
    }

    fn undo(&mut self, refers: EntryRef) {
        let Some(candidate) = self.by_entry.remove(&refers) else { return };
        let Some(arrivals) = self.by_candidate.get_mut(&candidate) else { return };
        arrivals.retain(|arrival| arrival.entry != refers);
        if arrivals.is_empty() {
            self.by_candidate.remove(&candidate);
        }
    }
}

impl Totals {
    /// Counts one entry of the segment.
    pub fn count(&mut self, event: &AttendanceEvent) {
        self.entries += 1;
        match event {
            AttendanceEvent::ManualDecision { .. } => self.manual += 1,
            AttendanceEvent::Undo { .. } => self.undone += 1,
            _ => (),
        }
    }
}
