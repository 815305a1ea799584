//! The few DER values that certificates and signed objects are made of.

use bits::tlv;
use crypto::{HashAlg, NamedCurve, Point};
use jiff::Timestamp;
use jiff::tz::TimeZone;

const EC_PUBLIC_KEY: &[u8] = &[0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x02, 0x01];
/// standardizedDomainParameters, `0.4.0.127.0.7.1.2`.
const STANDARDISED_PARAMETERS: &[u8] = &[0x04, 0x00, 0x7F, 0x00, 0x07, 0x01, 0x02];
const PRIME_FIELD: &[u8] = &[0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x01, 0x01];
const ECDSA_WITH_SHA2: &[u8] = &[0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x04, 0x03];

pub(super) fn sequence(children: &[Vec<u8>]) -> Vec<u8> {
    tlv::encode_all(0x30, children)
}

/// A SET OF in DER: its elements sorted.
pub(super) fn set_of(mut children: Vec<Vec<u8>>) -> Vec<u8> {
    children.sort();
    tlv::encode_all(0x31, &children)
}

pub(super) fn oid(content: &[u8]) -> Vec<u8> {
    tlv::encode(0x06, content)
}

/// A non-negative INTEGER from big-endian bytes.
pub(super) fn integer(number: &[u8]) -> Vec<u8> {
    let start = number.iter().position(|byte| *byte != 0).unwrap_or(number.len());
    let digits = number.get(start..).unwrap_or_default();
    let sign: &[u8] = if digits.first().is_none_or(|byte| byte & 0x80 != 0) { &[0] } else { &[] };
    tlv::encode(0x02, &[sign, digits].concat())
}

pub(super) fn octets(content: &[u8]) -> Vec<u8> {
    tlv::encode(0x04, content)
}

pub(super) fn bits(content: &[u8]) -> Vec<u8> {
    tlv::encode(0x03, &[&[0], content].concat())
}

pub(super) fn utf8(text: &str) -> Vec<u8> {
    tlv::encode(0x0C, text.as_bytes())
}

pub(super) fn printable(text: &str) -> Vec<u8> {
    tlv::encode(0x13, text.as_bytes())
}

pub(super) fn utc_time(moment: Timestamp) -> Vec<u8> {
    let time = moment.to_zoned(TimeZone::UTC);
    let text = format!(
        "{:02}{:02}{:02}{:02}{:02}{:02}Z",
        time.year().rem_euclid(100),
        time.month(),
        time.day(),
        time.hour(),
        time.minute(),
        time.second()
    );
    tlv::encode(0x17, text.as_bytes())
}

/// The AlgorithmIdentifier of ECDSA with a hash of the SHA-2 family.
pub(super) fn ecdsa_with(hash: HashAlg) -> Vec<u8> {
    let arc = match hash {
        HashAlg::Sha1 | HashAlg::Sha224 => 1,
        HashAlg::Sha256 => 2,
        HashAlg::Sha384 => 3,
        HashAlg::Sha512 => 4,
    };
    sequence(&[oid(&[ECDSA_WITH_SHA2, &[arc]].concat())])
}

/// The AlgorithmIdentifier of a hash.
pub(super) fn hash(hash: HashAlg) -> Vec<u8> {
    sequence(&[oid(hash.oid())])
}

/// A SubjectPublicKeyInfo with the curve spelled out, as most keys of travel documents are.
pub(super) fn public_key(point: &Point) -> Vec<u8> {
    let algorithm = sequence(&[oid(EC_PUBLIC_KEY), explicit_parameters(point.curve())]);
    sequence(&[algorithm, bits(&point.encode())])
}

/// A SubjectPublicKeyInfo that names its curve by a standardised parameter id (BSI TR-03110-3 §A.2.1.1).
pub(super) fn standardised_key(point: &Point, parameter_id: u8) -> Vec<u8> {
    let algorithm = sequence(&[oid(STANDARDISED_PARAMETERS), integer(&[parameter_id])]);
    sequence(&[algorithm, bits(&point.encode())])
}

fn explicit_parameters(curve: NamedCurve) -> Vec<u8> {
    sequence(&[
        integer(&[1]),
        sequence(&[oid(PRIME_FIELD), integer(&curve.p())]),
        sequence(&[octets(&curve.a()), octets(&curve.b())]),
        octets(&curve.generator()),
        integer(&curve.order()),
        integer(&[1]),
    ])
}
