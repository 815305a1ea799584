//! Signatures with partial message recovery: ISO/IEC 9796-2 scheme 1, as active authentication uses them
//! (ICAO Doc 9303-11 §6.1.2.1 and Appendix F).

use super::ecdsa::SignatureError;
use super::rsa::RsaPublicKey;
use super::{HashAlg, mac};

/// First byte of the message representative: partial recovery, no padding.
const HEADER: u8 = 0x6A;

/// Verifies a signature whose unrecoverable part is `challenge`.
///
/// Trailers: `BC` (SHA-1) and `33CC`, `34CC`, `35CC`, `36CC`, `38CC`. Returns the digest that the trailer names.
///
/// # Errors
/// [`SignatureError::Malformed`] for a wrong length; [`SignatureError::Wrong`] for everything that opens to no
/// valid representative over the challenge.
pub fn verify(key: &RsaPublicKey, challenge: &[u8], signature: &[u8]) -> Result<HashAlg, SignatureError> {
    let opened = key.open(signature)?;
    let other = key.complement(&opened).ok_or(SignatureError::Malformed)?;
    // ISO/IEC 9796-2 §B.5: a signer may have used the smaller of s and n − s; the representative ends in C.
    let representative = if opened.last().is_some_and(|byte| byte & 0x0F == 0x0C) { opened } else { other };
    check_representative(&representative, challenge).ok_or(SignatureError::Wrong)
}

/// Checks header, trailer and digest of an opened signature. Pure, tested on the standard's figures.
pub fn check_representative(representative: &[u8], challenge: &[u8]) -> Option<HashAlg> {
    let (hash, trailer_len) = trailer(representative)?;
    let body = representative.strip_prefix(&[HEADER])?;
    let digest_end = body.len().checked_sub(trailer_len)?;
    let digest_start = digest_end.checked_sub(hash.len())?;
    let recovered = body.get(..digest_start)?;
    let digest = body.get(digest_start..digest_end)?;
    mac::equal(&hash.digest_all(&[recovered, challenge]), digest).then_some(hash)
}

/// Builds the message representative of `length` bytes over `nonce` (cut to fit) and `challenge`: the card's side.
///
/// `None` where the modulus is too short for the digest.
pub fn representative(hash: HashAlg, implicit: bool, length: usize, nonce: &[u8], challenge: &[u8]) -> Option<Vec<u8>> {
    let trailer: Vec<u8> = if implicit { vec![0xBC] } else { vec![trailer_id(hash), 0xCC] };
    let recovered_len = length.checked_sub(1 + hash.len() + trailer.len())?;
    let recovered: Vec<u8> = nonce.iter().copied().cycle().take(recovered_len).collect();
    let digest = hash.digest_all(&[&recovered, challenge]);
    Some([vec![HEADER], recovered, digest, trailer].concat())
}

/// The digest that the trailer names, and the trailer's length (ISO/IEC 10118-3 identifiers).
fn trailer(representative: &[u8]) -> Option<(HashAlg, usize)> {
    match representative.last_chunk::<2>()? {
        [_, 0xBC] => Some((HashAlg::Sha1, 1)),
        [id, 0xCC] => HashAlg::ALL.into_iter().find(|hash| trailer_id(*hash) == *id).map(|hash| (hash, 2)),
        _ => None,
    }
}

fn trailer_id(hash: HashAlg) -> u8 {
    match hash {
        HashAlg::Sha1 => 0x33,
        HashAlg::Sha256 => 0x34,
        HashAlg::Sha512 => 0x35,
        HashAlg::Sha384 => 0x36,
        HashAlg::Sha224 => 0x38,
    }
}
