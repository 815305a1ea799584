//! RSA signatures: RFC 8017 §8.1 (PSS) and §8.2 (PKCS#1 v1.5), verification only.
//!
//! The public operation is a Montgomery power over `crypto-bigint`; the paddings are built and compared, never
//! parsed leniently. Key limits are named here, so that a foreign key can neither stall nor fool the desk.

use super::HashAlg;
use super::bignum::{self, Modulus};
use super::ecdsa::SignatureError;
use super::mac;
use bits::tlv;

/// Smallest modulus that is computed with, in bits; callers warn below 1,024… 2,048 as their policy says.
pub const MIN_MODULUS_BITS: u32 = 512;
/// Largest modulus in bits: RSA-8192 is beyond every document.
pub const MAX_MODULUS_BITS: u32 = 8192;
/// Largest public exponent in bits.
pub const MAX_EXPONENT_BITS: usize = 256;

/// Why a public key is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RsaKeyError {
    /// Even, zero, or outside [`MIN_MODULUS_BITS`]–[`MAX_MODULUS_BITS`].
    #[error("modulus even or of unsupported length")]
    Modulus,
    /// Even, one, zero or longer than [`MAX_EXPONENT_BITS`].
    #[error("invalid public exponent (one, even or too long)")]
    Exponent,
}

/// A public key within the limits, with an odd exponent above one.
#[derive(Debug, Clone)]
pub struct RsaPublicKey {
    modulus: Modulus,
    exponent: Vec<u8>,
}

impl RsaPublicKey {
    /// Takes modulus and exponent as big-endian numbers.
    ///
    /// # Errors
    /// [`RsaKeyError`].
    pub fn new(modulus: &[u8], exponent: &[u8]) -> Result<Self, RsaKeyError> {
        let max_len = usize::try_from(MAX_MODULUS_BITS / 8).unwrap_or(1024);
        if bignum::trim(modulus).len() > max_len {
            return Err(RsaKeyError::Modulus);
        }
        let modulus = Modulus::new(modulus).ok_or(RsaKeyError::Modulus)?;
        let exponent = bignum::trim(exponent);
        let odd = exponent.last().is_some_and(|byte| byte & 1 == 1);
        if modulus.bits() < MIN_MODULUS_BITS {
            return Err(RsaKeyError::Modulus);
        }
        if !odd || exponent == [1] || exponent.len() * 8 > MAX_EXPONENT_BITS {
            return Err(RsaKeyError::Exponent);
        }
        Ok(Self { modulus, exponent: exponent.to_vec() })
    }

    /// Reads the DER sequence of modulus and exponent (RFC 8017 §A.1.1).
    ///
    /// # Errors
    /// [`RsaKeyError`].
    pub fn from_der(der: &[u8]) -> Result<Self, RsaKeyError> {
        let mut children = tlv::single(der, 0x30).map_err(|_| RsaKeyError::Modulus)?.children();
        let modulus = children.expect(0x02).map_err(|_| RsaKeyError::Modulus)?.value;
        let exponent = children.expect(0x02).map_err(|_| RsaKeyError::Exponent)?.value;
        Self::new(modulus, exponent)
    }

    /// Length of the modulus, and so of every signature, in bytes.
    pub fn modulus_len(&self) -> usize {
        self.modulus.byte_len()
    }

    /// Length of the modulus in bits.
    pub fn modulus_bits(&self) -> u32 {
        self.modulus.bits()
    }

    /// The bare public operation on a signature of exactly the modulus' length (RFC 8017 §5.2.2).
    ///
    /// # Errors
    /// [`SignatureError::Malformed`] for another length or a number not below the modulus.
    pub fn open(&self, signature: &[u8]) -> Result<Vec<u8>, SignatureError> {
        if signature.len() != self.modulus_len() {
            return Err(SignatureError::Malformed);
        }
        let representative = self.modulus.element(signature).ok_or(SignatureError::Malformed)?;
        Ok(self.modulus.encode(&self.modulus.power(&representative, &self.exponent)))
    }

    /// The modulus minus a big-endian number of the modulus' length.
    pub(super) fn complement(&self, number: &[u8]) -> Option<Vec<u8>> {
        Some(self.modulus.encode(&self.modulus.element(number)?.neg()))
    }

    /// Verifies an RSASSA-PKCS1-v1_5 signature over `prehash`.
    ///
    /// # Errors
    /// [`SignatureError`].
    pub fn verify_pkcs1(&self, hash: HashAlg, prehash: &[u8], signature: &[u8]) -> Result<(), SignatureError> {
        let opened = self.open(signature)?;
        // RFC 8017 §9.2 note 2: the NULL parameters may be left out by old signers.
        let fits = [true, false].into_iter().any(|with_null| {
            pkcs1_encoding(hash, prehash, self.modulus_len(), with_null)
                .is_some_and(|expected| mac::equal(&expected, &opened))
        });
        if fits { Ok(()) } else { Err(SignatureError::Wrong) }
    }

    /// Verifies an RSASSA-PSS signature over `prehash` with MGF1 over `mask_hash` and a salt of `salt_len` bytes.
    ///
    /// # Errors
    /// [`SignatureError`].
    pub fn verify_pss(
        &self,
        hash: HashAlg,
        mask_hash: HashAlg,
        salt_len: usize,
        prehash: &[u8],
        signature: &[u8],
    ) -> Result<(), SignatureError> {
        let opened = self.open(signature)?;
        let encoded_bits = self.modulus_bits().saturating_sub(1);
        pss_fits(&opened, encoded_bits, hash, mask_hash, salt_len, prehash).ok_or(SignatureError::Wrong)
    }
}

/// EMSA-PKCS1-v1_5 (RFC 8017 §9.2) of a digest: also what the lab signs.
pub fn pkcs1_encoding(hash: HashAlg, prehash: &[u8], length: usize, with_null: bool) -> Option<Vec<u8>> {
    if prehash.len() != hash.len() {
        return None;
    }
    let null = if with_null { tlv::encode(0x05, &[]) } else { Vec::new() };
    let algorithm = tlv::encode_all(0x30, &[tlv::encode(0x06, hash.oid()), null]);
    let info = tlv::encode_all(0x30, &[algorithm, tlv::encode(0x04, prehash)]);
    let filler_len = length.checked_sub(info.len() + 3).filter(|filler_len| *filler_len >= 8)?;
    Some([&[0x00, 0x01], vec![0xFF; filler_len].as_slice(), &[0x00], &info].concat())
}

/// MGF1 (RFC 8017 §B.2.1).
pub fn mask(hash: HashAlg, seed: &[u8], length: usize) -> Vec<u8> {
    let mut out = Vec::with_capacity(length + hash.len());
    let mut counter = 0_u32;
    while out.len() < length {
        out.extend(hash.digest_all(&[seed, &counter.to_be_bytes()]));
        counter += 1;
    }
    out.truncate(length);
    out
}

/// EMSA-PSS verification (RFC 8017 §9.1.2); `opened` has the modulus' length.
fn pss_fits(
    opened: &[u8],
    encoded_bits: u32,
    hash: HashAlg,
    mask_hash: HashAlg,
    salt_len: usize,
    prehash: &[u8],
) -> Option<()> {
    let encoded_len = usize::try_from(encoded_bits.div_ceil(8)).ok()?;
    let encoded = bignum::fixed_len(opened, encoded_len)?;
    let (body, trailer) = encoded.split_at_checked(encoded_len.checked_sub(1)?)?;
    let (masked, digest) = body.split_at_checked(body.len().checked_sub(hash.len())?)?;
    let zero_bits = u32::try_from(encoded_len * 8).ok()? - encoded_bits;
    let keep = 0xFF_u8.checked_shr(zero_bits)?;
    let mut block: Vec<u8> =
        masked.iter().zip(mask(mask_hash, digest, masked.len())).map(|(byte, mask)| byte ^ mask).collect();
    let clean = masked.first()? & !keep == 0;
    *block.first_mut()? &= keep;
    let (filler, salt) = block.split_at_checked(block.len().checked_sub(salt_len)?)?;
    let (mark, zeros) = filler.split_last()?;
    let expected = hash.digest_all(&[&[0; 8], prehash, salt]);
    let fits = trailer == [0xBC] && clean && *mark == 0x01 && zeros.iter().all(|byte| *byte == 0);
    (fits && prehash.len() == hash.len() && mac::equal(&expected, digest)).then_some(())
}
