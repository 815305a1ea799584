//! Signature algorithms as certificates and signed objects name them (RFC 3279, RFC 4055, RFC 5758, BSI TR-03111).
//!
//! Invariants: the algorithm is what the signature's own identifier says, never what the key's certificate was signed
//! with.

use crate::authenticity::public_key::PublicKey;
use bits::tlv::{Element, Reader, TlvError};
use crypto::HashAlg;
use crypto::ecdsa::{self, SignatureError};
use crypto::rsa::RsaPublicKey;
use thiserror::Error;

const PKCS1: &[u8] = &[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01];
const ECDSA_WITH_SHA1: &[u8] = &[0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x04, 0x01];
const ECDSA_WITH_SHA2: &[u8] = &[0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x04, 0x03];
const EC_PUBLIC_KEY: &[u8] = &[0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x02, 0x01];
const PLAIN_ECDSA: &[u8] = &[0x04, 0x00, 0x7F, 0x00, 0x07, 0x01, 0x01, 0x04, 0x01];
const MGF1: &[u8] = &[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x08];

/// The longest salt of RSASSA-PSS that is accepted, in bytes.
const MAX_SALT_LEN: usize = 128;

/// A signature algorithm with its hash.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignatureAlg {
    /// RSASSA-PKCS1-v1_5.
    RsaPkcs1(HashAlg),
    /// RSASSA-PSS.
    RsaPss(PssParameters),
    /// ECDSA, the signature a DER sequence.
    Ecdsa(HashAlg),
    /// ECDSA, the signature `r ‖ s`.
    PlainEcdsa(HashAlg),
}

/// The parameters of RSASSA-PSS (RFC 4055 §3.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PssParameters {
    /// The hash of the message.
    pub hash: HashAlg,
    /// The hash of the mask generation.
    pub mask_hash: HashAlg,
    /// The salt's length in bytes.
    pub salt_len: usize,
}

/// Why a signature was not found good.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum VerifyError {
    /// The algorithm identifier is not well formed.
    #[error(transparent)]
    Tlv(#[from] TlvError),
    /// An algorithm that is not supported.
    #[error("unknown signature algorithm")]
    UnknownAlgorithm,
    /// The algorithm does not belong to this kind of key.
    #[error("the key does not fit the algorithm")]
    KeyMismatch,
    /// The key is bound to another scheme, hash or a longer salt (RFC 4055 §1.2, §3.3).
    #[error("the key is bound to other parameters")]
    BoundOtherwise,
    /// The signature is wrong.
    #[error(transparent)]
    Signature(#[from] SignatureError),
}

impl SignatureAlg {
    /// Reads an AlgorithmIdentifier. `digest` is what stands beside it in signed objects, for the identifiers that
    /// name no hash.
    ///
    /// # Errors
    /// [`VerifyError::UnknownAlgorithm`], [`VerifyError::Tlv`].
    pub fn parse(identifier: &Element<'_>, digest: Option<HashAlg>) -> Result<Self, VerifyError> {
        let mut fields = identifier.children();
        let oid = fields.expect(0x06)?.value;
        let parameters = fields.optional(0x30)?;
        let known = if let Some(kind) = oid.strip_prefix(PKCS1) {
            rsa(kind, parameters, digest)?
        } else if oid == ECDSA_WITH_SHA1 {
            Some(Self::Ecdsa(HashAlg::Sha1))
        } else if let Some(kind) = oid.strip_prefix(ECDSA_WITH_SHA2) {
            sha2_by_arc(kind, 1).map(Self::Ecdsa)
        } else if let Some(kind) = oid.strip_prefix(PLAIN_ECDSA) {
            if kind == [1] { Some(HashAlg::Sha1) } else { sha2_by_arc(kind, 2) }.map(Self::PlainEcdsa)
        } else if oid == EC_PUBLIC_KEY {
            digest.map(Self::Ecdsa)
        } else {
            None
        };
        known.ok_or(VerifyError::UnknownAlgorithm)
    }

    /// The hash of the message.
    pub fn hash(self) -> HashAlg {
        match self {
            Self::RsaPkcs1(hash) | Self::Ecdsa(hash) | Self::PlainEcdsa(hash) => hash,
            Self::RsaPss(parameters) => parameters.hash,
        }
    }

    /// Verifies `signature` over `message`.
    ///
    /// # Errors
    /// [`VerifyError`].
    pub fn verify(self, key: &PublicKey, message: &[u8], signature: &[u8]) -> Result<(), VerifyError> {
        // No mutant has a right signature; what lies behind one is looked at all the same. Never built into a kiosk:
        // see `lib.rs`.
        if cfg!(fuzzing) { Ok(()) } else { self.check(key, message, signature) }
    }

    fn check(self, key: &PublicKey, message: &[u8], signature: &[u8]) -> Result<(), VerifyError> {
        let prehash = self.hash().digest(message);
        match (self, key) {
            (Self::RsaPkcs1(hash), PublicKey::Rsa(key)) => key.verify_pkcs1(hash, &prehash, signature)?,
            (Self::RsaPss(used), PublicKey::Rsa(key)) => used.verify(key, &prehash, signature)?,
            (Self::RsaPss(used), PublicKey::RsaPss(key, bound)) if bound.is_none_or(|bound| bound.allows(used)) => {
                used.verify(key, &prehash, signature)?;
            }
            (Self::RsaPss(_) | Self::RsaPkcs1(_), PublicKey::RsaPss(..)) => return Err(VerifyError::BoundOtherwise),
            (_, PublicKey::Unsupported(_)) => return Err(VerifyError::UnknownAlgorithm),
            (Self::Ecdsa(_), PublicKey::Ec(key)) => ecdsa::ecdsa_verify_der(key, &prehash, signature)?,
            (Self::PlainEcdsa(_), PublicKey::Ec(key)) => ecdsa::ecdsa_verify_plain(key, &prehash, signature)?,
            _ => return Err(VerifyError::KeyMismatch),
        }
        Ok(())
    }
}

/// PKCS#1 arcs: 1 rsaEncryption, 5 SHA-1, 10 PSS, 11 SHA-256, 12 SHA-384, 13 SHA-512, 14 SHA-224.
fn rsa(
    kind: &[u8],
    parameters: Option<Element<'_>>,
    digest: Option<HashAlg>,
) -> Result<Option<SignatureAlg>, VerifyError> {
    let hash = match kind {
        [1] => digest,
        [5] => Some(HashAlg::Sha1),
        [10] => {
            let parameters =
                parameters.map_or(Ok(PssParameters::DEFAULT), |sequence| PssParameters::parse(&sequence))?;
            return Ok(Some(SignatureAlg::RsaPss(parameters)));
        }
        [11] => Some(HashAlg::Sha256),
        [12] => Some(HashAlg::Sha384),
        [13] => Some(HashAlg::Sha512),
        [14] => Some(HashAlg::Sha224),
        _ => None,
    };
    Ok(hash.map(SignatureAlg::RsaPkcs1))
}

fn sha2_by_arc(kind: &[u8], first: u8) -> Option<HashAlg> {
    const SHA2: [HashAlg; 4] = [HashAlg::Sha224, HashAlg::Sha256, HashAlg::Sha384, HashAlg::Sha512];
    let [arc] = kind else { return None };
    SHA2.get(usize::from(arc.checked_sub(first)?)).copied()
}

impl PssParameters {
    /// What stands where nothing is said.
    const DEFAULT: Self = Self { hash: HashAlg::Sha1, mask_hash: HashAlg::Sha1, salt_len: 20 };

    /// Reads RSASSA-PSS-params; what is left out has the value that RFC 4055 §3.1 gives it.
    ///
    /// # Errors
    /// [`VerifyError::Tlv`], [`VerifyError::UnknownAlgorithm`].
    pub fn parse(sequence: &Element<'_>) -> Result<Self, VerifyError> {
        let mut found = Self::DEFAULT;
        let mut fields = sequence.children();
        if let Some(field) = fields.optional(0xA0)? {
            found.hash = hash_of(&mut field.children())?;
        }
        if let Some(field) = fields.optional(0xA1)? {
            let mut mask = field.children().expect(0x30)?.children();
            if mask.expect(0x06)?.value != MGF1 {
                return Err(VerifyError::UnknownAlgorithm);
            }
            found.mask_hash = hash_of(&mut mask)?;
        }
        if let Some(field) = fields.optional(0xA2)? {
            found.salt_len = small_number(field.children().expect(0x02)?.value)?;
        }
        if let Some(field) = fields.optional(0xA3)?
            && small_number(field.children().expect(0x02)?.value)? != 1
        {
            return Err(VerifyError::UnknownAlgorithm);
        }
        Ok(found)
    }

    /// Whether a key that is bound to these may be used with `used`: the same hashes, no shorter salt (RFC 4055 §3.3).
    fn allows(self, used: Self) -> bool {
        self.hash == used.hash && self.mask_hash == used.mask_hash && used.salt_len >= self.salt_len
    }

    fn verify(self, key: &RsaPublicKey, prehash: &[u8], signature: &[u8]) -> Result<(), SignatureError> {
        key.verify_pss(self.hash, self.mask_hash, self.salt_len, prehash, signature)
    }
}

fn hash_of(reader: &mut Reader<'_>) -> Result<HashAlg, VerifyError> {
    let oid = reader.expect(0x30)?.children().expect(0x06)?.value;
    HashAlg::from_oid(oid).ok_or(VerifyError::UnknownAlgorithm)
}

fn small_number(value: &[u8]) -> Result<usize, VerifyError> {
    let number = value.iter().take(4).fold(0_usize, |number, digit| number << 8 | usize::from(*digit));
    if value.is_empty() || value.len() > 2 || number > MAX_SALT_LEN {
        return Err(VerifyError::UnknownAlgorithm);
    }
    Ok(number)
}
