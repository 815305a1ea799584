//! What the registry said against somebody who was in already, and nobody has answered for: told from the entries alone.

use super::entry::Entry;
use super::{ArrivalIndex, AttendanceEvent, CandidateRef, Code, DocumentRef, EntryRef, RegistryState};
use jiff::Timestamp;
use std::collections::HashMap;

/// One such word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LateWord {
    /// The question's id.
    pub id: String,
    /// Who is in.
    pub candidate: CandidateRef,
    /// The arrival that it is about.
    pub arrival: EntryRef,
    /// What was said.
    pub state: RegistryState,
    /// The same as a stable code.
    pub cause: Option<Code>,
    /// When it came.
    pub at: Timestamp,
}

/// The words that are open, over all segments of one log.
///
/// Only what is outstanding is kept: of a log whose registry answers in time this is nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LateIndex {
    /// Questions without an answer that counts.
    asked: HashMap<String, DocumentRef>,
    /// Documents that were asked about without such an answer so far, and who was let in on them meanwhile.
    waiting: HashMap<DocumentRef, Option<CandidateRef>>,
    open: Vec<LateWord>,
}

impl LateIndex {
    /// The words that nobody has answered for, the oldest first.
    pub fn open(&self) -> &[LateWord] {
        &self.open
    }

    /// How many questions have no answer that counts.
    pub fn unanswered(&self) -> usize {
        self.asked.len()
    }

    /// Takes the next entry into account; `arrivals` tells who is in before it.
    pub fn apply(&mut self, entry: &Entry, arrivals: &ArrivalIndex) {
        match &entry.event {
            AttendanceEvent::RegistryRequest { id, doc } => {
                self.asked.insert(id.clone(), *doc);
                self.waiting.entry(*doc).or_default();
            }
            AttendanceEvent::CheckIn(check_in) => self.arrived(check_in.doc, check_in.cand),
            AttendanceEvent::ManualDecision { cand: Some(cand), doc: Some(doc), admitted: true, .. } => {
                self.arrived(*doc, *cand);
            }
            AttendanceEvent::RegistryAnswer { id, state, cause, .. } => {
                self.answered(id, (*state, cause.as_ref()), entry.t, arrivals);
            }
            AttendanceEvent::LateAnswer { id, .. } => self.open.retain(|word| word.id != *id),
            _ => (),
        }
    }

    fn arrived(&mut self, doc: DocumentRef, cand: CandidateRef) {
        if let Some(waiting) = self.waiting.get_mut(&doc) {
            waiting.get_or_insert(cand);
        }
    }

    fn answered(
        &mut self,
        id: &str,
        (state, cause): (RegistryState, Option<&Code>),
        at: Timestamp,
        arrivals: &ArrivalIndex,
    ) {
        // No answer that counts: the question stays open.
        if matches!(state, RegistryState::Pending | RegistryState::NotAsked | RegistryState::Refused) {
            return;
        }
        let Some(doc) = self.asked.remove(id) else { return };
        if state == RegistryState::Match {
            self.waiting.remove(&doc);
            return;
        }
        let candidate = self.waiting.get(&doc).copied().flatten();
        let arrived = candidate.and_then(|candidate| Some((candidate, arrivals.get(candidate)?.entry)));
        self.open.extend(arrived.map(|(candidate, arrival)| LateWord {
            id: id.to_owned(),
            candidate,
            arrival,
            state,
            cause: cause.cloned(),
            at,
        }));
    }
}
