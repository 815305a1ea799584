//! The whole inspection of lab cards, good and bad, whole and interrupted: what every case must end in.

use diemdanh::bits::random::SeededRandom;
use diemdanh::emrtd::access::key::AccessKey;
use diemdanh::emrtd::authenticity::trust::TrustStore;
use diemdanh::emrtd::inspect::{AccessMethod, Inspection, InspectionPolicy, Observer, Progress, inspect};
use diemdanh::emrtd::lds::files::FileId;
use diemdanh::emrtd::report::{Check, Outcome, Overall};
use diemdanh::lab::card::{CardData, CardFault, SyntheticCard};
use diemdanh::lab::issuer::people::people;
use diemdanh::lab::issuer::{Fault, Issuer, Making, trust_store_der};
use diemdanh::lab::simulator;

fn card(making: &Making) -> CardData {
    Issuer::lab().unwrap().issue(&people()[0], making).unwrap()
}

fn good() -> SyntheticCard {
    SyntheticCard::new(card(&Making::default()))
}

fn can() -> AccessKey {
    AccessKey::can("000017")
}

fn look(card: &mut SyntheticCard, key: &AccessKey) -> Inspection {
    watch(card, key, &mut Watcher::default())
}

fn watch(card: &mut SyntheticCard, key: &AccessKey, watcher: &mut Watcher) -> Inspection {
    let (trust, _) = TrustStore::from_certificates(&trust_store_der().unwrap());
    let now = "2026-06-26T00:30:00Z".parse().unwrap();
    let policy = InspectionPolicy::default();
    inspect(card, key, &trust, &policy, now, &mut SeededRandom::new("inspection"), watcher)
}

/// Notes what was told, in order.
#[derive(Default)]
struct Watcher {
    files: Vec<FileId>,
    identity_after: Option<usize>,
}

impl Observer for Watcher {
    fn progress(&mut self, progress: Progress<'_>) {
        match progress {
            Progress::FileRead(file) => self.files.push(file),
            Progress::Identity(inspection) => {
                assert!(matches!(inspection.overall, Overall::Pass), "{:?}", inspection.results);
                self.identity_after = Some(self.files.len());
            }
            Progress::AccessDone { .. } | Progress::Reading { .. } => {}
        }
    }
}

#[test]
fn a_good_card_passes_and_its_identity_comes_before_the_portrait() {
    let mut watcher = Watcher::default();
    let inspection = watch(&mut good(), &can(), &mut watcher);
    assert_eq!(inspection.overall, Overall::Pass, "{:#?}", inspection.results);
    assert_eq!(inspection.access_method, Some(AccessMethod::PaceCan));
    let portrait = watcher.files.iter().position(|file| *file == FileId::Dg(2)).unwrap();
    assert!(watcher.identity_after.unwrap() <= portrait);
    let mut once = watcher.files.clone();
    once.dedup();
    assert_eq!(once, watcher.files, "no file is read twice");
    println!("{} commands, largest block {}", inspection.apdu_count, inspection.block_size_bytes);
    assert!(inspection.apdu_count <= 30);
}

#[test]
fn every_card_of_the_lab_and_its_verdict() {
    for person in people() {
        let card = simulator::card_of(&person, "good").unwrap();
        let inspection = look(&mut SyntheticCard::new(card), &AccessKey::can(person.can()));
        assert_eq!(inspection.overall, Overall::Pass, "{}", person.number);
    }
    for (fault, overall) in [
        ("clone", Overall::Fail),
        ("tampered-dg1", Overall::Fail),
        ("tampered-portrait", Overall::Fail),
        ("wrong-signature", Overall::Fail),
        ("unknown-signer", Overall::Unknown),
    ] {
        let card = simulator::card_of(&people()[0], fault);
        let inspection = watch_quietly(&mut SyntheticCard::new(card.unwrap()));
        assert_eq!(inspection.overall, overall, "{fault}: {:#?}", inspection.results);
    }
}

struct Silent;

impl Observer for Silent {
    fn progress(&mut self, _: Progress<'_>) {}
}

#[test]
fn wrong_key_asks_for_another_and_nothing_more_is_sent() {
    let mut card = good();
    let inspection = look(&mut card, &AccessKey::can("000018"));
    assert_eq!(inspection.overall, Overall::Access);
    assert_eq!(inspection.files.present().collect::<Vec<_>>(), [FileId::CardAccess]);
}

#[test]
fn bac_only_cards_are_opened_with_the_mrz() {
    let making = Making { pace: false, ..Making::default() };
    let key = AccessKey::mrz("208000017", "080215", "330215");
    let inspection = look(&mut SyntheticCard::new(card(&making)), &key);
    assert_eq!(inspection.overall, Overall::Pass, "{:#?}", inspection.results);
    assert_eq!(inspection.access_method, Some(AccessMethod::Bac));
    assert!(!inspection.downgraded);
}

#[test]
fn signatures_of_the_chip_pass_short_answers() {
    let making = Making { chip_authentication: false, ..Making::default() };
    for fault in [None, Some(CardFault::ShortOnly)] {
        let mut card = SyntheticCard::new(card(&making));
        if let Some(fault) = fault {
            card = card.with_fault(fault);
        }
        let inspection = look(&mut card, &can());
        let active = inspection.results.iter().find(|line| line.check == Check::ActiveAuthentication).unwrap();
        assert_eq!(active.outcome, Outcome::Successful, "{fault:?}");
    }
}

#[test]
fn a_clone_without_active_authentication_fails() {
    let making = Making { active_authentication: false, ..Making::with_fault(Fault::Clone) };
    let inspection = watch_quietly(&mut SyntheticCard::new(card(&making)));
    assert_eq!(inspection.overall, Overall::Fail);
}

#[test]
fn card_lifted_at_every_command_is_never_a_verdict() {
    let mut whole = good();
    assert_eq!(look(&mut whole, &can()).overall, Overall::Pass);
    for index in 0..whole.apdu_count() {
        let mut card = good().with_fault(CardFault::LiftedAt(index));
        let inspection = watch_quietly(&mut card);
        assert_eq!(inspection.overall, Overall::Retry, "lifted at {index}");
        assert_eq!(card.apdu_count(), index + 1, "nothing is sent to a card that is gone");
        card.without_faults();
        assert_eq!(watch_quietly(&mut card).overall, Overall::Pass, "put back after {index}");
    }
}

#[test]
fn odd_habits_do_not_change_the_verdict() {
    for fault in [
        CardFault::ShortOnly,
        CardFault::MaxBlock(100),
        CardFault::NoMasterFile,
        CardFault::CardAccessLocked,
        CardFault::NoShortIdentifiers,
    ] {
        let inspection = watch_quietly(&mut good().with_fault(fault));
        assert_eq!(inspection.overall, Overall::Pass, "{fault:?}: {:#?}", inspection.results);
    }
}

fn watch_quietly(card: &mut SyntheticCard) -> Inspection {
    let (trust, _) = TrustStore::from_certificates(&trust_store_der().unwrap());
    let now = "2026-06-26T00:30:00Z".parse().unwrap();
    let policy = InspectionPolicy::default();
    inspect(card, &can(), &trust, &policy, now, &mut SeededRandom::new("inspection"), &mut Silent)
}
