//! PACE with chip-authentication mapping, from EF.CardAccess to the verdict.

use crate::inspection_support::{GOOD, can, check, issued, line, read, read_card};
use diemdanh::bits::tlv::{encode, single};
use diemdanh::emrtd::evidence::ChipEvidence;
use diemdanh::emrtd::inspect::InspectionPolicy;
use diemdanh::emrtd::lds::files::FileId;
use diemdanh::emrtd::report::{Cause, Check, Outcome, Overall};
use diemdanh::lab::card::{CardData, CardFault, PaceTrick, SyntheticCard};
use diemdanh::lab::issuer::{Fault, Issuer, Making};

fn mapping() -> Making {
    Making { chip_mapping: true, ..Making::default() }
}

fn spoilt(fault: Fault) -> CardData {
    issued(&Making { fault: Some(fault), ..mapping() })
}

#[test]
fn a04_chip_authentication_mapping_is_chosen_before_generic() {
    let inspection = read_card(issued(&mapping()), &can());
    check(&inspection, Overall::Pass, &[(Check::Pace, GOOD, None), (Check::ChipMapping, GOOD, None)]);
}

#[test]
fn g09_mapping_that_passed_makes_chip_authentication_needless() {
    let inspection = read_card(issued(&mapping()), &can());
    let not_needed = (Outcome::NotPerformed, Some(Cause::NotNeeded));
    check(
        &inspection,
        Overall::Pass,
        &[
            (Check::CardSecurity, GOOD, None),
            (Check::CardAccessCopy, GOOD, None),
            (Check::ChipAuthentication, not_needed.0, not_needed.1),
            (Check::ActiveAuthentication, not_needed.0, not_needed.1),
            (Check::ReadGroup(14), not_needed.0, not_needed.1),
        ],
    );
    assert!(matches!(inspection.evidence.unwrap().chip, Some(ChipEvidence::ChipMapping { .. })));
    let generic = read_card(issued(&Making::default()), &can());
    assert!(inspection.apdu_count < generic.apdu_count, "{} and {}", inspection.apdu_count, generic.apdu_count);
}

#[test]
fn a14_data_of_the_mapping_is_wrong() {
    let mut card = SyntheticCard::new(issued(&mapping())).with_fault(CardFault::Pace(PaceTrick::WrongMappingData));
    let inspection = read(&mut card, &can(), &InspectionPolicy::default());
    check(&inspection, Overall::Fail, &[(Check::ChipMapping, Outcome::Failed, Some(Cause::KeyNotBound))]);
}

#[test]
fn a14_padding_of_the_mapping_is_wrong() {
    let mut card = SyntheticCard::new(issued(&mapping())).with_fault(CardFault::Pace(PaceTrick::WrongMappingPadding));
    let inspection = read(&mut card, &can(), &InspectionPolicy::default());
    check(&inspection, Overall::Fail, &[(Check::Pace, Outcome::Failed, Some(Cause::ProtocolViolated))]);
}

#[test]
fn a14_key_is_not_in_card_security() {
    for data in [spoilt(Fault::ForeignCardSecurity), cloned()] {
        let inspection = read_card(data, &can());
        let differs = (Check::ChipMapping, Outcome::Failed, Some(Cause::KeyNotBound));
        check(&inspection, Overall::Fail, &[(Check::CardSecurity, GOOD, None), differs]);
    }
}

/// Every file is a good card's; the chip has another secret.
fn cloned() -> CardData {
    let foreign = Making { chip_mapping: true, ..Making::default() };
    let other = crate::inspection_support::lab().issue(&crate::inspection_support::other_person(), &foreign).unwrap();
    CardData { chip_mapping: other.chip_mapping, ..issued(&mapping()) }
}

#[test]
fn e10_card_security_is_altered_or_of_another_kind() {
    let rows = [
        (spoilt(Fault::WrongCardSecurity), Cause::SignatureWrong),
        (with_card_security(|file| single(&file, 0x30).map(|_| vec![0x30, 0x00]).unwrap()), Cause::Malformed),
        // EF.SOD's signed data: a good signature over another kind of content.
        (with_sod_as_card_security(), Cause::ContentTypeUnknown),
        // The content type names something else; the signed attributes still name the first.
        (
            with_card_security(|file| replaced(&file, b"\x04\x00\x7F\x00\x07\x03\x02\x01", 7, 2)),
            Cause::ContentTypeUnknown,
        ),
        // One byte of a parameter within the content.
        (with_card_security(|file| replaced(&file, b"\x07\x02\x02\x04\x02\x02", 5, 4)), Cause::DigestWrong),
    ];
    for (data, cause) in rows {
        let inspection = read_card(data, &can());
        check(&inspection, Overall::Fail, &[(Check::CardSecurity, Outcome::Failed, Some(cause))]);
        assert_eq!(line(&inspection, Check::ChipMapping).outcome, Outcome::NotPerformed);
    }
}

fn with_card_security(change: impl Fn(Vec<u8>) -> Vec<u8>) -> CardData {
    let mut data = issued(&mapping());
    let file = data.master_files.get_mut(&FileId::CardSecurity.fid()).unwrap();
    *file = change(file.clone());
    data
}

fn with_sod_as_card_security() -> CardData {
    let data = issued(&mapping());
    let sod = single(data.files.get(&FileId::Sod.fid()).unwrap(), 0x77).unwrap().value.to_vec();
    with_card_security(|_| sod.clone())
}

/// The file with one byte behind the first place where `pattern` stands set to `value`.
fn replaced(file: &[u8], pattern: &[u8], offset: usize, value: u8) -> Vec<u8> {
    let at = file.windows(pattern.len()).position(|window| window == pattern).unwrap();
    let mut file = file.to_vec();
    file[at + offset] = value;
    file
}

#[test]
fn a14_card_security_that_is_not_there_leaves_chip_authentication() {
    let mut data = issued(&mapping());
    data.master_files.remove(&FileId::CardSecurity.fid());
    let inspection = read_card(data, &can());
    check(
        &inspection,
        Overall::Warn,
        &[
            (Check::ReadCardSecurity, Outcome::Failed, Some(Cause::FileMissing)),
            (Check::ChipMapping, Outcome::NotPerformed, Some(Cause::FileMissing)),
            (Check::ChipAuthentication, GOOD, None),
        ],
    );
}

#[test]
fn a06_offer_differs_from_its_copy_in_card_security() {
    let mut data = issued(&mapping());
    let file = data.master_files.get_mut(&FileId::CardAccess.fid()).unwrap();
    // Integrated mapping beside what was signed.
    let integrated = b"\x30\x12\x06\x0A\x04\x00\x7F\x00\x07\x02\x02\x04\x04\x02\x02\x01\x02\x02\x01\x0D";
    *file = encode(0x31, &[single(file, 0x31).unwrap().value, integrated].concat());
    let differs = (Check::CardAccessCopy, Outcome::Failed, Some(Cause::ListDiffers));
    check(&read_card(data, &can()), Overall::Fail, &[(Check::ChipMapping, GOOD, None), differs]);
}

#[test]
fn mapping_under_an_unknown_signer_is_undecided() {
    let data = Issuer::unknown().unwrap().issue(&crate::inspection_support::person(), &mapping()).unwrap();
    let undecided = (Check::ChipMapping, Outcome::Undetermined, Some(Cause::KeyOfUnknownSigner));
    check(&read_card(data, &can()), Overall::Unknown, &[undecided]);
}

#[test]
fn session_that_is_opened_again_is_proven_again() {
    let data = issued(&mapping());
    let whole = read_card(data.clone(), &can()).apdu_count;
    for at in 7..whole {
        let mut card = SyntheticCard::new(data.clone()).with_fault(CardFault::PlainStatusAt(at, 0x6988));
        let inspection = read(&mut card, &can(), &InspectionPolicy::default());
        let proofs = inspection.results.iter().filter(|line| line.check == Check::ChipMapping).count();
        let reopened = inspection.overall == Overall::Pass;
        assert!(!reopened || proofs <= 2, "at {at}");
    }
}
