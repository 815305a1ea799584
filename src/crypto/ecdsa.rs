//! ECDSA on the named curves: BSI TR-03111 v2.10 §4.2, FIPS 186-5 §6.4.
//!
//! Signatures come as two numbers or as DER; the digest may be shorter or longer than the curve's order.

use super::NamedCurve;
use super::bignum;
use super::ec::{Arithmetic, EcSecret, Point, affine, on_curve, reduced_nonzero, scalar};
use bits::random::Random;
use bits::tlv;
use elliptic_curve::ops::{LinearCombination as _, Reduce};
use elliptic_curve::{Field as _, FieldBytes, Group as _, PrimeField as _};

/// Longest digest that is accepted, in bytes.
const MAX_PREHASH_LEN: usize = 64;

/// Why a signature is not accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SignatureError {
    /// Not a signature of this scheme and key at all: wrong length, encoding or range.
    #[error("malformed signature")]
    Malformed,
    /// A signature, but not over this digest by this key.
    #[error("the signature does not fit")]
    Wrong,
}

/// Verifies the signature (`r`, `s`) over `prehash`.
///
/// # Errors
/// [`SignatureError`].
pub fn ecdsa_verify(key: &Point, prehash: &[u8], r: &[u8], s: &[u8]) -> Result<(), SignatureError> {
    let field_len = key.curve().field_len();
    let r = bignum::fixed_len(r, field_len).ok_or(SignatureError::Malformed)?;
    let s = bignum::fixed_len(s, field_len).ok_or(SignatureError::Malformed)?;
    on_curve!(key.curve(), C => verify::<C>(&key.encode(), prehash, &r, &s))
}

/// Verifies a signature that is `r ‖ s`, each with half the length.
///
/// # Errors
/// [`SignatureError`].
pub fn ecdsa_verify_plain(key: &Point, prehash: &[u8], signature: &[u8]) -> Result<(), SignatureError> {
    if !signature.len().is_multiple_of(2) {
        return Err(SignatureError::Malformed);
    }
    let (r, s) = signature.split_at(signature.len() / 2);
    ecdsa_verify(key, prehash, r, s)
}

/// Verifies a signature that is a DER sequence of two integers (RFC 3279 §2.2.3).
///
/// # Errors
/// [`SignatureError`].
pub fn ecdsa_verify_der(key: &Point, prehash: &[u8], signature: &[u8]) -> Result<(), SignatureError> {
    let (r, s) = decode_der(signature).ok_or(SignatureError::Malformed)?;
    ecdsa_verify(key, prehash, r, s)
}

/// Signs `prehash`. Returns `r` and `s`, each with the order's length. Only the lab signs with this.
///
/// # Errors
/// [`SignatureError::Malformed`] for a digest of more than 64 bytes.
pub fn ecdsa_sign(
    secret: &EcSecret,
    prehash: &[u8],
    random: &mut dyn Random,
) -> Result<(Vec<u8>, Vec<u8>), SignatureError> {
    on_curve!(secret.curve(), C => sign::<C>(secret, prehash, random))
}

/// Writes `r` and `s` as a DER sequence of two integers.
pub fn encode_der(r: &[u8], s: &[u8]) -> Vec<u8> {
    let integer = |number: &[u8]| {
        let digits = bignum::trim(number);
        let sign: &[u8] = if digits.first().is_none_or(|byte| byte & 0x80 != 0) { &[0] } else { &[] };
        tlv::encode(0x02, &[sign, digits].concat())
    };
    tlv::encode_all(0x30, &[integer(r), integer(s)])
}

fn decode_der(signature: &[u8]) -> Option<(&[u8], &[u8])> {
    let mut children = tlv::single(signature, 0x30).ok()?.children();
    let r = children.expect(0x02).ok()?.value;
    let s = children.expect(0x02).ok()?.value;
    children.finish().ok()?;
    let positive = |number: &[u8]| number.first().is_some_and(|byte| byte & 0x80 == 0);
    (positive(r) && positive(s)).then_some((r, s))
}

fn verify<C: Arithmetic>(key: &[u8], prehash: &[u8], r: &[u8], s: &[u8]) -> Result<(), SignatureError> {
    let key = C::ProjectivePoint::from(affine::<C>(key).map_err(|_| SignatureError::Malformed)?);
    let z = message_scalar::<C>(prehash).ok_or(SignatureError::Malformed)?;
    let r = nonzero_scalar::<C>(r).ok_or(SignatureError::Malformed)?;
    let s = nonzero_scalar::<C>(s).ok_or(SignatureError::Malformed)?;
    let inverse = elliptic_curve::Field::invert(&s).into_option().ok_or(SignatureError::Malformed)?;
    // All of it is public, so time may tell: both multiplications share their doublings.
    let point =
        C::ProjectivePoint::lincomb_vartime(&[(C::ProjectivePoint::generator(), z * inverse), (key, r * inverse)]);
    if x_modulo_order::<C>(point) == Some(r) { Ok(()) } else { Err(SignatureError::Wrong) }
}

fn sign<C: Arithmetic>(
    secret: &EcSecret,
    prehash: &[u8],
    random: &mut dyn Random,
) -> Result<(Vec<u8>, Vec<u8>), SignatureError> {
    let key = scalar::<C>(secret.expose()).ok_or(SignatureError::Malformed)?;
    let z = message_scalar::<C>(prehash).ok_or(SignatureError::Malformed)?;
    let order = secret.curve().order();
    let k = reduced_nonzero(&order, &random.bytes(order.len() + 8));
    let k = scalar::<C>(&k).ok_or(SignatureError::Malformed)?;
    let r = x_modulo_order::<C>(C::ProjectivePoint::generator() * k).ok_or(SignatureError::Malformed)?;
    let inverse = elliptic_curve::Field::invert(&k).into_option().ok_or(SignatureError::Malformed)?;
    let s = inverse * (z + r * key);
    Ok((r.to_repr().to_vec(), s.to_repr().to_vec()))
}

/// The leftmost bytes of the digest as a number modulo the order. Every order here fills its bytes but that of
/// P-521, which is longer than any digest, so bytes are exact.
fn message_scalar<C: Arithmetic>(prehash: &[u8]) -> Option<C::Scalar> {
    if prehash.len() > MAX_PREHASH_LEN {
        return None;
    }
    let length = FieldBytes::<C>::default().len();
    let leftmost = prehash.get(..prehash.len().min(length))?;
    let bytes = FieldBytes::<C>::try_from(bignum::fixed_len(leftmost, length)?.as_slice()).ok()?;
    Some(<C::Scalar as Reduce<FieldBytes<C>>>::reduce(&bytes))
}

fn nonzero_scalar<C: Arithmetic>(bytes: &[u8]) -> Option<C::Scalar> {
    scalar::<C>(bytes).filter(|scalar| !bool::from(scalar.is_zero()))
}

fn x_modulo_order<C: Arithmetic>(point: C::ProjectivePoint) -> Option<C::Scalar> {
    use elliptic_curve::point::AffineCoordinates as _;
    if bool::from(point.is_identity()) {
        return None;
    }
    let affine: C::AffinePoint = point.into();
    Some(<C::Scalar as Reduce<FieldBytes<C>>>::reduce(&affine.x()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ec::EcSecret;
    use bits::random::SeededRandom;

    /// The sum that a verification computes in a time of its own, against two multiplications in constant time.
    #[test]
    fn a_sum_in_variable_time_is_the_sum_of_two_multiplications() {
        let mut random = SeededRandom::new("lincomb");
        for curve in NamedCurve::ALL {
            let secret = EcSecret::random(curve, &mut random);
            on_curve!(curve, C => sums::<C>(&secret, &mut random));
        }
    }

    fn sums<C: Arithmetic>(secret: &EcSecret, random: &mut SeededRandom) {
        let generator = C::ProjectivePoint::generator();
        let key = generator * scalar::<C>(secret.expose()).unwrap();
        let mut factors = vec![C::Scalar::ZERO, C::Scalar::ONE, -C::Scalar::ONE, C::Scalar::ONE.double()];
        factors.extend((1..u64::BITS).step_by(9).map(|bits| -C::Scalar::from(1_u64 << bits)));
        factors.extend((1..u64::BITS).step_by(9).map(|bits| C::Scalar::from((1_u64 << bits) - 1)));
        let order = secret.curve().order();
        let chance = (0..8).map(|_| reduced_nonzero(&order, &random.bytes(order.len() + 8)));
        factors.extend(chance.map(|bytes| scalar::<C>(&bytes).unwrap()));
        for (one, other) in factors.iter().zip(factors.iter().rev()).chain(factors.iter().zip(&factors)) {
            for point in [key, generator, -generator, C::ProjectivePoint::identity()] {
                let sum = C::ProjectivePoint::lincomb_vartime(&[(generator, *one), (point, *other)]);
                assert!(sum == generator * *one + point * *other, "{:?}", secret.curve());
            }
        }
    }
}
