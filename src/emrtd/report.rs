//! The results of an inspection and the verdict that follows from them (after BSI TR-03135-1 §5: every check has a
//! result and a cause, and the overall result is a function of the list).
//!
//! Invariants: no line holds a person's data.

mod cause;
pub mod codes;
pub mod page;
pub mod render;
mod verdict;

pub use cause::Cause;
pub use verdict::{Ruling, Weight, is_excusable, listed_checks, overall, overall_ruled, reason};

/// What became of one check.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Outcome {
    /// It ran and was good.
    Successful,
    /// It ran and was bad.
    Failed,
    /// The document does not offer it, or uses what this program does not support.
    NotSupported,
    /// It was not run.
    NotPerformed,
    /// It was begun and broke off.
    Aborted,
    /// It ran and could not be decided.
    Undetermined,
}

impl Outcome {
    /// A stable word for machine-readable reports.
    pub fn id(self) -> &'static str {
        match self {
            Self::Successful => "successful",
            Self::Failed => "failed",
            Self::NotSupported => "not-supported",
            Self::NotPerformed => "not-performed",
            Self::Aborted => "aborted",
            Self::Undetermined => "undetermined",
        }
    }
}

/// One check of an inspection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Check {
    /// EF.CardAccess was read and offers something.
    CardAccess,
    /// PACE.
    Pace,
    /// Basic access control.
    Bac,
    /// SELECT of the travel document application.
    Application,
    /// The link to the card held until the end.
    Link,
    /// EF.SOD was read.
    ReadSod,
    /// EF.COM was read.
    ReadCom,
    /// A data group was read.
    ReadGroup(u8),
    /// The signed object is well formed.
    SodStructure,
    /// The signature over the signed object.
    SodSignature,
    /// A country signer of the trust store issued the document signer.
    SignerChain,
    /// The document signer was valid when it signed.
    SignerValidity,
    /// The document signer's certificate keeps the profile of its kind.
    SignerProfile,
    /// The document signer may sign documents of this type. Listed only where its certificate names types.
    DocumentType,
    /// The document signer was not revoked.
    Revocation,
    /// The countries of the signer, its issuer and DG1 agree.
    CountryAgreement,
    /// The hash of a data group is the one that was signed.
    DgHash(u8),
    /// A data group is well formed.
    DgParse(u8),
    /// Chip authentication under a key that was signed.
    ChipAuthentication,
    /// Active authentication under a key that was signed.
    ActiveAuthentication,
    /// EF.COM agrees with the signed object.
    Com,
    /// EF.CardAccess agrees with its signed copy in DG14 or EF.CardSecurity.
    CardAccessCopy,
    /// The key that opened the chip is the one that its signed DG1 gives.
    AccessKey,
    /// EF.CardSecurity was read.
    ReadCardSecurity,
    /// EF.CardSecurity is well formed and signed by a signer whom the trust store knows.
    CardSecurity,
    /// The chip proved within PACE that it has the key in EF.CardSecurity.
    ChipMapping,
    /// A document of a type that is known to have a chip key has one.
    CardTypeKeys,
    /// No entry of the list of deviations refuses the document whatever it is like. Listed only where one does.
    Deviation,
}

impl Check {
    /// A stable code: `passive.signature`, `dg1.hash`.
    pub fn id(self) -> String {
        match self {
            Self::CardAccess => "access.card-access".to_owned(),
            Self::Pace => "access.pace".to_owned(),
            Self::Bac => "access.bac".to_owned(),
            Self::Application => "access.application".to_owned(),
            Self::Link => "link".to_owned(),
            Self::ReadSod => "sod.read".to_owned(),
            Self::ReadCom => "com.read".to_owned(),
            Self::ReadGroup(group) => format!("dg{group}.read"),
            Self::SodStructure => "passive.structure".to_owned(),
            Self::SodSignature => "passive.signature".to_owned(),
            Self::SignerChain => "passive.chain".to_owned(),
            Self::SignerValidity => "passive.validity".to_owned(),
            Self::SignerProfile => "passive.profile".to_owned(),
            Self::DocumentType => "passive.document-type".to_owned(),
            Self::Revocation => "passive.revocation".to_owned(),
            Self::CountryAgreement => "passive.country".to_owned(),
            Self::DgHash(group) => format!("dg{group}.hash"),
            Self::DgParse(group) => format!("dg{group}.parse"),
            Self::ChipAuthentication => "chip.authentication".to_owned(),
            Self::ActiveAuthentication => "chip.active".to_owned(),
            Self::Com => "com.agreement".to_owned(),
            Self::CardAccessCopy => "access.card-access-copy".to_owned(),
            Self::AccessKey => "access.key-of-document".to_owned(),
            Self::ReadCardSecurity => "card-security.read".to_owned(),
            Self::CardSecurity => "card-security.signature".to_owned(),
            Self::ChipMapping => "chip.mapping".to_owned(),
            Self::CardTypeKeys => "chip.card-type".to_owned(),
            Self::Deviation => "deviation".to_owned(),
        }
    }
}

impl Check {
    /// Where the standard asks for it.
    pub fn section(self) -> &'static str {
        match self {
            Self::CardAccess | Self::CardAccessCopy => "9303-11 §4.2",
            Self::Pace => "9303-11 §4.4",
            Self::Bac => "9303-11 §4.3",
            // No paragraph asks for it: the MRZ information and, on this card, the access number are in DG1.
            Self::AccessKey => "9303-11 §4.3.2, §4.4.2",
            Self::Application => "9303-10 §3.3",
            Self::Link => "9303-10 §2",
            Self::ReadSod | Self::SodStructure => "9303-10 §4.6.2",
            Self::ReadCom | Self::Com => "9303-10 §4.6.1",
            Self::ReadGroup(_) | Self::DgParse(_) => "9303-10 §4.7",
            Self::SodSignature | Self::SignerChain | Self::DgHash(_) | Self::CountryAgreement => "9303-11 §5.1",
            Self::SignerValidity | Self::SignerProfile => "9303-12 §7.1",
            Self::DocumentType => "9303-12 §7.1.1.6",
            Self::Revocation => "9303-12 §7.1.4, RFC 5280 §6.3",
            Self::ChipAuthentication | Self::CardTypeKeys => "9303-11 §6.2",
            Self::ActiveAuthentication => "9303-11 §6.1",
            Self::ReadCardSecurity | Self::CardSecurity => "9303-11 §9.2.11",
            Self::ChipMapping => "9303-11 §4.4.3.5",
            Self::Deviation => "9303-12 §9",
        }
    }
}

/// One line of the report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CheckResult {
    /// What was checked.
    pub check: Check,
    /// What became of it.
    pub outcome: Outcome,
    /// Why, or what was remarkable.
    pub cause: Option<Cause>,
    /// Where the standard asks for it.
    pub section: &'static str,
}

/// The verdict over the whole document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Overall {
    /// Every required check is good.
    Pass,
    /// Readable; a named reason for the operator to look.
    Warn,
    /// Good signature, no CSCA: never green, never called forged.
    Unknown,
    /// Altered, forged or cloned.
    Fail,
    /// The key was refused.
    Access,
    /// The link broke; no verdict.
    Retry,
}

impl Overall {
    /// The word in reports.
    pub fn word(self) -> &'static str {
        match self {
            Self::Pass => "PASS",
            Self::Warn => "WARN",
            Self::Unknown => "UNKNOWN",
            Self::Fail => "FAIL",
            Self::Access => "ACCESS",
            Self::Retry => "RETRY",
        }
    }

    /// The exit code of `diemdanh read`.
    pub fn exit_code(self) -> u8 {
        match self {
            Self::Pass => 0,
            Self::Warn => 1,
            Self::Unknown => 2,
            Self::Fail => 3,
            Self::Access => 4,
            Self::Retry => 5,
        }
    }
}

/// The list of results while it grows.
#[derive(Debug, Clone, Default)]
pub struct Report {
    results: Vec<CheckResult>,
}

impl Report {
    /// No result yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds one line.
    pub fn add(&mut self, check: Check, outcome: Outcome, cause: Option<Cause>, section: &'static str) {
        self.results.push(CheckResult { check, outcome, cause, section });
    }

    /// Every line so far, in the order in which it was decided.
    pub fn results(&self) -> &[CheckResult] {
        &self.results
    }

    /// What became of `check`, if it was decided.
    pub fn outcome(&self, check: Check) -> Option<Outcome> {
        verdict::outcome_of(&self.results, check)
    }
}
