//! Signed objects, each wrong in one way, built here by hand: what must be refused and what is only noted.

use diemdanh::bits::random::SeededRandom;
pub(crate) use diemdanh::bits::tlv::encode_all;
use diemdanh::bits::tlv::{Reader, encode};
use diemdanh::crypto::ecdsa::{ecdsa_sign, encode_der};
use diemdanh::crypto::{EcSecret, HashAlg, NamedCurve};
use diemdanh::emrtd::authenticity::card_security::{self, CardSecurityVerdict};
use diemdanh::emrtd::authenticity::certificate::Certificate;
use diemdanh::emrtd::authenticity::passive::{self, SodVerdict};
use diemdanh::emrtd::authenticity::trust::TrustStore;
use diemdanh::emrtd::report::{Cause, Check, Outcome, Report};

const SECURITY_OBJECT: &[u8] = &[0x04, 0x00, 0x7F, 0x00, 0x07, 0x03, 0x02, 0x01];
const LDS_OBJECT: &[u8] = &[0x67, 0x81, 0x08, 0x01, 0x01, 0x01];
const SIGNED_DATA: &[u8] = &[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x07, 0x02];
const ECDSA_SHA256: &[u8] = &[0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x04, 0x03, 0x02];
const EC_PUBLIC_KEY: &[u8] = &[0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x02, 0x01];

/// A signed object before it is put together; every field may be changed by a test.
struct Draft {
    version: u8,
    content_type: Vec<u8>,
    content: Vec<u8>,
    attributes: Option<Vec<Vec<u8>>>,
    /// The attributes as they were signed, where they were sent otherwise.
    signed_as: Option<Vec<Vec<u8>>>,
    certificates: Vec<Vec<u8>>,
    id: Option<Vec<u8>>,
    signers: usize,
    flip_signature: bool,
    chunked: bool,
    indefinite: bool,
    trailing: Vec<u8>,
}

pub(crate) fn oid(content: &[u8]) -> Vec<u8> {
    encode(0x06, content)
}

pub(crate) fn seq(children: &[Vec<u8>]) -> Vec<u8> {
    encode_all(0x30, children)
}

fn secret() -> EcSecret {
    EcSecret::random(NamedCurve::P256, &mut SeededRandom::new("signed data"))
}

fn signed(message: &[u8]) -> Vec<u8> {
    let digest = HashAlg::Sha256.digest(message);
    let (r, s) = ecdsa_sign(&secret(), &digest, &mut SeededRandom::new("nonce")).unwrap();
    encode_der(&r, &s)
}

pub(crate) fn name() -> Vec<u8> {
    seq(&[encode(0x31, &seq(&[oid(&[0x55, 0x04, 0x06]), encode(0x13, b"VN")]))])
}

/// A self-made certificate on P-256 with serial number 5 and key id 0102.
fn certificate() -> Vec<u8> {
    let algorithm = seq(&[oid(ECDSA_SHA256)]);
    let info = seq(&[
        seq(&[oid(EC_PUBLIC_KEY), oid(NamedCurve::P256.oid())]),
        encode(0x03, &[vec![0], secret().public().unwrap().encode()].concat()),
    ]);
    let usage = seq(&[oid(&[0x55, 0x1D, 0x0F]), encode(0x04, &encode(0x03, &[7, 0x80]))]);
    let key_id = seq(&[oid(&[0x55, 0x1D, 0x0E]), encode(0x04, &encode(0x04, &[1, 2]))]);
    let body = seq(&[
        encode(0xA0, &encode(0x02, &[2])),
        encode(0x02, &[5]),
        algorithm.clone(),
        name(),
        seq(&[encode(0x17, b"240101000000Z"), encode(0x17, b"400101000000Z")]),
        name(),
        info,
        encode(0xA3, &seq(&[usage, key_id])),
    ]);
    let signature = encode(0x03, &[vec![0], signed(&body)].concat());
    seq(&[body, algorithm, signature])
}

pub(crate) fn entry(group: u8, hash: &[u8]) -> Vec<u8> {
    seq(&[encode(0x02, &[group]), encode(0x04, hash)])
}

pub(crate) fn object(version: u8, hash: &[u8], entries: &[Vec<u8>]) -> Vec<u8> {
    seq(&[encode(0x02, &[version]), seq(&[oid(hash)]), seq(entries)])
}

fn good_object() -> Vec<u8> {
    object(0, HashAlg::Sha256.oid(), &[entry(1, &[1; 32]), entry(2, &[2; 32])])
}

fn attribute(arc: u8, value: Vec<u8>) -> Vec<u8> {
    let kind = [0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x09, arc];
    seq(&[oid(&kind), encode(0x31, &value)])
}

pub(crate) fn attributes(content_type: &[u8], content: &[u8]) -> Vec<Vec<u8>> {
    vec![attribute(3, oid(content_type)), attribute(4, encode(0x04, &HashAlg::Sha256.digest(content)))]
}

impl Draft {
    fn of(content: Vec<u8>) -> Self {
        Self {
            version: 3,
            content_type: LDS_OBJECT.to_vec(),
            attributes: Some(attributes(LDS_OBJECT, &content)),
            content,
            signed_as: None,
            certificates: vec![certificate()],
            id: None,
            signers: 1,
            flip_signature: false,
            chunked: false,
            indefinite: false,
            trailing: Vec::new(),
        }
    }

    fn good() -> Self {
        Self::of(good_object())
    }

    fn signer_info(&self) -> Vec<u8> {
        let id = self.id.clone().unwrap_or_else(|| seq(&[name(), encode(0x02, &[5])]));
        let signed_bytes = match self.signed_as.as_ref().or(self.attributes.as_ref()) {
            Some(attributes) => encode_all(0x31, attributes),
            None => self.content.clone(),
        };
        let mut signature = signed(&signed_bytes);
        if self.flip_signature {
            *signature.last_mut().unwrap() ^= 0x01;
        }
        let attributes = self.attributes.as_ref().map(|attributes| encode_all(0xA0, attributes)).unwrap_or_default();
        let digest = seq(&[oid(HashAlg::Sha256.oid())]);
        seq(&[encode(0x02, &[1]), id, digest, attributes, seq(&[oid(ECDSA_SHA256)]), encode(0x04, &signature)])
    }

    fn file(&self) -> Vec<u8> {
        let content = if self.chunked {
            let (head, tail) = self.content.split_at(20);
            encode_all(0x24, &[encode(0x04, head), encode(0x04, tail)])
        } else {
            encode(0x04, &self.content)
        };
        let fields = [
            encode(0x02, &[self.version]),
            encode(0x31, &seq(&[oid(HashAlg::Sha256.oid())])),
            seq(&[oid(&self.content_type), encode(0xA0, &content)]),
            if self.certificates.is_empty() { Vec::new() } else { encode_all(0xA0, &self.certificates) },
            encode_all(0x31, &vec![self.signer_info(); self.signers]),
        ];
        let body = fields.concat();
        let signed_data =
            if self.indefinite { [&[0x30, 0x80], &body[..], &[0, 0]].concat() } else { encode(0x30, &body) };
        let info = seq(&[oid(SIGNED_DATA), encode(0xA0, &signed_data)]);
        [encode(0x77, &info), self.trailing.clone()].concat()
    }
}

fn judged(draft: &Draft) -> (SodVerdict, Report) {
    let mut report = Report::new();
    let at = "2026-06-26T00:30:00Z".parse().unwrap();
    let verdict = passive::authenticate(&draft.file(), &TrustStore::empty(), at, &mut report);
    (verdict, report)
}

#[track_caller]
fn check_refused(draft: &Draft, check: Check, cause: Cause) {
    let (verdict, report) = judged(draft);
    assert!(matches!(verdict, SodVerdict::Failed(found) if found == cause), "{:?}", report.results());
    let line = report.results().last().unwrap();
    assert_eq!((line.check, line.cause), (check, Some(cause)));
}

#[track_caller]
fn check_accepted(draft: &Draft, note: Option<Cause>) {
    let (verdict, report) = judged(draft);
    assert!(matches!(verdict, SodVerdict::UnknownSigner(_)), "{:?}", report.results());
    let line = report.results().iter().find(|line| line.check == Check::SodStructure).unwrap();
    assert_eq!((line.outcome, line.cause), (Outcome::Successful, note));
}

#[test]
fn e01_good_object_is_accepted() {
    assert!(Certificate::parse(&certificate()).is_ok());
    check_accepted(&Draft::good(), None);
}

#[test]
fn e05_e06_old_ways_of_writing_are_noted() {
    check_accepted(&Draft { chunked: true, ..Draft::good() }, None);
    check_accepted(&Draft { indefinite: true, ..Draft::good() }, Some(Cause::OldEncoding));
    check_accepted(&Draft { trailing: vec![0], ..Draft::good() }, Some(Cause::TrailingBytes));
    for version in [1, 4] {
        check_accepted(&Draft { version, ..Draft::good() }, Some(Cause::Irregular));
    }
    let old_types: [&[u8]; 3] = [
        &[0x2B, 0x1B, 0x01, 0x01, 0x01],
        &[0x2A, 0x84, 0x10, 0x01, 0x87, 0x6E, 0x01, 0x14, 0x01],
        &[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x07, 0x01],
    ];
    for old in old_types {
        let attributes = Some(attributes(old, &good_object()));
        check_accepted(&Draft { content_type: old.to_vec(), attributes, ..Draft::good() }, Some(Cause::OldEncoding));
    }
}

#[test]
fn e07_signer_may_be_named_by_key_id_and_by_any_of_two_certificates() {
    check_accepted(&Draft { id: Some(encode(0x80, &[1, 2])), ..Draft::good() }, None);
    check_accepted(&Draft { certificates: vec![certificate(), certificate()], ..Draft::good() }, None);
    check_accepted(&Draft { signers: 2, ..Draft::good() }, None);
}

/// The line about the signature of what is accepted.
fn signature_line(draft: &Draft) -> (Outcome, Option<Cause>) {
    let (verdict, report) = judged(draft);
    assert!(!matches!(verdict, SodVerdict::Failed(_)), "{:?}", report.results());
    let line = report.results().iter().find(|line| line.check == Check::SodSignature).unwrap();
    (line.outcome, line.cause)
}

#[test]
fn e13_identifier_that_fits_nothing_while_the_one_key_verifies_is_a_remark() {
    let noted = (Outcome::Successful, Some(Cause::SignerMismatch));
    assert_eq!(signature_line(&Draft { id: Some(encode(0x80, &[9, 9])), ..Draft::good() }), noted);
    assert_eq!(signature_line(&Draft { id: Some(seq(&[name(), encode(0x02, &[6])])), ..Draft::good() }), noted);
    // What it weighs: see `h02_each_situation_has_its_verdict`.
}

#[test]
fn e07_without_any_certificate_nothing_is_shown() {
    let missing = (Outcome::Undetermined, Some(Cause::SignerCertificateMissing));
    let without = Draft { certificates: Vec::new(), ..Draft::good() };
    assert_eq!(signature_line(&without), missing);
    assert!(matches!(judged(&without).0, SodVerdict::Unverified(_, Cause::SignerCertificateMissing)));
    let other_content = Some(attributes(LDS_OBJECT, b"another content"));
    let altered = Draft { certificates: Vec::new(), attributes: other_content, ..Draft::good() };
    check_refused(&altered, Check::SodSignature, Cause::DigestWrong);
}

#[test]
fn e11_attributes_in_another_order_than_they_were_signed_in_hold() {
    let mut sorted = attributes(LDS_OBJECT, &good_object());
    sorted.sort();
    let reversed: Vec<Vec<u8>> = sorted.iter().rev().cloned().collect();
    let noted = (Outcome::Successful, Some(Cause::AttributesUnsorted));
    let sent = Draft { attributes: Some(reversed.clone()), signed_as: Some(sorted), ..Draft::good() };
    assert_eq!(signature_line(&sent), noted, "signed in DER's order, sent in another");
    let as_sent = Draft { attributes: Some(reversed), ..Draft::good() };
    assert_eq!(signature_line(&as_sent), noted, "signed as it was sent");
}

#[test]
fn e08_odd_forms_of_the_signing_time_are_as_if_it_were_absent() {
    let at = |tag: u32, text: &[u8]| {
        let mut attributes = attributes(LDS_OBJECT, &good_object());
        attributes.push(attribute(5, encode(tag, text)));
        let (_, report) = judged(&Draft { attributes: Some(attributes), ..Draft::good() });
        let line = report.results().iter().find(|line| line.check == Check::SignerValidity).copied().unwrap();
        (line.outcome, line.cause)
    };
    let good = (Outcome::Successful, None);
    assert_eq!((at(0x17, b"240520080000Z"), at(0x18, b"20240520080000Z")), (good, good));
    let odd = (Outcome::Successful, Some(Cause::SigningTimeOdd));
    for (tag, text) in
        [(0x17, &b"2405200800Z"[..]), (0x17, b"240520080000+0700"), (0x18, b"20240520080000.5Z"), (0x13, b"x")]
    {
        assert_eq!(at(tag, text), odd, "{text:?}");
    }
}

#[test]
fn e05_version_one_may_leave_its_versions_out() {
    check_accepted(&Draft::of(object(1, HashAlg::Sha256.oid(), &[entry(1, &[1; 32])])), None);
}

#[test]
fn e02_e07_wrong_signatures_and_attributes_are_refused() {
    let other_type = Some(attributes(&[0x2A, 0x03], &good_object()));
    let other_content = Some(attributes(LDS_OBJECT, b"another content"));
    let mut twice = attributes(LDS_OBJECT, &good_object());
    twice.push(twice[1].clone());
    let only_type = Some(attributes(LDS_OBJECT, &good_object())[..1].to_vec());
    let rows = [
        (Draft { flip_signature: true, ..Draft::good() }, Cause::SignatureWrong),
        (Draft { attributes: None, ..Draft::good() }, Cause::AttributesMissing),
        (Draft { attributes: other_type, ..Draft::good() }, Cause::ContentTypeAttributeWrong),
        (Draft { attributes: Some(twice), ..Draft::good() }, Cause::AttributeTwice),
        (Draft { attributes: only_type, ..Draft::good() }, Cause::DigestAttributeMissing),
        (Draft { attributes: other_content, ..Draft::good() }, Cause::DigestWrong),
        (Draft { certificates: vec![seq(&[])], ..Draft::good() }, Cause::CertificateMalformed),
        (Draft { id: Some(encode(0x80, &[9, 9])), flip_signature: true, ..Draft::good() }, Cause::SignerMismatch),
    ];
    for (draft, cause) in rows {
        check_refused(&draft, Check::SodSignature, cause);
    }
}

#[test]
fn e04_e05_wrong_security_objects_are_refused() {
    let sha256 = HashAlg::Sha256.oid();
    let one = || entry(1, &[1; 32]);
    let rows = [
        (object(2, sha256, &[one()]), Cause::LdsVersionUnknown),
        (object(0xFF, sha256, &[one()]), Cause::LdsVersionUnknown),
        (object(0, sha256, &[]), Cause::NoGroups),
        (object(0, sha256, &[one(), one()]), Cause::GroupTwice),
        (object(0, sha256, &[entry(0, &[1; 32])]), Cause::GroupOutOfRange),
        (object(0, sha256, &[entry(17, &[1; 32])]), Cause::GroupOutOfRange),
        (object(0, sha256, &[entry(1, &[1; 31])]), Cause::HashLengthWrong),
        (object(0, sha256, &[entry(1, &[1; 20])]), Cause::HashLengthWrong),
        ([good_object(), vec![0]].concat(), Cause::Malformed),
        (Vec::new(), Cause::Malformed),
    ];
    for (content, cause) in rows {
        check_refused(&Draft::of(content), Check::SodStructure, cause);
    }
    let (verdict, _) = judged(&Draft::of(object(0, &[0x2A, 0x03], &[one()])));
    assert!(matches!(verdict, SodVerdict::Failed(Cause::AlgorithmNotSupported)));
    check_refused(&Draft { signers: 0, ..Draft::good() }, Check::SodStructure, Cause::NoSigner);
    for nobodys in [&[0x2A, 0x03][..], &[0x2A, 0x84, 0x10, 0x87, 0x6E, 0x01, 0x14, 0x01]] {
        let draft = Draft { content_type: nobodys.to_vec(), ..Draft::good() };
        check_refused(&draft, Check::SodStructure, Cause::ContentTypeUnknown);
    }
}

#[test]
fn f11_altered_curve_parameters_in_a_certificate_are_refused() {
    let der = {
        let card = diemdanh::lab::issuer::Issuer::lab().unwrap();
        card.signer_der().to_vec()
    };
    let generator = NamedCurve::BrainpoolP384r1.generator();
    let at = der.windows(generator.len()).position(|window| window == generator).expect("explicit parameters");
    let mut altered = der.clone();
    altered[at + 20] ^= 0x01;
    assert!(Certificate::parse(&der).is_ok());
    let error = Certificate::parse(&altered).unwrap_err();
    assert!(format!("{error:?}").contains("Altered"), "{error:?}");
    assert!(Reader::new(&altered).read().is_ok());
}

#[test]
fn e10_card_security_of_another_type_altered_or_without_infos_is_refused() {
    let pace = seq(&[oid(&[0x04, 0x00, 0x7F, 0x00, 0x07, 0x02, 0x02, 0x04, 0x02, 0x02]), encode(0x02, &[2])]);
    let infos = encode(0x31, &pace);
    let good = || Draft {
        content_type: SECURITY_OBJECT.to_vec(),
        attributes: Some(attributes(SECURITY_OBJECT, &infos)),
        ..Draft::of(infos.clone())
    };
    let judged = |draft: &Draft| {
        let file = draft.file();
        let inner = Reader::new(&file).read().unwrap().value.to_vec();
        card_security::authenticate(&inner, &TrustStore::empty(), "2026-06-26T00:30:00Z".parse().unwrap())
    };
    assert!(matches!(judged(&good()), CardSecurityVerdict::UnknownSigner(_)));
    let broken = b"\x31\x84\xFF".to_vec();
    let rows = [
        (Draft::of(infos.clone()), Cause::ContentTypeUnknown),
        (Draft { flip_signature: true, ..good() }, Cause::SignatureWrong),
        (Draft { attributes: None, ..good() }, Cause::AttributesMissing),
        (Draft { content: infos[..4].to_vec(), ..good() }, Cause::Malformed),
        (Draft { attributes: Some(attributes(SECURITY_OBJECT, &broken)), content: broken, ..good() }, Cause::Malformed),
        (Draft { certificates: Vec::new(), ..good() }, Cause::SignerCertificateMissing),
    ];
    for (index, (draft, cause)) in rows.iter().enumerate() {
        let verdict = judged(draft);
        assert!(matches!(verdict, CardSecurityVerdict::Failed(found) if found == *cause), "row {index}: {verdict:?}");
    }
}
