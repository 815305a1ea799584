//! What nobody here can verify: its hashes count, its chain is looked at, and it is never more than unknown.

use crate::inspection_support::{issued, person};
use crate::signed_schemes::{Scheme, signed_object_over, unknown_key_info};
use crate::trust_names::{PRINTABLE, UTF8, anchor, certified, extension, name};
use diemdanh::bits::tlv::encode;
use diemdanh::crypto::{HashAlg, NamedCurve};
use diemdanh::emrtd::authenticity::trust::TrustStore;
use diemdanh::emrtd::inspect::Inspection;
use diemdanh::emrtd::lds::files::{FileId, LdsFiles};
use diemdanh::emrtd::replay::{Beside, replay, replay_with};
use diemdanh::emrtd::report::{Cause, Check, Outcome, Overall, render};
use diemdanh::lab::issuer::authority::{Authority, Validity};
use diemdanh::lab::issuer::{Issuer, Making};

fn dg1() -> Vec<u8> {
    issued(&Making::default()).files[&FileId::Dg(1).fid()].clone()
}

/// The files of a document whose signer has a key that nobody here knows.
fn files(issuer: &str, signer_is_altered: bool, dg1_is_altered: bool) -> LdsFiles {
    let organisation = name(PRINTABLE, "VN", issuer);
    let usage = extension(0x0F, true, encode(0x03, &[7, 0x80]));
    let key_id = if issuer == "Lab Signer" { [1, 2, 3, 4] } else { [9; 4] };
    let named = extension(0x23, false, crate::signed_data::seq(&[encode(0x80, &key_id)]));
    let subject = name(UTF8, "VN", "DS");
    let mut signer = certified(organisation.clone(), subject, 5, unknown_key_info(), &[usage, named]);
    if signer_is_altered {
        *signer.last_mut().unwrap() ^= 0x01;
    }
    let scheme = Scheme::Ecdsa(NamedCurve::P256, HashAlg::Sha256);
    let mut dg1 = dg1();
    let sod = signed_object_over(scheme, &dg1, &signer, organisation);
    if dg1_is_altered {
        *dg1.last_mut().unwrap() = b'A';
    }
    let mut files = LdsFiles::new();
    files.insert(FileId::Sod, sod);
    files.insert(FileId::Dg(1), dg1);
    files
}

fn judged(files: LdsFiles) -> Inspection {
    let (store, _) = TrustStore::from_certificates(&[anchor()]);
    replay(files, &store, "2026-06-26T00:30:00Z".parse().unwrap())
}

fn outcome(inspection: &Inspection, check: Check) -> (Outcome, Option<Cause>) {
    let line = inspection.results.iter().rev().find(|line| line.check == check).unwrap();
    (line.outcome, line.cause)
}

#[test]
fn e12_unknown_algorithm_is_unknown_at_best_and_an_altered_group_fails() {
    for known in [true, false] {
        let issuer = if known { "Lab Signer" } else { "Nobody" };
        let good = judged(files(issuer, false, false));
        assert_eq!(good.overall, Overall::Unknown, "{}", render::text(&good));
        let unknown = (Outcome::NotSupported, Some(Cause::AlgorithmNotSupported));
        assert_eq!(outcome(&good, Check::SodSignature), unknown);
        assert_eq!(outcome(&good, Check::DgHash(1)), (Outcome::Successful, None));
        let chain = if known { Outcome::Successful } else { Outcome::Undetermined };
        assert_eq!(outcome(&good, Check::SignerChain).0, chain, "who would have issued it is said");
        let altered = judged(files(issuer, false, true));
        assert_eq!(altered.overall, Overall::Fail, "{}", render::text(&altered));
        assert_eq!(outcome(&altered, Check::DgHash(1)), (Outcome::Failed, Some(Cause::HashDiffers)));
    }
    let garbage = judged(files("Lab Signer", true, false));
    assert!(garbage.overall == Overall::Unknown || garbage.overall == Overall::Fail, "{}", render::text(&garbage));
}

#[test]
fn e12_nothing_that_nobody_verified_is_marked_as_signed() {
    let good = judged(files("Lab Signer", false, false));
    let report = render::json(&good);
    assert!(report["files"].as_array().unwrap().iter().all(|file| file["trusted"] == false), "{report:#}");
    assert!(good.evidence.is_none());
}

/// A document of a signer that ended in 2025, which does not say when it was signed.
fn undated() -> (Issuer, LdsFiles) {
    let moment = |text: &str| text.parse().unwrap();
    let long = Validity { from: moment("2020-01-01T00:00:00Z"), to: moment("2045-01-01T00:00:00Z") };
    let short = Validity { from: moment("2020-01-01T00:00:00Z"), to: moment("2025-01-01T00:00:00Z") };
    let authority = Authority::country_signer("Undated", "VN", long).unwrap();
    let signer = authority.document_signer("Undated DS", "VN", short).unwrap();
    let issuer = Issuer::of(authority, signer, None);
    let card = issuer.issue(&person(), &Making::default()).unwrap();
    let mut files = LdsFiles::new();
    for file in [FileId::Sod, FileId::Dg(1), FileId::Dg(13)] {
        files.insert(file, card.files[&file.fid()].clone());
    }
    (issuer, files)
}

#[test]
fn e08_without_a_signing_time_the_signed_date_of_issue_decides() {
    let (issuer, files) = undated();
    let (store, _) = TrustStore::from_certificates(&[issuer.country_signer_der()]);
    let at = |text: &str| text.parse().unwrap();
    let with = |issue_date, files: &LdsFiles, day| {
        replay_with(files.clone(), Beside { answer: None, issue_date }, &store, at(day))
    };
    let dated = Some(diemdanh::cccd::dg13::ISSUED);
    let absent = Some(Cause::SigningTimeAbsent);
    let in_force = with(None, &files, "2024-06-26T00:30:00Z");
    assert_eq!(outcome(&in_force, Check::SignerValidity), (Outcome::Successful, absent));
    assert_eq!(in_force.overall, Overall::Pass, "{}", render::text(&in_force));
    let ended = with(None, &files, "2026-06-26T00:30:00Z");
    assert_eq!(outcome(&ended, Check::SignerValidity), (Outcome::Undetermined, absent));
    assert_eq!(ended.overall, Overall::Warn, "{}", render::text(&ended));
    let issued = with(dated, &files, "2026-06-26T00:30:00Z");
    assert_eq!(outcome(&issued, Check::SignerValidity), (Outcome::Successful, absent), "{}", render::text(&issued));
    assert_eq!(issued.overall, Overall::Pass);
    // A date in a group that is not the signed one says nothing.
    let mut altered = files.clone();
    let mut dg13 = files.get(FileId::Dg(13)).unwrap().to_vec();
    *dg13.last_mut().unwrap() ^= 0x01;
    altered.insert(FileId::Dg(13), dg13);
    let altered = with(dated, &altered, "2026-06-26T00:30:00Z");
    assert_eq!(outcome(&altered, Check::SignerValidity).0, Outcome::Undetermined);
    assert_eq!(altered.overall, Overall::Fail);
}
