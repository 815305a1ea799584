//! Public keys of signers and chips (RFC 5280 §4.1.2.7, RFC 3279 §2.3, RFC 5480 §2, BSI TR-03111 §5.3).
//!
//! Most keys of travel documents spell their curve out. Such parameters are compared with the named curves and
//! refused when anything differs: a key with a generator of one's own choice proves nothing.
//!
//! Invariants: a key that was made is within the limits of [`crypto::rsa`](crypto::rsa) or on a named curve.

use crate::authenticity::signature::PssParameters;
use bits::tlv::{self, Element, TlvError};
use crypto::curve::{ExplicitParameters, ParameterError};
use crypto::ec::EcError;
use crypto::rsa::{RsaKeyError, RsaPublicKey};
use crypto::{NamedCurve, Point};
use thiserror::Error;

const RSA_ENCRYPTION: &[u8] = &[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x01];
const RSASSA_PSS: &[u8] = &[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x0A];
const EC_PUBLIC_KEY: &[u8] = &[0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x02, 0x01];
const PRIME_FIELD: &[u8] = &[0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x01, 0x01];

/// A public key.
#[derive(Debug, Clone)]
pub enum PublicKey {
    /// RSA.
    Rsa(RsaPublicKey),
    /// RSA that is bound to RSASSA-PSS, and to these parameters where there are any (RFC 4055 §1.2).
    RsaPss(RsaPublicKey, Option<PssParameters>),
    /// A point on a named curve.
    Ec(Point),
    /// A key that nothing can be verified with here. Never in a certificate of a store.
    Unsupported(KeyError),
}

/// Why a key is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum KeyError {
    /// Not well formed.
    #[error(transparent)]
    Tlv(#[from] TlvError),
    /// Neither RSA nor EC.
    #[error("unknown key algorithm")]
    UnknownAlgorithm,
    /// An RSA key out of limits.
    #[error(transparent)]
    Rsa(#[from] RsaKeyError),
    /// A point that is not on its curve.
    #[error(transparent)]
    Point(#[from] EcError),
    /// Curve parameters that are unknown or were altered.
    #[error(transparent)]
    Parameters(#[from] ParameterError),
    /// A curve that is named and not known here, or inherited parameters.
    #[error("unknown curve")]
    UnknownCurve,
    /// The bit string of the key has unused bits.
    #[error("key length is not a whole number of bytes")]
    BitString,
}

impl PublicKey {
    /// Reads a SubjectPublicKeyInfo.
    ///
    /// # Errors
    /// [`KeyError`].
    pub fn from_info(der: &[u8]) -> Result<Self, KeyError> {
        let mut info = tlv::Reader::new(der).expect(0x30)?.children();
        let mut algorithm = info.expect(0x30)?.children();
        let oid = algorithm.expect(0x06)?.value;
        let bits = info.expect(0x03)?.value;
        let Some((0, key)) = bits.split_first().map(|(unused, key)| (*unused, key)) else {
            return Err(KeyError::BitString);
        };
        match oid {
            RSA_ENCRYPTION => Ok(Self::Rsa(RsaPublicKey::from_der(key)?)),
            RSASSA_PSS => {
                let parameters = algorithm.optional(0x30)?.map(|sequence| PssParameters::parse(&sequence)).transpose();
                let parameters = parameters.map_err(|_| KeyError::UnknownAlgorithm)?;
                Ok(Self::RsaPss(RsaPublicKey::from_der(key)?, parameters))
            }
            EC_PUBLIC_KEY => Ok(Self::Ec(Point::decode(curve(&algorithm.read()?)?, key)?)),
            _ => Err(KeyError::UnknownAlgorithm),
        }
    }

    /// The same, where an algorithm or a curve that is not known here gives [`PublicKey::Unsupported`].
    ///
    /// # Errors
    /// [`KeyError`], but never for what is only unknown.
    pub fn from_info_lenient(der: &[u8]) -> Result<Self, KeyError> {
        match Self::from_info(der) {
            Err(error) if error.is_unknown() => Ok(Self::Unsupported(error)),
            result => result,
        }
    }

    /// The length of an RSA modulus in bits.
    pub fn rsa_bits(&self) -> Option<u32> {
        match self {
            Self::Rsa(key) | Self::RsaPss(key, _) => Some(key.modulus_bits()),
            Self::Ec(_) | Self::Unsupported(_) => None,
        }
    }
}

impl KeyError {
    /// True for what is not known here, which says nothing against the key.
    pub fn is_unknown(self) -> bool {
        matches!(self, Self::UnknownAlgorithm | Self::UnknownCurve | Self::Parameters(ParameterError::Unknown))
    }
}

/// The curve that ECParameters name or spell out.
///
/// # Errors
/// [`KeyError`] for unknown curves and altered parameters.
pub fn curve(parameters: &Element<'_>) -> Result<NamedCurve, KeyError> {
    match parameters.tag {
        0x06 => NamedCurve::from_oid(parameters.value).ok_or(KeyError::UnknownCurve),
        0x30 => explicit_curve(parameters),
        _ => Err(KeyError::UnknownCurve),
    }
}

fn explicit_curve(parameters: &Element<'_>) -> Result<NamedCurve, KeyError> {
    let mut fields = parameters.children();
    fields.expect(0x02)?;
    let mut field = fields.expect(0x30)?.children();
    if field.expect(0x06)?.value != PRIME_FIELD {
        return Err(KeyError::UnknownCurve);
    }
    let p = field.expect(0x02)?.value;
    let mut coefficients = fields.expect(0x30)?.children();
    let (a, b) = (coefficients.expect(0x04)?.value, coefficients.expect(0x04)?.value);
    let generator = fields.expect(0x04)?.value;
    let order = fields.expect(0x02)?.value;
    let cofactor = fields.optional(0x02)?.map(|element| element.value);
    Ok(NamedCurve::from_explicit(&ExplicitParameters { p, a, b, generator, order, cofactor })?)
}
