//! Who is in, counted from entries, small enough for a province's log.

use super::history::History;
use record::effective::Saying;
use record::{AttendanceEvent, CandidateRef, Entry, EntryRef};
use std::collections::{BTreeSet, HashMap, hash_map::Entry as Slot};

/// Each candidate's arrivals that were not undone, by their running number over all segments.
#[derive(Debug, Clone, Default)]
pub(super) struct Arrivals {
    first: HashMap<CandidateRef, u32>,
    /// Further arrivals of somebody who is in already; seldom.
    more: BTreeSet<(CandidateRef, u32)>,
    /// Each segment and where its numbers begin, both rising.
    begins: Vec<(u32, u32)>,
    /// The number of the next entry.
    next: u32,
}

impl Arrivals {
    /// How many candidates are in.
    pub(super) fn count(&self) -> u64 {
        u64::try_from(self.first.len()).unwrap_or(u64::MAX)
    }

    /// Everybody who is in, with each arrival's place.
    pub(super) fn iter(&self) -> impl Iterator<Item = (CandidateRef, EntryRef)> + '_ {
        let first = self.first.iter().map(|(candidate, number)| (*candidate, *number));
        first.chain(self.more.iter().copied()).map(|(candidate, number)| (candidate, self.place(number)))
    }

    pub(super) fn is_in(&self, candidate: CandidateRef) -> bool {
        self.first.contains_key(&candidate)
    }

    /// The next segment begins.
    pub(super) fn begin(&mut self, segment: u32) {
        self.begins.push((segment, self.next));
    }

    /// The candidate whose arrival this entry is, unless it was undone.
    pub(super) fn candidate_of(&self, place: EntryRef, history: &History<'_>) -> Option<CandidateRef> {
        let number = self.number(place)?;
        let candidate = history.arrival(place, candidate)?;
        let is_first = self.first.get(&candidate) == Some(&number);
        (is_first || self.more.contains(&(candidate, number))).then_some(candidate)
    }

    /// Takes the next entry into account.
    pub(super) fn apply(&mut self, entry: &Entry, history: &History<'_>) {
        if let Some(candidate) = candidate(entry) {
            match self.first.entry(candidate) {
                Slot::Vacant(slot) => {
                    slot.insert(self.next);
                }
                Slot::Occupied(_) => {
                    self.more.insert((candidate, self.next));
                }
            }
        }
        if let AttendanceEvent::Undo { refers, .. } = &entry.event {
            self.undo(*refers, history);
        }
        self.next = self.next.saturating_add(1);
    }

    fn undo(&mut self, place: EntryRef, history: &History<'_>) {
        let (Some(candidate), Some(number)) = (self.candidate_of(place, history), self.number(place)) else { return };
        if self.more.remove(&(candidate, number)) {
            return;
        }
        self.first.remove(&candidate);
        let next = self.more.range((candidate, 0)..=(candidate, u32::MAX)).next().copied();
        if let Some(next) = next.filter(|next| self.more.remove(next)) {
            self.first.insert(candidate, next.1);
        }
    }

    fn place(&self, number: u32) -> EntryRef {
        let behind = self.begins.partition_point(|(_, begins)| *begins <= number);
        let (segment, begins) = behind.checked_sub(1).and_then(|at| self.begins.get(at)).copied().unwrap_or((0, 0));
        EntryRef { segment, seq: u64::from(number - begins) }
    }

    fn number(&self, place: EntryRef) -> Option<u32> {
        let at = self.begins.binary_search_by_key(&place.segment, |(segment, _)| *segment).ok()?;
        self.begins.get(at)?.1.checked_add(u32::try_from(place.seq).ok()?)
    }
}

/// The candidate whom an entry lets in, by the record's one rule.
fn candidate(entry: &Entry) -> Option<CandidateRef> {
    Saying::arrival(&entry.event)
}
