//! Something that a person has to look at: opened by a rule, from entries, and never an accusation.
//!
//! A case has a name that stays: the digest of its rule and of what it is about. It is the same in whatever order logs
//! arrive, and still the same when a later log adds an entry to it. What it rests on has a digest of its own, which a
//! decision names too: a decision is about the entries that were there, and says so when more have come since.

use crate::fact::{EntryId, LogId};
use bits::hex;
use record::{CandidateRef, Digest, DocumentRef, segment::digest};
use std::fmt::{self, Write as _};

/// The name of a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CaseId(pub [u8; CASE_ID_LEN]);

impl CaseId {
    /// Reads a name as [`fmt::Display`] writes it.
    pub fn parse(text: &str) -> Option<Self> {
        hex::decode(text)?.try_into().ok().map(Self)
    }
}

impl fmt::Display for CaseId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&hex::encode_lower(&self.0))
    }
}

/// What a case is about.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Subject {
    /// One candidate in one session; the session by its id.
    Sitting {
        /// The session's id.
        session: String,
        /// The candidate.
        cand: CandidateRef,
    },
    /// One document.
    Document(DocumentRef),
    /// One desk's log of one session.
    Log(LogId),
    /// Somebody without a row of the list: the entry that tells of her.
    Entry(EntryId),
}

impl Subject {
    fn text(&self) -> String {
        match self {
            Self::Sitting { session, cand } => format!("sitting {session} {cand}"),
            Self::Document(doc) => format!("document {doc}"),
            Self::Log(log) => format!("log {log}"),
            Self::Entry(entry) => format!("entry {}", entry_line(entry)),
        }
    }
}

/// One case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Case {
    /// Its name.
    pub id: CaseId,
    /// The rule that opened it.
    pub rule: Rule,
    /// What it is about.
    pub subject: Subject,
    /// The sites whose desks wrote the entries, by their codes.
    pub sites: Vec<String>,
    /// The entries that it rests on, in their order; empty where it rests on something missing.
    pub entries: Vec<EntryId>,
    /// SHA-256 over the entries' names: what a decision says that it was about.
    pub basis: Digest,
}

impl Case {
    /// Opens a case. The order of the entries, and how often one is named, do not matter.
    pub(crate) fn new(rule: Rule, subject: Subject, sites: Vec<String>, entries: Vec<EntryId>) -> Self {
        let (mut entries, mut sites) = (entries, sites);
        entries.sort();
        entries.dedup();
        sites.sort();
        sites.dedup();
        let mut id = [0; CASE_ID_LEN];
        let named =
            digest(format!("diemdanh/case/v1\n{} {}\n{}\n", rule.code(), rule.version(), subject.text()).as_bytes());
        id.iter_mut().zip(named.0).for_each(|(to, from)| *to = from);
        let mut lines = String::new();
        entries.iter().for_each(|entry| {
            let _ = writeln!(lines, "{}", entry_line(entry));
        });
        Self { id: CaseId(id), rule, subject, sites, basis: digest(lines.as_bytes()), entries }
    }
}

/// An entry as a line: log, segment, number, leaf hash.
pub fn entry_line(entry: &EntryId) -> String {
    format!("{} {} {} {}", entry.log, entry.place.segment, entry.place.seq, entry.leaf)
}

/// Declares the rules: name, stable code, version, codes of the harmless explanations of its kind and of what its
/// entries cannot tell. What people read stands in `assets/i18n` under these codes.
macro_rules! rules {
    ($($(#[$doc:meta])* $name:ident $code:literal $version:literal explained [$($why:literal)*] open [$($unknown:literal)*];)*) => {
        /// What opens a case. The table is printed in the manual, chapter `review`.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Rule {
            $($(#[$doc])* $name,)*
        }

        impl Rule {
            /// All of them, the gravest first: impossible in nature, two documents, what the balance rests on, the rest.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// The stable code.
            pub fn code(self) -> &'static str {
                match self { $(Self::$name => $code,)* }
            }

            /// The version of the rule: another one gives its cases other names.
            pub fn version(self) -> u32 {
                match self { $(Self::$name => $version,)* }
            }

            /// Codes of the harmless explanations of its kind, each to be answered.
            pub fn explanations(self) -> &'static [&'static str] {
                match self { $(Self::$name => &[$($why),*],)* }
            }

            /// Codes of what its entries do not tell.
            pub fn unknowns(self) -> &'static [&'static str] {
                match self { $(Self::$name => &[$($unknown),*],)* }
            }
        }
    };
}

rules! {
    /// Two histories of one desk's log have come.
    Contradiction "log.contradiction" 1 explained ["disk-image-restored" "desk-replaced"] open ["which-history"];
    /// One candidate was let in twice in one session, or somebody came on a candidate who was in.
    Twice "sitting.twice" 1 explained ["came-back" "wrong-row" "guest" "list-corrected"] open ["who-sat"];
    /// One document was used for two candidates.
    OneDocument "document.shared" 1 explained ["technician-card" "wrong-row" "list-twice"] open ["whose-card"];
    /// Somebody was let in whose id no list has.
    Stranger "sitting.stranger" 1 explained ["list-changed" "late-registration"] open ["who-sat"];
    /// Somebody was let in whom no entry names as a row of the list.
    Unlisted "entry.unlisted" 1 explained ["council-order" "list-corrected"] open ["who-sat"];
    /// Let in although the chip's inspection had failed, was missing or had no known signer.
    CheckOverruled "sitting.check-overruled" 1 explained ["old-card" "new-signer" "chip-broken" "printed-card-compared"] open ["chip-genuine"];
    /// Let in by two people without or against the desk's checks.
    Manual "sitting.manual" 1 explained ["no-card" "chip-broken" "electronic-id" "council-order"] open ["identity-by-chip"];
    /// The second person is the one who was signed in.
    OnePerson "sitting.one-person" 1 explained ["signed-in-for-another"] open ["who-was-there"];
    /// The registry had said something against a card before its holder was let in.
    RegistryBefore "sitting.registry-before" 1 explained ["card-renewed" "registry-out-of-date" "typing-error"] open ["registry-now"];
    /// The registry said something against a card after its holder had been let in.
    RegistryAfter "sitting.registry-after" 1 explained ["card-renewed" "registry-out-of-date"] open ["registry-now" "answered-by-whom"];
    /// Not let in at one place, let in at another, without an undo.
    RefusedThenIn "sitting.refused-and-in" 1 explained ["papers-brought" "other-door" "head-decided"] open ["which-first"];
    /// The portrait was said not to be this person's.
    PortraitDoubted "sitting.portrait-doubted" 1 explained ["old-portrait" "changed-looks" "twin"] open ["who-sat"];
    /// An arrival was taken back.
    Undone "sitting.undone" 1 explained ["wrong-person" "pressed-by-mistake" "not-entered"] open ["who-entered"];
    /// Sent to the head of site, and no entry says what was decided.
    Undecided "sitting.undecided" 1 explained ["decided-on-paper" "left"] open ["what-was-decided"];
    /// Let in after the last entry of the session.
    TooLate "sitting.too-late" 1 explained ["late-start" "council-order" "transport"] open ["signal-of-room"];
    /// Let in after the start signal, at one desk.
    Late "log.late" 1 explained ["late-start" "queue" "transport"] open ["signal-of-room"];
    /// Questions about people who were let in that the registry never answered, at one desk.
    RegistrySilent "log.registry-silent" 1 explained ["no-network" "registry-down"] open ["registry-now"];
    /// A desk let people in faster than a person can be.
    TooFast "log.too-fast" 1 explained ["clock-stood-still" "two-readers"] open ["who-was-there"];
    /// Somebody outside has never seen the end of a log.
    Unanchored "log.unanchored" 1 explained ["no-network" "witness-down"] open ["end-of-log"];
    /// The desk's clock moved.
    ClockMoved "log.clock-moved" 1 explained ["clock-set-right" "dead-battery"] open ["time-between"];
    /// A start of the desk left bytes of an entry that was never acknowledged.
    Torn "log.torn" 1 explained ["power-cut" "program-stopped"] open ["last-entry"];
    /// A log ends without its closing entry.
    NotClosed "log.not-closed" 1 explained ["power-cut" "closing-forgotten" "later-export-to-come"] open ["end-of-log"];
    /// People were looked up without a card and nothing was decided about them at that desk.
    LookedUp "log.looked-up" 1 explained ["similar-name" "candidate-left" "helped-other-desk"] open ["what-for"];
}

/// Bytes of a [`CaseId`].
const CASE_ID_LEN: usize = 16;
