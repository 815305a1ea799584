//! Checks and causes by their stable codes, for rules that people write.

use super::{Cause, Check};
use crate::emrtd::lds::files::LAST_GROUP;

const CHECKS: [Check; 20] = [
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
const REMARKS: [Cause; 16] = [
    Cause::FallbackUsed,
    Cause::Irregular,
    Cause::TrailingBytes,
    Cause::OldEncoding,
    Cause::DeprecatedHash,
    Cause::KeyIdIrregular,
    Cause::WeakKey,
    Cause::SigningTimeAbsent,
    Cause::NoRevocationList,
    Cause::RevocationListOutOfDate,
    Cause::ListDiffers,
    Cause::NotSigned,
    Cause::NoKey,
    Cause::PortraitUnreadable,
    Cause::MrzWrong,
    Cause::KeysDropped,
];

const DEFECTS: [Cause; 18] = [
    Cause::FileMissing,
    Cause::FileProtected,
    Cause::FileUnreadable,
    Cause::Malformed,
    Cause::SignerCertificateMissing,
    Cause::SignerMismatch,
    Cause::SignatureWrong,
    Cause::DigestWrong,
    Cause::AttributesWrong,
    Cause::AlgorithmNotSupported,
    Cause::KeyNotAcceptable,
    Cause::ChainSignatureWrong,
    Cause::CertificateUnfit,
    Cause::SignerNotYetValid,
    Cause::SignerExpired,
    Cause::SignerRevoked,
    Cause::CountriesDisagree,
    Cause::HashDiffers,
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
