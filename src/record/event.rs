//! What can happen at a desk, as plain facts.

use super::code::Code;
use super::entry::{read_time, write_time};
use super::opened::{Opened, PackageRef};
use super::signed_words::SignedWords;
use bits::hex;
use jiff::Timestamp;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// Declares a byte array that stands in entries as lower-case hexadecimal.
macro_rules! hex_bytes {
    ($(#[$doc:meta])* $name:ident, $len:expr) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub [u8; $len]);

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(&hex::encode_lower(&self.0))
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = String::deserialize(deserializer)?;
                let bytes = hex::decode(&text).and_then(|bytes| bytes.try_into().ok());
                bytes.map(Self).ok_or_else(|| de::Error::custom(concat!("not a ", stringify!($name))))
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                formatter.write_str(&hex::encode_lower(&self.0))
            }
        }
    };
}

hex_bytes!(
    /// A candidate in the log: the roster's random id.
    CandidateRef,
    16
);
hex_bytes!(
    /// A document in the log: a keyed digest of its number.
    DocumentRef,
    16
);
hex_bytes!(
    /// A SHA-256 digest.
    Digest,
    32
);

/// An earlier entry of this desk's log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct EntryRef {
    /// Number of the segment in this log, from 1.
    pub segment: u32,
    /// Place in that segment, from 0.
    pub seq: u64,
}

/// What the chip's inspection ended in. Mirrors the inspection's overall verdict.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ChipState {
    /// All required checks good.
    Pass,
    /// Good with a named reservation.
    Warn,
    /// Good signature, no CSCA certificate.
    Unknown,
    /// Altered, forged or cloned.
    Fail,
    /// No key opened the chip: nothing is said about the document.
    Access,
    /// The card left the field or the reader failed before there was a verdict.
    Retry,
    /// No chip was read.
    NotRead,
}

/// What was known from the registry when the decision fell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RegistryState {
    /// The registry holds what the card says, and the card counts.
    Match,
    /// The registry holds another name, date or signer than the card.
    Mismatch,
    /// The registry says that the card was revoked, lost, replaced or has expired.
    CardInvalid,
    /// The registry does not know the number.
    NotFound,
    /// A code of the registry's own, kept word for word: a person decides.
    UnknownCode,
    /// Asked, no answer yet.
    Pending,
    /// The rules do not ask, or nobody could be asked.
    NotAsked,
    /// An answer that is unsigned, late or not to this question: as if there were none.
    Refused,
}

/// A person let in on a card.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckIn {
    /// Who was let in, by the roster's random id.
    pub cand: CandidateRef,
    /// The card, by a keyed digest of its number: the same card is the same value in one exam.
    pub doc: DocumentRef,
    /// What the inspection of this contact ended in.
    pub chip: ChipState,
    /// How the chip was opened: `pace-can`, `pace-mrz`, `bac`.
    pub access: Code,
    /// The registry's word at that moment.
    pub registry: RegistryState,
    /// Reservations that the operator saw, as stable codes.
    pub remarks: Vec<Code>,
    /// The candidate came after the start signal.
    pub late: bool,
    /// The second person, where the policy asked for one.
    pub second: Option<Code>,
}

/// What the chip and the registry said when somebody who was in already came in again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReEntryBasis {
    /// The inspection's verdict in this contact.
    pub chip: ChipState,
    /// How the chip was opened: `pace-can`, `pace-mrz`, `bac`.
    pub access: Code,
    /// The registry's word at that moment.
    pub registry: RegistryState,
    /// Reservations that the operator saw, as stable codes.
    pub remarks: Vec<Code>,
    /// The second person, where the policy asked for one.
    pub second: Option<Code>,
}

/// What a segment adds up to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Totals {
    /// Entries before the `close`.
    pub entries: u64,
    /// Candidates in at that moment, over all segments.
    pub arrived: u64,
    /// Manual decisions in this segment.
    pub manual: u64,
    /// Entries of kind `undo` in this segment.
    pub undone: u64,
}

/// Questions to the registry that a session ends without an answer to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenQuestions {
    /// How many.
    pub count: u64,
    /// SHA-256 of what was asked, sealed for the board beside the log; missing where it was not kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sha256: Option<Digest>,
}

/// One thing that happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "ev", rename_all = "kebab-case")]
pub enum AttendanceEvent {
    /// A segment begins. Written by the log itself.
    Open(Box<Opened>),
    /// A person was let in on a card.
    CheckIn(CheckIn),
    /// A person was let in by a decision, with or without a card.
    ManualDecision {
        /// The candidate, where one is known.
        cand: Option<CandidateRef>,
        /// The document, where one was read.
        doc: Option<DocumentRef>,
        /// True: let in.
        admitted: bool,
        /// What the chip said.
        chip: ChipState,
        /// What the registry said.
        registry: RegistryState,
        /// Why, as a stable code.
        reason: Code,
        /// Code of the second person, whom every such decision needs.
        second: Code,
    },
    /// A person was not let in.
    NotAdmitted {
        /// The candidate, where one is known.
        cand: Option<CandidateRef>,
        /// The document, where one was read.
        doc: Option<DocumentRef>,
        /// Why.
        reason: Code,
        /// The second person, where the policy asked for one.
        second: Option<Code>,
    },
    /// A person was sent to the head of site.
    Referred {
        /// The candidate, where one is known.
        cand: Option<CandidateRef>,
        /// The document, where one was read.
        doc: Option<DocumentRef>,
        /// What the chip said.
        chip: ChipState,
        /// Why.
        reasons: Vec<Code>,
    },
    /// An earlier entry does not count any more.
    Undo {
        /// The entry that does not count any more; it stays in the log.
        refers: EntryRef,
        /// Why.
        reason: Code,
        /// The second person.
        second: Code,
    },
    /// The registry was asked.
    RegistryRequest {
        /// The question's id.
        id: String,
        /// About which document.
        doc: DocumentRef,
    },
    /// The registry answered, or the call ended without an answer.
    RegistryAnswer {
        /// The question's id.
        id: String,
        /// SHA-256 of the request as it was sent.
        request_sha256: Option<Digest>,
        /// How the answer was judged.
        state: RegistryState,
        /// The cause, where it is no plain answer.
        cause: Option<Code>,
        /// The answer word for word, where it was signed by the registry.
        verbatim: Option<String>,
    },
    /// A person was sent to another site, session or room.
    Elsewhere {
        /// The candidate.
        cand: CandidateRef,
        /// The document, where one was read.
        doc: Option<DocumentRef>,
        /// The site that was named.
        site: String,
        /// The session that was named.
        session: String,
        /// The room that was named.
        room: String,
    },
    /// Somebody came on a candidate who is in already, and it was reported.
    DuplicateReported {
        /// The candidate.
        cand: CandidateRef,
        /// The document, where one was read.
        doc: Option<DocumentRef>,
        /// The arrival that counts.
        first: EntryRef,
        /// The second person, where the policy asked for one.
        second: Option<Code>,
    },
    /// Somebody who is in already came in again.
    ReEntry {
        /// The candidate.
        cand: CandidateRef,
        /// The document, where one was read.
        doc: Option<DocumentRef>,
        /// The arrival that counts.
        first: EntryRef,
        /// What this entry rests on; missing in logs of programs that asked for nothing at a re-entry.
        #[serde(flatten)]
        basis: Option<ReEntryBasis>,
    },
    /// A card could not be read to the end, after a person's data had been reached or a key had been tried.
    ReadFailed {
        /// The candidate, where one was picked.
        cand: Option<CandidateRef>,
        /// The document, where its number is known.
        doc: Option<DocumentRef>,
        /// The stable code of the failure.
        cause: Code,
        /// Commands sent.
        apdu_count: u32,
        /// What the chip's inspection had come to in that contact; missing where nothing had been judged, and in
        /// logs of older programs.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        chip: Option<ChipState>,
        /// The check that had failed by then, as a stable code.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        failed: Option<Code>,
    },
    /// A person has seen that the registry said something against somebody who was in already, and has answered for
    /// it by name: `op` of this entry. The news itself is the `registry-answer` before it; news that nobody answered
    /// has no entry of this kind.
    LateAnswer {
        /// The candidate.
        cand: CandidateRef,
        /// The arrival that the news is about.
        refers: EntryRef,
        /// The question's id.
        id: String,
        /// What the registry said.
        state: RegistryState,
        /// What is done about it, as a stable code.
        reason: Code,
        /// The second person, where the policy asked for one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        second: Option<Code>,
    },
    /// Somebody who is expected elsewhere was let in here by two people; minutes are written about it.
    Guest {
        /// The candidate.
        cand: CandidateRef,
        /// The document, where one was read.
        doc: Option<DocumentRef>,
        /// What the chip said.
        chip: ChipState,
        /// What the registry said.
        registry: RegistryState,
        /// The site where he is expected.
        site: String,
        /// The session.
        session: String,
        /// The room.
        room: String,
        /// Why, as a stable code.
        reason: Code,
        /// The second person.
        second: Code,
    },
    /// What was decided on paper while the desk was down, entered afterwards by two people with a PIN each. It rests on
    /// nothing that the desk saw.
    PaperDecision {
        /// The candidate.
        cand: CandidateRef,
        /// True: let in.
        admitted: bool,
        /// When, by the paper.
        #[serde(serialize_with = "write_time", deserialize_with = "read_time")]
        at: Timestamp,
        /// The second person.
        second: Code,
    },
    /// The portrait of somebody who is let in may be another's: reported upward, and checked after the session. The
    /// `check-in` follows.
    PortraitDoubted {
        /// The candidate.
        cand: CandidateRef,
        /// The document.
        doc: DocumentRef,
        /// The second person.
        second: Code,
    },
    /// In a room the signal was given from which the time of writing counts. A later entry for the same room corrects it.
    StartSignal {
        /// The room, as the roster writes it.
        room: String,
        /// When.
        #[serde(serialize_with = "write_time", deserialize_with = "read_time")]
        at: Timestamp,
        /// The second person, for a correction and for a signal far from the planned time.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        second: Option<Code>,
    },
    /// The scripts of a room were counted at the end, and the number typed in. A later entry for the same room corrects
    /// it; a room without one is not known.
    ScriptsCounted {
        /// The room, as the roster writes it.
        room: String,
        /// How many scripts were handed in.
        scripts: u64,
    },
    /// Two people end the session although something has not reached whom it is for. The `close` follows.
    CloseOverruled {
        /// People who wait for the head of site.
        waiting: u64,
        /// Bad news about somebody who is in that nobody has answered.
        news: u64,
        /// Rooms whose scripts the rules ask for and nobody counted.
        uncounted: u64,
        /// The log itself was to be carried off, and was not.
        log: bool,
        /// The second person.
        second: Code,
    },
    /// A paper was written in the open to where the package's rules say: a list of who is in, or a form about somebody.
    Printed {
        /// Which: `attendance-list`, `incident-note`, `undertaking`.
        paper: Code,
        /// The folder.
        to: String,
        /// SHA-256 of the file.
        sha256: Digest,
        /// Whom it is about.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        cand: Option<CandidateRef>,
    },
    /// Somebody else is on duty from here on, `op` of this entry, who gave her PIN.
    OperatorChanged {
        /// Who was on duty before.
        from: Code,
    },
    /// Something happened to a device: reader, scanner, disk, network, power, operator's lock.
    DeviceEvent {
        /// Which device, as a stable word: `reader`, `witness`, …
        device: Code,
        /// What became of it: the code of a failure, or a word such as `ready`, `low`.
        event: Code,
    },
    /// A person's data was shown without a card.
    PersonViewed {
        /// The candidate.
        cand: CandidateRef,
        /// What for: `search` where the row was picked, `listed` where it stood among others.
        purpose: Code,
    },
    /// The wall clock moved against the boot clock. Written by the log itself.
    ClockJump {
        /// By how much, in milliseconds.
        by_ms: i64,
    },
    /// A person has answered for the clock by name: this desk's logs hold a later time than the clock shows, and it is
    /// the clock that is right.
    ClockConfirmed {
        /// The latest of the times that were wrong.
        #[serde(serialize_with = "write_time", deserialize_with = "read_time")]
        later: Timestamp,
    },
    /// Somebody outside the desk saw the log's head and signed it.
    Anchor {
        /// Entries of this segment that were witnessed.
        size: u64,
        /// The root over them.
        root: Digest,
        /// Which witness, by its name in the configuration.
        with: Code,
        /// The cosigned checkpoint, word for word (C2SP `tlog-cosignature`).
        note: String,
    },
    /// What a decision rests on was kept, sealed for the board.
    Evidence {
        /// The decision.
        refers: EntryRef,
        /// SHA-256 of the sealed file.
        sha256: Digest,
    },
    /// The desk works from this package.
    PackageLoaded {
        /// Which.
        package: PackageRef,
        /// Candidates in it.
        rows: u64,
    },
    /// People's data was removed from the desk.
    Purged {
        /// What: `roster`, `exam-key`, `evidence`, `index`, `package`.
        what: Vec<Code>,
        /// SHA-256 of the board's receipt that allowed it.
        receipt: Option<Digest>,
        /// Or the two people who took it upon themselves.
        overruled_by: Vec<Code>,
    },
    /// The log was copied out.
    Export {
        /// Entries copied of this segment.
        size: u64,
        /// The root over them.
        root: Digest,
    },
    /// Members of a board did something about a case. What, about which entries, and who, stands in the note that they
    /// signed. In a board's own record only.
    CaseStep {
        /// The signed statement, word for word.
        note: SignedWords,
    },
    /// The segment ends on purpose.
    Close {
        /// What the segment adds up to, so that a reader of the last entry can hold it against the others.
        totals: Totals,
        /// The questions to the registry that have no answer which counts; missing where there is none, and in logs of
        /// older programs.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        open: Option<OpenQuestions>,
    },
}
