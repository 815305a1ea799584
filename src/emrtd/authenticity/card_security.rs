//! EF.CardSecurity (ICAO Doc 9303-10 §3.11.4, BSI TR-03110-3 §A.1.1.2): the signed copy of what the chip offers, with
//! its static key for PACE with chip-authentication mapping.
//!
//! Invariants: a [`TrustedCardSecurity`] is made only here, after structure, signature, chain and validity were all
//! good; one of an unknown signer is another type.

use crate::access::Violation;
use crate::access::pace::MappingProof;
use crate::authenticity::cms::{CmsError, SignedData};
use crate::authenticity::signatures::{self, SignatureVerdict};
use crate::authenticity::signer;
use crate::authenticity::trust::TrustStore;
use crate::lds::security_infos::{AgreementKey, SecurityInfos};
use crate::report::{Cause, Outcome, Report};
use jiff::Timestamp;

/// id-SecurityObject: `0.4.0.127.0.7.3.2.1`.
const SECURITY_OBJECT: &[u8] = &[0x04, 0x00, 0x7F, 0x00, 0x07, 0x03, 0x02, 0x01];

/// What became of EF.CardSecurity.
#[derive(Debug)]
pub enum CardSecurityVerdict {
    /// Signed by a signer whom the trust store knows.
    Trusted(TrustedCardSecurity),
    /// Well signed, by a signer whom the trust store does not know.
    UnknownSigner(SignedCardSecurity),
    /// Not signed, or signed by one who may not.
    Failed(Cause),
}

/// Content whose signature is good. Says nothing about who signed.
#[derive(Debug)]
pub struct SignedCardSecurity {
    infos: SecurityInfos,
}

/// Content whose signer is known. Made by [`authenticate`] only.
#[derive(Debug)]
pub struct TrustedCardSecurity {
    signed: SignedCardSecurity,
}

/// Checks the file against the trust store at the moment `at`.
pub fn authenticate(file: &[u8], trust: &TrustStore, at: Timestamp) -> CardSecurityVerdict {
    match judge(file, trust, at) {
        Ok(verdict) => verdict,
        Err(cause) => CardSecurityVerdict::Failed(cause),
    }
}

impl SignedCardSecurity {
    /// What the chip offers, as signed.
    pub fn infos(&self) -> &SecurityInfos {
        &self.infos
    }

    /// Checks that the chip that ran PACE has the secret of a key in this file.
    ///
    /// # Errors
    /// [`Violation::WrongMappingKey`], also where there is no key on the curve.
    pub fn check(&self, proof: &MappingProof) -> Result<(), Violation> {
        let fits = |public: &AgreementKey| match public {
            AgreementKey::Ecdh(point) => proof.check(point).is_ok(),
            AgreementKey::Dh(_) => false,
        };
        let found = self.infos.chip_keys.iter().any(|key| fits(&key.public));
        if found { Ok(()) } else { Err(Violation::WrongMappingKey) }
    }
}

impl TrustedCardSecurity {
    /// The content.
    pub fn signed(&self) -> &SignedCardSecurity {
        &self.signed
    }
}

impl CardSecurityVerdict {
    /// The line of the report about the file's signature.
    pub fn line(&self) -> (Outcome, Option<Cause>) {
        match self {
            Self::Trusted(_) => (Outcome::Successful, None),
            Self::UnknownSigner(_) => (Outcome::Undetermined, Some(Cause::UnknownSigner)),
            Self::Failed(cause @ Cause::AlgorithmNotSupported) => (Outcome::NotSupported, Some(*cause)),
            Self::Failed(cause @ Cause::SignerCertificateMissing) => (Outcome::Undetermined, Some(*cause)),
            Self::Failed(cause) => (Outcome::Failed, Some(*cause)),
        }
    }

    /// The content, whoever signed it.
    pub fn signed(&self) -> Option<&SignedCardSecurity> {
        match self {
            Self::Trusted(trusted) => Some(trusted.signed()),
            Self::UnknownSigner(signed) => Some(signed),
            Self::Failed(_) => None,
        }
    }
}

fn judge(file: &[u8], trust: &TrustStore, at: Timestamp) -> Result<CardSecurityVerdict, Cause> {
    let data = SignedData::parse(file).map_err(|error| match error {
        CmsError::NoSigner => Cause::NoSigner,
        _ => Cause::Malformed,
    })?;
    if data.content_type != SECURITY_OBJECT {
        return Err(Cause::ContentTypeUnknown);
    }
    let infos = SecurityInfos::parse(&data.content).map_err(|_| Cause::Malformed)?;
    let (signer, time) = match signatures::verify(&data, trust)? {
        SignatureVerdict::Good { signer, facts, .. } => (signer, facts.signing_time),
        SignatureVerdict::Unverified { cause, .. } => return Err(cause),
    };
    let signed = SignedCardSecurity { infos };
    // The lines about the signer are those of EF.SOD; here only the result counts.
    match signer::csca_of(&signer, time, trust, at, &mut Report::new())? {
        Some(_) => Ok(CardSecurityVerdict::Trusted(TrustedCardSecurity { signed })),
        None => Ok(CardSecurityVerdict::UnknownSigner(signed)),
    }
}
