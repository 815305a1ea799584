//! Checks and causes by their stable codes, for rules that people write.

use super::{Cause, Check};
use crate::lds::files::LAST_GROUP;

const CHECKS: [Check; 23] = [
    Check::CardAccess,
    Check::Pace,
    Check::Bac,
    Check::Application,
    Check::ReadSod,
    Check::ReadCom,
    Check::SodStructure,
    Check::SodSignature,
    Check::SignerChain,
    Check::SignerValidity,
    Check::Revocation,
    Check::SignerProfile,
    Check::DocumentType,
    Check::AccessKey,
    Check::CountryAgreement,
    Check::ChipAuthentication,
    Check::ActiveAuthentication,
    Check::Com,
    Check::CardAccessCopy,
    Check::ReadCardSecurity,
    Check::CardSecurity,
    Check::ChipMapping,
    Check::CardTypeKeys,
];

/// Good checks have these, and undecided ones: each weighs WARN or less by itself.
const REMARKS: [Cause; 25] = [
    Cause::FallbackUsed,
    Cause::Irregular,
    Cause::TrailingBytes,
    Cause::OldEncoding,
    Cause::DeprecatedHash,
    Cause::KeyIdIrregular,
    Cause::WeakKey,
    Cause::ShortKey,
    Cause::AttributesUnsorted,
    Cause::CscaIncomplete,
    Cause::ProfileDeviates,
    Cause::SigningTimeAbsent,
    Cause::SigningTimeOdd,
    Cause::NoRevocationList,
    Cause::RevocationListOutOfDate,
    Cause::RevocationListNotYet,
    Cause::RevocationListPartial,
    Cause::RevocationListUnknownExtension,
    Cause::AccessKeyDiffers,
    Cause::ListDiffers,
    Cause::NotSigned,
    Cause::NoKey,
    Cause::PortraitUnreadable,
    Cause::MrzWrong,
    Cause::KeysDropped,
];

const DEFECTS: [Cause; 38] = [
    Cause::FileMissing,
    Cause::FileProtected,
    Cause::FileUnreadable,
    Cause::Malformed,
    Cause::ContentTypeUnknown,
    Cause::LdsVersionUnknown,
    Cause::GroupOutOfRange,
    Cause::GroupTwice,
    Cause::HashLengthWrong,
    Cause::NoGroups,
    Cause::NoSigner,
    Cause::SignerCertificateMissing,
    Cause::SignerMismatch,
    Cause::CertificateTooLarge,
    Cause::CertificateMalformed,
    Cause::SignatureWrong,
    Cause::DigestWrong,
    Cause::AttributesWrong,
    Cause::AttributesMissing,
    Cause::AttributeTwice,
    Cause::ContentTypeAttributeWrong,
    Cause::DigestAttributeMissing,
    Cause::AlgorithmNotSupported,
    Cause::KeyNotAcceptable,
    Cause::KeyBoundOtherwise,
    Cause::ChainSignatureWrong,
    Cause::CertificateUnfit,
    Cause::PurposeOther,
    Cause::KeyUsePeriodOver,
    Cause::DocumentTypeForbidden,
    Cause::SignerNotYetValid,
    Cause::SignerExpired,
    Cause::IssuerNotYetValid,
    Cause::SignedInFuture,
    Cause::SignerRevoked,
    Cause::CountriesDisagree,
    Cause::HashDiffers,
    Cause::OfferHidden,
];

/// The check with this code.
pub fn check(code: &str) -> Option<Check> {
    let of_group = |group| [Check::ReadGroup(group), Check::DgHash(group), Check::DgParse(group)];
    CHECKS.into_iter().chain((1..=LAST_GROUP).flat_map(of_group)).find(|check| check.id() == code)
}

/// The cause with this code, where a rule may name it: what a link or a refused key does is nobody's deviation.
pub fn cause(code: &str) -> Option<Cause> {
    REMARKS.into_iter().chain(DEFECTS).find(|cause| cause.id() == code)
}

/// True for what is remarkable and never by itself a reason to refuse.
pub fn is_remark(check: Check, cause: Cause) -> bool {
    let weighs_more = matches!(check, Check::CardAccessCopy | Check::ReadGroup(_) | Check::DgHash(_));
    REMARKS.contains(&cause) && !weighs_more
}
