//! Public keys of P-256 as certificates and their requests write them (RFC 5480).

use crypto::NamedCurve;
use crypto::ec::Point;

/// The point of a SubjectPublicKeyInfo; `None` for a key of another kind, and for what is no point of the curve.
pub(super) fn point_of(spki: &[u8]) -> Option<Point> {
    Point::decode(NamedCurve::P256, raw(spki)?).ok()
}

/// The point's bytes, as they stand there.
pub(super) fn raw(spki: &[u8]) -> Option<&[u8]> {
    spki.strip_prefix(SPKI)
}

/// The beginning of a public key of P-256, before the point.
const SPKI: &[u8] = &[
    0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x02, 0x01, 0x06, 0x08, 0x2A, 0x86, 0x48, 0xCE,
    0x3D, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00,
];
