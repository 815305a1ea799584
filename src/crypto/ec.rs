//! Points and secrets on the eleven named curves, one type for all of them.
//!
//! BSI TR-03111 v2.10 §3–4, SEC 1 v2 §2.3. A point is kept as its uncompressed encoding and decoded, with the
//! curve equation checked, wherever it is computed with; that is cheap beside one multiplication.
//!
//! Invariants: a [`Point`] is on its curve and not at infinity; an [`EcSecret`] is between 1 and the order less 1.

use super::bignum::{self, Modulus};
use super::curve::NamedCurve;
use bits::random::Random;
use bits::secret::Secret;
use elliptic_curve::sec1::{FromSec1Point, ModulusSize, ToSec1Point};
use elliptic_curve::{CurveArithmetic, FieldBytes, Group as _, PrimeField as _};

/// Runs `$body` with `$C` standing for the arithmetic of `$curve`.
macro_rules! on_curve {
    ($curve:expr, $C:ident => $body:expr) => {
        match $curve {
            NamedCurve::P192 => {
                type $C = p192::NistP192;
                $body
            }
            NamedCurve::P224 => {
                type $C = p224::NistP224;
                $body
            }
            NamedCurve::P256 => {
                type $C = p256::NistP256;
                $body
            }
            NamedCurve::P384 => {
                type $C = p384::NistP384;
                $body
            }
            NamedCurve::P521 => {
                type $C = p521::NistP521;
                $body
            }
            NamedCurve::BrainpoolP192r1 => {
                type $C = $crate::brainpool::BrainpoolP192r1;
                $body
            }
            NamedCurve::BrainpoolP224r1 => {
                type $C = $crate::brainpool::BrainpoolP224r1;
                $body
            }
            NamedCurve::BrainpoolP256r1 => {
                type $C = bp256::BrainpoolP256r1;
                $body
            }
            NamedCurve::BrainpoolP320r1 => {
                type $C = $crate::brainpool::BrainpoolP320r1;
                $body
            }
            NamedCurve::BrainpoolP384r1 => {
                type $C = bp384::BrainpoolP384r1;
                $body
            }
            NamedCurve::BrainpoolP512r1 => {
                type $C = $crate::brainpool::BrainpoolP512r1;
                $body
            }
        }
    };
}
pub(super) use on_curve;

/// Why a point or a secret is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum EcError {
    /// The encoding is not `04 ‖ x ‖ y` with the field's length.
    #[error("not an uncompressed point of this curve ({0} bytes)")]
    Encoding(usize),
    /// The coordinates do not fulfil the curve equation.
    #[error("the point is not on the curve")]
    OffCurve,
    /// The result is the point at infinity.
    #[error("the result is the point at infinity")]
    Infinity,
    /// The secret is zero or not below the order.
    #[error("the secret is out of range")]
    SecretOutOfRange,
    /// Two values belong to different curves.
    #[error("the curves differ")]
    CurveMismatch,
    /// The mapping to a point is not defined for this curve or value.
    #[error("no point encoding for this curve or value")]
    NoPointEncoding,
}

/// A point on a named curve, never at infinity.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Point {
    curve: NamedCurve,
    encoded: Vec<u8>,
}

impl Point {
    /// Reads an uncompressed point and checks that it is on the curve.
    ///
    /// # Errors
    /// [`EcError::Encoding`] for another form or length, [`EcError::OffCurve`].
    pub fn decode(curve: NamedCurve, encoded: &[u8]) -> Result<Self, EcError> {
        if encoded.len() != 1 + 2 * curve.field_len() || encoded.first() != Some(&0x04) {
            return Err(EcError::Encoding(encoded.len()));
        }
        on_curve!(curve, C => affine::<C>(encoded).map(drop))?;
        Ok(Self { curve, encoded: encoded.to_vec() })
    }

    /// The curve's generator.
    pub fn generator(curve: NamedCurve) -> Self {
        Self { curve, encoded: curve.generator() }
    }

    /// The curve.
    pub fn curve(&self) -> NamedCurve {
        self.curve
    }

    /// `04 ‖ x ‖ y`, each coordinate with the field's length.
    pub fn encode(&self) -> Vec<u8> {
        self.encoded.clone()
    }

    /// The x coordinate with the field's length.
    pub fn x(&self) -> Vec<u8> {
        self.encoded.get(1..=self.curve.field_len()).unwrap_or_default().to_vec()
    }

    /// The sum of two points.
    ///
    /// # Errors
    /// [`EcError::Infinity`], [`EcError::CurveMismatch`].
    pub fn add(&self, other: &Self) -> Result<Self, EcError> {
        if self.curve != other.curve {
            return Err(EcError::CurveMismatch);
        }
        let encoded = on_curve!(self.curve, C => sum::<C>(&self.encoded, &other.encoded))?;
        Ok(Self { curve: self.curve, encoded })
    }

    /// The point multiplied by a big-endian number of any length, taken modulo the order.
    ///
    /// # Errors
    /// [`EcError::Infinity`].
    pub fn multiply(&self, factor: &[u8]) -> Result<Self, EcError> {
        let order = Modulus::new(&self.curve.order()).ok_or(EcError::CurveMismatch)?;
        let scalar = Secret::new(order.encode(&order.reduce(factor)));
        let encoded = on_curve!(self.curve, C => product::<C>(scalar.expose(), &self.encoded))?;
        Ok(Self { curve: self.curve, encoded })
    }

    /// The generator of generic mapping: `nonce × G + shared` (ICAO Doc 9303-11 §4.4.3.3.1).
    ///
    /// # Errors
    /// [`EcError::Infinity`]: the trivial generator.
    pub fn generic_mapping(nonce: &[u8], shared: &Self) -> Result<Self, EcError> {
        match Self::generator(shared.curve).multiply(nonce) {
            Err(EcError::Infinity) => Ok(shared.clone()),
            product => product?.add(shared),
        }
    }

    /// The generator of integrated mapping: the point that the field element `t` encodes
    /// (ICAO Doc 9303-11 §4.4.3.3.2 and Appendix B.1; affine form).
    ///
    /// # Errors
    /// [`EcError::NoPointEncoding`] for P-224, whose prime is 1 modulo 4, and for t = 0, 1, −1.
    pub fn integrated_mapping(curve: NamedCurve, t: &[u8]) -> Result<Self, EcError> {
        let p = Modulus::new(&curve.p()).ok_or(EcError::NoPointEncoding)?;
        let (a, b) = (p.reduce(&curve.a()), p.reduce(&curve.b()));
        let (t, one) = (p.reduce(t), p.one());
        let alpha = t.square().neg();
        let inverse = |value: &crypto_bigint::modular::BoxedMontyForm| {
            value.invert().into_option().ok_or(EcError::NoPointEncoding)
        };
        let ratio = one.add(&inverse(&alpha.add(&alpha.square()))?);
        let x2 = b.neg().mul(&inverse(&a)?).mul(&ratio);
        let x3 = alpha.mul(&x2);
        let h2 = x2.square().mul(&x2).add(&a.mul(&x2)).add(&b);
        let u = t.square().mul(&t).mul(&h2);
        let root = p.power(&h2, &inverse_root_exponent(&curve.p()).ok_or(EcError::NoPointEncoding)?);
        let square = root.square().mul(&h2) == one;
        let (x, y) = if square { (x2, root.mul(&h2)) } else { (x3, root.mul(&u)) };
        Self::decode(curve, &[vec![0x04], p.encode(&x), p.encode(&y)].concat())
    }
}

/// A secret number with its curve.
#[derive(Clone)]
pub struct EcSecret {
    curve: NamedCurve,
    scalar: Secret<Vec<u8>>,
}

impl EcSecret {
    /// Draws a secret. Eight surplus bytes make the bias of the reduction negligible (TR-03111 §4.1.1).
    pub fn random(curve: NamedCurve, random: &mut dyn Random) -> Self {
        let wide = Secret::new(random.bytes(curve.field_len() + 8));
        Self { curve, scalar: Secret::new(reduced_nonzero(&curve.order(), wide.expose())) }
    }

    /// Takes a secret as a big-endian number; leading zeros do not count.
    ///
    /// # Errors
    /// [`EcError::SecretOutOfRange`].
    pub fn from_bytes(curve: NamedCurve, bytes: &[u8]) -> Result<Self, EcError> {
        let scalar = bignum::fixed_len(bytes, curve.field_len()).ok_or(EcError::SecretOutOfRange)?;
        let scalar = Secret::new(scalar);
        let in_range = scalar.expose().iter().any(|byte| *byte != 0) && *scalar.expose() < curve.order();
        if in_range { Ok(Self { curve, scalar }) } else { Err(EcError::SecretOutOfRange) }
    }

    /// The curve.
    pub fn curve(&self) -> NamedCurve {
        self.curve
    }

    /// The secret number with the order's length.
    pub fn expose(&self) -> &[u8] {
        self.scalar.expose()
    }

    /// The public point on the curve's generator.
    ///
    /// # Errors
    /// None in practice; [`EcError`] as the type of every multiplication.
    pub fn public(&self) -> Result<Point, EcError> {
        self.multiply(&Point::generator(self.curve))
    }

    /// The secret times a point: the public point on a mapped generator, or a shared point.
    ///
    /// # Errors
    /// [`EcError::CurveMismatch`], [`EcError::Infinity`].
    pub fn multiply(&self, point: &Point) -> Result<Point, EcError> {
        if self.curve != point.curve {
            return Err(EcError::CurveMismatch);
        }
        let encoded = on_curve!(self.curve, C => product::<C>(self.scalar.expose(), &point.encoded))?;
        Ok(Point { curve: self.curve, encoded })
    }

    /// This secret divided by another, modulo the order: the data of PACE's chip-authentication mapping
    /// (ICAO Doc 9303-11 §4.4.3.5.1).
    ///
    /// # Errors
    /// [`EcError::CurveMismatch`].
    pub fn divided_by(&self, divisor: &Self) -> Result<Secret<Vec<u8>>, EcError> {
        let order = Modulus::new(&self.curve.order()).filter(|_| self.curve == divisor.curve);
        let order = order.ok_or(EcError::CurveMismatch)?;
        let inverse = order.reduce(divisor.expose()).invert().into_option().ok_or(EcError::SecretOutOfRange)?;
        Ok(Secret::new(order.encode(&order.reduce(self.expose()).mul(&inverse))))
    }

    /// The shared secret: the x coordinate with the field's length (TR-03111 §4.3.1).
    ///
    /// # Errors
    /// [`EcError::CurveMismatch`], [`EcError::Infinity`].
    pub fn diffie_hellman(&self, point: &Point) -> Result<Secret<Vec<u8>>, EcError> {
        self.multiply(point).map(|shared| Secret::new(shared.x()))
    }
}

/// Curves whose points can be read and written: all of ours.
pub(super) trait Arithmetic:
    CurveArithmetic<AffinePoint: FromSec1Point<Self> + ToSec1Point<Self>, FieldBytesSize: ModulusSize>
{
}

impl<C> Arithmetic for C where
    C: CurveArithmetic<AffinePoint: FromSec1Point<C> + ToSec1Point<C>, FieldBytesSize: ModulusSize>
{
}

/// A secret scalar of the fixed length as the curve's own type. `None` where it is not below the order.
pub(super) fn scalar<C: Arithmetic>(bytes: &[u8]) -> Option<C::Scalar> {
    C::Scalar::from_repr(FieldBytes::<C>::try_from(bytes).ok()?).into_option()
}

/// A point of the fixed encoding as the curve's own type.
pub(super) fn affine<C: Arithmetic>(encoded: &[u8]) -> Result<C::AffinePoint, EcError> {
    C::AffinePoint::from_sec1_bytes(encoded).map_err(|_| EcError::OffCurve)
}

/// A random number between 1 and `order` less 1, from bytes that are longer than the order.
pub(super) fn reduced_nonzero(order: &[u8], wide: &[u8]) -> Vec<u8> {
    let Some(modulus) = Modulus::new(order) else { return Vec::new() };
    let reduced = modulus.encode(&modulus.reduce(wide));
    let zero = reduced.iter().all(|byte| *byte == 0);
    if zero { modulus.encode(&modulus.one()) } else { reduced }
}

fn product<C: Arithmetic>(factor: &[u8], point: &[u8]) -> Result<Vec<u8>, EcError> {
    let factor = scalar::<C>(factor).ok_or(EcError::SecretOutOfRange)?;
    encoded::<C>(C::ProjectivePoint::from(affine::<C>(point)?) * factor)
}

fn sum<C: Arithmetic>(left: &[u8], right: &[u8]) -> Result<Vec<u8>, EcError> {
    encoded::<C>(C::ProjectivePoint::from(affine::<C>(left)?) + C::ProjectivePoint::from(affine::<C>(right)?))
}

fn encoded<C: Arithmetic>(point: C::ProjectivePoint) -> Result<Vec<u8>, EcError> {
    if bool::from(point.is_identity()) {
        return Err(EcError::Infinity);
    }
    let affine: C::AffinePoint = point.into();
    Ok(affine.to_sec1_point(false).as_bytes().to_vec())
}

/// `p − 1 − (p + 1) / 4`, big-endian; `None` where p is not 3 modulo 4.
fn inverse_root_exponent(p: &[u8]) -> Option<Vec<u8>> {
    let prime = crypto_bigint::BoxedUint::from_be_slice_vartime(p);
    if p.last()? & 3 != 3 {
        return None;
    }
    // With p = 4k + 3 this is 4k + 2 − (k + 1) = 3k + 1.
    let quarter = prime.shr(2);
    let triple = quarter.wrapping_add(&quarter).wrapping_add(&quarter);
    Some(
        triple
            .wrapping_add(crypto_bigint::BoxedUint::one_with_precision(prime.bits_precision()))
            .to_be_bytes()
            .to_vec(),
    )
}
