//! One entry of a log as a fact: what a question of the board can be about, and no more.

use jiff::Timestamp;
use record::{
    AttendanceEvent, CandidateRef, ChipState, Code, Digest, DocumentRef, Entry, EntryRef, RegistryState,
    effective::Saying,
};
use std::{
    borrow::Borrow,
    collections::{HashMap, HashSet},
    fmt,
    sync::Arc,
};

pub use record::Kind;

/// The name of a log over all its segments: `<board>/<exam>/<desk>/<session>`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LogId(Arc<str>);

impl LogId {
    /// Reads a log's name; `None` unless it has exactly four parts, none of them empty.
    pub fn new(name: &str) -> Option<Self> {
        let parts: Vec<&str> = name.split('/').collect();
        (parts.len() == PARTS && parts.iter().all(|part| !part.is_empty())).then(|| Self(name.into()))
    }

    /// The whole name.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The desk's id in its certificate.
    pub fn desk(&self) -> &str {
        self.part(2)
    }

    /// The session's id in the exam's settings.
    pub fn session(&self) -> &str {
        self.part(3)
    }

    /// The exam, `<board>/<exam>`.
    pub fn exam(&self) -> &str {
        let parts = self.0.rsplitn(3, '/');
        parts.last().unwrap_or_default()
    }

    fn part(&self, at: usize) -> &str {
        self.0.split('/').nth(at).unwrap_or_default()
    }
}

impl fmt::Display for LogId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// A word of a log's vocabulary: an operator, a reason, a remark. Equal words of one [`FactReader`] share their text.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Word(Arc<str>);

impl fmt::Debug for Word {
    /// A code as it is; free words, which may name a person, not at all.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let is_code = Code::new(&self.0).is_ok();
        formatter.write_str(if is_code { &self.0 } else { "…" })
    }
}

impl Word {
    /// The word.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Borrow<str> for Word {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl From<&str> for Word {
    fn from(text: &str) -> Self {
        Self(text.into())
    }
}

/// One verified entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fact {
    /// Its segment, from 1, and its place there, from 0.
    pub place: EntryRef,
    /// Its leaf hash: SHA-256 of a zero byte and the entry's exact bytes (RFC 6962 §2.1).
    pub leaf: Digest,
    /// The desk's wall clock.
    pub at: Timestamp,
    /// The machine's boot clock, in milliseconds: nobody sets it.
    pub boot_ms: u64,
    /// Which boot of this log, counted from 0: boot clocks compare within one boot only.
    pub boot: u32,
    /// Who was signed in.
    pub op: Word,
    /// What happened.
    pub kind: Kind,
    /// About whom, by the exam's random id. The answers of the registry are about a document only.
    pub cand: Option<CandidateRef>,
    /// Which card, as a keyed digest of its number. An answer of the registry has that of its question.
    pub doc: Option<DocumentRef>,
    /// What the chip's inspection ended in, where the entry says it.
    pub chip: Option<ChipState>,
    /// The registry's word, where the entry says it.
    pub registry: Option<RegistryState>,
    /// After the start signal, as the desk judged it.
    pub is_late: bool,
    /// The second person.
    pub second: Option<Word>,
    /// Reasons, remarks, causes and purposes, as stable codes; of a `case-step` the signed note, of `evidence` the SHA-256 of
    /// the sealed file, of `scripts-counted` the room.
    pub reasons: Box<[Word]>,
    /// The earlier entry of the same log that it is about.
    pub refers: Option<EntryRef>,
    /// Milliseconds of a clock jump; entries under an anchor; bytes torn off before this segment; scripts of a room;
    /// otherwise 0.
    pub amount: i64,
}

impl Fact {
    /// What it says about whether somebody is in, by the record's one rule.
    pub fn saying(&self) -> Option<Saying> {
        Saying::of_kind(self.kind, self.refers)
    }

    /// True where one of its reasons is this code.
    pub fn has_reason(&self, code: &str) -> bool {
        self.reasons.iter().any(|reason| reason.as_str() == code)
    }
}

/// An entry by the name that it has for everybody and for ever.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EntryId {
    /// Its log.
    pub log: LogId,
    /// Its place in that log.
    pub place: EntryRef,
    /// Its leaf hash: of two histories under one name each has its own.
    pub leaf: Digest,
}

/// Makes facts out of one log's entries, told in order.
#[derive(Debug, Default)]
pub struct FactReader {
    words: HashSet<Word>,
    boots: Vec<String>,
    asked: HashMap<String, DocumentRef>,
}

impl FactReader {
    /// The fact of the next entry.
    pub fn fact(&mut self, segment: u32, entry: &Entry, leaf: Digest) -> Fact {
        let boot = self.boot(&entry.boot);
        let mut fact = Fact {
            place: EntryRef { segment, seq: entry.seq },
            leaf,
            at: entry.t,
            boot_ms: entry.bt,
            boot,
            op: self.word(&entry.op),
            kind: Kind::of(&entry.event),
            cand: None,
            doc: None,
            chip: None,
            registry: None,
            is_late: false,
            second: None,
            reasons: Box::default(),
            refers: None,
            amount: 0,
        };
        self.people(&entry.event, &mut fact);
        self.machines(&entry.event, &mut fact);
        fact
    }

    fn people(&mut self, event: &AttendanceEvent, fact: &mut Fact) {
        use AttendanceEvent as E;
        match event {
            E::CheckIn(one) => {
                (fact.cand, fact.doc, fact.is_late) = (Some(one.cand), Some(one.doc), one.late);
                (fact.chip, fact.registry) = (Some(one.chip), Some(one.registry));
                self.said(fact, &one.remarks, one.second.as_ref());
            }
            E::ManualDecision { cand, doc, chip, registry, reason, second, .. } => {
                (fact.cand, fact.doc) = (*cand, *doc);
                (fact.chip, fact.registry) = (Some(*chip), Some(*registry));
                self.said(fact, std::slice::from_ref(reason), Some(second));
            }
            E::Guest { cand, doc, chip, registry, reason, second, .. } => {
                (fact.cand, fact.doc) = (Some(*cand), *doc);
                (fact.chip, fact.registry) = (Some(*chip), Some(*registry));
                self.said(fact, std::slice::from_ref(reason), Some(second));
            }
            E::PaperDecision { cand, second, .. } => {
                fact.cand = Some(*cand);
                self.said(fact, &[], Some(second));
            }
            E::PortraitDoubted { cand, doc, second } => {
                (fact.cand, fact.doc) = (Some(*cand), Some(*doc));
                self.said(fact, &[], Some(second));
            }
            E::NotAdmitted { cand, doc, reason, second } => {
                (fact.cand, fact.doc) = (*cand, *doc);
                self.said(fact, std::slice::from_ref(reason), second.as_ref());
            }
            E::Referred { cand, doc, chip, reasons } => {
                (fact.cand, fact.doc, fact.chip) = (*cand, *doc, Some(*chip));
                self.said(fact, reasons, None);
            }
            E::Undo { refers, reason, second } => {
                fact.refers = Some(*refers);
                self.said(fact, std::slice::from_ref(reason), Some(second));
            }
            E::Elsewhere { cand, doc, .. } => (fact.cand, fact.doc) = (Some(*cand), *doc),
            E::DuplicateReported { cand, doc, first, second } => {
                (fact.cand, fact.doc, fact.refers) = (Some(*cand), *doc, Some(*first));
                self.said(fact, &[], second.as_ref());
            }
            E::ReEntry { cand, doc, first, basis } => {
                (fact.cand, fact.doc, fact.refers) = (Some(*cand), *doc, Some(*first));
                if let Some(basis) = basis {
                    (fact.chip, fact.registry) = (Some(basis.chip), Some(basis.registry));
                    self.said(fact, &basis.remarks, basis.second.as_ref());
                }
            }
            E::ReadFailed { cand, doc, cause, chip, failed, .. } => {
                (fact.cand, fact.doc, fact.chip) = (*cand, *doc, *chip);
                let causes: Vec<Code> = [Some(cause), failed.as_ref()].into_iter().flatten().cloned().collect();
                self.said(fact, &causes, None);
            }
            E::LateAnswer { cand, refers, state, reason, second, .. } => {
                (fact.cand, fact.refers, fact.registry) = (Some(*cand), Some(*refers), Some(*state));
                self.said(fact, std::slice::from_ref(reason), second.as_ref());
            }
            E::PersonViewed { cand, purpose } => {
                fact.cand = Some(*cand);
                self.said(fact, std::slice::from_ref(purpose), None);
            }
            _ => (),
        }
    }

    fn machines(&mut self, event: &AttendanceEvent, fact: &mut Fact) {
        use AttendanceEvent as E;
        match event {
            E::Open(opened) => fact.amount = opened.prev.as_ref().map_or(0, |prev| signed(prev.torn_bytes)),
            E::RegistryRequest { id, doc } => {
                fact.doc = Some(*doc);
                self.asked.insert(id.clone(), *doc);
            }
            E::RegistryAnswer { id, state, cause, .. } => {
                (fact.doc, fact.registry) = (self.asked.get(id).copied(), Some(*state));
                self.said(fact, cause.as_slice(), None);
            }
            E::StartSignal { second, .. } => self.said(fact, &[], second.as_ref()),
            E::ScriptsCounted { room, scripts } => {
                (fact.amount, fact.reasons) = (signed(*scripts), [Word::from(room.as_str())].into());
            }
            E::CloseOverruled { second, .. } => self.said(fact, &[], Some(second)),
            E::Printed { paper, cand, .. } => {
                fact.cand = *cand;
                self.said(fact, std::slice::from_ref(paper), None);
            }
            E::OperatorChanged { from } => self.said(fact, std::slice::from_ref(from), None),
            E::DeviceEvent { device, event } => self.said(fact, &[device.clone(), event.clone()], None),
            E::ClockJump { by_ms } => fact.amount = *by_ms,
            E::Anchor { size, with, .. } => {
                fact.amount = signed(*size);
                self.said(fact, std::slice::from_ref(with), None);
            }
            E::Evidence { refers, sha256 } => {
                (fact.refers, fact.reasons) = (Some(*refers), [Word::from(sha256.to_string().as_str())].into());
            }
            E::Purged { what, .. } => self.said(fact, what, None),
            E::CaseStep { note } => fact.reasons = [Word::from(note.as_str())].into(),
            _ => (),
        }
    }

    fn said(&mut self, fact: &mut Fact, reasons: &[Code], second: Option<&Code>) {
        fact.reasons = reasons.iter().map(|code| self.word(code)).collect();
        fact.second = second.map(|code| self.word(code));
    }

    fn word(&mut self, code: &Code) -> Word {
        match self.words.get(code.as_str()) {
            Some(known) => known.clone(),
            None => {
                let word = Word::from(code.as_str());
                // Vocabularies are small; a log that has more words than any is not remembered, and read all the same.
                if self.words.len() < MAX_WORDS {
                    self.words.insert(word.clone());
                }
                word
            }
        }
    }

    fn boot(&mut self, id: &str) -> u32 {
        // A boot seldom ends within a log, and none of an earlier boot comes behind it.
        if self.boots.last().is_none_or(|last| last != id) {
            self.boots.push(id.to_owned());
        }
        u32::try_from(self.boots.len().saturating_sub(1)).unwrap_or(u32::MAX)
    }
}

fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// The parts of a log's name.
const PARTS: usize = 4;
/// Words of one log that share their text.
const MAX_WORDS: usize = 10_000;
