//! From a document signer to an anchor: links, namesakes, validity, certificates that may not do what they did.

use crate::inspection_support::person;
use diemdanh::emrtd::authenticity::passive::{self, SodVerdict};
use diemdanh::emrtd::authenticity::revocation::RevocationListError;
use diemdanh::emrtd::authenticity::trust::{DropCause, Dropped, TrustStore};
use diemdanh::emrtd::lds::files::FileId;
use diemdanh::emrtd::report::{Cause, Check, CheckResult, Outcome, Report};
use diemdanh::lab::issuer::authority::{Authority, Profile, Validity};
use diemdanh::lab::issuer::{Issuer, Making};
use jiff::Timestamp;

fn moment(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn between(from: &str, to: &str) -> Validity {
    Validity { from: moment(&format!("{from}T00:00:00Z")), to: moment(&format!("{to}T00:00:00Z")) }
}

fn long() -> Validity {
    between("2020-01-01", "2045-01-01")
}

fn country_signer(label: &str) -> Authority {
    Authority::country_signer(label, "VN", long()).unwrap()
}

fn signer_of(authority: &Authority) -> Authority {
    authority.document_signer("Signer", "VN", between("2024-01-01", "2030-01-01")).unwrap()
}

const SIGNED_AT: &str = "2024-05-20T08:00:00Z";

fn sod(authority: &Authority, signer: Authority, signed_at: Option<&str>) -> Vec<u8> {
    let issuer = Issuer::of(authority.clone(), signer, signed_at.map(moment));
    let mut card = issuer.issue(&person(), &Making::default()).unwrap();
    card.files.remove(&FileId::Sod.fid()).unwrap()
}

fn judged_at(sod: &[u8], store: &[&[u8]], at: &str) -> (SodVerdict, Vec<CheckResult>) {
    let (store, dropped) = TrustStore::from_certificates(store);
    assert_eq!(dropped, []);
    let mut report = Report::new();
    let verdict = passive::authenticate(sod, &store, moment(at), &mut report);
    (verdict, report.results().to_vec())
}

fn judged(sod: &[u8], store: &[&[u8]]) -> (SodVerdict, Vec<CheckResult>) {
    judged_at(sod, store, "2026-06-26T00:30:00Z")
}

#[track_caller]
fn check_trusted(sod: &[u8], store: &[&[u8]]) {
    let (verdict, lines) = judged(sod, store);
    assert!(matches!(verdict, SodVerdict::Trusted(_)), "{lines:?}");
}

#[track_caller]
fn check_failed(result: (SodVerdict, Vec<CheckResult>), check: Check, cause: Cause) {
    let (verdict, lines) = result;
    let refused = matches!(&verdict, SodVerdict::Failed(found) | SodVerdict::OutOfForce(_, found) if *found == cause);
    assert!(refused, "{lines:?}");
    assert!(lines.iter().any(|line| (line.check, line.cause) == (check, Some(cause))), "{lines:?}");
}

#[test]
fn f01_f08_direct_one_link_and_three_links_lead_to_the_anchor() {
    let generations: Vec<Authority> = (1..=4).map(|number| country_signer(&format!("Generation {number}"))).collect();
    let links: Vec<Vec<u8>> = generations.windows(2).map(|pair| pair[1].link_from(&pair[0], long()).unwrap()).collect();
    let root = generations[0].certificate();
    check_trusted(&sod(&generations[0], signer_of(&generations[0]), Some(SIGNED_AT)), &[root]);
    let second = sod(&generations[1], signer_of(&generations[1]), Some(SIGNED_AT));
    check_trusted(&second, &[generations[1].certificate()]);
    // The anchor allows no authority below it; a country's own next key under a new name is none.
    check_trusted(&second, &[root, &links[0]]);
    let last = sod(&generations[3], signer_of(&generations[3]), Some(SIGNED_AT));
    check_trusted(&last, &[root, &links[0], &links[1], &links[2]]);
    // Another country's is one.
    let foreign = Authority::country_signer("Foreign", "LA", long()).unwrap();
    let adopted = foreign.link_from(&generations[0], long()).unwrap();
    let signer = foreign.document_signer("Signer", "LA", long()).unwrap();
    let (verdict, lines) = judged(&sod(&foreign, signer, Some(SIGNED_AT)), &[root, &adopted]);
    assert!(matches!(verdict, SodVerdict::Failed(Cause::CertificateUnfit)), "{lines:?}");
}

#[test]
fn f01_links_of_one_name_lead_to_the_anchor_whatever_their_number() {
    let first = country_signer("One Name");
    let mut generations = vec![first.clone()];
    for number in 2..=4 {
        generations.push(first.namesake(&format!("One Name key {number}"), "One Name", "VN", long()).unwrap());
    }
    let links: Vec<Vec<u8>> = generations.windows(2).map(|pair| pair[1].link_from(&pair[0], long()).unwrap()).collect();
    let last = &generations[3];
    let object = sod(last, signer_of(last), Some(SIGNED_AT));
    let all = [first.certificate(), &links[0], &links[1], &links[2]];
    check_trusted(&object, &all);
    let (verdict, lines) = judged(&object, &all[1..]);
    assert!(matches!(verdict, SodVerdict::UnknownSigner(_)), "links without an anchor: {lines:?}");
}

#[test]
fn f01_links_in_a_circle_end() {
    let one = country_signer("Circle");
    let other = one.namesake("Circle key 2", "Circle", "VN", long()).unwrap();
    let there = other.link_from(&one, long()).unwrap();
    let back = one.link_from(&other, long()).unwrap();
    let (verdict, _) = judged(&sod(&one, signer_of(&one), Some(SIGNED_AT)), &[&there, &back]);
    assert!(matches!(verdict, SodVerdict::UnknownSigner(_)));
}

#[test]
fn f02_the_right_one_of_twenty_namesakes_is_found_by_trying() {
    let first = country_signer("Twenty");
    let others: Vec<Authority> = (1..20)
        .map(|number| first.namesake(&format!("Twenty key {number}"), "Twenty", "VN", long()).unwrap())
        .collect();
    let mut store: Vec<&[u8]> = others.iter().map(Authority::certificate).collect();
    let object = sod(&first, signer_of(&first), Some(SIGNED_AT));
    let (verdict, _) = judged(&object, &store);
    assert!(matches!(verdict, SodVerdict::UnknownSigner(_)));
    store.push(first.certificate());
    check_trusted(&object, &store);
}

#[test]
fn f05_f06_expired_now_and_valid_at_signing_is_good() {
    let old = Authority::country_signer("Old", "VN", between("2020-01-01", "2025-01-01")).unwrap();
    let signer = old.document_signer("Signer", "VN", between("2024-01-01", "2025-01-01")).unwrap();
    check_trusted(&sod(&old, signer, Some(SIGNED_AT)), &[old.certificate()]);
}

#[test]
fn e08_f07_signing_time_is_judged_against_the_signers_validity() {
    let authority = country_signer("Times");
    let store = [authority.certificate()];
    let object = |signed_at| sod(&authority, signer_of(&authority), signed_at);
    let before = judged(&object(Some("2023-12-31T00:00:00Z")), &store);
    check_failed(before, Check::SignerValidity, Cause::SignerNotYetValid);
    let after = judged(&object(Some("2030-01-02T00:00:00Z")), &store);
    check_failed(after, Check::SignerValidity, Cause::SignerExpired);
    let (verdict, lines) = judged(&object(None), &store);
    assert!(matches!(verdict, SodVerdict::Trusted(_)));
    let line = lines.iter().find(|line| line.check == Check::SignerValidity).unwrap();
    assert_eq!((line.outcome, line.cause), (Outcome::Successful, Some(Cause::SigningTimeAbsent)));
    let future = judged_at(&object(Some("2026-06-28T00:00:00Z")), &store, "2026-06-26T00:30:00Z");
    check_failed(future, Check::SignerValidity, Cause::SignedInFuture);
    // Clocks differ, and some signers write local time.
    let (verdict, _) = judged_at(&object(Some("2026-06-26T20:00:00Z")), &store, "2026-06-26T00:30:00Z");
    assert!(matches!(verdict, SodVerdict::Trusted(_)));
    let early = judged_at(&object(Some(SIGNED_AT)), &store, "2023-06-01T00:00:00Z");
    check_failed(early, Check::SignerValidity, Cause::SignerNotYetValid);
}

#[test]
fn f07_anchor_that_was_not_valid_at_signing_fails() {
    let late = Authority::country_signer("Late", "VN", between("2025-01-01", "2045-01-01")).unwrap();
    let result = judged(&sod(&late, signer_of(&late), Some(SIGNED_AT)), &[late.certificate()]);
    check_failed(result, Check::SignerChain, Cause::IssuerNotYetValid);
    let over = Authority::country_signer("Over", "VN", between("2020-01-01", "2024-02-01")).unwrap();
    let result = judged(&sod(&over, signer_of(&over), Some(SIGNED_AT)), &[over.certificate()]);
    check_failed(result, Check::SignerChain, Cause::SignerExpired);
}

#[test]
fn f08_signer_that_may_not_sign_fails() {
    let authority = country_signer("Profiles");
    for profile in [Profile::SignerThatMayNotSign, Profile::SignerThatIsAnAuthority] {
        let signer = authority.signer_with("Signer", "VN", profile, long()).unwrap();
        let result = judged(&sod(&authority, signer, Some(SIGNED_AT)), &[authority.certificate()]);
        check_failed(result, Check::SignerChain, Cause::CertificateUnfit);
    }
}

#[test]
fn f08_anchor_that_may_not_certify_fails() {
    let profiles = [Profile::AuthorityThatMayNotCertify, Profile::AuthorityWithUnknownExtension];
    for profile in profiles {
        let authority = Authority::self_signed("Unfit", "VN", profile, long()).unwrap();
        let result = judged(&sod(&authority, signer_of(&authority), Some(SIGNED_AT)), &[authority.certificate()]);
        check_failed(result, Check::SignerChain, Cause::CertificateUnfit);
    }
}

#[test]
fn f18_anchor_without_constraints_is_used_with_a_remark_and_a_link_without_is_not() {
    let incomplete = Profile::AuthorityWithoutConstraints;
    let authority = Authority::self_signed("Incomplete", "VN", incomplete, long()).unwrap();
    let (verdict, lines) = judged(&sod(&authority, signer_of(&authority), Some(SIGNED_AT)), &[authority.certificate()]);
    assert!(matches!(verdict, SodVerdict::Trusted(_)), "{lines:?}");
    let line = lines.iter().find(|line| line.check == Check::SignerChain).unwrap();
    assert_eq!((line.outcome, line.cause), (Outcome::Successful, Some(Cause::CscaIncomplete)));
    let root = country_signer("Complete");
    let below = root.signer_with("Below", "VN", incomplete, long()).unwrap();
    let result = judged(&sod(&below, signer_of(&below), Some(SIGNED_AT)), &[root.certificate(), below.certificate()]);
    check_failed(result, Check::SignerChain, Cause::CertificateUnfit);
}

#[test]
fn e09_signer_of_another_country_than_its_anchor_fails() {
    let authority = country_signer("Countries");
    let signer = authority.document_signer("Signer", "LA", long()).unwrap();
    let result = judged(&sod(&authority, signer, Some(SIGNED_AT)), &[authority.certificate()]);
    check_failed(result, Check::CountryAgreement, Cause::CountriesDisagree);
}

#[test]
fn f02_altered_signer_certificate_is_not_the_anchors() {
    let authority = country_signer("Altered");
    let mut object = sod(&authority, signer_of(&authority), Some(SIGNED_AT));
    let end = {
        let needle = signer_of(&authority);
        let needle = needle.certificate();
        object.windows(needle.len()).position(|window| window == needle).unwrap() + needle.len()
    };
    object[end - 1] ^= 0x01;
    let result = judged(&object, &[authority.certificate()]);
    check_failed(result, Check::SignerChain, Cause::ChainSignatureWrong);
}

#[test]
fn broken_certificate_is_dropped_and_the_others_are_kept() {
    let (one, two) = (country_signer("Kept 1"), country_signer("Kept 2"));
    let ders: [&[u8]; 4] = [one.certificate(), b"garbage", &two.certificate()[..200], two.certificate()];
    let (store, dropped) = TrustStore::from_certificates(&ders);
    assert_eq!(store.len(), 2);
    assert_eq!(dropped.iter().map(|dropped| dropped.index).collect::<Vec<_>>(), [1, 2]);
    let (same, _) = TrustStore::from_certificates(&[two.certificate(), one.certificate()]);
    assert_eq!(store.version(), same.version());
    assert_ne!(store.version(), TrustStore::from_certificates(&[one.certificate()]).0.version());
}

#[test]
fn f09_f10_revoked_signer_fails_and_one_that_is_not_named_is_cleared() {
    let authority = country_signer("Revoking");
    let (bad, good) = (signer_of(&authority), authority.document_signer("Other", "VN", long()).unwrap());
    let list = |until| authority.revocation_list(&[&bad], moment("2026-01-01T00:00:00Z"), moment(until)).unwrap();
    let (in_force, stale) = (list("2027-01-01T00:00:00Z"), list("2026-02-01T00:00:00Z"));
    for list in [&in_force, &stale] {
        let result = judged(&sod(&authority, bad.clone(), Some(SIGNED_AT)), &[authority.certificate(), list]);
        check_failed(result, Check::Revocation, Cause::SignerRevoked);
    }
    let object = sod(&authority, good, Some(SIGNED_AT));
    let rows = [
        (vec![in_force.as_slice()], Outcome::Successful, None),
        (vec![stale.as_slice()], Outcome::NotPerformed, Some(Cause::RevocationListOutOfDate)),
        (Vec::new(), Outcome::NotPerformed, Some(Cause::NoRevocationList)),
    ];
    for (lists, outcome, cause) in rows {
        let store = [vec![authority.certificate()], lists].concat();
        let (verdict, lines) = judged(&object, &store);
        assert!(matches!(verdict, SodVerdict::Trusted(_)));
        let line = lines.iter().find(|line| line.check == Check::Revocation).unwrap();
        assert_eq!((line.outcome, line.cause), (outcome, cause));
    }
}

#[test]
fn f10_revocation_list_of_nobody_or_with_a_wrong_signature_is_dropped() {
    let (authority, stranger) = (country_signer("Known"), country_signer("Stranger"));
    let signer = signer_of(&authority);
    let (from, until) = (moment("2026-01-01T00:00:00Z"), moment("2027-01-01T00:00:00Z"));
    let foreign = stranger.revocation_list(&[&signer], from, until).unwrap();
    let mut altered = authority.revocation_list(&[], from, until).unwrap();
    *altered.last_mut().unwrap() ^= 0x01;
    let (store, dropped) = TrustStore::from_certificates(&[authority.certificate(), &foreign, &altered]);
    let unknown = DropCause::RevocationList(RevocationListError::IssuerUnknown);
    let expected = [1, 2].map(|index| Dropped { index, cause: unknown });
    assert_eq!((store.len(), dropped.as_slice()), (1, expected.as_slice()));
}
