//! What the registry said against somebody who was in already, and whether a person answered for it.

use super::finding::{Finding, FindingKind, Found};
use record::{AttendanceEvent, CandidateRef, DocumentRef, Entry, EntryRef, RegistryState};
use std::collections::BTreeMap;

/// Questions without an answer, the arrivals that wait for one, and the answers that came too late.
///
/// Only what is outstanding is kept: of a log whose registry answers in time this is nothing.
#[derive(Default)]
pub(super) struct LateAnswers {
    /// Open questions by their id's digest.
    open: BTreeMap<[u8; 16], DocumentRef>,
    /// Documents that were asked about without a good answer so far, and who was let in on them meanwhile.
    waiting: BTreeMap<DocumentRef, Option<CandidateRef>>,
    late: BTreeMap<[u8; 16], Late>,
}

struct Late {
    place: EntryRef,
    is_answered: bool,
}

impl LateAnswers {
    /// Takes an entry into account. `is_in` tells who is in before it; `id` is the digest of the question's id.
    pub(super) fn entry(
        &mut self,
        place: EntryRef,
        entry: &Entry,
        id: impl Fn(&str) -> [u8; 16],
        is_in: impl Fn(CandidateRef) -> bool,
    ) {
        match &entry.event {
            AttendanceEvent::RegistryRequest { id: question, doc } => {
                self.open.insert(id(question), *doc);
                self.waiting.entry(*doc).or_default();
            }
            AttendanceEvent::CheckIn(check_in) => self.arrived(check_in.doc, check_in.cand),
            AttendanceEvent::ManualDecision { cand: Some(cand), doc: Some(doc), admitted: true, .. }
            | AttendanceEvent::Guest { cand, doc: Some(doc), .. }
            | AttendanceEvent::ReEntry { cand, doc: Some(doc), .. } => self.arrived(*doc, *cand),
            AttendanceEvent::RegistryAnswer { id: question, state, .. } => {
                self.answered(place, id(question), *state, is_in);
            }
            AttendanceEvent::LateAnswer { id: question, .. } => {
                if let Some(late) = self.late.get_mut(&id(question)) {
                    late.is_answered = true;
                }
            }
            _ => (),
        }
    }

    /// All entries were gone through.
    pub(super) fn finish(self, found: &mut Found) {
        for late in self.late.into_values() {
            let what = if late.is_answered { FindingKind::LateAnswer } else { FindingKind::LateUnanswered };
            found.add(Finding::entry(what, late.place.segment, late.place.seq));
        }
    }

    fn arrived(&mut self, doc: DocumentRef, cand: CandidateRef) {
        if let Some(waiting) = self.waiting.get_mut(&doc) {
            waiting.get_or_insert(cand);
        }
    }

    fn answered(&mut self, place: EntryRef, id: [u8; 16], state: RegistryState, is_in: impl Fn(CandidateRef) -> bool) {
        let Some(doc) = self.open.get(&id).copied() else { return };
        let is_against = match state {
            RegistryState::Match => false,
            RegistryState::Mismatch | RegistryState::CardInvalid | RegistryState::NotFound => true,
            // No answer that counts: the question stays open.
            RegistryState::UnknownCode | RegistryState::Pending | RegistryState::NotAsked | RegistryState::Refused => {
                return;
            }
        };
        self.open.remove(&id);
        let arrived = self.waiting.get(&doc).copied().flatten();
        if is_against && arrived.is_some_and(is_in) {
            self.late.insert(id, Late { place, is_answered: false });
        } else if !is_against {
            self.waiting.remove(&doc);
        }
    }
}
