//! What the registry said against somebody who was in already, and whether a person answered for it.

use super::finding::{Finding, FindingKind, Found};
use record::{AttendanceEvent, CandidateRef, DocumentRef, Entry, EntryRef, RegistryState};
use std::collections::BTreeMap;

/// A question's id as a digest of it, cut to what a set of a million takes.
pub(super) type QuestionId = [u8; 16];

/// Questions without an answer, the arrivals that wait for one, and the answers that came too late.
///
/// Only what is outstanding is kept: of a log whose registry answers in time this is nothing.
#[derive(Default)]
pub(super) struct LateAnswers {
    /// Open questions by their id's digest.
    open: BTreeMap<QuestionId, DocumentRef>,
    /// Documents that were asked about without a good answer so far, and who was let in on them meanwhile.
    waiting: BTreeMap<DocumentRef, Option<CandidateRef>>,
    late: BTreeMap<QuestionId, Late>,
}

struct Late {
    place: EntryRef,
    is_answered: bool,
}

impl LateAnswers {
    /// Takes an entry into account, with the question that it is about. `is_in` tells who is in before it.
    pub(super) fn entry(
        &mut self,
        place: EntryRef,
        entry: &Entry,
        question: Option<QuestionId>,
        is_in: impl Fn(CandidateRef) -> bool,
    ) {
        match &entry.event {
            AttendanceEvent::RegistryRequest { doc, .. } => {
                self.open.extend(question.map(|id| (id, *doc)));
                self.waiting.entry(*doc).or_default();
            }
            AttendanceEvent::CheckIn(check_in) => self.arrived(check_in.doc, check_in.cand),
            AttendanceEvent::ManualDecision { cand: Some(cand), doc: Some(doc), admitted: true, .. }
            | AttendanceEvent::Guest { cand, doc: Some(doc), .. }
            | AttendanceEvent::ReEntry { cand, doc: Some(doc), .. } => self.arrived(*doc, *cand),
            AttendanceEvent::RegistryAnswer { state, .. } => {
                question.into_iter().for_each(|id| self.answered(place, id, *state, &is_in));
            }
            AttendanceEvent::LateAnswer { .. } => {
                if let Some(late) = question.and_then(|id| self.late.get_mut(&id)) {
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

    fn answered(
        &mut self,
        place: EntryRef,
        id: QuestionId,
        state: RegistryState,
        is_in: impl Fn(CandidateRef) -> bool,
    ) {
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
