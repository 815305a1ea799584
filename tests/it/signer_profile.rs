//! The profile of document signers and of revocation lists (ICAO Doc 9303-12 §7.1, RFC 5280): one certificate or list a
//! row, each with one attribute of its own.

use crate::signed_data::{encode_all, oid, seq};
use crate::signed_schemes::{Scheme, signed_object};
use crate::trust_names::{PRINTABLE, UTF8, anchor, authority, certified, extension, name};
use diemdanh::bits::random::SeededRandom;
use diemdanh::bits::tlv::encode;
use diemdanh::crypto::ecdsa::{ecdsa_sign, encode_der};
use diemdanh::crypto::{HashAlg, NamedCurve};
use diemdanh::emrtd::authenticity::certificate::{Certificate, CertificateError};
use diemdanh::emrtd::authenticity::passive::{self, SodVerdict};
use diemdanh::emrtd::authenticity::profile;
use diemdanh::emrtd::authenticity::trust::TrustStore;
use diemdanh::emrtd::report::{Cause, Check, CheckResult, Outcome, Report};

const SCHEME: Scheme = Scheme::Ecdsa(NamedCurve::P256, HashAlg::Sha256);
const GOOD: Outcome = Outcome::Successful;

fn issuer() -> Vec<u8> {
    name(PRINTABLE, "VN", "Lab Signer")
}

fn usage(bits: &[u8], critical: bool) -> Vec<u8> {
    extension(0x0F, critical, encode(0x03, bits))
}

fn signing() -> Vec<u8> {
    usage(&[7, 0x80], true)
}

/// extKeyUsage with one purpose.
fn purpose(critical: bool, purpose: &[u8]) -> Vec<u8> {
    extension(0x25, critical, seq(&[oid(purpose)]))
}

/// An extension by its whole identifier.
fn extension_of(kind: &[u8], critical: bool, value: Vec<u8>) -> Vec<u8> {
    let flag = if critical { encode(0x01, &[0xFF]) } else { Vec::new() };
    seq(&[oid(kind), flag, encode(0x04, &value)])
}

const DOCUMENT_TYPES: &[u8] = &[0x67, 0x81, 0x08, 0x01, 0x01, 0x06, 0x02];

fn document_types(critical: bool, types: &[&str]) -> Vec<u8> {
    let types: Vec<Vec<u8>> = types.iter().map(|kind| encode(0x13, kind.as_bytes())).collect();
    extension_of(DOCUMENT_TYPES, critical, seq(&[encode(0x02, &[0]), encode_all(0x31, &types)]))
}

fn period(critical: bool, from: &[u8], to: &[u8]) -> Vec<u8> {
    extension(0x10, critical, seq(&[encode(0x80, from), encode(0x81, to)]))
}

fn signer(extensions: &[Vec<u8>]) -> Vec<u8> {
    certified(issuer(), name(UTF8, "VN", "DS"), 5, SCHEME.key_info(), extensions)
}

/// Every line about an object of that signer, at a moment, in a store of the anchor and `others`.
fn lines(signer: &[u8], others: &[Vec<u8>]) -> (SodVerdict, Vec<CheckResult>) {
    let object = signed_object(SCHEME, HashAlg::Sha256, signer, issuer());
    let store: Vec<Vec<u8>> = [vec![anchor()], others.to_vec()].concat();
    let (store, _) = TrustStore::from_certificates(&store);
    let mut report = Report::new();
    let verdict = passive::authenticate(&object, &store, "2026-06-26T00:30:00Z".parse().unwrap(), &mut report);
    (verdict, report.results().to_vec())
}

fn line(lines: &[CheckResult], check: Check) -> Option<(Outcome, Option<Cause>)> {
    lines.iter().rev().find(|line| line.check == check).map(|line| (line.outcome, line.cause))
}

/// What it is, the signer's extensions, and what must come of it.
type Row = (&'static str, Vec<Vec<u8>>, (Check, Outcome, Option<Cause>));
/// What it is, the two inputs, the extensions, and why the list is refused, if it is.
type ListRow<'a> = (&'static str, &'a [u8], &'a [u8], Vec<Vec<u8>>, Option<Cause>);

#[test]
fn f16_table_of_the_profile_of_document_signers() {
    const MASTER_LISTS: &[u8] = &[0x67, 0x81, 0x08, 0x01, 0x01, 0x03];
    const DEVIATION_LISTS: &[u8] = &[0x67, 0x81, 0x08, 0x01, 0x01, 0x08];
    const SEALS: &[u8] = &[0x67, 0x81, 0x08, 0x01, 0x01, 0x0B, 0x01];
    const TLS_SERVER: &[u8] = &[0x2B, 0x06, 0x01, 0x05, 0x05, 0x07, 0x03, 0x01];
    const ANY: &[u8] = &[0x55, 0x1D, 0x25, 0x00];
    let unfit = |cause| (Check::SignerChain, Outcome::Failed, Some(cause));
    let profile = |outcome, cause| (Check::SignerProfile, outcome, cause);
    let deviates = profile(GOOD, Some(Cause::ProfileDeviates));
    let rows: Vec<Row> = vec![
        ("as the profile has it", vec![signing()], profile(GOOD, None)),
        ("no keyUsage", vec![], unfit(Cause::CertificateUnfit)),
        ("keyCertSign beside digitalSignature", vec![usage(&[2, 0x84], true)], unfit(Cause::CertificateUnfit)),
        ("only cRLSign", vec![usage(&[1, 0x02], true)], unfit(Cause::CertificateUnfit)),
        ("cRLSign beside digitalSignature", vec![usage(&[1, 0x82], true)], deviates),
        ("nonRepudiation beside digitalSignature", vec![usage(&[6, 0xC0], true)], deviates),
        ("keyUsage not critical", vec![usage(&[7, 0x80], false)], deviates),
        ("cA", vec![signing(), extension(0x13, true, seq(&[encode(0x01, &[0xFF])]))], unfit(Cause::CertificateUnfit)),
        ("basicConstraints without cA", vec![signing(), extension(0x13, true, seq(&[]))], deviates),
        (
            "an unknown critical extension",
            vec![signing(), extension_of(&[0x88, 0x37, 0x01], true, vec![0x05, 0])],
            unfit(Cause::CertificateUnfit),
        ),
        (
            "an unknown extension",
            vec![signing(), extension_of(&[0x88, 0x37, 0x01], false, vec![0x05, 0])],
            profile(GOOD, None),
        ),
        ("master lists, critical", vec![signing(), purpose(true, MASTER_LISTS)], unfit(Cause::PurposeOther)),
        ("deviation lists, critical", vec![signing(), purpose(true, DEVIATION_LISTS)], unfit(Cause::PurposeOther)),
        ("visible seals, critical", vec![signing(), purpose(true, SEALS)], unfit(Cause::PurposeOther)),
        ("TLS servers, critical", vec![signing(), purpose(true, TLS_SERVER)], unfit(Cause::PurposeOther)),
        ("TLS servers", vec![signing(), purpose(false, TLS_SERVER)], profile(GOOD, Some(Cause::PurposeOther))),
        ("visible seals", vec![signing(), purpose(false, SEALS)], profile(GOOD, Some(Cause::PurposeOther))),
        ("any purpose", vec![signing(), purpose(true, ANY)], profile(GOOD, None)),
        (
            "document types that cannot be read, critical",
            vec![signing(), extension_of(DOCUMENT_TYPES, true, vec![0x05, 0])],
            unfit(Cause::CertificateUnfit),
        ),
    ];
    for (what, extensions, (check, outcome, cause)) in rows {
        let (_, lines) = lines(&signer(&extensions), &[]);
        assert_eq!(line(&lines, check), Some((outcome, cause)), "{what}: {lines:?}");
    }
    assert!(profile::RULES.iter().all(|rule| rule.section.contains('§') && !rule.attribute.is_empty()));
}

#[test]
fn f16_private_key_usage_period_is_held_against_the_signing_time() {
    let early = (b"20200101000000Z", b"20220101000000Z");
    let signed_in_2024 = |extensions: &[Vec<u8>]| {
        let object = crate::signed_schemes::signed_object_at(SCHEME, &signer(extensions), issuer(), b"240520080000Z");
        let (store, _) = TrustStore::from_certificates(&[anchor()]);
        let mut report = Report::new();
        let verdict = passive::authenticate(&object, &store, "2026-06-26T00:30:00Z".parse().unwrap(), &mut report);
        (verdict, report.results().to_vec())
    };
    for critical in [true, false] {
        let (verdict, over) = signed_in_2024(&[signing(), period(critical, early.0, early.1)]);
        let expected = Some((Outcome::Failed, Some(Cause::KeyUsePeriodOver)));
        assert_eq!(line(&over, Check::SignerProfile), expected, "{over:?}");
        assert!(matches!(verdict, SodVerdict::OutOfForce(..)), "what else there is to say is said");
        let (verdict, within) = signed_in_2024(&[signing(), period(critical, early.0, b"20250101000000Z")]);
        assert_eq!(line(&within, Check::SignerProfile), Some((GOOD, None)));
        assert!(matches!(verdict, SodVerdict::Trusted(_)));
    }
    let (_, unsaid) = lines(&signer(&[signing(), period(false, early.0, early.1)]), &[]);
    assert_eq!(line(&unsaid, Check::SignerProfile), Some((GOOD, None)), "nobody knows when it was signed");
}

#[test]
fn f16_document_types_bind_the_signer() {
    let id = |types: &[&str]| {
        let types: Vec<String> = types.iter().map(|kind| (*kind).to_owned()).collect();
        profile::allows(&types, "ID")
    };
    assert!(id(&["ID"]) && id(&["P", "ID"]) && id(&["I"]));
    assert!(!id(&["P"]) && !id(&["AC"]) && !id(&[]));
    for critical in [true, false] {
        let parsed = Certificate::parse(&signer(&[signing(), document_types(critical, &["P", "ID"])])).unwrap();
        assert_eq!(parsed.document_types.unwrap(), ["P", "ID"]);
        assert!(!parsed.purposes.unknown_critical);
    }
}

#[test]
fn extension_that_stands_twice_is_malformed() {
    let twice = signer(&[signing(), usage(&[2, 0x84], true)]);
    assert_eq!(Certificate::parse(&twice).map(drop), Err(CertificateError::Malformed));
    let (_, lines) = lines(&twice, &[]);
    assert_eq!(line(&lines, Check::SodSignature), Some((Outcome::Failed, Some(Cause::CertificateMalformed))));
}

/// A list of the anchor: named serial numbers, its dates, extensions of the list and of its entries.
fn revocation_list(serials: &[u8], this: &[u8], next: &[u8], extensions: &[Vec<u8>], of_entry: &[Vec<u8>]) -> Vec<u8> {
    let algorithm = SCHEME.identifier();
    let of_entry = if of_entry.is_empty() { Vec::new() } else { seq(of_entry) };
    let entry = |serial: &u8| seq(&[encode(0x02, &[*serial]), encode(0x17, b"250101000000Z"), of_entry.clone()]);
    let entries: Vec<Vec<u8>> = serials.iter().map(entry).collect();
    let listed = if entries.is_empty() { Vec::new() } else { seq(&entries) };
    let extensions = if extensions.is_empty() { Vec::new() } else { encode(0xA0, &seq(extensions)) };
    let times = [encode(0x17, this), encode(0x17, next)];
    let body =
        seq(&[encode(0x02, &[1]), algorithm.clone(), issuer(), times[0].clone(), times[1].clone(), listed, extensions]);
    let (r, s) = ecdsa_sign(&authority(), &HashAlg::Sha256.digest(&body), &mut SeededRandom::new("crl")).unwrap();
    seq(&[body, algorithm, encode(0x03, &[vec![0], encode_der(&r, &s)].concat())])
}

const THIS: &[u8] = b"260601000000Z";
const NEXT: &[u8] = b"270601000000Z";

/// issuingDistributionPoint with these fields.
fn distribution(fields: &[Vec<u8>]) -> Vec<u8> {
    extension(0x1C, true, seq(fields))
}

fn full_name(tag: u32, uri: &str) -> Vec<u8> {
    encode(tag, &encode(0xA0, &encode(0x86, uri.as_bytes())))
}

#[test]
fn f17_lists_that_cannot_clear_say_why_and_still_revoke() {
    let point = seq(&[full_name(0xA0, "http://lab.example/ds.crl")]);
    let signer = signer(&[signing(), extension(0x1F, false, seq(&[point]))]);
    let unknown = || extension_of(&[0x88, 0x37, 0x01], true, vec![0x05, 0]);
    let number = || extension(0x14, false, encode(0x02, &[7]));
    let flag = |tag: u32| encode(tag, &[0xFF]);
    let partial = Cause::RevocationListPartial;
    let rows: Vec<ListRow<'_>> = vec![
        ("plain", THIS, NEXT, vec![number()], None),
        ("an unknown critical extension", THIS, NEXT, vec![unknown()], Some(Cause::RevocationListUnknownExtension)),
        ("an unknown extension", THIS, NEXT, vec![extension_of(&[0x88, 0x37, 0x01], false, vec![5, 0])], None),
        ("a delta", THIS, NEXT, vec![extension(0x1B, true, encode(0x02, &[1]))], Some(partial)),
        ("CA certificates only", THIS, NEXT, vec![distribution(&[flag(0x82)])], Some(partial)),
        ("users' certificates only", THIS, NEXT, vec![distribution(&[flag(0x81)])], None),
        ("attribute certificates only", THIS, NEXT, vec![distribution(&[flag(0x85)])], Some(partial)),
        ("an indirect list", THIS, NEXT, vec![distribution(&[flag(0x84)])], Some(partial)),
        ("some reasons", THIS, NEXT, vec![distribution(&[encode(0x83, &[6, 0x40])])], Some(partial)),
        ("its point", THIS, NEXT, vec![distribution(&[full_name(0xA0, "http://lab.example/ds.crl")])], None),
        (
            "another point",
            THIS,
            NEXT,
            vec![distribution(&[full_name(0xA0, "http://lab.example/other.crl")])],
            Some(partial),
        ),
        ("of the future", b"260701000000Z", NEXT, vec![], Some(Cause::RevocationListNotYet)),
        ("out of date", b"250101000000Z", b"260101000000Z", vec![], Some(Cause::RevocationListOutOfDate)),
    ];
    for (what, this, next, extensions, cause) in &rows {
        let clear = lines(&signer, &[revocation_list(&[9], this, next, extensions, &[])]).1;
        let outcome = if cause.is_some() { Outcome::NotPerformed } else { GOOD };
        assert_eq!(line(&clear, Check::Revocation), Some((outcome, *cause)), "{what}");
        let named = lines(&signer, &[revocation_list(&[5], this, next, extensions, &[])]).1;
        assert_eq!(
            line(&named, Check::Revocation),
            Some((Outcome::Failed, Some(Cause::SignerRevoked))),
            "{what}, and it names the signer"
        );
    }
    // Beside one that clears, one that cannot changes nothing; of two that cannot, one is named.
    let good = revocation_list(&[9], THIS, NEXT, &[], &[]);
    let delta = revocation_list(&[9], THIS, NEXT, &[extension(0x1B, true, encode(0x02, &[1]))], &[]);
    assert_eq!(line(&lines(&signer, &[delta, good]).1, Check::Revocation), Some((GOOD, None)));
    let of_entry = revocation_list(&[9], THIS, NEXT, &[], &[unknown()]);
    let found = line(&lines(&signer, &[of_entry]).1, Check::Revocation);
    assert_eq!(found, Some((Outcome::NotPerformed, Some(Cause::RevocationListUnknownExtension))));
    let taken_back = [extension(0x15, false, encode(0x0A, &[8]))];
    let lifted = revocation_list(&[5], THIS, NEXT, &[extension(0x1B, true, encode(0x02, &[1]))], &taken_back);
    let found = line(&lines(&signer, &[lifted]).1, Check::Revocation);
    assert_eq!(found, Some((Outcome::NotPerformed, Some(partial))), "an entry that takes a revocation back");
}
