//! Passive authentication (ICAO Doc 9303-11 §5.1): is the data what the state signed?
//!
//! Invariants: a [`TrustedSod`] is made only here, after structure, signature, chain and validity were all good (where
//! the object does not say when it was signed, the line about validity may still be open); a
//! [`BoundKey`] is made only from the exact bytes whose hash a [`TrustedSod`] holds. A signed object of an unknown
//! signer gives [`SignedSod`] and [`SignedKey`], which are other types, so that neither can be taken for the former.

use crate::authenticity::certificate::Certificate;
use crate::authenticity::cms::{CmsError, SignedData, SigningTime};
use crate::authenticity::signatures::{self, SignatureVerdict};
use crate::authenticity::signer;
pub use crate::authenticity::signer::settle_validity;
use crate::authenticity::trust::TrustStore;
use crate::lds::sod::{self, SecurityObject, SodError, TrailingBytes};
use crate::report::{Cause, Check, Outcome, Report};
use jiff::Timestamp;

const SECTION_SOD: &str = "9303-10 §4.6.2";
const SECTION_PASSIVE: &str = "9303-11 §5.1";

/// Content types of LDS security objects: ICAO's, its two predecessors' (1.3.27.1.1.1 and the Dutch
/// 1.2.528.1.1006.1.20.1), and id-data (field experience).
const CONTENT_TYPES: [(&[u8], bool); 4] = [
    (&[0x67, 0x81, 0x08, 0x01, 0x01, 0x01], false),
    (&[0x2B, 0x1B, 0x01, 0x01, 0x01], true),
    (&[0x2A, 0x84, 0x10, 0x01, 0x87, 0x6E, 0x01, 0x14, 0x01], true),
    (&[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x07, 0x01], true),
];

/// What passive authentication came to.
#[derive(Debug, Clone)]
#[expect(clippy::large_enum_variant, reason = "one of these lives in an inspection")]
pub enum SodVerdict {
    /// Signed by a signer whom the trust store knows.
    Trusted(TrustedSod),
    /// Well signed, by a signer whom the trust store does not know: neither genuine nor forged.
    UnknownSigner(SignedSod),
    /// Well signed under a known CSCA, at a time when the signer's certificate was not in force: refused, unless the
    /// list of deviations knows the mistake. What else there is to say about the document is still worth saying.
    OutOfForce(SignedSod, Cause),
    /// Nobody here can verify it: its algorithm is not known, or its signer's certificate is not at hand. What was
    /// altered since still shows by its hashes; that nothing was, nobody says.
    Unverified(UnverifiedSod, Cause),
    /// Not signed, or signed by one who may not.
    Failed(Cause),
}

/// What a signed object says that nobody verified.
#[derive(Debug, Clone)]
pub struct UnverifiedSod {
    object: SecurityObject,
}

/// A signed object whose signature is good. Says nothing about who signed.
#[derive(Debug, Clone)]
pub struct SignedSod {
    object: SecurityObject,
    signer: Certificate,
    signed_at: Option<Timestamp>,
    is_validity_open: bool,
}

/// A signed object whose signer is known. Made by [`authenticate`] only.
#[derive(Debug, Clone)]
pub struct TrustedSod {
    signed: SignedSod,
    csca: Certificate,
}

/// A chip's key that a trusted signer signed. Made by [`TrustedSod::bind`] only.
#[derive(Debug, Clone)]
pub struct BoundKey<K> {
    key: K,
    group: u8,
}

/// A chip's key that an unknown signer signed. Made by [`SignedSod::bind`] only.
#[derive(Debug, Clone)]
pub struct SignedKey<K> {
    key: K,
    group: u8,
}

/// Why a key is not bound to a signed object.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BindError<E> {
    /// The group is not in the signed object.
    #[error("the group is not signed")]
    NotSigned,
    /// The group's hash is not the signed one.
    #[error("data group hash mismatch")]
    HashDiffers,
    /// The key cannot be read.
    #[error("the key cannot be read")]
    Key(E),
}

/// How a group compares with the signed object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GroupHashVerdict {
    /// The hash is the signed one.
    Same,
    /// It is not.
    Differs,
    /// The group is not in the signed object.
    NotSigned,
}

/// Checks EF.SOD against the trust store at the moment `at` and lists every check.
pub fn authenticate(file: &[u8], trust: &TrustStore, at: Timestamp, report: &mut Report) -> SodVerdict {
    let signed = match structure(file) {
        Ok((signed, note)) => {
            report.add(Check::SodStructure, Outcome::Successful, note, SECTION_SOD);
            signed
        }
        Err(cause) => return failed(report, Check::SodStructure, cause, SECTION_SOD),
    };
    let (signer, facts) = match signatures::verify(&signed.data, trust) {
        Ok(SignatureVerdict::Good { signer, facts, note }) => {
            report.add(Check::SodSignature, Outcome::Successful, note, SECTION_PASSIVE);
            (signer, facts)
        }
        Ok(SignatureVerdict::Unverified { claim, cause }) => {
            return unverified(signed.object, claim, cause, trust, at, report);
        }
        Err(cause) => return failed(report, Check::SodSignature, cause, SECTION_PASSIVE),
    };
    let time = facts.signing_time;
    let is_validity_open = signer::is_validity_open(&signer, time, at);
    let signed = SignedSod { object: signed.object, signer, signed_at: time.moment(), is_validity_open };
    judge_signer(signed, time, trust, at, report)
}

/// Says what can be said all the same: who would have issued the signer that the object names.
fn unverified(
    object: SecurityObject,
    claim: Option<(Certificate, SigningTime)>,
    cause: Cause,
    trust: &TrustStore,
    at: Timestamp,
    report: &mut Report,
) -> SodVerdict {
    let outcome = if cause == Cause::AlgorithmNotSupported { Outcome::NotSupported } else { Outcome::Undetermined };
    report.add(Check::SodSignature, outcome, Some(cause), SECTION_PASSIVE);
    if let Some((signer, time)) = claim {
        // The lines count; there is nobody behind it in any case.
        let _ = signer::csca_of(&signer, time, trust, at, report);
    }
    SodVerdict::Unverified(UnverifiedSod { object }, cause)
}

impl SodVerdict {
    /// What was signed, whoever signed it.
    pub fn signed(&self) -> Option<&SignedSod> {
        match self {
            Self::Trusted(sod) => Some(sod.signed()),
            Self::UnknownSigner(sod) | Self::OutOfForce(sod, _) => Some(sod),
            Self::Unverified(..) | Self::Failed(_) => None,
        }
    }

    /// What the object says, verified or not.
    pub fn object(&self) -> Option<&SecurityObject> {
        match self {
            Self::Unverified(sod, _) => Some(sod.object()),
            other => other.signed().map(SignedSod::object),
        }
    }
}

impl UnverifiedSod {
    /// The hashes that it lists. Nobody has vouched for them.
    pub fn object(&self) -> &SecurityObject {
        &self.object
    }
}

impl SignedSod {
    /// The hashes that the signature covers. Whether the signer is trusted is another matter.
    pub fn object(&self) -> &SecurityObject {
        &self.object
    }

    /// The certificate under which the signature holds.
    pub fn signer(&self) -> &Certificate {
        &self.signer
    }

    /// When it was signed, as far as it says.
    pub fn signed_at(&self) -> Option<Timestamp> {
        self.signed_at
    }

    /// Whether only the date of issue can tell that the signer was in force; see [`settle_validity`].
    pub fn is_validity_open(&self) -> bool {
        self.is_validity_open
    }

    /// Compares the exact bytes of a group's outer element with the signed hash.
    pub fn compare(&self, group: u8, bytes: &[u8]) -> GroupHashVerdict {
        compare(&self.object, group, bytes)
    }

    /// Reads a key from a group's exact bytes, if this object holds their hash.
    ///
    /// # Errors
    /// [`BindError`].
    pub fn bind<K, E>(
        &self,
        group: u8,
        bytes: &[u8],
        parse: impl FnOnce(&[u8]) -> Result<K, E>,
    ) -> Result<SignedKey<K>, BindError<E>> {
        let key = self.signed_key(group, bytes, parse)?;
        Ok(SignedKey { key, group })
    }

    fn signed_key<K, E>(
        &self,
        group: u8,
        bytes: &[u8],
        parse: impl FnOnce(&[u8]) -> Result<K, E>,
    ) -> Result<K, BindError<E>> {
        match self.compare(group, bytes) {
            GroupHashVerdict::Same => parse(bytes).map_err(BindError::Key),
            GroupHashVerdict::Differs => Err(BindError::HashDiffers),
            GroupHashVerdict::NotSigned => Err(BindError::NotSigned),
        }
    }
}

impl TrustedSod {
    /// The signed object with its signer.
    pub fn signed(&self) -> &SignedSod {
        &self.signed
    }

    /// The country signer under which the document signer was issued.
    pub fn csca(&self) -> &Certificate {
        &self.csca
    }

    /// Reads a key from a group's exact bytes, if this object holds their hash.
    ///
    /// # Errors
    /// [`BindError`].
    pub fn bind<K, E>(
        &self,
        group: u8,
        bytes: &[u8],
        parse: impl FnOnce(&[u8]) -> Result<K, E>,
    ) -> Result<BoundKey<K>, BindError<E>> {
        let key = self.signed.signed_key(group, bytes, parse)?;
        Ok(BoundKey { key, group })
    }
}

impl<K> BoundKey<K> {
    /// The key: a signed object that the store trusts holds the hash of its group.
    pub fn key(&self) -> &K {
        &self.key
    }

    /// The data group that held it.
    pub fn group(&self) -> u8 {
        self.group
    }
}

impl<K> SignedKey<K> {
    /// The key.
    pub fn key(&self) -> &K {
        &self.key
    }

    /// The data group that held it.
    pub fn group(&self) -> u8 {
        self.group
    }
}

/// Compares the exact bytes of a group's outer element with the hash in `object`.
pub fn compare(object: &SecurityObject, group: u8, bytes: &[u8]) -> GroupHashVerdict {
    match object.group_hash(group) {
        None => GroupHashVerdict::NotSigned,
        Some(hash) if hash == object.hash.digest(bytes) => GroupHashVerdict::Same,
        Some(_) => GroupHashVerdict::Differs,
    }
}

struct Parsed<'a> {
    data: SignedData<'a>,
    object: SecurityObject,
}

fn structure(file: &[u8]) -> Result<(Parsed<'_>, Option<Cause>), Cause> {
    let (bytes, trailing) = sod::signed_data(file).map_err(structure_cause)?;
    let data = SignedData::parse(bytes).map_err(|error| match error {
        CmsError::NoSigner => Cause::NoSigner,
        _ => Cause::Malformed,
    })?;
    let outdated = CONTENT_TYPES.iter().find(|(oid, _)| *oid == data.content_type).map(|(_, outdated)| *outdated);
    let outdated = outdated.ok_or(Cause::ContentTypeUnknown)?;
    let object = SecurityObject::parse(&data.content).map_err(structure_cause)?;
    let note = if data.version != 3 {
        Some(Cause::Irregular)
    } else if trailing == TrailingBytes::Some {
        Some(Cause::TrailingBytes)
    } else {
        (outdated || data.indefinite).then_some(Cause::OldEncoding)
    };
    Ok((Parsed { data, object }, note))
}

fn structure_cause(error: SodError) -> Cause {
    match error {
        SodError::UnknownHash => Cause::AlgorithmNotSupported,
        SodError::TooLarge => Cause::FileUnreadable,
        SodError::Version => Cause::LdsVersionUnknown,
        SodError::GroupNumber => Cause::GroupOutOfRange,
        SodError::DuplicateGroup(_) => Cause::GroupTwice,
        SodError::HashLength(_) => Cause::HashLengthWrong,
        SodError::NoGroups => Cause::NoGroups,
        SodError::Tlv(_) => Cause::Malformed,
    }
}

fn judge_signer(
    signed: SignedSod,
    time: SigningTime,
    trust: &TrustStore,
    at: Timestamp,
    report: &mut Report,
) -> SodVerdict {
    match signer::csca_of(&signed.signer, time, trust, at, report) {
        Ok(Some(csca)) => SodVerdict::Trusted(TrustedSod { signed, csca }),
        Ok(None) => SodVerdict::UnknownSigner(signed),
        Err(cause) if is_about_time(cause) && is_under_csca(report) => SodVerdict::OutOfForce(signed, cause),
        Err(cause) => SodVerdict::Failed(cause),
    }
}

fn is_about_time(cause: Cause) -> bool {
    matches!(cause, Cause::SignerExpired | Cause::SignerNotYetValid | Cause::SignedInFuture | Cause::KeyUsePeriodOver)
}

fn is_under_csca(report: &Report) -> bool {
    report.outcome(Check::SignerChain) == Some(Outcome::Successful)
}

fn failed(report: &mut Report, check: Check, cause: Cause, section: &'static str) -> SodVerdict {
    let outcome = match cause {
        Cause::AlgorithmNotSupported => Outcome::NotSupported,
        _ => Outcome::Failed,
    };
    report.add(check, outcome, Some(cause), section);
    SodVerdict::Failed(cause)
}
