//! The straight path through the real desk: from a tap to an entry on the disk, and on to the next start.

use crate::desk_support::{World, card, check_ins, failed_reads, good, is_idle, person};
use diemdanh::checkin::event::{Choice, Input, NotAdmittedReason};
use diemdanh::checkin::failure::{Failure, Signal};
use diemdanh::checkin::view::{Headline, Instruction, LineWord, Screen, View};
use diemdanh::lab::registry_stub::StubSettings;
use diemdanh::record::{AttendanceEvent, ChipState, RegistryState};

#[test]
fn good_card_is_admitted_and_stands_in_the_journal() {
    let world = World::asking(StubSettings::default());
    let bench = world.open();
    bench.tap(&person(0), card(&good(&person(0))));
    let case = bench.decided();
    assert_eq!((case.signal, case.headline), (Signal::Ok, Headline::Admit));
    assert!(case.lines.iter().all(|line| line.word == LineWord::Good), "{:?}", case.lines);
    assert_eq!(case.place.map(|place| (place.room, place.seat)), Some(("P12".to_owned(), "1".to_owned())));

    let receipt = bench.decide(Choice::Admit);
    // The entry is on the disk before it is shown, so it is there while the desk still runs.
    let entries = world.entries_in("journal");
    let shown = entries.iter().find(|entry| receipt.entry == format!("1/{}", entry.seq)).unwrap();
    let AttendanceEvent::CheckIn(check_in) = &shown.event else { panic!("{:?}", shown.event) };
    assert_eq!((check_in.chip, check_in.registry), (ChipState::Pass, RegistryState::Match));
    assert_eq!((check_in.access.as_str(), check_in.remarks.len()), ("pace-can", 0));
    bench.stop();
    assert!(matches!(world.events().last(), Some(AttendanceEvent::Close { totals, .. }) if totals.arrived == 1));
    world.board_agrees();
}

#[test]
fn next_start_knows_who_is_in() {
    let world = World::alone();
    let bench = world.open();
    bench.tap(&person(0), card(&good(&person(0))));
    bench.decided();
    let first = bench.decide(Choice::Admit);
    bench.stop();

    let bench = world.open();
    assert_eq!(bench.view.get().header.arrived, 1);
    bench.tap(&person(0), card(&good(&person(0))));
    let case = bench.decided();
    assert!(matches!(bench.view.get().screen, Screen::AlreadyIn(_)));
    assert_eq!(case.arrival.map(|arrival| arrival.entry), Some(first.entry));
    bench.decide(Choice::ReEntry);
    bench.stop();
    let events = world.events();
    assert_eq!(check_ins(&events), 1);
    assert!(events.iter().any(|event| matches!(event, AttendanceEvent::ReEntry { .. })));
    world.board_agrees();
}

#[test]
fn second_tap_of_the_same_person_is_shown_with_the_first() {
    let world = World::alone();
    let bench = world.open();
    bench.tap(&person(0), card(&good(&person(0))));
    bench.decided();
    let first = bench.decide(Choice::Admit);
    bench.next();
    bench.tap(&person(0), card(&good(&person(0))));
    let case = bench.decided();
    assert_eq!((case.headline, case.arrival.map(|arrival| arrival.entry)), (Headline::AlreadyIn, Some(first.entry)));
    bench.decide(Choice::ReportDuplicate);
    bench.stop();
    assert!(world.events().iter().any(|event| matches!(event, AttendanceEvent::DuplicateReported { .. })));
    world.board_agrees();
}

#[test]
fn card_first_and_key_second() {
    let world = World::alone();
    let bench = world.open();
    bench.field.insert(card(&good(&person(0))));
    let asks = |view: &View| matches!(&view.screen, Screen::Idle(idle) if idle.instruction == Instruction::GiveKey);
    bench.wait("the question for the key", asks);
    bench.enter(person(0).can());
    assert_eq!(bench.decided().headline, Headline::Admit);
    bench.stop();
}

#[test]
fn nobody_on_the_list_is_referred_and_recorded() {
    let world = World::alone();
    let bench = world.open();
    bench.tap(&person(9), card(&good(&person(9))));
    let case = bench.decided();
    assert_eq!((case.headline, case.reasons.as_slice()), (Headline::Ask, [Failure::NotListed].as_slice()));
    bench.decide(Choice::Refer);
    bench.stop();
    let referred = world.events().into_iter().find_map(|event| match event {
        AttendanceEvent::Referred { cand, reasons, .. } => Some((cand, reasons)),
        _ => None,
    });
    let (candidate, reasons) = referred.unwrap();
    assert_eq!(candidate, None);
    assert_eq!(reasons.iter().map(|reason| reason.as_str()).collect::<Vec<_>>(), ["m01"]);
    world.board_agrees();
}

#[test]
fn refusal_needs_a_reason_and_is_recorded() {
    let world = World::alone();
    let bench = world.open();
    bench.tap(&person(0), card(&good(&person(0))));
    bench.decided();
    bench.choose(Choice::NotAdmitted);
    bench.give_reason(NotAdmittedReason::PortraitDiffers);
    bench.receipt();
    bench.stop();
    let is_it = |event: &AttendanceEvent| matches!(event, AttendanceEvent::NotAdmitted { reason, .. } if reason.as_str() == "portrait-differs");
    assert!(world.events().iter().any(is_it));
    assert_eq!(check_ins(&world.events()), 0);
    world.board_agrees();
}

#[test]
fn leaving_a_person_without_a_decision_is_recorded() {
    let world = World::alone();
    let bench = world.open();
    bench.tap(&person(0), card(&good(&person(0))));
    bench.decided();
    bench.desk.send(Input::Back);
    bench.wait("the idle screen", is_idle);
    bench.stop();
    assert_eq!(failed_reads(&world.events()), ["cancelled"]);
    world.board_agrees();
}
