//! The same objects before `openssl` and before us: where both can judge, both say the same.

use crate::inspection_support::{lab, trust};
use crate::signed_data::name;
use crate::signed_schemes::{Scheme, signed_object};
use crate::skips::skip;
use diemdanh::bits::tlv::{Reader, encode};
use diemdanh::crypto::{HashAlg, NamedCurve};
use diemdanh::emrtd::authenticity::certificate::Certificate;
use diemdanh::emrtd::authenticity::cms::SignedData;
use diemdanh::emrtd::authenticity::passive::{self, SodVerdict};
use diemdanh::emrtd::report::Report;
use diemdanh::lab::issuer::Making;
use std::path::Path;
use std::process::{Command, Output};

fn openssl(folder: &Path, line: &str) -> Option<Output> {
    Command::new("openssl").current_dir(folder).args(line.split_whitespace()).output().ok()
}

fn is_there() -> bool {
    let there = Command::new("openssl").arg("version").output().is_ok_and(|output| output.status.success());
    if !there {
        skip("no openssl");
    }
    there
}

/// Whether signature and digest hold, whoever signed: by us.
fn holds(object: &[u8]) -> bool {
    let Ok(data) = SignedData::parse(object) else { return false };
    let certificates: Vec<Certificate> =
        data.certificates.iter().filter_map(|der| Certificate::parse(der).ok()).collect();
    data.signers.iter().all(|signer| {
        let mut named = certificates.iter().filter(|certificate| signer.names(certificate));
        named.any(|certificate| signer.verify(&data, certificate).is_ok())
    })
}

/// The same by `openssl cms`.
fn holds_elsewhere(folder: &Path, object: &[u8]) -> bool {
    std::fs::write(folder.join("object.der"), object).unwrap();
    let line = "cms -verify -noverify -binary -inform DER -in object.der -out content.bin";
    openssl(folder, line).is_some_and(|output| output.status.success())
}

fn lab_object() -> Vec<u8> {
    let card = lab().issue(&crate::inspection_support::person(), &Making::default()).unwrap();
    Reader::new(&card.files[&0x011D]).read().unwrap().value.to_vec()
}

#[test]
fn signed_objects_and_their_altered_copies() {
    if !is_there() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let object = lab_object();
    assert!(holds(&object) && holds_elsewhere(folder.path(), &object));
    let (mut both, mut stricter) = (0, 0);
    for position in (0..object.len()).step_by(13) {
        let mut altered = object.clone();
        altered[position] ^= 0x04;
        match (holds(&altered), holds_elsewhere(folder.path(), &altered)) {
            (ours, theirs) if ours == theirs => both += 1,
            // We refuse what it does not look at; the other way round would be a hole.
            (false, true) => stricter += 1,
            // The certificate is not covered by this signature: the chain must tell.
            (true, false) => assert!(is_unsigned(&object, &altered) || !is_trusted(&altered), "byte {position}"),
            _ => unreachable!(),
        }
    }
    println!("{both} altered objects judged alike, {stricter} refused by us alone");
}

fn is_trusted(object: &[u8]) -> bool {
    let at = "2026-06-26T00:30:00Z".parse().unwrap();
    let file = encode(0x77, object);
    matches!(passive::authenticate(&file, &trust(), at, &mut Report::new()), SodVerdict::Trusted(_))
}

/// The alteration left content, attributes, signature and certificate as they were.
fn is_unsigned(object: &[u8], altered: &[u8]) -> bool {
    let (one, other) = (SignedData::parse(object).unwrap(), SignedData::parse(altered).unwrap());
    one.content == other.content && one.certificates == other.certificates && holds(altered)
}

#[test]
fn every_scheme_holds_for_both() {
    if !is_there() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let rows = [
        Scheme::Ecdsa(NamedCurve::P256, HashAlg::Sha256),
        Scheme::Ecdsa(NamedCurve::P521, HashAlg::Sha512),
        Scheme::Ecdsa(NamedCurve::BrainpoolP320r1, HashAlg::Sha384),
        Scheme::Pkcs1(HashAlg::Sha256),
        Scheme::Pss(HashAlg::Sha256, 32),
        Scheme::Pss(HashAlg::Sha512, 20),
    ];
    for (index, scheme) in rows.into_iter().enumerate() {
        let certificate = crate::signed_schemes::certificate(scheme.key_info());
        let file = signed_object(scheme, HashAlg::Sha256, &certificate, name());
        let object = Reader::new(&file).read().unwrap().value.to_vec();
        assert!(holds(&object) && holds_elsewhere(folder.path(), &object), "row {index}");
        let mut altered = object;
        *altered.last_mut().unwrap() ^= 0x01;
        assert!(!holds(&altered) && !holds_elsewhere(folder.path(), &altered), "row {index}, altered");
    }
}

#[test]
fn certificates_have_the_same_fields_for_both() {
    if !is_there() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    for der in [lab().country_signer_der(), lab().signer_der()] {
        std::fs::write(folder.path().join("certificate.der"), der).unwrap();
        let line = "x509 -noout -inform DER -in certificate.der -serial -dateopt iso_8601 -enddate";
        let output = openssl(folder.path(), line).unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        let ours = Certificate::parse(der).unwrap();
        let serial = diemdanh::bits::hex::encode(&ours.serial);
        assert!(text.contains(&format!("serial={serial}")), "{text} {serial}");
        let end = ours.not_after.to_string().replace('T', " ");
        assert!(text.contains(&format!("notAfter={end}")), "{text} {end}");
    }
}
