//! Whose signatures an object bears, and whether they hold (RFC 5652 §5.3 to §5.6).
//!
//! Invariants: every signer must hold; what is not known here is never called wrong, and never good.

use crate::authenticity::certificate::{Certificate, CertificateError};
use crate::authenticity::cms::{SignedData, SignerError, SignerFacts, SignerInfo, SigningTime};
use crate::authenticity::signature::VerifyError;
use crate::authenticity::signer;
use crate::authenticity::trust::TrustStore;
use crate::report::Cause;
use crypto::HashAlg;

/// What became of the signatures of an object.
pub(super) enum SignatureVerdict {
    /// Every signer holds; the first one's facts.
    Good {
        /// Its certificate.
        signer: Certificate,
        /// What it says.
        facts: SignerFacts,
        /// What is remarkable about it.
        note: Option<Cause>,
    },
    /// Nothing is wrong, and nobody here can verify it.
    Unverified {
        /// Who is named as the signer, and when it claims to have signed.
        claim: Option<(Certificate, SigningTime)>,
        /// Why.
        cause: Cause,
    },
}

/// Every signer must hold, each under a certificate that its identifier points to.
pub(super) fn verify(data: &SignedData<'_>, trust: &TrustStore) -> Result<SignatureVerdict, Cause> {
    let certificates = certificates_of(data, trust)?;
    let (mut good, mut unverified) = (None, None);
    for signer in &data.signers {
        match verified_by(signer, data, &certificates)? {
            verdict @ SignatureVerdict::Good { .. } => good = good.or(Some(verdict)),
            verdict @ SignatureVerdict::Unverified { .. } => unverified = unverified.or(Some(verdict)),
        }
    }
    unverified.or(good).ok_or(Cause::NoSigner)
}

fn certificates_of(data: &SignedData<'_>, trust: &TrustStore) -> Result<Vec<Certificate>, Cause> {
    if data.certificates.is_empty() {
        // Without its certificate the object can still be of a signer that was handed over by itself.
        return Ok(trust.certificates().iter().filter(|one| !one.purposes.is_authority()).cloned().collect());
    }
    let mut certificates = Vec::new();
    let mut first_error = None;
    for der in &data.certificates {
        match Certificate::parse_lenient(der) {
            Ok(certificate) => certificates.push(certificate),
            Err(error) => first_error = first_error.or(Some(certificate_cause(error))),
        }
    }
    if certificates.is_empty() { Err(first_error.unwrap_or(Cause::CertificateMalformed)) } else { Ok(certificates) }
}

/// Serial numbers are not always unique: of several certificates that fit, the one whose key verifies it.
fn verified_by(
    signer: &SignerInfo<'_>,
    data: &SignedData<'_>,
    certificates: &[Certificate],
) -> Result<SignatureVerdict, Cause> {
    let mut named = certificates.iter().filter(|certificate| signer.names(certificate)).peekable();
    if named.peek().is_none() {
        return of_nobody_named(signer, data, certificates);
    }
    let mut cause = Cause::SignerMismatch;
    for certificate in named {
        match signer.verify(data, certificate) {
            Ok(facts) => return Ok(good(certificate, facts, true)),
            Err(error) if error.is_unknown() => return unknown(signer, data, certificate),
            Err(error) => cause = signer_cause(error),
        }
    }
    Err(cause)
}

/// The identifier points to no certificate: the keys of those that might have signed decide. Where there is none at all,
/// nobody can say.
fn of_nobody_named(
    signer: &SignerInfo<'_>,
    data: &SignedData<'_>,
    certificates: &[Certificate],
) -> Result<SignatureVerdict, Cause> {
    let is_candidate = |certificate: &&Certificate| !certificate.purposes.is_authority();
    let candidates: Vec<&Certificate> = certificates.iter().filter(is_candidate).collect();
    if data.certificates.is_empty() || candidates.is_empty() {
        match signer.claims(data) {
            Err(error) if !error.is_unknown() => return Err(signer_cause(error)),
            _ => {}
        }
        return Ok(SignatureVerdict::Unverified { claim: None, cause: Cause::SignerCertificateMissing });
    }
    let mut cause = Cause::SignerMismatch;
    for certificate in candidates {
        match signer.verify(data, certificate) {
            Ok(facts) => return Ok(good(certificate, facts, false)),
            Err(error) if error.is_unknown() => return unknown(signer, data, certificate),
            Err(SignerError::Signature(_)) => {}
            Err(error) => cause = signer_cause(error),
        }
    }
    Err(cause)
}

fn good(certificate: &Certificate, facts: SignerFacts, is_named: bool) -> SignatureVerdict {
    SignatureVerdict::Good { signer: certificate.clone(), facts, note: note(certificate, facts, is_named) }
}

fn unknown(
    signer: &SignerInfo<'_>,
    data: &SignedData<'_>,
    certificate: &Certificate,
) -> Result<SignatureVerdict, Cause> {
    let time = match signer.claims(data) {
        Ok(time) => time,
        Err(error) if error.is_unknown() => SigningTime::Absent,
        Err(error) => return Err(signer_cause(error)),
    };
    let claim = Some((certificate.clone(), time));
    Ok(SignatureVerdict::Unverified { claim, cause: Cause::AlgorithmNotSupported })
}

fn certificate_cause(error: CertificateError) -> Cause {
    match error {
        CertificateError::Key(_) => Cause::KeyNotAcceptable,
        CertificateError::Algorithm => Cause::AlgorithmNotSupported,
        CertificateError::Malformed => Cause::CertificateMalformed,
        CertificateError::TooLarge => Cause::CertificateTooLarge,
    }
}

fn signer_cause(error: SignerError) -> Cause {
    match error {
        SignerError::Tlv(_) | SignerError::TooManyAttributes => Cause::AttributesWrong,
        SignerError::AttributesMissing => Cause::AttributesMissing,
        SignerError::AttributeTwice => Cause::AttributeTwice,
        SignerError::ContentType => Cause::ContentTypeAttributeWrong,
        SignerError::DigestMissing => Cause::DigestAttributeMissing,
        SignerError::Digest => Cause::DigestWrong,
        SignerError::UnknownDigest | SignerError::Signature(VerifyError::UnknownAlgorithm) => {
            Cause::AlgorithmNotSupported
        }
        SignerError::Signature(VerifyError::BoundOtherwise) => Cause::KeyBoundOtherwise,
        SignerError::Signature(_) => Cause::SignatureWrong,
    }
}

/// What is remarkable about a good signature; the gravest counts.
fn note(signer: &Certificate, facts: SignerFacts, is_named: bool) -> Option<Cause> {
    let sha1 = facts.digest == HashAlg::Sha1 || facts.algorithm.hash() == HashAlg::Sha1;
    let hash = if sha1 { HashAlg::Sha1 } else { facts.digest };
    match signer::weakness(signer.key.rsa_bits(), hash) {
        _ if !is_named => Some(Cause::SignerMismatch),
        None => facts.unsorted.then_some(Cause::AttributesUnsorted),
        weakness => weakness,
    }
}
