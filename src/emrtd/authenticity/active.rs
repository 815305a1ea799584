//! Active authentication: ICAO Doc 9303-11 §6.1 and Appendix F.
//!
//! The chip signs our challenge: RSA with ISO/IEC 9796-2 scheme 1, or ECDSA, plain or DER.
//!
//! Invariants: what [`run`] proves is about the key it was given; whether that key is the signed one is for
//! [`BoundKey`](super::passive::BoundKey) to say.

use super::public_key::PublicKey;
use crate::lds::security_infos::ActiveAuthenticationInfo;
use bits::random::Random;
use crypto::ecdsa::{SignatureError, ecdsa_verify_der, ecdsa_verify_plain};
use crypto::{HashAlg, Point, rsa_recovery};
use iso7816::command::{MAX_EXTENDED_EXPECTED, MAX_SHORT_EXPECTED};
use iso7816::files::ExtendedLength;
use iso7816::transport::TransportError;
use iso7816::{CardSession, CommandApdu, SessionError, StatusWord};
use thiserror::Error;

/// Length of the challenge in bytes.
pub const CHALLENGE_LEN: usize = 8;
/// Digests that are tried, in this order, where neither trailer nor DG14 names one.
const CANDIDATES: [HashAlg; 5] = [HashAlg::Sha256, HashAlg::Sha1, HashAlg::Sha384, HashAlg::Sha512, HashAlg::Sha224];

/// A signature of the chip over our challenge that fits the key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActiveProof {
    /// What the chip was asked to sign: fresh for each reading.
    pub challenge: [u8; CHALLENGE_LEN],
    /// What it signed it with, as it came (ISO/IEC 9796-2 for RSA, r ‖ s for ECDSA).
    pub signature: Vec<u8>,
    /// The digest under which the signature holds.
    pub hash: HashAlg,
}

/// Why there is no proof.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum ActiveError {
    /// The chip refused: not performed.
    #[error("the chip refused active authentication ({0})")]
    Refused(StatusWord),
    /// The answer does not fit what card and reader can carry: not performed.
    #[error("truncated answer: {received} of {expected} bytes")]
    AnswerCut {
        /// Bytes that came.
        received: usize,
        /// Bytes that the key's signatures have.
        expected: usize,
    },
    /// The signature is wrong. A clone, or a broken chip.
    #[error(transparent)]
    Signature(#[from] SignatureError),
    /// The link or the protection broke.
    #[error(transparent)]
    Session(#[from] SessionError),
}

/// Lets the chip sign a challenge and checks the signature.
///
/// # Errors
/// [`ActiveError`].
pub fn run(
    session: &mut CardSession<'_>,
    key: &PublicKey,
    info: Option<ActiveAuthenticationInfo>,
    random: &mut dyn Random,
) -> Result<ActiveProof, ActiveError> {
    let mut challenge = [0; CHALLENGE_LEN];
    random.fill(&mut challenge);
    let mut signature = sign(session, &challenge, first_length(session, key))?;
    if cut(key, &signature) && session.quirks().extended() != ExtendedLength::Refused {
        // A fresh challenge, so that no answer can be pieced together from two.
        random.fill(&mut challenge);
        signature = sign(session, &challenge, MAX_EXTENDED_EXPECTED)?;
    }
    if cut(key, &signature) {
        let (received, expected) = (signature.len(), signature_len(key).unwrap_or_default());
        return Err(ActiveError::AnswerCut { received, expected });
    }
    let hash = verify(key, info, &challenge, &signature)?;
    Ok(ActiveProof { challenge, signature, hash })
}

/// Checks a signature over `challenge`. Pure; evidence is checked again with it. Returns the digest.
///
/// # Errors
/// [`SignatureError`].
pub fn verify(
    key: &PublicKey,
    info: Option<ActiveAuthenticationInfo>,
    challenge: &[u8],
    signature: &[u8],
) -> Result<HashAlg, SignatureError> {
    match key {
        PublicKey::Rsa(key) | PublicKey::RsaPss(key, _) => rsa_recovery::verify(key, challenge, signature),
        PublicKey::Unsupported(_) => Err(SignatureError::Malformed),
        PublicKey::Ec(key) => match info {
            Some(info) => verify_ecdsa(key, info.hash, challenge, signature),
            None => verify_ecdsa_by_trying(key, challenge, signature),
        },
    }
}

/// DG14 may be silent on the digest (field experience).
fn verify_ecdsa_by_trying(key: &Point, challenge: &[u8], signature: &[u8]) -> Result<HashAlg, SignatureError> {
    let mut found = CANDIDATES.iter().filter_map(|hash| verify_ecdsa(key, *hash, challenge, signature).ok());
    found.next().ok_or(SignatureError::Wrong)
}

fn verify_ecdsa(key: &Point, hash: HashAlg, challenge: &[u8], signature: &[u8]) -> Result<HashAlg, SignatureError> {
    let prehash = hash.digest(challenge);
    let plain_len = 2 * key.curve().field_len();
    let plain = if signature.len() == plain_len {
        ecdsa_verify_plain(key, &prehash, signature)
    } else {
        Err(SignatureError::Malformed)
    };
    plain.or_else(|_| ecdsa_verify_der(key, &prehash, signature)).map(|()| hash)
}

fn sign(session: &mut CardSession<'_>, challenge: &[u8], length: u32) -> Result<Vec<u8>, ActiveError> {
    match session.exchange(&CommandApdu::internal_authenticate(challenge, length)) {
        Ok(answer) if answer.status.is_ok() => Ok(answer.data),
        // Refused for its length only: as good as an answer that was cut to nothing.
        Ok(answer) if answer.status == StatusWord::WRONG_LENGTH => Ok(Vec::new()),
        Err(SessionError::Transport(TransportError::ExtendedLengthRefused)) => Ok(Vec::new()),
        Ok(answer) => Err(ActiveError::Refused(answer.status)),
        Err(error) => Err(error.into()),
    }
}

/// Extended at once only where it is known to work and the answer needs it.
fn first_length(session: &CardSession<'_>, key: &PublicKey) -> u32 {
    let longest = session.secure().map_or(MAX_SHORT_EXPECTED, |secure| secure.max_short_block());
    let needed = signature_len(key).and_then(|length| u32::try_from(length).ok()).unwrap_or(0);
    let works = session.quirks().extended() == ExtendedLength::Works;
    if works && needed > longest { MAX_EXTENDED_EXPECTED } else { MAX_SHORT_EXPECTED }
}

fn cut(key: &PublicKey, signature: &[u8]) -> bool {
    match signature_len(key) {
        Some(expected) => signature.len() < expected,
        None => signature.is_empty(),
    }
}

/// The exact length of the key's signatures; `None` for ECDSA, whose DER form varies.
fn signature_len(key: &PublicKey) -> Option<usize> {
    match key {
        PublicKey::Rsa(key) | PublicKey::RsaPss(key, _) => Some(key.modulus_len()),
        PublicKey::Ec(_) | PublicKey::Unsupported(_) => None,
    }
}
