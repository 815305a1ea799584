//! A locked desk, and a change of who is on duty, seen by the brain alone.

use crate::checkin_support::{Desk, HERE, NOBODY, PIN, chip, good, qr};
use crate::staffed::*;
use diemdanh::bits::secret::Secret;
use diemdanh::checkin::context::DeskPolicy;
use diemdanh::checkin::event::{Choice, Event, Input, NotAdmittedReason};
use diemdanh::checkin::failure::Failure;
use diemdanh::checkin::view::*;
use diemdanh::emrtd::report::Overall;
use diemdanh::record::AttendanceEvent;
use diemdanh::registry::{Answer, CardInvalidReason};

fn locked(desk: &Desk) -> Option<LockedView> {
    if let Screen::Locked(locked) = desk.screen() { Some(locked) } else { None }
}

fn lock(desk: &mut Desk) {
    input(desk, Input::Lock);
    assert!(locked(desk).is_some(), "{:?}", desk.screen());
}

fn give_pin(desk: &mut Desk, pin: &str) {
    input(desk, Input::EnteredPin(Secret::new(pin.to_owned())));
}

/// Somebody else takes the desk over.
fn take_over(desk: &mut Desk, code: &str) {
    input(desk, Input::Back);
    let people = locked(desk).unwrap().sign_in.operators;
    let index = people.iter().position(|one| one.code == code).expect("among those who may");
    input(desk, Input::ChoseOperator(index));
    give_pin(desk, PIN);
    assert!(locked(desk).is_none());
}

fn lock_words(desk: &Desk) -> Vec<String> {
    let word = |event: &AttendanceEvent| match event {
        AttendanceEvent::DeviceEvent { device, event } if device.as_str() == "lock" => Some(event.as_str().to_owned()),
        AttendanceEvent::OperatorChanged { from } => Some(format!("from {}", from.as_str())),
        _ => None,
    };
    desk.written.iter().filter_map(word).collect()
}

fn on_duty(desk: &Desk) -> String {
    desk.state.as_ref().unwrap().on_duty.code().to_owned()
}

#[test]
fn whoever_is_on_duty_opens_her_desk_with_her_pin() {
    let mut desk = desk_of("gt-01");
    lock(&mut desk);
    let view = locked(&desk).unwrap();
    assert_eq!(view.on_duty, "Người gt-01");
    assert_eq!(view.sign_in.chosen.map(|index| view.sign_in.operators[index].code.as_str()), Some("gt-01"));
    give_pin(&mut desk, PIN);
    idle(&desk);
    assert_eq!(lock_words(&desk), ["locked", "opened"]);
    assert_eq!(on_duty(&desk), "gt-01");
}

#[test]
fn somebody_else_takes_over_and_what_follows_is_hers() {
    let mut desk = desk_of("gt-01");
    lock(&mut desk);
    take_over(&mut desk, "gt-02");
    assert_eq!(lock_words(&desk), ["locked", "from gt-01"]);
    assert_eq!((on_duty(&desk).as_str(), desk.operator.as_str()), ("gt-02", "gt-02"));
    let_in(&mut desk, HERE);
    input(&mut desk, Input::UndoLast);
    rule(&mut desk, Ruling::Undo(UndoReason::Mistake));
    assert_eq!(codes(&desk), ["tdt-01", "hd-01"], "nobody stands beside herself");
}

/// The entry says who took over, and before it is on the disk nobody has.
#[test]
fn nobody_is_on_duty_before_the_entry_is_on_the_disk() {
    let mut desk = desk_of("gt-01");
    lock(&mut desk);
    input(&mut desk, Input::Back);
    input(&mut desk, Input::ChoseOperator(1));
    let checked = desk.hold(Event::Input(Input::EnteredPin(Secret::new(PIN.to_owned()))));
    let written: Vec<Event> = checked.into_iter().flat_map(|event| desk.hold(event)).collect();
    assert!(locked(&desk).unwrap().is_checking);
    assert_eq!(on_duty(&desk), "gt-01");
    input(&mut desk, Input::Back);
    desk.release(written);
    assert_eq!(on_duty(&desk), "gt-02");
    idle(&desk);
}

#[test]
fn nothing_but_a_pin_does_anything() {
    let id = desk_of("gt-01").context.roster.ids()[0];
    let inputs = |meaning| {
        vec![
            Input::Typed("Nguyễn".to_owned()),
            Input::Entered(qr(HERE)),
            Input::Scanned(qr(HERE)),
            Input::Picked(id),
            Input::Chose(Choice::Admit, meaning),
            Input::Chose(Choice::Refer, meaning),
            Input::Reason(NotAdmittedReason::Conduct, meaning),
            Input::OpenWaiting,
            Input::UndoLast,
            Input::WithoutCard(id, meaning),
            Input::Ruled(Ruling::Undo(UndoReason::Mistake), meaning),
            Input::Continue,
            Input::EndSession,
            Input::Lock,
            Input::TakePackage(PackageId(0)),
        ]
    };
    let prepared: [fn(&mut Desk); 4] = [
        |_| {},
        |desk| {
            desk.good_person(HERE);
        },
        |desk| {
            desk.good_person(HERE).chose(Choice::Admit);
        },
        |desk| {
            let_in(desk, HERE);
            input(desk, Input::UndoLast);
        },
    ];
    for prepare in prepared {
        let mut desk = desk_of("gt-01");
        prepare(&mut desk);
        let before = format!("{:?}", desk.screen());
        let reads = desk.reads;
        lock(&mut desk);
        let entries = desk.written.len();
        for one in inputs(desk.meaning()) {
            let what = format!("{one:?}");
            desk.later(400);
            input(&mut desk, one);
            assert!(locked(&desk).is_some(), "{what}");
        }
        assert_eq!(desk.written.len(), entries, "nothing was written");
        desk.card().lift();
        assert_eq!(desk.reads, reads, "no card was opened");
        give_pin(&mut desk, PIN);
        assert_eq!(format!("{:?}", desk.screen()), before, "what stood there stands there again");
    }
}

/// Even where nothing could be pressed: what is pressed at a locked desk was never meant for what stood there before.
#[test]
fn a_locked_desk_means_something_else_than_an_idle_one() {
    let mut desk = desk_of("gt-01");
    let idle_meaning = desk.meaning();
    lock(&mut desk);
    let locked_meaning = desk.meaning();
    assert_ne!(idle_meaning, locked_meaning);
    give_pin(&mut desk, PIN);
    assert_ne!(desk.meaning(), locked_meaning);
}

/// The search of whoever went away is not read by whoever comes.
#[test]
fn what_was_looked_up_is_gone() {
    let mut desk = desk_of("gt-01");
    input(&mut desk, Input::Typed("Nguyễn".to_owned()));
    assert!(!idle(&desk).found.is_empty());
    lock(&mut desk);
    let entries = desk.written.len();
    desk.later(5_000);
    assert_eq!(desk.written.len(), entries, "and nobody has looked at it meanwhile");
    give_pin(&mut desk, PIN);
    assert!(idle(&desk).found.is_empty());
}

#[test]
fn a_verdict_survives_hidden_and_its_buttons_wait() {
    let mut desk = desk_of("gt-01");
    desk.scan(HERE).card().identity(HERE, good()).finished(good());
    desk.later(400);
    let old = desk.meaning();
    lock(&mut desk);
    let shown = format!("{:?}", locked(&desk).unwrap());
    assert!(!shown.contains("01000001"), "{shown}");
    give_pin(&mut desk, PIN);
    desk.verdict();
    let meaning = desk.meaning();
    assert_ne!(old, meaning, "a press from before decides nothing");
    input(&mut desk, Input::Chose(Choice::Admit, meaning));
    assert_eq!(arrived(&desk), 0, "nor one at once");
    desk.chose(Choice::Admit);
    assert_eq!(arrived(&desk), 1);
}

/// The reading goes on; who it is comes to light when somebody is there.
#[test]
fn a_card_that_is_being_read_is_read_to_its_end() {
    let mut desk = desk_of("gt-01");
    desk.scan(HERE).card();
    lock(&mut desk);
    desk.identity(HERE, good()).finished(good());
    assert!(locked(&desk).is_some());
    give_pin(&mut desk, PIN);
    assert_eq!(desk.verdict().headline, Headline::Admit);
}

#[test]
fn a_card_that_comes_to_a_locked_desk_is_not_opened() {
    let mut desk = desk_of("gt-01");
    desk.scan(HERE);
    lock(&mut desk);
    desk.card();
    give_pin(&mut desk, PIN);
    assert_eq!(desk.reads, 0, "the key of before is gone");
    desk.scan(HERE);
    assert_eq!(desk.reads, 1);
}

#[test]
fn it_locks_itself_when_nobody_does_anything() {
    let mut desk = desk_of("gt-01");
    desk.later(599_000);
    assert!(locked(&desk).is_none());
    input(&mut desk, Input::Typed("N".to_owned()));
    desk.later(599_999);
    assert!(locked(&desk).is_none(), "somebody was there");
    desk.later(1);
    assert!(locked(&desk).is_some());
    assert_eq!(lock_words(&desk), ["locked-by-itself"]);
    desk.later(700_000);
    assert_eq!(lock_words(&desk), ["locked-by-itself"], "once");
    give_pin(&mut desk, PIN);
    idle(&desk);
    desk.later(599_000);
    assert!(locked(&desk).is_none(), "opening it is a sign of life");
}

#[test]
fn wrong_pins_are_entries_and_lock_out_as_elsewhere() {
    let mut desk = desk_of("gt-01");
    lock(&mut desk);
    for left in [4, 3, 2, 1] {
        give_pin(&mut desk, "000000");
        assert_eq!(locked(&desk).unwrap().sign_in.wrong, Some(left));
    }
    give_pin(&mut desk, "000000");
    assert_eq!(locked(&desk).unwrap().sign_in.locked_s, Some(15));
    assert!(!desk.state.as_ref().unwrap().is_still(), "the screen counts down");
    give_pin(&mut desk, PIN);
    assert!(locked(&desk).is_some(), "not while it is locked out");
    let wrong = |event: &&AttendanceEvent| matches!(event, AttendanceEvent::DeviceEvent { device, event } if device.as_str() == "wrong-pin" && event.as_str() == "gt-01");
    assert_eq!(desk.written.iter().filter(wrong).count(), 5);
    desk.later(15_000);
    give_pin(&mut desk, PIN);
    idle(&desk);
}

#[test]
fn a_wrong_pin_is_on_the_disk_before_the_next_is_tried_at_the_lock() {
    let mut desk = desk_of("gt-01");
    lock(&mut desk);
    let checked = desk.hold(Event::Input(Input::EnteredPin(Secret::new("000000".to_owned()))));
    let written: Vec<Event> = checked.into_iter().flat_map(|event| desk.hold(event)).collect();
    for _ in 0..3 {
        assert!(desk.hold(Event::Input(Input::EnteredPin(Secret::new(PIN.to_owned())))).is_empty());
        assert!(desk.hold(Event::Input(Input::Back)).is_empty());
    }
    desk.release(written);
    assert_eq!(locked(&desk).unwrap().sign_in.wrong, Some(4));
}

/// A scanner that writes into the PIN's line would stop an operator after fifteen candidates.
#[test]
fn a_scan_is_no_try() {
    let mut desk = desk_of("gt-01");
    lock(&mut desk);
    for scan in [qr(HERE), HERE.to_owned(), "]Q1480913".to_owned(), "48 0913".to_owned()] {
        give_pin(&mut desk, &scan);
        assert_eq!(locked(&desk).unwrap().sign_in.wrong, None, "{scan}");
    }
    assert_eq!(desk.state.as_ref().unwrap().sign_in.wrong_tries().count(), 0);
    give_pin(&mut desk, PIN);
    idle(&desk);
}

#[test]
fn a_head_of_site_who_takes_over_gives_the_tries_back() {
    let mut desk = desk_of("gt-01");
    lock(&mut desk);
    give_pin(&mut desk, "000000");
    take_over(&mut desk, "tdt-01");
    assert_eq!(desk.state.as_ref().unwrap().sign_in.wrong_tries().count(), 0);
    let unlocked = |event: &AttendanceEvent| matches!(event, AttendanceEvent::DeviceEvent { device, event } if device.as_str() == "pins-unlocked" && event.as_str() == "tdt-01");
    assert!(desk.written.iter().any(unlocked));
}

#[test]
fn who_was_taken_off_or_works_elsewhere_opens_nothing() {
    let mut desk = desk_of("gt-01");
    lock(&mut desk);
    input(&mut desk, Input::Back);
    let people: Vec<String> = locked(&desk).unwrap().sign_in.operators.into_iter().map(|one| one.code).collect();
    assert_eq!(people, ["gt-01", "gt-02", "kt-01", "tdt-01", "hd-01"]);
    input(&mut desk, Input::ChoseOperator(99));
    give_pin(&mut desk, PIN);
    assert!(locked(&desk).is_some());
}

/// What the one before had begun is not finished in her successor's name.
#[test]
fn a_choice_that_was_begun_begins_anew_for_somebody_else() {
    let mut desk = desk_of("gt-01");
    desk.scan(HERE).card().identity(HERE, good()).finished(good()).chose(Choice::NotAdmitted);
    lock(&mut desk);
    give_pin(&mut desk, PIN);
    assert_eq!(desk.verdict().stage, StageView::ChoosingReason, "she goes on herself");
    lock(&mut desk);
    take_over(&mut desk, "gt-02");
    assert!(matches!(desk.verdict().stage, StageView::Deciding(_)));
    desk.chose(Choice::Admit).go_on().lift();
    input(&mut desk, Input::UndoLast);
    rule(&mut desk, Ruling::Undo(UndoReason::Mistake));
    input(&mut desk, Input::ChoseOperator(0));
    assert_eq!(people(&desk).chosen, Some(0));
    lock(&mut desk);
    take_over(&mut desk, "tdt-01");
    assert!(matches!(exception(&desk).stage, ExceptionStage::Choosing(_)), "she was about to be her own second");
}

/// A number that agrees ends no session in the name of somebody who has not typed it.
#[test]
fn a_number_that_was_typed_is_typed_anew_by_somebody_else() {
    let mut desk = desk_of("gt-01");
    let ends = |desk: &Desk| match desk.screen() {
        Screen::Closing(ClosingView::Typing(typing)) => Some(typing.ends),
        _ => None,
    };
    input(&mut desk, Input::EndSession);
    input(&mut desk, Input::TypeArrived);
    input(&mut desk, Input::EnteredCount("0".to_owned()));
    assert_eq!(ends(&desk), Some(true));
    lock(&mut desk);
    give_pin(&mut desk, PIN);
    assert_eq!(ends(&desk), Some(true), "she goes on herself");
    lock(&mut desk);
    take_over(&mut desk, "gt-02");
    assert!(matches!(desk.screen(), Screen::Closing(ClosingView::Asking(_))), "{:?}", desk.screen());
}

/// A technician sees the person again, and decides nothing about him.
#[test]
fn whoever_takes_over_has_no_more_than_her_own_leave() {
    let mut desk = desk_of("gt-01");
    desk.scan(HERE).card().identity(HERE, good()).finished(good());
    lock(&mut desk);
    take_over(&mut desk, "kt-01");
    assert_eq!(desk.verdict().stage, StageView::Deciding(vec![]));
    desk.chose(Choice::Admit);
    assert_eq!(arrived(&desk), 0);
}

#[test]
fn late_news_is_loud_and_names_nobody_while_it_is_locked() {
    let mut desk = desk_of("gt-01");
    desk.context.policy.registry_asked = true;
    desk.scan(HERE).card().identity(HERE, good()).finished(good()).later(2_500);
    desk.chose(Choice::Admit).go_on().lift();
    lock(&mut desk);
    desk.answers(Answer::CardInvalid { reason: CardInvalidReason::Revoked });
    let news = desk.news().expect("news");
    assert_eq!((news.candidate_number, news.room, news.can_be_answered), (None, None, false));
    assert!(news.name.is_none());
    desk.later(400);
    let meaning = desk.meaning();
    input(&mut desk, Input::AnsweredNews(news.question, meaning));
    assert!(desk.news().is_some(), "nobody answers for it from a locked desk");
    give_pin(&mut desk, PIN);
    let news = desk.news().expect("news");
    assert!(news.name.is_some() && news.can_be_answered);
}

#[test]
fn it_is_not_locked_while_a_pin_is_checked_for_something_else() {
    let mut desk = desk_of("gt-01");
    let_in(&mut desk, HERE);
    input(&mut desk, Input::UndoLast);
    rule(&mut desk, Ruling::Undo(UndoReason::Mistake));
    input(&mut desk, Input::ChoseOperator(0));
    let held = desk.hold(Event::Input(Input::EnteredPin(Secret::new(PIN.to_owned()))));
    input(&mut desk, Input::Lock);
    assert!(locked(&desk).is_none());
    desk.release(held);
    assert!(is_recorded(&desk) && arrived(&desk) == 0);
}

#[test]
fn a_desk_outside_a_package_has_no_lock() {
    let mut desk = Desk::new(DeskPolicy::default());
    input(&mut desk, Input::Lock);
    desk.later(6_000_000);
    assert!(locked(&desk).is_none());
}

#[test]
fn a_desk_that_stops_while_locked_says_so() {
    let mut desk = desk_of("gt-01");
    lock(&mut desk);
    desk.give(Event::RecordFailed { failure: Failure::LogUnwritable });
    assert!(matches!(desk.screen(), Screen::Halted(_)));
}

#[test]
fn who_was_left_undecided_is_still_said_afterwards() {
    let mut desk = desk_of("gt-01");
    let unproven = chip(Overall::Warn, Some(Failure::ChipNotAsked));
    desk.scan(NOBODY).card().identity(NOBODY, unproven.clone()).finished(unproven);
    input(&mut desk, Input::Back);
    desk.lift();
    assert!(idle(&desk).unrecorded.is_some());
    lock(&mut desk);
    give_pin(&mut desk, PIN);
    assert!(idle(&desk).unrecorded.is_some());
}
