//! The results of an inspection and the verdict that follows from them (after BSI TR-03135-1 §5: every check has a
//! result and a cause, and the overall result is a function of the list).
//!
//! Invariants: no line holds a person's data.

pub mod codes;
pub mod page;
pub mod render;
mod verdict;

pub use verdict::{Ruling, Weight, is_excusable, listed_checks, overall, overall_ruled};

use crate::iso7816::transport::TransportError;

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
            Self::Revocation => "passive.revocation".to_owned(),
            Self::CountryAgreement => "passive.country".to_owned(),
            Self::DgHash(group) => format!("dg{group}.hash"),
            Self::DgParse(group) => format!("dg{group}.parse"),
            Self::ChipAuthentication => "chip.authentication".to_owned(),
            Self::ActiveAuthentication => "chip.active".to_owned(),
            Self::Com => "com.agreement".to_owned(),
            Self::CardAccessCopy => "access.card-access-copy".to_owned(),
            Self::ReadCardSecurity => "card-security.read".to_owned(),
            Self::CardSecurity => "card-security.signature".to_owned(),
            Self::ChipMapping => "chip.mapping".to_owned(),
            Self::CardTypeKeys => "chip.card-type".to_owned(),
            Self::Deviation => "deviation".to_owned(),
        }
    }
}

/// Why a check ended as it did, or what was remarkable although it was good. Facts only, never a person's data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cause {
    /// The link to the card broke.
    Link(TransportError),
    /// The card refused the key.
    KeyRefused,
    /// The card has blocked the password or asks for another first.
    KeyBlocked,
    /// This access procedure is not offered by the card.
    NotOffered,
    /// What the card offers is not supported here.
    ParametersNotSupported,
    /// The key at hand cannot be used with this procedure.
    KeyUnsuitable,
    /// The policy does not allow it.
    ForbiddenByPolicy,
    /// No travel document application on the card.
    NotAnIcaoDocument,
    /// The other side did what the protocol forbids (wrong token, point off the curve, …).
    ProtocolViolated,
    /// The protected channel was broken: an answer without its protection, or with a wrong one.
    ChannelBroken,
    /// The card answered with a status word that ends the step.
    Status(u16),
    /// The file is not on the card.
    FileMissing,
    /// The file may not be read with this access.
    FileProtected,
    /// The file is empty, cut, or larger than the limit.
    FileUnreadable,
    /// The file does not start with its tag or is not well formed.
    Malformed,
    /// The fallback constant was used in place of what the card did not show.
    FallbackUsed,
    /// A structure or version that the standard does not allow, yet can be read.
    Irregular,
    /// Bytes follow after the end of the structure.
    TrailingBytes,
    /// Indefinite lengths or an outdated content type: an old signer, otherwise good.
    OldEncoding,
    /// SHA-1 was used.
    DeprecatedHash,
    /// The certificate's key identifier of its issuer is missing or another one's; its name and signature are right.
    KeyIdIrregular,
    /// An RSA key of fewer than 1,024 bits: good, and no proof for much longer.
    WeakKey,
    /// No certificate in the object, and none known here.
    SignerCertificateMissing,
    /// No certificate matches what the signer information says.
    SignerMismatch,
    /// The signature is wrong.
    SignatureWrong,
    /// The message digest is not the hash of the signed content.
    DigestWrong,
    /// The signed attributes are missing or wrong.
    AttributesWrong,
    /// An algorithm that is not supported.
    AlgorithmNotSupported,
    /// A key that is not acceptable (exponent, altered curve parameters, …).
    KeyNotAcceptable,
    /// No country signer in the trust store could have issued the document signer.
    UnknownSigner,
    /// The trust store has such a country signer, and the certificate is not signed by it.
    ChainSignatureWrong,
    /// A certificate that may not do what it did (key usage, basic constraints, path length, critical extension).
    CertificateUnfit,
    /// The signer's certificate was not yet valid when it signed.
    SignerNotYetValid,
    /// The signer's certificate had expired when it signed.
    SignerExpired,
    /// The object does not say when it was signed; judged at the time of issue of the certificate.
    SigningTimeAbsent,
    /// No revocation list is at hand.
    NoRevocationList,
    /// The revocation lists at hand are out of date.
    RevocationListOutOfDate,
    /// A revocation list names the signer.
    SignerRevoked,
    /// The countries disagree.
    CountriesDisagree,
    /// The hash differs from the signed one.
    HashDiffers,
    /// The group is not in the signed object.
    NotSigned,
    /// The list differs from the signed one.
    ListDiffers,
    /// The key that was used is not (or not provably) the signed one.
    KeyNotBound,
    /// The key is signed by a signer that the trust store does not know.
    KeyOfUnknownSigner,
    /// The key is signed by a signer whose certificate was not in force.
    KeyOfUnfitSigner,
    /// The document has no key for it.
    NoKey,
    /// Documents of this type have a chip key; this one has none: perhaps a copy whose maker left it out.
    KeysDropped,
    /// An entry of the list of deviations refuses such documents.
    RefusedByDeviation,
    /// Another check made this one unnecessary.
    NotNeeded,
    /// An earlier failure made this one pointless.
    EarlierFailure,
    /// The picture could not be decoded.
    PortraitUnreadable,
    /// A check digit or field of the MRZ is wrong.
    MrzWrong,
    /// Files are judged without their card; only a card could show this.
    NoCard,
    /// Files are judged without their card, and this one is not among them.
    FileNotSupplied,
}

impl Cause {
    /// A stable code for machine-readable reports: `key-refused`, `status-6982`.
    pub fn id(self) -> String {
        match self {
            Self::Link(error) => format!("link-{}", link_id(error)),
            Self::Status(status) => format!("status-{status:04x}"),
            plain => plain.plain_id().to_owned(),
        }
    }

    fn plain_id(self) -> &'static str {
        match self {
            Self::Link(_) => "link",
            Self::Status(_) => "status",
            Self::KeyRefused => "key-refused",
            Self::KeyBlocked => "key-blocked",
            Self::NotOffered => "not-offered",
            Self::ParametersNotSupported => "parameters-not-supported",
            Self::KeyUnsuitable => "key-unsuitable",
            Self::ForbiddenByPolicy => "forbidden-by-policy",
            Self::NotAnIcaoDocument => "not-an-icao-document",
            Self::ProtocolViolated => "protocol-violated",
            Self::ChannelBroken => "channel-broken",
            Self::FileMissing => "file-missing",
            Self::FileProtected => "file-protected",
            Self::FileUnreadable => "file-unreadable",
            Self::Malformed => "malformed",
            Self::FallbackUsed => "fallback-used",
            Self::Irregular => "irregular",
            Self::TrailingBytes => "trailing-bytes",
            Self::OldEncoding => "old-encoding",
            Self::DeprecatedHash => "deprecated-hash",
            Self::KeyIdIrregular => "key-id-irregular",
            Self::WeakKey => "weak-key",
            Self::SignerCertificateMissing => "signer-certificate-missing",
            Self::SignerMismatch => "signer-mismatch",
            Self::SignatureWrong => "signature-wrong",
            Self::DigestWrong => "digest-wrong",
            Self::AttributesWrong => "attributes-wrong",
            Self::AlgorithmNotSupported => "algorithm-not-supported",
            Self::KeyNotAcceptable => "key-not-acceptable",
            Self::UnknownSigner => "unknown-signer",
            Self::ChainSignatureWrong => "chain-signature-wrong",
            Self::CertificateUnfit => "certificate-unfit",
            Self::SignerNotYetValid => "signer-not-yet-valid",
            Self::SignerExpired => "signer-expired",
            Self::SigningTimeAbsent => "signing-time-absent",
            Self::NoRevocationList => "no-revocation-list",
            Self::RevocationListOutOfDate => "revocation-list-out-of-date",
            Self::SignerRevoked => "signer-revoked",
            Self::CountriesDisagree => "countries-disagree",
            Self::HashDiffers => "hash-differs",
            Self::NotSigned => "not-signed",
            Self::ListDiffers => "list-differs",
            Self::KeyNotBound => "key-not-bound",
            Self::KeyOfUnknownSigner => "key-of-unknown-signer",
            Self::KeyOfUnfitSigner => "key-of-unfit-signer",
            Self::NoKey => "no-key",
            Self::KeysDropped => "keys-dropped",
            Self::RefusedByDeviation => "refused-by-deviation",
            Self::NotNeeded => "not-needed",
            Self::EarlierFailure => "earlier-failure",
            Self::PortraitUnreadable => "portrait-unreadable",
            Self::MrzWrong => "mrz-wrong",
            Self::NoCard => "no-card",
            Self::FileNotSupplied => "file-not-supplied",
        }
    }
}

fn link_id(error: TransportError) -> &'static str {
    match error {
        TransportError::CardLost => "card-lost",
        TransportError::ReaderLost => "reader-lost",
        TransportError::ServiceLost => "service-lost",
        TransportError::HeldByAnother => "held-by-another",
        TransportError::TimedOut { .. } => "timed-out",
        TransportError::ExtendedLengthRefused => "extended-length-refused",
        TransportError::ReaderFailed { .. } => "reader-failed",
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
    /// Good signature, no trust anchor: never green, never called forged.
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
