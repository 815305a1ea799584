//! Whole inspections over the simulated card: what every situation at the reader ends in.

use crate::inspection_support::{GOOD, can, check, faulty, issued, lab, line, mrz, person, read, read_card, trust};
use diemdanh::bits::random::SeededRandom;
use diemdanh::emrtd::access::key::AccessKey;
use diemdanh::emrtd::authenticity::trust::TrustStore;
use diemdanh::emrtd::evidence::ChipEvidence;
use diemdanh::emrtd::inspect::{AccessMethod, Inspection, InspectionPolicy, Observer, Progress, Unobserved, inspect};
use diemdanh::emrtd::lds::files::FileId;
use diemdanh::emrtd::report::{Cause, Check, Outcome, Overall, render};
use diemdanh::lab::card::{CardData, CardFault, SyntheticCard};
use diemdanh::lab::issuer::portrait::Coding;
use diemdanh::lab::issuer::{Fault, Issuer, Making};

#[test]
fn good_card_by_pace_passes() {
    let inspection = read_card(issued(&Making::default()), &can());
    println!("{}", render::text(&inspection));
    check(
        &inspection,
        Overall::Pass,
        &[
            (Check::CardAccess, GOOD, None),
            (Check::Pace, GOOD, None),
            (Check::Bac, Outcome::NotPerformed, Some(Cause::NotNeeded)),
            (Check::ChipAuthentication, GOOD, None),
            (Check::CardAccessCopy, GOOD, None),
            (Check::ReadGroup(3), Outcome::NotPerformed, Some(Cause::FileProtected)),
            (Check::Com, GOOD, None),
        ],
    );
    assert_eq!(inspection.access_method, Some(AccessMethod::PaceCan));
    assert!(!inspection.downgraded);
    let evidence = inspection.evidence.as_ref().unwrap();
    assert_eq!(evidence.signer_certificate, lab().signer_der());
    assert!(matches!(evidence.chip, Some(ChipEvidence::ChipAuthentication { .. })));
    let groups: Vec<u8> = evidence.group_hashes.iter().map(|hash| hash.group).collect();
    assert_eq!(groups, [1, 14, 13, 2]);
}

#[test]
fn what_was_read_is_what_was_issued() {
    let data = issued(&Making::default());
    let inspection = read_card(data.clone(), &can());
    for file in [FileId::Com, FileId::Sod, FileId::Dg(1), FileId::Dg(2), FileId::Dg(13), FileId::Dg(14)] {
        assert_eq!(inspection.files.get(file), data.files.get(&file.fid()).map(Vec::as_slice), "{file}");
    }
}

#[test]
fn good_card_by_pace_with_the_mrz_passes() {
    let inspection = read_card(issued(&Making::default()), &mrz());
    check(&inspection, Overall::Pass, &[(Check::Pace, GOOD, None)]);
    assert_eq!(inspection.access_method, Some(AccessMethod::PaceMrz));
}

#[test]
fn card_without_pace_is_opened_by_bac() {
    let inspection = read_card(issued(&Making { pace: false, ..Making::default() }), &mrz());
    check(&inspection, Overall::Pass, &[(Check::Bac, GOOD, None)]);
    assert_eq!(inspection.access_method, Some(AccessMethod::Bac));
    assert!(!inspection.downgraded);
}

#[test]
fn card_without_pace_wants_another_key_than_the_can() {
    let inspection = read_card(issued(&Making { pace: false, ..Making::default() }), &can());
    check(&inspection, Overall::Access, &[(Check::Bac, Outcome::NotPerformed, Some(Cause::KeyUnsuitable))]);
}

#[test]
fn d_dg2_every_coding_of_the_portrait_passes() {
    for portrait in [Coding::Jpeg, Coding::Jp2, Coding::Codestream] {
        check(&read_card(issued(&Making { portrait, ..Making::default() }), &can()), Overall::Pass, &[]);
    }
}

#[test]
fn a07_wrong_can_is_refused_once_and_nothing_is_read() {
    let mut card = SyntheticCard::new(issued(&Making::default()));
    let inspection = read(&mut card, &AccessKey::can("999999"), &InspectionPolicy::default());
    check(
        &inspection,
        Overall::Access,
        &[
            (Check::Pace, Outcome::Failed, Some(Cause::KeyRefused)),
            (Check::ReadSod, Outcome::NotPerformed, Some(Cause::EarlierFailure)),
        ],
    );
    assert_eq!(inspection.files.present().collect::<Vec<_>>(), [FileId::CardAccess]);
}

#[test]
fn wrong_mrz_is_refused_by_bac() {
    let data = issued(&Making { pace: false, ..Making::default() });
    let inspection = read_card(data, &AccessKey::mrz("208000017", "080215", "330216"));
    check(&inspection, Overall::Access, &[(Check::Bac, Outcome::Failed, Some(Cause::KeyRefused))]);
}

#[test]
fn e03_altered_name_fails() {
    let inspection = read_card(faulty(Fault::TamperedDg1), &can());
    check(
        &inspection,
        Overall::Fail,
        &[
            (Check::SodSignature, GOOD, None),
            (Check::DgHash(1), Outcome::Failed, Some(Cause::HashDiffers)),
            (Check::DgHash(13), GOOD, None),
        ],
    );
}

#[test]
fn e03_each_altered_group_fails() {
    for group in [2, 13] {
        let inspection = read_card(faulty(Fault::TamperedGroup(group)), &can());
        check(&inspection, Overall::Fail, &[(Check::DgHash(group), Outcome::Failed, Some(Cause::HashDiffers))]);
    }
}

#[test]
fn e03_altered_chip_key_is_never_used_for_a_proof() {
    let inspection = read_card(faulty(Fault::TamperedGroup(14)), &can());
    check(
        &inspection,
        Overall::Fail,
        &[
            (Check::DgHash(14), Outcome::Failed, Some(Cause::HashDiffers)),
            (Check::ChipAuthentication, Outcome::NotPerformed, Some(Cause::KeyNotBound)),
        ],
    );
}

#[test]
fn e02_altered_signature_fails_and_the_chip_is_not_asked() {
    let inspection = read_card(faulty(Fault::WrongSignature), &can());
    check(
        &inspection,
        Overall::Fail,
        &[
            (Check::SodSignature, Outcome::Failed, Some(Cause::SignatureWrong)),
            (Check::ChipAuthentication, Outcome::NotPerformed, Some(Cause::EarlierFailure)),
            (Check::DgHash(1), Outcome::NotPerformed, Some(Cause::EarlierFailure)),
        ],
    );
    assert!(inspection.evidence.is_none());
}

#[test]
fn clone_fails_by_its_chip_alone() {
    let inspection = read_card(faulty(Fault::Clone), &can());
    check(
        &inspection,
        Overall::Fail,
        &[
            (Check::SodSignature, GOOD, None),
            (Check::DgHash(1), GOOD, None),
            (Check::DgHash(2), GOOD, None),
            (Check::ChipAuthentication, Outcome::Failed, Some(Cause::KeyNotBound)),
        ],
    );
}

#[test]
fn f04_unknown_signer_is_neither_green_nor_called_forged() {
    let data = Issuer::unknown().unwrap().issue(&person(), &Making::default()).unwrap();
    let inspection = read_card(data, &can());
    check(
        &inspection,
        Overall::Unknown,
        &[
            (Check::SignerChain, Outcome::Undetermined, Some(Cause::UnknownSigner)),
            (Check::ChipAuthentication, Outcome::Undetermined, Some(Cause::KeyOfUnknownSigner)),
        ],
    );
}

#[test]
fn e09_foreign_country_signer_in_the_store_disagrees_with_dg1() {
    let foreign = Issuer::named("Lab CSCA Foreign", "LA").unwrap();
    let (store, _) = TrustStore::from_certificates(&[foreign.country_signer_der()]);
    let mut card = SyntheticCard::new(foreign.issue(&person(), &Making::default()).unwrap());
    let now = "2026-06-26T00:30:00Z".parse().unwrap();
    let mut random = SeededRandom::new("inspection");
    let policy = InspectionPolicy::default();
    let inspection = inspect(&mut card, &can(), &store, &policy, now, &mut random, &mut Unobserved);
    let expected = (Check::CountryAgreement, Outcome::Failed, Some(Cause::CountriesDisagree));
    check(&inspection, Overall::Fail, &[expected]);
}

#[test]
fn active_authentication_proves_a_chip_without_agreement_key() {
    let inspection = read_card(issued(&Making { chip_authentication: false, ..Making::default() }), &can());
    check(
        &inspection,
        Overall::Pass,
        &[
            (Check::ChipAuthentication, Outcome::NotSupported, Some(Cause::NoKey)),
            (Check::ActiveAuthentication, GOOD, None),
        ],
    );
    let evidence = inspection.evidence.unwrap();
    assert!(matches!(evidence.chip, Some(ChipEvidence::ActiveAuthentication { .. })));
}

#[test]
fn active_authentication_is_tried_when_chip_authentication_is_refused() {
    let mut card =
        SyntheticCard::new(issued(&Making::default())).with_fault(CardFault::RefusesChipAuthentication(0x6A80));
    let inspection = read(&mut card, &can(), &InspectionPolicy::default());
    check(
        &inspection,
        Overall::Pass,
        &[
            (Check::ChipAuthentication, Outcome::NotPerformed, Some(Cause::Status(0x6A80))),
            (Check::ActiveAuthentication, GOOD, None),
        ],
    );
}

#[test]
fn chip_without_any_key_is_a_warning() {
    let making = Making { chip_authentication: false, active_authentication: false, ..Making::default() };
    check(&read_card(issued(&making), &can()), Overall::Warn, &[]);
}

#[test]
fn signed_group_that_is_missing_fails_and_an_unsigned_one_warns() {
    for group in [1, 2, 13] {
        let inspection = read_card(faulty(Fault::MissingGroup(group)), &can());
        check(&inspection, Overall::Fail, &[(Check::ReadGroup(group), Outcome::Failed, Some(Cause::FileMissing))]);
    }
    let inspection = read_card(faulty(Fault::WithoutGroup(13)), &can());
    let expected = (Check::ReadGroup(13), Outcome::NotSupported, Some(Cause::NotSigned));
    check(&inspection, Overall::Warn, &[expected]);
}

#[test]
fn d_dg1_dg2_dg13_dg14_dg15_signed_nonsense_has_its_verdict() {
    let rows = [(1, Overall::Fail), (2, Overall::Warn), (13, Overall::Pass), (14, Overall::Warn)];
    for (group, overall) in rows {
        let inspection = read_card(faulty(Fault::GarbageGroup(group)), &can());
        assert_eq!(line(&inspection, Check::DgHash(group)).outcome, GOOD);
        check(&inspection, overall, &[]);
    }
}

#[test]
fn lying_list_of_groups_is_a_warning() {
    let inspection = read_card(faulty(Fault::LyingCom), &can());
    check(&inspection, Overall::Warn, &[(Check::Com, Outcome::Failed, Some(Cause::ListDiffers))]);
}

#[derive(Default)]
struct Diary {
    entries: Vec<String>,
    identity: Option<Inspection>,
}

impl Observer for Diary {
    fn progress(&mut self, progress: Progress<'_>) {
        match progress {
            Progress::AccessDone { method } => self.entries.push(method.id().to_owned()),
            Progress::Reading { .. } => {}
            Progress::FileRead(file) => self.entries.push(file.name()),
            Progress::Identity(inspection) => {
                self.entries.push("identity".to_owned());
                self.identity = Some(inspection.clone());
            }
        }
    }
}

fn observed(data: CardData) -> (Inspection, Diary) {
    let mut diary = Diary::default();
    let now = "2026-06-26T00:30:00Z".parse().unwrap();
    let mut random = SeededRandom::new("inspection");
    let (mut card, policy) = (SyntheticCard::new(data), InspectionPolicy::default());
    let inspection = inspect(&mut card, &can(), &trust(), &policy, now, &mut random, &mut diary);
    (inspection, diary)
}

#[test]
fn identity_goes_out_before_the_portrait_is_read() {
    let (_, diary) = observed(issued(&Making::default()));
    let expected = ["EF.CardAccess", "pace-can", "EF.SOD", "DG1", "DG14", "DG13", "identity", "EF.COM", "DG2"];
    assert_eq!(diary.entries, expected);
    let identity = diary.identity.unwrap();
    assert_eq!(identity.overall, Overall::Pass);
    assert!(identity.files.get(FileId::Dg(13)).is_some());
}

#[test]
fn altered_identity_is_known_with_the_identity_and_an_altered_portrait_at_the_end() {
    let (_, diary) = observed(faulty(Fault::TamperedDg1));
    assert_eq!(diary.identity.unwrap().overall, Overall::Fail);
    let (inspection, diary) = observed(faulty(Fault::TamperedGroup(2)));
    assert_eq!(diary.identity.unwrap().overall, Overall::Pass);
    assert_eq!(inspection.overall, Overall::Fail);
}

#[test]
fn h05_no_report_holds_anything_about_the_person() {
    let person = person();
    let inspection = read_card(issued(&Making::default()), &can());
    let texts = [
        render::text(&inspection),
        render::json(&inspection).to_string(),
        format!("{inspection:?}"),
        format!("{:?}", can()),
    ];
    for text in texts {
        for word in [person.number.as_str(), person.can(), "NGUYEN", "Nguyễn", "208000017"] {
            assert!(!text.contains(word), "{word} in {text}");
        }
    }
}

#[test]
fn h06_same_card_and_same_chance_give_the_same_report() {
    let data = issued(&Making::default());
    let (one, two) = (read_card(data.clone(), &can()), read_card(data, &can()));
    assert_eq!(render::json(&one), render::json(&two));
}
