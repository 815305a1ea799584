//! Types of cards that are known to have a key: a copy that leaves the keys out is noticed.

use crate::desk_support::{World, card, good, made, person};
use crate::inspection_support::{can, check, faulty, issued, read};
use diemdanh::checkin::event::Choice;
use diemdanh::checkin::failure::Failure;
use diemdanh::checkin::view::Headline;
use diemdanh::crypto::HashAlg;
use diemdanh::emrtd::inspect::{CardType, InspectionPolicy};
use diemdanh::emrtd::report::{Cause, Check, Outcome, Overall};
use diemdanh::lab::card::SyntheticCard;
use diemdanh::lab::issuer::{Fault, Issuer, Making};

/// A policy that asks for no proof of the chip: what is left of a missing key is the card's type.
fn lax(card_types: Vec<CardType>) -> InspectionPolicy {
    InspectionPolicy { chip_authentication_required: false, card_types, ..InspectionPolicy::default() }
}

fn signer() -> [u8; 32] {
    HashAlg::Sha256.digest(Issuer::lab().unwrap().signer_der()).try_into().unwrap()
}

fn named(issuer: &str, document: &str, since: Option<&str>) -> CardType {
    let since = since.map(|day| day.parse().unwrap());
    CardType::Named { issuer: issuer.to_owned(), document: document.to_owned(), since }
}

#[test]
fn g08_keys_dropped_on_a_known_type_is_a_warning() {
    let known = [CardType::vietnamese(), named("VNM", "ID", Some("2024-05-20")), CardType::Signer(signer())];
    for card_type in known {
        let policy = lax(vec![card_type.clone()]);
        let dropped = read(&mut SyntheticCard::new(faulty(Fault::WithoutKeys)), &can(), &policy);
        let expected = (Check::CardTypeKeys, Outcome::Undetermined, Some(Cause::KeysDropped));
        check(&dropped, Overall::Warn, &[expected]);
        let good = read(&mut SyntheticCard::new(issued(&Making::default())), &can(), &policy);
        check(&good, Overall::Pass, &[(Check::CardTypeKeys, Outcome::Successful, None)]);
    }
}

#[test]
fn g08_keys_missing_on_other_types_is_no_suspicion() {
    let others = [named("D", "ID", None), named("VNM", "P", None), named("VNM", "ID", Some("2024-05-21"))];
    let others = others.into_iter().chain([CardType::Signer([0; 32])]).collect();
    let dropped = read(&mut SyntheticCard::new(faulty(Fault::WithoutKeys)), &can(), &lax(others));
    check(&dropped, Overall::Pass, &[]);
    assert!(dropped.results.iter().all(|line| line.check != Check::CardTypeKeys));
}

/// A desk without a table of types, that wants no proof of the chip.
fn world() -> World {
    let world = World::alone();
    world.change_config("[paths]", "[chip]\nauthentication_required = false\ncard_type = []\n[paths]");
    world
}

#[test]
fn g08_desk_remembers_a_signer_whose_chips_proved_themselves() {
    let world = world();
    let bench = world.open();
    let without = |index| card(&made(&person(index), &Making::with_fault(Fault::WithoutKeys)));
    bench.tap(&person(0), without(0));
    assert_eq!(bench.decided().headline, Headline::Admit, "nothing is known about this signer yet");
    bench.decide(Choice::Admit);
    bench.next();
    bench.tap(&person(1), card(&good(&person(1))));
    assert_eq!(bench.decided().headline, Headline::Admit);
    bench.decide(Choice::Admit);
    bench.next();
    bench.tap(&person(2), without(2));
    let case = bench.decided();
    assert!(case.reasons.contains(&Failure::ChipNotAsked), "{:?}", case.reasons);
    bench.decide(Choice::Refer);
    bench.stop();
}
