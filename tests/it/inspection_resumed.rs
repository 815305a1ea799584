//! A card that is lifted and put back: the reading goes on where it was, and never with another card's files.

use crate::inspection_support::{can, check, issued, mrz, other_person, person, read, trust};
use diemdanh::bits::random::SeededRandom;
use diemdanh::emrtd::access::key::AccessKey;
use diemdanh::emrtd::inspect::{Contact, Inspection, InspectionPolicy, Inspector, Resumption, Unobserved};
use diemdanh::emrtd::lds::files::FileId;
use diemdanh::emrtd::report::{Cause, Check, Outcome, Overall};
use diemdanh::iso7816::transport::TransportError;
use diemdanh::lab::card::{CardData, CardFault, SyntheticCard};
use diemdanh::lab::issuer::portrait::Coding;
use diemdanh::lab::issuer::{Fault, Issuer, Making};

const FIRST_CONTACT: &str = "2026-06-26T00:30:00Z";
const SOON_AFTER: &str = "2026-06-26T00:30:29Z";
const TOO_LATE: &str = "2026-06-26T00:30:31Z";

fn small() -> Making {
    Making { portrait: Coding::Jpeg, ..Making::default() }
}

/// Many commands, so that there are many places to be lifted at.
fn short(data: &CardData) -> SyntheticCard {
    SyntheticCard::new(data.clone()).with_fault(CardFault::ShortOnly)
}

fn whole_of(data: &CardData) -> Inspection {
    read(&mut short(data), &can(), &InspectionPolicy::default())
}

fn contact(card: &mut SyntheticCard, key: &AccessKey, now: &str, resumption: Option<Resumption>) -> Contact {
    let (trust, policy, now) = (trust(), InspectionPolicy::default(), now.parse().unwrap());
    let inspector = Inspector { key, trust: &trust, policy: &policy, now };
    inspector.inspect(card, resumption, &mut SeededRandom::new("resumed"), &mut Unobserved)
}

/// The first contact, which ends at the command with this index.
fn lifted(data: &CardData, at: u32, resumption: Option<Resumption>) -> Contact {
    let mut card = short(data).with_fault(CardFault::LiftedAt(at));
    let contact = contact(&mut card, &can(), FIRST_CONTACT, resumption);
    let lost = Some(Cause::Link(TransportError::CardLost));
    check(&contact.inspection, Overall::Retry, &[(Check::Link, Outcome::Aborted, lost)]);
    assert_eq!(contact.inspection.files.present().count(), 0);
    contact
}

/// The second contact with a card of `data`.
fn put_back(data: &CardData, resumption: Option<Resumption>) -> Inspection {
    let again = contact(&mut short(data), &can(), SOON_AFTER, resumption);
    assert!(again.resumption.is_none(), "a reading that ended leaves nothing");
    again.inspection
}

#[test]
fn c10_card_lifted_at_every_apdu_resumes_where_it_was() {
    // Every command of the usual card, every fifth of one that proves itself within PACE.
    for (making, step) in [(small(), 1), (Making { chip_mapping: true, ..small() }, 5)] {
        let data = issued(&making);
        let whole = whole_of(&data);
        let places = (0..whole.apdu_count).step_by(step);
        let resumed = places.filter(|at| lifted_and_put_back(&data, *at, &whole)).count();
        assert!(resumed * step * 3 > whole.apdu_count as usize, "{resumed} of {}", whole.apdu_count);
        let last = put_back(&data, lifted(&data, whole.apdu_count - 1, None).resumption);
        println!("{} commands in all, {} to resume at the last", whole.apdu_count, last.apdu_count);
        assert!(last.apdu_count * 2 < whole.apdu_count, "{} of {}", last.apdu_count, whole.apdu_count);
    }
}

/// Lifted at this command and put back: the same report in fewer commands. True where something was kept.
fn lifted_and_put_back(data: &CardData, at: u32, whole: &Inspection) -> bool {
    let resumption = lifted(data, at, None).resumption;
    let kept = resumption.is_some();
    let again = put_back(data, resumption);
    check(&again, Overall::Pass, &[]);
    assert_eq!(again.results, whole.results, "lifted at {at}");
    assert_eq!(again.files, whole.files, "lifted at {at}");
    assert!(at + 1 + again.apdu_count <= 2 * whole.apdu_count, "lifted at {at}: {}", again.apdu_count);
    kept
}

#[test]
fn c10_card_lifted_again_and_again_loses_nothing() {
    let data = issued(&small());
    let whole = whole_of(&data);
    let late = lifted(&data, whole.apdu_count - 2, None).resumption;
    let kept: Vec<FileId> = late.as_ref().unwrap().files().collect();
    // Before the signed object is there for a second time, and behind it.
    for at in [0, 3, 9, 14] {
        let again = lifted(&data, at, late.clone()).resumption.unwrap();
        assert_eq!(again.files().collect::<Vec<_>>(), kept, "lifted at {at}");
        let inspection = put_back(&data, Some(again));
        assert_eq!(inspection.results, whole.results, "lifted at {at}");
    }
}

#[test]
fn c11_another_card_put_back_keeps_nothing() {
    let data = issued(&small());
    let other = Issuer::lab().unwrap().issue(&other_person(), &small()).unwrap();
    // The same key opens it, so that only its files tell.
    let other = CardData { can: data.can.clone(), ..other };
    let whole = whole_of(&data).apdu_count;
    let alone = whole_of(&other);
    for at in (0..whole).step_by(3) {
        let again = put_back(&other, lifted(&data, at, None).resumption);
        // The key is the first card's: that the second one has another number is said.
        check(&again, Overall::Warn, &[(Check::AccessKey, Outcome::Failed, Some(Cause::AccessKeyDiffers))]);
        assert_eq!(again.files, alone.files, "lifted at {at}");
        assert_eq!(again.apdu_count, alone.apdu_count, "lifted at {at}");
    }
}

#[test]
fn c11_nothing_is_kept_too_long_or_for_another_key() {
    let data = issued(&small());
    let whole = whole_of(&data).apdu_count;
    let resumption = lifted(&data, whole - 1, None).resumption;
    let late = contact(&mut short(&data), &can(), TOO_LATE, resumption.clone());
    assert_eq!(late.inspection.apdu_count, whole);
    let other_key = contact(&mut short(&data), &mrz(), SOON_AFTER, resumption);
    assert_eq!(other_key.inspection.apdu_count, whole);
}

#[test]
fn c10_proof_of_the_chip_is_not_carried_over() {
    let data = issued(&small());
    let whole = whole_of(&data).apdu_count;
    let clone = issued(&Making { fault: Some(Fault::Clone), ..small() });
    let again = put_back(&clone, lifted(&data, whole - 1, None).resumption);
    check(&again, Overall::Fail, &[(Check::ChipAuthentication, Outcome::Failed, Some(Cause::KeyNotBound))]);
}

#[test]
fn what_is_kept_prints_no_person() {
    let data = issued(&small());
    let whole = whole_of(&data).apdu_count;
    let text = format!("{:?}", lifted(&data, whole - 1, None).resumption.unwrap());
    assert!(text.contains("Sod") && !text.contains(&person().number), "{text}");
}
