//! EF.CardSecurity: the chip's offers and keys under a state's signature (ICAO Doc 9303-11 §9.2.11, BSI TR-03110-3
//! §A.1.2.5).
//!
//! Invariants: a [`SignedInfos`] is made only here, after structure and signature were good; whether its signer is
//! known is asked for and never assumed.

use crate::emrtd::authenticity::certificate::Certificate;
use crate::emrtd::authenticity::cms::{CmsError, SignedData, SignerError};
use crate::emrtd::authenticity::revocation::RevocationVerdict;
use crate::emrtd::authenticity::signature::VerifyError;
use crate::emrtd::authenticity::trust::{Chain, TrustStore};
use crate::emrtd::lds::security_infos::SecurityInfos;
use crate::emrtd::report::Cause;
use jiff::Timestamp;

/// id-SecurityObject, `0.4.0.127.0.7.3.2.1`.
const SECURITY_OBJECT: &[u8] = &[0x04, 0x00, 0x7F, 0x00, 0x07, 0x03, 0x02, 0x01];

/// What was signed. Made by [`read`] only.
#[derive(Debug, Clone)]
pub struct SignedInfos {
    infos: SecurityInfos,
    anchored: bool,
}

impl SignedInfos {
    /// The offers and keys.
    pub fn infos(&self) -> &SecurityInfos {
        &self.infos
    }

    /// True when the trust store knows the signer.
    pub fn is_anchored(&self) -> bool {
        self.anchored
    }
}

/// Reads the file and checks its signature against `trust` as of `at`.
///
/// # Errors
/// Why nothing in it counts.
pub fn read(file: &[u8], trust: &TrustStore, at: Timestamp) -> Result<SignedInfos, Cause> {
    let data = SignedData::parse(file).map_err(|error| match error {
        CmsError::NoSigner => Cause::AttributesWrong,
        _ => Cause::Malformed,
    })?;
    if data.content_type != SECURITY_OBJECT {
        return Err(Cause::Malformed);
    }
    let infos = SecurityInfos::parse(&data.content).map_err(|_| Cause::Malformed)?;
    let certificates: Vec<Certificate> =
        data.certificates.iter().filter_map(|der| Certificate::parse(der).ok()).collect();
    let mut anchored = true;
    for signer in &data.signers {
        let named = certificates.iter().find(|certificate| signer.names(certificate));
        let certificate = named.ok_or(Cause::SignerCertificateMissing)?;
        let facts = signer.verify(&data, certificate).map_err(signer_cause)?;
        let moment = facts.signing_time.unwrap_or(certificate.not_before);
        anchored &= is_anchored(certificate, trust, moment, at)?;
    }
    Ok(SignedInfos { infos, anchored })
}

fn is_anchored(signer: &Certificate, trust: &TrustStore, moment: Timestamp, at: Timestamp) -> Result<bool, Cause> {
    if signer.purposes.authority || signer.purposes.unknown_critical {
        return Err(Cause::CertificateUnfit);
    }
    if at < signer.not_before || moment < signer.not_before {
        return Err(Cause::SignerNotYetValid);
    }
    if moment > signer.not_after {
        return Err(Cause::SignerExpired);
    }
    if trust.revocation(signer, at) == RevocationVerdict::Revoked {
        return Err(Cause::SignerRevoked);
    }
    match trust.chain(signer, moment) {
        Chain::Anchored(_) => Ok(true),
        Chain::UnknownIssuer => Ok(false),
        Chain::SignatureWrong => Err(Cause::ChainSignatureWrong),
        Chain::Unfit => Err(Cause::CertificateUnfit),
        Chain::IssuerNotValid => Err(Cause::SignerExpired),
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
