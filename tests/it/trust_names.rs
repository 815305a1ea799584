//! Issuers that are named badly and are the right ones, and countries that agree although their codes differ.

use crate::signed_data::{encode_all, oid, seq};
use crate::signed_schemes::{Scheme, signed_object};
use diemdanh::bits::random::SeededRandom;
use diemdanh::bits::tlv::encode;
use diemdanh::crypto::ecdsa::{ecdsa_sign, encode_der};
use diemdanh::crypto::{EcSecret, HashAlg, NamedCurve};
use diemdanh::emrtd::authenticity::country::agree;
use diemdanh::emrtd::authenticity::passive::{self, SodVerdict};
use diemdanh::emrtd::authenticity::trust::TrustStore;
use diemdanh::emrtd::report::{Cause, Check, Outcome, Report};

pub(crate) const PRINTABLE: u32 = 0x13;
pub(crate) const UTF8: u32 = 0x0C;
const KEY_ID: &[u8] = &[1, 2, 3, 4];

pub(crate) fn name(kind: u32, country: &str, organisation: &str) -> Vec<u8> {
    let part = |arc: u8, text: &str| encode(0x31, &seq(&[oid(&[0x55, 0x04, arc]), encode(kind, text.as_bytes())]));
    seq(&[part(6, country), part(10, organisation)])
}

pub(crate) fn authority() -> EcSecret {
    EcSecret::random(NamedCurve::P256, &mut SeededRandom::new("badly named"))
}

pub(crate) fn extension(arc: u8, critical: bool, value: Vec<u8>) -> Vec<u8> {
    let flag = if critical { encode(0x01, &[0xFF]) } else { Vec::new() };
    seq(&[oid(&[0x55, 0x1D, arc]), flag, encode(0x04, &value)])
}

pub(crate) fn certified(
    issuer: Vec<u8>,
    subject: Vec<u8>,
    serial: u8,
    key_info: Vec<u8>,
    extensions: &[Vec<u8>],
) -> Vec<u8> {
    let algorithm = Scheme::Ecdsa(NamedCurve::P256, HashAlg::Sha256).identifier();
    let body = seq(&[
        encode(0xA0, &encode(0x02, &[2])),
        encode(0x02, &[serial]),
        algorithm.clone(),
        issuer,
        seq(&[encode(0x17, b"200101000000Z"), encode(0x17, b"400101000000Z")]),
        subject,
        key_info,
        encode(0xA3, &encode_all(0x30, extensions)),
    ]);
    let digest = HashAlg::Sha256.digest(&body);
    let (r, s) = ecdsa_sign(&authority(), &digest, &mut SeededRandom::new("nonce")).unwrap();
    seq(&[body, algorithm, encode(0x03, &[vec![0], encode_der(&r, &s)].concat())])
}

pub(crate) fn anchor() -> Vec<u8> {
    let point = [vec![0], authority().public().unwrap().encode()].concat();
    let algorithm = seq(&[oid(&[0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x02, 0x01]), oid(NamedCurve::P256.oid())]);
    let extensions = [
        extension(0x0F, true, encode(0x03, &[1, 0x06])),
        extension(0x13, true, seq(&[encode(0x01, &[0xFF]), encode(0x02, &[0])])),
        extension(0x0E, false, encode(0x04, KEY_ID)),
    ];
    let own = name(PRINTABLE, "VN", "Lab Signer");
    certified(own.clone(), own, 1, seq(&[algorithm, encode(0x03, &point)]), &extensions)
}

/// The line about the chain of an object whose signer names its issuer as `issuer`, with `key_id`.
fn chain_line(issuer: Vec<u8>, key_id: Option<&[u8]>) -> (Outcome, Option<Cause>) {
    let scheme = Scheme::Ecdsa(NamedCurve::P256, HashAlg::Sha256);
    let mut extensions = vec![extension(0x0F, true, encode(0x03, &[7, 0x80]))];
    extensions.extend(key_id.map(|id| extension(0x23, false, seq(&[encode(0x80, id)]))));
    // The object names its signer by another issuer's name in other letters too.
    let signer = certified(issuer, name(UTF8, "VN", "DS"), 5, scheme.key_info(), &extensions);
    let object = signed_object(scheme, HashAlg::Sha256, &signer, name(UTF8, "vn", "lab signer"));
    let (store, dropped) = TrustStore::from_certificates(&[anchor()]);
    assert_eq!(dropped, []);
    let mut report = Report::new();
    let verdict = passive::authenticate(&object, &store, "2026-06-26T00:30:00Z".parse().unwrap(), &mut report);
    assert!(matches!(verdict, SodVerdict::Trusted(_)), "{:?}", report.results());
    let line = report.results().iter().find(|line| line.check == Check::SignerChain).unwrap();
    (line.outcome, line.cause)
}

#[test]
fn f03_key_id_of_the_issuer_missing_or_wrong_is_noted() {
    let exact = || name(PRINTABLE, "VN", "Lab Signer");
    assert_eq!(chain_line(exact(), Some(KEY_ID)), (Outcome::Successful, None));
    let noted = (Outcome::Successful, Some(Cause::KeyIdIrregular));
    assert_eq!(chain_line(exact(), None), noted);
    assert_eq!(chain_line(exact(), Some(&[9, 9])), noted);
}

#[test]
fn f03_names_may_differ_in_case_and_string_type() {
    let rows = [(UTF8, "VN", "Lab Signer"), (PRINTABLE, "vn", "LAB SIGNER"), (UTF8, "vn", "lab  signer")];
    for (kind, country, organisation) in rows {
        let line = chain_line(name(kind, country, organisation), Some(KEY_ID));
        assert_eq!(line, (Outcome::Successful, None), "{country} {organisation}");
    }
}

#[test]
fn e09_countries_agree_by_the_table() {
    let rows = [
        ("VN", "VNM", Some(true)),
        ("vn", "VNM", Some(true)),
        ("DE", "D", Some(true)),
        ("DE", "DEU", Some(false)),
        ("UN", "UNO", Some(true)),
        ("UN", "UNA", Some(true)),
        ("ZZ", "UNO", Some(true)),
        ("ZZ", "UNK", Some(true)),
        ("ZZ", "UTO", Some(true)),
        ("ZZ", "FRA", Some(false)),
        ("UN", "FRA", Some(false)),
        ("EU", "EUE", Some(true)),
        ("GB", "GBD", Some(true)),
        ("VN", "LAO", Some(false)),
        ("DE", "VNM", Some(false)),
        ("QQ", "VNM", None),
        ("VN", "QQQ", None),
        ("V", "VNM", None),
        ("", "VNM", None),
    ];
    for (certificate, state, expected) in rows {
        assert_eq!(agree(certificate, state), expected, "{certificate} {state}");
    }
}

#[test]
fn e07_certificate_that_is_missing_may_stand_in_the_store() {
    let scheme = Scheme::Ecdsa(NamedCurve::P256, HashAlg::Sha256);
    let issuer = || name(PRINTABLE, "VN", "Lab Signer");
    let extensions = [extension(0x0F, true, encode(0x03, &[7, 0x80]))];
    let signer = certified(issuer(), name(UTF8, "VN", "DS"), 5, scheme.key_info(), &extensions);
    let object = signed_object(scheme, HashAlg::Sha256, &[], issuer());
    let judged = |store: &[Vec<u8>]| {
        let (store, _) = TrustStore::from_certificates(store);
        passive::authenticate(&object, &store, "2026-06-26T00:30:00Z".parse().unwrap(), &mut Report::new())
    };
    assert!(matches!(judged(&[anchor(), signer]), SodVerdict::Trusted(_)));
    assert!(matches!(judged(&[anchor()]), SodVerdict::Unverified(_, Cause::SignerCertificateMissing)));
}

/// Whoever made a certificate wrote its names: they move no terminal and turn no line round.
#[test]
fn names_of_certificates_show_what_is_hidden_in_them() {
    use diemdanh::emrtd::authenticity::name::Name;
    let strange = Name::parse(&name(UTF8, "VN", "Lab\u{1b}[2J CSCA\u{202e}\u{200b}")).unwrap();
    assert_eq!(strange.display(), "vn / lab\\u{1b}[2j csca\\u{202e}\\u{200b}");
}
