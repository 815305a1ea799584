//! Who is in, counted from entries, small enough for a province's log.

use super::history::History;
use record::{AttendanceEvent, CandidateRef, Entry, EntryRef};
use std::collections::{BTreeMap, btree_map::Entry as Slot};

/// Each candidate's arrivals that were not undone, by their running number over all segments.
#[derive(Debug, Clone, Default)]
pub(super) struct Arrivals {
    first: BTreeMap<CandidateRef, u32>,
    /// Further arrivals of somebody who is in already; seldom.
    more: BTreeMap<CandidateRef, Vec<u32>>,
    /// Where each segment's numbers begin.
    begins: BTreeMap<u32, u32>,
}

impl Arrivals {
    /// How many candidates are in.
    pub(super) fn count(&self) -> u64 {
        u64::try_from(self.first.len()).unwrap_or(u64::MAX)
    }

    /// Everybody who is in, with each arrival's place.
    pub(super) fn iter(&self) -> impl Iterator<Item = (CandidateRef, EntryRef)> + '_ {
        let more = self.more.iter().flat_map(|(candidate, numbers)| numbers.iter().map(|number| (*candidate, *number)));
        let first = self.first.iter().map(|(candidate, number)| (*candidate, *number));
        first.chain(more).map(|(candidate, number)| (candidate, self.place(number)))
    }

    pub(super) fn is_in(&self, candidate: CandidateRef) -> bool {
        self.first.contains_key(&candidate)
    }

    /// A segment begins behind `entries` entries of the segments before.
    pub(super) fn begin(&mut self, segment: u32, entries: u64) {
        self.begins.insert(segment, u32::try_from(entries).unwrap_or(u32::MAX));
    }

    /// The candidate whose arrival this entry is, unless it was undone.
    pub(super) fn candidate_of(&self, place: EntryRef, history: &History<'_>) -> Option<CandidateRef> {
        let number = self.number(place)?;
        let candidate = candidate(&history.entry(place)?)?;
        let first = self.first.get(&candidate) == Some(&number);
        let more = || self.more.get(&candidate).is_some_and(|numbers| numbers.contains(&number));
        (first || more()).then_some(candidate)
    }

    /// Takes an entry into account.
    pub(super) fn apply(&mut self, segment: u32, entry: &Entry, history: &History<'_>) {
        let place = EntryRef { segment, seq: entry.seq };
        if let (Some(candidate), Some(number)) = (candidate(entry), self.number(place)) {
            match self.first.entry(candidate) {
                Slot::Vacant(slot) => {
                    slot.insert(number);
                }
                Slot::Occupied(_) => self.more.entry(candidate).or_default().push(number),
            }
        }
        if let AttendanceEvent::Undo { refers, .. } = &entry.event {
            self.undo(*refers, history);
        }
    }

    fn undo(&mut self, place: EntryRef, history: &History<'_>) {
        let (Some(candidate), Some(number)) = (self.candidate_of(place, history), self.number(place)) else { return };
        let more = self.more.remove(&candidate).unwrap_or_default();
        let mut left = self.first.remove(&candidate).into_iter().chain(more).filter(|one| *one != number);
        if let Some(first) = left.next() {
            self.first.insert(candidate, first);
        }
        let more: Vec<u32> = left.collect();
        if !more.is_empty() {
            self.more.insert(candidate, more);
        }
    }

    fn place(&self, number: u32) -> EntryRef {
        let begins = self.begins.iter().filter(|(_, begins)| **begins <= number).max_by_key(|(segment, _)| **segment);
        let (segment, begins) = begins.map_or((0, 0), |(segment, begins)| (*segment, *begins));
        EntryRef { segment, seq: u64::from(number - begins) }
    }

    fn number(&self, place: EntryRef) -> Option<u32> {
        self.begins.get(&place.segment)?.checked_add(u32::try_from(place.seq).ok()?)
    }
}

/// The candidate whom an entry lets in.
fn candidate(entry: &Entry) -> Option<CandidateRef> {
    match &entry.event {
        AttendanceEvent::CheckIn(check_in) => Some(check_in.cand),
        AttendanceEvent::ManualDecision { cand, admitted: true, .. } => *cand,
        _ => None,
    }
}
