//! The inspection of one document: the whole dialogue, from the card in the field to the verdict
//! (ICAO Doc 9303-11 §4 to §6; the order is ours, so that the identity is proven before the portrait arrives).
//!
//! Invariants: no file is asked for twice; nothing that was read under a broken channel is used; a broken link is
//! never a verdict.

mod dialogue;
pub(crate) mod judging;
mod mapping;
mod opening;
mod proving;
mod reading;
mod resumption;

pub use resumption::Resumption;

use crate::access::key::AccessKey;
use crate::authenticity::trust::TrustStore;
use crate::evidence::Evidence;
use crate::lds::files::{FileId, LdsFiles};
use crate::report::{CheckResult, Overall, Report, Ruling};
use bits::random::Random;
use dialogue::{Course, Dialogue, SignedObject};
use iso7816::CardSession;
use iso7816::transport::CardTransport;
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use std::borrow::Cow;

/// What an inspection may do and what it must find.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InspectionPolicy {
    /// Fall back to BAC where PACE is not offered or failed for another reason than the key. Always reported.
    pub bac_fallback: bool,
    /// Without a proof that the chip is genuine the verdict is at best [`Overall::Warn`].
    pub chip_authentication_required: bool,
    /// The groups that must be read, well formed and signed for [`Overall::Pass`].
    pub required_groups: Vec<u8>,
    /// The groups that the identity verdict needs, a part of `required_groups`.
    pub identity_groups: Vec<u8>,
    /// Those of `required_groups` that only cards have: none is asked of a document whose signed DG1 is a passport's (TD3).
    pub card_groups: Vec<u8>,
    /// Read the portrait (DG2).
    pub portrait: bool,
    /// Without a revocation list the verdict is at best [`Overall::Warn`].
    pub revocation_required: bool,
    /// Use the usual PACE parameters (ECDH generic mapping, AES-128, brainpoolP256r1) where EF.CardAccess cannot be
    /// read.
    pub card_access_fallback: bool,
    /// There is no card: files of a past inspection are judged. What only a card could show is not asked for.
    pub from_files: bool,
    /// Types of documents that have a chip key.
    pub card_types: Vec<CardType>,
    /// What the card access number has to do with the MRZ.
    pub access_number: AccessNumber,
    /// Where the signed date of issue stands, for signed objects that do not say when they were signed.
    pub issue_date: Option<IssueDate>,
    /// How long after its beginning an interrupted reading may be taken up again, in milliseconds.
    pub resume_within_ms: u32,
}

impl Default for InspectionPolicy {
    /// The Vietnamese identity card: DG1, DG2 and DG13 are needed, DG1 and DG13 are the identity. A passport has no DG13.
    fn default() -> Self {
        Self {
            bac_fallback: true,
            chip_authentication_required: true,
            required_groups: vec![1, 2, 13],
            identity_groups: vec![1, 13],
            card_groups: vec![13],
            portrait: true,
            revocation_required: false,
            card_access_fallback: true,
            from_files: false,
            card_types: vec![CardType::vietnamese()],
            access_number: AccessNumber::TailOfOptionalData { number_len: 12 },
            issue_date: None,
            resume_within_ms: 30_000,
        }
    }
}

/// What the card access number has to do with the MRZ.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AccessNumber {
    /// Nothing: it is printed on the card only.
    Unrelated,
    /// It is the end of the number with which the first optional field begins (TD1).
    TailOfOptionalData {
        /// How many characters that number has.
        number_len: usize,
    },
}

/// Where a document's date of issue stands. The group is a state's own, and so is the way to read it.
#[derive(Debug, Clone, Copy)]
pub struct IssueDate {
    /// The data group.
    pub group: u8,
    /// Reads the date from the group's bytes.
    pub read: fn(&[u8]) -> Option<Date>,
}

impl PartialEq for IssueDate {
    fn eq(&self, other: &Self) -> bool {
        self.group == other.group && std::ptr::fn_addr_eq(self.read, other.read)
    }
}

impl Eq for IssueDate {}

/// A type of document whose chip has a key (DG14 or DG15): one without both is perhaps a copy that left them out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CardType {
    /// What the MRZ says.
    Named {
        /// The issuer, as in the MRZ: `VNM`.
        issuer: String,
        /// The document code, as in the MRZ: `ID`.
        document: String,
        /// Signed on this day or later; any time where left out.
        since: Option<Date>,
    },
    /// Documents of one document signer, by the SHA-256 of its certificate.
    Signer([u8; 32]),
}

impl CardType {
    /// The chip card of Vietnam, which has both groups.
    pub fn vietnamese() -> Self {
        Self::Named { issuer: "VNM".to_owned(), document: "ID".to_owned(), since: None }
    }
}

/// How the chip was opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum AccessMethod {
    /// PACE with the card access number.
    PaceCan,
    /// PACE with the MRZ information.
    PaceMrz,
    /// Basic access control.
    Bac,
}

impl AccessMethod {
    /// A stable word for reports.
    pub fn id(self) -> &'static str {
        match self {
            Self::PaceCan => "pace-can",
            Self::PaceMrz => "pace-mrz",
            Self::Bac => "bac",
        }
    }
}

/// How far an inspection has come.
#[derive(Debug)]
pub enum Progress<'a> {
    /// The chip is open.
    AccessDone {
        /// How it was opened.
        method: AccessMethod,
    },
    /// A file is being read.
    Reading {
        /// Which.
        file: FileId,
        /// Bytes so far.
        done_bytes: usize,
        /// Bytes in all.
        total_bytes: usize,
    },
    /// A file was read to its end.
    FileRead(FileId),
    /// The identity is complete: everything but the portrait has been read and judged. The overall verdict in it is
    /// over the identity groups only.
    Identity(&'a Inspection),
}

/// Who wants to know how far an inspection has come.
pub trait Observer {
    /// Takes note.
    fn progress(&mut self, progress: Progress<'_>);
}

/// An observer that does not look.
pub struct Unobserved;

impl Observer for Unobserved {
    fn progress(&mut self, _progress: Progress<'_>) {}
}

/// What an inspection found. The files are wiped when it is dropped.
#[derive(Debug, Clone)]
pub struct Inspection {
    /// Every check, in the order in which it was decided.
    pub results: Vec<CheckResult>,
    /// What the list of deviations says about some of them.
    pub rulings: Vec<Ruling>,
    /// The verdict that follows from the results and the rulings.
    pub overall: Overall,
    /// The line that says why it is no pass.
    pub reason: Option<CheckResult>,
    /// How the chip was opened, if it was.
    pub access_method: Option<AccessMethod>,
    /// The card offered PACE, and BAC was used: the verdict is at best [`Overall::Warn`].
    pub downgraded: bool,
    /// What was read. Untrusted unless the verdict says otherwise.
    pub files: LdsFiles,
    /// What is needed to check again.
    pub evidence: Option<Evidence>,
    /// How many commands were sent.
    pub apdu_count: u32,
    /// The largest block of file content that worked, in bytes; 0 where nothing was read.
    pub block_size_bytes: usize,
    /// How often the card gave up a session and was opened again.
    pub sessions_reopened: u32,
    /// Which state of the trust store was used.
    pub trust_store_version: String,
}

/// Inspects the document in the field: opens it with `key`, reads it, proves it against `trust`, judges it.
///
/// Never fails: every way it can end is in the report.
pub fn inspect(
    transport: &mut dyn CardTransport,
    key: &AccessKey,
    trust: &TrustStore,
    policy: &InspectionPolicy,
    now: Timestamp,
    random: &mut dyn Random,
    observer: &mut dyn Observer,
) -> Inspection {
    Inspector { key, trust, policy, now }.inspect(transport, None, random, observer).inspection
}

/// What an inspection is made with, whichever card comes.
#[derive(Debug, Clone, Copy)]
pub struct Inspector<'a> {
    /// What opens the chip.
    pub key: &'a AccessKey,
    /// Whom to trust.
    pub trust: &'a TrustStore,
    /// What must be found.
    pub policy: &'a InspectionPolicy,
    /// The present moment.
    pub now: Timestamp,
}

/// One contact with a card.
#[derive(Debug)]
pub struct Contact {
    /// What was found.
    pub inspection: Inspection,
    /// What is left to go on with, where the link broke.
    pub resumption: Option<Resumption>,
}

impl Inspector<'_> {
    /// Inspects the document in the field, going on from an interrupted reading where the card is the same: access
    /// control, signed object and proof of the chip run again, files that are there are not read again.
    pub fn inspect(
        &self,
        transport: &mut dyn CardTransport,
        resumption: Option<Resumption>,
        random: &mut dyn Random,
        observer: &mut dyn Observer,
    ) -> Contact {
        let limit = SignedDuration::from_millis(i64::from(self.policy.resume_within_ms));
        let kept = resumption.and_then(|resumption| resumption.for_contact(self.key, self.now, limit));
        let dialogue = Dialogue {
            session: CardSession::new(transport),
            key: self.key,
            trust: self.trust,
            policy: Cow::Borrowed(self.policy),
            now: self.now,
            random,
            observer,
            report: Report::new(),
            course: Course::default(),
            inspection: Inspection::unopened(self.trust.version()),
            offered: None,
            card_security: None,
            pace: None,
            signed_object: SignedObject::None,
            reopened: 0,
            kept: kept.unwrap_or_default(),
        };
        dialogue.run()
    }
}

impl InspectionPolicy {
    /// For files without a card: the groups that are there must be good, and nothing is asked that only a card could
    /// show. Whether the chip is genuine is not decided by it.
    pub fn for_files(groups: Vec<u8>) -> Self {
        Self {
            chip_authentication_required: false,
            portrait: groups.contains(&dialogue::PORTRAIT_GROUP),
            required_groups: groups,
            identity_groups: Vec::new(),
            from_files: true,
            ..Self::default()
        }
    }

    /// The same policy for a passport: what only cards have is not asked for, and a card access number, where one has it,
    /// is printed on it and says nothing about its number.
    fn for_passport(&self) -> Self {
        let others = |groups: &[u8]| groups.iter().copied().filter(|group| !self.card_groups.contains(group)).collect();
        Self {
            required_groups: others(&self.required_groups),
            identity_groups: others(&self.identity_groups),
            access_number: AccessNumber::Unrelated,
            ..self.clone()
        }
    }

    /// The same policy for the moment when everything but the portrait has been read.
    fn for_identity(&self) -> Self {
        Self { required_groups: self.identity_groups.clone(), ..self.clone() }
    }
}

impl Inspection {
    pub(crate) fn unopened(trust_store_version: &str) -> Self {
        Self {
            results: Vec::new(),
            rulings: Vec::new(),
            overall: Overall::Retry,
            reason: None,
            access_method: None,
            downgraded: false,
            files: LdsFiles::new(),
            evidence: None,
            apdu_count: 0,
            block_size_bytes: 0,
            sessions_reopened: 0,
            trust_store_version: trust_store_version.to_owned(),
        }
    }
}
