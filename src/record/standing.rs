//! What is still open at a desk, told from the entries alone: a restart loses nobody who waits and no news.
//!
//! | Opened by | closed by |
//! |---|---|
//! | `referred` | a ruling with a second person, or a later decision on the same candidate |
//! | a `registry-answer` against somebody who was let in before it | `late-answer` |
//! | `start-signal`, `scripts-counted` | a later one for the same room |
//! | a `read-failed` behind a check of the chip that failed | nothing; it stands for as long as the log |
//!
//! Invariant: a question is a document's last one; older questions about it say nothing about who waits.

use super::{AttendanceEvent, CandidateRef, ChipState, Code, DocumentRef, RegistryState, entry::Entry};
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// The most people who are kept as waiting, and the most news; what comes above them is in the log alone.
const MAX_OPEN: usize = 500;

/// Somebody who was sent to the head of site, once or several times, and is not decided on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenReferral {
    /// The candidate, where exactly one row was meant.
    pub cand: Option<CandidateRef>,
    /// The document, where one was read at any time.
    pub doc: Option<DocumentRef>,
    /// What the chip came to when it was read last.
    pub chip: ChipState,
    /// What the registry said of that document.
    pub registry: RegistryState,
    /// The question that was asked about it and has no answer yet.
    pub question: Option<String>,
    /// Why, each time, and what the registry said since; each once.
    pub causes: Vec<Vec<Code>>,
    /// Since when, by the last time.
    pub since: Timestamp,
}

/// What the registry said against somebody who was in already, and nobody has answered for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenNews {
    /// The question's id.
    pub question: String,
    /// Who is in.
    pub cand: CandidateRef,
    /// What it said.
    pub state: RegistryState,
    /// The stable code of what it said.
    pub cause: Option<Code>,
    /// When.
    pub at: Timestamp,
}

/// A document's last question.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Asked {
    id: String,
    state: RegistryState,
    /// Who was let in on this document, after whatever question about it.
    let_in: Option<CandidateRef>,
}

/// What is open, over all segments.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Standing {
    referrals: Vec<OpenReferral>,
    asked: HashMap<DocumentRef, Asked>,
    /// Questions without an answer, by their id.
    questions: HashMap<String, DocumentRef>,
    news: Vec<OpenNews>,
    unproven: BTreeMap<DocumentRef, Code>,
    signals: BTreeMap<String, Timestamp>,
    scripts: BTreeMap<String, u64>,
    directed: BTreeSet<CandidateRef>,
    not_admitted: BTreeSet<CandidateRef>,
}

impl Standing {
    /// Who waits for the head of site, in the order of the last time each was sent.
    pub fn referrals(&self) -> &[OpenReferral] {
        &self.referrals
    }

    /// Bad news that nobody has answered, the oldest first.
    pub fn news(&self) -> &[OpenNews] {
        &self.news
    }

    /// How many questions have no answer that counts.
    pub fn unanswered(&self) -> usize {
        self.questions.len()
    }

    /// Documents whose chip failed a check in a contact that nobody decided on, and which check failed first.
    pub fn unproven(&self) -> impl Iterator<Item = (DocumentRef, &Code)> {
        self.unproven.iter().map(|(doc, code)| (*doc, code))
    }

    /// The signal of each room; a later entry corrects an earlier one.
    pub fn signals(&self) -> &BTreeMap<String, Timestamp> {
        &self.signals
    }

    /// The scripts of each room that were counted; a later entry corrects an earlier one.
    pub fn scripts(&self) -> &BTreeMap<String, u64> {
        &self.scripts
    }

    /// Who was shown the way to another place.
    pub fn directed(&self) -> &BTreeSet<CandidateRef> {
        &self.directed
    }

    /// Who was not let in, whatever was decided on them afterwards: whoever is in stands among the arrivals.
    pub fn not_admitted(&self) -> &BTreeSet<CandidateRef> {
        &self.not_admitted
    }

    /// Takes the next entry into account.
    pub fn apply(&mut self, entry: &Entry) {
        match &entry.event {
            AttendanceEvent::Referred { cand, doc, chip, reasons } => {
                self.refer(*cand, *doc, *chip, reasons.clone(), entry.t);
            }
            AttendanceEvent::RegistryRequest { id, doc } => self.asked(id, *doc),
            AttendanceEvent::RegistryAnswer { id, state, cause, .. } => {
                self.answered(id, *state, cause.as_ref(), entry.t);
            }
            AttendanceEvent::LateAnswer { id, .. } => self.news.retain(|one| one.question != *id),
            AttendanceEvent::ReadFailed { doc: Some(doc), failed: Some(code), .. } => {
                self.unproven.entry(*doc).or_insert_with(|| code.clone());
            }
            AttendanceEvent::StartSignal { room, at, .. } => drop(self.signals.insert(room.clone(), *at)),
            AttendanceEvent::ScriptsCounted { room, scripts } => drop(self.scripts.insert(room.clone(), *scripts)),
            AttendanceEvent::Elsewhere { cand, .. } => drop(self.directed.insert(*cand)),
            event => self.decided(event),
        }
    }

    fn refer(
        &mut self,
        cand: Option<CandidateRef>,
        doc: Option<DocumentRef>,
        chip: ChipState,
        reasons: Vec<Code>,
        since: Timestamp,
    ) {
        let asked = doc.and_then(|doc| self.asked.get(&doc));
        let registry = asked.map_or(RegistryState::NotAsked, |asked| asked.state);
        let question = asked.filter(|asked| asked.state == RegistryState::Pending).map(|asked| asked.id.clone());
        let mut new = OpenReferral { cand, doc, chip, registry, question, causes: Vec::new(), since };
        let same = self.referrals.iter().position(|one| cand.is_some() && one.cand == cand);
        if let Some(before) = same.map(|place| self.referrals.remove(place)) {
            new = if doc.is_some() {
                OpenReferral { causes: before.causes, ..new }
            } else {
                OpenReferral { since, ..before }
            };
        }
        new.add_cause(reasons);
        if self.referrals.len() < MAX_OPEN {
            self.referrals.push(new);
        }
    }

    fn asked(&mut self, id: &str, doc: DocumentRef) {
        // Once the registry has agreed, what it says later is about a later contact.
        let before = self.asked.get(&doc).filter(|before| before.state != RegistryState::Match);
        let let_in = before.and_then(|before| before.let_in);
        self.questions.insert(id.to_owned(), doc);
        self.asked.insert(doc, Asked { id: id.to_owned(), state: RegistryState::Pending, let_in });
    }

    /// Silence says nothing; the question stays open.
    fn answered(&mut self, id: &str, state: RegistryState, cause: Option<&Code>, at: Timestamp) {
        if matches!(state, RegistryState::Pending | RegistryState::NotAsked | RegistryState::Refused) {
            return;
        }
        let Some(doc) = self.questions.remove(id) else { return };
        let Some(asked) = self.asked.get_mut(&doc) else { return };
        let let_in = asked.let_in;
        if asked.id == id {
            asked.state = state;
        }
        let waits = self.referrals.iter_mut().find(|one| one.doc == Some(doc) && one.question.as_deref() == Some(id));
        if let Some(waiting) = waits {
            (waiting.registry, waiting.question) = (state, None);
            cause.into_iter().for_each(|cause| waiting.add_cause(vec![cause.clone()]));
        } else if let Some(cand) = let_in.filter(|_| state != RegistryState::Match && self.news.len() < MAX_OPEN) {
            self.news.push(OpenNews { question: id.to_owned(), cand, state, cause: cause.cloned(), at });
        }
    }

    /// Whoever was decided on waits no more; whoever was let in is told of by what the registry says later.
    fn decided(&mut self, event: &AttendanceEvent) {
        let (cand, doc, is_ruling, lets_in) = match event {
            AttendanceEvent::CheckIn(check_in) => (Some(check_in.cand), Some(check_in.doc), false, true),
            AttendanceEvent::ReEntry { cand, doc, .. } => (Some(*cand), *doc, false, true),
            AttendanceEvent::Guest { cand, doc, .. } => (Some(*cand), *doc, true, true),
            AttendanceEvent::PaperDecision { cand, admitted, .. } => (Some(*cand), None, true, *admitted),
            AttendanceEvent::ManualDecision { cand, doc, admitted, .. } => (*cand, *doc, true, *admitted),
            AttendanceEvent::NotAdmitted { cand, doc, second, .. } => (*cand, *doc, second.is_some(), false),
            _ => return,
        };
        self.not_admitted.extend(cand.filter(|_| !lets_in));
        let is_meant = |one: &OpenReferral| match cand {
            Some(_) => one.cand == cand,
            // Whom no list has is known by the document; only a ruling is about who waits.
            None => is_ruling && one.cand.is_none() && one.doc == doc,
        };
        if let Some(place) = self.referrals.iter().position(is_meant) {
            self.referrals.remove(place);
        }
        if let (true, Some(cand), Some(asked)) = (lets_in, cand, doc.and_then(|doc| self.asked.get_mut(&doc))) {
            asked.let_in.get_or_insert(cand);
        }
    }
}

impl OpenReferral {
    fn add_cause(&mut self, cause: Vec<Code>) {
        if !self.causes.contains(&cause) {
            self.causes.push(cause);
        }
    }
}
