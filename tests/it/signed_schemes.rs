//! Every signature algorithm, curve, hash and salt of signed objects, and the keys that are refused.

use crate::signed_data::{attributes, encode_all, entry, name, object, oid, seq};
use diemdanh::bits::random::SeededRandom;
use diemdanh::bits::tlv::encode;
use diemdanh::crypto::ecdsa::{ecdsa_sign, encode_der};
use diemdanh::crypto::{EcSecret, HashAlg, NamedCurve, Point};
use diemdanh::emrtd::authenticity::passive::{self, SodVerdict};
use diemdanh::emrtd::authenticity::trust::TrustStore;
use diemdanh::emrtd::report::{Cause, Check, CheckResult, Outcome, Report};
use diemdanh::lab::issuer::active_key;

const LDS_OBJECT: &[u8] = &[0x67, 0x81, 0x08, 0x01, 0x01, 0x01];
const SIGNED_DATA: &[u8] = &[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x07, 0x02];
const PKCS1: &[u8] = &[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01];
const ECDSA: &[u8] = &[0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x04];
const EC_PUBLIC_KEY: &[u8] = &[0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x02, 0x01];

const HASHES: [HashAlg; 5] = [HashAlg::Sha1, HashAlg::Sha224, HashAlg::Sha256, HashAlg::Sha384, HashAlg::Sha512];
const CURVES: [NamedCurve; 11] = [
    NamedCurve::P192,
    NamedCurve::P224,
    NamedCurve::P256,
    NamedCurve::P384,
    NamedCurve::P521,
    NamedCurve::BrainpoolP192r1,
    NamedCurve::BrainpoolP224r1,
    NamedCurve::BrainpoolP256r1,
    NamedCurve::BrainpoolP320r1,
    NamedCurve::BrainpoolP384r1,
    NamedCurve::BrainpoolP512r1,
];

#[derive(Clone, Copy)]
pub(crate) enum Scheme {
    Ecdsa(NamedCurve, HashAlg),
    Pkcs1(HashAlg),
    Pss(HashAlg, usize),
    /// PKCS#1 with a key of 768 bits.
    Short(HashAlg),
}

impl Scheme {
    fn hash(self) -> HashAlg {
        match self {
            Self::Ecdsa(_, hash) | Self::Pkcs1(hash) | Self::Pss(hash, _) | Self::Short(hash) => hash,
        }
    }

    pub(crate) fn identifier(self) -> Vec<u8> {
        match self {
            Self::Ecdsa(_, HashAlg::Sha1) => seq(&[oid(&[ECDSA, &[1]].concat())]),
            Self::Ecdsa(_, hash) => seq(&[oid(&[ECDSA, &[3, place(hash)]].concat())]),
            Self::Pkcs1(hash) | Self::Short(hash) => {
                let arc = [5, 14, 11, 12, 13][usize::from(place(hash))];
                seq(&[oid(&[PKCS1, &[arc]].concat()), encode(0x05, &[])])
            }
            Self::Pss(hash, salt_len) => {
                let hash = seq(&[oid(hash.oid()), encode(0x05, &[])]);
                let mask = seq(&[oid(&[PKCS1, &[8]].concat()), hash.clone()]);
                let salt = encode(0x02, &[u8::try_from(salt_len).unwrap()]);
                let parameters = seq(&[encode(0xA0, &hash), encode(0xA1, &mask), encode(0xA2, &salt)]);
                seq(&[oid(&[PKCS1, &[10]].concat()), parameters])
            }
        }
    }

    fn sign(self, message: &[u8]) -> Vec<u8> {
        let digest = self.hash().digest(message);
        match self {
            Self::Ecdsa(curve, _) => {
                let (r, s) = ecdsa_sign(&secret(curve), &digest, &mut SeededRandom::new("nonce")).unwrap();
                encode_der(&r, &s)
            }
            Self::Pkcs1(hash) => rsa_private(&pkcs1_padded(hash, &digest, 256)),
            Self::Short(hash) => short_rsa_private(&pkcs1_padded(hash, &digest, 96)),
            Self::Pss(hash, salt_len) => rsa_private(&pss_padded(hash, &digest, salt_len)),
        }
    }

    pub(crate) fn key_info(self) -> Vec<u8> {
        match self {
            Self::Ecdsa(curve, _) => {
                let point = [vec![0], secret(curve).public().unwrap().encode()].concat();
                seq(&[seq(&[oid(EC_PUBLIC_KEY), oid(curve.oid())]), encode(0x03, &point)])
            }
            Self::Short(_) => rsa_info(&short_rsa_key().0, &[1, 0, 1]),
            Self::Pkcs1(_) | Self::Pss(..) => rsa_info(&active_key::modulus(), &[1, 0, 1]),
        }
    }
}

/// Of the SHA-2 family, as arcs count: SHA-224 is the first.
fn place(hash: HashAlg) -> u8 {
    u8::try_from(HASHES.iter().position(|other| *other == hash).unwrap()).unwrap()
}

fn secret(curve: NamedCurve) -> EcSecret {
    EcSecret::random(curve, &mut SeededRandom::new("signed schemes"))
}

fn rsa_private(padded: &[u8]) -> Vec<u8> {
    active_key::sign(padded).unwrap()
}

/// One pair of RSA-768, made for this file; it proves nothing anywhere.
fn short_rsa_key() -> (Vec<u8>, Vec<u8>) {
    let case = crate::vector::load("lab/signer-rsa-768.json");
    (crate::vector::bytes(&case, "modulus"), crate::vector::bytes(&case, "private_exponent"))
}

fn short_rsa_private(padded: &[u8]) -> Vec<u8> {
    let (modulus, exponent) = short_rsa_key();
    active_key::private_operation(&modulus, &exponent, padded).unwrap()
}

fn rsa_info(modulus: &[u8], exponent: &[u8]) -> Vec<u8> {
    let key = seq(&[encode(0x02, &[&[0], modulus].concat()), encode(0x02, exponent)]);
    seq(&[seq(&[oid(&[PKCS1, &[1]].concat()), encode(0x05, &[])]), encode(0x03, &[vec![0], key].concat())])
}

fn pkcs1_padded(hash: HashAlg, digest: &[u8], len: usize) -> Vec<u8> {
    let info = seq(&[seq(&[oid(hash.oid()), encode(0x05, &[])]), encode(0x04, digest)]);
    let filling = vec![0xFF; len - 3 - info.len()];
    [vec![0, 1], filling, vec![0], info].concat()
}

/// RFC 8017 §9.1.1 for a modulus of 2,048 bits.
fn pss_padded(hash: HashAlg, digest: &[u8], salt_len: usize) -> Vec<u8> {
    let salt = vec![0x5A; salt_len];
    let seed = hash.digest(&[&[0; 8], digest, &salt].concat());
    let mut block = vec![0; 256 - seed.len() - salt_len - 2];
    block.push(1);
    block.extend(&salt);
    let masks = (0_u32..).flat_map(|counter| hash.digest(&[&seed[..], &counter.to_be_bytes()].concat()));
    block.iter_mut().zip(masks).for_each(|(byte, mask)| *byte ^= mask);
    block[0] &= 0x7F;
    [block, seed, vec![0xBC]].concat()
}

pub(crate) fn certificate(key_info: Vec<u8>) -> Vec<u8> {
    let algorithm = seq(&[oid(&[ECDSA, &[3, 2]].concat())]);
    let usage = seq(&[oid(&[0x55, 0x1D, 0x0F]), encode(0x04, &encode(0x03, &[7, 0x80]))]);
    let body = seq(&[
        encode(0xA0, &encode(0x02, &[2])),
        encode(0x02, &[5]),
        algorithm.clone(),
        name(),
        seq(&[encode(0x17, b"240101000000Z"), encode(0x17, b"400101000000Z")]),
        name(),
        key_info,
        encode(0xA3, &seq(&[usage])),
    ]);
    // Nobody in an empty store has signed it.
    seq(&[body, algorithm, encode(0x03, &[0, 1, 2, 3])])
}

/// A signed object of one scheme, with another hash for the groups.
fn sod(scheme: Scheme, groups: HashAlg, key_info: Vec<u8>) -> Vec<u8> {
    signed_object(scheme, groups, &certificate(key_info), name())
}

/// The same with a certificate of serial number 5 that the signer information names by `issuer`.
pub(crate) fn signed_object(scheme: Scheme, groups: HashAlg, certificate: &[u8], issuer: Vec<u8>) -> Vec<u8> {
    let content = object(0, groups.oid(), &[entry(1, &groups.digest(b"DG1"))]);
    object_of(scheme, content, certificate, issuer, &[])
}

/// The same, signed at a UTCTime.
pub(crate) fn signed_object_at(scheme: Scheme, certificate: &[u8], issuer: Vec<u8>, at: &[u8]) -> Vec<u8> {
    let content = object(0, HashAlg::Sha256.oid(), &[entry(1, &HashAlg::Sha256.digest(b"DG1"))]);
    let kind = oid(&[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x09, 0x05]);
    object_of(scheme, content, certificate, issuer, &[seq(&[kind, encode(0x31, &encode(0x17, at))])])
}

/// A signed object over the hash of one DG1.
pub(crate) fn signed_object_over(scheme: Scheme, dg1: &[u8], certificate: &[u8], issuer: Vec<u8>) -> Vec<u8> {
    let content = object(0, HashAlg::Sha256.oid(), &[entry(1, &HashAlg::Sha256.digest(dg1))]);
    object_of(scheme, content, certificate, issuer, &[])
}

fn object_of(
    scheme: Scheme,
    content: Vec<u8>,
    certificate: &[u8],
    issuer: Vec<u8>,
    more_attributes: &[Vec<u8>],
) -> Vec<u8> {
    let mut attributes = attributes_of(scheme.hash(), &content);
    attributes.extend_from_slice(more_attributes);
    let signature = scheme.sign(&encode_all(0x31, &attributes));
    let digest = seq(&[oid(scheme.hash().oid())]);
    let signer = seq(&[
        encode(0x02, &[1]),
        seq(&[issuer, encode(0x02, &[5])]),
        digest.clone(),
        encode_all(0xA0, &attributes),
        scheme.identifier(),
        encode(0x04, &signature),
    ]);
    let data = seq(&[
        encode(0x02, &[3]),
        encode(0x31, &digest),
        seq(&[oid(LDS_OBJECT), encode(0xA0, &encode(0x04, &content))]),
        encode(0xA0, certificate),
        encode(0x31, &signer),
    ]);
    encode(0x77, &seq(&[oid(SIGNED_DATA), encode(0xA0, &data)]))
}

fn attributes_of(hash: HashAlg, content: &[u8]) -> Vec<Vec<u8>> {
    let mut attributes = attributes(LDS_OBJECT, content);
    let kind = oid(&[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x09, 0x04]);
    attributes[1] = seq(&[kind, encode(0x31, &encode(0x04, &hash.digest(content)))]);
    attributes
}

fn judged(sod: &[u8]) -> (SodVerdict, CheckResult) {
    let mut report = Report::new();
    let at = "2026-06-26T00:30:00Z".parse().unwrap();
    let verdict = passive::authenticate(sod, &TrustStore::empty(), at, &mut report);
    let line = report.results().iter().find(|line| line.check == Check::SodSignature);
    (verdict, *line.unwrap_or_else(|| panic!("{:?}", report.results())))
}

#[track_caller]
fn check_good(what: &str, scheme: Scheme, groups: HashAlg) {
    let mut object = sod(scheme, groups, scheme.key_info());
    let (verdict, line) = judged(&object);
    let SodVerdict::UnknownSigner(signed) = verdict else { panic!("{what}: {line:?}") };
    assert_eq!(signed.object().hash, groups, "{what}");
    let note = (scheme.hash() == HashAlg::Sha1).then_some(Cause::DeprecatedHash);
    assert_eq!((line.outcome, line.cause), (Outcome::Successful, note), "{what}");
    *object.last_mut().unwrap() ^= 0x01;
    let (_, line) = judged(&object);
    assert_eq!((line.outcome, line.cause), (Outcome::Failed, Some(Cause::SignatureWrong)), "{what}");
}

#[test]
fn e01_ecdsa_on_every_curve_with_every_hash() {
    for curve in CURVES {
        for hash in HASHES {
            check_good(&format!("{curve:?} {hash:?}"), Scheme::Ecdsa(curve, hash), HashAlg::Sha256);
        }
    }
}

#[test]
fn e01_pkcs1_with_every_hash() {
    for hash in HASHES {
        check_good(&format!("{hash:?}"), Scheme::Pkcs1(hash), HashAlg::Sha256);
    }
}

#[test]
fn e01_pss_with_every_hash_and_salt() {
    for hash in HASHES {
        for salt_len in [0, 20, 32, 48, 64] {
            check_good(&format!("{hash:?} {salt_len}"), Scheme::Pss(hash, salt_len), HashAlg::Sha256);
        }
    }
}

#[test]
fn e01_groups_content_and_signer_may_have_separate_hashes() {
    for groups in HASHES {
        for hash in HASHES {
            let what = format!("groups {groups:?}, signature {hash:?}");
            check_good(&what, Scheme::Ecdsa(NamedCurve::P256, hash), groups);
        }
    }
}

#[test]
fn f12_rsa_exponent_one_and_even_fail() {
    let modulus = active_key::modulus();
    for exponent in [&[1][..], &[2], &[0]] {
        let scheme = Scheme::Pkcs1(HashAlg::Sha256);
        let (verdict, _) = judged(&sod(scheme, HashAlg::Sha256, rsa_info(&modulus, exponent)));
        assert!(matches!(verdict, SodVerdict::Failed(Cause::KeyNotAcceptable)), "{exponent:?}");
    }
}

#[test]
fn f12_rsa_modulus_below_1024_bits_is_good_and_named_weak() {
    let mut object = sod(Scheme::Short(HashAlg::Sha256), HashAlg::Sha256, Scheme::Short(HashAlg::Sha256).key_info());
    let (verdict, line) = judged(&object);
    assert!(matches!(verdict, SodVerdict::UnknownSigner(_)), "{line:?}");
    assert_eq!((line.outcome, line.cause), (Outcome::Successful, Some(Cause::WeakKey)));
    // What such a line weighs: see `h02_each_situation_has_its_verdict`.
    *object.last_mut().unwrap() ^= 0x01;
    assert_eq!(judged(&object).1.cause, Some(Cause::SignatureWrong), "weak, not waved through");
    let tiny = rsa_info(&[0xC7; 63], &[1, 0, 1]);
    let (_, line) = judged(&sod(Scheme::Pkcs1(HashAlg::Sha256), HashAlg::Sha256, tiny));
    assert_eq!((line.outcome, line.cause), (Outcome::Failed, Some(Cause::KeyNotAcceptable)), "below 512 bits");
}

/// The explicit parameters of P-256 with one field changed, around the key of [`secret`].
fn explicit_info(change: impl Fn(&mut Vec<Vec<u8>>)) -> Vec<u8> {
    let curve = NamedCurve::P256;
    let number = |bytes: &[u8]| encode(0x02, &[&[0], bytes].concat());
    let prime_field = oid(&[0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x01, 0x01]);
    let mut fields = vec![
        encode(0x02, &[1]),
        seq(&[prime_field, number(&curve.p())]),
        seq(&[encode(0x04, &curve.a()), encode(0x04, &curve.b())]),
        encode(0x04, &curve.generator()),
        number(&curve.order()),
        encode(0x02, &[1]),
    ];
    change(&mut fields);
    let point = [vec![0], secret(curve).public().unwrap().encode()].concat();
    seq(&[seq(&[oid(EC_PUBLIC_KEY), seq(&fields)]), encode(0x03, &point)])
}

#[test]
fn f11_signer_with_explicit_parameters_ends_as_the_parameters_say() {
    let scheme = Scheme::Ecdsa(NamedCurve::P256, HashAlg::Sha256);
    let line_of = |info: Vec<u8>| {
        let (_, line) = judged(&sod(scheme, HashAlg::Sha256, info));
        (line.outcome, line.cause)
    };
    let good = (Outcome::Successful, None);
    let refused = (Outcome::Failed, Some(Cause::KeyNotAcceptable));
    let other = Point::generator(NamedCurve::P256).multiply(&[2]).unwrap().encode();
    assert_eq!(line_of(explicit_info(|_| ())), good);
    assert_eq!(line_of(explicit_info(|fields| drop(fields.pop()))), good, "the cofactor may be left out");
    assert_eq!(line_of(explicit_info(|fields| fields[5] = encode(0x02, &[0]))), refused, "cofactor 0");
    assert_eq!(line_of(explicit_info(|fields| fields[5] = encode(0x02, &[2]))), refused, "cofactor 2");
    assert_eq!(line_of(explicit_info(|fields| fields[3] = encode(0x04, &other))), refused, "another generator");
    let unknown = (Outcome::NotSupported, Some(Cause::AlgorithmNotSupported));
    let nobodys = |fields: &mut Vec<Vec<u8>>| {
        let mut p = NamedCurve::P256.p();
        *p.last_mut().unwrap() ^= 0x04;
        fields[1] = seq(&[oid(&[0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x01, 0x01]), encode(0x02, &[vec![0], p].concat())]);
    };
    assert_eq!(line_of(explicit_info(nobodys)), unknown, "a curve that nobody knows");
    let named = seq(&[seq(&[oid(EC_PUBLIC_KEY), oid(&[0x2B, 0x81, 0x04, 0x00, 0x0A])]), encode(0x03, &[0, 4])]);
    assert_eq!(line_of(named), unknown, "secp256k1");
}

/// An RSASSA-PSS key that is bound to a hash and a salt, or to nothing.
fn bound_info(parameters: Option<(HashAlg, usize)>) -> Vec<u8> {
    let key = seq(&[encode(0x02, &[&[0], &active_key::modulus()[..]].concat()), encode(0x02, &[1, 0, 1])]);
    let identifier = match parameters {
        Some((hash, salt_len)) => Scheme::Pss(hash, salt_len).identifier(),
        None => seq(&[oid(&[PKCS1, &[10]].concat())]),
    };
    seq(&[identifier, encode(0x03, &[vec![0], key].concat())])
}

#[test]
fn e14_parameters_of_a_pss_key_hold() {
    let (sha256, sha512) = (HashAlg::Sha256, HashAlg::Sha512);
    let good = (Outcome::Successful, None);
    let bound = (Outcome::Failed, Some(Cause::KeyBoundOtherwise));
    let rows = [
        ("bound to nothing", None, Scheme::Pss(sha256, 32), good),
        ("as bound", Some((sha256, 32)), Scheme::Pss(sha256, 32), good),
        ("a longer salt", Some((sha256, 20)), Scheme::Pss(sha256, 32), good),
        ("a shorter salt", Some((sha256, 32)), Scheme::Pss(sha256, 20), bound),
        ("another hash", Some((sha512, 20)), Scheme::Pss(sha256, 32), bound),
        ("PKCS#1, bound to nothing", None, Scheme::Pkcs1(sha256), bound),
        ("PKCS#1", Some((sha256, 32)), Scheme::Pkcs1(sha256), bound),
    ];
    for (what, parameters, scheme, expected) in rows {
        let (_, line) = judged(&sod(scheme, sha256, bound_info(parameters)));
        assert_eq!((line.outcome, line.cause), expected, "{what}");
    }
}

#[test]
fn f11_twisted_curve_is_unknown_named_or_written_out() {
    // brainpoolP256t1 (RFC 5639 §3.4): field and order of brainpoolP256r1, −3 for a.
    let plain = NamedCurve::BrainpoolP256r1;
    let mut minus_three = plain.p();
    *minus_three.last_mut().unwrap() -= 3;
    let hex = |digits| diemdanh::bits::hex::decode(digits).unwrap();
    let b = hex("662c61c430d84ea4fe66a7733d0b76b7bf93ebc4af2f49256ae58101fee92b04");
    let generator = hex("04a3e8eb3cc1cfe7b7732213b23a656149afa142c47aafbc2b79a191562e1305f4\
        2d996c823439c56d7f7b22e14644417e69bcb6de39d027001dabe8f35b25c9be");
    let number = |bytes: Vec<u8>| encode(0x02, &[vec![0], bytes].concat());
    let prime_field = oid(&[0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x01, 0x01]);
    let written = seq(&[
        encode(0x02, &[1]),
        seq(&[prime_field, number(plain.p())]),
        seq(&[encode(0x04, &minus_three), encode(0x04, &b)]),
        encode(0x04, &generator),
        number(plain.order()),
        encode(0x02, &[1]),
    ]);
    let named = oid(&[0x2B, 0x24, 0x03, 0x03, 0x02, 0x08, 0x01, 0x01, 0x08]);
    for parameters in [named, written] {
        let key = encode(0x03, &[vec![0], generator.clone()].concat());
        let info = seq(&[seq(&[oid(EC_PUBLIC_KEY), parameters]), key]);
        let (verdict, line) = judged(&sod(Scheme::Ecdsa(NamedCurve::P256, HashAlg::Sha256), HashAlg::Sha256, info));
        assert_eq!((line.outcome, line.cause), (Outcome::NotSupported, Some(Cause::AlgorithmNotSupported)));
        assert!(matches!(verdict, SodVerdict::Unverified(..)));
    }
}

/// A key on a curve that nobody here knows: secp256k1.
pub(crate) fn unknown_key_info() -> Vec<u8> {
    seq(&[seq(&[oid(EC_PUBLIC_KEY), oid(&[0x2B, 0x81, 0x04, 0x00, 0x0A])]), encode(0x03, &[0, 4])])
}

#[test]
fn f12_rsa_6144_is_a_key() {
    use diemdanh::emrtd::authenticity::public_key::PublicKey;
    let mut modulus = vec![0xC5; 768];
    modulus[767] = 0xC7;
    let key = PublicKey::from_info(&rsa_info(&modulus, &[1, 0, 1])).unwrap();
    assert!(matches!(key, PublicKey::Rsa(key) if key.modulus_bits() == 6144));
    assert!(PublicKey::from_info(&rsa_info(&[0xC7; 1025], &[3])).is_err(), "longer than any document's");
}
