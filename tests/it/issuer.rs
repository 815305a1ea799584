//! The lab's issuing authority: what it makes is judged by the same code that judges real documents, and the committed
//! portraits are still what the drawing code draws.

use diemdanh::cccd::dg13::Details;
use diemdanh::cccd::holder::Holder;
use diemdanh::emrtd::authenticity::passive::{self, GroupHashVerdict, SodVerdict};
use diemdanh::emrtd::authenticity::trust::TrustStore;
use diemdanh::emrtd::lds::dg2::{self, ImageKind};
use diemdanh::emrtd::lds::files::FileId;
use diemdanh::emrtd::lds::portrait::Portrait;
use diemdanh::emrtd::report::{Check, Outcome, Report};
use diemdanh::face;
use diemdanh::lab::card::data::CardData;
use diemdanh::lab::issuer::people::{Person, people};
use diemdanh::lab::issuer::portrait::Coding;
use diemdanh::lab::issuer::{Fault, Issuer, Making, groups, trust_store_der};
use jiff::Timestamp;

fn lab_trust() -> TrustStore {
    let (trust, dropped) = TrustStore::from_certificates(&trust_store_der().unwrap());
    assert_eq!(dropped, []);
    trust
}

fn first() -> Person {
    people().remove(0)
}

fn file(card: &CardData, file: FileId) -> &[u8] {
    card.files.get(&file.fid()).map(Vec::as_slice).unwrap_or_default()
}

fn judged(card: &CardData, trust: &TrustStore) -> (SodVerdict, Report) {
    let at: Timestamp = "2026-06-26T00:30:00Z".parse().unwrap();
    let mut report = Report::new();
    let verdict = passive::authenticate(file(card, FileId::Sod), trust, at, &mut report);
    (verdict, report)
}

#[test]
fn every_person_has_a_card_that_is_trusted() {
    let issuer = Issuer::lab().unwrap();
    let trust = lab_trust();
    for person in people() {
        let card = issuer.issue(&person, &Making::default()).unwrap();
        let (verdict, report) = judged(&card, &trust);
        let SodVerdict::Trusted(sod) = verdict else { panic!("{:?}", report.results()) };
        assert!(report.results().iter().all(|line| line.check == Check::Revocation || line.cause.is_none()));
        for group in sod.signed().object().groups() {
            let verdict = sod.signed().compare(group, file(&card, FileId::Dg(group)));
            assert_eq!(verdict, GroupHashVerdict::Same, "DG{group}");
        }
        let (holder, notes) =
            Holder::from_files(file(&card, FileId::Dg(1)), Some(file(&card, FileId::Dg(13)))).unwrap();
        assert_eq!(holder.number.personal().unwrap().reveal(), person.number);
        assert_eq!(holder.full_name.reveal(), &person.full_name);
        assert_eq!(holder.birth(), Some(person.birth));
        assert_eq!(notes, []);
    }
}

#[test]
fn the_first_card_has_the_known_mrz() {
    let lines = ["IDVNM2080000172099208000017<<8", "0802156M3302152VNM<<<<<<<<<<<4", "NGUYEN<<VAN<MAU<<<<<<<<<<<<<<<"];
    assert_eq!(groups::mrz(&first()), lines.concat());
}

#[test]
fn each_coding_of_the_portrait_is_decoded() {
    let issuer = Issuer::lab().unwrap();
    let rows =
        [(Coding::Jpeg, ImageKind::Jpeg), (Coding::Jp2, ImageKind::Jp2), (Coding::Codestream, ImageKind::Codestream)];
    for (coding, kind) in rows {
        let making = Making { portrait: coding, ..Making::default() };
        let card = issuer.issue(&first(), &making).unwrap();
        let dg2 = file(&card, FileId::Dg(2));
        assert_eq!(dg2::parse(dg2).unwrap().kind, kind);
        let portrait = Portrait::from_dg2(dg2).unwrap();
        assert_eq!((portrait.width, portrait.height), (240, 320));
        println!("{coding:?}: DG2 of {} bytes", dg2.len());
    }
}

#[test]
fn committed_portraits_are_what_the_code_draws() {
    let issuer = Issuer::lab().unwrap();
    for person in people() {
        let card = issuer.issue(&person, &Making::default()).unwrap();
        let portrait = Portrait::from_dg2(file(&card, FileId::Dg(2))).unwrap();
        let drawn = face::draw(person.face);
        let decoded = portrait.rgba.reveal().chunks_exact(4).flat_map(|pixel| &pixel[..3]);
        let difference: u64 =
            drawn.iter().zip(decoded).map(|(drawn, decoded)| u64::from(drawn.abs_diff(*decoded))).sum();
        let mean = difference as f64 / drawn.len() as f64;
        assert!(mean < 3.0, "face {}: {mean:.2}", person.face);
    }
}

#[test]
fn an_unknown_issuer_is_unknown_and_an_altered_signature_fails() {
    let unknown = Issuer::unknown().unwrap().issue(&first(), &Making::default()).unwrap();
    assert!(matches!(judged(&unknown, &lab_trust()).0, SodVerdict::UnknownSigner(_)));
    let altered = Issuer::lab().unwrap().issue(&first(), &Making::with_fault(Fault::WrongSignature)).unwrap();
    let (verdict, report) = judged(&altered, &lab_trust());
    assert!(matches!(verdict, SodVerdict::Failed(_)));
    assert_eq!(report.outcome(Check::SodSignature), Some(Outcome::Failed));
}

#[test]
fn a_changed_group_no_longer_has_its_hash() {
    let issuer = Issuer::lab().unwrap();
    for (fault, group) in [(Fault::TamperedDg1, 1), (Fault::TamperedGroup(13), 13), (Fault::TamperedGroup(14), 14)] {
        let card = issuer.issue(&first(), &Making::with_fault(fault)).unwrap();
        let SodVerdict::Trusted(sod) = judged(&card, &lab_trust()).0 else { panic!("trusted") };
        let bytes = file(&card, FileId::Dg(group));
        assert_eq!(sod.signed().compare(group, bytes), GroupHashVerdict::Differs);
        assert!(sod.bind(group, bytes, |_| Ok::<(), ()>(())).is_err());
    }
}

#[test]
fn the_same_card_comes_out_on_every_start() {
    let making = Making::default();
    let one = Issuer::lab().unwrap().issue(&first(), &making).unwrap();
    let two = Issuer::lab().unwrap().issue(&first(), &making).unwrap();
    assert_eq!(one.files, two.files);
}

#[test]
fn a_broken_picture_is_an_error_and_never_a_stall() {
    let issuer = Issuer::lab().unwrap();
    for coding in [Coding::Jpeg, Coding::Jp2, Coding::Codestream] {
        let card = issuer.issue(&first(), &Making { portrait: coding, ..Making::default() }).unwrap();
        let good = file(&card, FileId::Dg(2));
        for position in (0..good.len()).step_by(good.len() / 60 + 1).chain(90..140) {
            let mut changed = good.to_vec();
            changed[position] ^= 0xFF;
            let _ = Portrait::from_dg2(&changed);
            let _ = Portrait::from_dg2(&good[..position]);
        }
    }
}

#[test]
fn details_have_no_field_that_the_exam_does_not_need() {
    let card = Issuer::lab().unwrap().issue(&first(), &Making::default()).unwrap();
    let details = Details::parse(file(&card, FileId::Dg(13))).unwrap();
    assert_eq!(details.expiry_date.unwrap().reveal(), "15/02/2033");
}

/// Writes the drawings as portable pixmaps into the folder that `PORTRAITS` names (see assets/lab/portraits).
#[test]
fn drawings_are_written_on_request() {
    let Some(folder) = std::env::var_os("PORTRAITS") else { return };
    for person in people() {
        let path = std::path::Path::new(&folder).join(format!("face{:02}.ppm", person.face));
        let pixels = face::draw(person.face);
        std::fs::write(path, [b"P6\n240 320\n255\n".as_slice(), &pixels].concat()).expect("a writable folder");
    }
}
