//! The primitives against the figures of ICAO Doc 9303-11, BSI TR-03110 and our own synthetic vectors.

use crate::vector::{bytes, cases, load, text};
use diemdanh::bits::random::SeededRandom;
use diemdanh::crypto::cipher::CipherAlg;
use diemdanh::crypto::curve::{ExplicitParameters, NamedCurve, ParameterError};
use diemdanh::crypto::ec::{EcError, EcSecret, Point};
use diemdanh::crypto::ecdsa::{
    SignatureError, ecdsa_sign, ecdsa_verify, ecdsa_verify_der, ecdsa_verify_plain, encode_der,
};
use diemdanh::crypto::kdf::{KeyUse, derive, session_keys};
use diemdanh::crypto::rsa::{RsaKeyError, RsaPublicKey};
use diemdanh::crypto::{HashAlg, dh, mac, padding, rsa_recovery};
use serde_json::Value;

#[test]
fn every_curve_maps_and_agrees() {
    for case in cases("synthetic/pace-ecdh-gm-all-curves-ciphers.json") {
        let curve = NamedCurve::from_parameter_id(u8::try_from(case["parameter_id"].as_u64().unwrap()).unwrap());
        check_ecdh_generic_mapping(curve.unwrap(), &case);
    }
}

#[test]
fn a11_shared_secrets_keep_their_leading_zeros() {
    for case in cases("synthetic/pace-leading-zero-shared-secret.json") {
        let curve = curve(text(&case, "curve"));
        check_ecdh_generic_mapping(curve, &case);
    }
    for case in cases("synthetic/chip-auth-leading-zero.json") {
        let curve = curve(text(&case, "curve"));
        let terminal = EcSecret::from_bytes(curve, &bytes(&case, "terminal_private")).unwrap();
        assert_eq!(terminal.public().unwrap().encode(), bytes(&case, "terminal_public"));
        let chip = Point::decode(curve, &bytes(&case, "chip_public")).unwrap();
        check_session_keys(terminal.diffie_hellman(&chip).unwrap().expose(), &case);
    }
}

#[test]
fn icao_ecdh_figures() {
    let case = load("icao/pace-g1-ecdh-gm-aes128.json");
    let curve = NamedCurve::BrainpoolP256r1;
    let terminal = EcSecret::from_bytes(curve, &bytes(&case, "terminal_map_private")).unwrap();
    assert_eq!(terminal.public().unwrap().encode(), bytes(&case, "terminal_map_public"));
    let chip = Point::decode(curve, &bytes(&case, "chip_map_public")).unwrap();
    let shared = terminal.multiply(&chip).unwrap();
    assert_eq!(shared.encode(), bytes(&case, "shared_H"));
    let mapped = Point::generic_mapping(&bytes(&case, "nonce"), &shared).unwrap();
    assert_eq!(mapped.encode(), bytes(&case, "mapped_generator"));

    let case = load("icao/pace-h1-ecdh-im-aes128.json");
    let mapped = Point::integrated_mapping(curve, &bytes(&case, "R")).unwrap();
    assert_eq!(mapped.encode(), bytes(&case, "mapped_generator"));
    let mapped = Point::integrated_mapping(curve, &bytes(&case, "R_mod_p")).unwrap();
    assert_eq!(mapped.encode(), bytes(&case, "mapped_generator"));
}

#[test]
fn a12_integrated_mapping_on_every_curve_but_p224() {
    for curve in NamedCurve::ALL {
        for t in 2_u8..12 {
            let mapped = Point::integrated_mapping(curve, &[t; 70]);
            assert_eq!(mapped.is_ok(), curve != NamedCurve::P224, "{curve:?} {t}");
        }
        assert_eq!(Point::integrated_mapping(curve, &[0]), Err(EcError::NoPointEncoding));
        assert_eq!(Point::integrated_mapping(curve, &[1]), Err(EcError::NoPointEncoding));
    }
}

#[test]
fn icao_dh_figures() {
    let group = dh::Group::Modp1024Order160;
    for path in ["icao/pace-g2-dh-gm-aes128.json", "synthetic/pace-dh-gm-leading-zero.json"] {
        let case = load(path);
        let terminal = dh::DhSecret::from_bytes(group, &bytes(&case, "terminal_map_private")).unwrap();
        assert_eq!(terminal.public().unwrap().encode(), bytes(&case, "terminal_map_public"));
        let chip = dh::Element::decode(group, &bytes(&case, "chip_map_public")).unwrap();
        let mapped = dh::Element::generic_mapping(&bytes(&case, "nonce"), &terminal.power(&chip).unwrap()).unwrap();
        assert_eq!(mapped.encode(), bytes(&case, "mapped_generator"));
        let terminal = dh::DhSecret::from_bytes(group, &bytes(&case, "terminal_ka_private")).unwrap();
        assert_eq!(terminal.power(&mapped).unwrap().encode(), bytes(&case, "terminal_ka_public"));
        let chip = dh::Element::decode(group, &bytes(&case, "chip_ka_public")).unwrap();
        let shared = terminal.power(&chip).unwrap().encode();
        assert_eq!(shared, bytes(&case, "shared_secret"));
        let (enc, mac) = session_keys(&shared, CipherAlg::Aes128);
        assert_eq!((enc.expose(), mac.expose()), (&bytes(&case, "ks_enc"), &bytes(&case, "ks_mac")));
    }
    let case = load("icao/pace-h2-dh-im-aes128.json");
    let mapped = dh::Element::integrated_mapping(group, &bytes(&case, "R")).unwrap();
    assert_eq!(mapped.encode(), bytes(&case, "mapped_generator"));
}

#[test]
fn a09_trivial_values_of_every_group_are_refused() {
    for group in dh::Group::ALL {
        assert!(dh::Element::decode(group, &group.g()).is_ok());
        assert_eq!(dh::Element::decode(group, &[1]), Err(dh::DhError::Trivial));
        assert_eq!(dh::Element::decode(group, &[]), Err(dh::DhError::Trivial));
        assert_eq!(dh::Element::decode(group, &[3]), Err(dh::DhError::OutsideSubgroup));
        assert_eq!(dh::Element::decode(group, &group.p()), Err(dh::DhError::OutOfRange));
        let mut random = SeededRandom::new("dh");
        let (left, right) = (dh::DhSecret::random(group, &mut random), dh::DhSecret::random(group, &mut random));
        assert_eq!(left.power(&right.public().unwrap()), right.power(&left.public().unwrap()));
    }
}

#[test]
fn a09_trivial_mapped_generator_is_refused() {
    for parameter_id in 8..=18 {
        let generator = Point::generator(NamedCurve::from_parameter_id(parameter_id).unwrap());
        // The nonce's share and the agreed point cancel out: s × G + (n − s) × G.
        let mut rest = generator.curve().order();
        let last = rest.last_mut().unwrap();
        *last = last.checked_sub(3).unwrap_or_else(|| panic!("another nonce for {parameter_id}"));
        let opposite = generator.multiply(&rest).unwrap();
        assert_eq!(Point::generic_mapping(&[3], &opposite), Err(EcError::Infinity), "{parameter_id}");
    }
}

#[test]
fn a09_foreign_points_are_refused() {
    for curve in NamedCurve::ALL {
        let mut encoded = curve.generator();
        assert!(Point::decode(curve, &encoded).is_ok());
        *encoded.last_mut().unwrap() ^= 1;
        assert_eq!(Point::decode(curve, &encoded), Err(EcError::OffCurve), "{curve:?}");
        assert_eq!(Point::decode(curve, &[0]), Err(EcError::Encoding(1)));
        let zero = vec![0; 1 + 2 * curve.field_len()];
        assert!(Point::decode(curve, &zero).is_err());
        assert_eq!(Point::generator(curve).multiply(&curve.order()), Err(EcError::Infinity), "{curve:?}");
        assert!(EcSecret::from_bytes(curve, &curve.order()).is_err());
        assert!(EcSecret::from_bytes(curve, &[0]).is_err());
    }
}

#[test]
fn f11_explicit_parameters_are_recognised_and_altered_ones_refused() {
    for curve in NamedCurve::ALL {
        let (p, a, b, generator, order) = (curve.p(), curve.a(), curve.b(), curve.generator(), curve.order());
        let good =
            ExplicitParameters { p: &p, a: &a, b: &b, generator: &generator, order: &order, cofactor: Some(&[1]) };
        assert_eq!(NamedCurve::from_explicit(&good), Ok(curve));
        assert_eq!(NamedCurve::from_explicit(&ExplicitParameters { cofactor: None, ..good }), Ok(curve));
        let mut compressed = generator[..=curve.field_len()].to_vec();
        compressed[0] = 2 | (generator.last().unwrap() & 1);
        assert_eq!(NamedCurve::from_explicit(&ExplicitParameters { generator: &compressed, ..good }), Ok(curve));
        let altered = Err(ParameterError::Altered(curve));
        assert_eq!(NamedCurve::from_explicit(&ExplicitParameters { cofactor: Some(&[0]), ..good }), altered);
        let other = Point::generator(curve).multiply(&[2]).unwrap().encode();
        assert_eq!(NamedCurve::from_explicit(&ExplicitParameters { generator: &other, ..good }), altered);
        let unknown = ExplicitParameters { p: &order, ..good };
        assert_eq!(NamedCurve::from_explicit(&unknown), Err(ParameterError::Unknown));
        assert_eq!(NamedCurve::from_oid(curve.oid()), Some(curve));
    }
}

#[test]
fn ecdsa_of_every_curve_and_digest() {
    let mut random = SeededRandom::new("ecdsa");
    for curve in NamedCurve::ALL {
        let secret = EcSecret::random(curve, &mut random);
        let key = secret.public().unwrap();
        for hash in HashAlg::ALL {
            let mut digest = hash.digest(b"card");
            let (r, s) = ecdsa_sign(&secret, &digest, &mut random).unwrap();
            assert_eq!(ecdsa_verify(&key, &digest, &r, &s), Ok(()), "{curve:?} {hash:?}");
            assert_eq!(ecdsa_verify_der(&key, &digest, &encode_der(&r, &s)), Ok(()));
            digest[0] ^= 0x80;
            assert!(ecdsa_verify(&key, &digest, &r, &s).is_err());
        }
        let zero = vec![0; curve.field_len()];
        assert!(ecdsa_verify(&key, &[1; 32], &zero, &zero).is_err());
        assert!(ecdsa_verify(&key, &[1; 32], &curve.order(), &curve.order()).is_err());
    }
}

#[test]
fn g04_ecdsa_plain_and_der() {
    for case in cases("synthetic/active-auth-ecdsa.json") {
        let key = Point::decode(curve(text(&case, "curve")), &bytes(&case, "public")).unwrap();
        let prehash = hash(text(&case, "hash")).digest(&bytes(&case, "rnd_ifd"));
        let signature = bytes(&case, "signature");
        let result = match text(&case, "format") {
            "plain" => ecdsa_verify_plain(&key, &prehash, &signature),
            _ => ecdsa_verify_der(&key, &prehash, &signature),
        };
        assert_eq!(result.is_ok(), text(&case, "expected") == "valid", "{}", text(&case, "note"));
    }
}

#[test]
fn bac_figures() {
    let case = load("icao/bac-appendix-d.json");
    let seed = &HashAlg::Sha1.digest(text(&case, "mrz_information").as_bytes())[..16];
    assert_eq!(seed, bytes(&case, "kseed"));
    let key = derive(seed, KeyUse::Encryption, CipherAlg::TripleDes);
    assert_eq!(key.expose(), &bytes(&case, "kenc"));
    let mac_key = derive(seed, KeyUse::Authentication, CipherAlg::TripleDes);
    assert_eq!(mac_key.expose(), &bytes(&case, "kmac"));
    let plain = [bytes(&case, "rnd_ifd"), bytes(&case, "rnd_ic"), bytes(&case, "k_ifd")].concat();
    let cryptogram = CipherAlg::TripleDes.encrypt_zero_iv(key.expose(), &plain).unwrap();
    let code = mac::authenticate(CipherAlg::TripleDes, mac_key.expose(), &cryptogram).unwrap();
    assert_eq!([cryptogram, code.to_vec()].concat(), bytes(&case, "external_authenticate_data"));
}

#[test]
fn g04_figure_of_icao() {
    let case = load("icao/aa-appendix-f.json");
    let m1 = bytes(&case, "m1");
    let digest = bytes(&case, "hash");
    assert_eq!(HashAlg::Sha1.digest_all(&[&m1, &bytes(&case, "rnd_ifd")]), digest);
    let representative = [vec![0x6A], m1, digest, vec![0xBC]].concat();
    let challenge = bytes(&case, "rnd_ifd");
    assert_eq!(rsa_recovery::check_representative(&representative, &challenge), Some(HashAlg::Sha1));
    assert_eq!(rsa_recovery::check_representative(&representative, &[0; 8]), None);
    for hash in HashAlg::ALL {
        let built = rsa_recovery::representative(hash, false, 128, b"nonce", &challenge).unwrap();
        assert_eq!(rsa_recovery::check_representative(&built, &challenge), Some(hash));
        let mut wrong_header = built.clone();
        wrong_header[0] = 0x4A;
        assert_eq!(rsa_recovery::check_representative(&wrong_header, &challenge), None);
        let mut unknown_trailer = built;
        unknown_trailer[126] = 0x31;
        assert_eq!(rsa_recovery::check_representative(&unknown_trailer, &challenge), None);
    }
}

#[test]
fn rsa_signatures_of_both_schemes() {
    for case in cases("synthetic/rsa-signatures.json") {
        let key = RsaPublicKey::new(&bytes(&case, "modulus"), &bytes(&case, "exponent")).unwrap();
        let digest = hash(text(&case, "hash")).digest(&bytes(&case, "message"));
        let mut signature = bytes(&case, "signature");
        assert_eq!(check_rsa(&key, &case, &digest, &signature), Ok(()), "{} {}", case["bits"], case["scheme"]);
        assert!(check_rsa(&key, &case, &[0; 32], &signature).is_err());
        *signature.last_mut().unwrap() ^= 1;
        assert!(check_rsa(&key, &case, &digest, &signature).is_err());
        signature.pop();
        assert_eq!(check_rsa(&key, &case, &digest, &signature), Err(SignatureError::Malformed));
    }
}

#[test]
fn f12_weak_rsa_keys_are_refused() {
    let modulus = [0xC1; 128];
    assert!(RsaPublicKey::new(&modulus, &[1, 0, 1]).is_ok());
    for exponent in [&[1][..], &[2], &[0], &[], &[1, 0, 0], &[0xFF; 40]] {
        assert_eq!(RsaPublicKey::new(&modulus, exponent).map(drop), Err(RsaKeyError::Exponent));
    }
    for modulus in [&[0xC0; 128][..], &[], &[1], &[3; 32], &[3; 1025]] {
        assert_eq!(RsaPublicKey::new(modulus, &[3]).map(drop), Err(RsaKeyError::Modulus));
    }
}

#[test]
fn padding_is_strict() {
    assert_eq!(padding::pad(b"", 8), [0x80, 0, 0, 0, 0, 0, 0, 0]);
    assert_eq!(padding::pad(&[1; 8], 8).len(), 16);
    assert_eq!(padding::unpad(&padding::pad(b"abc", 16), 16), Some(&b"abc"[..]));
    assert_eq!(padding::unpad(&[0; 16], 16), None);
    assert_eq!(padding::unpad(&[], 16), None);
    assert_eq!(padding::unpad(&[0x80, 0, 0], 8), None);
    assert_eq!(padding::unpad(&[&[0x80][..], &[0; 15]].concat(), 8), None);
}

fn check_ecdh_generic_mapping(curve: NamedCurve, case: &Value) {
    let terminal = EcSecret::from_bytes(curve, &bytes(case, "terminal_map_private")).unwrap();
    let chip = EcSecret::from_bytes(curve, &bytes(case, "chip_map_private")).unwrap();
    let shared = terminal.multiply(&chip.public().unwrap()).unwrap();
    assert_eq!(shared, chip.multiply(&terminal.public().unwrap()).unwrap());
    let mapped = Point::generic_mapping(&bytes(case, "nonce"), &shared).unwrap();
    assert_eq!(mapped.encode(), bytes(case, "mapped_generator"), "{curve:?}");
    let terminal = EcSecret::from_bytes(curve, &bytes(case, "terminal_ka_private")).unwrap();
    let chip = EcSecret::from_bytes(curve, &bytes(case, "chip_ka_private")).unwrap();
    let shared = terminal.diffie_hellman(&chip.multiply(&mapped).unwrap()).unwrap();
    check_session_keys(shared.expose(), case);
}

fn check_rsa(key: &RsaPublicKey, case: &Value, digest: &[u8], signature: &[u8]) -> Result<(), SignatureError> {
    let (alg, mask) = (hash(text(case, "hash")), hash(text(case, "mask")));
    let salt_len = usize::try_from(case["salt"].as_u64().unwrap()).unwrap();
    match text(case, "scheme") {
        "pkcs1" => key.verify_pkcs1(alg, digest, signature),
        _ => key.verify_pss(alg, mask, salt_len, digest, signature),
    }
}

fn check_session_keys(shared: &[u8], case: &Value) {
    assert_eq!(shared, bytes(case, "shared_secret"));
    let (enc, mac) = session_keys(shared, cipher(text(case, "cipher")));
    assert_eq!((enc.expose(), mac.expose()), (&bytes(case, "ks_enc"), &bytes(case, "ks_mac")));
}

/// The cipher by any of the names that the vectors use.
pub(crate) fn cipher(name: &str) -> CipherAlg {
    match name {
        "3DES" => CipherAlg::TripleDes,
        name if name.ends_with("128") => CipherAlg::Aes128,
        name if name.ends_with("192") => CipherAlg::Aes192,
        name if name.ends_with("256") => CipherAlg::Aes256,
        name => panic!("cipher {name}"),
    }
}

/// The curve by OpenSSL's name.
pub(crate) fn curve(name: &str) -> NamedCurve {
    match name {
        "prime192v1" => NamedCurve::P192,
        "secp224r1" => NamedCurve::P224,
        "prime256v1" => NamedCurve::P256,
        "secp384r1" => NamedCurve::P384,
        "secp521r1" => NamedCurve::P521,
        "brainpoolP192r1" => NamedCurve::BrainpoolP192r1,
        "brainpoolP224r1" => NamedCurve::BrainpoolP224r1,
        "brainpoolP256r1" => NamedCurve::BrainpoolP256r1,
        "brainpoolP320r1" => NamedCurve::BrainpoolP320r1,
        "brainpoolP384r1" => NamedCurve::BrainpoolP384r1,
        "brainpoolP512r1" => NamedCurve::BrainpoolP512r1,
        name => panic!("curve {name}"),
    }
}

fn hash(name: &str) -> HashAlg {
    match name {
        "sha1" => HashAlg::Sha1,
        "sha224" => HashAlg::Sha224,
        "sha256" => HashAlg::Sha256,
        "sha384" => HashAlg::Sha384,
        "sha512" => HashAlg::Sha512,
        name => panic!("hash {name}"),
    }
}
