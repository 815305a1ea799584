//! What two people decide, seen by the brain alone: who may stand beside whom, what may be ruled when, what is written.

use crate::checkin_support::{Desk, HERE, NOBODY, OTHER_ROOM, PIN, chip, holder_named};
use crate::staffed::*;
use diemdanh::bits::secret::Secret;
use diemdanh::checkin::context::DeskPolicy;
use diemdanh::checkin::event::{Choice, Event, Input, Meaning, NotAdmittedReason};
use diemdanh::checkin::failure::Failure;
use diemdanh::checkin::view::*;
use diemdanh::emrtd::report::Overall;
use diemdanh::record::{AttendanceEvent, ChipState, RegistryState};
use diemdanh::registry::{Answer, CardInvalidReason};

/// Who belongs into this room as well.
const THIRD: &str = "099208002235";
/// Another one whom no list has.
const STRANGER: &str = "099208007733";

#[test]
fn one_of_the_two_may_decide_exceptions_and_nobody_is_both() {
    let rows: [(&str, &[&str]); 3] = [
        ("gt-01", &["tdt-01", "hd-01"]),
        ("tdt-01", &["gt-01", "gt-02", "hd-01"]),
        ("hd-01", &["gt-01", "gt-02", "tdt-01"]),
    ];
    for (on_duty, may) in rows {
        let mut desk = desk_of(on_duty);
        let_in(&mut desk, HERE);
        input(&mut desk, Input::UndoLast);
        rule(&mut desk, Ruling::Undo(UndoReason::Mistake));
        assert_eq!(codes(&desk), may, "{on_duty}");
        prove(&mut desk, may[0], PIN);
        assert!(is_recorded(&desk), "{on_duty}");
    }
}

#[test]
fn a_technician_rules_nothing() {
    let mut desk = desk_of("kt-01");
    assert!(!idle(&desk).takes_without_card && idle(&desk).undo.is_none());
    let id = desk.context.roster.ids()[0];
    let meaning = desk.meaning();
    input(&mut desk, Input::WithoutCard(id, meaning));
    idle(&desk);
}

#[test]
fn a_desk_outside_a_package_offers_nothing_of_it() {
    let mut desk = Desk::new(DeskPolicy { registry_asked: false, ..DeskPolicy::default() });
    let_in(&mut desk, HERE);
    refer(&mut desk, OTHER_ROOM);
    assert_eq!((idle(&desk).waiting, idle(&desk).undo.clone(), idle(&desk).takes_without_card), (0, None, false));
    input(&mut desk, Input::UndoLast);
    input(&mut desk, Input::OpenWaiting);
    idle(&desk);
}

#[test]
fn who_was_referred_waits_and_is_let_in_with_what_was_found() {
    let mut desk = desk_of("gt-01");
    refer(&mut desk, HERE);
    assert_eq!((idle(&desk).waiting, arrived(&desk)), (1, 0));
    open_first(&mut desk);
    assert_eq!(exception(&desk).person.unwrap().causes, [Cause::Named(vec![Failure::ChipNotAsked])]);
    rule(&mut desk, Ruling::Admit(Ground::PrintedCard));
    prove(&mut desk, "tdt-01", PIN);
    assert!(is_recorded(&desk) && arrived(&desk) == 1);
    let Some(AttendanceEvent::ManualDecision { cand, doc, admitted, chip, registry, reason, second }) =
        desk.written.last()
    else {
        panic!("{:?}", desk.written.last())
    };
    assert!(cand.is_some() && doc.is_some() && *admitted);
    assert_eq!((*chip, *registry), (ChipState::Warn, RegistryState::NotAsked));
    assert_eq!((reason.as_str(), second.as_str()), ("printed-card", "tdt-01"));
    desk.go_on();
    assert_eq!(idle(&desk).waiting, 0);
    assert!(idle(&desk).undo.is_some(), "a manual admission can be taken back like any other");
}

#[test]
fn whom_no_list_has_can_only_be_kept_out() {
    let mut desk = desk_of("gt-01");
    refer(&mut desk, NOBODY);
    open_first(&mut desk);
    let ExceptionStage::Choosing(rulings) = exception(&desk).stage else { panic!() };
    assert_eq!(rulings, NotAdmittedReason::ALL.map(Ruling::NotAdmit));
    rule(&mut desk, Ruling::Admit(Ground::CouncilOrder));
    assert!(matches!(exception(&desk).stage, ExceptionStage::Choosing(_)));
    rule(&mut desk, Ruling::NotAdmit(NotAdmittedReason::Documents));
    prove(&mut desk, "hd-01", PIN);
    let Some(AttendanceEvent::NotAdmitted { cand: None, doc: Some(_), reason, second: Some(second) }) =
        desk.written.last()
    else {
        panic!("{:?}", desk.written.last())
    };
    assert_eq!((reason.as_str(), second.as_str(), arrived(&desk)), ("documents", "hd-01", 0));
}

#[test]
fn wrong_pins_lock_and_each_is_an_entry() {
    let mut desk = desk_of("gt-01");
    refer(&mut desk, HERE);
    open_first(&mut desk);
    rule(&mut desk, Ruling::Admit(Ground::Undertaking));
    prove(&mut desk, "tdt-01", "000000");
    for left in [4, 3, 2, 1] {
        assert_eq!(people(&desk).wrong, Some(left));
        input(&mut desk, Input::EnteredPin(Secret::new("000000".to_owned())));
    }
    assert_eq!((people(&desk).wrong, people(&desk).locked_s), (None, Some(15)));
    input(&mut desk, Input::EnteredPin(Secret::new(PIN.to_owned())));
    assert_eq!(arrived(&desk), 0, "not while it is locked");
    let wrong = desk.written.iter().filter(
        |event| matches!(event, AttendanceEvent::DeviceEvent { device, event } if device.as_str() == "wrong-pin" && event.as_str() == "tdt-01"),
    );
    assert_eq!(wrong.count(), 5);
    desk.later(15_000);
    input(&mut desk, Input::EnteredPin(Secret::new(PIN.to_owned())));
    assert!(is_recorded(&desk) && arrived(&desk) == 1);
}

#[test]
fn a_wrong_pin_is_on_the_disk_before_the_next_is_tried() {
    let mut desk = desk_of("gt-01");
    let_in(&mut desk, HERE);
    input(&mut desk, Input::UndoLast);
    rule(&mut desk, Ruling::Undo(UndoReason::NotEntered));
    input(&mut desk, Input::ChoseOperator(0));
    input(&mut desk, Input::EnteredPin(Secret::new("000000".to_owned())));
    let checking = |desk: &mut Desk| {
        let held = desk.hold(Event::Input(Input::EnteredPin(Secret::new("111111".to_owned()))));
        assert!(matches!(held.as_slice(), [Event::PinChecked(_)]), "{held:?}");
        held
    };
    let checked = checking(&mut desk);
    let written: Vec<Event> = checked.into_iter().flat_map(|event| desk.hold(event)).collect();
    assert!(matches!(exception(&desk).stage, ExceptionStage::Checking));
    let tried = desk.hold(Event::Input(Input::EnteredPin(Secret::new(PIN.to_owned()))));
    assert!(tried.is_empty(), "nothing is tried while a wrong one is being written");
    input(&mut desk, Input::Back);
    assert!(matches!(exception(&desk).stage, ExceptionStage::Checking), "and nobody leaves");
    desk.release(written);
    assert_eq!(people(&desk).wrong, Some(3));
}

#[test]
fn a_check_that_fails_is_a_try() {
    let mut desk = desk_of("gt-01");
    let_in(&mut desk, HERE);
    input(&mut desk, Input::UndoLast);
    rule(&mut desk, Ruling::Undo(UndoReason::Mistake));
    input(&mut desk, Input::ChoseOperator(0));
    let held = desk.hold(Event::Input(Input::EnteredPin(Secret::new(PIN.to_owned()))));
    assert_eq!(held.len(), 1);
    desk.give(Event::PinChecked(None));
    assert_eq!((people(&desk).wrong, arrived(&desk)), (Some(4), 1));
}

#[test]
fn somebody_without_a_card_waits_once_and_only_while_he_is_not_in() {
    let mut desk = desk_of("gt-01");
    let id = desk.context.roster.ids()[0];
    for why in [WithoutCard::Unreadable, WithoutCard::Electronic] {
        desk.later(400);
        let meaning = desk.meaning();
        input(&mut desk, Input::WithoutCard(id, meaning));
        assert_eq!(exception(&desk).title, MatterTitle::WithoutCard);
        rule(&mut desk, Ruling::Refer(why));
        assert!(is_recorded(&desk), "nobody else is asked for: nothing is decided yet");
        desk.go_on();
    }
    assert_eq!(idle(&desk).waiting, 1, "one person waits once");
    open_first(&mut desk);
    let causes = [WithoutCard::Unreadable, WithoutCard::Electronic].map(Cause::WithoutCard);
    assert_eq!(exception(&desk).person.unwrap().causes, causes);
    rule(&mut desk, Ruling::Admit(Ground::Undertaking));
    prove(&mut desk, "tdt-01", PIN);
    desk.go_on().later(400);
    let meaning = desk.meaning();
    input(&mut desk, Input::WithoutCard(id, meaning));
    assert_eq!((idle(&desk).waiting, arrived(&desk)), (0, 1));
}

#[test]
fn two_people_of_the_list_wait_apart_and_one_is_decided_on() {
    let mut desk = desk_of("gt-01");
    refer(&mut desk, HERE);
    refer(&mut desk, "099208002235");
    refer(&mut desk, NOBODY);
    assert_eq!(idle(&desk).waiting, 3);
    input(&mut desk, Input::OpenWaiting);
    let ExceptionStage::List(rows) = exception(&desk).stage else { panic!() };
    assert_eq!(
        rows.iter().map(|row| row.candidate_number.as_deref()).collect::<Vec<_>>(),
        [Some("01000001"), Some("01000003"), None]
    );
    input(&mut desk, Input::PickedWaiting(rows[1].id));
    rule(&mut desk, Ruling::NotAdmit(NotAdmittedReason::Conduct));
    prove(&mut desk, "tdt-01", PIN);
    desk.go_on();
    assert_eq!(idle(&desk).waiting, 2);
}

#[test]
fn only_what_counts_can_be_taken_back_and_it_is_the_last() {
    let mut desk = desk_of("gt-01");
    assert_eq!(idle(&desk).undo, None);
    input(&mut desk, Input::UndoLast);
    idle(&desk);
    let_in(&mut desk, HERE);
    let_in(&mut desk, "099208002235");
    assert_eq!(idle(&desk).undo.map(|(number, _)| number).as_deref(), Some("01000003"));
    input(&mut desk, Input::UndoLast);
    assert!(exception(&desk).person.unwrap().arrival.is_some());
    rule(&mut desk, Ruling::Undo(UndoReason::WrongPerson));
    prove(&mut desk, "hd-01", PIN);
    assert_eq!(arrived(&desk), 1);
    let Some(AttendanceEvent::Undo { reason, second, .. }) = desk.written.last() else { panic!() };
    assert_eq!((reason.as_str(), second.as_str()), ("wrong-person", "hd-01"));
    desk.go_on();
    assert_eq!(idle(&desk).undo, None, "the one before is nobody's last");
}

#[test]
fn a_ruling_counts_for_the_screen_it_was_made_on_and_not_at_once() {
    let mut desk = desk_of("gt-01");
    let_in(&mut desk, HERE);
    input(&mut desk, Input::UndoLast);
    let ruling = Ruling::Undo(UndoReason::Mistake);
    let meaning = desk.meaning();
    input(&mut desk, Input::Ruled(ruling, meaning));
    assert!(matches!(exception(&desk).stage, ExceptionStage::Choosing(_)), "too soon");
    desk.later(400);
    input(&mut desk, Input::Ruled(ruling, Meaning(meaning.0 - 1)));
    assert!(matches!(exception(&desk).stage, ExceptionStage::Choosing(_)), "an older screen");
    input(&mut desk, Input::Ruled(Ruling::Refer(WithoutCard::Forgotten), meaning));
    assert!(matches!(exception(&desk).stage, ExceptionStage::Choosing(_)), "another matter's");
    input(&mut desk, Input::Ruled(ruling, meaning));
    people(&desk);
}

#[test]
fn back_and_the_next_card_lead_out() {
    let mut desk = desk_of("gt-01");
    refer(&mut desk, HERE);
    open_first(&mut desk);
    rule(&mut desk, Ruling::Admit(Ground::Undertaking));
    input(&mut desk, Input::ChoseOperator(0));
    assert_eq!(people(&desk).chosen, Some(0));
    input(&mut desk, Input::Back);
    assert_eq!(people(&desk).chosen, None);
    input(&mut desk, Input::Back);
    assert!(matches!(exception(&desk).stage, ExceptionStage::Choosing(_)));
    input(&mut desk, Input::Back);
    assert!(matches!(exception(&desk).stage, ExceptionStage::List(_)));
    input(&mut desk, Input::Back);
    assert_eq!(idle(&desk).waiting, 1);
    let_in(&mut desk, "099208002235");
    input(&mut desk, Input::UndoLast);
    rule(&mut desk, Ruling::Undo(UndoReason::Mistake));
    desk.card();
    assert_eq!(people(&desk).chosen, None, "a card that comes meanwhile is not read");
    prove(&mut desk, "tdt-01", PIN);
    desk.scan(NOBODY);
    assert_eq!(desk.reads, 3, "the next key leads out of what is recorded, and its card is read");
}

#[test]
fn a_key_that_is_scanned_meanwhile_waits() {
    let mut desk = desk_of("gt-01");
    let_in(&mut desk, HERE);
    input(&mut desk, Input::UndoLast);
    desk.scan(NOBODY);
    assert!(desk.waits());
    input(&mut desk, Input::Back);
    assert!(!desk.waits());
    assert_eq!(idle(&desk).instruction, Instruction::PlaceCard);
}

/// A forged card that was sent to the head of site is not hidden by coming again without one.
#[test]
fn who_comes_again_without_a_card_waits_with_what_his_card_was() {
    let mut desk = desk_of("gt-01");
    let forged = chip(Overall::Fail, Some(Failure::DataAltered));
    desk.scan(HERE).card().identity(HERE, forged.clone()).finished(forged).chose(Choice::Refer).go_on().lift();
    send_without_card(&mut desk);
    send_without_card(&mut desk);
    assert_eq!(idle(&desk).waiting, 1);
    open_first(&mut desk);
    let causes = [Cause::Named(vec![Failure::DataAltered]), Cause::WithoutCard(WithoutCard::Forgotten)];
    assert_eq!(exception(&desk).person.unwrap().causes, causes);
    rule(&mut desk, Ruling::Admit(Ground::Undertaking));
    prove(&mut desk, "tdt-01", PIN);
    let Some(AttendanceEvent::ManualDecision { chip, doc: Some(_), .. }) = desk.written.last() else { panic!() };
    assert_eq!(*chip, ChipState::Fail);
}

/// The same for a card that nobody decided on.
#[test]
fn a_card_that_was_left_undecided_stands_beside_no_card() {
    let mut desk = desk_of("gt-01");
    let forged = chip(Overall::Fail, Some(Failure::ChipNotProven));
    desk.scan(HERE).card().identity(HERE, forged.clone()).finished(forged);
    input(&mut desk, Input::Back);
    desk.lift();
    send_without_card(&mut desk);
    open_first(&mut desk);
    let causes = [Cause::Named(vec![Failure::ChipNotProven]), Cause::WithoutCard(WithoutCard::Forgotten)];
    assert_eq!(exception(&desk).person.unwrap().causes, causes);
}

/// A second card of the same number hides nothing of the first one.
#[test]
fn who_comes_again_with_a_card_waits_with_both_causes() {
    let mut desk = desk_of("gt-01");
    for (overall, failure) in [(Overall::Fail, Failure::DataAltered), (Overall::Unknown, Failure::SignerUnknown)] {
        let read = chip(overall, Some(failure));
        desk.scan(HERE).card().identity(HERE, read.clone()).finished(read).chose(Choice::Refer).go_on().lift();
    }
    assert_eq!(idle(&desk).waiting, 1);
    open_first(&mut desk);
    let causes = [Cause::Named(vec![Failure::DataAltered]), Cause::Named(vec![Failure::SignerUnknown])];
    assert_eq!(exception(&desk).person.unwrap().causes, causes);
}

/// Whoever is decided on waits no more, and nobody else with him: not those on the list, not those whom no list has.
#[test]
fn who_is_decided_on_by_his_card_takes_nobody_else_off_the_list() {
    let mut desk = desk_of("gt-01");
    let expired = chip(Overall::Warn, Some(Failure::ChipNotAsked));
    refer(&mut desk, HERE);
    refer(&mut desk, NOBODY);
    let other = holder_named(STRANGER, "Phạm Thử Khác", jiff::civil::date(2030, 1, 1));
    desk.scan(STRANGER).card().identity_of(other, expired.clone()).finished(expired.clone());
    desk.chose(Choice::Refer).go_on().lift();
    assert_eq!(idle(&desk).waiting, 3);
    let_in(&mut desk, THIRD);
    assert_eq!(idle(&desk).waiting, 3, "somebody who never waited");
    let_in(&mut desk, HERE);
    assert_eq!(idle(&desk).waiting, 2);
    // Whom no list has is known by the document alone.
    desk.scan(NOBODY).card().identity(NOBODY, expired.clone()).finished(expired);
    desk.chose(Choice::NotAdmitted).reason(NotAdmittedReason::Conduct);
    prove(&mut desk, "tdt-01", PIN);
    desk.go_on().lift();
    assert_eq!(idle(&desk).waiting, 1);
    input(&mut desk, Input::OpenWaiting);
    let ExceptionStage::List(rows) = exception(&desk).stage else { panic!("{:?}", exception(&desk).stage) };
    let names: Vec<&str> = rows.iter().map(|row| row.name.reveal().as_str()).collect();
    assert_eq!(names, ["Phạm Thử Khác"], "the other one, whom nobody has decided on");
}

/// What was pressed for an older list sends nobody anywhere.
#[test]
fn nobody_is_sent_without_a_card_by_a_press_on_an_older_list() {
    let mut desk = desk_of("gt-01");
    let (id, old) = (desk.context.roster.ids()[0], desk.meaning());
    input(&mut desk, Input::Typed("Nguyễn".to_owned()));
    desk.later(400);
    input(&mut desk, Input::WithoutCard(id, old));
    assert!(!idle(&desk).found.is_empty(), "the search still stands there");
}

/// Coming again without a card ends no question about the card of before, and takes away no portrait.
#[test]
fn who_comes_again_without_a_card_keeps_question_and_portrait() {
    let mut desk = desk_of("gt-01");
    desk.context.policy.registry_asked = true;
    refer_asking(&mut desk);
    send_without_card(&mut desk);
    open_first(&mut desk);
    assert!(exception(&desk).person.unwrap().portrait.is_some());
    desk.answers(Answer::CardInvalid { reason: CardInvalidReason::Revoked });
    let causes = exception(&desk).person.unwrap().causes;
    assert_eq!(causes.last(), Some(&Cause::Named(vec![Failure::RegistryCardInvalid])));
}

/// Somebody is let in with what is known then: an answer that comes while he waits is seen before anything is ruled.
#[test]
fn an_answer_about_somebody_who_waits_is_seen_by_whoever_rules() {
    for step in 0..4 {
        let mut desk = desk_of("gt-01");
        desk.context.policy.registry_asked = true;
        refer_asking(&mut desk);
        open_first(&mut desk);
        let mut held = Vec::new();
        if step > 0 {
            rule(&mut desk, Ruling::Admit(Ground::PrintedCard));
        }
        if step > 1 {
            input(&mut desk, Input::ChoseOperator(0));
        }
        if step > 2 {
            held = desk.hold(Event::Input(Input::EnteredPin(Secret::new(PIN.to_owned()))));
        }
        desk.answers(Answer::CardInvalid { reason: CardInvalidReason::Revoked });
        desk.release(held);
        assert!(matches!(exception(&desk).stage, ExceptionStage::Choosing(_)), "step {step}");
        let causes = exception(&desk).person.unwrap().causes;
        assert_eq!(causes.last(), Some(&Cause::Named(vec![Failure::RegistryCardInvalid])), "step {step}");
        assert_eq!(arrived(&desk), 0, "step {step}");
        rule(&mut desk, Ruling::Admit(Ground::CouncilOrder));
        prove(&mut desk, "tdt-01", PIN);
        let Some(AttendanceEvent::ManualDecision { registry, .. }) = desk.written.last() else { panic!() };
        assert_eq!(*registry, RegistryState::CardInvalid, "step {step}");
    }
}

#[test]
fn an_answer_while_the_ruling_is_written_goes_to_a_person() {
    let mut desk = desk_of("gt-01");
    desk.context.policy.registry_asked = true;
    refer_asking(&mut desk);
    open_first(&mut desk);
    rule(&mut desk, Ruling::Admit(Ground::PrintedCard));
    input(&mut desk, Input::ChoseOperator(0));
    let checked = desk.hold(Event::Input(Input::EnteredPin(Secret::new(PIN.to_owned()))));
    let written: Vec<Event> = checked.into_iter().flat_map(|event| desk.hold(event)).collect();
    desk.answers(Answer::CardInvalid { reason: CardInvalidReason::Revoked });
    desk.release(written);
    assert!(is_recorded(&desk) && desk.news().is_some());
}

/// An answer that interrupts a wrong PIN takes no try back and no entry away.
#[test]
fn a_wrong_pin_is_an_entry_whatever_comes_between() {
    let mut desk = desk_of("gt-01");
    desk.context.policy.registry_asked = true;
    refer_asking(&mut desk);
    open_first(&mut desk);
    rule(&mut desk, Ruling::Admit(Ground::PrintedCard));
    input(&mut desk, Input::ChoseOperator(0));
    let held = desk.hold(Event::Input(Input::EnteredPin(Secret::new("000000".to_owned()))));
    desk.answers(Answer::NotFound).release(held);
    let is_wrong = |event: &AttendanceEvent| matches!(event, AttendanceEvent::DeviceEvent { device, .. } if device.as_str() == "wrong-pin");
    assert_eq!(desk.written.iter().filter(|event| is_wrong(event)).count(), 1);
    rule(&mut desk, Ruling::Admit(Ground::PrintedCard));
    input(&mut desk, Input::ChoseOperator(0));
    input(&mut desk, Input::EnteredPin(Secret::new("000000".to_owned())));
    assert_eq!(people(&desk).wrong, Some(3));
}

#[test]
fn nobody_who_is_in_is_let_in_once_more() {
    let mut desk = desk_of("gt-01");
    let_in(&mut desk, HERE);
    refer(&mut desk, HERE);
    open_first(&mut desk);
    let ExceptionStage::Choosing(rulings) = exception(&desk).stage else { panic!() };
    assert_eq!(rulings, NotAdmittedReason::ALL.map(Ruling::NotAdmit));
}
