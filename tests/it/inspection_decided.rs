//! What was decided stays decided: a link that breaks afterwards takes no failure back, and no reading that was given up
//! hides one.

use crate::inspection_support::{GOOD, can, faulty, issued, line, mrz, person, read, read_card};
use diemdanh::checkin::chip::ChipReading;
use diemdanh::checkin::failure::{Failure, Signal};
use diemdanh::emrtd::access::key::AccessKey;
use diemdanh::emrtd::inspect::{AccessNumber, Inspection, InspectionPolicy};
use diemdanh::emrtd::report::{Cause, Check, Outcome, Overall, render};
use diemdanh::lab::card::{ActiveTrick, CardData, CardFault, SyntheticCard};
use diemdanh::lab::issuer::authority::{Authority, Validity};
use diemdanh::lab::issuer::portrait::Coding;
use diemdanh::lab::issuer::{Fault, Issuer, Making};

/// A small card, so that every command of its reading can be tried.
fn small(fault: Option<Fault>) -> CardData {
    issued(&Making { portrait: Coding::Jpeg, fault, ..Making::default() })
}

/// A card that fails at one check.
struct Failing {
    name: &'static str,
    data: CardData,
    habit: Option<CardFault>,
    check: Check,
    failure: Failure,
}

impl Failing {
    fn new(name: &'static str, data: CardData, check: Check, failure: Failure) -> Self {
        Self { name, data, habit: None, check, failure }
    }

    fn card(&self, fault: Option<CardFault>) -> SyntheticCard {
        let faults = self.habit.into_iter().chain(fault);
        faults.fold(SyntheticCard::new(self.data.clone()), |card, fault| card.with_fault(fault))
    }

    fn read(&self, fault: Option<CardFault>) -> Inspection {
        read(&mut self.card(fault), &can(), &InspectionPolicy::default())
    }

    /// The number of commands after which the check has failed: the first at which a card that goes mute has its line.
    fn decided_after(&self, whole: u32) -> u32 {
        let has_failed = |at: &u32| {
            let inspection = self.read(Some(CardFault::MuteFrom(*at)));
            inspection.results.iter().any(|line| line.check == self.check && line.outcome == Outcome::Failed)
        };
        (0..=whole).find(has_failed).expect("a command after which it has failed")
    }
}

/// Each with what the desk calls it.
fn failing() -> Vec<Failing> {
    let mapped =
        |fault| issued(&Making { chip_mapping: true, portrait: Coding::Jpeg, fault: Some(fault), ..Making::default() });
    let signing = issued(&Making { portrait: Coding::Jpeg, chip_authentication: false, ..Making::default() });
    let wrong_answer = Failing::new("wrong answer", signing, Check::ActiveAuthentication, Failure::ChipNotProven);
    let wrong_answer = Failing { habit: Some(CardFault::Active(ActiveTrick::WrongSignature)), ..wrong_answer };
    let of = |name, fault, check, failure| Failing::new(name, small(Some(fault)), check, failure);
    vec![
        of("altered DG1", Fault::TamperedDg1, Check::DgHash(1), Failure::DataAltered),
        of("altered DG13", Fault::TamperedGroup(13), Check::DgHash(13), Failure::DataAltered),
        of("altered DG14", Fault::TamperedGroup(14), Check::DgHash(14), Failure::DataAltered),
        of("wrong signature", Fault::WrongSignature, Check::SodSignature, Failure::DataAltered),
        of("clone", Fault::Clone, Check::ChipAuthentication, Failure::ChipNotProven),
        of("missing DG13", Fault::MissingGroup(13), Check::ReadGroup(13), Failure::FileDamaged),
        of("garbage in DG1", Fault::GarbageGroup(1), Check::DgParse(1), Failure::FileDamaged),
        wrong_answer,
        Failing::new(
            "foreign mapping key",
            mapped(Fault::ForeignCardSecurity),
            Check::ChipMapping,
            Failure::ChipNotProven,
        ),
        Failing::new(
            "altered EF.CardSecurity",
            mapped(Fault::WrongCardSecurity),
            Check::CardSecurity,
            Failure::ChainBroken,
        ),
        Failing::new("foreign country", foreign(), Check::CountryAgreement, Failure::ChainBroken),
    ]
}

/// Signed under the lab's anchor by a signer whose country is another's than its issuer's.
fn foreign() -> CardData {
    let moment = |text: &str| text.parse().unwrap();
    let validity = Validity { from: moment("2024-01-01T00:00:00Z"), to: moment("2040-01-01T00:00:00Z") };
    let authority = Authority::country_signer("Lab CSCA 1", "VN", validity).unwrap();
    let signer = authority.document_signer("Foreign DS", "LA", validity).unwrap();
    let issuer = Issuer::of(authority, signer, Some(moment("2024-05-20T08:00:00Z")));
    issuer.issue(&person(), &Making { portrait: Coding::Jpeg, ..Making::default() }).unwrap()
}

#[track_caller]
fn check_failed(what: &str, inspection: &Inspection, check: Check, failure: Failure) {
    let report = render::text(inspection);
    assert_eq!(inspection.overall, Overall::Fail, "{what}\n{report}");
    let failed = |line: &&diemdanh::emrtd::report::CheckResult| line.check == check && line.outcome == Outcome::Failed;
    assert!(inspection.results.iter().any(|line| failed(&line)), "{what}\n{report}");
    // What comes to it afterwards may be graver, never less.
    let told = ChipReading::of(inspection).failure.expect("a failure");
    assert!(told == failure || told.signal() == Signal::Stop, "{what}: {told:?}\n{report}");
}

#[test]
fn every_failed_check_stays_a_failure_whatever_the_card_does_afterwards() {
    for failing in failing() {
        let Failing { name, check, failure, .. } = failing;
        let whole = failing.read(None).apdu_count;
        let from = failing.decided_after(whole);
        for at in from..whole {
            let plain = [0x6988, 0x6700, 0x6F00, 0x6982, 0x9000].map(|status| CardFault::PlainStatusAt(at, status));
            let faults = [CardFault::LiftedAt(at), CardFault::MuteFrom(at), CardFault::WrongMacAt(at)];
            for fault in faults.into_iter().chain(plain) {
                let inspection = failing.read(Some(fault));
                check_failed(&format!("{name}, {fault:?} of {whole}"), &inspection, check, failure);
            }
        }
        println!("{name}: decided after command {from} of {whole}");
    }
}

#[test]
fn signer_that_nobody_knows_stays_unknown_when_the_link_breaks() {
    let making = Making { portrait: Coding::Jpeg, ..Making::default() };
    let data = Issuer::unknown().unwrap().issue(&person(), &making).unwrap();
    let whole = read_card(data.clone(), &can()).apdu_count;
    let mut unknown = 0;
    for at in 0..whole {
        let mut card = SyntheticCard::new(data.clone()).with_fault(CardFault::LiftedAt(at));
        let inspection = read(&mut card, &can(), &InspectionPolicy::default());
        let decided = inspection.results.iter().any(|line| line.cause == Some(Cause::UnknownSigner));
        let expected = if decided { Overall::Unknown } else { Overall::Retry };
        assert_eq!(inspection.overall, expected, "lifted at {at}\n{}", render::text(&inspection));
        unknown += u32::from(decided);
    }
    assert!(unknown > 3, "{unknown} of {whole}");
}

#[test]
fn h07_one_contact_one_report_nothing_of_another_contact_joins() {
    // An emulator serves the files of one and drops the link; a genuine card of another comes next: each contact has a
    // report of its own, with its own files, and the second has nothing of the first.
    let forged = small(Some(Fault::TamperedDg1));
    let whole = read_card(forged.clone(), &can()).apdu_count;
    let mut card = SyntheticCard::new(forged).with_fault(CardFault::LiftedAt(whole - 1));
    let first = read(&mut card, &can(), &InspectionPolicy::default());
    let second = read_card(small(None), &can());
    assert_eq!((first.overall, second.overall), (Overall::Fail, Overall::Pass));
    let dg1 = diemdanh::emrtd::lds::files::FileId::Dg(1);
    assert_ne!(first.files.get(dg1), second.files.get(dg1));
    assert!(second.results.iter().all(|line| line.cause != Some(Cause::HashDiffers)));
}

#[test]
fn h08_signed_offer_of_pace_and_a_reading_by_bac_is_a_downgrade_though_the_offer_was_not_read() {
    let fid = diemdanh::emrtd::lds::files::FileId::CardAccess.fid();
    let hidden =
        |card: SyntheticCard| card.with_fault(CardFault::Refuses(diemdanh::lab::card::Refused::PaceChoice, 0x6A88));
    let mut without = issued(&Making::default());
    without.master_files.remove(&fid);
    let cards: [fn(CardData) -> SyntheticCard; 2] =
        [SyntheticCard::new, |data| SyntheticCard::new(data).with_fault(CardFault::CardAccessLocked)];
    for make in cards {
        let inspection = read(&mut hidden(make(without.clone())), &mrz(), &InspectionPolicy::default());
        let copy = line(&inspection, Check::CardAccessCopy);
        assert_eq!((copy.outcome, copy.cause), (Outcome::Failed, Some(Cause::OfferHidden)));
        assert_eq!((inspection.overall, inspection.downgraded), (Overall::Warn, true), "{}", render::text(&inspection));
        let strict = InspectionPolicy { bac_fallback: false, ..InspectionPolicy::default() };
        let inspection = read(&mut hidden(make(without.clone())), &mrz(), &strict);
        assert_eq!(inspection.overall, Overall::Fail, "{}", render::text(&inspection));
    }
    let honest = read_card(issued(&Making { pace: false, ..Making::default() }), &mrz());
    assert_eq!((honest.overall, honest.downgraded), (Overall::Pass, false), "{}", render::text(&honest));
}

#[test]
fn h09_key_that_opened_the_chip_is_compared_with_the_signed_number() {
    let good = read_card(issued(&Making::default()), &can());
    assert_eq!(line(&good, Check::AccessKey).outcome, GOOD);
    let by_mrz = read_card(issued(&Making::default()), &mrz());
    assert_eq!(line(&by_mrz, Check::AccessKey).outcome, GOOD);
    // A chip that opens with another number than its own: one in between, that knows what the desk was told.
    let mut data = issued(&Making::default());
    data.can = Some(diemdanh::bits::secret::Secret::new("123456".to_owned()));
    let other = read_card(data, &AccessKey::can("123456"));
    let found = line(&other, Check::AccessKey);
    assert_eq!((found.outcome, found.cause), (Outcome::Failed, Some(Cause::AccessKeyDiffers)));
    assert_eq!(other.overall, Overall::Warn, "never green\n{}", render::text(&other));
    // Documents whose number has nothing to do with the card access number.
    let policy = InspectionPolicy { access_number: AccessNumber::Unrelated, ..InspectionPolicy::default() };
    let unrelated = read(&mut SyntheticCard::new(issued(&Making::default())), &can(), &policy);
    assert_eq!(line(&unrelated, Check::AccessKey).cause, Some(Cause::NotNeeded));
    // An altered DG1 proves nothing about any key.
    let altered = read_card(faulty(Fault::TamperedDg1), &can());
    assert_eq!(line(&altered, Check::AccessKey).outcome, Outcome::NotPerformed);
}
