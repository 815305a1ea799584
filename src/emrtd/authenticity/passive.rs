//! Passive authentication (ICAO Doc 9303-11 §5.1): is the data what the state signed?
//!
//! Invariants: a [`TrustedSod`] is made only here, after structure, signature, chain and validity were all good; a
//! [`BoundKey`] is made only from the exact bytes whose hash a [`TrustedSod`] holds. A signed object of an unknown
//! signer gives [`SignedSod`] and [`SignedKey`], which are other types, so that neither can be taken for the former.

use crate::crypto::HashAlg;
use crate::crypto::curve::ParameterError;
use crate::emrtd::authenticity::certificate::{Certificate, CertificateError};
use crate::emrtd::authenticity::cms::{CmsError, SignedData, SignerError, SignerFacts, SignerInfo};
use crate::emrtd::authenticity::public_key::{KeyError, PublicKey};
use crate::emrtd::authenticity::revocation::RevocationVerdict;
use crate::emrtd::authenticity::signature::VerifyError;
use crate::emrtd::authenticity::trust::{Chain, TrustStore};
use crate::emrtd::lds::sod::{self, SecurityObject, SodError, TrailingBytes};
use crate::emrtd::report::{Cause, Check, Outcome, Report};
use jiff::Timestamp;

/// Shorter RSA keys of signers are named.
const MIN_RSA_BITS: u32 = 1024;

const SECTION_SOD: &str = "9303-10 §4.6.2";
const SECTION_PASSIVE: &str = "9303-11 §5.1";
const SECTION_PROFILE: &str = "9303-12 §7.1";

/// Content types of LDS security objects: ICAO's, its two predecessors', and id-data (field experience).
const CONTENT_TYPES: [(&[u8], bool); 4] = [
    (&[0x67, 0x81, 0x08, 0x01, 0x01, 0x01], false),
    (&[0x2B, 0x1B, 0x01, 0x01, 0x01], true),
    (&[0x2A, 0x84, 0x10, 0x87, 0x6E, 0x01, 0x14, 0x01], true),
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
    /// Well signed under a known anchor, at a time when the signer's certificate was not in force: refused, unless the
    /// list of deviations knows the mistake. What else there is to say about the document is still worth saying.
    OutOfForce(SignedSod, Cause),
    /// Not signed, or signed by one who may not.
    Failed(Cause),
}

/// A signed object whose signature is good. Says nothing about who signed.
#[derive(Debug, Clone)]
pub struct SignedSod {
    object: SecurityObject,
    signer: Certificate,
    signed_at: Option<Timestamp>,
}

/// A signed object whose signer is known. Made by [`authenticate`] only.
#[derive(Debug, Clone)]
pub struct TrustedSod {
    signed: SignedSod,
    anchor: Certificate,
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
    #[error("the group's hash differs")]
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
    let (signer, facts) = match signature(&signed.data, trust) {
        Ok(found) => found,
        Err(cause) => return failed(report, Check::SodSignature, cause, SECTION_PASSIVE),
    };
    let note = weakness(&signer, facts);
    report.add(Check::SodSignature, Outcome::Successful, note, SECTION_PASSIVE);
    let signed = SignedSod { object: signed.object, signer, signed_at: facts.signing_time };
    judge_signer(signed, facts, trust, at, report)
}

impl SignedSod {
    /// What was signed.
    pub fn object(&self) -> &SecurityObject {
        &self.object
    }

    /// The document signer.
    pub fn signer(&self) -> &Certificate {
        &self.signer
    }

    /// When it was signed, as far as it says.
    pub fn signed_at(&self) -> Option<Timestamp> {
        self.signed_at
    }

    /// Compares the exact bytes of a group's outer element with the signed hash.
    pub fn compare(&self, group: u8, bytes: &[u8]) -> GroupHashVerdict {
        match self.object.group_hash(group) {
            None => GroupHashVerdict::NotSigned,
            Some(hash) if hash == self.object.hash.digest(bytes) => GroupHashVerdict::Same,
            Some(_) => GroupHashVerdict::Differs,
        }
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
    pub fn anchor(&self) -> &Certificate {
        &self.anchor
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
    /// The key.
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

/// What is remarkable about a good signature.
fn weakness(signer: &Certificate, facts: SignerFacts) -> Option<Cause> {
    let is_short = matches!(&signer.key, PublicKey::Rsa(key) if key.modulus_bits() < MIN_RSA_BITS);
    let is_sha1 = facts.digest == HashAlg::Sha1 || facts.algorithm.hash() == HashAlg::Sha1;
    if is_short { Some(Cause::WeakKey) } else { is_sha1.then_some(Cause::DeprecatedHash) }
}

struct Parsed<'a> {
    data: SignedData<'a>,
    object: SecurityObject,
}

fn structure(file: &[u8]) -> Result<(Parsed<'_>, Option<Cause>), Cause> {
    let (bytes, trailing) = sod::signed_data(file).map_err(structure_cause)?;
    let data = SignedData::parse(bytes).map_err(|error| match error {
        CmsError::NoSigner => Cause::AttributesWrong,
        _ => Cause::Malformed,
    })?;
    let outdated = CONTENT_TYPES.iter().find(|(oid, _)| *oid == data.content_type).map(|(_, outdated)| *outdated);
    let outdated = outdated.ok_or(Cause::Malformed)?;
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
        _ => Cause::Malformed,
    }
}

/// Every signer must hold, each under a certificate that its identifier points to; the first one's facts count.
pub(super) fn signature(data: &SignedData<'_>, trust: &TrustStore) -> Result<(Certificate, SignerFacts), Cause> {
    let mut certificates = Vec::new();
    let mut first_error = None;
    for der in &data.certificates {
        match Certificate::parse(der) {
            Ok(certificate) => certificates.push(certificate),
            Err(error) => first_error = first_error.or(Some(certificate_cause(error))),
        }
    }
    if data.certificates.is_empty() {
        // Without its certificate the object can still be of a signer that was handed over by itself.
        certificates.extend(trust.certificates().iter().filter(|one| !one.purposes.authority).cloned());
    }
    if certificates.is_empty() {
        return Err(first_error.unwrap_or(Cause::SignerCertificateMissing));
    }
    let mut found = None;
    for signer in &data.signers {
        let held = verified_by(signer, data, &certificates)?;
        found = found.or(Some(held));
    }
    found.ok_or(Cause::SignerMismatch)
}

/// Serial numbers are not always unique: of several certificates that fit, the one whose key verifies it.
fn verified_by(
    signer: &SignerInfo<'_>,
    data: &SignedData<'_>,
    certificates: &[Certificate],
) -> Result<(Certificate, SignerFacts), Cause> {
    let mut cause = Cause::SignerMismatch;
    for certificate in certificates.iter().filter(|certificate| signer.names(certificate)) {
        match signer.verify(data, certificate) {
            Ok(facts) => return Ok((certificate.clone(), facts)),
            Err(error) => cause = signer_cause(error),
        }
    }
    Err(cause)
}

fn certificate_cause(error: CertificateError) -> Cause {
    match error {
        CertificateError::Key(
            KeyError::UnknownAlgorithm | KeyError::UnknownCurve | KeyError::Parameters(ParameterError::Unknown),
        ) => Cause::AlgorithmNotSupported,
        CertificateError::Key(_) => Cause::KeyNotAcceptable,
        CertificateError::Algorithm => Cause::AlgorithmNotSupported,
        CertificateError::Malformed | CertificateError::TooLarge => Cause::Malformed,
    }
}

fn signer_cause(error: SignerError) -> Cause {
    match error {
        SignerError::Tlv(_) | SignerError::Attributes => Cause::AttributesWrong,
        SignerError::Digest => Cause::DigestWrong,
        SignerError::UnknownDigest | SignerError::Signature(VerifyError::UnknownAlgorithm) => {
            Cause::AlgorithmNotSupported
        }
        SignerError::Signature(_) => Cause::SignatureWrong,
    }
}

fn judge_signer(
    signed: SignedSod,
    facts: SignerFacts,
    trust: &TrustStore,
    at: Timestamp,
    report: &mut Report,
) -> SodVerdict {
    match anchor_of(&signed.signer, facts, trust, at, report) {
        Ok(Some(anchor)) => SodVerdict::Trusted(TrustedSod { signed, anchor }),
        Ok(None) => SodVerdict::UnknownSigner(signed),
        Err(cause @ (Cause::SignerExpired | Cause::SignerNotYetValid)) if is_anchored(report) => {
            SodVerdict::OutOfForce(signed, cause)
        }
        Err(cause) => SodVerdict::Failed(cause),
    }
}

fn is_anchored(report: &Report) -> bool {
    report.outcome(Check::SignerChain) == Some(Outcome::Successful)
}

/// The country signer that stands behind `signer`, with a line for every check. `None`: unknown here.
pub(super) fn anchor_of(
    signer: &Certificate,
    facts: SignerFacts,
    trust: &TrustStore,
    at: Timestamp,
    report: &mut Report,
) -> Result<Option<Certificate>, Cause> {
    let purposes = signer.purposes;
    if purposes.digital_signature == Some(false) || purposes.authority || purposes.unknown_critical {
        return Err(failure(report, Check::SignerChain, Cause::CertificateUnfit, SECTION_PROFILE));
    }
    let moment = facts.signing_time.unwrap_or(signer.not_before);
    let verdict = match trust.chain(signer, moment) {
        // Specimens of the first years have no keyUsage; under an anchor the profile asks for it.
        Chain::Anchored(_) if purposes.digital_signature.is_none() => Err(Some(Cause::CertificateUnfit)),
        Chain::Anchored(anchor) => Ok(anchor.clone()),
        Chain::UnknownIssuer => Err(None),
        Chain::SignatureWrong => Err(Some(Cause::ChainSignatureWrong)),
        Chain::Unfit => Err(Some(Cause::CertificateUnfit)),
        Chain::IssuerNotValid => Err(Some(Cause::SignerExpired)),
    };
    let anchor = match verdict {
        Ok(anchor) => {
            // Found by its name and by trying its key, although the identifiers of the keys do not say so.
            let is_named = signer.authority_key_id.is_some() && signer.authority_key_id == anchor.subject_key_id;
            let irregular = !is_named && signer.verify(&anchor).is_ok();
            let note = irregular.then_some(Cause::KeyIdIrregular);
            report.add(Check::SignerChain, Outcome::Successful, note, SECTION_PASSIVE);
            Some(anchor)
        }
        Err(None) => {
            report.add(Check::SignerChain, Outcome::Undetermined, Some(Cause::UnknownSigner), SECTION_PASSIVE);
            None
        }
        Err(Some(cause)) => return Err(failure(report, Check::SignerChain, cause, SECTION_PROFILE)),
    };
    // Judged to the end although it failed: a known mistake about time must not hide a revocation.
    let in_force = validity(signer, facts.signing_time, at, report)
        .map_err(|cause| failure(report, Check::SignerValidity, cause, SECTION_PROFILE));
    let (outcome, cause) = match trust.revocation(signer, at) {
        // Whether before or after signing: nobody at a door can tell why a signer was revoked.
        RevocationVerdict::Revoked => {
            return Err(failure(report, Check::Revocation, Cause::SignerRevoked, SECTION_PROFILE));
        }
        RevocationVerdict::NotRevoked => (Outcome::Successful, None),
        RevocationVerdict::Stale => (Outcome::NotPerformed, Some(Cause::RevocationListOutOfDate)),
        RevocationVerdict::NoList => (Outcome::NotPerformed, Some(Cause::NoRevocationList)),
    };
    report.add(Check::Revocation, outcome, cause, SECTION_PASSIVE);
    match &anchor {
        Some(anchor) if !same_country(signer, anchor) => {
            Err(failure(report, Check::CountryAgreement, Cause::CountriesDisagree, SECTION_PROFILE))
        }
        _ => in_force.map(|()| anchor),
    }
}

fn validity(
    signer: &Certificate,
    signing_time: Option<Timestamp>,
    at: Timestamp,
    report: &mut Report,
) -> Result<(), Cause> {
    if at < signer.not_before || signing_time.is_some_and(|moment| moment < signer.not_before) {
        return Err(Cause::SignerNotYetValid);
    }
    if signing_time.is_some_and(|moment| moment > signer.not_after) {
        return Err(Cause::SignerExpired);
    }
    let note = signing_time.is_none().then_some(Cause::SigningTimeAbsent);
    report.add(Check::SignerValidity, Outcome::Successful, note, SECTION_PROFILE);
    Ok(())
}

/// The country of the document signer must be its issuer's; DG1's is compared when it has been read.
fn same_country(signer: &Certificate, anchor: &Certificate) -> bool {
    let anchor = anchor.subject.country();
    signer.issuer.country() == anchor && signer.subject.country().is_none_or(|own| Some(own) == anchor)
}

fn failed(report: &mut Report, check: Check, cause: Cause, section: &'static str) -> SodVerdict {
    SodVerdict::Failed(failure(report, check, cause, section))
}

fn failure(report: &mut Report, check: Check, cause: Cause, section: &'static str) -> Cause {
    let outcome = match cause {
        Cause::AlgorithmNotSupported => Outcome::NotSupported,
        _ => Outcome::Failed,
    };
    report.add(check, outcome, Some(cause), section);
    cause
}
